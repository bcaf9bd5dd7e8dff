"""One drill at a venue: prepared, led, acted, judged and recorded."""

import asyncio
from collections.abc import Callable, Mapping
from pathlib import Path

from net119_simulators.errors import SimulatorError

from net119_scenarios.acted.announcing import take_places
from net119_scenarios.acted.answering import Misread
from net119_scenarios.acted.model import Scenario
from net119_scenarios.acted.names import Names
from net119_scenarios.acted.timeline import Entry, Sort, Timeline
from net119_scenarios.acted.troupe import Troupe
from net119_scenarios.acted.venue import Venue
from net119_scenarios.drills import folder as folders
from net119_scenarios.drills import showing
from net119_scenarios.drills.acting import Acting
from net119_scenarios.drills.alarms.keeping import with_alarms
from net119_scenarios.drills.alarms.switchboard import Switchboard
from net119_scenarios.drills.casting import questions_of
from net119_scenarios.drills.changes import Pacing, why_not
from net119_scenarios.drills.control import Control, ControlKind, DrillState, NotNow
from net119_scenarios.drills.ending import attach_phones, close_calls, judged
from net119_scenarios.drills.faults import spoiled, together
from net119_scenarios.drills.interlock import InterlockRefuses
from net119_scenarios.drills.keeping import keep, telling
from net119_scenarios.drills.lookout import Lookout
from net119_scenarios.drills.moments import done_without_pauses, without_pauses
from net119_scenarios.drills.people import People
from net119_scenarios.drills.record import DrillRecord
from net119_scenarios.drills.recorder import Recorder
from net119_scenarios.drills.roles import RolePlay, checked
from net119_scenarios.drills.view import DrillView, InjectionView, InterlockView
from net119_scenarios.result import Result
from net119_scenarios.words import Words

_LOOK_EVERY_S = 2.0
_PATIENCE_S = 120.0
_IMPATIENCE_S = 3.0
"""With a bad dispatcher much is waited for in vain."""
_NEWEST = 300
"""Entries of the timeline that a view holds."""


