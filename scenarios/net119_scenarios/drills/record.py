"""What is kept of a drill: everything that a report, a comparison or a replay needs (format 1).

All times ``..._s`` are seconds of real time from the beginning of the drill, pauses included: what
is to be measured without them takes them out (`DrillRecord.pauses`). What was before the beginning
stands at 0.
"""

from datetime import datetime
from typing import Annotated, Literal

from net119_protocol.codes import CallState, CloseOutcome, Kind, Mode, Presence, SenderRole
from net119_protocol.directory.model import JAPAN
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from net119_scenarios.acted.timeline import Sort
from net119_scenarios.drills.alarms.record import AlarmKept

ID = r"^\d{8}-\d{6}-[a-z0-9][a-z0-9-]*$"
"""Name of a drill and of its folder: when it began, and the scenario."""
At = Annotated[float, Field(ge=0, allow_inf_nan=False)]
"""Seconds from the beginning."""
Played = Literal["person", "simulator", "rule-based", "bad"]
Fate = Literal["done", "skipped", "failed", "not-reached"]


class Kept(BaseModel):
    """A part of the record; a key it does not know is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Both(Kept):
    """The same in Japanese and English."""

    ja: str
    en: str

    def of(self, language: str) -> str:
        """In one language."""
        return self.en if language == "en" else self.ja


class Taken(Kept):
    """A role: who it is, and who played it.

    ``titles`` are the names under which it wrote in chats; ``fault`` what a bad one does wrong.
    """

    actor: str
    role: Literal[
        "caller", "dispatcher", "peer", "staff", "alarm-user", "helper", "crew", "ward-office"
    ]
    name: Both
    center: str = ""
    by: Played = "simulator"
    who: str = ""
    fault: str = ""
    titles: tuple[str, ...] = ()


class Told(Kept):
    """An entry of the timeline; ``clock`` is the providers', ``planned_s`` the scenario's time."""

    at_s: At
    clock: AwareDatetime
    actor: str
    sort: Sort
    words: Both
    call: str = ""
    planned_s: float | None = None


class StepTaken(Kept):
    """A step of the scenario, by its number from 0; ``due_s`` is when it could begin."""

    number: Annotated[int, Field(ge=0)]
    actor: str
    do: str
    id: str = ""
    words: Both | None = None
    due_s: At | None = None
    began_s: At | None = None
    ended_s: At | None = None
    state: Fate = "not-reached"
    why: Both | None = None
    """Why it was skipped, if nobody asked for that."""


class Control(Kept):
    """What the leader of the drill did: start, pause, pace, skip, inject, end."""

    at_s: At
    what: str
    who: str = ""
    detail: str = ""


class Pause(Kept):
    """A time in which the drill stood still."""

    began_s: At
    ended_s: At

    @model_validator(mode="after")
    def _ends_later(self) -> "Pause":
        if self.ended_s < self.began_s:
            raise ValueError("a pause ends before it begins")
        return self


class LineShown(Kept):
    """A line of the chat when this screen got it; ``choice`` is the tapped answer's label."""

    at_s: At
    seq: Annotated[int, Field(ge=1)]
    sender: SenderRole
    sender_name: str = ""
    text: str = ""
    options: tuple[str, ...] = ()
    choice: str | None = None
    answers: int | None = None
    """Number of the line whose option was tapped."""

    @property
    def said(self) -> str:
        """What it says: its text, or the label that was tapped."""
        return self.text if self.choice is None else self.choice


class StateShown(Kept):
    """A call as this screen showed it from now on.

    ``owner`` is the department's code; ``mine`` whether it is this console's; ``silent`` whether
    the connected caller counted as silent. A phone knows neither epoch nor presence.
    """

    at_s: At
    state: CallState
    owner: str = ""
    owner_name: Both | None = None
    mine: bool = False
    epoch: int | None = None
    presence: Presence | None = None
    silent: bool = False
    answered_by: str = ""
    outcome: CloseOutcome | None = None


class PositionShown(Kept):
    """A place of the call: degrees (WGS 84), radii in metres.

    ``accuracy_m`` is the handset's own (68 %), ``radius_m`` that of 95 % which routing uses, absent
    for an address that nobody has confirmed on a map.
    """

    at_s: At
    lat: Annotated[float, Field(ge=-90, le=90)]
    lon: Annotated[float, Field(ge=-180, le=180)]
    accuracy_m: Annotated[float, Field(ge=0)] | None = None
    radius_m: Annotated[float, Field(ge=0)] | None = None
    source: str = ""
    cause: str = ""
    """Why it was told: ``call``, ``moved``, ``asked``, ``corrected``, ``callback``."""


class Screen(Kept):
    """What one screen showed of a call: a caller's phone, or a console of a center."""

    of: str
    side: Literal["caller", "console"]
    center: str = ""
    lines: tuple[LineShown, ...] = ()
    states: tuple[StateShown, ...] = ()
    positions: tuple[PositionShown, ...] = ()


