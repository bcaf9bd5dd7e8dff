"""The profile of a system under test: what its vendor claims, and how it is reached.

One TOML file. Claims are what conformance proformas call PICS (roles and options); addresses,
timers and the clock are the PIXIT. ``docs/sut-profile.md`` describes every key.
"""

import re
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

from net119_protocol.interconnect import PORT
from net119_protocol.interconnect.mapping import PROFILE_NAME
from net119_simulators.network.specs import Timers
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from net119_conformance.capacity import NONE, Capacity
from net119_conformance.catalogue import Role
from net119_conformance.drivers.interface import Verb
from net119_conformance.sut.options import Option

CLAIMABLE = tuple(role for role in Role if role is not Role.BOTH)
"""Roles that a profile may claim; what is asked of both sides follows from the two of them."""
NO_CAPACITY = Capacity(chat="none", recovery_s="none", open_calls="none")
"""Nothing is claimed."""
KEY = r"^[a-z0-9][a-z0-9-]{0,19}$"

Seconds = Annotated[float, Field(gt=0, le=3600, allow_inf_nan=False)]


def _url(schemes: tuple[str, ...]) -> AfterValidator:
    def check(text: str) -> str:
        parts = urlsplit(text)
        try:
            port = parts.port
        except ValueError:
            port = 0
        if parts.scheme not in schemes or not parts.hostname or port == 0:
            raise ValueError(f"{text!r} is no URL such as {schemes[0]}://127.0.0.2:8443")
        if parts.path.strip("/") or parts.query or parts.fragment or parts.username:
            raise ValueError(f"{text!r} holds more than host and port")
        return text.rstrip("/")

    return AfterValidator(check)


def _place(text: str) -> str:
    found = re.fullmatch(r"(\[[0-9A-Fa-f:]+\]|[^:\s\[\]/]+):(\d{1,5})", text)
    if found is None or not 0 < int(found[2]) < 65536:
        raise ValueError(f"{text!r} is not HOST:PORT, such as 127.0.0.2:61614")
    return text


def _network(text: str) -> str:
    network = IPv4Network(text)
    if network.num_addresses < 4:
        raise ValueError(f"{text} has too few addresses; give a /24 or larger")
    return text


HttpsUrl = Annotated[str, _url(("https",))]
HttpUrl = Annotated[str, _url(("http",))]
Place = Annotated[str, AfterValidator(_place)]
Network = Annotated[str, AfterValidator(_network)]
Operator = Annotated[str, Field(pattern=KEY)]


class Table(BaseModel):
    """A table of the profile: unknown keys are wrong, since a misspelt claim is none."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Identity(Table):
    """``[sut]``: what reports call the system. ``operator`` is its operator code on the wire.

    ``catalogue``: version of the catalogue that is claimed; empty: the one of this suite.
    """

    key: Operator
    name: Annotated[str, Field(min_length=1, max_length=100)]
    vendor: Annotated[str, Field(min_length=1, max_length=100)]
    version: Annotated[str, Field(min_length=1, max_length=100)]
    operator: Operator = ""
    catalogue: Annotated[str, Field(max_length=40)] = ""

    @property
    def code(self) -> str:
        """The operator code: ``operator``, or the key."""
        return self.operator or self.key


class Claims(Table):
    """``[claims]``: roles and options. What is not claimed is claimed not to be there.

    ``department_profiles``: which of the packaged department profiles its departments can follow.
    ``derived``: the derived parts of requirements bind, too.
    ``exclusive``: during a run nobody else uses the system; it may be killed, restarted and
    brought to its limits where the driver can.
    """

    roles: Annotated[tuple[Role, ...], Field(min_length=1)]
    options: tuple[Option, ...] = ()
    department_profiles: tuple[str, ...] = ()
    derived: bool = False
    exclusive: bool = False


class Addresses(Table):
    """``[addresses]``: where the system is, and which addresses simulated peers may have.

    ``ca_file``: who signed the system's certificates (PEM); empty: the authority of the prepared
    folder, from which the system has its certificate then. ``connects_from``: source address of
    its sessions, if it is not the host of ``stomp``. ``peers``: a network whose addresses this
    machine has. ``test_systems``: hosts other than loopback, said to be test systems.
    """

    base_url: HttpsUrl | None = None
    plaintext_url: HttpUrl | None = None
    stomp: Place | None = None
    stomp_name: str = ""
    connects_from: IPv4Address | None = None
    ca_file: Path | None = None
    peers: Network = "127.20.0.0/16"
    peer_port: Annotated[int, Field(ge=1, le=65535)] = PORT
    mail_in: Place | None = None
    mail_out: Place | None = None
    test_systems: tuple[str, ...] = ()


class TimerTable(Table):
    """``[timers]``: those of the system in seconds; what is left out is the published default."""

    t1_s: Seconds = 5.0
    offer_attempts: Annotated[int, Field(ge=1, le=10)] = 2
    t2_s: Seconds = 60.0
    silent_s: Seconds = 60.0
    t3_s: Seconds = 30.0
    heartbeat_s: Seconds = 10.0
    reconnect_s: Seconds = 10.0
    """The longest pause before the system connects to a peer again."""
    gap_s: Seconds = 0.5
    patience_s: Annotated[float, Field(ge=1, le=60)] = 8.0
    """How long an answer is waited for that no timer governs."""

    def timers(self) -> Timers:
        """As purposes have them."""
        return Timers(**self.model_dump(exclude={"patience_s"}))


class Clock(Table):
    """``[clock]``: ``settable``: the driver can set the system's clock, forwards and back."""

    settable: bool = False


