"""A third provider that says whatever comes to its mind: what fits, what nearly fits, and garbage.

It draws from a random number generator handed in with each message.
"""

import json
import random
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, cast
from uuid import UUID, uuid4

from net119_protocol.codes import (
    CloseOutcome,
    DiscrepancyKind,
    ErrorCode,
    Kind,
    Mode,
    Presence,
    ProviderState,
    RejectReason,
    SenderRole,
    TransferFailure,
    WithdrawReason,
)
from net119_protocol.interconnect import (
    UNCOUNTED,
    Body,
    Envelope,
    MessageType,
    bodies,
    encode,
)
from net119_protocol.interconnect.types import BODY_OF
from net119_protocol.person import DepartmentRef
from net119_protocol.places import CallPlace
from net119_reference.ports import Channel

from tests.reference.interplay.virtual_time import VirtualClock
from tests.reference.service.link import via_of
from tests.reference.service.support import PERSON

NAME = "akane"
OFFERED = {"aoba": ("chitose", "tomakomai", "aso"), "midori": ("chita-tokoname", "chita-handa")}
ASO = DepartmentRef(code="aso", name_ja="阿蘇広域", name_en="Aso", phone="0967-34-0000")
GARBAGE = (
    b"",
    b"\x00\xff\xfe",
    b"{}",
    b"[]",
    b'{"profile":"net119-interconnect/2"}',
    b'{"profile":"net119-interconnect/1","type":"call.offer"}',
    b'{"profile":"net119-interconnect/1","type":"error","mode":"test"}',
    b'{"a":' * 40 + b"1" + b"}" * 40,
    '{"profile":"髙橋𠮷子①"}'.encode(),
    b'{"n":NaN}',
    b'{"n":1,"n":2}',
    b'"' + b"x" * (257 * 1024) + b'"',
)


@dataclass
class Dealing:
    """What the stranger knows of one call at one provider."""

    operator: str
    channel: Channel
    """By which the stranger's own messages arrive there."""
    call_id: UUID
    mode: Mode
    epoch: int = 0
    n: int = 0
    heard: list[Envelope] = field(default_factory=list)
    seq: int = 0


@dataclass(frozen=True)
class Utterance:
    """What is sent, to whom, and how it arrives there."""

    operator: str
    channel: Channel
    payload: bytes


