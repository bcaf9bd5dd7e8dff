"""Callbacks between two services, with a carrier's real SMTP server (CNB-31, gap D9)."""

import asyncio
from uuid import UUID

import pytest
from net119_protocol.codes import CallbackFailure, CallState, Presence, Refusal
from net119_reference.service.kernel import Transaction

from tests.reference.mail.support import Sink
from tests.reference.service.calling_back import (
    ENCRYPTED,
    HANAKO,
    LATER,
    UNKNOWN,
    body,
    by_url,
    home_call,
    refused,
    secret_in,
    told,
    until,
    with_mail,
)
from tests.reference.service.link import types
from tests.reference.service.pair import Pair
from tests.reference.service.support import CLOSED, Tape, new_line


def test_a_closed_call_at_home_rings_again_once_its_caller_opens_the_mail() -> None:
    async def story(pair: Pair, sink: Sink) -> None:
        a = pair.a
        call_id = await home_call(pair)
        await a.service.close(a.dispatcher, call_id, CLOSED)
        back = await a.service.acts.call_back(a.dispatcher, call_id)
        assert (back.state, back.number) == ("sent", 1)
        ((to, message),) = sink.stored
        assert to == HANAKO
        profile = a.service.registrations.profile("chitose")
        assert profile.mail.service_sender in str(message["From"])
        assert "チャットを再開する" in body(message)
        secret = secret_in(sink)
        # A scanner fetches whatever it finds in a mail: that is no act of the caller.
        view = await a.service.callbacks.look(secret)
        assert (view.call.call_id, view.call.state) == (call_id, CallState.CLOSED)
        who = await by_url(a, secret)
        call = a.live(call_id).known()
        assert (call.state, call.epoch, call.closed_at) == (CallState.RINGING, 2, None)
        assert [each.state for each in told(pair.home)] == ["queued", "sent", "opened"]
        await a.service.answer(a.dispatcher, call_id)
        await a.service.caller_says(who, call_id, new_line("戻りました", "c-1"))
        assert (await a.lines(call_id))[-1].text == "戻りました"
        record = await a.service.call_record(a.dispatcher, call_id)
        assert [each.state for each in record.callbacks] == ["opened"]

    with_mail(story)


def test_every_console_has_all_lines_of_a_call_that_rings_again() -> None:
    """Also one of the next shift, and one that came back; none twice (I3, I4)."""

    async def story(pair: Pair, sink: Sink) -> None:
        a = pair.a
        call_id = await home_call(pair)
        for text in ("one", "two"):
            await a.service.caller_says(pair.caller, call_id, new_line(text))
        await a.service.close(a.dispatcher, call_id, CLOSED)
        await a.service.acts.call_back(a.dispatcher, call_id)
        next_shift, back_again = Tape(), Tape()
        await a.service.attach_console(a.dispatcher, {}, next_shift)
        await a.service.attach_console(a.dispatcher, {call_id: 1}, back_again)
        who = await by_url(a, secret_in(sink))
        await a.service.answer(a.dispatcher, call_id)
        await a.service.caller_says(who, call_id, new_line("three"))
        newest = (await a.lines(call_id))[-1].seq
        while not all(newest in tape.seqs(call_id) for tape in (next_shift, back_again)):
            await asyncio.sleep(0)
            await pair.link.flow()
        whole = list(range(1, newest + 1))
        assert next_shift.seqs(call_id) == whole
        assert back_again.seqs(call_id) == whole[1:]
        assert pair.home.seqs(call_id) == whole

    with_mail(story)


def test_what_a_secret_opens_is_good_for_its_call_only() -> None:
    async def story(pair: Pair, sink: Sink) -> None:
        a = pair.a
        call_id, other = await home_call(pair), await home_call(pair)
        await a.service.acts.call_back(a.dispatcher, call_id)
        opened = await a.service.callbacks.open(secret_in(sink), ENCRYPTED)
        who = await a.service.handset_identity(opened.token, call_id)
        assert who.call_id == call_id
        for wrong in (None, other):
            no = await refused(a.service.handset_identity(opened.token, wrong))
            assert no.code is Refusal.NOT_AUTHENTICATED
        for act in (
            a.service.caller_says(who, other, new_line("x")),
            a.service.call_of(who, other),
            a.service.lines_of(who, other, 0),
            a.service.plea_of(who, other),
            a.service.attach_handset(who, other, 0, Tape()),
            a.service.phones.polled(who, other),
        ):
            assert (await refused(act)).code is Refusal.UNKNOWN_CALL

    with_mail(story)


