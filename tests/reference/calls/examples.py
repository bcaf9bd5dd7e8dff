"""Calls in any state, for rules that are pure functions."""

from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

from net119_protocol.chat import ChatLine
from net119_protocol.codes import CallState, Kind, Mode, PlaceChoice, Presence, SenderRole
from net119_protocol.interconnect import Body, Envelope, MessageType, Via, bodies
from net119_protocol.person import Address, DepartmentRef, RegistrantData, Sex
from net119_protocol.places import CallPlace
from net119_reference.calls.effects import Change, Effect
from net119_reference.calls.model import Call, Offer, Side, Unit
from net119_reference.calls.timing import Timing

T = TypeVar("T", bound=Effect)

NOW = datetime(2026, 4, 1, 3, 0, tzinfo=UTC)
TIMING = Timing(t1_s=5, offer_attempts=2, t2_s=60, silent_s=60)
CALL_ID = UUID(int=1)
OFFER_ID = UUID(int=2)
REPLY_ID = UUID(int=3)


def after(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def department(code: str) -> DepartmentRef:
    return DepartmentRef(code=code, name_ja=f"{code}消防", name_en=code, phone="0000-00-0001")


HOME = Unit(department=department("chitose"), center="chitose", provider="aoba")
SIBLING = Unit(department=department("tomakomai"), center="tomakomai", provider="aoba")
THERE = Unit(department=department("chita-nanbu"), center="chita", provider="midori")
PERSON = RegistrantData(
    name="見本 花子",
    birth_date=date(1980, 1, 2),
    sex=Sex.FEMALE,
    address=Address(
        prefecture="北海道",
        municipality="千歳市",
        municipality_code="01224",
        street="見本町1丁目",
        lat=42.8210,
        lon=141.6509,
    ),
    mail="hanako@mail.example",
)
ROUTED = bodies.RoutingNote(rule="other-running", directory_version="2026-04-01")


def call(state: CallState, **changes: Any) -> Call:
    """A call at its anchor aoba, owned by its home department unless said otherwise."""
    given: dict[str, Any] = {
        "call_id": CALL_ID,
        "side": Side.ANCHOR,
        "kind": Kind.AMBULANCE,
        "mode": Mode.TEST,
        "state": state,
        "epoch": 1,
        "opened_at": NOW,
        "anchor": "aoba",
        "home": HOME,
        "owner": HOME,
        "registrant": PERSON,
        "place": CallPlace(choice=PlaceChoice.CURRENT),
        "routing": ROUTED,
        "presence": Presence.CONNECTED,
        "presence_since": NOW,
    }
    return Call(**(given | changes))


def offering(attempts_left: int = 1, **changes: Any) -> Call:
    """Offered to midori at NOW."""
    pending = Offer(
        peer="midori",
        department=THERE.department,
        message_id=OFFER_ID,
        last_seq=3,
        expires_at=after(10),
        attempts_left=attempts_left,
    )
    return call(
        CallState.OFFERING,
        **({"offer": pending, "offered": ("midori",), "deadline": after(5)} | changes),
    )


def away(state: CallState = CallState.RINGING, **changes: Any) -> Call:
    """Owned by midori under epoch 2."""
    return call(
        state,
        **(
            {
                "owner": THERE,
                "epoch": 2,
                "peer": "midori",
                "offered": ("midori",),
                "ringing_since": NOW,
                "deadline": after(60) if state is CallState.RINGING else None,
            }
            | changes
        ),
    )


def at_callee(state: CallState = CallState.RINGING, **changes: Any) -> Call:
    """The same call as midori sees it."""
    owner = HOME if state is CallState.OFFERING else THERE
    epoch = 1 if state is CallState.OFFERING else 2
    return call(
        state, **({"side": Side.CALLEE, "peer": "aoba", "owner": owner, "epoch": epoch} | changes)
    )


def offer_body(**changes: Any) -> bodies.CallOffer:
    given: dict[str, Any] = {
        "department": "chita-nanbu",
        "kind": Kind.FIRE,
        "opened_at": NOW,
        "expires_at": after(10),
        "last_seq": 0,
        "home": HOME.department,
        "registrant": PERSON,
        "place": CallPlace(choice=PlaceChoice.CURRENT),
        "routing": ROUTED,
    }
    return bodies.CallOffer(**(given | changes))


def envelope(body: Body, kind: MessageType, **changes: Any) -> Envelope:
    given: dict[str, Any] = {
        "message_id": OFFER_ID,
        "type": kind,
        "call_id": CALL_ID,
        "epoch": 1,
        "n": 1,
        "mode": Mode.TEST,
        "sent_at": NOW,
        "via": Via(destination="/queue/aoba.caller", operator="aoba"),
        "body": body,
    }
    return Envelope(**(given | changes))


def line(seq: int) -> ChatLine:
    return ChatLine(
        seq=seq, client_id=f"c{seq}", sender=SenderRole.CALLER, at=NOW, text=f"line {seq}"
    )


def of_type(change: Change, kind: type[T]) -> list[T]:
    """The effects of one kind, in order."""
    return [effect for effect in change.effects if isinstance(effect, kind)]


def the(change: Change, kind: type[T]) -> T:
    """The only effect of a kind."""
    (found,) = of_type(change, kind)
    return found
