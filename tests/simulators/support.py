"""What the simulators' tests share: a tape, and the toy provider."""

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from net119_protocol.api.staff import Credentials
from net119_protocol.codes import Kind, Mode, PlaceChoice
from net119_simulators.gps import fixed
from net119_simulators.network import LocalNetwork, ProviderSpec
from net119_simulators.person import make_person
from net119_simulators.phone_call import PhoneCall
from net119_simulators.smartphone import Smartphone
from net119_simulators.wiretap import WireEvent

ROOT = Path(__file__).resolve().parents[2]
TOY = (
    sys.executable,
    "-c",
    f"import sys; sys.path.insert(0, {str(ROOT)!r}); "
    "from tests.simulators.toy_provider import main; main()",
)


class Tape:
    """A wiretap that keeps everything."""

    def __init__(self) -> None:
        self.events: list[WireEvent] = []

    def record(self, event: WireEvent) -> None:
        self.events.append(event)

    def labels(self) -> list[str]:
        return [event.label for event in self.events]


@dataclass
class ToyProvider:
    """The running toy, to be used by networks of the tests' own event loops."""

    spec: ProviderSpec

    def network(self, folder: Path, tape: Tape | None = None) -> LocalNetwork:
        return LocalNetwork([self.spec], folder, wiretap=tape)


@dataclass
class Stage:
    """A network with the toy, and a registrant."""

    network: LocalNetwork
    credentials: Credentials
    tape: Tape

    def phone(self, name: str = "phone") -> Smartphone:
        return self.network.phone("toy", self.credentials, name=name, wiretap=self.tape)

    async def token(self) -> str:
        return await self.network.dispatcher_token("toy", "toy", "hanako")


@asynccontextmanager
async def stage(toy: ToyProvider, folder: Path) -> AsyncIterator[Stage]:
    tape = Tape()
    async with toy.network(folder, tape) as network:
        credentials = await network.register("toy", "toy", make_person(1, "01213"))
        yield Stage(network, credentials, tape)


async def call_from(phone: Smartphone, *, mode: Mode = Mode.TEST) -> PhoneCall:
    return await phone.call(
        Kind.AMBULANCE, PlaceChoice.CURRENT, mode=mode, fix=fixed(42.6341, 141.6055)
    )
