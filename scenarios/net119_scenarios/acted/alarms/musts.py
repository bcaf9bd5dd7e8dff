"""What has to hold at the end of a scenario of the home alarm service, as the desk shows it."""

from typing import Annotated, Literal

from net119_protocol.alarms.codes import (
    Accident,
    AlarmOutcome,
    Desk,
    Finding,
    HelperAnswer,
    IncidentState,
    Recipient,
    SceneEvent,
)
from net119_protocol.model import Code
from pydantic import Field

from net119_scenarios.acted.base import Name, Part, Seconds
from net119_scenarios.acted.check import Check


class AlarmState(Check):
    """Where the alarm stands in the end."""

    check: Literal["alarm-state"]
    state: IncidentState
    outcome: AlarmOutcome | None = None


class AlarmDispatched(Check):
    """Crews were sent, for this reason; ``by: dispatcher`` before the timer did it."""

    check: Literal["alarm-dispatched"]
    because: Finding
    by: Literal["dispatcher", "timer"] = "dispatcher"
    within: Seconds | None = None
    """So many seconds after the alarm at the latest, by the provider's clock."""


class AlarmNotDispatched(Check):
    """Nobody was sent, and a reason why not is recorded."""

    check: Literal["alarm-not-dispatched"]


class Asked(Part):
    """A helper who was asked, and what was answered in the end."""

    helper: Name
    answer: HelperAnswer | None = None


class HelpersAsked(Check):
    """Exactly these helpers were asked, in this order, with these answers in the end."""

    check: Literal["helpers-asked"]
    helpers: Annotated[tuple[Asked, ...], Field(min_length=1)]


class SceneReported(Check):
    """This was reported from the house; ``witness``: somebody saw the entry being forced."""

    check: Literal["scene-reported"]
    event: SceneEvent
    witness: bool | None = None


class AlarmTold(Check):
    """Somebody was told, where the table of hours says; ``reached`` is how it ended there."""

    check: Literal["alarm-told"]
    recipient: Recipient
    desk: Desk
    reached: bool | None = True
    """Absent (null): it waits for the office to open."""


class NobodyTold(Check):
    """Nobody was told at this desk."""

    check: Literal["nobody-told"]
    desk: Desk


class WardReported(Check):
    """The report to the ward office says this; ``sent: false``: it waits, with its due time."""

    check: Literal["ward-reported"]
    office: Code
    accident: Accident
    helpers_acted: bool
    sent: bool


class HomeStationTold(Check):
    """The station of the user's home was told."""

    check: Literal["home-station-told"]
    station: Code


class ChangeHeard(Check):
    """The ledger has it that the user's data have changed, with somebody left to tell."""

    check: Literal["change-heard"]
    text: str


OF_ALARMS = (
    AlarmState,
    AlarmDispatched,
    AlarmNotDispatched,
    HelpersAsked,
    SceneReported,
    AlarmTold,
    NobodyTold,
    WardReported,
    HomeStationTold,
    ChangeHeard,
)
