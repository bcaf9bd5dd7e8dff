"""Everybody of the home alarm service in one run: units, helpers, offices, and what the desk shows.

A wiretap, too: it follows the incidents that the consoles of the alarm center are told of, and puts
what is new of them into the timeline, once.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal, TypeVar

from net119_protocol.alarms.incident import Incident
from net119_protocol.alarms.people import AlarmUser as Registered
from net119_protocol.alarms.people import EntryKind, HeardChange
from net119_protocol.api import alarm_register as register
from net119_protocol.api.alarms import UnitState
from net119_simulators.alarms import (
    AlarmCenter,
    AlarmDesk,
    AlarmUnit,
    Clock,
    SimulatedWardOffice,
)
from net119_simulators.errors import SimulatorError
from net119_simulators.waiting import Watch
from net119_simulators.wiretap import Interface, WireEvent
from pydantic import ValidationError

from net119_scenarios.acted.alarms.cast import ALARM_CENTER, AlarmUser, Helper
from net119_scenarios.acted.alarms.marks import Mark, by_of, machine_acted, marks_of, words_of
from net119_scenarios.acted.alarms.persons import helper_of, registered
from net119_scenarios.acted.timeline import Sort
from net119_scenarios.words import Words

if TYPE_CHECKING:
    from net119_scenarios.acted.troupe import Troupe

T = TypeVar("T")


@dataclass
class Home:
    """A user with a unit."""

    actor: AlarmUser
    user: Registered
    registration: int
    unit: AlarmUnit


@dataclass
class Alarm:
    """An incident of the run, by its name, with when each mark was seen first (real time)."""

    name: str
    user: str
    incident: Incident
    seen: dict[Mark, datetime] = field(default_factory=dict)
    read: int = 0
    """How much of what the loudspeaker said the user has taken in."""


@dataclass(frozen=True)
class Message:
    """Something that comes to the desk otherwise than over a unit: by radio or telephone."""

    at: datetime
    way: Literal["radio", "phone"]
    actor: str
    text: str
    en: str = ""
    """The text in English; empty where somebody's own words have no other language."""


class AlarmEnded(SimulatorError):
    """Something can happen no more, since the incident has ended."""


