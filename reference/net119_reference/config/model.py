"""The tree of settings, as read-only models.

A :class:`Config` may be built directly (tests do) or read with
:func:`net119_reference.config.load_config`, which also checks what spans several settings and the
files they name.
"""

import re
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from net119_protocol.api.admin import PeerOperator
from net119_protocol.codes import Mode
from net119_protocol.model import Code
from net119_protocol.profile.model import InsecureHandset, Profile
from pydantic import AfterValidator, Field, SecretStr, model_validator

from net119_reference.config.alarms import Alarms
from net119_reference.config.base import (
    Count,
    Host,
    Port,
    Seconds,
    Settings,
    base_url,
    is_loopback,
)
from net119_reference.config.listeners import Http, Lan, Local, Plaintext, Stomp, Tls

_TILE_HOST = re.compile(r"[A-Za-z0-9.-]+(:[0-9]{1,5})?|\[[0-9A-Fa-f:.]+\](:[0-9]{1,5})?")


def _tile_url(text: str) -> str:
    parts = urlsplit(text)
    filled = text.replace("{z}", "").replace("{x}", "").replace("{y}", "")
    whole = all(part in text for part in ("{z}", "{x}", "{y}")) and not {"{", "}"} & set(filled)
    # The host goes into a header: nothing but a host may stand there.
    if parts.scheme != "https" or not _TILE_HOST.fullmatch(parts.netloc) or not whole:
        raise ValueError(
            "the address of map tiles is needed here, for example "
            "https://tiles.example/{z}/{x}/{y}.png"
        )
    return text


class Database(Settings):
    """Where calls are stored: an address of SQLite or PostgreSQL; it may hold a password.

    ``{operator}`` in it stands for the provider's code, so that one environment variable suits
    several providers.
    """

    url: str | None = Field(default=None, repr=False)


class Directory(Settings):
    """The jurisdiction directory; without a file, the one that comes with the protocol package."""

    file: Path | None = None


class Profiles(Settings):
    """Department profiles: a folder of TOML files; without one, those that come with us."""

    folder: Path | None = None


class Map(Settings):
    """Map tiles behind the municipalities' borders, where there is a server for them.

    ``tile_url`` has ``{z}``, ``{x}`` and ``{y}`` (and no other braces); ``attribution`` is shown on
    every map that uses it (ASO-23).  Without them maps show the borders alone.
    """

    tile_url: Annotated[str, AfterValidator(_tile_url)] | None = None
    attribution: Annotated[str, Field(max_length=200)] = ""
    max_zoom: Annotated[int, Field(ge=1, le=22)] = 18

    @model_validator(mode="after")
    def _credited(self) -> "Map":
        if self.tile_url is not None and not self.attribution.strip():
            raise ValueError("map.attribution is missing: say whose tiles map.tile_url shows")
        return self

    @property
    def tile_host(self) -> str | None:
        """Host of the tiles; ``None`` without tiles."""
        return urlsplit(self.tile_url).hostname if self.tile_url else None

    @property
    def tile_origin(self) -> str | None:
        """Scheme, host and port of the tiles, as a content security policy names them."""
        if self.tile_url is None:
            return None
        parts = urlsplit(self.tile_url)
        return f"{parts.scheme}://{parts.netloc}"


class Interconnect(Settings):
    """How messages to and from other providers are written.

    ``mapping`` names an installed mapping, or is ``package.module:object``; ``profile`` writes the
    published profile itself.  All peers are spoken to with the same one.
    """

    mapping: Annotated[str, Field(min_length=1, max_length=200)] = "profile"


class Timers(Settings):
    """Time limits, in seconds (design, section 6).

    ``t1_s`` an offer to another provider is answered, ``offer_attempts`` times; ``t2_s`` a call
    rings before reminders go out; ``silent_s`` after the last word a caller who is connected counts
    as silent (assumed: no document names a time); ``t3_s`` silence after which a peer counts as not
    running; ``heartbeat_s`` our own heart-beats; ``reconnect_s`` first pause before connecting
    again, doubled up to ten times that; ``gap_s`` a gap in a peer's messages is waited for;
    ``hello_s`` a WebSocket's first frame arrives; ``ws_ping_s`` a WebSocket is asked whether it
    still lives, and must answer within the same time; ``poll_s`` a feature phone counts as
    connected after each page of its call; ``stop_s`` everything is closed when the process stops.
    """

    t1_s: Seconds = 5.0
    offer_attempts: Annotated[int, Field(ge=1, le=10)] = 2
    t2_s: Seconds = 60.0
    silent_s: Seconds = 60.0
    t3_s: Seconds = 30.0
    heartbeat_s: Seconds = 10.0
    reconnect_s: Seconds = 1.0
    gap_s: Seconds = 0.5
    hello_s: Seconds = 5.0
    ws_ping_s: Seconds = 20.0
    poll_s: Seconds = 90.0
    stop_s: Seconds = 10.0

    @model_validator(mode="after")
    def _heartbeat_within_silence(self) -> "Timers":
        if self.heartbeat_s >= self.t3_s:
            raise ValueError(
                f"timers.heartbeat_s ({self.heartbeat_s:g}) must be shorter than timers.t3_s "
                f"({self.t3_s:g}), else every idle peer counts as not running"
            )
        return self