class Act(Kept):
    """What was done with a call beside writing, as a console of ``center`` came to know it.

    ``what``: ``transfer-asked``, ``transferred``, ``transfer-failed``, ``callback-queued``,
    ``callback-sent``, ``callback-failed``, ``callback-opened``, ``position-asked`` (as the phone
    came to know it), ``dispatched``, ``disclosed``, ``reported``.
    """

    at_s: At
    what: str
    center: str
    by: str = ""
    detail: str = ""
    detail_en: str = ""
    """In English, where it is another text."""
    number: Annotated[int, Field(ge=0)] = 0
    """Of a call-back: which of the call's; 0 for everything else."""

    def told(self, language: str) -> str:
        """The detail in one language."""
        return self.detail_en if language == "en" and self.detail_en else self.detail


class CallKept(Kept):
    """A call of the drill; ``caller`` is the actor, empty where it is nobody of the cast."""

    name: str
    id: str
    mode: Mode
    kind: Kind
    caller: str = ""
    caller_name: str = ""
    screens: tuple[Screen, ...] = ()
    acts: tuple[Act, ...] = ()


class Checked(Kept):
    """Something that must hold, and whether it did."""

    name: str
    words: Both
    held: bool
    seen: str = ""
    reached: bool = True
    where: str = ""
    seen_ja: str = ""
    """`seen` in Japanese; records of before have none."""

    def instead(self, language: str) -> str:
        """What there was instead."""
        return (self.seen_ja or self.seen) if language == "ja" else self.seen


class NotUnderstood(Kept):
    """A line that the caller did not understand, and the code of the reason."""

    at_s: At
    call: str
    seq: int | None = None
    text: str
    why: str = ""


class Question(Kept):
    """What the dispatcher ``by`` should have asked, with the words that tell that it was.

    ``told`` are words by which the caller says it unasked, ``ask`` a line that asks it well.
    """

    id: str
    by: str
    what: Both
    words: tuple[str, ...]
    told: tuple[str, ...] = ()
    ask: str = ""
    required: bool = True
    call: str = ""
    """The call in which it counts, by its name; empty: whichever."""


class Aim(Kept):
    """A target of the scenario: from the end of one named step to another's, in seconds."""

    begin: str
    end: str
    seconds: At
    what: Both


class CenterOf(Kept):
    """A center that took part."""

    code: str
    name: Both


class DrillRecord(Kept):
    """A whole drill."""

    format: Literal[1] = 1
    id: Annotated[str, Field(pattern=ID)]
    scenario: Annotated[str, Field(min_length=1)]
    source: str = ""
    """The scenario's file as it was."""
    title: Both
    purpose: Both
    mode: Mode
    software: str
    began: AwareDatetime
    ended: AwareDatetime
    centers: tuple[CenterOf, ...]
    roles: tuple[Taken, ...]
    aims: tuple[Aim, ...] = ()
    questions: tuple[Question, ...] = ()
    debrief: tuple[Both, ...] = ()
    """What to talk about afterwards, as the drill says."""
    entries: tuple[Told, ...] = ()
    steps: tuple[StepTaken, ...] = ()
    controls: tuple[Control, ...] = ()
    pauses: tuple[Pause, ...] = ()
    calls: tuple[CallKept, ...] = ()
    alarms: tuple[AlarmKept, ...] = ()
    """Of the home alarm service."""
    checks: tuple[Checked, ...] = ()
    not_understood: tuple[NotUnderstood, ...] = ()
    moments: dict[str, At] = {}
    """When the steps that have an id were done: see `net119_scenarios.drills.moments`."""
    pace: Annotated[float, Field(ge=0, allow_inf_nan=False)] | None = None
    """How fast its waits went when it began: 1 is real time, 0 no waiting; old records: unknown."""
    interrupted: bool = False
    """Written while it went on: it stopped before it was over and judged, or goes on still."""

    @model_validator(mode="after")
    def _is_no_real_call(self) -> "DrillRecord":
        if self.mode is Mode.LIVE or any(call.mode is Mode.LIVE for call in self.calls):
            raise ValueError("a drill has no live calls")
        if any(alarm.incident.mode is Mode.LIVE for alarm in self.alarms):
            raise ValueError("a drill has no live alarms")
        if self.ended < self.began:
            raise ValueError("the drill ends before it begins")
        return self

    @property
    def held(self) -> bool:
        """Whether everything that must hold did, and there was something."""
        return bool(self.checks) and all(check.held for check in self.checks)

    @property
    def length_s(self) -> float:
        """From the beginning to the end, pauses included."""
        return (self.ended - self.began).total_seconds()

    def role(self, actor: str) -> Taken | None:
        """The role of this name."""
        return next((each for each in self.roles if each.actor == actor), None)


class Frame(Kept):
    """A frame that a console of the center got; see `net119_protocol.api.console.ConsoleOut`."""

    at: At
    frame: dict[str, object]


class Comment(Kept):
    """What somebody wrote about the drill afterwards."""

    at: AwareDatetime
    by: Annotated[str, Field(min_length=1, max_length=100)]
    text: Annotated[str, Field(min_length=1, max_length=5000)]


class Comments(Kept):
    """All comments, oldest first."""

    format: Literal[1] = 1
    comments: tuple[Comment, ...] = ()


def drill_id(began: datetime, scenario: str) -> str:
    """Name of a drill and of its folder; the time is Japan's, by which people look for it."""
    return f"{began.astimezone(JAPAN):%Y%m%d-%H%M%S}-{scenario}"