class Stranger:
    """See the module's text."""

    def __init__(self, clock: VirtualClock) -> None:
        self._clock = clock
        self.dealings: dict[tuple[str, UUID], Dealing] = {}
        self.sent: list[Utterance] = []
        self.overheard: list[tuple[UUID, Mode]] = []
        """Calls that it knows of and has nothing to do with."""

    def learn(self, operator: str, channel: Channel, envelope: Envelope) -> None:
        """A message has come."""
        if envelope.call_id is None:
            return
        key = operator, envelope.call_id
        dealing = self.dealings.get(key)
        if dealing is None:
            dealing = Dealing(operator, channel, envelope.call_id, envelope.mode)
            self.dealings[key] = dealing
        dealing.heard.append(envelope)
        dealing.epoch = max(dealing.epoch, envelope.epoch)

    def speak(self, dice: random.Random) -> Utterance:
        """The next thing to say."""
        said = self._choose(dice)
        self.sent.append(said)
        return said

    def _choose(self, dice: random.Random) -> Utterance:
        what = dice.random()
        if what < 0.08:
            operator = dice.choice(sorted(OFFERED))
            return Utterance(operator, dice.choice(list(Channel)), dice.choice(GARBAGE))
        if what < 0.16 and self.sent:
            return dice.choice(self.sent)
        if what < 0.20:
            return self._status(dice)
        if what < 0.35 or not self.dealings:
            return self._offer(dice)
        dealing = self.dealings[dice.choice(list(self.dealings))]
        if what < 0.70:
            return self._fitting(dice, dealing)
        return self._nearly(dice, dealing)

    def willing(self, call_id: UUID) -> list[Utterance]:
        """Accept the offers of a call, as a good provider does."""
        found = []
        for dealing in [each for each in self.dealings.values() if each.call_id == call_id]:
            for heard in dealing.heard:
                if isinstance(heard.body, bodies.CallOffer):
                    accept = bodies.CallAccept(department=heard.body.department, center="aso")
                    kind = MessageType.CALL_ACCEPT
                    found.append(self._say(dealing, kind, accept, heard.message_id))
        self.sent += found[-1:]
        return found[-1:]

    # --- what fits ----------------------------------------------------------------------------

    def _status(self, dice: random.Random) -> Utterance:
        operator, channel = dice.choice(sorted(OFFERED)), dice.choice(list(Channel))
        state = dice.choice([ProviderState.NORMAL] * 3 + list(ProviderState))
        body = bodies.StatusReport(state=state, since=self._clock.now(), minor=dice.choice([0, 1]))
        envelope = Envelope(
            message_id=uuid4(),
            type=MessageType.STATUS_REPORT,
            mode=Mode.TEST,
            sent_at=self._clock.now(),
            via=via_of(NAME, channel),
            body=body,
        )
        return Utterance(operator, channel, encode(envelope))

    def _offer(self, dice: random.Random) -> Utterance:
        operator = dice.choice(sorted(OFFERED))
        mode = dice.choice([Mode.TEST, Mode.TEST, Mode.DRILL, Mode.LIVE])
        dealing = Dealing(operator, Channel.QUEUE, uuid4(), mode, epoch=1)
        if self.overheard and dice.random() < 0.2:
            dealing.call_id, dealing.mode = dice.choice(self.overheard)
        else:
            self.dealings[operator, dealing.call_id] = dealing
        late = timedelta(seconds=dice.choice([10, 10, 10, -5]))
        now = self._clock.now()
        body = bodies.CallOffer(
            department=dice.choice(OFFERED[operator]),
            kind=Kind.FIRE,
            opened_at=now,
            expires_at=now + late,
            last_seq=0,
            home=ASO,
            registrant=PERSON,
            place=CallPlace.model_validate({"choice": "current"}),
            routing=bodies.RoutingNote(rule="other", directory_version="1"),
        )
        return self._say(dealing, MessageType.CALL_OFFER, body)

    def _fitting(self, dice: random.Random, dealing: Dealing) -> Utterance:
        kind, body, reply = self._something(dice, dealing)
        if kind is MessageType.CALL_ASSIGN:
            dealing.epoch += 1
        return self._say(dealing, kind, body, reply)

    def _something(
        self, dice: random.Random, dealing: Dealing
    ) -> tuple[MessageType, Body, UUID | None]:
        """What an anchor, or an owner, might say now."""
        owner = dealing.channel is Channel.CLIENT
        now = self._clock.now()
        if owner and dealing.heard:
            last = dice.choice(dealing.heard[-4:])
            if isinstance(last.body, bodies.CallOffer) and dice.random() < 0.9:
                return *self._answer_offer(dice, last.body), last.message_id
        seen = [each.body for each in dealing.heard if isinstance(each.body, bodies.ChatMessage)]
        line = f"s{dice.randrange(30)}"
        choices: list[tuple[MessageType, Body]]
        if owner:
            choices = [
                (MessageType.CALL_RINGING, bodies.CallRinging(center="aso")),
                (
                    MessageType.CALL_ANSWERED,
                    bodies.CallAnswered(dispatcher="阿蘇 太郎", answered_at=now),
                ),
                (MessageType.CHAT_MESSAGE, _line(line)),
                (MessageType.CHAT_MESSAGE, _line(f"{line}-b")),
                (
                    MessageType.LOCATION_REQUEST,
                    _body(MessageType.LOCATION_REQUEST, requestedBy="阿蘇 太郎"),
                ),
                (MessageType.TRANSFER_REQUEST, bodies.TransferRequest(department="chita-tokoname")),
                (MessageType.TRANSFER_REQUEST, bodies.TransferRequest(department="chitose")),
                (MessageType.CALL_CLOSE, bodies.CallClose(outcome=CloseOutcome.PRACTICE_DONE)),
            ]
        else:
            dealing.seq += 1
            seq = dealing.seq
            choices = [
                (MessageType.CALL_ASSIGN, bodies.CallAssign(department=_of(dealing), last_seq=0)),
                (MessageType.CALL_ASSIGN, bodies.CallAssign(department=_of(dealing), last_seq=0)),
                (MessageType.CHAT_MESSAGE, _line(line, seq=seq, at=now, sender=SenderRole.CALLER)),
                (
                    MessageType.CALLER_PRESENCE,
                    bodies.CallerPresence(presence=Presence.GONE, since=now),
                ),
                (MessageType.CALL_WITHDRAW, bodies.CallWithdraw(reason=WithdrawReason.TAKEN_HOME)),
                (MessageType.CALL_CLOSE, bodies.CallClose(outcome=CloseOutcome.PRACTICE_DONE)),
                (
                    MessageType.TRANSFER_FAILED,
                    bodies.TransferFailed(reason=TransferFailure.SILENT),
                ),
                (
                    MessageType.TRANSFER_DONE,
                    bodies.TransferDone(department=ASO, epoch=dealing.epoch + 1),
                ),
            ]
        choices += [
            (MessageType.CHAT_RESUME, bodies.ChatResume(after_n=dice.randrange(4), after_seq=0)),
            (MessageType.ERROR, bodies.ErrorReport(code=ErrorCode.WRONG_STATE, detail="no")),
            (
                MessageType.DISCREPANCY_REPORT,
                _body(
                    MessageType.DISCREPANCY_REPORT,
                    kind=DiscrepancyKind.OTHER.value,
                    detail="?",
                    reportedBy="阿蘇",
                ),
            ),
        ]
        if seen:
            one = dice.choice(seen)
            if one.seq is not None and one.at is not None:
                receipt = bodies.ChatReceipt(client_id=one.client_id, seq=one.seq, at=one.at)
            else:
                receipt = bodies.ChatReceipt(client_id=one.client_id, seq=dealing.seq + 1, at=now)
            choices.append((MessageType.CHAT_RECEIPT, receipt))
        kind, body = dice.choice(choices)
        reply = dice.choice(dealing.heard).message_id if dealing.heard else None
        return kind, body, reply if dice.random() < 0.5 else None

    def _answer_offer(
        self, dice: random.Random, offer: bodies.CallOffer
    ) -> tuple[MessageType, Body]:
        if dice.random() < 0.8:
            accept = bodies.CallAccept(department=offer.department, center="aso")
            return MessageType.CALL_ACCEPT, accept
        return MessageType.CALL_REJECT, bodies.CallReject(reason=RejectReason.OVERLOAD)

    def _say(
        self, dealing: Dealing, kind: MessageType, body: Body, reply: UUID | None = None
    ) -> Utterance:
        n = 0
        if kind not in UNCOUNTED:
            dealing.n += 1
            n = dealing.n
        envelope = Envelope(
            message_id=uuid4(),
            type=kind,
            call_id=dealing.call_id,
            epoch=dealing.epoch,
            n=n,
            mode=dealing.mode,
            sent_at=self._clock.now(),
            via=via_of(NAME, dealing.channel),
            in_reply_to=reply,
            body=body,
        )
        return Utterance(dealing.operator, dealing.channel, encode(envelope))

    # --- what nearly fits ---------------------------------------------------------------------

    def _nearly(self, dice: random.Random, dealing: Dealing) -> Utterance:
        """A message that fits but for one thing; its count is not used up."""
        n = dealing.n
        kind, body, reply = self._something(dice, dealing)
        fitting = self._say(dealing, kind, body, reply)
        dealing.n = n
        raw: dict[str, Any] = json.loads(fitting.payload)
        change = dice.randrange(11)
        if change == 0:
            raw["epoch"] = max(0, dealing.epoch + dice.choice([-1, 1, 5]))
        elif change == 1:
            raw["n"] = max(0, raw["n"] + dice.choice([-1, 1, 2, 500]))
        elif change == 2:
            raw["mode"] = dice.choice([each.value for each in Mode])
        elif change == 3 and self.overheard:
            raw["callId"] = str(dice.choice(self.overheard)[0])
        elif change == 4:
            raw["via"]["operator"] = dice.choice(["aoba", "midori", "nobody"])
        elif change == 5 and dealing.heard:
            raw["messageId"] = str(dice.choice(dealing.heard).message_id)
        elif change == 6:
            raw["type"] = dice.choice([each.value for each in MessageType] + ["call.sing"])
        elif change == 7 and raw["body"]:
            del raw["body"][dice.choice(sorted(raw["body"]))]
        elif change == 8 and self.sent:
            raw["messageId"] = _id_of(dice.choice(self.sent)) or raw["messageId"]
        elif change == 9:
            raw[dice.choice(sorted(raw))] = dice.choice([None, 0, "", [], {}, True, -1])
        else:
            raw["callId"] = str(uuid4())
        return Utterance(dealing.operator, dealing.channel, json.dumps(raw).encode())


def _line(text: str, **more: Any) -> bodies.ChatMessage:
    given = {"sender": SenderRole.DISPATCHER} | more
    return bodies.ChatMessage(client_id=f"c-{text}", text=text, **given)


def _body(kind_of: MessageType, /, **fields: Any) -> Body:
    return cast(Body, BODY_OF[kind_of].model_validate(fields))


def _of(dealing: Dealing) -> str:
    return OFFERED[dealing.operator][0]


def _id_of(said: Utterance) -> str | None:
    try:
        found = json.loads(said.payload)
    except ValueError:
        return None
    identity = found.get("messageId") if isinstance(found, dict) else None
    return identity if isinstance(identity, str) else None
