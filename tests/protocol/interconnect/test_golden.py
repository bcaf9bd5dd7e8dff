"""Frozen bytes of every message type: what is on the wire today must be readable tomorrow.

The values are written down here, the bytes beside; neither is computed from the other.
"""

import json
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from net119_protocol import codes
from net119_protocol.chat import ChatLine, Choice, Option
from net119_protocol.interconnect import (
    BODY_OF,
    Body,
    Envelope,
    MessageType,
    Via,
    bodies,
    decode,
    encode,
)
from net119_protocol.person import (
    Address,
    Contact,
    DepartmentRef,
    DeviceKind,
    FrequentPlace,
    Medical,
    OptionalData,
    RegistrantData,
    Rh,
    Sex,
)
from net119_protocol.places import CallPlace, ChosenPlace, Fix, Point, RegisteredPlace
from pydantic import BaseModel

GOLDEN = Path(__file__).parent / "golden"
JST = timezone(timedelta(hours=9))
HOME = DepartmentRef(
    code="aoba-north.1", name_ja="髙山市消防本部①", name_en="Takayama", phone="000-0000-0119"
)
NEIGHBOUR = DepartmentRef(code="tonari", name_ja="𠮷田町消防本部", name_en="", phone="000-119")

REGISTRANT = RegistrantData(
    name="髙橋 𠮷美",
    kana="タカハシ ヨシミ",
    birth_date=date(1952, 2, 29),
    sex=Sex.UNSTATED,
    address=Address(
        prefecture="北海道",
        municipality="苫小牧市",
        municipality_code="01213",
        street="架空町①丁目2番3号 メゾン𠮷 101",
        lat=42.634,
        lon=141.6055,
    ),
    mail="yoshimi.119@example.jp",
    disability="聴覚・言語",
    reason="電話で話せないため",
    device="フィーチャーフォン（架空モバイル）",
    optional=OptionalData(
        phone="000-1111-2222",
        fax="000-1111-3333",
        contacts=(
            Contact(
                name="髙橋 一郎",
                kana="タカハシ イチロウ",
                relation="夫",
                phone="000-1111-4444",
                fax="000-1111-5555",
                mail="ichiro@example.jp",
            ),
            Contact(name="𠮷田", mail="y@example.jp"),
        ),
        frequent_places=(
            FrequentPlace(label="職場", address="千歳市架空1-1", note="裏口から🚪"),
            FrequentPlace(label="病院", address="苫小牧市架空9"),
        ),
        medical=Medical(
            blood_type="AB Rh-",
            history="心筋梗塞（2019年）",
            medication="アスピリン",
            allergy="そば",
            hospital="架空病院",
            doctor="髙木 医師",
        ),
        hearing_person_at_home=False,
        sign_language=True,
        writing=True,
        remarks="オートロック #119\n犬がいます🐕",
    ),
)

FULL_OFFER = bodies.CallOffer(
    department="tonari",
    kind=codes.Kind.FIRE,
    opened_at=datetime(2026, 4, 1, 0, 0, 0, 1000, UTC),
    expires_at=datetime(2026, 4, 1, 9, 0, 10, tzinfo=JST),
    last_seq=2,
    home=HOME,
    registrant=REGISTRANT,
    place=CallPlace(
        choice=codes.PlaceChoice.HOME,
        point=Point(lat=42.6341, lon=141.6056),
        radius_m=0.0,
        fix=Fix(
            lat=-0.5,
            lon=-179.25,
            accuracy_m=1600.0,
            source=codes.FixSource.CARRIER,
            taken_at=datetime(2026, 3, 31, 23, 59, 59, 999000, UTC),
        ),
        corrected_pin=Point(lat=42.6341, lon=141.6056),
        registered=RegisteredPlace(lat=42.634, lon=141.6055, address="北海道苫小牧市架空町①丁目"),
    ),
    routing=bodies.RoutingNote(
        rule="other-running",
        directory_version="2026-04-01",
        ambiguous=True,
        alternatives=(NEIGHBOUR, HOME),
    ),
    transcript=(
        ChatLine(
            seq=1,
            client_id="s-1",
            sender=codes.SenderRole.SYSTEM,
            at=datetime(2026, 4, 1, tzinfo=UTC),
            text="どこが痛みますか?",
            options=(Option(id="chest", label="胸"), Option(id="head", label="頭🤕")),
        ),
        ChatLine(
            seq=2,
            client_id="c-1",
            sender=codes.SenderRole.CALLER,
            sender_name="髙橋 𠮷美",
            at=datetime(2026, 4, 1, 0, 0, 1, tzinfo=UTC),
            choice=Choice(seq=1, option_id="chest"),
        ),
    ),
)

