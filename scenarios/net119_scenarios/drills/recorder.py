"""Keeps what happens in a drill while it goes on: a wiretap that the engine tells the rest.

The engine makes one for each drill, hands it to the phones and consoles as their wiretap (beside
the watcher), and calls it for what no wire shows: roles, steps, pauses, what the leader did. At the
end `finished` gives the record, and `frames` what each center's consoles were told.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from net119_protocol import __version__
from net119_protocol.api.common import CallView
from net119_protocol.api.console import CallRecord, ConsoleCall
from net119_protocol.api.console_acts import Callback, Discrepancy, Transfer
from net119_protocol.chat import ChatLine
from net119_protocol.codes import Presence
from net119_protocol.interconnect.whereabouts import TrailPoint
from net119_simulators.dispatcher import Dispatcher as Console
from net119_simulators.errors import SimulatorError
from net119_simulators.wiretap import Interface, WireEvent
from pydantic import ValidationError

from net119_scenarios.acted.model import Scenario
from net119_scenarios.acted.names import Names
from net119_scenarios.acted.timeline import Entry
from net119_scenarios.drills.calls_seen import CallSeen
from net119_scenarios.drills.casting import (
    aims_of,
    both,
    centers_of,
    debrief_of,
    questions_of,
    role_of,
)
from net119_scenarios.drills.clocks import Clocks
from net119_scenarios.drills.frames import FramesOfCenters
from net119_scenarios.drills.moments import with_deeds
from net119_scenarios.drills.record import (
    Both,
    Checked,
    Control,
    DrillRecord,
    Fate,
    Frame,
    NotUnderstood,
    Pause,
    Played,
    Question,
    StepTaken,
    Told,
    drill_id,
)
from net119_scenarios.drills.screens import CallOnScreen
from net119_scenarios.result import Check

Clock = Callable[[], datetime]


class Recorder:
    """Records one drill of ``scenario``.

    ``name`` is the scenario's, ``clock`` what the providers' clocks show, ``questions`` what the
    dispatcher should ask, the drill's checklist by default, ``pace`` the speed of its waits. A call
    belongs to the drill if it was `placed`, or shown first after `began`; others at the same venue
    are left out.
    """

    def __init__(
        self,
        scenario: Scenario,
        name: str,
        *,
        source: str = "",
        clock: Clock = lambda: datetime.now(UTC),
        questions: Sequence[Question] | None = None,
        pace: float | None = None,
    ) -> None:
        self._scenario, self._name, self._source = scenario, name, source
        self._clocks = Clocks(clock)
        self._pace = pace
        self._questions = questions_of(scenario) if questions is None else tuple(questions)
        self._names = Names(scenario)
        self._callers = frozenset(scenario.callers())
        self._consoles = {n: d.center for n, d in scenario.dispatchers().items()}
        self._frames = FramesOfCenters()
        self._calls: dict[UUID, CallSeen] = {}
        self._roles = {actor: role_of(scenario, self._names, actor) for actor in scenario.actors}
        self._steps = {
            number: StepTaken(
                number=number,
                actor=step.actor or "",
                do=str(getattr(step, "do", "")),
                id=step.id or "",
            )
            for number, step in enumerate(scenario.timeline)
        }
        self._entries: list[Told] = []
        self._controls: list[Control] = []
        self._pauses: list[Pause] = []
        self._paused: float | None = None
        self._checks: list[Checked] = []
        self._unclear: list[NotUnderstood] = []
        self._began: datetime | None = None

    # --- what the engine tells ------------------------------------------------------------------

    def began(self) -> None:
        """The drill begins now: all seconds count from here, entries before are forgotten."""
        self._began = datetime.now(UTC)
        self._entries.clear()
        for call in self._calls.values():
            call.early = True

    @property
    def has_begun(self) -> bool:
        """Whether `began` was called."""
        return self._began is not None

    @property
    def id(self) -> str:
        """The record's name; empty before `began`."""
        return drill_id(self._began, self._name) if self._began is not None else ""

    @property
    def elapsed_s(self) -> float:
        """Seconds since it began, pauses included; 0 before."""
        return self._since(datetime.now(UTC))

    @property
    def paused(self) -> bool:
        """Whether it stands still."""
        return self._paused is not None

    def pause(self) -> None:
        """It stands still from now on; no-op if it does already."""
        if self._paused is None:
            self._paused = self.elapsed_s

    def resume(self) -> None:
        """It goes on; no-op if it does."""
        if self._paused is not None:
            self._pauses.append(Pause(began_s=self._paused, ended_s=self.elapsed_s))
            self._paused = None

    def control(self, what: str, who: str = "", detail: str = "") -> None:
        """The leader did something."""
        self._controls.append(Control(at_s=self.elapsed_s, what=what, who=who, detail=detail))

    def plays(
        self,
        actor: str,
        by: Played,
        who: str = "",
        *,
        fault: str = "",
        titles: Sequence[str] = (),
    ) -> None:
        """Who plays a role, under which names in chats; KeyError for no actor of the scenario."""
        known = self._roles[actor]
        names = tuple(titles) or known.titles
        told = {"by": by, "who": who, "fault": fault, "titles": names}
        self._roles[actor] = known.model_copy(update=told)

    def watches(self, console: str, center: str) -> None:
        """A console that is nobody's of the cast, an observer's, belongs to a center."""
        self._consoles[console] = center

    def placed(self, call_id: UUID, name: str, caller: str = "") -> None:
        """A call of this drill has its name, and its caller of the cast."""
        call = self._call(call_id)
        call.name, call.caller = name, caller

    def told(self, entry: Entry) -> None:
        """An entry of the timeline."""
        self._entries.append(
            Told(
                at_s=self._since(entry.at),
                clock=entry.clock,
                actor=entry.actor,
                sort=entry.sort,
                words=both(entry.words),
                call=entry.call,
                planned_s=entry.planned,
            )
        )

    def step_due(self, number: int, words: Both | None = None) -> None:
        """A step can begin now; ``words`` say what it is."""
        self._step(number, due_s=self.elapsed_s, words=words)

    def step_began(self, number: int) -> None:
        """A step begins."""
        self._step(number, began_s=self.elapsed_s)

    def step_ended(self, number: int, state: Fate = "done", why: Both | None = None) -> None:
        """A step is over."""
        self._step(number, ended_s=self.elapsed_s, state=state, why=why)

    def not_understood(self, call: str, text: str, why: str, seq: int | None = None) -> None:
        """The caller did not understand a line."""
        now = self.elapsed_s
        self._unclear.append(NotUnderstood(at_s=now, call=call, seq=seq, text=text, why=why))

    def checked(self, check: Check) -> None:
        """Something that must hold was looked at."""
        self._checks.append(
            Checked(
                name=check.name,
                words=both(check.words),
                held=check.held,
                seen=check.seen,
                seen_ja=check.seen_ja,
                reached=check.reached,
                where=check.where,
            )
        )

    async def over(self, consoles: Mapping[str, Console]) -> None:
        """The scenario is over: read the records of its calls, which tell what no frame tells.

        What an open console cannot read is left out: its provider may be down, as some drills say.
        """
        for console in consoles.values():
            for call in console.calls if console.connected else ():
                if call.view is not None and self._call(call.id).belongs:
                    with suppress(SimulatorError):
                        await console.record(call.id)

    # --- the wiretap ----------------------------------------------------------------------------

    def record(self, event: WireEvent) -> None:
        """Look at one message; what cannot be read is the simulators' to complain about."""
        self._clocks.look(datetime.now(UTC))
        if event.interface is Interface.C and event.label.startswith("connection "):
            for console in {event.source, event.target} & self._consoles.keys():
                self._frames.ended(console, self._consoles[console])
            return
        if event.interface is Interface.A and event.target in self._callers:
            look = self._at_phone
        elif event.interface is Interface.C and event.target in self._consoles:
            look = self._at_console
        else:
            return
        if event.payload[:1] != "{":
            return
        try:
            look(event.target, self._since(event.at), json.loads(event.payload), event.label)
        except (ValueError, ValidationError, KeyError):
            return

    def _at_phone(self, who: str, at_s: float, frame: Mapping[str, Any], label: str) -> None:
        if "call" in frame:
            view = CallView.model_validate(frame["call"])
            call = self._call(view.call_id)
            call.mode, call.kind = view.mode, view.kind
            call.caller = call.caller or who
            self._screen(view.call_id, who, "").phone(at_s, view)
        elif frame.get("type") == "line":
            line = ChatLine.model_validate(frame["line"])
            self._screen(UUID(frame["callId"]), who, "").line(at_s, line)
        elif frame.get("type") == "location-request":
            call = self._call(UUID(frame["callId"]))
            having = (e.center for e in call.screens.values() if e.has_it)
            call.acts.position_asked(at_s, next(having, ""), frame["askedAt"])

    def _at_console(self, who: str, at_s: float, frame: Mapping[str, Any], label: str) -> None:
        center = self._consoles[who]
        kind = frame.get("type")
        if kind is None:
            if label.endswith(" call_record"):
                self._read(who, center, at_s, CallRecord.model_validate(frame), frame)
            return
        self._frames.add(who, center, at_s, frame)
        if kind == "call":
            self._shown(who, center, at_s, frame["call"])
        elif kind == "welcome":
            for each in frame["calls"]:
                self._shown(who, center, at_s, each)
        elif "callId" in frame:
            self._about(who, center, at_s, UUID(frame["callId"]), frame)

    def _shown(self, who: str, center: str, at_s: float, told: Mapping[str, Any]) -> None:
        view = ConsoleCall.model_validate(told)
        call = self._call(view.call_id)
        call.mode, call.kind, call.registrant = view.mode, view.kind, view.registrant.name
        self._screen(view.call_id, who, center).console(at_s, view)

    def _about(
        self, who: str, center: str, at_s: float, call_id: UUID, frame: Mapping[str, Any]
    ) -> None:
        screen, acts = self._screen(call_id, who, center), self._call(call_id).acts
        match frame["type"]:
            case "line":
                screen.line(at_s, ChatLine.model_validate(frame["line"]))
            case "presence":
                screen.presence(at_s, Presence(frame["presence"]))
            case "location":
                screen.point(at_s, TrailPoint.model_validate(frame["point"]))
            case "transfer":
                acts.transfer(at_s, center, Transfer.model_validate(frame["transfer"]))
            case "callback":
                acts.callback(at_s, center, Callback.model_validate(frame["callback"]))
            case "discrepancy":
                acts.discrepancy(at_s, center, Discrepancy.model_validate(frame["discrepancy"]))

    def _read(
        self, who: str, center: str, at_s: float, record: CallRecord, told: Mapping[str, Any]
    ) -> None:
        """Only a call's record tells of dispatches and disclosures."""

        def when(moment: datetime, read_s: float) -> float:
            return min(self._since(self._clocks.real(moment)), read_s)

        self._call(record.call.call_id).acts.record(at_s, center, record, when)
        done = [each.at for each in record.dispatches] + [each.at for each in record.disclosures]
        for moment in done:
            self._frames.acts(center, when(moment, at_s), moment, told)

    # --- the end --------------------------------------------------------------------------------

    def finished(self) -> DrillRecord:
        """The record of a drill that is over; RuntimeError before `began`."""
        self.resume()
        return self._record()

    def so_far(self) -> DrillRecord:
        """The record of a drill that goes on, as of now; RuntimeError before `began`."""
        return self._record(interrupted=True)

    def _record(self, *, interrupted: bool = False) -> DrillRecord:
        if self._began is None:
            raise RuntimeError("the drill has not begun")
        scenario, pauses = self._scenario, self._pauses
        if self._paused is not None:
            pauses = [*pauses, Pause(began_s=self._paused, ended_s=self.elapsed_s)]
        record = DrillRecord(
            id=self.id,
            scenario=self._name,
            source=self._source,
            title=Both(ja=scenario.title.ja, en=scenario.title.en),
            purpose=Both(ja=scenario.purpose.ja, en=scenario.purpose.en),
            mode=scenario.exercise,
            software=__version__,
            began=self._began,
            ended=datetime.now(UTC),
            centers=centers_of(self._names, self._consoles.values()),
            roles=tuple(self._roles.values()),
            aims=aims_of(scenario),
            questions=self._questions,
            debrief=debrief_of(scenario),
            entries=tuple(self._entries),
            steps=tuple(self._steps.values()),
            controls=tuple(self._controls),
            pauses=tuple(pauses),
            calls=tuple(
                call.kept(call_id) for call_id, call in self._calls.items() if call.belongs
            ),
            checks=tuple(self._checks),
            not_understood=tuple(self._unclear),
            pace=self._pace,
            interrupted=interrupted,
        )
        return with_deeds(record, scenario)

    def frames(self) -> dict[str, tuple[Frame, ...]]:
        """By center, what its consoles were told of this drill's calls, for a replay."""
        ours = {str(call_id) for call_id, call in self._calls.items() if call.belongs}
        return self._frames.of(ours)

    def _call(self, call_id: UUID) -> CallSeen:
        return self._calls.setdefault(call_id, CallSeen())

    def _screen(self, call_id: UUID, who: str, center: str) -> CallOnScreen:
        screens = self._call(call_id).screens
        return screens.setdefault(who, CallOnScreen(who, center))

    def _step(self, number: int, **told: Any) -> None:
        self._steps[number] = self._steps[number].model_copy(
            update={key: value for key, value in told.items() if value is not None}
        )

    def _since(self, moment: datetime) -> float:
        if self._began is None:
            return 0.0
        return max(0.0, round((moment - self._began).total_seconds(), 3))
