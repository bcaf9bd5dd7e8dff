"""Messages of a type that is not known here: refused, and what follows them waits for nothing."""

import json
from typing import Any

import pytest
from net119_protocol.codes import ErrorCode
from net119_protocol.interconnect import EnvelopeRefused, MessageType
from net119_reference.ports import Channel
from net119_reference.service import unknown

from tests.reference.service.messages import from_owner, line_of_dispatcher, to_anchor
from tests.reference.service.pair import Pair, on_pair


def of_a_newer_version(pair: Pair, n: int) -> bytes:
    """A message of midori's with a type that minor versions to come may have."""
    message = json.loads(from_owner(pair, n=n))
    message["type"] = "chat.of-a-newer-version"
    return json.dumps(message).encode()


async def hears(pair: Pair, *payloads: bytes) -> None:
    for payload in payloads:
        await pair.a.service.receive("midori", payload, Channel.CLIENT)
    await pair.link.settle()


async def asked_for(pair: Pair) -> int:
    """How often the anchor has asked for what it lacks."""
    await pair.link.advance(2, flowing=False)
    waiting = await pair.link.to_b().waiting()
    return sum(each.type == MessageType.CHAT_RESUME for each in waiting)


def said(pair: Pair, n: int) -> bytes:
    return from_owner(pair, line_of_dispatcher(f"n{n}"), n=n)


@pytest.mark.parametrize("unknown_ones", [1, 3])
def test_what_is_counted_after_them_is_handled_at_once(unknown_ones: int) -> None:
    async def work(pair: Pair) -> None:
        call_id = await pair.talking()
        first = pair.a.live(call_id).n_in["midori"] + 1
        then = first + unknown_ones
        for n in range(first, then):
            found = await to_anchor(pair, of_a_newer_version(pair, n))
            assert found == [(ErrorCode.UNKNOWN_TYPE, "type")]
        await hears(pair, said(pair, then), said(pair, then + 1))
        texts = [line.text for line in await pair.a.lines(call_id)]
        assert texts == [f"n{then}", f"n{then + 1}"]
        assert await asked_for(pair) == 0

    on_pair(work)


def test_a_sender_that_takes_the_refusal_for_a_loss_may_use_the_number_again() -> None:
    async def work(pair: Pair) -> None:
        call_id = await pair.talking()
        n = pair.a.live(call_id).n_in["midori"] + 1
        await hears(pair, of_a_newer_version(pair, n), said(pair, n), said(pair, n + 1))
        texts = [line.text for line in await pair.a.lines(call_id)]
        assert texts == [f"n{n}", f"n{n + 1}"]

    on_pair(work)


def test_what_has_come_already_waits_no_longer() -> None:
    async def work(pair: Pair) -> None:
        call_id = await pair.talking()
        n = pair.a.live(call_id).n_in["midori"] + 1
        await hears(pair, said(pair, n + 1), said(pair, n + 3))
        assert await pair.a.lines(call_id) == []
        await hears(pair, of_a_newer_version(pair, n))
        assert [line.text for line in await pair.a.lines(call_id)] == [f"n{n + 1}"]
        await hears(pair, of_a_newer_version(pair, n + 2))
        texts = [line.text for line in await pair.a.lines(call_id)]
        assert texts == [f"n{n + 1}", f"n{n + 3}"]
        assert not pair.a.live(call_id).held

    on_pair(work)


@pytest.mark.parametrize(
    ("ahead", "remembered"), [(-1, False), (0, False), (1, True), (200, True), (201, False)]
)
def test_only_numbers_that_may_be_waited_for_are_remembered(ahead: int, remembered: bool) -> None:
    async def work(pair: Pair) -> None:
        call_id = await pair.talking()
        live = pair.a.live(call_id)
        await hears(pair, of_a_newer_version(pair, live.n_in["midori"] + ahead))
        assert bool(live.skipped) is remembered

    on_pair(work)


@pytest.mark.parametrize(
    ("code", "n", "count"),
    [
        (ErrorCode.UNKNOWN_TYPE, 1, 1),
        (ErrorCode.UNKNOWN_TYPE, 7, 7),
        (ErrorCode.UNKNOWN_TYPE, 0, None),
        (ErrorCode.UNKNOWN_TYPE, -1, None),
        (ErrorCode.UNKNOWN_TYPE, True, None),
        (ErrorCode.UNKNOWN_TYPE, 1.0, None),
        (ErrorCode.UNKNOWN_TYPE, "1", None),
        (ErrorCode.UNKNOWN_TYPE, None, None),
        (ErrorCode.INVALID_BODY, 7, None),
    ],
)
def test_only_an_unknown_type_has_a_count_of_its_own(
    code: ErrorCode, n: Any, count: int | None
) -> None:
    payload = json.dumps({"n": n} if n is not None else {}).encode()
    assert unknown.count_of(payload, EnvelopeRefused(code, "x")) == count
