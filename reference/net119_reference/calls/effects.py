"""What the domain functions ask the provider to do, besides storing the call."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from net119_protocol.interconnect import Body, MessageType
from net119_protocol.model import WireModel

from net119_reference.calls.model import Call


@dataclass(frozen=True)
class Send:
    """Send a message of the call to a peer.

    ``message_id`` is given for an offer, whose id the call remembers, else made anew.
    """

    peer: str
    type: MessageType
    body: Body
    in_reply_to: UUID | None = None
    message_id: UUID | None = None


@dataclass(frozen=True)
class SendLinesAfter:
    """Send the peer every stored line with a number above ``seq``."""

    peer: str
    seq: int


@dataclass(frozen=True)
class Resend:
    """Send an earlier message once more, unchanged."""

    peer: str
    message_id: UUID


@dataclass(frozen=True)
class SaySystem:
    """Write a fixed text of the machine into the chat."""

    text: str


@dataclass(frozen=True)
class Remind:
    """Tell the center's consoles that the call has been ringing too long."""

    center: str


@dataclass(frozen=True)
class Note:
    """An entry of the call's history."""

    what: str
    detail: str = ""


class ActKind(StrEnum):
    """What is kept of a call beside its lines and its history, each numbered by itself."""

    TRANSFER = "transfer"
    LOCATION = "location"
    DISCREPANCY = "discrepancy"
    CALLBACK = "callback"
    DISCLOSURE = "disclosure"
    DISPATCH = "dispatch"


@dataclass(frozen=True)
class Keep:
    """Keep an act with the call, and show it at the consoles that follow the call.

    With ``again`` it replaces what stood under the same number.
    """

    kind: ActKind
    number: int
    act: WireModel
    again: bool = False


Effect = Keep | Send | SendLinesAfter | Resend | SaySystem | Remind | Note


@dataclass(frozen=True)
class Change:
    """The call as it is afterwards, and what else is to be done, in order."""

    call: Call
    effects: tuple[Effect, ...] = ()
