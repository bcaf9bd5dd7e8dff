"""What has to hold at the end of a scenario: one model for each check."""

from typing import Annotated, Literal

from net119_protocol.codes import (
    CallbackFailure,
    CallState,
    CloseOutcome,
    TrailCause,
    TransferFailure,
)
from net119_protocol.model import Code
from pydantic import Field

from net119_scenarios.acted.alarms import musts as alarm
from net119_scenarios.acted.base import Name, Seconds
from net119_scenarios.acted.check import Check as Check


class Owner(Check):
    """The department owns the call, as caller and home record say."""

    check: Literal["owner"]
    department: Code


class State(Check):
    """The screen shows this state, or this outcome; by default the caller's screen."""

    check: Literal["state"]
    actor: Name | None = None
    """A dispatcher, whose console is looked at instead."""
    state: CallState
    outcome: CloseOutcome | None = None


class Rule(Check):
    """This row of the routing table decided."""

    check: Literal["rule"]
    rule: str
    ambiguous: bool | None = None


class Told(Check):
    """This notice was shown to the actor, with this department to phone, where one is named."""

    check: Literal["told"]
    actor: Name
    notice: str
    phone: Code | None = None


class SameTranscript(Check):
    """All of these have the same lines in the same order, whole and once."""

    check: Literal["same-transcript"]
    actors: Annotated[tuple[Name, ...], Field(min_length=2)]


class Kept(Check):
    """The actor has kept the lines up to some moment, as the caller had them."""

    check: Literal["kept"]
    actor: Name
    at_least: Annotated[int, Field(ge=1)]


class Order(Check):
    """These texts stand in the caller's chat in this order."""

    check: Literal["order"]
    texts: Annotated[tuple[str, ...], Field(min_length=1)]


class Never(Check):
    """The call never rang at this console."""

    check: Literal["never-rang"]
    actor: Name


class NothingElse(Check):
    """This console was shown no call but those that were placed: a refused one is not seen."""

    check: Literal["nothing-else-rang"]
    actor: Name


class Card(Check):
    """The page to be read aloud said all of this when it was shown."""

    check: Literal["card"]
    actor: Name
    texts: Annotated[tuple[str, ...], Field(min_length=1)]


class Rang(Check):
    """The call rang at this console."""

    check: Literal["rang"]
    actor: Name


class NoDispatch(Check):
    """No crew stands in any record of the call, and its mode stayed (never a live alarm)."""

    check: Literal["no-dispatch"]


class Transferred(Check):
    """What the record says of the last transfer that was asked for to this department."""

    check: Literal["transfer"]
    actor: Name
    to: Code
    failure: TransferFailure | None = None


class CalledBack(Check):
    """What the record says of the last callback, or of one by its number."""

    check: Literal["callback"]
    actor: Name
    number: Annotated[int, Field(ge=1)] | None = None
    state: Literal["queued", "sent", "failed", "opened"]
    failure: CallbackFailure | None = None
    contacts: tuple[str, ...] | None = None
    """Names of the contacts offered, in order."""


class Withdrawn(Check):
    """The played provider was told that somebody else has the call, and does not have it."""

    check: Literal["withdrawn"]
    actor: Name


class AddressDiffers(Check):
    """The caller's mail address is allowed by the home department's rule, not by this one's."""

    check: Literal["address-differs"]
    actor: Name
    department: Code


class Trail(Check):
    """The last place of the call's trail at this console."""

    check: Literal["trail"]
    actor: Name
    cause: TrailCause
    municipality: Annotated[str, Field(pattern=r"^[0-9]{5}$")] | None = None


class Silence(Check):
    """This console showed that the connected caller said nothing, and in the end no more."""

    check: Literal["silence"]
    actor: Name


class Reported(Check):
    """A discrepancy with this text stands in the record at this console."""

    check: Literal["reported"]
    actor: Name
    text: str


class Epoch(Check):
    """The owner changed so often: the epoch at the home provider."""

    check: Literal["epoch"]
    actor: Name | None = None
    """A dispatcher, whose record is looked at instead."""
    epoch: Annotated[int, Field(ge=1)]


class Announced(Check):
    """Staff told all registrants of their department something after the beginning."""

    check: Literal["announced"]
    actor: Name
    """One of the staff."""
    to: tuple[Name, ...] = ()
    """Callers registered there, into whose mailboxes it came."""
    at_least: Annotated[int, Field(ge=1, le=20)] = 1
    """How many announcements there were."""
    texts: tuple[str, ...] = ()
    """What one of them says, each."""


class InTime(Check):
    """From one step's end to another's, no more than this passed."""

    check: Literal["in-time"]
    begin: Name
    end: Name
    seconds: Seconds


Must = Annotated[
    Owner
    | State
    | Rule
    | Told
    | SameTranscript
    | Kept
    | Order
    | Never
    | NothingElse
    | Card
    | Rang
    | NoDispatch
    | Transferred
    | CalledBack
    | Withdrawn
    | AddressDiffers
    | Trail
    | Silence
    | Reported
    | Epoch
    | Announced
    | InTime
    | alarm.AlarmState
    | alarm.AlarmDispatched
    | alarm.AlarmNotDispatched
    | alarm.HelpersAsked
    | alarm.SceneReported
    | alarm.AlarmTold
    | alarm.NobodyTold
    | alarm.WardReported
    | alarm.HomeStationTold
    | alarm.ChangeHeard,
    Field(discriminator="check"),
]
