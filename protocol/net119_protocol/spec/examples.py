"""One example of each message of interface B: the messages of one made-up call."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from net119_protocol import codes
from net119_protocol.chat import ChatLine, Option
from net119_protocol.interconnect import Body, Envelope, MessageType, Via, bodies
from net119_protocol.person import Address, Contact, DepartmentRef, RegistrantData, Sex
from net119_protocol.places import CallPlace, Fix, Point

_CALL = UUID("0b8f6f3e-5f4e-4d0a-9f0e-2f6a6c1d0001")
_START = datetime(2026, 4, 1, 0, 30, tzinfo=UTC)
_HOME = DepartmentRef(
    code="chitose",
    name_ja="千歳市消防本部",
    name_en="Chitose fire department",
    phone="000-0000-0119",
)
_ANCHOR = Via(destination="/queue/aoba.caller", operator="aoba")
_OWNER = Via(destination="/queue/akane.callee", operator="akane")


def _at(seconds: float) -> datetime:
    return _START + timedelta(seconds=seconds)


def _id(number: int) -> UUID:
    return UUID(f"7c9e6679-7425-40de-944b-e07fc1f9{number:04d}")


def _message(
    number: int,
    kind: MessageType,
    body: Body,
    via: Via,
    n: int,
    epoch: int,
    answers: int | None = None,
) -> Envelope:
    return Envelope(
        message_id=_id(number),
        type=kind,
        call_id=None if kind is MessageType.STATUS_REPORT else _CALL,
        epoch=epoch,
        n=n,
        mode=codes.Mode.TEST,
        sent_at=_at(number),
        via=via,
        in_reply_to=None if answers is None else _id(answers),
        body=body,
    )


def _offer() -> bodies.CallOffer:
    return bodies.CallOffer(
        department="aso",
        kind=codes.Kind.AMBULANCE,
        opened_at=_at(0),
        expires_at=_at(11),
        last_seq=1,
        home=_HOME,
        registrant=RegistrantData(
            name="試験 花子",
            kana="シケン ハナコ",
            birth_date=date(1980, 2, 29),
            sex=Sex.FEMALE,
            address=Address(
                prefecture="北海道",
                municipality="千歳市",
                municipality_code="01224",
                street="架空町1丁目2番3号",
                lat=42.8209,
                lon=141.6509,
            ),
            mail="hanako@example.jp",
            disability="聴覚",
            device="スマートフォン",
        ),
        place=CallPlace(
            choice=codes.PlaceChoice.CURRENT,
            point=Point(lat=32.9525, lon=131.1214),
            radius_m=100.0,
            fix=Fix(
                lat=32.9525,
                lon=131.1214,
                accuracy_m=12.0,
                source=codes.FixSource.GPS,
                taken_at=_at(-2),
            ),
        ),
        routing=bodies.RoutingNote(rule="other-running", directory_version="2026-04-01"),
        transcript=(
            ChatLine(
                seq=1,
                client_id="system-1",
                sender=codes.SenderRole.SYSTEM,
                at=_at(0),
                text="通報を受け付けました。",
            ),
        ),
    )


def _later() -> dict[MessageType, Envelope]:
    """Position, transfer, callback and a report of what was wrong."""
    kinds = MessageType
    moved = CallPlace(
        choice=codes.PlaceChoice.CURRENT,
        point=Point(lat=32.9531, lon=131.1222),
        radius_m=100.0,
        fix=Fix(
            lat=32.9531, lon=131.1222, accuracy_m=8.0, source=codes.FixSource.GPS, taken_at=_at(13)
        ),
    )
    asked = bodies.LocationUpdate(number=2, at=_at(14), cause=codes.TrailCause.ASKED, place=moved)
    next_one = DepartmentRef(
        code="tomakomai",
        name_ja="苫小牧市消防本部",
        name_en="Tomakomai fire department",
        phone="000-0000-0219",
    )
    failed = bodies.CallbackFailed(
        reason=codes.CallbackFailure.UNDELIVERABLE,
        detail="550 5.1.1 the mailbox does not exist",
        contacts=(Contact(name="試験 一郎", relation="夫", phone="000-0000-4444"),),
    )
    report = bodies.DiscrepancyReport(
        kind=codes.DiscrepancyKind.WRONG_DEPARTMENT,
        detail="通報地は苫小牧市でした。",
        reported_by="指令員 佐藤",
        department="tomakomai",
    )
    request = bodies.TransferRequest(
        department="tomakomai", requested_by="指令員 佐藤", reason="現場は苫小牧市側"
    )
    refused = bodies.TransferFailed(
        reason=codes.TransferFailure.REJECTED, detail="no-console: no console is connected"
    )
    by = "指令員 佐藤"
    return {
        kinds.LOCATION_REQUEST: _message(
            13, kinds.LOCATION_REQUEST, bodies.LocationRequest(requested_by=by), _OWNER, 5, 2
        ),
        kinds.LOCATION_UPDATE: _message(
            14, kinds.LOCATION_UPDATE, asked, _ANCHOR, 5, 2, answers=13
        ),
        kinds.TRANSFER_REQUEST: _message(15, kinds.TRANSFER_REQUEST, request, _OWNER, 6, 2),
        kinds.TRANSFER_DONE: _message(
            16,
            kinds.TRANSFER_DONE,
            bodies.TransferDone(department=next_one, epoch=3),
            _ANCHOR,
            6,
            2,
            answers=15,
        ),
        kinds.TRANSFER_FAILED: _message(
            16, kinds.TRANSFER_FAILED, refused, _ANCHOR, 6, 2, answers=15
        ),
        kinds.CALLBACK_REQUEST: _message(
            17, kinds.CALLBACK_REQUEST, bodies.CallbackRequest(requested_by=by), _OWNER, 7, 2
        ),
        kinds.CALLBACK_SENT: _message(
            18, kinds.CALLBACK_SENT, bodies.CallbackSent(at=_at(18)), _ANCHOR, 7, 2, answers=17
        ),
        kinds.CALLBACK_FAILED: _message(
            19, kinds.CALLBACK_FAILED, failed, _ANCHOR, 8, 2, answers=17
        ),
        kinds.DISCREPANCY_REPORT: _message(20, kinds.DISCREPANCY_REPORT, report, _OWNER, 8, 2),
    }


def examples() -> dict[MessageType, Envelope]:
    """One message of each type, from one made-up call."""
    kinds = MessageType
    question = bodies.ChatMessage(
        client_id="d-1",
        sender=codes.SenderRole.DISPATCHER,
        sender_name="指令員 佐藤",
        text="急病ですか、事故ですか?",
        options=(Option(id="ill", label="急病"), Option(id="accident", label="事故")),
    )
    closed = bodies.CallClose(
        outcome=codes.CloseOutcome.DISPATCHED, note="救急車1台", closed_by="指令員 佐藤"
    )
    refusal = bodies.ErrorReport(
        code=codes.ErrorCode.STALE_EPOCH,
        detail="epoch 1 is over; the call has epoch 2, so read the last call.assign",
        field="epoch",
        offending_type="chat.message",
        current_epoch=2,
    )
    return {
        kinds.CALL_OFFER: _message(1, kinds.CALL_OFFER, _offer(), _ANCHOR, 1, 1),
        kinds.CALL_ACCEPT: _message(
            2,
            kinds.CALL_ACCEPT,
            bodies.CallAccept(department="aso", center="aso-center"),
            _OWNER,
            1,
            1,
            answers=1,
        ),
        kinds.CALL_REJECT: _message(
            2,
            kinds.CALL_REJECT,
            bodies.CallReject(
                reason=codes.RejectReason.NO_CONSOLE, detail="aso-center has no console connected"
            ),
            _OWNER,
            1,
            1,
            answers=1,
        ),
        kinds.CALL_ASSIGN: _message(
            3,
            kinds.CALL_ASSIGN,
            bodies.CallAssign(department="aso", last_seq=1),
            _ANCHOR,
            2,
            2,
            answers=2,
        ),
        kinds.CALL_WITHDRAW: _message(
            30,
            kinds.CALL_WITHDRAW,
            bodies.CallWithdraw(reason=codes.WithdrawReason.RINGING_UNANSWERED, taken_by=_HOME),
            _ANCHOR,
            3,
            3,
        ),
        kinds.CALL_RINGING: _message(
            4, kinds.CALL_RINGING, bodies.CallRinging(center="aso-center"), _OWNER, 2, 2
        ),
        kinds.CALL_ANSWERED: _message(
            5,
            kinds.CALL_ANSWERED,
            bodies.CallAnswered(dispatcher="指令員 佐藤", answered_at=_at(5)),
            _OWNER,
            3,
            2,
        ),
        kinds.CHAT_MESSAGE: _message(6, kinds.CHAT_MESSAGE, question, _OWNER, 4, 2),
        kinds.CHAT_RECEIPT: _message(
            7,
            kinds.CHAT_RECEIPT,
            bodies.ChatReceipt(client_id="d-1", seq=2, at=_at(7)),
            _ANCHOR,
            3,
            2,
            answers=6,
        ),
        kinds.CHAT_RESUME: _message(
            8, kinds.CHAT_RESUME, bodies.ChatResume(after_n=3, after_seq=2), _OWNER, 0, 2
        ),
        kinds.CALLER_PRESENCE: _message(
            9,
            kinds.CALLER_PRESENCE,
            bodies.CallerPresence(presence=codes.Presence.GONE, since=_at(9)),
            _ANCHOR,
            4,
            2,
        ),
        **_later(),
        kinds.CALL_CLOSE: _message(10, kinds.CALL_CLOSE, closed, _OWNER, 5, 2),
        kinds.STATUS_REPORT: _message(
            11,
            kinds.STATUS_REPORT,
            bodies.StatusReport(
                state=codes.ProviderState.MAINTENANCE,
                since=_at(11),
                text_ja="定期保守のため停止します",
                text_en="Stopping for planned maintenance",
            ),
            _OWNER,
            0,
            0,
        ),
        kinds.ERROR: _message(12, kinds.ERROR, refusal, _ANCHOR, 0, 2, answers=6),
    }
