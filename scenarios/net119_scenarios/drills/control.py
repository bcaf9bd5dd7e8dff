"""The state of a running drill: its clocks, its steps, and what its leader does with it.

Pure: every method takes ``now``, seconds of any clock that never goes back. Two clocks result:
*elapsed* is the time that people have had, without pauses, by which everything is measured;
*script* is the time of the scenario (``at``), which goes ``pace`` times as fast while it waits,
and stands still while the drill waits for people.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from net119_scenarios.words import Words

MAX_PACE = 8.0


class DrillState(StrEnum):
    """Where a drill is."""

    PREPARED = "prepared"
    RUNNING = "running"
    PAUSED = "paused"
    ENDING = "ending"
    """Nobody acts any more; it is judged and recorded."""
    ENDED = "ended"


class StepState(StrEnum):
    """What became of a step."""

    PLANNED = "planned"
    WAITING = "waiting"
    """Its time has not come."""
    DOING = "doing"
    AWAITED = "awaited"
    """A person has to do it."""
    DONE = "done"
    HINTED = "hinted"
    """A person's line: shown to the person as the model, not waited for."""
    SKIPPED = "skipped"
    FAILED = "failed"
    NOT_REACHED = "not-reached"


OPEN = frozenset({StepState.WAITING, StepState.DOING, StepState.AWAITED, StepState.HINTED})
OVER = frozenset(StepState) - OPEN - {StepState.PLANNED}


class ControlKind(StrEnum):
    """What a leader does."""

    START = "start"
    PAUSE = "pause"
    RESUME = "resume"
    PACE = "pace"
    SKIP = "skip"
    INJECT = "inject"
    END = "end"


@dataclass(frozen=True)
class Controlled:
    """Something that the leader did: when (elapsed seconds), what, who, and what of it."""

    at_s: float
    what: ControlKind
    who: str
    detail: str = ""


@dataclass(frozen=True)
class Pause:
    """A pause: at which elapsed second, and how many real seconds it took (so far)."""

    at_s: float
    seconds: float


@dataclass(frozen=True)
class Progress:
    """What became of a step so far; times are elapsed seconds."""

    state: StepState = StepState.PLANNED
    began_s: float | None = None
    ended_s: float | None = None
    detail: str = ""
    why: Words | None = None
    """Why it was given up, if not by the leader."""


class NotNow(Exception):
    """What a leader asked for is not possible in this state of the drill; says why.

    ``ja`` says it in Japanese, the exception's own text in English.
    """

    def __init__(self, en: str, ja: str = "") -> None:
        super().__init__(en)
        self.ja = ja or en


_STATES = {
    DrillState.PREPARED: "始まっていません",
    DrillState.RUNNING: "進行中です",
    DrillState.PAUSED: "一時停止中です",
    DrillState.ENDING: "終わるところです",
    DrillState.ENDED: "終わりました",
}


@dataclass
class _Clock:
    """Seconds counted only while it runs, ``rate`` times as fast."""

    counted: float = 0.0
    rate: float = 1.0
    since: float | None = None

    def read(self, now: float) -> float:
        if self.since is None:
            return self.counted
        return self.counted + max(0.0, now - self.since) * self.rate

    def set(self, now: float, *, running: bool, rate: float | None = None) -> None:
        self.counted = self.read(now)
        self.since = now if running else None
        self.rate = self.rate if rate is None else rate


