"""An older peer that refuses a type without counting the message: its gap heals by itself."""

import asyncio
import json
from typing import Any
from uuid import UUID

import pytest
from net119_protocol.api import console_acts
from net119_protocol.codes import DiscrepancyKind, TransferFailure
from net119_protocol.interconnect import Envelope, MessageType, bodies
from net119_reference.service import unknown

from tests.reference.service.link import types
from tests.reference.service.support import CLOSED, Site
from tests.reference.service.trio import Trio, new_line, on_trio, sent

OF_MINOR_1 = {
    kind.value
    for kind in MessageType
    if kind.value.startswith(("location.", "transfer.", "callback.", "discrepancy."))
}


class OldReader:
    """Reads messages as a peer of minor 0 does."""

    def __init__(self, mapping: Any) -> None:
        self._mapping = mapping

    def __getattr__(self, name: str) -> Any:
        return getattr(self._mapping, name)

    def from_wire(self, payload: bytes) -> Envelope:
        message = json.loads(payload)
        if message["type"] in OF_MINOR_1:
            message["type"] = "type.not-in-minor-0"
            payload = json.dumps(message).encode()
        envelope: Envelope = self._mapping.from_wire(payload)
        return envelope


def make_old(site: Site, monkeypatch: pytest.MonkeyPatch, *others: Site) -> None:
    """The site is of minor 0, counts nothing that it refuses, and has not told its version."""
    core: Any = site.service.core
    core.mapping = OldReader(core.mapping)
    monkeypatch.setattr(unknown, "count_of", lambda *_: None)
    for other in others:
        other.service.core.peers._peers[site.operator].minor = None


async def heal(trio: Trio) -> list[tuple[str, Envelope]]:
    """Let the gap be noticed, asked for and filled."""
    said = await trio.flow()
    for _ in range(4):
        await trio.advance(1)
        said += await trio.flow()
    return said


def filled(site: Site, call_id: UUID) -> int:
    """How often a message stood in for one that was not known."""
    return len(site.live(call_id).unknown_to)


def test_what_the_owner_says_after_an_unknown_request_reaches_an_old_anchor(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def work(trio: Trio) -> None:
        call_id = await trio.call(away=True)
        await trio.a.service.caller_says(trio.caller, call_id, new_line("助けて"))
        await trio.flow()
        make_old(trio.a, monkeypatch, trio.b)
        asked = await trio.ask(trio.b, call_id, "aso")
        assert types(await trio.flow()) == ["midori: transfer.request", "aoba: error"]
        assert (await asked).failure is TransferFailure.UNSUPPORTED
        await trio.b.service.acts.ask_location(trio.b.dispatcher, call_id)
        await trio.flow()
        said = asyncio.create_task(
            trio.b.service.dispatcher_says(trio.b.dispatcher, call_id, new_line("どこですか"))
        )
        arrived = await heal(trio)
        assert said.done(), "the line waits behind a message that the anchor never counts"
        assert (await said).seq == trio.a.live(call_id).last_seq
        assert len(sent(arrived, MessageType.CHAT_RESUME)) >= 1
        assert filled(trio.b, call_id) == 2
        # Both stand-ins say what the anchor knows: the last line of the caller has arrived.
        (line,) = (line for line in trio.b.live(call_id).recent if line.text == "助けて")
        receipt = bodies.ChatReceipt(client_id=line.client_id, seq=line.seq, at=line.at)
        assert [each.body for each in sent(arrived, MessageType.CHAT_RECEIPT)][:2] == [receipt] * 2
        assert (await trio.b.history(call_id)).count("count filled") == 2
        # Both keep to the same count from here on, and nothing was said twice.
        again = asyncio.create_task(trio.b.service.close(trio.b.dispatcher, call_id, CLOSED))
        assert MessageType.CHAT_RESUME not in [each.type for _, each in await trio.flow()]
        await again
        texts = [line.text for line in trio.a.live(call_id).recent]
        assert texts.count("どこですか") == texts.count("助けて") == 1
        assert not trio.a.live(call_id).held
        assert trio.owners(call_id) == []

    on_trio(work)


def test_an_owner_whose_caller_has_written_nothing_says_once_more_that_it_has_answered(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def work(trio: Trio) -> None:
        call_id = await trio.call(away=True)
        make_old(trio.a, monkeypatch, trio.b)
        await trio.b.service.acts.ask_location(trio.b.dispatcher, call_id)
        await trio.flow()
        said = asyncio.create_task(
            trio.b.service.dispatcher_says(trio.b.dispatcher, call_id, new_line("どこですか"))
        )
        (answered,) = sent(await heal(trio), MessageType.CALL_ANSWERED)
        call = trio.b.live(call_id).known()
        assert call.answered_at is not None
        assert answered.body == bodies.CallAnswered(
            dispatcher=trio.b.dispatcher.name, answered_at=call.answered_at
        )
        assert (answered.epoch, answered.mode) == (2, call.mode)
        assert (await said).seq == 1
        assert trio.state(trio.a, call_id) == ("answered", 2, "chita-tokoname")

    on_trio(work)


def test_what_the_anchor_says_after_an_unknown_report_reaches_an_old_owner(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def work(trio: Trio) -> None:
        call_id = await trio.call(away=True)
        make_old(trio.b, monkeypatch, trio.a)
        wrong = console_acts.NewDiscrepancy(kind=DiscrepancyKind.OTHER, detail="届くか")
        await trio.a.service.acts.report_discrepancy(trio.a.dispatcher, call_id, wrong)
        assert "midori: error" in types(await trio.flow())
        await trio.a.service.caller_says(trio.caller, call_id, new_line("まだいます"))
        (presence,) = sent(await heal(trio), MessageType.CALLER_PRESENCE)
        call = trio.a.live(call_id).known()
        assert presence.body == bodies.CallerPresence(
            presence=call.presence, since=call.presence_since
        )
        assert "まだいます" in [line.text for line in trio.b.live(call_id).recent]
        assert not trio.b.live(call_id).held
        assert filled(trio.a, call_id) == 1
        assert trio.owners(call_id) == ["midori"]

    on_trio(work)


def test_after_a_restart_of_the_sender_the_gap_heals_as_well(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def work(trio: Trio) -> None:
        call_id = await trio.call(away=True)
        await trio.a.service.caller_says(trio.caller, call_id, new_line("助けて"))
        await trio.flow()
        make_old(trio.a, monkeypatch, trio.b)
        await trio.b.service.acts.ask_location(trio.b.dispatcher, call_id)
        await trio.flow()
        trio.to_b.down()
        await trio.b.restart()
        await trio.b.console(trio.tapes["midori"])
        trio.to_b.up()
        await trio.flow()
        said = asyncio.create_task(
            trio.b.service.dispatcher_says(trio.b.dispatcher, call_id, new_line("どこですか"))
        )
        await heal(trio)
        assert said.done()
        assert (await said).seq == trio.a.live(call_id).last_seq

    on_trio(work)
