"""The values whose frozen bytes lie in `golden/`, written down by hand."""

from datetime import UTC, date, datetime, timedelta, timezone

from net119_protocol import codes
from net119_protocol.chat import ChatLine, Choice, Option
from net119_protocol.interconnect import (
    Body,
    MessageType,
    bodies,
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

_MOVED = CallPlace(
    choice=codes.PlaceChoice.CURRENT,
    point=Point(lat=42.7, lon=141.7),
    radius_m=100.0,
    fix=Fix(
        lat=42.7,
        lon=141.7,
        accuracy_m=8.0,
        source=codes.FixSource.GPS,
        taken_at=datetime(2026, 4, 1, 0, 4, 58, tzinfo=UTC),
    ),
    corrected_pin=Point(lat=42.7001, lon=141.7001),
    registered=RegisteredPlace(
        lat=42.634, lon=141.6055, address="北海道苫小牧市架空町①丁目", confirmed=False
    ),
    frequent=_SCHOOL,
)
_TRAIL = bodies.TrailPoint(
    number=1,
    at=datetime(2026, 4, 1, 0, 5, tzinfo=UTC),
    cause=codes.TrailCause.CALL,
    place=_MOVED,
    problem=codes.PositionProblem.TIMEOUT,
)
TRANSFER_OFFER = FULLEST_OFFER.model_copy(
    update={
        "cause": codes.OfferCause.TRANSFER,
        "transferred_from": HOME,
        "transfer_reason": "現場は①丁目の向こう側🚒",
        "trail": (_TRAIL,),
        "link": codes.LinkSecurity.PLAINTEXT,
    }
)
"""An offer for a transfer: with the trail, and who asks for it."""

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
    MessageType.LOCATION_REQUEST: bodies.LocationRequest(requested_by="指令員 髙木"),
    MessageType.LOCATION_UPDATE: bodies.LocationUpdate(
        number=2,
        at=datetime(2026, 4, 1, 0, 5, tzinfo=UTC),
        cause=codes.TrailCause.ASKED,
        place=_MOVED,
        problem=codes.PositionProblem.DENIED,
    ),
    MessageType.TRANSFER_REQUEST: bodies.TransferRequest(
        department="tonari", requested_by="指令員 髙木", reason="現場は①丁目の向こう側🚒"
    ),
    MessageType.TRANSFER_DONE: bodies.TransferDone(department=HOME, epoch=3),
    MessageType.TRANSFER_FAILED: bodies.TransferFailed(
        reason=codes.TransferFailure.REJECTED, detail="no-console: 受付端末がありません①"
    ),
    MessageType.CALLBACK_REQUEST: bodies.CallbackRequest(requested_by="指令員 髙木"),
    MessageType.CALLBACK_SENT: bodies.CallbackSent(
        at=datetime(2026, 12, 31, 14, 59, 59, 999000, UTC),
        opened_at=datetime(2026, 12, 31, 15, 4, 0, 1000, UTC),
    ),
    MessageType.CALLBACK_FAILED: bodies.CallbackFailed(
        reason=codes.CallbackFailure.UNDELIVERABLE,
        detail="550 5.1.1 宛先がありません",
        contacts=(
            Contact(
                name="髙橋 一郎",
                kana="タカハシ イチロウ",
                relation="夫",
                phone="000-1111-4444",
                fax="000-1111-5555",
                mail="ichiro@example.jp",
                address="千歳市架空2-2",
                remarks="夜間のみ🌙",
            ),
        ),
    ),
    MessageType.DISCREPANCY_REPORT: bodies.DiscrepancyReport(
        kind=codes.DiscrepancyKind.WRONG_DEPARTMENT,
        detail="通報地は𠮷田町でした①",
        reported_by="指令員 髙木",
        department="tonari",
    ),
    MessageType.STATUS_REPORT: bodies.StatusReport(
        state=codes.ProviderState.MAINTENANCE,
        since=datetime(2026, 4, 1, tzinfo=UTC),
        text_ja="定期保守（①）のため停止",
        text_en="Planned maintenance",
        until=datetime(2026, 4, 1, 3, tzinfo=UTC),
        minor=1,
    ),
    MessageType.ERROR: bodies.ErrorReport(
        code=codes.ErrorCode.STALE_EPOCH,
        detail="epoch 1 is over — 古い版です",
        field="epoch",
        offending_type="chat.message",
        current_epoch=2,
    ),
}
