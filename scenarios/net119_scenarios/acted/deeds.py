"""What actors can do: one model for each deed, with what it needs."""

from typing import Annotated, Literal

from net119_protocol.api.records import AnnouncementKind
from net119_protocol.codes import (
    CallbackFailure,
    CallState,
    CloseOutcome,
    DiscrepancyKind,
    Kind,
    Mode,
    PlaceChoice,
    Presence,
    ProviderState,
    ReceiverKind,
    RejectReason,
    TransferFailure,
)
from net119_protocol.model import Code
from pydantic import Field

from net119_scenarios.acted.alarms import deeds as alarm
from net119_scenarios.acted.base import JapanTime, Moment, Name, Seconds, Spot
from net119_scenarios.acted.step import Line as Line
from net119_scenarios.acted.step import Step as Step


class Call(Step):
    """Call for help."""

    do: Literal["call"]
    named: Name | None = None
    """Name of this call; by default the caller's."""
    kind: Kind
    place: PlaceChoice = PlaceChoice.CURRENT
    frequent: Annotated[int, Field(ge=0)] | None = None
    """Number of a registered frequent place, from 0."""
    pin: Spot | None = None
    """Where the caller drags the pin before the call is sent."""
    mode: Mode | None = None
    """By default the scenario's."""
    no_fix: bool = False
    """The phone has no position yet."""


class Say(Step):
    """Say a line; a dispatcher's may have answers to tap."""

    do: Literal["say"]
    text: Line
    options: dict[Name, Annotated[str, Field(min_length=1, max_length=100)]] = Field(
        default_factory=dict
    )


class Choose(Step):
    """Tap an answer of the newest question that offers it."""

    do: Literal["choose"]
    option: Name


class Converse(Step):
    """Answer the dispatcher's questions, by tapping or writing, until the call is closed."""

    do: Literal["converse"]


class Hear(Step):
    """Wait until a line, or a tapped answer, with this text is on one's own screen."""

    do: Literal["hear"]
    text: Line


class Wait(Step):
    """Wait until one's own screen shows all of this."""

    do: Literal["wait"]
    state: CallState | None = None
    notice: str | None = None
    owner: Code | None = None
    presence: Presence | None = None
    silent: bool | None = None
    """Whether the connected caller counts as silent; only at a console."""
    callback: Literal["sent", "failed", "opened"] | None = None
    """What became of the newest callback; only at a console."""


class Lose(Step):
    """The phone loses the network: its connection is gone."""

    do: Literal["lose"]
    how: Literal["out-of-area", "tunnel", "battery", "hand-over"] = "out-of-area"
    """``hand-over``: the caller's ``radio`` resets the connections; it needs one."""


class Return(Step):
    """The phone has the network again, and goes on with the call."""

    do: Literal["return"]


class Move(Step):
    """The caller goes somewhere else; the phone tells its new position."""

    do: Literal["move"]
    to: Spot


class Correct(Step):
    """The caller corrects the place on the map during the call."""

    do: Literal["correct"]
    to: Spot


class OpenCallback(Step):
    """Open the URL of the newest callback mail, and come back to the call."""

    do: Literal["open-callback"]
    reachable: bool = True
    """False: there must be no such mail in the mailbox."""


class ShowCard(Step):
    """Show the page to be read aloud to a hearing person nearby, who can phone."""

    do: Literal["show-card"]


class Arrive(Step):
    """Open the console; a played provider is connected again."""

    do: Literal["arrive"]


class Leave(Step):
    """Close the console; a played provider's connections are cut, what it sends waits."""

    do: Literal["leave"]


class Answer(Step):
    """Take the call, once it rings."""

    do: Literal["answer"]


class Transfer(Step):
    """Give the call to another department; done when that has it."""

    do: Literal["transfer"]
    to: Code
    reason: str = ""
    fails: TransferFailure | None = None


class CallBack(Step):
    """Have the caller called back by mail."""

    do: Literal["call-back"]
    fails: CallbackFailure | None = None


class AskPosition(Step):
    """Ask the handset for its position."""

    do: Literal["ask-position"]


class Report(Step):
    """Report that something about the call was wrong."""

    do: Literal["report"]
    kind: DiscrepancyKind
    text: Line
    department: Code | None = None


class Disclose(Step):
    """Note that data were given to somebody outside."""

    do: Literal["disclose"]
    receiver: ReceiverKind
    name: Line
    what: Line


