"""Two simulated peers that are each other's system under test, over real TLS on loopback."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from net119_protocol.codes import PlaceChoice
from net119_protocol.interconnect import MessageType
from net119_protocol.person import Address, DepartmentRef, RegistrantData, Sex
from net119_protocol.places import CallPlace, Point
from net119_simulators.network.authority import Authority
from net119_simulators.network.ports import FreePorts
from net119_simulators.peer import OfferedCall, SimulatedPeer, SutEndpoint, TakenCall
from net119_simulators.wiretap import WireEvent

AOBA, MIDORI, STRANGER = "127.3.0.2", "127.3.0.3", "127.3.0.9"
HOME = DepartmentRef(code="chitose", name_ja="千歳市消防本部", name_en="Chitose", phone="0000-1")
PLACE = CallPlace(choice=PlaceChoice.CURRENT, point=Point(lat=42.63, lon=141.6), radius_m=100.0)
PERSON = RegistrantData(
    name="青葉　花子",
    birth_date=date(1980, 1, 2),
    sex=Sex.FEMALE,
    address=Address(
        prefecture="北海道",
        municipality="千歳市",
        municipality_code="01224",
        street="東雲町1",
        lat=42.82,
        lon=141.65,
    ),
    mail="hanako@example.jp",
)


class Tape:
    """A wiretap that keeps everything."""

    def __init__(self) -> None:
        self.events: list[WireEvent] = []

    def record(self, event: WireEvent) -> None:
        self.events.append(event)

    def between(self, source: str, target: str) -> list[str]:
        return [
            each.label for each in self.events if (each.source, each.target) == (source, target)
        ]


@dataclass
class Pair:
    """aoba anchors calls, midori takes them; each tape holds one side's view."""

    aoba: SimulatedPeer
    midori: SimulatedPeer
    aoba_tape: Tape = field(default_factory=Tape)
    midori_tape: Tape = field(default_factory=Tape)

    async def offer(self, **changes: Any) -> OfferedCall:
        options: dict[str, Any] = {
            "department": "chita",
            "person": PERSON,
            "place": PLACE,
            "home": HOME,
        }
        return await self.aoba.offer(**(options | changes))

    async def call(self, **changes: Any) -> tuple[OfferedCall, TakenCall]:
        """A call that is offered, accepted and assigned: the anchor's and the owner's view."""
        anchored = await self.offer(**changes)
        offer = await self.midori.expect(MessageType.CALL_OFFER, anchored.call_id)
        taken = await self.midori.accept(offer, "chita-center")
        await anchored.accepted()
        await anchored.assign()
        return anchored, await taken.assigned()


@asynccontextmanager
async def pair(folder: Path, *, connect: bool = True, **options: Any) -> AsyncIterator[Pair]:
    ca, ports = Authority(folder), FreePorts()
    at = {"aoba": (AOBA, ports.take(AOBA)), "midori": (MIDORI, ports.take(MIDORI))}
    tapes = {"aoba": Tape(), "midori": Tape()}

    def peer(me: str, other: str) -> SimulatedPeer:
        return SimulatedPeer(
            me,
            at[me][0],
            port=at[me][1],
            sut=SutEndpoint(other, *at[other]),
            tls_server=ca.server_context(ca.issue(at[me][0])),
            tls_client=ca.client_context(),
            wiretap=tapes[me],
            **options,
        )

    try:
        async with peer("aoba", "midori") as aoba, peer("midori", "aoba") as midori:
            if connect:
                await aoba.connected()
                await midori.connected()
            yield Pair(aoba, midori, tapes["aoba"], tapes["midori"])
    finally:
        ports.close()


def said(payload: str) -> dict[str, Any]:
    """The message in the payload of an event."""
    body: dict[str, Any] = json.loads(payload.split("\n\n", 1)[1])
    return body
