"""Each rung of the fallback ladder at a running service: who gets the call, and who reads what."""

import asyncio
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from net119_protocol.api import admin, staff
from net119_protocol.api.common import CallView, NoticeCode
from net119_protocol.codes import CallState, ProviderState, Refusal
from net119_protocol.texts import refusal_texts
from net119_reference.config.model import Limits
from net119_reference.ports import Channel, Refused

from tests.reference.service.pair import Pair, on_pair
from tests.reference.service.support import (
    CLOSED,
    TOKONAME,
    ManualClock,
    Site,
    Tape,
    new_call,
)
from tests.reference.service.test_registration import on_site

N = NoticeCode
PHONE = "0000-00-0233"
"""Of Tokoname, where the callers of these tests are."""


def shown(tape: Tape, view: CallView) -> tuple[list[str], str, str]:
    """The notices' codes, and the texts of the first: to the caller, to the dispatcher."""
    call = tape.calls()[-1]
    assert call.mine
    assert [each.code for each in call.notices] == [each.code for each in view.notices]
    assert PHONE in call.notices[0].text_ja
    assert PHONE not in view.notices[0].text_ja
    codes = [each.code.value for each in view.notices]
    return codes, view.notices[0].text_ja, call.notices[0].text_ja


def up(site: Site) -> None:
    site.service.core.peers.session("midori", Channel.CLIENT, True)


async def dated(site: Site, change: Callable[[dict[str, Any]], None]) -> None:
    """Put the packaged directory into force, changed."""
    content = json.loads(site.service.core.jurisdiction._directory.to_json())
    change(content)
    await site.service.load_directory(content)


def adopts(day: str) -> Callable[[dict[str, Any]], None]:
    def change(content: dict[str, Any]) -> None:
        (row,) = (each for each in content["departments"] if each["code"] == "chita-tokoname")
        row["adopted_from"] = day

    return change


def test_not_adopted_and_adopted_from_the_coming_midnight(folder: Path) -> None:
    async def work(site: Site) -> None:
        tape = Tape()
        await site.console(tape)
        up(site)
        who = await site.registrant()
        await dated(site, adopts("2026-04-03"))
        view = await site.call(who, new_call(TOKONAME))
        codes, caller, dispatcher = shown(tape, view)
        assert codes == ["home-not-adopted"]
        assert "NET119が使えない" in caller
        assert "未導入" in dispatcher
        await dated(site, adopts("2026-04-02"))
        view = await site.call(who, new_call(TOKONAME))
        codes, caller, dispatcher = shown(tape, view)
        assert codes == ["home-adopted-soon"]
        assert "4月2日0時から使えます" in caller
        assert "4月2日0時から使えます" in dispatcher
        # Noon in Japan: at the last second of the day it is still so, at midnight no more.
        site.clock.advance(12 * 3600 - 1)
        up(site)
        view = await site.call(who, new_call(TOKONAME))
        assert [each.code for each in view.notices] == [N.CALL_HOME_ADOPTED_SOON]
        site.clock.advance(1)
        view = await site.call(who, new_call(TOKONAME))
        assert (view.state, view.notices) == (CallState.OFFERING, ())

    on_site(folder, work)


def test_a_planned_stop_says_until_when_and_ends_by_the_clock(folder: Path) -> None:
    async def work(site: Site) -> None:
        tape = Tape()
        await site.console(tape)
        who = await site.registrant()
        row = {
            "center": "chita",
            "stop_from": "2026-04-01T12:00:01",
            "stop_until": "2026-04-01T12:30:00",
        }
        await dated(site, lambda content: content["stops"].append(row))
        up(site)
        assert (await site.call(who, new_call(TOKONAME))).state is CallState.OFFERING
        site.clock.advance(1)
        up(site)
        view = await site.call(who, new_call(TOKONAME))
        codes, caller, dispatcher = shown(tape, view)
        assert codes == ["home-planned-stop"]
        assert "計画停止中のため（4月1日12時30分まで）" in caller
        assert "計画停止中です（4月1日12時30分まで）" in dispatcher
        assert site.live(view.call_id).known().routing.rule == "other-not-running"
        told = (await site.stored(view.call_id)).known().told
        assert told[0].moment == datetime(2026, 4, 1, 3, 30, tzinfo=UTC), "kept over a restart"
        site.clock.advance(30 * 60)
        up(site)
        assert (await site.call(who, new_call(TOKONAME))).state is CallState.OFFERING

    on_site(folder, work)