class Modes(Settings):
    """Modes of calls that are taken, from handsets and from peers.

    ``pages`` is the mode of the calls that are made at pages, where no live ones are taken.
    """

    accepted: frozenset[Mode] = frozenset({Mode.PRACTICE, Mode.DRILL, Mode.TEST})
    pages: Literal[Mode.TEST, Mode.DRILL] = Mode.TEST

    def of_pages(self, *, practice: bool) -> Mode:
        """The mode of a call from a page: practice only where its caller said so (I5)."""
        if practice:
            return Mode.PRACTICE
        wanted = (Mode.LIVE, self.pages, Mode.TEST, Mode.DRILL)
        return next((each for each in wanted if each in self.accepted), Mode.LIVE)


class Admin(Settings):
    """Control of a test bed over HTTP, from loopback addresses only."""

    enabled: bool = False
    token: Annotated[SecretStr, Field(min_length=16, max_length=200)] | None = None


class Home(Settings):
    """Switches of a department.

    ``plaintext_allowed``, for its own registrants on test beds, overrides what the department's
    profile says of handsets that cannot encrypt (ASO-08, CNB-11).  ``silent_is_disaster`` holds of
    every call that the department owns: a caller who does not react counts as a disaster, and the
    dispatcher is told so (Kyoto's rule for home alarms, KYO-07, fact A79).
    """

    plaintext_allowed: bool | None = None
    silent_is_disaster: bool = False


_NO_SWITCHES = Home()


class Limits(Settings):
    """Bounds against overload.

    ``line_burst`` lines of one side of a call at once, then ``lines_per_s``, of a caller in all of
    his calls together; ``open_calls`` calls open at the same time; of one registrant
    ``registrant_calls`` calls open at the same time, and ``registrant_call_burst`` made in a row,
    then one each ``registrant_call_every_s`` seconds; new calls are shed while anything waits for
    the database longer than ``stall_s`` seconds; ``send_queue`` frames, or ``send_queue_octets``
    octets, that wait for a slow WebSocket reader before it is closed (of a transcript that it
    resumes with no more than half of that is queued); ``log_in_attempts`` failed log-ins for one ID
    from one address, and ``log_in_failures_of_source`` of one address for all IDs together, within
    ``log_in_window_s`` seconds.
    """

    line_burst: Count = 20
    lines_per_s: Annotated[float, Field(gt=0, le=100_000, allow_inf_nan=False)] = 5.0
    open_calls: Count = 10_000
    registrant_calls: Count = 10
    registrant_call_burst: Count = 10
    registrant_call_every_s: Seconds = 30.0
    stall_s: Seconds = 3.0
    send_queue: Count = 1_000
    send_queue_octets: Annotated[int, Field(ge=65_536, le=1_000_000_000)] = 4_000_000
    log_in_attempts: Count = 10
    log_in_failures_of_source: Count = 100
    log_in_window_s: Seconds = 60.0


class MailSettings(Settings):
    """Mail both ways: an SMTP listener for what persons send, a relay for what we send.

    ``public_url`` is what links in mails begin with, by default the address of HTTPS.  A letter
    that could not be handed over is tried again after ``retry_s`` seconds, doubled up to
    ``retry_max_s``, and given up ``give_up_s`` after it was written; ``timeout_s`` for one answer
    of the relay, over ``connections`` connections at most.  A mail holds ``max_bytes`` at most;
    of one sender ``sender_burst`` mails are taken at once, then ``sender_per_hour``; of all
    ``burst``, then ``per_s`` a second; more of them are asked to come later.
    """

    enabled: bool = False
    host: Host = "127.0.0.1"
    port: Port = 2525
    relay_host: Host = "127.0.0.1"
    relay_port: Annotated[int, Field(ge=1, le=65535)] = 25
    public_url: Annotated[str, AfterValidator(base_url)] | None = None
    retry_s: Seconds = 30.0
    retry_max_s: Seconds = 3600.0
    give_up_s: Annotated[float, Field(gt=0, le=1_209_600, allow_inf_nan=False)] = 172_800.0
    timeout_s: Seconds = 30.0
    connections: Annotated[int, Field(ge=1, le=50)] = 4
    max_bytes: Annotated[int, Field(ge=100_000, le=100_000_000)] = 15_000_000
    sender_burst: Count = 20
    sender_per_hour: Count = 60
    burst: Count = 2_000
    per_s: Annotated[float, Field(gt=0, le=100_000, allow_inf_nan=False)] = 100.0

    @model_validator(mode="after")
    def _retry_in_order(self) -> "MailSettings":
        if not self.retry_s <= self.retry_max_s <= self.give_up_s:
            raise ValueError(
                f"mail.retry_s ({self.retry_s:g}), mail.retry_max_s ({self.retry_max_s:g}) and "
                f"mail.give_up_s ({self.give_up_s:g}) must not be shorter one than the one before"
            )
        return self