@dataclass
class Control:
    """One drill with ``steps`` steps and these ``injections``; ``pace`` 0 waits for no time."""

    steps: int
    injections: frozenset[str] = frozenset()
    pace: float = 1.0
    state: DrillState = DrillState.PREPARED
    log: list[Controlled] = field(default_factory=list)
    injected: list[str] = field(default_factory=list)
    _elapsed: _Clock = field(default_factory=_Clock)
    _script: _Clock = field(default_factory=_Clock)
    _progress: list[Progress] = field(default_factory=list)
    _pauses: list[Pause] = field(default_factory=list)
    _paused_at: float | None = None

    def __post_init__(self) -> None:
        _check_pace(self.pace)
        self._script.rate = self.pace
        self._progress = [Progress() for _ in range(self.steps)]

    # --- clocks ---------------------------------------------------------------------------------

    def elapsed(self, now: float) -> float:
        """Seconds since the start, without pauses and after the end none."""
        return self._elapsed.read(now)

    def script(self, now: float) -> float:
        """Seconds of the scenario."""
        return self._script.read(now)

    def due_in(self, at: float, now: float) -> float | None:
        """Seconds until the scenario's time is ``at``; ``None`` while it does not go on."""
        if self.state is not DrillState.RUNNING:
            return None
        left = at - self.script(now)
        if left <= 0 or self.pace == 0:
            return 0.0
        return left / self.pace

    def reached(self, at: float, now: float) -> None:
        """A step whose time is ``at`` begins now: no earlier time is waited for any more."""
        self._script.set(now, running=self._script.since is not None)
        self._script.counted = max(self._script.counted, at)

    def hold(self, at: float, now: float) -> None:
        """People took long for a step of ``at``: the scenario goes on from there."""
        self._script.set(now, running=self._script.since is not None)
        self._script.counted = min(self._script.counted, at)

    # --- what the leader does -------------------------------------------------------------------

    def start(self, now: float, who: str = "") -> None:
        """Let it begin; NotNow if it has."""
        self._only(DrillState.PREPARED, what="start")
        self.state = DrillState.RUNNING
        self._run(now, running=True)
        self._note(now, ControlKind.START, who)

    def pause(self, now: float, who: str = "") -> None:
        """Stop the clocks and all that is simulated; NotNow unless it runs."""
        self._only(DrillState.RUNNING, what="pause")
        self.state = DrillState.PAUSED
        self._run(now, running=False)
        self._paused_at = now
        self._note(now, ControlKind.PAUSE, who)

    def resume(self, now: float, who: str = "") -> None:
        """Go on; NotNow unless it is paused."""
        self._only(DrillState.PAUSED, what="resume")
        self._end_pause(now)
        self.state = DrillState.RUNNING
        self._run(now, running=True)
        self._note(now, ControlKind.RESUME, who)

    def set_pace(self, now: float, pace: float, who: str = "") -> None:
        """How fast waiting goes: 1 real time, up to 8, or 0 for no waiting at all.

        Raises:
            NotNow: it is over.
            ValueError: there is no such pace.
        """
        _check_pace(pace)
        self._only(
            DrillState.PREPARED, DrillState.RUNNING, DrillState.PAUSED, what="change the speed"
        )
        running = self._script.since is not None
        self._script.set(now, running=running, rate=pace)
        self.pace = pace
        self._note(now, ControlKind.PACE, who, f"{pace:g}")

    def skip(self, now: float, who: str = "", number: int | None = None) -> int:
        """Give up the step that goes on; returns its number, from 0.

        ``number`` is the one that the leader means: who is too late must not skip another.
        NotNow if it does not go on (any more).
        """
        self._only(DrillState.RUNNING, DrillState.PAUSED, what="skip a step")
        number = self.current() if number is None else number
        if number is None or self._progress[number].state not in OPEN:
            raise NotNow(
                "no step goes on that could be skipped, or it is over",
                "飛ばせる手順がないか、もう終わっています",
            )
        self.end_step(number, now, StepState.SKIPPED)
        self._note(now, ControlKind.SKIP, who, str(number + 1))
        return number

    def inject(self, now: float, injection: str, who: str = "") -> None:
        """Let something happen; it may happen more than once.

        Raises:
            NotNow: the drill does not run.
            LookupError: there is no such injection.
        """
        if injection not in self.injections:
            raise LookupError(f"there is no injection {injection!r}")
        self._only(DrillState.RUNNING, DrillState.PAUSED, what="inject anything")
        self.injected.append(injection)
        self._note(now, ControlKind.INJECT, who, injection)

    def end(self, now: float, who: str = "") -> None:
        """Nobody acts any more; what was not reached stays so. NotNow if it ends already."""
        self._only(DrillState.PREPARED, DrillState.RUNNING, DrillState.PAUSED, what="end it")
        self._note(now, ControlKind.END, who)
        self._ending(now)

    # --- what the engine tells ------------------------------------------------------------------

    def finished(self, now: float) -> None:
        """All steps are over; no-op if it ends already."""
        if self.state not in (DrillState.ENDING, DrillState.ENDED):
            self._ending(now)

    def ended(self) -> None:
        """It is judged and recorded; NotNow unless it was ending."""
        self._only(DrillState.ENDING, what="be over")
        self.state = DrillState.ENDED

    def begin_step(self, number: int, now: float, state: StepState) -> None:
        """A step waits for its time, is done, or waits for a person; one that is over stays so."""
        known = self._progress[number]
        if known.state in OVER or self.state in (DrillState.ENDING, DrillState.ENDED):
            return
        began = known.began_s
        if state is not StepState.WAITING and known.state in (StepState.PLANNED, StepState.WAITING):
            began = self.elapsed(now)
        self._progress[number] = replace(known, state=state, began_s=began)

    def end_step(
        self,
        number: int,
        now: float,
        state: StepState,
        detail: str = "",
        why: Words | None = None,
    ) -> None:
        """A step is over; the first that is told of it counts."""
        known = self._progress[number]
        if known.state in OVER:
            return
        self._progress[number] = replace(
            known, state=state, ended_s=self.elapsed(now), detail=detail, why=why
        )

    def were_done(self, ended: Mapping[int, float]) -> None:
        """What people did though nobody had come to it yet; at which elapsed second, by number."""
        for number, ended_s in ended.items():
            known = self._progress[number]
            if known.state is StepState.NOT_REACHED:
                self._progress[number] = replace(known, state=StepState.DONE, ended_s=ended_s)

    def step(self, number: int) -> Progress:
        """What became of a step."""
        return self._progress[number]

    def current(self) -> int | None:
        """The step that goes on: the last that has begun and is not over."""
        found = [n for n, each in enumerate(self._progress) if each.state in OPEN]
        return found[-1] if found else None

    def pauses(self, now: float) -> tuple[Pause, ...]:
        """All pauses; the last may go on."""
        if self._paused_at is None:
            return tuple(self._pauses)
        return (*self._pauses, Pause(self.elapsed(now), max(0.0, now - self._paused_at)))

    # --- inside ---------------------------------------------------------------------------------

    def _ending(self, now: float) -> None:
        self._end_pause(now)
        self._run(now, running=False)
        self.state = DrillState.ENDING
        for number, each in enumerate(self._progress):
            if each.state not in OVER:
                self._progress[number] = replace(each, state=StepState.NOT_REACHED)

    def _end_pause(self, now: float) -> None:
        if self._paused_at is not None:
            self._pauses.append(Pause(self.elapsed(now), max(0.0, now - self._paused_at)))
            self._paused_at = None

    def _run(self, now: float, *, running: bool) -> None:
        self._elapsed.set(now, running=running)
        self._script.set(now, running=running)

    def _only(self, *states: DrillState, what: str) -> None:
        if self.state not in states:
            raise NotNow(
                f"the drill is {self.state.value}: nobody can {what} now",
                f"訓練は{_STATES[self.state]}",
            )

    def _note(self, now: float, what: ControlKind, who: str, detail: str = "") -> None:
        self.log.append(Controlled(self.elapsed(now), what, who, detail))


def _check_pace(pace: float) -> None:
    if pace != 0 and not 1 <= pace <= MAX_PACE:
        raise ValueError(f"there is no pace {pace:g}: 1 is real time, 8 the fastest, 0 no waiting")