def test_a_center_that_is_stopped_by_its_own_directory_takes_no_offer() -> None:
    """Who offers it a call has an older directory, and a console there may be left open."""

    async def work(pair: Pair) -> None:
        stop = {
            "center": "chita",
            "stop_from": "2026-04-01T00:00:00",
            "stop_until": "2026-04-02T00:00:00",
        }
        await dated(pair.b, lambda content: content["stops"].append(stop))
        call_id = await pair.call()
        await pair.link.flow()
        call = pair.a.live(call_id).known()
        assert (call.owner.provider, call.told[-1].code) == ("aoba", N.CALL_HOME_PEER_MAINTENANCE)
        assert pair.refusals(pair.b) == ["maintenance"]

    on_pair(work)


@pytest.mark.parametrize(
    ("state", "code", "words"),
    [
        (ProviderState.MAINTENANCE, N.CALL_HOME_PEER_MAINTENANCE, ("保守中", "保守中です")),
        (ProviderState.OVERLOADED, N.CALL_HOME_PEER_OVERLOADED, ("混み合って", "混み合って")),
        (ProviderState.STOPPING, N.CALL_HOME_PEER_DOWN, ("止まっている", "停止しています")),
        (None, N.CALL_HOME_PEER_DOWN, ("止まっている", "停止しています")),
    ],
)
@pytest.mark.parametrize("console", [True, False])
def test_a_peer_that_is_not_running(
    folder: Path,
    state: ProviderState | None,
    code: NoticeCode,
    words: tuple[str, str],
    console: bool,
) -> None:
    """Without a console at home nobody has the call, and the caller hears that at once."""

    async def work(site: Site) -> None:
        tape = Tape()
        if console:
            await site.console(tape)
        who = await site.registrant()
        if state is not None:
            up(site)
            site.service.core.peers.reported("midori", state)
        view = await site.call(who, new_call(TOKONAME))
        assert view.notices[0].code is code
        assert words[0] in view.notices[0].text_ja
        if console:
            codes, _, dispatcher = shown(tape, view)
            assert codes == [code.value]
            assert words[1] in dispatcher
        else:
            await both_down(site, who_reads=view)

    on_site(folder, work)


async def both_down(site: Site, who_reads: CallView) -> None:
    assert [each.code for each in who_reads.notices][1:] == [N.NOT_RECEIVED]
    (line,) = await site.lines(who_reads.call_id)
    assert "届いていません" in line.text


@pytest.mark.parametrize(
    ("state", "code"),
    [
        (ProviderState.MAINTENANCE, N.CALL_HOME_PEER_MAINTENANCE),
        (ProviderState.STOPPING, N.CALL_HOME_PEER_MAINTENANCE),
        (ProviderState.OVERLOADED, N.CALL_HOME_PEER_OVERLOADED),
    ],
)
@pytest.mark.parametrize("console", [True, False])
def test_a_rejected_offer_tells_the_reason_of_the_reject(
    state: ProviderState, code: NoticeCode, console: bool
) -> None:
    async def work(pair: Pair) -> None:
        call_id = await pair.call()
        pair.b.service.core.state = state
        if not console:
            await pair.a.attachments[0].detach()
        await pair.link.flow()
        call = pair.a.live(call_id).known()
        assert call.owner == call.home
        assert [each.code for each in call.told] == [code] + [N.NOT_RECEIVED] * (not console)
        assert pair.handset.views()[-1].notices[0].code is code
        said = pair.handset.texts(call_id)
        assert len(said) == len(call.told)
        assert "へは指令員が連絡します" in said[0]
        if console:
            (told,) = pair.home.calls()[-1].notices
            assert f"（電話 {PHONE}）へ電話で引き継いでください" in told.text_ja

    on_pair(work)


def test_a_peer_with_all_calls_it_may_have_rejects_as_overloaded() -> None:
    async def work(pair: Pair) -> None:
        limits = pair.b.service.core.config.limits.model_copy(update={"open_calls": 1})
        core = pair.b.service.core
        core.config = core.config.model_copy(update={"limits": limits})
        first, second = await pair.call(), await pair.call()
        await pair.link.flow()
        assert pair.b_owns(first)
        assert not pair.b_owns(second)
        told = pair.a.live(second).known().told
        assert [each.code for each in told] == [N.CALL_HOME_PEER_OVERLOADED]

    on_pair(work)


@pytest.mark.parametrize("console", [True, False])
def test_a_peer_that_goes_silent_at_the_offer(console: bool) -> None:
    async def work(pair: Pair) -> None:
        call_id = await pair.call()
        if not console:
            await pair.a.attachments[0].detach()
        await pair.link.advance(10, flowing=False)
        told = [each.code for each in pair.a.live(call_id).known().told]
        assert told == [N.CALL_HOME_PEER_SILENT] + [N.NOT_RECEIVED] * (not console)
        assert "返事がない" in pair.handset.texts(call_id)[0]

    on_pair(work)


