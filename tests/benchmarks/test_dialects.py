"""What the load of the relay benchmark takes frames of other servers for."""

import asyncio
from typing import Any

import pytest

from benchmarks.relaying.dialects import DIALECTS, say_frame
from benchmarks.relaying.seats import NAME

BODY = say_frame("call").replace(NAME, "bench-2-7")
XML = BODY.replace('"', "&quot;")
STANZA = "<stanza-id xmlns='urn:xmpp:sid:0' id='a'/>"
GROUP = "<message type='groupchat' id='bench-2-7'>"


class Told:
    """Notes what the load is told."""

    def __init__(self) -> None:
        self.all: list[tuple[Any, ...]] = []

    def acked(self, number: int, line: int) -> None:
        self.all.append(("acked", number, line))

    def shown(self, number: int, line: int, *, own: bool) -> None:
        self.all.append(("shown", number, line, own))

    def fail(self, why: str) -> None:
        self.all.append(("fail",))


@pytest.mark.parametrize(
    ("dialect", "side", "frame", "told"),
    [
        ("net119", 0, '{"type":"ack","callId":"c","clientId":"bench-2-7"}', [("acked", 2, 7)]),
        ("net119", 1, f'{{"type":"line","line":{BODY}}}', [("shown", 2, 7, False)]),
        ("net119", 0, f'{{"type":"line","line":{BODY}}}', [("shown", 2, 7, True)]),
        ("net119", 0, '{"type":"line","line":{"clientId":"machine-1"}}', []),
        ("net119", 0, '{"type":"ack","clientId":"machine-1"}', [("fail",)]),
        ("net119", 0, '{"type":"refused","code":"busy"}', [("fail",)]),
        ("stomp", 0, "RECEIPT\nreceipt-id:bench-2-7\n\n\0", [("acked", 2, 7)]),
        ("stomp", 1, f"MESSAGE\nmessage-id:1\n\n{BODY}\0", [("shown", 2, 7, False)]),
        ("stomp", 0, "RECEIPT\nreceipt-id:other\n\n\0", [("fail",)]),
        ("stomp", 0, "MESSAGE\n\nhello\0", [("fail",)]),
        ("stomp", 0, "ERROR\nmessage:no\n\n\0", [("fail",)]),
        ("stomp", 0, "\n", []),
        (
            "xmpp",
            0,
            f"{GROUP}<body>{XML}</body>{STANZA}</message>",
            [("acked", 2, 7), ("shown", 2, 7, True)],
        ),
        ("xmpp", 1, f"{GROUP}<body>{XML}</body>{STANZA}</message>", [("shown", 2, 7, False)]),
        # Not in the archive: not acknowledged, whatever else.
        ("xmpp", 0, f"{GROUP}<body>{XML}</body></message>", [("fail",)]),
        ("xmpp", 0, "<message type='groupchat'><subject/></message>", []),
        ("xmpp", 0, "<message type='groupchat'><body>a</body></message>", [("fail",)]),
        ("xmpp", 0, "<message type='error' id='bench-2-7'></message>", [("fail",)]),
        ("xmpp", 0, "<presence from='a'/>", []),
        ("xmpp", 0, "<close xmlns='urn:ietf:params:xml:ns:xmpp-framing'/>", [("fail",)]),
    ],
)
def test_frames(dialect: str, side: int, frame: str, told: list[tuple[Any, ...]]) -> None:
    async def taken() -> Told:
        noted = Told()
        DIALECTS[dialect](noted, side, []).take(frame.encode())
        return noted

    assert asyncio.run(taken()).all == told
