"""Who has an alarm unit, who helps, and what the register holds (KYO-01..03, KYO-14..21)."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from net119_protocol.alarms.signals import UnitId
from net119_protocol.model import Code, Day, LongText, ShortText, StrictModel, Timestamp, WireModel
from net119_protocol.person import Address, Contact, Name, Sex

RegistrationNumber = Annotated[int, Field(ge=1, le=9_999_999, strict=True)]
"""Number under which a user is registered; ledgers are kept in its order (KYO-03)."""
HouseholdNumber = Annotated[
    str, Field(min_length=1, max_length=20, pattern=r"^[A-Za-z0-9][A-Za-z0-9-]*$")
]
"""Number of a household in the fire service's household records (KYO-03)."""


class Helper(StrictModel):
    """A neighbour helper; their order is the order in which they are asked (KYO-10)."""

    name: Name
    kana: ShortText = ""
    phone: Annotated[ShortText, Field(min_length=1)]
    minutes: Annotated[int, Field(ge=0, le=240, strict=True)]
    """About how long the way to the user's house takes, minutes (KYO-02)."""
    corps_member: bool = False
    """A member of the volunteer fire corps: such help counts as the corps' (KYO-26)."""
    has_key: bool = False
    available: ShortText = ""
    """When the helper can be asked, in the ward office's words; shown, and decides nothing."""


class AlarmUser(StrictModel):
    """What the ward office's list and registration card say of a user (KYO-01)."""

    name: Name
    kana: ShortText = ""
    birth_date: Day
    sex: Sex = Sex.UNSTATED
    address: Address
    phone: ShortText = ""
    ward_office: Code
    """The ward office's section in charge."""
    helpers: tuple[Helper, ...] = ()
    relatives: tuple[Contact, ...] = ()
    illnesses: LongText = ""
    house: LongText = ""
    """What crews must know of the house: entrance, lock, key box, floor."""
    linked_detectors: bool = False
    """Whether fire detectors are joined to the unit."""


class House(WireModel):
    """The house where a unit hangs, as it was registered while its user lived there.

    ``about``: entrance, lock, key box, floor.  ``helpers`` are those who were registered for this
    house, in their order: they are its neighbours, wherever the user has moved (KYO-10).
    """

    address: Address
    about: LongText = ""
    helpers: tuple[Helper, ...] = ()


class HelperProblem(StrEnum):
    """Why the helpers are not enough, so that the ward office is consulted (KYO-02)."""

    TOO_FEW = "too-few"
    """Fewer than two."""
    NOBODY_NEAR = "nobody-near"
    """Nobody can come within about five minutes."""
    SAME_TWICE = "same-twice"
    """The same person stands there twice, and counts once."""


class EntryState(StrEnum):
    """Where the processing of a card, a change or a return stands."""

    RECEIVED = "received"
    CONSULTING = "consulting"
    """The ward office is consulted about the helpers (KYO-02)."""
    RETURNED = "returned"
    """List and card went back to the ward office (KYO-01, KYO-14)."""
    ENDED = "ended"
    """The unit went back before: nothing of it is left to be done (KYO-15)."""


class EntryKind(StrEnum):
    """What came from the ward office or the city section."""

    NEW = "new"
    CHANGE = "change"
    MOVE = "move"
    """A change of address: helpers are checked again (KYO-14)."""
    UNIT_RETURNED = "unit-returned"
    """The unit goes back: its data are removed (KYO-15)."""


class Consultation(WireModel):
    """The ward office was consulted about a user's helpers (KYO-02)."""

    problems: tuple[HelperProblem, ...]
    asked_at: Timestamp
    answered_at: Timestamp | None = None
    answer: LongText = ""
    accepted: bool = False
    """The ward office wants the user entered as it is, and says why in ``answer``."""


class Entry(WireModel):
    """One piece of work of a station: a card, a change, a move, or a unit that went back.

    ``due`` is the working day by which it goes back to the ward office (KYO-01, KYO-14); of a
    unit's return nothing goes back, and nothing of it is ever overdue (article 9).
    ``survey``: a visit was held to be needed, and what it showed (KYO-18).
    """

    number: Annotated[int, Field(ge=1)]
    kind: EntryKind
    registration: RegistrationNumber
    state: EntryState
    received_on: Day
    due: Day
    household: HouseholdNumber | None = None
    consultation: Consultation | None = None
    survey: LongText = ""
    returned_on: Day | None = None
    late: bool = False
    """It went back after ``due``."""

    @property
    def open(self) -> bool:
        """Whether something of it is still to be done."""
        return self.state in (EntryState.RECEIVED, EntryState.CONSULTING)

    @property
    def goes_back(self) -> bool:
        """Whether a list and a card, or a ledger, go back to the ward office."""
        return self.kind is not EntryKind.UNIT_RETURNED