_OPTIONAL = REGISTRANT.optional or OptionalData()
FORM_OFFER = FULL_OFFER.model_copy(
    update={
        "registrant": REGISTRANT.model_copy(
            update={
                "address": REGISTRANT.address.model_copy(
                    update={
                        "flat": "①-101",
                        "auto_lock": "あり #119で開く",
                        "position_confirmed": False,
                    }
                ),
                "device_kind": DeviceKind.MOBILE_PHONE,
                "optional": _OPTIONAL.model_copy(
                    update={
                        "contacts": (
                            _OPTIONAL.contacts[0].model_copy(
                                update={"address": "千歳市架空2-2", "remarks": "夜間のみ🌙"}
                            ),
                            _OPTIONAL.contacts[1],
                        ),
                        "frequent_places": (
                            _OPTIONAL.frequent_places[0].model_copy(
                                update={"lat": 42.82, "lon": 141.65}
                            ),
                            _OPTIONAL.frequent_places[1],
                        ),
                        "medical": Medical(
                            blood_type="AB Rh-",
                            rh=Rh.NEGATIVE,
                            history="心筋梗塞（2019年）",
                            medication="アスピリン",
                            allergy="そば",
                            hospital="架空病院",
                            doctor="髙木 医師",
                        ),
                    }
                ),
            }
        ),
        "place": FULL_OFFER.place.model_copy(
            update={
                "registered": RegisteredPlace(
                    lat=42.634,
                    lon=141.6055,
                    address="北海道苫小牧市架空町①丁目",
                    confirmed=False,
                )
            }
        ),
    }
)
"""An offer with all that paper forms ask besides (CNB-48, CNB-49)."""
# And from a frequent place (TOM-14).
_SCHOOL = ChosenPlace(lat=42.65, lon=141.61, label="学校①", address="苫小牧市架空町𠮷丁目")
FULLEST_OFFER = FORM_OFFER.model_copy(
    update={"place": FORM_OFFER.place.model_copy(update={"frequent": _SCHOOL})}
)

BARE_OFFER = bodies.CallOffer(
    department="tonari",
    kind=codes.Kind.OTHER,
    opened_at=datetime(2026, 4, 1, tzinfo=UTC),
    expires_at=datetime(2026, 4, 1, 0, 0, 10, tzinfo=UTC),
    last_seq=0,
    home=HOME,
    registrant=RegistrantData(
        name="髙橋 𠮷美",
        birth_date=date(1952, 2, 29),
        sex=Sex.FEMALE,
        address=Address(
            prefecture="北海道",
            municipality="苫小牧市",
            municipality_code="01213",
            street="",
            lat=42.634,
            lon=141.6055,
        ),
        mail="a@b",
    ),
    place=CallPlace(choice=codes.PlaceChoice.CURRENT),
    routing=bodies.RoutingNote(rule="other-running", directory_version="1"),
)

BODIES: dict[MessageType, Body] = {
    MessageType.CALL_OFFER: FULL_OFFER,
    MessageType.CALL_ACCEPT: bodies.CallAccept(department="tonari", center="tonari-center"),
    MessageType.CALL_REJECT: bodies.CallReject(
        reason=codes.RejectReason.NO_CONSOLE, detail="受付端末がありません①"
    ),
    MessageType.CALL_ASSIGN: bodies.CallAssign(department="tonari", last_seq=9007199254740991),
    MessageType.CALL_WITHDRAW: bodies.CallWithdraw(
        reason=codes.WithdrawReason.LATE_ACCEPT, taken_by=HOME
    ),
    MessageType.CALL_RINGING: bodies.CallRinging(center="tonari-center"),
    MessageType.CALL_ANSWERED: bodies.CallAnswered(
        dispatcher="指令員 髙木", answered_at=datetime(2026, 4, 1, 0, 0, 7, 120000, UTC)
    ),
    MessageType.CHAT_MESSAGE: bodies.ChatMessage(
        client_id="~!a/B\\c:1",
        sender=codes.SenderRole.DISPATCHER,
        sender_name="指令員 𠮷田",
        text='1行目 "引用" \\ タブ\t\r\n2行目 👨‍👩‍👧 ゼロ幅\u200b U+2028\u2028 DEL\x7f SOH\x01',
        options=(Option(id="yes", label="はい"), Option(id="no", label="いいえ")),
        choice=Choice(seq=3, option_id="yes"),
        seq=4,
        at=datetime(2026, 12, 31, 14, 59, 59, 999000, UTC),
    ),
    MessageType.CHAT_RECEIPT: bodies.ChatReceipt(
        client_id="c-4", seq=4, at=datetime(2026, 12, 31, 15, tzinfo=UTC)
    ),
    MessageType.CHAT_RESUME: bodies.ChatResume(after_n=3, after_seq=0),
    MessageType.CALLER_PRESENCE: bodies.CallerPresence(
        presence=codes.Presence.GONE, since=datetime(2026, 4, 1, tzinfo=UTC)
    ),
    MessageType.CALL_CLOSE: bodies.CallClose(
        outcome=codes.CloseOutcome.RELAYED_BY_PHONE,
        note="①電話で引き継ぎ\n②出動🚒",
        closed_by="指令員 髙木",
        relayed_to="𠮷田町消防本部",
    ),
    MessageType.STATUS_REPORT: bodies.StatusReport(
        state=codes.ProviderState.MAINTENANCE,
        since=datetime(2026, 4, 1, tzinfo=UTC),
        text_ja="定期保守（①）のため停止",
        text_en="Planned maintenance",
    ),
    MessageType.ERROR: bodies.ErrorReport(
        code=codes.ErrorCode.STALE_EPOCH,
        detail="epoch 1 is over — 古い版です",
        field="epoch",
        offending_type="chat.message",
        current_epoch=2,
    ),
}


