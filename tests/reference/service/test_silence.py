"""The owner's console sees since when a connected caller says nothing, wherever the call is."""

import asyncio
from datetime import datetime
from uuid import UUID

from net119_protocol.api.common import Notice, NoticeCode
from net119_protocol.api.handset import NewLocation
from net119_protocol.codes import CallState, Mode, Presence
from net119_reference.config import Config
from net119_reference.config.model import Home

from tests.reference.service.pair import Pair, on_pair, until_waiting
from tests.reference.service.support import CLOSED, TOKONAME, Site, Tape, new_line


def told(tape: Tape, call_id: UUID) -> list[datetime | None]:
    """Each change of the silence that a console was told of."""
    seen = [call.silent_since for call in tape.calls() if call.call_id == call_id]
    return [new for old, new in zip([None, *seen], seen, strict=False) if new != old]


def silent(site: Site, call_id: UUID) -> datetime | None:
    return site.live(call_id).known().silent_since


def test_the_owner_elsewhere_sees_silence_begin_and_end_and_no_message_is_sent_for_it() -> None:
    async def work(pair: Pair) -> None:
        a, link = pair.a, pair.link
        call_id = await pair.talking()
        await a.service.caller_says(pair.caller, call_id, new_line("last word"))
        await link.flow()
        last = a.clock.now()
        sent = len(link.carried)
        await link.advance(59)
        assert told(pair.there, call_id) == []
        await link.advance(1.5)
        assert told(pair.there, call_id) == [last]
        assert silent(a, call_id) is None  # the anchor's department does not have the call
        assert {each.type.value for _, each in link.carried[sent:]} <= {"status.report"}
        await a.service.caller_says(pair.caller, call_id, new_line("here"))
        await link.flow()
        assert told(pair.there, call_id) == [last, None]
        again = a.clock.now()
        await link.advance(61)
        assert told(pair.there, call_id) == [last, None, again]

    on_pair(work)


def test_a_place_that_is_told_is_a_word() -> None:
    async def work(pair: Pair) -> None:
        a, b, link = pair.a, pair.b, pair.link
        call_id = await pair.talking()
        await link.advance(30)
        tell = NewLocation(fix=TOKONAME)
        await a.service.positions.tell(pair.caller, call_id, tell)
        await link.flow()
        moment = a.clock.now()
        await link.advance(59)
        assert silent(b, call_id) is None
        await link.advance(2)
        assert silent(b, call_id) == moment
        await a.service.positions.tell(pair.caller, call_id, tell)
        await link.flow()
        assert silent(b, call_id) is None

    on_pair(work)


def test_a_dispatchers_lines_break_no_silence() -> None:
    async def work(pair: Pair) -> None:
        call_id = await pair.talking()
        for number in range(4):
            line = new_line(f"hello-{number}")
            says = pair.b.service.dispatcher_says(pair.b.dispatcher, call_id, line)
            said = asyncio.create_task(says)
            await until_waiting(pair, pair.b, f"c-hello-{number}")
            await pair.link.flow()
            await said
            await pair.link.advance(20)
        assert silent(pair.b, call_id) is not None

    on_pair(work)


def test_who_is_gone_is_not_silent_and_counts_anew_when_back() -> None:
    async def work(pair: Pair) -> None:
        a, b, link = pair.a, pair.b, pair.link
        call_id = await pair.talking()
        await link.advance(61)
        assert silent(b, call_id) is not None
        await a.attachments.pop().detach()
        await link.flow()
        assert silent(b, call_id) is None
        assert pair.there.calls()[-1].presence is Presence.GONE
        await link.advance(100)
        assert silent(b, call_id) is None
        a.attachments.append(await a.service.attach_handset(pair.caller, call_id, 0, pair.handset))
        await link.flow()
        back = a.clock.now()
        await link.advance(59)
        assert silent(b, call_id) is None
        await link.advance(2)
        assert silent(b, call_id) == back

    on_pair(work)


def test_a_call_that_rings_or_is_closed_has_no_silence() -> None:
    async def work(pair: Pair) -> None:
        b, link = pair.b, pair.link
        call_id = await pair.call()
        await link.flow()
        await link.advance(50)
        await b.service.answer(b.dispatcher, call_id)
        await link.flow()
        await link.advance(20)
        assert silent(b, call_id) is None  # 70 s without a word, but 20 s with somebody to talk to
        await link.advance(41)
        assert silent(b, call_id) is not None
        closing = asyncio.create_task(b.service.close(b.dispatcher, call_id, CLOSED))
        await until_waiting(pair, b, "\0close")
        await link.flow()
        await closing
        assert b.live(call_id).known().state is CallState.CLOSED
        assert silent(b, call_id) is None
        assert pair.there.calls()[-1].silent_since is None

    on_pair(work)


