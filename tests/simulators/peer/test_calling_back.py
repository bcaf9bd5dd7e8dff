"""Callbacks between two simulated peers: asked, answered, and the closed call given back."""

import asyncio
from pathlib import Path

from net119_protocol.codes import CallbackFailure, CloseOutcome, OfferCause
from net119_protocol.interconnect import bodies
from net119_protocol.person import Contact

from tests.simulators.peer.stage import pair

SISTER = Contact(name="髙橋 𠮷子", relation="妹", phone="090-0000-0000")


def test_the_owner_asks_and_learns_what_became_of_the_letter(tmp_path: Path) -> None:
    async def run() -> None:
        async with pair(tmp_path) as both:
            anchored, taken = await both.call()
            asked = asyncio.create_task(taken.ask_callback(requested_by="指令員"))
            request = await anchored.callback_requested()
            assert request.body_as(bodies.CallbackRequest).requested_by == "指令員"
            await anchored.callback_sent(request)
            assert isinstance(await asked, bodies.CallbackSent)
            # A letter that was taken may still be returned.
            await anchored.callback_failed(
                request, CallbackFailure.UNDELIVERABLE, "5.1.1", [SISTER]
            )
            # ``ask_callback`` has had the first answer; this is the next thing told.
            told = await taken.callback_told()
            assert isinstance(told, bodies.CallbackFailed)
            assert (told.reason, told.contacts) == (CallbackFailure.UNDELIVERABLE, (SISTER,))
            assert taken.callbacks[1:] == [told]

            again = asyncio.create_task(taken.ask_callback())
            second = await anchored.callback_requested()
            # What is told of an older request is no answer to this one.
            await anchored.callback_failed(request, CallbackFailure.UNDELIVERABLE)
            await taken.callback_told()
            assert not again.done()
            await anchored.callback_failed(second, CallbackFailure.NOT_ALLOWED)
            refused = await again
            assert isinstance(refused, bodies.CallbackFailed)
            assert refused.reason is CallbackFailure.NOT_ALLOWED
            assert anchored.violations == taken.violations == ()

    asyncio.run(run())


def test_a_closed_call_is_given_back_with_the_lines_said_meanwhile(tmp_path: Path) -> None:
    async def run() -> None:
        async with pair(tmp_path) as both:
            anchored, taken = await both.call()
            await anchored.say_as_caller("胸が痛い")
            await taken.close(CloseOutcome.PRACTICE_DONE)
            assert not taken.is_owner
            asked = asyncio.create_task(taken.ask_callback())
            await anchored.callback_sent(await anchored.callback_requested())
            await asked
            before = taken.epoch
            await anchored.reopen()
            await taken.reopened()
            assert taken.is_owner
            assert taken.epoch == anchored.epoch == before + 1
            assert taken.assignment is not None
            assert taken.assignment.cause is OfferCause.REOPENED
            await taken.ring()
            await anchored.ringing()
            await taken.answer()
            await anchored.answered()
            await anchored.say_as_caller("また痛い")
            assert [line.text for line in taken.lines] == ["胸が痛い", "また痛い"]
            assert anchored.violations == taken.violations == ()

    asyncio.run(run())


def test_what_reopens_an_open_call_breaks_a_rule(tmp_path: Path) -> None:
    async def run() -> None:
        async with pair(tmp_path) as both:
            anchored, taken = await both.call()
            await anchored.reopen()
            await taken.reopened()
            assert [each.rule for each in taken.violations] == ["I1"]

    asyncio.run(run())