class GuidancePoint(StrEnum):
    """Points of a safety-guidance visit (KYO-22, article 5)."""

    UNIT_EXPLAINED = "unit-explained"
    HOW_TO_CALL = "how-to-call"
    """How to raise an alarm, and when to call an ambulance."""
    DETECTORS_ADVISED = "detectors-advised"
    CONSULTATION_BUTTON = "consultation-button"
    WHOM_TO_ASK = "whom-to-ask"
    """The ward office and the community support center, for welfare matters."""
    HELPERS_INSTRUCTED = "helpers-instructed"
    LEDGER_CHECKED = "ledger-checked"
    """Whether anything in the ledger has changed."""


class NewVisit(StrictModel):
    """A visit to a user: safety guidance (article 5) or attendance at the installation (6)."""

    on: Day
    kind: Annotated[str, Field(pattern=r"^(guidance|installation|survey)$")]
    points: tuple[GuidancePoint, ...] = ()
    by: Annotated[ShortText, Field(min_length=1)]
    note: LongText = ""
    opinion: LongText = ""
    """What was said to the welfare bureau about safety, at an installation (KYO-24)."""
    corps_attended: bool = False
    changes_heard: LongText = ""
    """Changes of the ledger that were heard of: the user is told to notify them (KYO-20)."""


class Visit(NewVisit):
    """A visit that was made; ``missing`` are points of guidance that were not spoken of."""

    number: Annotated[int, Field(ge=1)]
    missing: tuple[GuidancePoint, ...] = ()


class LedgerWay(WireModel):
    """The way of a ledger: the welfare bureau's, the city section's, the station's (KYO-19)."""

    section_on: Day
    """The fire department's city section has it from the welfare bureau."""
    station_on: Day | None = None


class Attendance(WireModel):
    """The station was asked to attend the putting up of a unit (KYO-24).

    ``planned_on`` is the day of the work where it is known.  It waits until a visit to the
    installation is on record (``attended_on``), or the station says why it cannot.
    """

    asked_on: Day
    planned_on: Day | None = None
    attended_on: Day | None = None
    declined_why: LongText = ""

    @property
    def waits(self) -> bool:
        """Whether the station still has to attend."""
        return self.attended_on is None and not self.declined_why


class NewOpinion(StrictModel):
    """A station has learned of somebody who needs a unit, and tells the ward office (KYO-17)."""

    name: Name
    address: Annotated[ShortText, Field(min_length=1)]
    ward_office: Code
    why: Annotated[LongText, Field(min_length=1)]


class Opinion(NewOpinion):
    """An opinion that was sent."""

    number: Annotated[int, Field(ge=1)]
    station: Code
    by: ShortText
    sent_at: Timestamp


class HeardBy(StrEnum):
    """Who has heard that a user's data have changed (KYO-20)."""

    CENTER = "center"
    """It tells the city section, which tells the bureau and the station."""
    STATION = "station"
    """It tells the user to notify the change, and the ward office that it did."""


class HeardChange(WireModel):
    """A change of a user's data that was heard of, and who must be told of it (KYO-20).

    ``to_tell`` are those who do not know yet: ``city-section``, ``bureau``, ``station``, ``user``,
    ``ward-office``; ``told`` those who do.
    """

    number: Annotated[int, Field(ge=1)]
    by: HeardBy
    what: LongText
    at: Timestamp
    to_tell: tuple[Code, ...]
    told: tuple[Code, ...] = ()


class LedgerState(StrEnum):
    """Whether the user has a unit."""

    ENTERED = "entered"
    INSTALLED = "installed"
    REMOVED = "removed"


class Ledger(WireModel):
    """One user's ledger (個別台帳), kept in order of ``registration`` (KYO-03, KYO-19).

    Every user counts as somebody who cannot evacuate alone (``evacuation_record``, KYO-21).
    Once the unit was returned ``user`` is absent (KYO-15).  ``house`` is where the unit hangs: from
    a move on it is another one than the user's, until the unit is put up there.
    """

    registration: RegistrationNumber
    state: LedgerState
    household: HouseholdNumber | None = None
    unit_id: UnitId | None = None
    house: House | None = None
    """Absent without a unit, and where a move came before it was kept."""
    station: Code
    """The station in charge of the user's home."""
    user: AlarmUser | None = None
    helper_problems: tuple[HelperProblem, ...] = ()
    evacuation_record: bool = True
    entered_on: Day
    installed_on: Day | None = None
    way: LedgerWay | None = None
    guidance_due: Day | None = None
    """By when a new user gets the first guidance; absent once it was given (KYO-22)."""
    removed_on: Day | None = None
    attendance: Attendance | None = None
    entries: tuple[Entry, ...] = ()
    visits: tuple[Visit, ...] = ()
    heard: tuple[HeardChange, ...] = ()
