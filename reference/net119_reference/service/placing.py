"""From a caller's request to a call: what routing is told, and what its decision means."""

from datetime import datetime
from uuid import UUID, uuid4

from net119_protocol.api.common import NoticeCode
from net119_protocol.api.handset import NewCall
from net119_protocol.codes import (
    CallState,
    LinkSecurity,
    PlaceChoice,
    Presence,
    Refusal,
)
from net119_protocol.interconnect.bodies import RoutingNote
from net119_protocol.person import ADDRESS_LIMIT, DepartmentRef, RegistrantData
from net119_protocol.places import CallPlace, ChosenPlace, Point, RegisteredPlace

from net119_reference import routing
from net119_reference.calls.fallback import refined
from net119_reference.calls.model import Call, Side, Told, Unit
from net119_reference.ports import Refused
from net119_reference.service.registry import Registrant

R = routing.RoutingRule

REFUSALS: dict[routing.RoutingRule, Refusal] = {
    R.POSITIONING_OFF: Refusal.POSITIONING_OFF,
    R.OUTSIDE_JAPAN: Refusal.OUTSIDE_JAPAN,
    R.PLAINTEXT_NOT_ALLOWED: Refusal.PLAINTEXT_NOT_ALLOWED,
}
"""Rows of the routing table without a call; a refused registrant is refused before routing."""

NOTICES: dict[routing.RoutingRule, NoticeCode] = {
    R.NOT_ADOPTED: NoticeCode.CALL_HOME_NOT_ADOPTED,
    R.OTHER_NOT_RUNNING: NoticeCode.CALL_HOME_PEER_DOWN,
    R.NO_POSITION: NoticeCode.CALL_HOME_NO_POSITION,
    R.PLAINTEXT_HOME: NoticeCode.CALL_HOME_PLAINTEXT,
    R.FAR_AT_SEA: NoticeCode.CALL_HOME_AT_SEA,
}
"""Rows that bring a call home, and what caller and dispatcher are told at least (`refined`)."""


def chosen_of(body: NewCall, registrant: RegistrantData) -> ChosenPlace | None:
    """The frequent place that was chosen; ``None`` if none was.

    Raises:
        Refused: (``invalid``) there is no such place any more, or it has no position, or "home"
            was said at the same time.  Another place is never put in its stead.
    """
    choice = body.frequent_place
    if choice is None:
        return None
    if body.place is not PlaceChoice.CURRENT:
        raise Refused(
            Refusal.INVALID,
            'with frequentPlace the place is "current"; it cannot be "home" as well',
            field="place",
        )
    known = () if registrant.optional is None else registrant.optional.frequent_places
    found = known[choice.number] if choice.number < len(known) else None
    if found is None or found.label != choice.label:
        raise Refused(
            Refusal.INVALID,
            f"the frequent place {choice.number} is not the one that was chosen;"
            " look at the list again",
            field="frequentPlace",
        )
    if found.lat is None or found.lon is None:
        raise Refused(
            Refusal.INVALID,
            f"the frequent place {choice.number} has no position confirmed on the map;"
            " send the current position, or a corrected pin, instead",
            field="frequentPlace",
        )
    return ChosenPlace(lat=found.lat, lon=found.lon, label=found.label, address=_cut(found.address))


def asked_place(body: NewCall) -> str:
    """The place that was chosen, as far as a repeat of the request must choose the same."""
    choice = body.frequent_place
    return body.place.value if choice is None else f"{choice.number} {choice.label}"


def check_repeat(call: Call, body: NewCall) -> None:
    """Refuse a request that has the name of a call, but asks for another one.

    A position that is measured again for the repeat is no other request: the call's first stands,
    and what is newer is told during the call.

    Raises:
        Refused: (``id-reused``) kind, mode or place is another; the call goes on as it was made.
    """
    asked = {"kind": body.kind.value, "mode": body.mode.value, "place": asked_place(body)}
    made = {"kind": call.kind.value, "mode": call.mode.value}
    made["place"] = asked["place"] if call.asked_place is None else call.asked_place
    if asked == made:
        return
    others = ", ".join(
        f"{name} {made[name]} not {said}" for name, said in asked.items() if said != made[name]
    )
    raise Refused(
        Refusal.ID_REUSED,
        f"clientCallId {body.client_call_id} is that of another call of yours ({others});"
        " another call needs a new id",
        field="clientCallId",
    )


