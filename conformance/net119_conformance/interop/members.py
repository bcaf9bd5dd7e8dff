"""The systems of a run: those that somebody started, those the suite starts, those it plays."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from net119_protocol.interconnect.mapping import load_mapping
from net119_simulators.network.authority import Authority
from pydantic import JsonValue

from net119_conformance.catalogue import Role, Text
from net119_conformance.errors import ConformanceError
from net119_conformance.interop.cells import System
from net119_conformance.interop.systems import SIMULATED, Simulated
from net119_conformance.sut.kinds import Site
from net119_conformance.sut.options import Option
from net119_conformance.sut.profile import SutProfile
from net119_conformance.world.local_bench import TIMERS
from net119_conformance.world.mail import MailDescription
from net119_conformance.world.plan import Ground
from net119_conformance.world.prepared import read_folder
from net119_conformance.world.standing_description import site_of

PATIENCE_S = 8.0
"""How long an answer is waited for that no timer governs, of systems that the suite starts."""


@dataclass
class Member:
    """A system that takes part, once it runs.

    ``authority`` signs what it trusts at interface B; None for a simulated one, which trusts
    whomever its partner trusts. ``crash`` kills it and starts it again, where the suite can.
    ``not_set_up``: why it did not start, or could not be given its directory and its peers; None
    if it was. One that did not start has no ``site``.
    ``has_profiles``: its departments register people by profiles of this run, and send mail.
    """

    profile: SutProfile
    site: Site | None = None
    authority: Authority | None = None
    simulated: Simulated | None = None
    crash: Callable[[], Awaitable[None]] | None = None
    not_set_up: Text | None = None
    has_profiles: bool = False

    @property
    def started(self) -> bool:
        """Whether it takes part at all: it is played, or runs."""
        return self.simulated is not None or self.site is not None

    @property
    def key(self) -> str:
        """What reports call it."""
        return self.profile.sut.key

    @property
    def code(self) -> str:
        """Its operator code."""
        return self.profile.sut.code


@dataclass(frozen=True)
class Given:
    """What a system that the suite starts is given: the departments that are its own in this run,
    and where people's mail is, if any purpose needs it."""

    homes: tuple[Ground, ...] = ()
    mail: MailDescription | None = None


class Source(Protocol):
    """Where a member comes from."""

    @property
    def profile(self) -> SutProfile:
        """The profile, as far as it is known before the start: who the system is."""

    def system(self) -> System:
        """The system as the matrix names it."""

    async def start(self, folder: Path, given: Given) -> Member:
        """Have it run; ``folder`` is for what this writes. Raises ConformanceError."""

    async def stop(self) -> None:
        """End what `start` began."""


def system_of(profile: SutProfile, **details: JsonValue) -> System:
    """A system as the matrix names it, by its profile."""
    return System(
        key=profile.sut.key,
        name=profile.sut.name,
        version=profile.sut.version,
        details={
            "vendor": profile.sut.vendor,
            "operator": profile.sut.code,
            "roles": ", ".join(profile.claims.roles),
            "options": ", ".join(profile.claims.options) or "none",
            "driver": profile.driver.kind,
            "mapping": f"{profile.mapping} {load_mapping(profile.mapping).version}",
            **details,
        },
    )


class Standing:
    """A system that somebody else started, by its profile."""

    def __init__(self, profile: SutProfile, file: Path) -> None:
        self.profile = profile
        self._file = file

    def system(self) -> System:
        """See Source."""
        return system_of(self.profile)

    async def start(self, folder: Path, given: Given) -> Member:
        """Take what was prepared for it; nothing of it is started.

        Raises:
            ConformanceError: nothing was prepared, so that it knows no authority of ours.
        """
        return Member(
            self.profile,
            site=site_of(self.profile, None),
            authority=authority_of(self.profile, str(self._file)),
        )

    async def stop(self) -> None:
        """Nothing: it is somebody else's."""


def authority_of(profile: SutProfile, where: str) -> Authority:
    """The authority that was prepared for a system, which it trusts at interface B.

    Raises:
        ConformanceError: there is none.
    """
    folder = read_folder(profile) / "ca"
    if not (folder / "ca.pem").exists() or not (folder / "ca.key").exists():
        raise ConformanceError(
            "nothing is prepared for this system, so that it trusts no certificate of the suite",
            f"--sut {where}, world.folder {folder.parent}",
            "run net119 sut prepare, and have the system trust ca/ca.pem and serve with ca/sut.pem",
        )
    return Authority(folder, kept=True)


class Played:
    """A system that the suite plays."""

    def __init__(self, name: str, *, patience_s: float = PATIENCE_S) -> None:
        found = SIMULATED.get(name)
        if found is None:
            raise ConformanceError(
                f"there is no simulated system {name!r}",
                f"--simulated {name}",
                f"use some of {', '.join(SIMULATED)}",
            )
        self._simulated = found
        self.profile = SutProfile.model_validate(
            {
                "sut": {
                    "key": f"sim-{name}",
                    "name": f"simulated: {name}",
                    "vendor": "NET119 testbed",
                    "version": "1",
                },
                "claims": {
                    "roles": (Role.HOME, Role.RECEIVING),
                    "options": (Option.TRANSFERS,),
                },
                "timers": {**TIMERS.settings(), "patience_s": patience_s},
                "driver": {"kind": "simulated"},
            }
        )

    def system(self) -> System:
        """See Source."""
        does = self._simulated.does
        return System(
            key=self.profile.sut.key,
            name=self.profile.sut.name,
            version=self.profile.sut.version,
            simulated=True,
            details={"does": does.en, "does (ja)": does.ja},
        )

    async def start(self, folder: Path, given: Given) -> Member:
        """See Source."""
        return Member(self.profile, simulated=self._simulated)

    async def stop(self) -> None:
        """Its peers end with the network."""