class Rehearsal:
    """One drill of a scenario, at an entered venue; `run` it once, and lead it meanwhile.

    ``roles`` say who plays whom (who is not named is simulated); ``name`` is the scenario's, by
    which its records are found; the record goes into a folder of its own under ``folder``.
    ``pace``: 1 real time to 8, 0 for no waiting.

    Raises:
        WrongRoles: the roles do not fit the scenario.
    """

    def __init__(
        self,
        scenario: Scenario,
        venue: Venue,
        roles: Mapping[str, RolePlay] | None = None,
        *,
        name: str,
        folder: Path,
        source: str = "",
        tell: Callable[[Entry], None] = lambda _: None,
        pace: float = 1.0,
    ) -> None:
        self.scenario = scenario
        self.name = name
        self.plays = checked(scenario, roles or {})
        self._root = folder
        self._venue = venue
        self._names = Names(scenario)
        self._tell = tell
        drill = scenario.drill
        ids = frozenset(each.id for each in drill.injections) if drill else frozenset()
        self._control = Control(len(scenario.timeline), ids, pace)
        self._pacing = Pacing(self._control)
        self._recorder = Recorder(
            scenario,
            name,
            source=source,
            clock=lambda: venue.now,
            questions=questions_of(scenario),
            pace=pace,
        )
        for actor, play in self.plays.items():
            fault = play.fault.value if play.fault is not None else ""
            self._recorder.plays(actor, play.by, play.who, fault=fault)
        self._timeline = Timeline(self._told, lambda: venue.now)
        self._entries: list[tuple[float, Entry]] = []
        self._troupe: Troupe | None = None
        self._acting: Acting | None = None
        self._interlock = InterlockView(safe=False)
        self._injecting: dict[str, asyncio.Task[None]] = {}
        self._injection_failed: dict[str, str] = {}
        self._ready = False
        self._failed = ""
        self.folder: Path | None = None
        """Where the record is, once it is written."""

    # --- leading --------------------------------------------------------------------------------

    @property
    def state(self) -> DrillState:
        """Where the drill is."""
        return self._control.state

    @property
    def switchboard(self) -> Switchboard | None:
        """The telephone and the radio of a drill with alarms, once all have their places."""
        troupe = self._troupe
        if troupe is None or not self._ready or not troupe.company.homes:
            return None
        return Switchboard(troupe)

    @property
    def record_id(self) -> str:
        """The name of its record, and of the folder with that; empty before the start."""
        return self._recorder.id

    async def until_ready(self) -> None:
        """Until all have taken their places; endless if `run` is not called, or fails."""
        while not self._ready:
            await self._pacing.change(None)

    def start(self, who: str = "") -> None:
        """Let it begin.

        Raises:
            NotNow: it has begun, or the actors have not taken their places yet.
            InterlockRefuses: it is not safe; the error's view says why.
        """
        if self._control.state is DrillState.PREPARED and not self._ready:
            raise NotNow("the actors have not taken their places yet", "まだ準備中です")
        if not self._interlock.safe:
            raise InterlockRefuses(self._interlock)
        self._control.start(self._pacing.now, who)
        self._timeline.restart()
        self._entries.clear()
        self._recorder.began()
        self._note(ControlKind.START, who)

    def pause(self, who: str = "") -> None:
        """Stop what is simulated, and the clocks; raises `NotNow`."""
        self._control.pause(self._pacing.now, who)
        self._recorder.pause()
        self._note(ControlKind.PAUSE, who, told=Words("一時停止", "paused"))

    def resume(self, who: str = "") -> None:
        """Go on; raises `NotNow`."""
        self._control.resume(self._pacing.now, who)
        self._recorder.resume()
        self._note(ControlKind.RESUME, who, told=Words("再開", "resumed"))

    def set_pace(self, pace: float, who: str = "") -> None:
        """How fast waiting goes: 1 to 8, or 0; raises `NotNow`, and ValueError for another."""
        self._control.set_pace(self._pacing.now, pace, who)
        self._note(ControlKind.PACE, who, f"{pace:g}")

    def skip(self, who: str = "", *, number: int | None = None) -> None:
        """Give up the step that goes on, or of this number (from 1); raises `NotNow`."""
        at = self._control.skip(self._pacing.now, who, None if number is None else number - 1)
        self._note(ControlKind.SKIP, who, str(at + 1))
        if self._acting is not None:
            self._acting.skip(at)

    def inject(self, injection_id: str, who: str = "") -> None:
        """Let an injection happen; how it goes, the timeline and the view tell.

        Raises:
            NotNow: the drill does not run, or the same injection still goes on.
            LookupError: there is no such injection.
            InterlockRefuses: it is not safe to let anything more happen.
        """
        drill = self.scenario.drill
        if drill is None:
            raise LookupError(f"there is no injection {injection_id!r}")
        injection = drill.injection(injection_id)
        if injection_id in self._injecting:
            raise NotNow("this injection still goes on", "この事象はまだ進行中です")
        if not self._interlock.safe:
            raise InterlockRefuses(self._interlock)
        self._control.inject(self._pacing.now, injection_id, who)
        self._note(ControlKind.INJECT, who, injection_id)
        doing = self._inject(injection_id)
        self._injecting[injection.id] = asyncio.create_task(doing)

    def end(self, who: str = "") -> None:
        """Nobody acts any more; it is judged and recorded. Raises `NotNow`."""
        self._control.end(self._pacing.now, who)
        self._note(ControlKind.END, who, told=Words("終了", "ended by the leader"))

    def snapshot(self) -> DrillView:
        """Everything at this moment."""
        scenario, control, now = self.scenario, self._control, self._pacing.now
        current, drill = control.current(), scenario.drill
        return DrillView(
            state=control.state,
            ready=self._ready,
            name=self.name,
            title=showing.both(Words(scenario.title.ja, scenario.title.en)),
            mode=scenario.mode,
            minutes=drill.minutes if drill is not None else 0,
            elapsed_s=control.elapsed(now),
            script_s=control.script(now),
            pace=control.pace,
            current=None if current is None else current + 1,
            roles=showing.roles(scenario, self._names, self.plays, self._troupe),
            steps=showing.steps(scenario, self._names, self.plays, control, now),
            injections=tuple(
                InjectionView(
                    id=each.id,
                    what=showing.both(Words(each.what.ja, each.what.en)),
                    times=control.injected.count(each.id),
                    running=each.id in self._injecting,
                    failed=self._injection_failed.get(each.id, ""),
                )
                for each in (drill.injections if drill is not None else ())
            ),
            calls=showing.calls(self._troupe) if self._troupe is not None else (),
            alarms=showing.alarms(self._troupe) if self._troupe is not None else (),
            log=showing.log(control),
            interlock=self._interlock,
            can=showing.can(control, ready=self._ready, safe=self._interlock.safe),
            entries=showing.entries(self._entries, self._names, newest=_NEWEST),
            folder=str(self.folder or ""),
            failed=self._failed,
        )

    # --- running --------------------------------------------------------------------------------

    async def run(self, *, start: bool = False) -> DrillRecord:
        """Take the places, wait for the start (or ``start`` at once), act, judge and record.

        Raises:
            InterlockRefuses: with ``start``, if it is not safe.
            SimulatorError: the actors could not take their places, the venue is not restored, or
                the record cannot be written.
        """
        venue, scenario = self._venue, self.scenario
        try:
            await venue.begin(scenario.network)
            people = [actor for actor, play in self.plays.items() if play.person]
            lookout = Lookout(venue, scenario.mode)
            async with Troupe(
                scenario, venue, self._timeline, self._recorder, played_by_people=people
            ) as troupe:
                self._troupe = troupe
                await take_places(troupe)
                try:
                    return await self._led(troupe, lookout, start=start)
                finally:
                    await lookout.close()
        except BaseException as wrong:
            self._failed = str(wrong) or type(wrong).__name__
            if self._control.state is not DrillState.ENDED:
                self._control.finished(self._pacing.now)
                self._control.ended()
            raise
        finally:
            await venue.restore()

    async def _led(self, troupe: Troupe, lookout: Lookout, *, start: bool) -> DrillRecord:
        await self._look(lookout)
        keeping = keep(
            lambda: with_alarms(self._recorder.so_far(), troupe),
            self._recorder,
            self._root,
            self._pacing,
            telling(self._timeline),
        )
        watching = [asyncio.create_task(self._keep_looking(lookout)), asyncio.create_task(keeping)]
        troupe.misread = self._misread
        self._acting = self._engine(troupe)
        troupe.takes = self._acting.takes
        self._ready = True
        self._pacing.changed()
        try:
            if start:
                self.start()
            result = await self._acted(troupe, self._acting)
        finally:
            for task in watching:
                task.cancel()
            await asyncio.gather(*watching, return_exceptions=True)
        for check in result.checks:
            self._recorder.checked(check)
        record = with_alarms(self._recorder.finished(), troupe)
        await close_calls(troupe)
        self.folder = self._root / record.id
        folders.write(self.folder, record, self._recorder.frames())
        self._control.ended()
        self._pacing.changed()
        return record

    def _engine(self, troupe: Troupe) -> Acting:
        plays = self.plays
        troupe.patient = any(each.person for each in plays.values())
        drill = self.scenario.drill
        faults = [(a, p.fault) for a, p in plays.items() if p.fault is not None]
        bad = drill.bad if drill is not None else ()
        entries = [(each, a) for a, fault in faults for each in bad if each.fault is fault]
        spoils = together(spoiled(self.scenario, entry, actor) for entry, actor in entries)
        patience: float | None = None if troupe.patient else _PATIENCE_S
        if entries and not troupe.patient:
            patience = _IMPATIENCE_S + sum(spoils.delays.values())
        people = People(troupe, plays, self._names)
        return Acting(
            troupe,
            self._control,
            self._pacing,
            self._recorder,
            self._names,
            people,
            spoils,
            patience_s=patience,
        )

    async def _acted(self, troupe: Troupe, acting: Acting) -> Result:
        """Act until the steps are over or the leader ends it; then judge."""
        scenario = self.scenario
        result = Result(Words(scenario.purpose.ja, scenario.purpose.en))
        over = (DrillState.ENDING, DrillState.ENDED)
        while self.state is DrillState.PREPARED:
            await self._pacing.change(None)
        began = self.state not in over
        if not began:
            self._timeline.restart()
            self._recorder.began()
        doing = asyncio.create_task(acting.run())
        try:
            while began and self.state not in over and not doing.done():
                change = asyncio.create_task(self._pacing.change(None))
                await asyncio.wait((doing, change), return_when=asyncio.FIRST_COMPLETED)
                change.cancel()
            if doing.done():
                doing.result()
        finally:
            tasks = [doing, *self._injecting.values()]
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await acting.stop()
        self._control.finished(self._pacing.now)
        self._pacing.changed()
        await attach_phones(troupe)
        simulated = not any(each.person or each.fault for each in self.plays.values())
        await self._recorder.over(troupe.consoles)  # before: only records tell of dispatches
        seen = with_alarms(self._recorder.finished(), troupe)
        self._control.were_done(done_without_pauses(seen))
        moments = without_pauses(seen)
        await judged(troupe, self._names, moments, result, began=began, simulated=simulated)
        return result

    # --- small ----------------------------------------------------------------------------------

    async def _inject(self, injection_id: str) -> None:
        drill, acting = self.scenario.drill, self._acting
        if drill is None or acting is None:
            raise TypeError("nothing can be injected before the start")
        self._injection_failed.pop(injection_id, None)
        try:
            await acting.inject(drill.injection(injection_id))
        except (SimulatorError, LookupError) as wrong:
            why = why_not(wrong)
            self._injection_failed[injection_id] = why.ja
            ja, en = f"注入できなかった: {why.ja}", f"the injection failed: {why.en}"
            self._timeline.add("", Sort.STAGE, ja, en)
        finally:
            self._injecting.pop(injection_id, None)
            self._pacing.changed()

    async def _keep_looking(self, lookout: Lookout) -> None:
        while True:
            await asyncio.sleep(_LOOK_EVERY_S)
            await self._look(lookout)

    async def _look(self, lookout: Lookout) -> None:
        consoles = self._troupe.consoles.values() if self._troupe is not None else ()
        shown = (e.view for console in consoles for e in console.calls if e.view is not None)
        self._interlock = await lookout.look(shown)

    def _misread(self, misread: Misread) -> None:
        self._recorder.not_understood(misread.call, misread.text, misread.why.value, misread.seq)

    def _told(self, entry: Entry) -> None:
        self._entries.append((self._pacing.elapsed, entry))
        self._recorder.told(entry)
        self._tell(entry)

    def _note(
        self, what: ControlKind, who: str, detail: str = "", told: Words | None = None
    ) -> None:
        self._recorder.control(what.value, who, detail)
        if told is not None:
            self._timeline.add("", Sort.STAGE, f"進める人: {told.ja}", f"leader: {told.en}")
        self._pacing.changed()
