"""Makes the driver that a profile names."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol, runtime_checkable
from uuid import UUID

from net119_simulators.wiretap import Wiretap

from net119_conformance.drivers.interface import Driver, Verb
from net119_conformance.drivers.manual import Ground
from net119_conformance.drivers.manual_staff import Registrant
from net119_conformance.sut.kinds import Site, find_kind
from net119_conformance.trial import Trial


@runtime_checkable
class _Looks(Protocol):
    """A driver that has to ask what it can do, as that of a hook."""

    async def look(self) -> Any:
        """Ask, and keep those verbs that can be served."""


@runtime_checkable
class AsksPeople(Protocol):
    """A driver that has a person operate the system, as that of the kind ``manual``."""

    def sit_down(
        self,
        url: str,
        trial: Trial,
        grounds: Sequence[Ground],
        names: dict[str, str],
        *,
        with_peer: bool,
        people: Mapping[UUID, Registrant] | None = None,
    ) -> None:
        """Ask at the desk at ``url`` in the name of a trial."""


async def ask_what_it_offers(driver: Driver) -> None:
    """Have a driver that cannot know its verbs by itself ask for them; they get fewer.

    Raises:
        DriverFailed: whoever it asks does not say.
    """
    if isinstance(driver, _Looks):
        await driver.look()


def make_driver(site: Site, wiretap: Wiretap) -> Driver:
    """A driver for one purpose, as ``[driver]`` of the profile says; it has not connected yet.

    It claims the verbs that its kind has, less those that the profile leaves out; the clock
    is set only where ``clock.settable`` says so.

    Raises:
        UnknownDriver: there is no such kind.
        ValidationError: its settings are wrong; `read_profile` has said so before.
    """
    table = site.profile.driver
    kind = find_kind(table.kind)
    driver = kind.make(site, kind.settings(table.settings), wiretap)
    if table.verbs is not None:
        driver.verbs &= frozenset(table.verbs)
    if not site.profile.clock.settable:
        driver.verbs -= {Verb.CLOCK}
    return driver