class SendCrew(Step):
    """Note that a crew was sent (of the exercise)."""

    do: Literal["dispatch"]
    units: Line


class BlockCaller(Step):
    """Refuse further calls of this caller."""

    do: Literal["block"]
    reason: Line


class Close(Step):
    """Close the call."""

    do: Literal["close"]
    outcome: CloseOutcome
    relayed_to: str | None = None
    text: str = ""


class SetState(Step):
    """A provider says of itself how it is."""

    do: Literal["state"]
    provider: Code
    state: ProviderState


class Kill(Step):
    """A provider's process dies, as by a power failure."""

    do: Literal["kill"]
    provider: Code


class Start(Step):
    """A provider's process starts again on its data."""

    do: Literal["start"]
    provider: Code


class Clock(Step):
    """All providers' clocks go on from a moment, or by some time ahead."""

    do: Literal["clock"]
    to: JapanTime | None = None
    ahead: Moment | None = None


class Mailbox(Step):
    """Something else befalls a caller's mail from now on."""

    do: Literal["mailbox"]
    of: Name
    situation: str


class Accept(Step):
    """The played provider accepts the offer that it has not answered."""

    do: Literal["accept"]


class Offer(Step):
    """The played provider offers a call of its own."""

    do: Literal["offer"]
    named: Name | None = None
    """Name of this call; by default the peer's."""
    department: Code
    expired: Seconds | None = None
    """How long ago the offer has run out, seconds; by default it has not."""
    kind: Kind = Kind.AMBULANCE
    rejected: RejectReason | None = None
    """It must be rejected for this reason."""
    queued: bool = False
    """The provider has no connection: the offer waits, and nothing is waited for here."""


class BeRejected(Step):
    """See the newest offer rejected, for this reason."""

    do: Literal["be-rejected"]
    reason: RejectReason


class Announce(Step):
    """Mail all registrants of the department, as its staff."""

    do: Literal["announce"]
    subject: Annotated[str, Field(min_length=1, max_length=100)]
    text: Line
    kind: AnnouncementKind = AnnouncementKind.MAINTENANCE


Deed = Annotated[
    Call
    | Say
    | Choose
    | Converse
    | Hear
    | Wait
    | Lose
    | Return
    | Move
    | Correct
    | OpenCallback
    | ShowCard
    | Arrive
    | Leave
    | Answer
    | Transfer
    | CallBack
    | AskPosition
    | Report
    | Disclose
    | SendCrew
    | BlockCaller
    | Close
    | SetState
    | Kill
    | Start
    | Clock
    | Mailbox
    | Accept
    | Offer
    | BeRejected
    | Announce
    | alarm.Press
    | alarm.Battery
    | alarm.CutLine
    | alarm.MendLine
    | alarm.Radio
    | alarm.RingBack
    | alarm.Take
    | alarm.Hail
    | alarm.Classify
    | alarm.RingHelpers
    | alarm.HelperThere
    | alarm.Scene
    | alarm.Tell
    | alarm.WardReport
    | alarm.TellHomeStation
    | alarm.CheckEquipment
    | alarm.HearChange
    | alarm.See
    | alarm.End,
    Field(discriminator="do"),
]

OF_CALLER = (
    Call,
    Say,
    Choose,
    Converse,
    Hear,
    Wait,
    Lose,
    Return,
    Move,
    Correct,
    OpenCallback,
    ShowCard,
)
OF_FEATURE_PHONE = (Call, Say, Hear, Wait, ShowCard)
"""What callers can do here at the plain pages."""
OF_DISPATCHER = (
    Say,
    Hear,
    Wait,
    Arrive,
    Leave,
    Answer,
    Transfer,
    CallBack,
    AskPosition,
    Report,
    Disclose,
    SendCrew,
    BlockCaller,
    Close,
)
OF_PEER = (Say, Close, Accept, Offer, BeRejected, Arrive, Leave)
OF_STAFF = (Announce,)
OF_STAGE = (SetState, Kill, Start, Clock, Mailbox)
OF_ALARM_USER = (alarm.Press, Say, Hear, Converse, alarm.Battery, alarm.CutLine, alarm.MendLine)
OF_HELPER = (alarm.RingBack,)
OF_CREW = (alarm.Radio,)
OF_ALARM_DISPATCHER = (Say, Hear, Arrive, Leave, *alarm.OF_DESK)
