"""What `sut check` says of the tester's page, and what shows just after Done was pressed."""

import asyncio
from pathlib import Path
from typing import Any, cast
from uuid import UUID, uuid4

import pytest
from net119_conformance.drivers.manual_asking import Asking
from net119_conformance.drivers.manual_calls import Calls
from net119_conformance.drivers.manual_console import ManualConsole
from net119_conformance.drivers.manual_seen import seen
from net119_conformance.drivers.manual_wire import Wire
from net119_conformance.sut.kinds import Site
from net119_conformance.sut.manual_kind import MANUAL
from net119_conformance.sut.reading import read_profile
from net119_protocol.codes import Kind
from net119_protocol.interconnect import MessageType, bodies
from net119_protocol.interconnect.mapping import load_mapping
from net119_protocol.person import DepartmentRef, RegistrantData
from net119_simulators.wiretap import Silence

EXAMPLE = Path(__file__).parents[3] / "docs" / "examples" / "sut-manual.toml"


def test_no_port_zero_is_said_to_be_free() -> None:
    site = Site(read_profile(EXAMPLE), EXAMPLE, ())
    assert MANUAL.check is not None

    async def first() -> tuple[str, str]:
        assert MANUAL.check is not None
        async for finding in MANUAL.check(site, MANUAL.settings({})):
            assert finding.ok
            return finding.place, finding.seen.en
        raise AssertionError("nothing was found")

    place, said = asyncio.run(first())
    assert place == "127.0.0.1"
    assert "the run takes a free port" in said


class LateWire(Wire):
    """`call.answered` shows at the ``shows``-th look only."""

    def __init__(self, shows: int) -> None:
        super().__init__(Silence(), "hito", load_mapping())
        self.shows = shows

    def offer(self, call_id: UUID) -> bodies.CallOffer:
        who = seen(RegistrantData, name="髙橋 𠮷子")
        return seen(bodies.CallOffer, registrant=who, kind=Kind.FIRE)

    def sent_by_sut(self, kind: MessageType, call_id: UUID, since: int) -> bool:
        self.shows -= 1
        return self.shows <= 0


class SaysDone:
    """Whoever is asked presses Done at once."""

    def __init__(self) -> None:
        self.reviewed: list[str] = []

    async def ask(self, *_: Any, **__: Any) -> tuple[dict[str, str], None]:
        return {}, None

    def review(self, question: Any, told: str) -> None:
        self.reviewed.append(told)


@pytest.mark.parametrize(("shows", "reviewed"), [(2, []), (1000, ["髙橋 𠮷子"])])
def test_done_a_moment_before_the_message_needs_no_review(shows: int, reviewed: list[str]) -> None:
    asking, wire = SaysDone(), LateWire(shows)
    where = DepartmentRef(code="a", name_ja="消防", name_en="a", phone="")
    console = ManualConsole(
        cast(Asking, asking), Calls(wire), wire, "center", where, "console", 0.2
    )
    asyncio.run(console.answer(uuid4()))
    assert asking.reviewed == reviewed
