"""docs/sequences.md shows what is really said: every diagram there is recorded anew and compared.

``python -m tests.reference.service.test_sequences`` writes the diagrams.
"""

import re
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from net119_protocol.interconnect import Envelope, MessageType

from tests.reference.service.support import CLOSED, TOKONAME, new_call
from tests.reference.service.trio import Trio, new_line, on_trio

PAGE = Path(__file__).parents[3] / "docs" / "sequences.md"
Scene = Callable[[Trio], Awaitable[list[tuple[str, Envelope]]]]


async def routed(trio: Trio) -> list[tuple[str, Envelope]]:
    view = await trio.a.call(trio.caller, new_call(TOKONAME))
    trio.a.attachments.append(
        await trio.a.service.attach_handset(trio.caller, view.call_id, 0, trio.handset)
    )
    said = await trio.flow()
    await trio.b.service.answer(trio.b.dispatcher, view.call_id)
    said += await trio.flow()
    await trio.a.service.caller_says(trio.caller, view.call_id, new_line("助けて"))
    said += await trio.flow()
    await trio.a.attachments.pop().detach()
    said += await trio.flow()
    trio.a.attachments.append(
        await trio.a.service.attach_handset(trio.caller, view.call_id, 0, trio.handset)
    )
    return said + await trio.flow()


async def rejected(trio: Trio) -> list[tuple[str, Envelope]]:
    for attachment in trio.b.attachments:
        await attachment.detach()
    await trio.a.call(trio.caller, new_call(TOKONAME))
    return await trio.flow()


async def silent(trio: Trio) -> list[tuple[str, Envelope]]:
    await trio.a.call(trio.caller, new_call(TOKONAME))
    await trio.to_b.to_b().deliver(receipt=False)  # the accept stays on the way
    await trio.advance(11)
    return await trio.flow()


async def transferred(trio: Trio) -> list[tuple[str, Envelope]]:
    call_id = await trio.call(away=True)
    asked = await trio.ask(trio.b, call_id, "aso")
    said = await trio.flow()
    await asked
    await trio.c.service.answer(trio.c.dispatcher, call_id)
    return said + await trio.flow()


async def refused(trio: Trio) -> list[tuple[str, Envelope]]:
    for attachment in trio.c.attachments:
        await attachment.detach()
    call_id = await trio.call(away=True)
    asked = await trio.ask(trio.b, call_id, "aso")
    said = await trio.flow()
    await asked
    return said


async def crashed(trio: Trio) -> list[tuple[str, Envelope]]:
    call_id = await trio.call(away=True)
    trio.to_b.down()
    trio.a.clock.advance(31)
    await trio.a.look_for_lost_peers()
    trio.to_b.up()
    said = await trio.flow()
    await trio.a.service.answer(trio.a.dispatcher, call_id)
    await trio.a.service.close(trio.a.dispatcher, call_id, CLOSED)
    return said + await trio.flow()


SCENES: dict[str, Scene] = {
    "Routed, answered, and the handset gone and back": routed,
    "Rejected": rejected,
    "Silent, and a late accept": silent,
    "Transfer to a third provider": transferred,
    "Refused transfer": refused,
    "Owner lost in mid-call, and back": crashed,
}


def diagram(trio: Trio, said: list[tuple[str, Envelope]]) -> str:
    """One message a line: sender, receiver, type and epoch."""
    rows = []
    for sender, envelope in said:
        if envelope.type is MessageType.STATUS_REPORT or envelope.call_id is None:
            continue
        receiver = trio.receivers[envelope.message_id]
        kind = envelope.type.value
        rows.append(f"{sender:<6} -> {receiver:<6}  {kind:<17} epoch {envelope.epoch}")
    return "\n".join(rows)


def record(scene: Scene) -> str:
    """The diagram of a scene, played now."""
    found: list[str] = []

    async def work(trio: Trio) -> None:
        found.append(diagram(trio, await scene(trio)))

    on_trio(work)
    return found[0]


def shown(title: str, page: str) -> str:
    block = re.search(rf"^## {re.escape(title)}$.*?```text\n(.*?)\n```", page, re.S | re.M)
    assert block is not None, f"docs/sequences.md has no diagram under {title!r}"
    return block[1]


@pytest.mark.parametrize("title", SCENES)
def test_the_page_shows_what_is_said(title: str) -> None:
    assert shown(title, PAGE.read_text(encoding="utf-8")) == record(SCENES[title])


if __name__ == "__main__":
    page = PAGE.read_text(encoding="utf-8")
    for title, scene in SCENES.items():
        page = page.replace(shown(title, page), record(scene))
    PAGE.write_text(page, encoding="utf-8")