class CallbackSettings(Settings):
    """Callback mail (CNB-31).

    Its URL opens the call for ``valid_s`` seconds; ``per_hour`` letters of one call are sent
    within an hour.  A letter that a mail server does not take yet is tried again after
    ``retry_s``, doubled up to ``retry_max_s``, for as long as its URL is valid.
    """

    valid_s: Annotated[float, Field(gt=0, le=604_800, allow_inf_nan=False)] = 86_400.0
    per_hour: Annotated[int, Field(ge=1, le=1000)] = 10
    retry_s: Seconds = 2.0
    retry_max_s: Seconds = 60.0

    @model_validator(mode="after")
    def _retry_in_order(self) -> "CallbackSettings":
        if not self.retry_s <= self.retry_max_s <= self.valid_s:
            raise ValueError(
                f"callback.retry_s ({self.retry_s:g}), callback.retry_max_s "
                f"({self.retry_max_s:g}) and callback.valid_s ({self.valid_s:g}) must not be "
                "shorter one than the one before"
            )
        return self


class Level(StrEnum):
    """Least severity that is logged."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class Log(Settings):
    """Logging."""

    level: Level = Level.INFO


class TestSystems(Settings):
    """The declaration that hosts other than this machine are test systems (design, section 1)."""

    __test__ = False  # not a class of tests, whatever its name says to pytest

    declared: bool = False
    hosts: tuple[Host, ...] = ()


class Config(Settings):
    """Everything a provider is told at start-up; see the fields' own types."""

    operator: Code
    data_dir: Path = Path("net119-data")
    http: Http = Http()
    stomp: Stomp = Stomp()
    interconnect: Interconnect = Interconnect()
    database: Database = Database()
    directory: Directory = Directory()
    profiles: Profiles = Profiles()
    peers: tuple[PeerOperator, ...] = ()
    timers: Timers = Timers()
    modes: Modes = Modes()
    admin: Admin = Admin()
    homes: dict[Code, Home] = Field(default_factory=dict)
    limits: Limits = Limits()
    map: Map = Map()
    mail: MailSettings = MailSettings()
    callback: CallbackSettings = CallbackSettings()
    alarms: Alarms = Alarms()
    log: Log = Log()
    tls: Tls = Tls()
    plaintext: Plaintext = Plaintext()
    local: Local = Local()
    lan: Lan = Lan()
    test_systems: TestSystems = TestSystems()

    @property
    def database_url(self) -> str:
        """The database's address; by default a file in ``data_dir``."""
        if self.database.url is None:
            return f"sqlite:///{self.data_dir / 'net119.db'}"
        return self.database.url.replace("{operator}", self.operator)

    @property
    def directory_file(self) -> Path | None:
        """The directory's file, ``None`` for the packaged one."""
        return self.directory.file

    @property
    def public_url(self) -> str:
        """What links in mails begin with."""
        host = f"[{self.http.host}]" if ":" in self.http.host else self.http.host
        return self.mail.public_url or f"https://{host}:{self.http.port}"

    def home(self, department: str) -> Home:
        """Switches of a department; the defaults where the file says nothing of it."""
        return self.homes.get(department, _NO_SWITCHES)

    def plaintext_allowed(self, profile: Profile) -> bool:
        """Whether registrants of the profile's department may use a handset that cannot encrypt.

        The profile decides (ASO-08, CNB-11), unless these settings override it.
        """
        override = self.home(profile.department).plaintext_allowed
        if override is not None:
            return override
        return profile.insecure_handset is InsecureHandset.PLAINTEXT

    def permits_host(self, host: str) -> bool:
        """Whether traffic with this address is allowed: loopback, or declared a test system."""
        return is_loopback(host) or (self.test_systems.declared and host in self.test_systems.hosts)