def test_a_silence_is_known_after_a_restart() -> None:
    async def work(pair: Pair) -> None:
        a, b, link = pair.a, pair.b, pair.link
        call_id = await pair.talking()
        await a.service.caller_says(pair.caller, call_id, new_line("last word"))
        await link.flow()
        last = a.clock.now()
        await link.advance(30)
        await b.restart()
        link.up()
        await link.flow()
        await b.console(pair.there)
        await link.advance(31)
        assert silent(b, call_id) == last
        await b.restart()
        link.up()
        await link.flow()
        assert silent(b, call_id) == last
        await a.service.caller_says(pair.caller, call_id, new_line("here"))
        await link.flow()
        assert silent(b, call_id) is None

    on_pair(work)


# --- the department's rule: a silent caller counts as a disaster ----------------------------------


def strict(site: Site, department: str = "chita-tokoname") -> None:
    """Switch the department's rule on, as its configuration would."""
    core = site.service.core
    homes = {**core.config.homes, department: Home(silent_is_disaster=True)}
    core.config = Config.model_validate({**core.config.model_dump(), "homes": homes})


def rule(tape: Tape, call_id: UUID) -> list[Notice]:
    """The rule as the console was shown it last."""
    last = [call for call in tape.calls() if call.call_id == call_id][-1]
    return [each for each in last.notices if each.code is NoticeCode.SILENT_DISASTER]


async def ask(pair: Pair, call_id: UUID, text: str) -> None:
    asking = pair.b.service.dispatcher_says(pair.b.dispatcher, call_id, new_line(text))
    said = asyncio.create_task(asking)
    await until_waiting(pair, pair.b, f"c-{text}")
    await pair.link.flow()
    await said


async def told_in_history(pair: Pair, call_id: UUID) -> list[str]:
    record = await pair.b.service.call_record(pair.b.dispatcher, call_id)
    assert record.dispatches == ()
    return [each.detail for each in record.history if "counts as a disaster" in each.what]


def test_by_the_owners_rule_a_caller_who_does_not_answer_counts_as_a_disaster_once() -> None:
    async def work(pair: Pair) -> None:
        a, link = pair.a, pair.link
        strict(pair.b)
        call_id = await pair.talking(Mode.PRACTICE)
        await a.service.caller_says(pair.caller, call_id, new_line("fell"))
        await link.flow()
        await link.advance(90)
        assert silent(pair.b, call_id) is not None
        assert rule(pair.there, call_id) == []  # nobody has asked
        await ask(pair, call_id, "first")
        await link.advance(40)
        await ask(pair, call_id, "second")  # asking again puts nothing off
        await link.advance(19)
        assert rule(pair.there, call_id) == []
        await link.advance(2)
        (told,) = rule(pair.there, call_id)
        assert told.text_ja.startswith("【練習】")
        assert "出動を指令してください" not in told.text_ja
        assert await told_in_history(pair, call_id) == ["rule of chita-tokoname"]
        await a.service.caller_says(pair.caller, call_id, new_line("here"))
        await link.flow()
        assert rule(pair.there, call_id) == []
        await ask(pair, call_id, "third")
        await link.advance(61)
        assert len(rule(pair.there, call_id)) == 1
        assert await told_in_history(pair, call_id) == ["rule of chita-tokoname"]
        shown = [frame for frame in pair.handset.frames if NoticeCode.SILENT_DISASTER in str(frame)]
        assert shown == []

    on_pair(work)


def test_who_never_wrote_counts_without_being_asked_and_keeps_counting_when_gone() -> None:
    async def work(pair: Pair) -> None:
        strict(pair.b)
        call_id = await pair.talking()
        await pair.link.advance(59)
        assert rule(pair.there, call_id) == []
        await pair.link.advance(2)
        assert len(rule(pair.there, call_id)) == 1
        await pair.a.attachments.pop().detach()
        await pair.link.flow()
        assert pair.there.calls()[-1].presence is Presence.GONE
        assert len(rule(pair.there, call_id)) == 1

    on_pair(work)


def test_without_the_owners_rule_nothing_changes_whatever_the_home_department_has() -> None:
    async def work(pair: Pair) -> None:
        strict(pair.a, "chitose")
        strict(pair.b, "chita-handa")
        call_id = await pair.talking()
        await ask(pair, call_id, "hello")
        await pair.link.advance(200)
        assert silent(pair.b, call_id) is not None
        assert rule(pair.there, call_id) == []
        assert pair.a.live(call_id).known().told == pair.b.live(call_id).known().told == ()
        assert await told_in_history(pair, call_id) == []

    on_pair(work)


def test_what_was_asked_is_known_after_a_restart() -> None:
    async def work(pair: Pair) -> None:
        a, b, link = pair.a, pair.b, pair.link
        call_id = await pair.talking()
        await a.service.caller_says(pair.caller, call_id, new_line("fell"))
        await link.flow()
        await link.advance(10)
        await ask(pair, call_id, "hello")
        await link.advance(5)
        await b.restart()
        strict(b)  # before the link is up: the call is looked at again when its handset is there
        live = b.live(call_id)
        b.service.core.kernel.at(
            b.clock.now(), lambda tx: b.service.core.deadlines.resume(tx, live)
        )
        link.up()
        await link.flow()
        await b.console(pair.there)
        await link.advance(54)
        assert rule(pair.there, call_id) == []
        await link.advance(3)
        assert len(rule(pair.there, call_id)) == 1

    on_pair(work)