def message(kind: MessageType, body: Body) -> Envelope:
    """The message in which ``body`` travels; every envelope field is set."""
    counted = kind not in {
        MessageType.STATUS_REPORT,
        MessageType.ERROR,
        MessageType.CHAT_RESUME,
    }
    return Envelope(
        message_id=UUID("11111111-2222-4333-8444-555555555555"),
        type=kind,
        call_id=UUID("aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee"),
        epoch=2,
        n=7 if counted else 0,
        mode=codes.Mode.PRACTICE,
        sent_at=datetime(2026, 4, 1, 9, 0, 0, 123000, JST),
        via=Via(destination="/queue/aoba.caller", operator="aoba"),
        in_reply_to=UUID("99999999-2222-4333-8444-555555555555"),
        body=body,
    )


def golden(name: str) -> bytes:
    return (GOLDEN / f"{name}.json").read_bytes()


@pytest.mark.parametrize("kind", MessageType, ids=str)
def test_golden_bytes_are_read_as_the_value_written_down(kind: MessageType) -> None:
    assert decode(golden(kind)) == message(kind, BODIES[kind])


@pytest.mark.parametrize("kind", MessageType, ids=str)
def test_the_value_written_down_gives_the_golden_bytes(kind: MessageType) -> None:
    assert encode(message(kind, BODIES[kind])) == golden(kind)


def test_every_type_has_a_golden_file_and_every_file_a_test() -> None:
    files = {path.stem for path in GOLDEN.glob("*.json")}
    others = {"call.offer-older", "call.offer-newer", "call.offer-form", "call.offer-frequent"}
    assert files == {kind.value for kind in MessageType} | others


def _unset(value: BaseModel, data: Any, where: str) -> list[str]:
    """Fields, at any depth, that the JSON does not hold or holds empty."""
    found = []
    for name, info in type(value).model_fields.items():
        path = f"{where}.{info.alias or name}"
        held = data.get(info.alias or name)
        if held in (None, "", []):
            found.append(path)
            continue
        inner = getattr(value, name)
        if isinstance(inner, BaseModel):
            found += _unset(inner, held, path)
        elif isinstance(inner, tuple):
            # Each field must be set in one element at least; a line has a text or a choice.
            per_element = [set(_unset(each, held[index], path)) for index, each in enumerate(inner)]
            found += sorted(set.intersection(*per_element))
    return found


@pytest.mark.parametrize("kind", MessageType, ids=str)
def test_the_golden_message_exercises_every_field(kind: MessageType) -> None:
    offer = kind is MessageType.CALL_OFFER
    body = FULLEST_OFFER if offer else BODIES[kind]
    data = json.loads(golden("call.offer-frequent" if offer else kind))

    assert type(BODIES[kind]) is BODY_OF[kind]
    assert _unset(message(kind, body), data, "message") == []


@pytest.mark.parametrize(("name", "offer"), [("form", FORM_OFFER), ("frequent", FULLEST_OFFER)])
def test_offers_that_say_more_have_their_golden_bytes(name: str, offer: bodies.CallOffer) -> None:
    expected = message(MessageType.CALL_OFFER, offer)
    assert decode(golden(f"call.offer-{name}")) == expected
    assert encode(expected) == golden(f"call.offer-{name}")


def test_an_offer_of_an_older_minor_version_is_read() -> None:
    """Everything that was added since may be missing."""
    offer = decode(golden("call.offer-older"))

    assert offer == Envelope(
        message_id=UUID("11111111-2222-4333-8444-555555555555"),
        type=MessageType.CALL_OFFER,
        call_id=UUID("aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee"),
        epoch=0,
        n=1,
        mode=codes.Mode.LIVE,
        sent_at=datetime(2026, 4, 1, tzinfo=UTC),
        via=Via(destination="/queue/aoba.caller", operator="aoba"),
        body=BARE_OFFER,
    )


def test_an_offer_of_a_newer_minor_version_is_read() -> None:
    """Unknown fields are ignored at every level; the rest is read as if they were not there."""
    data = json.loads(golden("call.offer-newer"))

    assert decode(golden("call.offer-newer")) == message(MessageType.CALL_OFFER, FULL_OFFER)
    assert _objects_without(data, "inventedLater") == []


def _objects_without(data: Any, name: str, where: str = "message") -> list[str]:
    if isinstance(data, list):
        return [
            found
            for index, each in enumerate(data)
            for found in _objects_without(each, name, f"{where}.{index}")
        ]
    if not isinstance(data, dict) or where.endswith(name):
        return []
    return [
        *([] if name in data else [where]),
        *(
            found
            for key, each in data.items()
            for found in _objects_without(each, name, f"{where}.{key}")
        ),
    ]
