"""The alarm desk: what dispatchers of the alarm center ask for and do."""

from typing import Annotated, Literal

from pydantic import Field, StrictBool

from net119_protocol.alarms.codes import (
    Accident,
    Finding,
    HelperAnswer,
    Recipient,
    SceneEvent,
    UnitTrouble,
)
from net119_protocol.alarms.incident import Incident
from net119_protocol.alarms.people import (
    AlarmUser,
    HouseholdNumber,
    RegistrationNumber,
)
from net119_protocol.alarms.signals import UnitId
from net119_protocol.model import LongText, ShortText, StrictModel, Timestamp, WireModel

MOST_CLOSED = 200
"""Incidents that have ended, in one list."""


class UnitState(WireModel):
    """A unit as it was last heard."""

    unit_id: UnitId
    registration: RegistrationNumber | None = None
    """Absent where its user is not known (any more)."""
    heard_at: Timestamp | None = None
    troubles: tuple[UnitTrouble, ...] = ()
    battery_percent: int | None = None


class UnitStates(WireModel):
    """Units of the center."""

    units: tuple[UnitState, ...]


class IncidentList(WireModel):
    """Incidents of the center, the newest first."""

    incidents: tuple[Incident, ...]


class IncidentView(WireModel):
    """One incident with what is registered of its user; reading it is audited (KYO-16).

    ``user`` and ``household`` are absent where the user is not known (any more).  ``user`` is what
    is registered now: where crews go is the incident's ``house``.  ``moved``: the two addresses
    differ by now, or it is not known where the unit hangs and a move was entered.
    """

    incident: Incident
    unit: UnitState | None = None
    user: AlarmUser | None = None
    household: HouseholdNumber | None = None
    moved: bool = False


class SpeakToUser(StrictModel):
    """Words to the user, through the unit."""

    text: Annotated[ShortText, Field(min_length=1)]


class DecideIncident(StrictModel):
    """What calling out to the user has shown, and what is done (article 10).

    ``units`` are the crews sent, for a disaster or to look; ``reason`` says why nobody is sent,
    where nobody is.
    """

    finding: Finding
    accident: Accident = Accident.UNKNOWN
    units: ShortText = ""
    reason: LongText = ""


class HelperSays(StrictModel):
    """What a neighbour helper answered; ``order`` is the registered one, from 1 (KYO-10)."""

    order: Annotated[int, Field(ge=1, le=100, strict=True)]
    answer: HelperAnswer


class NewSceneReport(StrictModel):
    """Something is reported from the house (KYO-11, KYO-25)."""

    event: SceneEvent
    by: Annotated[ShortText, Field(min_length=1)]
    text: LongText = ""
    witness: ShortText = ""
    accident: Accident | None = None


class TellOfIncident(StrictModel):
    """Somebody is to be told (KYO-09); where and by when the table of office hours says.

    ``name`` and ``phone`` where the recipient is not the ward office.
    """

    recipient: Recipient
    what: Annotated[LongText, Field(min_length=1)]
    urgent: StrictBool
    """Urgent and important: one judgement."""
    name: ShortText = ""
    phone: ShortText = ""


class TellingTried(StrictModel):
    """Whether somebody was reached; ``number`` is the telling's."""

    number: Annotated[int, Field(ge=1, le=10_000, strict=True)]
    reached: StrictBool


class AddToWardReport(StrictModel):
    """What else the ward office must know (KYO-12)."""

    other: LongText


class TellHomeStation(StrictModel):
    """What the station of the user's home must know (KYO-13)."""

    what: Annotated[LongText, Field(min_length=1)]


class CheckEquipment(StrictModel):
    """How the center's equipment worked at a test alarm; what did not, in ``note`` (KYO-04)."""

    good: StrictBool
    note: LongText = ""


class CloseIncident(StrictModel):
    """End an incident; ``reason`` is needed where nobody was sent and none was given."""

    reason: LongText = ""


class HearChange(StrictModel):
    """A change of the user's data was heard of; the city section is to be told (KYO-20)."""

    what: Annotated[LongText, Field(min_length=1)]


# --- frames of the console's feed ---------------------------------------------------------------


class AlarmFrame(WireModel):
    """An incident of the alarm service is new or changed; after the welcome, each open one.

    ``now`` is the provider's clock: until when a user is waited for is counted by it.
    """

    type: Literal["alarm"] = "alarm"
    incident: Incident
    now: Timestamp | None = None


class AlarmUnitFrame(WireModel):
    """A unit has got into trouble, or out of it."""

    type: Literal["alarm-unit"] = "alarm-unit"
    unit: UnitState