def facts_of(
    body: NewCall, registrant: RegistrantData, home: str, link: LinkSecurity, *, plaintext: bool
) -> routing.RoutingInput:
    """What routing is told.

    Raises:
        Refused: see :func:`chosen_of`.
    """
    fix = body.fix
    chosen = chosen_of(body, registrant)
    pin = body.corrected_pin
    address = registrant.address
    return routing.RoutingInput(
        home_department=home,
        link=link,
        positioning=body.positioning,
        fix=None
        if fix is None
        else routing.Fix(routing.Position(fix.lat, fix.lon), fix.accuracy_m, fix.source),
        pin=None if pin is None else routing.Position(pin.lat, pin.lon),
        place=body.place,
        registered_address=routing.Position(address.lat, address.lon),
        frequent=None if chosen is None else routing.Position(chosen.lat, chosen.lon),
        plaintext_allowed=plaintext,
    )


def refuse_if_decided(decision: routing.RoutingDecision) -> None:
    """Refuse the caller if there is no call.

    Raises:
        Refused: with the reason that the handset shows.
    """
    if decision.accepted:
        return
    code = REFUSALS.get(decision.rule, Refusal.REGISTRANT_REFUSED)
    raise Refused(code, decision.reason or f"routing: {decision.rule.value}")


def place_of(
    body: NewCall, registrant: RegistrantData, decision: routing.RoutingDecision
) -> CallPlace:
    """Everything known of the place; "home" sends address and fix (CNB-27)."""
    address = registrant.address
    registered = RegisteredPlace(
        lat=address.lat,
        lon=address.lon,
        address=_cut(address.one_line()),
        confirmed=address.position_confirmed,
    )
    point = decision.point
    # A point of the municipality at large has no radius that anybody could state.
    guessed = (
        decision.point_source is routing.PointSource.HOME and not address.position_is_confirmed
    )
    return CallPlace(
        choice=body.place,
        point=None if point is None else Point(lat=point.lat, lon=point.lon),
        radius_m=None if point is None or guessed else decision.radius_m,
        fix=body.fix,
        corrected_pin=body.corrected_pin,
        registered=registered if body.place is PlaceChoice.HOME else None,
        frequent=chosen_of(body, registrant),
    )


def _cut(line: str) -> str:
    """What a call can carry of an address that was stored before its length was checked."""
    return line if len(line) <= ADDRESS_LIMIT else f"{line[: ADDRESS_LIMIT - 1]}…"


def note_of(decision: routing.RoutingDecision, others: tuple[DepartmentRef, ...]) -> RoutingNote:
    """What the dispatcher is shown of the decision."""
    return RoutingNote(
        rule=decision.rule.value,
        directory_version=decision.directory_version,
        ambiguous=decision.ambiguous,
        alternatives=others,
    )


def contacts(decision: routing.RoutingDecision) -> tuple[DepartmentRef, ...]:
    """Which departments the home department may phone; the notice itself names the coast guard."""
    return tuple(
        DepartmentRef(
            code=contact.department,
            name_ja=contact.name_ja,
            name_en=contact.name_en,
            phone=contact.phone,
        )
        for contact in decision.whom_to_phone
        if contact.department is not None
    )


def alternatives(decision: routing.RoutingDecision) -> tuple[DepartmentRef, ...]:
    """Departments that may be the right one instead."""
    return tuple(
        DepartmentRef(
            code=other.department, name_ja=other.name_ja, name_en=other.name_en, phone=other.phone
        )
        for other in decision.alternatives
    )


def told_of(decision: routing.RoutingDecision, now: datetime) -> tuple[Told, ...]:
    """What caller and dispatcher are told of the decision."""
    told: list[Told] = []
    code = NOTICES.get(decision.rule)
    if code is not None:
        code, moment = refined(code, decision, now)
        told.append(Told(code=code, phone_to=contacts(decision), moment=moment))
    if decision.ambiguous:
        told.append(Told(code=NoticeCode.AMBIGUOUS, phone_to=alternatives(decision)))
    if decision.home_differs:
        told.append(Told(code=NoticeCode.HOME_DIFFERS, phone_to=alternatives(decision)))
    if decision.place_differs:
        told.append(Told(code=NoticeCode.PLACE_DIFFERS, phone_to=alternatives(decision)))
    return tuple(told)


def new_call(
    body: NewCall,
    registrant: Registrant,
    home: Unit,
    decision: routing.RoutingDecision,
    link: LinkSecurity,
    operator: str,
    now: datetime,
) -> Call:
    """The call at its start: open, and owned by the home department under epoch 1."""
    call_id: UUID = uuid4()
    return Call(
        call_id=call_id,
        side=Side.ANCHOR,
        kind=body.kind,
        mode=body.mode,
        state=CallState.OPEN,
        epoch=1,
        opened_at=now,
        anchor=operator,
        home=home,
        owner=home,
        registrant=registrant.data,
        place=place_of(body, registrant.data, decision),
        routing=note_of(decision, alternatives(decision)),
        registrant_id=registrant.registrant_id,
        client_call_id=body.client_call_id,
        asked_place=asked_place(body),
        link=link,
        told=told_of(decision, now),
        presence=Presence.GONE,
        presence_since=now,
        connecting=True,
    )