class DriverTable(BaseModel):
    """``[driver]``: who operates the system; every other key is a setting of that driver.

    ``kind``: a name of the suite or of an installed package (entry points ``net119.drivers``), or
    ``package.module:object``. ``verbs``: what it can do; left out: all that this kind can.
    """

    model_config = ConfigDict(frozen=True, extra="allow")

    kind: Annotated[str, Field(min_length=1)]
    verbs: tuple[Verb, ...] | None = None

    @property
    def settings(self) -> dict[str, Any]:
        """Settings of the driver as they stand in the file."""
        return dict(self.model_extra or {})


class World(Table):
    """``[world]``: ``folder``, what ``net119 sut prepare`` wrote and the system has loaded."""

    folder: Path = Path("net119-world")


class Masking(Table):
    """``[masking]``: ``file`` lists real people whose names, numbers and mail addresses may show
    at the system, one a line; they are masked in all that is kept."""

    file: Path | None = None


class SutProfile(Table):
    """A whole profile; paths in it are relative to ``folder``, that of its file."""

    sut: Identity
    claims: Claims
    addresses: Addresses = Addresses()
    timers: TimerTable = TimerTable()
    clock: Clock = Clock()
    capacity: Capacity = NO_CAPACITY
    driver: DriverTable
    mapping: str = PROFILE_NAME
    world: World = World()
    masking: Masking = Masking()
    folder: Path = Field(default=Path(), exclude=True)

    def claims_role(self, role: Role) -> bool:
        """Whether a role is claimed; what both sides owe is asked of whoever is one of them."""
        if role is Role.BOTH:
            return Role.HOME in self.claims.roles or Role.RECEIVING in self.claims.roles
        return role in self.claims.roles

    def hosts(self) -> tuple[str, ...]:
        """Hosts of the system, each once: what its certificates have to be for."""
        found = []
        for value in (self.addresses.base_url, self.addresses.stomp, self.addresses.mail_in):
            if value:
                found.append(host_of(value))
        return tuple(dict.fromkeys(found))

    def path(self, relative: Path) -> Path:
        """A path of the file."""
        return self.folder / relative

    @property
    def claims_capacity(self) -> bool:
        """Whether any capacity is claimed."""
        return any(value != NONE for value in self.capacity.model_dump().values())


def host_of(address: str) -> str:
    """Host of a URL or of ``HOST:PORT``."""
    if "://" in address:
        return urlsplit(address).hostname or ""
    return split_place(address)[0]


def split_place(place: str) -> tuple[str, int]:
    """Host and port of ``HOST:PORT``."""
    host, _, port = place.rpartition(":")
    return host.strip("[]"), int(port)
