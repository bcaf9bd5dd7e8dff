"""What a drill shows of itself, for pages and terminals."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from net119_scenarios.drills.control import ControlKind, DrillState, StepState


class Shown(BaseModel):
    """A part of the view."""

    model_config = ConfigDict(frozen=True)


class Bilingual(Shown):
    """The same in Japanese and English."""

    ja: str
    en: str


class RoleView(Shown):
    """Who plays an actor."""

    actor: str
    called: Bilingual
    """How the timeline names it."""
    role: str
    """``caller``, ``dispatcher`` or ``peer``."""
    by: str
    """``person``, ``simulator``, ``rule-based``, or ``bad:`` and a fault."""
    who: str = ""
    """The person's name, as free text."""
    knows: Bilingual | None = None
    """What the role knows and does."""
    center: str = ""
    """A dispatcher's center."""
    login_id: str = ""
    """A person who calls logs in with this at the phone."""
    password: str = ""
    mail: str = ""
    """Where the callback mails of a person who calls go."""
    provider: str = ""
    """Operator code of that person's home provider."""


class StepView(Shown):
    """One step of the timeline."""

    number: int
    """From 1."""
    id: str = ""
    actor: str = ""
    do: str
    what: Bilingual
    at_s: float | None = None
    """When the scenario means it to happen."""
    due_in_s: float | None = None
    """Real seconds until its time, while it waits for that."""
    person: bool = False
    """A person does it."""
    state: StepState
    began_s: float | None = None
    ended_s: float | None = None
    detail: str = ""
    why: Bilingual | None = None
    """Why it was given up, if not by the leader."""


class InjectionView(Shown):
    """Something that can be let happen; ``times`` it was."""

    id: str
    what: Bilingual
    times: int = 0
    running: bool = False
    failed: str = ""
    """Why it did not go through, the last time."""


class CallNow(Shown):
    """A call of the drill as the consoles show it."""

    name: str
    call_id: UUID
    caller: str
    mode: str
    state: str
    owner: Bilingual | None = None
    answered_by: str = ""
    presence: str = ""
    silent_since: datetime | None = None


class AlarmNow(Shown):
    """An alarm of the drill as the alarm desk shows it; ``user`` is the actor."""

    name: str
    user: str
    mode: str
    number: str
    state: str
    shown: Bilingual
    taken_by: str = ""


class Reason(Shown):
    """Why the interlock does not let a drill begin, or stops injections."""

    code: str
    what: Bilingual


class InterlockView(Shown):
    """Whether it is safe to go on."""

    safe: bool
    reasons: tuple[Reason, ...] = ()
    live_calls: tuple[str, ...] = ()
    """Open calls in mode live, at whichever console."""
    looked_at: datetime | None = None


class ControlView(Shown):
    """Something the leader did."""

    at_s: float
    what: ControlKind
    who: str = ""
    detail: str = ""


class Can(Shown):
    """What the leader can do now."""

    start: bool = False
    pause: bool = False
    resume: bool = False
    set_pace: bool = False
    skip: bool = False
    inject: bool = False
    end: bool = False


class EntryView(Shown):
    """An entry of the live timeline."""

    seconds: float
    actor: str
    called: Bilingual
    sort: str
    words: Bilingual
    call: str = ""


class DrillView(Shown):
    """Everything at one moment; times are elapsed seconds of the drill, without pauses."""

    state: DrillState
    ready: bool = False
    """All have taken their places: it can be started."""
    name: str
    title: Bilingual
    mode: str
    minutes: int
    elapsed_s: float
    script_s: float
    pace: Annotated[float, Field(ge=0, le=8)]
    current: int | None
    """Number of the step that goes on, from 1."""
    roles: tuple[RoleView, ...]
    steps: tuple[StepView, ...]
    injections: tuple[InjectionView, ...]
    calls: tuple[CallNow, ...]
    alarms: tuple[AlarmNow, ...] = ()
    log: tuple[ControlView, ...]
    interlock: InterlockView
    can: Can
    entries: tuple[EntryView, ...] = ()
    """The newest entries of the timeline, oldest first."""
    folder: str = ""
    """Where the record is, once it is written."""
    failed: str = ""
    """What went wrong with the drill itself (not with how it was played)."""
