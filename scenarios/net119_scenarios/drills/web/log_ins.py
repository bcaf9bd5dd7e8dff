"""What people need to get in: names, passwords, addresses."""

import secrets
from dataclasses import dataclass
from urllib.parse import urlencode

from net119_protocol.labels import Label

from net119_scenarios.drills.web.ports import local_url

DESKS = 2
"""Dispatchers who can sit at the consoles of each center."""


@dataclass(frozen=True)
class Desk:
    """A dispatcher's log-in at a center's console."""

    center: str
    title: Label
    provider: str
    number: int
    password: str
    port: int

    @property
    def name(self) -> str:
        """The log-in name, which colleagues see."""
        return f"指令員{self.number}"

    @property
    def path(self) -> str:
        """The console's log-in with center and name filled in; the password never is in a URL."""
        return f"/console/log-in?{urlencode({'center': self.center, 'name': self.name})}"

    @property
    def origin(self) -> str:
        """Where this desk is; each has its own cookies."""
        return local_url(self.port, f"{self.center}-{self.number}")

    @property
    def url(self) -> str:
        """Where to sit down."""
        return self.origin + self.path

    @property
    def plain_url(self) -> str:
        """The same for browsers that do not know names below localhost."""
        return local_url(self.port) + self.path


@dataclass(frozen=True)
class StaffSeat:
    """A log-in at a department's staff pages, for a drill in which people work there."""

    department: str
    title: Label
    provider: str
    password: str
    port: int
    name: str = "職員"
    """The log-in name."""

    @property
    def url(self) -> str:
        """Where to log in, with cookies of its own."""
        return local_url(self.port, f"staff-{self.department}") + "/staff"


@dataclass(frozen=True)
class WayIn:
    """A registrant's log-in: what a person needs to play this caller."""

    who: Label
    department: Label
    provider: str
    login_id: str
    password: str
    mail: str
    key: str
    """Where this person's own page is; a secret."""
    knows: Label | None = None
    """What the role knows and does, where it is one of a drill."""


def new_password() -> str:
    """Easy to type, hard to guess: a wrong one locks the name after five attempts."""
    number = secrets.randbelow(10**8)
    return f"{number // 10_000:04}-{number % 10_000:04}"


def new_key() -> str:
    """A secret for an address."""
    return secrets.token_urlsafe(12)