def test_the_url_of_an_open_call_changes_no_owner_and_no_epoch() -> None:
    async def story(pair: Pair, sink: Sink) -> None:
        a = pair.a
        call_id = await home_call(pair)
        await a.service.acts.call_back(a.dispatcher, call_id)
        before = a.live(call_id).known()
        await by_url(a, secret_in(sink))
        after = a.live(call_id).known()
        assert (after.state, after.epoch, after.owner) == (before.state, before.epoch, before.owner)

    with_mail(story)


@pytest.mark.parametrize("how", ["refused", "bounced"])
def test_what_does_not_arrive_is_told_to_the_remote_dispatcher(how: str) -> None:
    async def story(pair: Pair, sink: Sink) -> None:
        call_id = await pair.talking()
        service = pair.a.service
        if how == "refused":
            sink.rcpt[HANAKO].append(UNKNOWN)
        asking = asyncio.create_task(pair.b.service.acts.call_back(pair.b.dispatcher, call_id))
        if how == "bounced":
            await until(pair, pair.there, "sent")
            assert service.post_office is not None
            letter = str(sink.stored[-1][1]["Message-ID"])

            def bounce(tx: Transaction) -> None:
                assert service.post_office is not None
                service.post_office.bounced(tx, letter, "5.1.1 unknown user")

            await service.core.kernel.run(bounce)
        await until(pair, pair.there, "failed", CallbackFailure.UNDELIVERABLE)
        assert "5.1.1" in told(pair.there)[-1].detail
        assert (await asking).number == 1

    with_mail(story)


def test_a_remote_owner_is_told_sent_only_once_the_server_took_the_letter() -> None:
    async def story(pair: Pair, sink: Sink) -> None:
        sink.hold = asyncio.Event()
        call_id = await pair.talking()
        asking = asyncio.create_task(pair.b.service.acts.call_back(pair.b.dispatcher, call_id))
        while not sink.stored:
            await asyncio.sleep(0)
            await pair.link.flow()
        assert [each.state for each in told(pair.there)] == ["queued"]
        assert not asking.done()
        sink.hold.set()
        await until(pair, pair.there, "sent")
        assert (await asking).state == "sent"
        assert [each for each in types(pair.link.carried) if "callback" in each] == [
            "midori: callback.request",
            "aoba: callback.sent",
        ]
        # The call is open: that its caller came is told by nothing else.
        await by_url(pair.a, secret_in(sink))
        await until(pair, pair.there, "opened")
        shown = [(each.state, each.changed_at) for each in told(pair.there)][-2:]
        assert shown == [("sent", shown[0][1]), ("opened", pair.a.clock.now())]
        # The department that asks, not the one whose mail it is, calls back.
        assert "常滑市を管轄する消防本部から、呼び返しです" in body(sink.stored[-1][1])

    with_mail(story)


def test_greylisting_is_told_at_once_and_the_letter_still_arrives() -> None:
    async def story(pair: Pair, sink: Sink) -> None:
        sink.rcpt[HANAKO].extend([LATER, LATER])
        call_id = await home_call(pair)
        back = await pair.a.service.acts.call_back(pair.a.dispatcher, call_id)
        assert (back.state, back.failure) == ("queued", CallbackFailure.TEMPORARY)
        assert pair.a.service.post_office is not None
        while not sink.stored:
            pair.a.clock.advance(1)
            pair.a.service.post_office.wake()
            await asyncio.sleep(0.01)
        await until(pair, pair.home, "sent")
        # 2 s, then 4 s: an ordinary letter waits half a minute.
        assert len([each for each in told(pair.home) if each.failure]) == 1

    with_mail(story)


def test_the_address_is_the_one_on_record_at_each_attempt() -> None:
    async def story(pair: Pair, sink: Sink) -> None:
        new = "hanako-new@mobile.example"
        sink.rcpt[HANAKO].append(LATER)
        call_id = await home_call(pair)
        await pair.a.service.acts.call_back(pair.a.dispatcher, call_id)
        registry = pair.a.service._registry
        found = registry.registrant(pair.caller.registrant_id)
        data = found.data.model_copy(update={"mail": new})

        def change(tx: Transaction) -> None:
            registry.change(tx, found, data=data)

        await pair.a.service.core.kernel.run(change)
        assert pair.a.service.post_office is not None
        while not sink.stored:
            pair.a.clock.advance(1)
            pair.a.service.post_office.wake()
            await asyncio.sleep(0.01)
        assert [to for to, _ in sink.stored] == [new]

    with_mail(story)


async def closed_there(pair: Pair, sink: Sink) -> tuple[UUID, str]:
    """A call that midori closed, and the secret of its callback."""
    call_id = await pair.talking()
    closing = asyncio.create_task(pair.b.service.close(pair.b.dispatcher, call_id, CLOSED))
    while not closing.done():
        await asyncio.sleep(0)
        await pair.link.flow()
    asking = asyncio.create_task(pair.b.service.acts.call_back(pair.b.dispatcher, call_id))
    await until(pair, pair.there, "sent")
    await asking
    return call_id, secret_in(sink)


