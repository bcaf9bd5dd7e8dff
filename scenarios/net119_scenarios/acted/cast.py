"""Who and what a scenario needs: the network, the actors, and where they are."""

from datetime import date
from enum import StrEnum
from typing import Annotated, Any, Literal

from net119_protocol.codes import Positioning, ProviderState
from net119_protocol.model import Code
from pydantic import Field

from net119_scenarios.acted.alarms.cast import (
    AlarmService,
    AlarmUser,
    Crew,
    Helper,
    WardOffice,
)
from net119_scenarios.acted.base import JapanTime, Name, Part, Spot, Text
from net119_scenarios.acted.understanding import OTHERWISE, Answering, Word


class TimerSettings(Part):
    """Timers of all providers in seconds; what is left out is short enough for a rehearsal."""

    t1_s: Annotated[float, Field(gt=0, le=600)] | None = None
    t2_s: Annotated[float, Field(gt=0, le=600)] | None = None
    silent_s: Annotated[float, Field(gt=0, le=600)] | None = None
    t3_s: Annotated[float, Field(gt=0, le=600)] | None = None
    offer_attempts: Annotated[int, Field(ge=1, le=10)] | None = None


class DepartmentChange(Part):
    """What the directory says otherwise of one department."""

    adopted_from: date | None = None
    adopted_until: date | None = None


class Stop(Part):
    """Announced maintenance of a provider."""

    provider: Code
    stop_from: JapanTime
    stop_until: JapanTime
    reason_ja: str = ""
    reason_en: str = ""


class Start(Part):
    """A time of day at which a scenario begins: the next that comes, on a day of this kind."""

    time: Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
    """Time of day in Japan."""
    day: Literal["any", "working-day", "holiday"] = "any"
    """Of the offices: ``holiday`` is a week-end, a national holiday, or the turn of the year."""


class Network(Part):
    """The providers, and what differs from the directory that comes with the testbed."""

    providers: Annotated[tuple[Code, ...], Field(min_length=1)] = ("aoba", "midori", "akane")
    """Operators whose system runs; one that a ``peer`` plays does not stand here."""
    timers: TimerSettings = TimerSettings()
    departments: dict[Code, DepartmentChange] = Field(default_factory=dict)
    silent_is_disaster: tuple[Code, ...] = ()
    """Departments by whose rule a caller who does not react counts as a disaster."""
    stops: tuple[Stop, ...] = ()
    clock: JapanTime | None = None
    """What all providers' clocks show at the beginning; never earlier than the machine's."""
    starts: Start | None = None
    """The same as a time of day: the clocks go on from the next moment that is such."""
    alarms: AlarmService | None = None
    """The home alarm service, where a scenario has alarms."""


class Handset(StrEnum):
    """What a caller calls with."""

    SMARTPHONE = "smartphone"
    PLAINTEXT = "plaintext"
    """A phone that cannot encrypt."""
    FEATURE_PHONE = "feature-phone"
    """An old phone at the plain pages: forms and keys, no script; the chat is fetched again."""


class Caller(Part):
    """A registrant who calls."""

    role: Literal["caller"]
    name: Text | None = None
    """How the timeline names this person; by default the registered name."""
    home: Code
    """Department where the person is registered."""
    municipality: Annotated[str, Field(pattern=r"^[0-9]{5}$")] | None = None
    """Where the person lives, as JIS code; by default the department's first municipality."""
    seed: Annotated[int, Field(ge=0)] = 1
    """Draws what ``profile`` does not say."""
    profile: dict[str, Any] = Field(default_factory=dict)
    """Registered data that matter, by the names of ``RegistrantData``."""
    handset: Handset = Handset.SMARTPHONE
    radio: str = ""
    """A named radio of the simulators; without one nothing is in the way."""
    mailbox: str = "open"
    """What befalls the person's mail: a situation of the simulated carriers."""
    positioning: Positioning = Positioning.ON
    position: Spot
    answers: tuple[Answering, ...] = ()
    """What ``do: converse`` replies to questions; without any, to the usual ones by rule."""
    otherwise: Annotated[str, Field(min_length=1, max_length=2000)] = OTHERWISE
    """What is said to a question that is not understood."""
    hard_words: tuple[Word, ...] = ()
    """What this caller does not understand, beside the words of the trade."""


class Dispatcher(Part):
    """Somebody at a center's console."""

    role: Literal["dispatcher"]
    name: Text | None = None
    center: Code
    mind: Literal["scripted", "rule-based"] = "scripted"
    """``rule-based`` answers every call, asks the usual questions and closes, by itself."""
    present: bool = True
    """Whether the console is open at the beginning."""
    position: Spot | None = None
    """By default some point of the center's first municipality."""


class Peer(Part):
    """A provider that is played: it speaks the interconnect, well or badly."""

    role: Literal["peer"]
    name: Text | None = None
    provider: Code
    """Operator code; it must not be among the running ``providers``."""
    to: Code
    """The running provider that it speaks with."""
    behaviour: Literal["accept", "answer", "reject", "silent", "late"] = "answer"
    reason: Literal["no-console", "maintenance", "overload"] = "no-console"
    """Why it rejects."""
    state: ProviderState = ProviderState.NORMAL
    position: Spot | None = None


class Staff(Part):
    """Somebody of a department's staff, at its staff pages."""

    role: Literal["staff"]
    name: Text | None = None
    department: Code
    """Its provider has to run."""
    position: Spot | None = None


Actor = Annotated[
    Caller | Dispatcher | Peer | Staff | AlarmUser | Helper | Crew | WardOffice,
    Field(discriminator="role"),
]
Actors = Annotated[dict[Name, Actor], Field(min_length=1)]
