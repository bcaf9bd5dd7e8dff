"""Settings of the home alarm service あんしんネット119; without them there is none."""

from datetime import date, time
from typing import Annotated

from net119_protocol.model import Code
from pydantic import Field, model_validator

from net119_reference.config.base import Seconds, Settings

_Text = Annotated[str, Field(min_length=1, max_length=200)]
_Ward = Annotated[str, Field(pattern=r"^[0-9]{5}$")]


class AlarmTimings(Settings):
    """Timers, seconds: see :class:`net119_reference.alarms.timers.AlarmTimers`.

    ``poll_s``: a unit that asks for words of the center is answered after so long at the latest.
    """

    hail_s: Seconds = 30.0
    hail_most_s: Seconds = 90.0
    talk_s: Seconds = 120.0
    talk_most_s: Seconds = 600.0
    helper_s: Seconds = 60.0
    anew_s: Seconds = 600.0
    heartbeat_s: Seconds = 3600.0
    beats_missed: Annotated[int, Field(ge=1, le=100)] = 3
    late_s: Seconds = 120.0
    repeat_s: Seconds = 600.0
    poll_s: Seconds = 8.0

    @model_validator(mode="after")
    def _in_order(self) -> "AlarmTimings":
        if self.hail_s > self.hail_most_s:
            raise ValueError(
                f"alarms.timers.hail_s ({self.hail_s:g}) must not be longer than "
                f"alarms.timers.hail_most_s ({self.hail_most_s:g}), after which silence counts as "
                "no answer at the latest"
            )
        if self.talk_s > self.talk_most_s:
            raise ValueError(
                f"alarms.timers.talk_s ({self.talk_s:g}) must not be longer than "
                f"alarms.timers.talk_most_s ({self.talk_most_s:g}), after which an answer counts "
                "as one that cannot be made out at the latest"
            )
        return self


class Station(Settings):
    """A fire station; ``wards`` are the JIS codes of the wards that are its area."""

    code: Code
    name: _Text
    wards: Annotated[tuple[_Ward, ...], Field(min_length=1)]


class Ward(Settings):
    """A ward office's section in charge, its hours, and who answers for it out of them (KYO-09).

    ``closed`` are days without work beside week-ends, national holidays and those from 29 December
    to 3 January.
    """

    code: Code
    name: _Text
    phone: _Text
    opens: time = time(8, 45)
    closes: time = time(17, 30)
    closed: frozenset[date] = frozenset()
    chief_name: _Text
    chief_home_phone: _Text
    director_name: _Text
    director_home_phone: _Text

    @model_validator(mode="after")
    def _open_at_all(self) -> "Ward":
        if self.opens >= self.closes:
            raise ValueError(
                f"office {self.code} closes ({self.closes}) before it opens ({self.opens})"
            )
        return self


class Alarms(Settings):
    """The service: its center, its city section, its stations, and the ward offices.

    Dispatchers of ``center`` sit at the alarm desk.  Staff of ``section`` (the fire department's
    city section) pass ledgers on; those of a station do its register.  Incidents that have ended,
    with nothing of them owed, are deleted after ``keep_days``, which is assumed: the source names
    no time.
    """

    enabled: bool = False
    center: Code = "kyoto"
    center_name: _Text = "消防指令センター"
    center_name_en: _Text = "Fire command center"
    section: Code = "kyoto-section"
    stations: tuple[Station, ...] = ()
    ward_offices: tuple[Ward, ...] = ()
    timers: AlarmTimings = AlarmTimings()
    keep_days: Annotated[int, Field(ge=1, le=36_600)] = 1826

    @model_validator(mode="after")
    def _whole(self) -> "Alarms":
        if not self.enabled:
            return self
        if not self.stations or not self.ward_offices:
            raise ValueError("alarms needs stations and ward_offices: at least one of each")
        for what, codes in (
            ("stations", [each.code for each in self.stations]),
            ("ward_offices", [each.code for each in self.ward_offices]),
            ("wards of stations", [ward for each in self.stations for ward in each.wards]),
        ):
            twice = sorted({code for code in codes if codes.count(code) > 1})
            if twice:
                raise ValueError(f"alarms has {twice[0]} twice in its {what}: remove one")
        if self.section in {self.center, *(each.code for each in self.stations)}:
            raise ValueError("alarms.section must have a code of its own: its staff may do more")
        return self

    def station_of(self, ward: str) -> str | None:
        """The station whose area a ward (JIS code) is, if it is one's."""
        return next((each.code for each in self.stations if ward in each.wards), None)
