"""Where the caller is during a call: asked for, told, and kept as a trail (CNB-27, CNB-28).

The anchor counts the places from 1, the one that the call was made from; nothing is routed anew:
whether another department should have the call is for its dispatcher to decide.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from net119_protocol.api.handset import NewLocation
from net119_protocol.codes import TrailCause
from net119_protocol.interconnect import MessageType, bodies
from net119_protocol.interconnect.whereabouts import TrailPoint
from net119_protocol.places import CallPlace, Point

from net119_reference import routing
from net119_reference.calls import silence
from net119_reference.calls.effects import ActKind, Change, Effect, Keep, Note, Send
from net119_reference.calls.model import Call


@dataclass(frozen=True)
class Peer:
    """Whether the other provider in the call knows positions during a call."""

    knows: bool


def first(call: Call) -> TrailPoint:
    """The place that the call was made from, while it is the only one."""
    return TrailPoint(number=1, at=call.opened_at, cause=TrailCause.CALL, place=call.place)


def ask(call: Call, by: str, now: datetime, request: UUID | None = None) -> Change:
    """Ask the handset; a second request before the answer is the same one."""
    asked = call.model_copy(
        update={
            "location_asked": call.location_asked or now,
            "location_request": request or call.location_request,
        }
    )
    return Change(asked, (Note("position asked", by),))


def ask_anchor(call: Call, by: str, now: datetime) -> Change:
    """The owner at another provider asks the anchor, which asks the handset."""
    body = bodies.LocationRequest(requested_by=by)
    asked = call.model_copy(update={"location_asked": now})
    return Change(
        asked, (Note("position asked", by), Send(call.anchor, MessageType.LOCATION_REQUEST, body))
    )


def told(
    call: Call,
    new: NewLocation,
    now: datetime,
    peer: Peer,
    cause: TrailCause | None = None,
) -> Change:
    """The handset has told where it is, or why it cannot: keep it and tell the owner."""
    place = _place(call.place, new)
    if cause is None:
        cause = TrailCause.MOVED if call.location_asked is None else TrailCause.ASKED
        cause = TrailCause.CORRECTED if new.corrected_pin is not None else cause
    effects: list[Effect] = []
    if call.places == 0:
        effects.append(Keep(ActKind.LOCATION, 1, first(call)))
    number = max(call.places, 1) + 1
    point = TrailPoint(number=number, at=now, cause=cause, place=place, problem=new.problem)
    why = cause.value if new.problem is None else f"{cause.value}: {new.problem.value}"
    effects += [Note("position", why), Keep(ActKind.LOCATION, number, point)]
    if call.peer is not None and call.open:
        if peer.knows:
            body = bodies.LocationUpdate.model_validate(point.model_dump())
            reply = call.location_request
            effects.append(Send(call.peer, MessageType.LOCATION_UPDATE, body, in_reply_to=reply))
        else:
            effects.append(Note("position not sent", f"{call.peer} does not know positions"))
    after = silence.reacted(call).model_copy(
        update={
            "place": place,
            "places": number,
            "location_asked": None,
            "location_request": None,
        }
    )
    return Change(after, tuple(effects))


def learned(call: Call, update: bodies.LocationUpdate) -> Change:
    """The anchor told the owner a place; a repeat, or an older one, changes nothing."""
    effects: list[Effect] = []
    if update.number <= max(call.places, 1):
        return Change(call, (Note("position told again", str(update.number)),))
    if call.places == 0:
        effects.append(Keep(ActKind.LOCATION, 1, first(call)))
    point = TrailPoint.model_validate(update.model_dump())
    effects += [Note("position", update.cause.value), Keep(ActKind.LOCATION, point.number, point)]
    after = silence.reacted(call).model_copy(
        update={
            "place": point.place,
            "places": point.number,
            "location_asked": None,
        }
    )
    return Change(after, tuple(effects))


def inherited(call: Call, trail: tuple[TrailPoint, ...]) -> Change:
    """An offer brought the trail so far: keep what is not known yet."""
    new = [point for point in trail if point.number > call.places]
    if not new:
        return Change(call)
    keeps = tuple(Keep(ActKind.LOCATION, point.number, point) for point in new)
    return Change(call.model_copy(update={"places": new[-1].number}), keeps)


def _place(before: CallPlace, new: NewLocation) -> CallPlace:
    """The place with the new fix or pin; the raw fix stays beside a pin (CNB-28)."""
    fix = new.fix or before.fix
    if new.corrected_pin is not None:
        pin = new.corrected_pin
        return before.model_copy(
            update={"point": pin, "radius_m": 0.0, "fix": fix, "corrected_pin": pin}
        )
    if new.fix is None:
        return before
    position = routing.Position(new.fix.lat, new.fix.lon)
    radius = routing.Fix(position, new.fix.accuracy_m, new.fix.source).radius_m
    point = Point(lat=new.fix.lat, lon=new.fix.lon)
    return before.model_copy(update={"point": point, "radius_m": radius, "fix": new.fix})