def test_a_call_closed_elsewhere_rings_there_again_with_all_its_lines() -> None:
    async def story(pair: Pair, sink: Sink) -> None:
        call_id, secret = await closed_there(pair, sink)
        before = pair.epochs(call_id)[0]
        who = await by_url(pair.a, secret)
        await pair.a.service.attach_handset(who, call_id, 0, Tape())
        await pair.link.flow()
        assert pair.b_owns(call_id)
        assert pair.epochs(call_id) == (before + 1, before + 1)
        assert pair.b.live(call_id).known().state is CallState.RINGING
        assert not pair.a.live(call_id).known().reopening
        await pair.b.service.answer(pair.b.dispatcher, call_id)
        await pair.link.flow()
        await pair.a.service.caller_says(who, call_id, new_line("また痛みます", "c-1"))
        await pair.link.flow()
        assert (await pair.same_lines(call_id))[-1].text == "また痛みます"
        assert told(pair.there)[-1].state == "opened"

    with_mail(story)


@pytest.mark.parametrize("silent", [True, False])
def test_an_owner_that_is_silent_or_gone_leaves_it_to_the_home_department(silent: bool) -> None:
    async def story(pair: Pair, sink: Sink) -> None:
        call_id, secret = await closed_there(pair, sink)
        if not silent:
            pair.link.down()
            pair.a.clock.advance(60)
        await by_url(pair.a, secret)
        if silent:
            assert pair.a.live(call_id).known().owner.provider == "midori"
            await pair.link.advance(5.25, flowing=False)
        call = pair.a.live(call_id).known()
        assert (call.state, call.owner.center) == (CallState.RINGING, "chitose")
        owner = pair.b.live(call_id).known().owner.department
        assert call.told[-1].phone_to == (owner,)
        if silent:
            await pair.link.flow()
            assert not pair.b_owns(call_id)
        await pair.a.service.answer(pair.a.dispatcher, call_id)

    with_mail(story)


def test_urls_end_by_time_and_by_a_newer_callback_but_not_in_the_middle_of_the_call() -> None:
    async def story(pair: Pair, sink: Sink) -> None:
        a = pair.a
        call_id = await home_call(pair)
        await a.service.acts.call_back(a.dispatcher, call_id)
        first = secret_in(sink)
        await a.service.acts.call_back(a.dispatcher, call_id)
        second = secret_in(sink)
        assert first != second
        no = await refused(a.service.callbacks.open(first, ENCRYPTED))
        assert no.code is Refusal.LINK_REVOKED
        who = await by_url(a, second)
        a.clock.advance(86_400)
        await a.service.caller_says(who, call_id, new_line("まだいます", "c-1"))
        assert (await a.service.callbacks.look(second)).opened
        await a.service.close(a.dispatcher, call_id, CLOSED)
        no = await refused(a.service.callbacks.open(second, ENCRYPTED))
        assert no.code is Refusal.LINK_EXPIRED
        assert a.live(call_id).known().state is CallState.CLOSED
        no = await refused(a.service.callbacks.open("x" * 32, ENCRYPTED))
        assert no.code is Refusal.LINK_UNKNOWN

    with_mail(story)


def test_a_session_and_an_unopened_url_outlive_a_restart() -> None:
    async def story(pair: Pair, sink: Sink) -> None:
        a = pair.a
        call_id = await home_call(pair)
        await a.service.acts.call_back(a.dispatcher, call_id)
        secret = secret_in(sink)
        opened = await a.service.callbacks.open(secret, ENCRYPTED)
        await a.restart()
        who = await a.service.handset_identity(opened.token, call_id)
        await a.service.caller_says(who, call_id, new_line("再起動のあと", "c-1"))
        assert (await a.service.callbacks.look(secret)).opened
        assert secret not in (a.folder / "net119.db").read_bytes().decode("latin-1")

    with_mail(story)


def test_a_handset_that_went_with_a_restart_is_not_connected_when_its_call_is_reopened() -> None:
    """Else whoever answers takes a caller for present who has opened the mail and gone."""

    async def story(pair: Pair, sink: Sink) -> None:
        a = pair.a
        call_id = await home_call(pair)
        await a.service.attach_handset(pair.caller, call_id, 0, pair.handset)
        await a.service.close(a.dispatcher, call_id, CLOSED)
        await a.service.acts.call_back(a.dispatcher, call_id)
        await a.restart()
        who = await by_url(a, secret_in(sink))
        call = a.live(call_id).known()
        assert (call.state, call.presence) == (CallState.RINGING, Presence.GONE)
        await a.service.attach_handset(who, call_id, 0, Tape())
        assert a.live(call_id).known().presence is Presence.CONNECTED

    with_mail(story)
