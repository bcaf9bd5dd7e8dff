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
from net119_conformance.interop.mailing import Mailing
from net119_conformance.interop.systems import SIMULATED, Simulated
from net119_conformance.sut.kinds import Site
from net119_conformance.sut.options import Option
from net119_conformance.sut.profile import SutProfile
from net119_conformance.world.local_bench import TIMERS
from net119_conformance.world.mail import MailDescription
from net119_conformance.world.plan import Ground
from net119_conformance.world.prepared import read_folder, read_prepared
from net119_conformance.world.standing_description import site_of

PATIENCE_S = 8.0
"""How long an answer is waited for that no timer governs, of systems that the suite starts."""
PROFILE = "tomakomai"
"""The department profile that purposes of pairs use."""
_WITH_CALLBACKS = "CALLBACK-"
"""Purposes of `net119 conformance run` whose departments have callbacks, by how their IDs begin."""
_NOT_PREPARED = Text(
    en="no department with callbacks is prepared: run net119 sut prepare again, and have the "
    "system load what it writes",
    ja="呼び返しのできる消防本部が準備されていません。net119 sut prepare をもう一度実行し、"
    "書き出されたものをシステムに読み込ませてください",
)


NO_MAIL = Text(
    en="it has no departments with mail in this run",
    ja="この試験には、メールの設定のある消防本部がありません",
)


@dataclass
class Member:
    """A system that takes part, once it runs.

    ``authority`` signs what it trusts at interface B; None for a simulated one, which trusts
    whomever its partner trusts. ``crash`` kills it and starts it again, where the suite can.
    ``not_set_up``: why it did not start, or could not be given its directory and its peers; None
    if it was. One that did not start has no ``site``.
    ``no_mail``: why its departments of this run send no mail that the suite can read; None: they
    do.
    """

    profile: SutProfile
    site: Site | None = None
    authority: Authority | None = None
    simulated: Simulated | None = None
    crash: Callable[[], Awaitable[None]] | None = None
    not_set_up: Text | None = None
    no_mail: Text | None = NO_MAIL

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
    """What a system is given: the departments that are its own in this run, and people's mailboxes
    if any purpose needs them."""

    homes: tuple[Ground, ...] = ()
    mailing: Mailing | None = None


class Source(Protocol):
    """Where a member comes from."""

    @property
    def profile(self) -> SutProfile:
        """The profile, as far as it is known before the start: who the system is."""

    def system(self) -> System:
        """The system as the matrix names it."""

    def own_homes(self, profile: str) -> tuple[Ground, ...]:
        """Departments that the system knows already, by a department profile of this name."""

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

    def own_homes(self, profile: str) -> tuple[Ground, ...]:
        """See Source: those that were prepared for callbacks; departments come with a profile only
        when a system starts, so that those of this run would have none."""
        if profile not in self.profile.claims.department_profiles:
            return ()
        try:
            prepared = read_prepared(self.profile)
        except ConformanceError:
            return ()  # said where it matters: see `start` and `no_mail_of`
        return tuple(
            estate.home
            for key, estate in sorted(prepared.estates.items())
            if key.startswith(_WITH_CALLBACKS) and estate.home.profile == profile
        )

    async def start(self, folder: Path, given: Given) -> Member:
        """Take what was prepared for it; nothing of it is started.

        Raises:
            ConformanceError: nothing was prepared, so that it knows no authority of ours; or
                people's mailboxes cannot listen where it sends its mail.
        """
        authority = authority_of(self.profile, str(self._file))
        mail, none = mail_of(self.profile, given)
        if none is None and not self.own_homes(PROFILE):
            none = _NOT_PREPARED
        return Member(
            self.profile, site=site_of(self.profile, mail), authority=authority, no_mail=none
        )

    async def stop(self) -> None:
        """Nothing: it is somebody else's."""


def mail_of(profile: SutProfile, given: Given) -> tuple[MailDescription | None, Text | None]:
    """People's mailboxes where a system sends its mail, or why there are none.

    Raises:
        ConformanceError: they cannot listen there.
    """
    if given.mailing is None:
        return None, NO_MAIL
    if PROFILE not in profile.claims.department_profiles:
        return None, Text(
            en=f"the profile: claims.department_profiles does not name {PROFILE!r}",
            ja=f"プロファイルの claims.department_profiles に {PROFILE!r} がありません",
        )
    mail = given.mailing.of(profile)
    if mail is None:
        return None, Text(
            en="the profile names no addresses.mail_in and addresses.mail_out",
            ja="プロファイルに addresses.mail_in と addresses.mail_out がありません",
        )
    return mail, None


def authority_of(profile: SutProfile, where: str) -> Authority:
    """The authority that was prepared for a system, which it trusts at interface B.

    Raises:
        ConformanceError: there is none.
    """
    folder = read_folder(profile) / "ca"
    if not (folder / "ca.pem").exists() or not (folder / "ca.key").exists():
        raise ConformanceError(
            Text(
                en="nothing is prepared for this system, so that it trusts no certificate "
                "of the suite",
                ja="このシステムの準備がまだで、試験側の証明書が信頼されません",
            ),
            f"--sut {where}, world.folder {folder.parent}",
            Text(
                en="run net119 sut prepare, and have the system trust ca/ca.pem and serve "
                "with ca/sut.pem",
                ja="net119 sut prepare を実行し、ca/ca.pem を信頼させ、ca/sut.pem "
                "で待ち受けてください",
            ),
        )
    return Authority(folder, kept=True)


class Played:
    """A system that the suite plays."""

    def __init__(self, name: str, *, patience_s: float = PATIENCE_S) -> None:
        found = SIMULATED.get(name)
        if found is None:
            raise ConformanceError(
                Text(
                    en=f"there is no simulated system {name!r}",
                    ja=f"{name!r} という模擬システムはありません",
                ),
                f"--simulated {name}",
                Text(
                    en=f"use some of {', '.join(SIMULATED)}",
                    ja=f"次から選んでください: {', '.join(SIMULATED)}",
                ),
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

    def own_homes(self, profile: str) -> tuple[Ground, ...]:
        """See Source: none."""
        return ()

    async def start(self, folder: Path, given: Given) -> Member:
        """See Source."""
        return Member(self.profile, simulated=self._simulated)

    async def stop(self) -> None:
        """Its peers end with the network."""