class Company:
    """The alarm service's part of a troupe; ready once `enter` has returned."""

    def __init__(self, troupe: "Troupe") -> None:
        self._troupe = troupe
        self._watch = Watch()
        self._desks: dict[str, AlarmDesk] = {}
        self._names: dict[str, str] = {}
        """By unit: the name of the alarm that is being raised."""
        self.homes: dict[str, Home] = {}
        self.alarms: dict[str, Alarm] = {}
        self.units: dict[str, UnitState] = {}
        self.messages: list[Message] = []
        self.clearing = False
        """Whether the stage clears away what is left: nobody of the cast does that."""
        self.offices = {
            each.code: SimulatedWardOffice(
                each.code, chief_at_home=each.chief_at_home, director_at_home=each.director_at_home
            )
            for each in troupe.scenario.ward_offices().values()
        }

    @property
    def provider(self) -> str:
        """Whose service it is; LookupError for a scenario without alarms."""
        service = self._troupe.scenario.network.alarms
        if service is None:
            raise LookupError("the scenario has no `network.alarms`")
        return service.provider

    @property
    def center(self) -> AlarmCenter:
        """The alarm center at the venue."""
        return AlarmCenter(self._troupe.venue.network, self.provider, self._troupe.tap)

    async def enter(self) -> None:
        """Register the users, and put up their units; raises what the register's API raises."""
        for name, actor in self._troupe.scenario.alarm_users().items():
            await self._put_up(name, actor)

    async def _put_up(self, name: str, actor: AlarmUser) -> None:
        venue, helpers = self._troupe.venue, self._troupe.scenario.helpers()
        neighbours = [helper_of(helpers[each]) for each in actor.helpers]
        user = registered(actor, [each.registered() for each in neighbours])
        number = next(venue.registrations)
        today = venue.today
        mode = self._troupe.scenario.exercise
        unit = await self.center.put_up(number, user, today, mode=mode, clock=Clock(venue.ahead_s))
        self.homes[name] = Home(actor, user, number, await self._troupe.enter(unit))
        if actor.moved is not None:
            there = actor.moved
            moved = registered(
                actor, user.helpers, ward=there.ward, office=there.office, drawn="moved"
            )
            move = register.ChangeLedger(kind=EntryKind.MOVE, user=moved, received_on=today)
            async with await self.center.office() as section:
                await section.change(number, move)
            self.homes[name].user = moved

    async def desk(self, dispatcher: str) -> AlarmDesk:
        """The desk of a simulated dispatcher, opened when it is first used."""
        if dispatcher not in self._desks:
            title = self._troupe.title_of(dispatcher)
            self._desks[dispatcher] = await self._troupe.enter(await self.center.desk(title))
        return self._desks[dispatcher]

    async def heard_changes(self, alarm: Alarm) -> tuple[HeardChange, ...]:
        """The changes of the user's data that the ledger knows of."""
        async with await self.center.office() as section:
            ledger = await section.ledger(self.homes[alarm.user].registration, "訓練の確認")
            return ledger.heard

    def alarm(self, name: str | None) -> Alarm:
        """The alarm of this name, or the one raised last; LookupError without one."""
        if name is not None and name in self.alarms:
            return self.alarms[name]
        if name is not None or not self.alarms:
            raise LookupError(f"no alarm {name or ''} was raised")
        return next(reversed(self.alarms.values()))

    @property
    def is_open(self) -> bool:
        """Whether some alarm of the run has not ended."""
        return any(each.incident.open for each in self.alarms.values())

    def raising(self, user: str, name: str) -> None:
        """The next incident of the user's unit has this name."""
        self._names[self.homes[user].unit.unit_id] = name

    async def until(self, look: Callable[[], T | None], what: str, within: float) -> T:
        """The first value that is not None, looked at after every change; raises `Waited`."""
        return await self._watch.until(look, what, within, self._described)

    async def before_end(
        self, alarm: Alarm, look: Callable[[], T | None], what: str, within: float
    ) -> T:
        """The same, as long as the alarm has not ended; raises `AlarmEnded` then."""

        def looked() -> T | None:
            if not alarm.incident.open:
                raise AlarmEnded(f"{alarm.name} has ended", alarm.name, "Do it before the end")
            return look()

        return await self.until(looked, what, within)

    def says(
        self, way: Literal["radio", "phone"], actor: str, text: str, english: str = ""
    ) -> None:
        """Something comes by radio or telephone; it stands in the timeline, too."""
        self.messages.append(Message(datetime.now(UTC), way, actor, text, english))
        ja, en = ("無線", "by radio") if way == "radio" else ("電話", "by telephone")
        self._troupe.timeline.add(actor, Sort.LINE, f"{ja}「{text}」", f"{en}: “{english or text}”")
        self._watch.changed()

    def unanswered(self, actor: str, told: Words) -> None:
        """A telephone rang and nobody took it: the desk hears that."""
        self.messages.append(Message(datetime.now(UTC), "phone", actor, told.ja, told.en))
        self._watch.changed()

    def helper(self, phone: str) -> tuple[str, Helper]:
        """The helper with this telephone; LookupError without one."""
        for name, helper in self._troupe.scenario.helpers().items():
            if helper.phone == phone:
                return name, helper
        raise LookupError(f"nobody of the scenario has the telephone {phone}")

    # --- the wiretap ----------------------------------------------------------------------------

    def record(self, event: WireEvent) -> None:
        """Look at one message; what cannot be read is the simulators' to complain about."""
        if event.interface is not Interface.C or event.payload[:1] != "{":
            return
        try:
            frame = json.loads(event.payload)
            if frame.get("type") == "alarm":
                self._shown(Incident.model_validate(frame["incident"]), event.at)
            elif frame.get("type") == "alarm-unit":
                state = UnitState.model_validate(frame["unit"])
                self.units[state.unit_id] = state
                self._watch.changed()
        except (ValueError, ValidationError, KeyError):
            return

    def _shown(self, incident: Incident, at: datetime) -> None:
        alarm = self._known(incident)
        if alarm is None:
            return
        # Not by the marks themselves: "goes" is no longer there once the helper has arrived.
        if len(marks_of(incident)) < len({(each.what, each.number) for each in alarm.seen}):
            return  # another console's feed is behind
        alarm.incident = incident
        for mark in marks_of(incident):
            if mark not in alarm.seen:
                alarm.seen[mark] = at
                self._tell(alarm, mark)
        self._watch.changed()

    def _known(self, incident: Incident) -> Alarm | None:
        for alarm in self.alarms.values():
            if alarm.incident.incident_id == incident.incident_id:
                return alarm
        for user, home in self.homes.items():
            if home.unit.unit_id == incident.unit_id:
                name = self._names.get(incident.unit_id, user)
                while name in self.alarms:
                    name += "-again"
                self.alarms[name] = Alarm(name, user, incident)
                return self.alarms[name]
        return None  # of an earlier drill at the same venue

    def _tell(self, alarm: Alarm, mark: Mark) -> None:
        incident, timeline = alarm.incident, self._troupe.timeline
        words, by = words_of(mark, incident), by_of(mark, incident)
        if self.clearing:
            ja, en = f"後片付け: {words.ja}", f"cleared away: {words.en}"
            timeline.add("", Sort.STAGE, ja, en, alarm.name)
            return
        actor = self._actor(by)
        if mark.what == "said":
            own = incident.speech[mark.number].by
            who = actor if own else alarm.user
            prefix = f"{own} " if own and not actor else ""
            timeline.add(
                who,
                Sort.LINE,
                f"発信設備: {prefix}「{words.ja}」",
                f"over the unit: {prefix}“{words.en}”",
                alarm.name,
            )
            return
        sort = Sort.SEEN if machine_acted(mark, incident) else Sort.DEED
        if mark.what == "dispatched" and not by:
            sort = Sort.NOTICE
        timeline.add(actor, sort, words.ja, words.en, alarm.name)

    def _actor(self, by: str) -> str:
        """The dispatcher who has this name at the desk; a person has any."""
        if not by:
            return ""
        known = self._troupe.watcher.titles.get(by)
        if known is not None:
            return known
        dispatchers = self._troupe.scenario.dispatchers()
        people = [
            name
            for name in self._troupe.played_by_people
            if name in dispatchers and dispatchers[name].center == ALARM_CENTER
        ]
        return people[0] if len(people) == 1 else ""

    def _described(self) -> str:
        shown = [f"{each.name}: {each.incident.state.value}" for each in self.alarms.values()]
        return ", ".join(shown) or "no alarm"


__all__ = ["Alarm", "AlarmEnded", "Company", "Home", "Message"]
