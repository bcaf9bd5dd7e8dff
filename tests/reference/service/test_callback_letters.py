"""What becomes of callback letters at a carrier, and what of it is told (CNB-31, CNB-20)."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from uuid import UUID

import pytest
from net119_protocol.codes import CallbackFailure
from net119_reference.service.kernel import Transaction
from net119_simulators.callback_mail import wait_for_callback_mail
from net119_simulators.mailbox import Fate, MailboxServer, Outcome, Rule
from net119_simulators.mailbox.view import Mailbox

from tests.reference.mail.support import Sink
from tests.reference.service.calling_back import (
    HANAKO,
    body,
    by_url,
    home_call,
    told,
    until,
    with_mail,
)
from tests.reference.service.pair import Pair, running_pair
from tests.reference.service.support import CLOSED, quick_folder

UNDELIVERABLE = CallbackFailure.UNDELIVERABLE


def at_a_carrier(work: Callable[[Pair, MailboxServer, Mailbox], Awaitable[None]]) -> None:
    """Run a test on a pair whose home provider hands its mail to the simulated carriers."""

    async def main(folder: Path) -> None:
        async with (
            MailboxServer() as boxes,
            running_pair(folder, relay_port=boxes.port) as pair,
            asyncio.timeout(60),
        ):
            box = boxes.mailbox(HANAKO)
            await box.wait_for(within=30)
            await work(pair, boxes, box)

    with quick_folder() as folder:
        asyncio.run(main(Path(folder)))


async def states(pair: Pair, call_id: UUID) -> list[tuple[str, CallbackFailure | None]]:
    """What the home center's console was told of callbacks, and the record agrees with."""
    frames = told(pair.home)
    record = await pair.a.service.call_record(pair.a.dispatcher, call_id)
    assert record.callbacks[-1] == frames[-1]
    return [(each.state, each.failure) for each in frames]


@pytest.mark.parametrize("outcome", [Outcome.REJECT, Outcome.OVER_QUOTA])
def test_a_letter_that_is_refused_has_failed_at_once(outcome: Outcome) -> None:
    async def story(pair: Pair, _boxes: MailboxServer, box: Mailbox) -> None:
        box.set_rule(Rule(outcome=outcome))
        call_id = await home_call(pair)
        back = await pair.a.service.acts.call_back(pair.a.dispatcher, call_id)
        assert (back.state, back.failure) == ("failed", UNDELIVERABLE)
        assert back.detail.startswith("5")
        assert await states(pair, call_id) == [("queued", None), ("failed", UNDELIVERABLE)]
        assert box.stopped[-1].fate is Fate.REFUSED

    at_a_carrier(story)


@pytest.mark.parametrize("rule", [Rule(defer_first=2), Rule(outcome=Outcome.FULL)])
def test_greylisted_and_full_are_told_as_temporary_until_the_letter_is_taken(rule: Rule) -> None:
    async def story(pair: Pair, _boxes: MailboxServer, box: Mailbox) -> None:
        before = len(box.letters)
        box.set_rule(rule)
        a = pair.a
        call_id = await home_call(pair)
        back = await a.service.acts.call_back(a.dispatcher, call_id)
        assert (back.state, back.failure) == ("queued", CallbackFailure.TEMPORARY)
        if rule.outcome is Outcome.FULL:
            box.set_rule(Rule())  # its owner has made room
        assert a.service.post_office is not None
        while len(box.letters) == before:
            a.clock.advance(1)
            a.service.post_office.wake()
            await asyncio.sleep(0.01)
        await until(pair, pair.home, "sent")
        assert await states(pair, call_id) == [
            ("queued", None),
            ("queued", CallbackFailure.TEMPORARY),
            ("sent", None),
        ]
        _, url = await wait_for_callback_mail(box, after=before)
        await by_url(a, url.rpartition("/")[2])

    at_a_carrier(story)


def test_of_a_letter_that_a_filter_throws_away_no_more_is_told_than_that_it_was_taken() -> None:
    async def story(pair: Pair, _boxes: MailboxServer, box: Mailbox) -> None:
        came = len(box.letters)
        box.set_rule(Rule(urls=False))
        a = pair.a
        call_id = await home_call(pair)
        back = await a.service.acts.call_back(a.dispatcher, call_id)
        assert box.stopped[-1].fate is Fate.DROPPED
        assert len(box.letters) == came
        assert back.state == "sent"
        assert "読んだとは限りません" in back.text_ja
        assert "may not have read" in back.text_en
        a.clock.advance(3600)
        await a.settle()
        assert await states(pair, call_id) == [("queued", None), ("sent", None)]
        # Nobody came: the call is as it was.
        await a.service.close(a.dispatcher, call_id, CLOSED)
        assert (await states(pair, call_id))[-1] == ("sent", None)

    at_a_carrier(story)


def test_a_letter_that_comes_back_before_its_taking_is_recorded_stays_failed() -> None:
    async def story(pair: Pair, sink: Sink) -> None:
        service, sink.hold = pair.a.service, asyncio.Event()
        call_id = await home_call(pair)
        asking = asyncio.create_task(service.acts.call_back(pair.a.dispatcher, call_id))
        await sink.until(lambda: bool(sink.stored))
        letter = str(sink.stored[-1][1]["Message-ID"])

        def bounce(tx: Transaction) -> None:
            assert service.post_office is not None
            service.post_office.bounced(tx, letter, "5.1.1 unknown user")

        await service.core.kernel.run(bounce)
        await until(pair, pair.home, "failed", UNDELIVERABLE)
        assert (await asking).state == "failed"
        sink.hold.set()
        # Until the server's answer is recorded, too.
        assert service.post_office is not None
        post = service.post_office
        async with asyncio.timeout(30):
            while post._in_hand:  # noqa: ASYNC110  # the post office tells nobody
                await asyncio.sleep(0.01)
        await pair.a.settle()
        record = await service.call_record(pair.a.dispatcher, call_id)
        assert [each.state for each in record.callbacks] == ["failed"]
        assert "5.1.1" in record.callbacks[0].detail

    with_mail(story)


def test_a_callback_goes_before_an_outbox_full_of_other_letters() -> None:
    async def story(pair: Pair, sink: Sink) -> None:
        service = pair.a.service
        assert service.post_office is not None
        post, sink.hold = service.post_office, asyncio.Event()

        def fill(tx: Transaction) -> None:
            for number in range(300):
                post.send(
                    tx,
                    department="chitose",
                    sender="register@net119.example",
                    to=f"person-{number}@mail.example",
                    subject="お知らせ",
                    text="登録の更新をお願いします。",
                    kind="renewal",
                )

        await service.core.kernel.run(fill)
        # Every ordinary connection is in the midst of a letter that the relay does not answer.
        await sink.until(lambda: len(sink.stored) == service.core.config.mail.connections)
        call_id = await home_call(pair)
        asking = asyncio.create_task(service.acts.call_back(pair.a.dispatcher, call_id))
        await sink.until(lambda: any("呼び返し" in body(each) for _, each in sink.stored))
        assert len(sink.stored) == service.core.config.mail.connections + 1
        sink.hold.set()
        assert (await asking).state == "sent"

    with_mail(story)