@pytest.mark.parametrize("console", [True, False])
def test_a_peer_that_dies_in_mid_call(console: bool) -> None:
    async def work(pair: Pair) -> None:
        call_id = await pair.talking()
        if not console:
            await pair.a.attachments[0].detach()
        pair.link.down()
        await pair.link.advance(31)
        await pair.a.look_for_lost_peers()
        call = pair.a.live(call_id).known()
        assert call.owner == call.home
        assert [each.code for each in call.told] == [N.TAKEN_HOME] + [N.NOT_RECEIVED] * (
            not console
        )
        assert "登録地の消防本部が通報を引き取りました" in pair.handset.texts(call_id)[0]
        if console:
            told = pair.home.calls()[-1].notices[-1]
            assert f"（電話 {PHONE}）への電話連絡が必要か" in told.text_ja

    on_pair(work)


def test_nobody_answers_there_is_told_apart_from_silence() -> None:
    async def work(pair: Pair) -> None:
        call_id = await pair.call()
        await pair.link.flow()
        await pair.link.advance(121)
        told = [each.code for each in pair.a.live(call_id).known().told]
        assert told == [N.NOBODY_ANSWERS, N.TAKEN_HOME_UNANSWERED]
        assert "誰も応答しないため" in pair.home.calls()[-1].notices[-1].text_ja

    on_pair(work)


async def refusal_of(site: Site, attempt: Any) -> Refusal:
    with pytest.raises(Refused) as found:
        await attempt
    texts = refusal_texts(found.value.code)
    assert "通報は消防に届いていません" in texts.message_ja
    assert "FAX119" in texts.other_means_ja
    assert site.service.core.open_calls() == []
    return found.value.code


def test_declared_overload_sheds_new_calls_and_keeps_the_old(folder: Path) -> None:
    async def work(site: Site) -> None:
        await site.console(Tape())
        who = await site.registrant()
        body = new_call()
        before = await site.call(who, body)
        await site.service.set_state(admin.SetState(state=ProviderState.OVERLOADED))
        again = await site.call(who, body)
        assert again.call_id == before.call_id, "the same call, asked for again, is not shed"
        await site.service.close(site.dispatcher, before.call_id, CLOSED)
        assert await refusal_of(site, site.call(who, new_call())) is Refusal.OVERLOAD
        await site.service.set_state(admin.SetState(state=ProviderState.NORMAL))
        assert (await site.call(who, new_call())).state is CallState.RINGING

    on_site(folder, work)


def test_as_many_calls_as_may_be_shed_the_next_and_then_no_more(folder: Path) -> None:
    async def main() -> None:
        site = await Site("aoba", folder, ManualClock(), Limits(open_calls=1)).start()
        who = await site.registrant()
        first = await site.call(who, new_call())
        with pytest.raises(Refused) as found:
            await site.call(who, new_call())
        assert found.value.code is Refusal.OVERLOAD
        assert site.service.core.own_state() is ProviderState.OVERLOADED
        await site.service.close(site.dispatcher, first.call_id, CLOSED)
        assert site.service.core.own_state() is ProviderState.NORMAL
        await site.stop()

    asyncio.run(main())


def test_a_suspended_registrant_is_told_and_the_next_caller_is_not_affected(folder: Path) -> None:
    async def work(site: Site) -> None:
        await site.console(Tape())
        who = await site.registrant()
        officer = await site.service.staff_identity(await site.staff())
        reason = staff.Suspend(reason="いたずらの通報が続いたため")
        await site.service.suspend_registrant(officer, who.registrant_id, reason)
        attempt = site.call(who, new_call())
        assert await refusal_of(site, attempt) is Refusal.REGISTRANT_SUSPENDED
        honest = await site.registrant()
        assert (await site.call(honest, new_call())).state is CallState.RINGING

    on_site(folder, work)


def test_a_home_department_that_is_not_in_service_is_no_missing_permission(folder: Path) -> None:
    async def work(site: Site) -> None:
        who = await site.registrant()

        def later(content: dict[str, Any]) -> None:
            (row,) = (each for each in content["departments"] if each["code"] == "chitose")
            row["adopted_from"] = "2026-04-02"

        await dated(site, later)
        attempt = site.call(who, new_call())
        assert await refusal_of(site, attempt) is Refusal.NOT_IN_SERVICE
        site.clock.advance(12 * 3600)
        assert (await site.call(who, new_call())).state is CallState.RINGING

    on_site(folder, work)


def test_nobody_at_home_is_told_at_once(folder: Path) -> None:
    async def work(site: Site) -> None:
        view = await site.call(await site.registrant(), new_call())
        assert [each.code for each in view.notices] == [N.NOT_RECEIVED]
        assert "届いていません" in (await site.lines(view.call_id))[0].text

    on_site(folder, work)
