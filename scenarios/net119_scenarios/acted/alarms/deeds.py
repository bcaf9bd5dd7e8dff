"""What happens in the home alarm service: at the unit, at the desk, by telephone and by radio.

``call`` of a step names the alarm meant, as elsewhere the call.
"""

from typing import Annotated, Literal

from net119_protocol.alarms.codes import (
    Accident,
    Finding,
    HelperAnswer,
    IncidentState,
    Recipient,
    SceneEvent,
    UnitTrouble,
)
from pydantic import Field

from net119_scenarios.acted.base import Name
from net119_scenarios.acted.step import Line, Step


class Press(Step):
    """Press a button of the unit."""

    do: Literal["press"]
    button: Literal["alarm", "test", "consultation"] = "alarm"
    named: Name | None = None
    """Name of this alarm; by default the user's."""


class Battery(Step):
    """The unit's battery is this full; low up to 20 %."""

    do: Literal["battery"]
    percent: Annotated[int, Field(ge=0, le=100)]


class CutLine(Step):
    """The unit's line is cut: what is pressed meanwhile is kept."""

    do: Literal["cut-line"]


class MendLine(Step):
    """The unit's line is back: what was kept is sent."""

    do: Literal["mend-line"]


class Radio(Step):
    """A crew says something by radio, once crews were sent."""

    do: Literal["radio"]
    text: Line


class RingBack(Step):
    """A helper who goes rings the center, once asked."""

    do: Literal["ring-back"]
    text: Line


class Take(Step):
    """Take the alarm."""

    do: Literal["take"]


class Hail(Step):
    """Call out to the user again."""

    do: Literal["hail"]


class Classify(Step):
    """Say what it is, and do what follows: dispatch, look, tell others, or end."""

    do: Literal["classify"]
    finding: Finding
    accident: Accident = Accident.UNKNOWN
    units: Annotated[str, Field(max_length=200)] = ""
    """Crews sent; empty leaves it to the provider, or sends nobody to look."""
    reason: Annotated[str, Field(max_length=2000)] = ""


class RingHelpers(Step):
    """Ring up those helpers who are asked, in their order, until one goes or all were."""

    do: Literal["ring-helpers"]


class HelperThere(Step):
    """Note that a helper has arrived at the house."""

    do: Literal["helper-there"]
    helper: Name


class Scene(Step):
    """Note what is reported from the house."""

    do: Literal["scene"]
    event: SceneEvent
    by: Name
    """The crew or helper who tells it."""
    text: Annotated[str, Field(max_length=2000)] = ""
    witness: Annotated[str, Field(max_length=200)] = ""
    accident: Accident | None = None


class Tell(Step):
    """Have somebody told, and ring until somebody is reached; what can wait is not rung."""

    do: Literal["tell"]
    recipient: Recipient
    what: Line
    urgent: bool
    """Urgent and important: one judgement."""
    name: Annotated[str, Field(max_length=200)] = ""
    phone: Annotated[str, Field(max_length=40)] = ""


class WardReport(Step):
    """Add to the report that the ward office gets, or send it, or both."""

    do: Literal["ward-report"]
    other: Annotated[str, Field(max_length=2000)] = ""
    send: bool = False


class TellHomeStation(Step):
    """Tell the station of the user's home of what was done outside its area."""

    do: Literal["tell-home-station"]
    what: Line


class CheckEquipment(Step):
    """End a test alarm with how the center's equipment worked."""

    do: Literal["check-equipment"]
    good: bool = True
    what: Annotated[str, Field(max_length=2000)] = ""
    """What did not work."""


class HearChange(Step):
    """Note that the user's registered data have changed."""

    do: Literal["hear-change"]
    what: Line


class See(Step):
    """Wait until the desk shows all of this."""

    do: Literal["see"]
    state: IncidentState | None = None
    finding: Finding | None = None
    helper: HelperAnswer | None = None
    """Some helper has answered so."""
    trouble: UnitTrouble | None = None
    """The alarm's unit, or the only one, is in this trouble."""


class End(Step):
    """End the incident."""

    do: Literal["end"]
    reason: Annotated[str, Field(max_length=2000)] = ""


OF_DESK = (
    Take,
    Hail,
    Classify,
    RingHelpers,
    HelperThere,
    Scene,
    Tell,
    WardReport,
    TellHomeStation,
    CheckEquipment,
    HearChange,
    See,
    End,
)
"""What dispatchers of the alarm center do at its desk."""
OF_UNIT = (Press, Battery, CutLine, MendLine)
"""What happens to a unit."""
OF_ALARMS = (*OF_UNIT, Radio, RingBack, *OF_DESK)
WAITS_OF_ALARMS = (Radio, RingBack, RingHelpers, See)
"""Deeds that begin by waiting for what others do."""
AFTERWARDS = (WardReport, TellHomeStation, Tell, HearChange)
"""What can still be done when the incident has ended."""
