"""Offers: a peer is asked to take a call, and told all that is known of it, as far as it fits."""

from datetime import datetime, timedelta
from uuid import UUID

from net119_protocol.chat import ChatLine
from net119_protocol.codes import OfferCause
from net119_protocol.interconnect import MessageType, bodies
from net119_protocol.model import LongText
from net119_protocol.person import DepartmentRef

from net119_reference.calls.effects import Change, Note, Send
from net119_reference.calls.machine import Trigger, advance
from net119_reference.calls.model import Call, Offer, Unit
from net119_reference.calls.timing import Timing

OFFER_BYTES = 192 * 1024
"""Longest offer; lines beyond follow after the assignment.  A message may have 256 KiB."""
_ENVELOPE_BYTES = 1024
"""Room for the envelope around the body."""


def offer_body(
    call: Call,
    unit: Unit,
    expires_at: datetime,
    lines: tuple[ChatLine, ...],
    *,
    cause: OfferCause = OfferCause.NEW,
    transferred_from: DepartmentRef | None = None,
    reason: LongText = "",
    trail: tuple[bodies.TrailPoint, ...] = (),
) -> bodies.CallOffer:
    """An offer of the call to ``unit`` with as many of the first lines as fit."""
    offer = bodies.CallOffer(
        department=unit.department.code,
        kind=call.kind,
        opened_at=call.opened_at,
        expires_at=expires_at,
        last_seq=0,
        home=call.home.department,
        registrant=call.registrant,
        place=call.place,
        routing=call.routing,
        cause=cause,
        transferred_from=transferred_from,
        transfer_reason=reason,
        trail=trail,
        link=call.link,
    )
    room = OFFER_BYTES - _ENVELOPE_BYTES - _size(offer)
    fitting: list[ChatLine] = []
    for line in lines:
        room -= _size(line) + 1
        if room < 0:
            break
        fitting.append(line)
    last_seq = fitting[-1].seq if fitting else 0
    return offer.model_copy(update={"transcript": tuple(fitting), "last_seq": last_seq})


def _size(part: bodies.CallOffer | ChatLine) -> int:
    return len(part.model_dump_json(by_alias=True, exclude_none=True).encode())


def offer(
    call: Call,
    unit: Unit,
    now: datetime,
    timing: Timing,
    *,
    message_id: UUID,
    transcript: tuple[ChatLine, ...],
) -> Change:
    """Offer the call to another provider; it stays the home department's until assigned."""
    expires_at = now + timedelta(seconds=timing.t1_s * timing.offer_attempts)
    body = offer_body(call, unit, expires_at, transcript)
    call = call.model_copy(update={"state": advance(call.state, Trigger.OFFER)})
    return send(call, unit, body, now, timing, message_id=message_id)


def send(
    call: Call,
    unit: Unit,
    body: bodies.CallOffer,
    now: datetime,
    timing: Timing,
    *,
    message_id: UUID,
) -> Change:
    """Send an offer and wait for its answer: T1, as many times as there are attempts."""
    pending = Offer(
        peer=unit.provider,
        department=unit.department,
        message_id=message_id,
        last_seq=body.last_seq,
        expires_at=body.expires_at,
        attempts_left=timing.offer_attempts - 1,
    )
    call = call.model_copy(
        update={
            "offer": pending,
            "offered": tuple(dict.fromkeys((*call.offered, unit.provider))),
            "deadline": now + timedelta(seconds=timing.t1_s),
        }
    )
    return Change(
        call,
        (
            Note("offered", f"{unit.department.code} at provider {unit.provider}"),
            Send(unit.provider, MessageType.CALL_OFFER, body, message_id=message_id),
        ),
    )
