"""The steps by which a pair gets somewhere, each with the side whose duty it is.

Pure: from what was recorded to the steps that `at_fault` reads.
"""

from collections.abc import Sequence
from uuid import UUID

from net119_protocol.codes import OfferCause
from net119_protocol.interconnect import MessageType, bodies

from net119_conformance.catalogue import Text
from net119_conformance.interop.blame import Side, Step
from net119_conformance.interop.wire import PairWire, Said

ORIGINATING, RECEIVING = Side.ORIGINATING, Side.RECEIVING


def routed(wire: PairWire, call_id: UUID, department: str, *, runs: bool = True) -> list[Step]:
    """A call gets to a department of the receiving side, and rings.

    ``runs``: the receiving side told that its state is normal; else it is right to offer nothing.
    """
    offers = wire.find(ORIGINATING, MessageType.CALL_OFFER, call_id)
    right = [each for each in offers if each.body.department == department]
    asked = offers[-1].body.department if offers else ""
    accepts = wire.find(RECEIVING, MessageType.CALL_ACCEPT, call_id)
    in_time = [each for each in accepts if _in_time(each, right)]
    assigned = wire.find(ORIGINATING, MessageType.CALL_ASSIGN, call_id)
    ringing = wire.find(RECEIVING, MessageType.CALL_RINGING, call_id)
    return [
        Step(
            ORIGINATING,
            bool(offers),
            Text(en="sent no call.offer", ja="call.offer を送っていません"),
            refused=not runs,
        ),
        Step(
            ORIGINATING,
            bool(right),
            Text(
                en=f"offered the call to {asked}, not to {department}",
                ja=f"{department} でなく {asked} に通報を申し出ています",
            ),
        ),
        Step(
            RECEIVING,
            bool(in_time),
            _not_accepted(wire, call_id, late=bool(accepts)),
            refused=bool(wire.refused(RECEIVING, call_id)),
        ),
        Step(
            ORIGINATING,
            bool(assigned),
            Text(
                en="sent no call.assign after the call.accept",
                ja="call.accept の後に call.assign を送っていません",
            ),
            refused=bool(wire.refused(ORIGINATING, call_id)),
        ),
        Step(
            RECEIVING,
            bool(ringing),
            Text(
                en="sent no call.ringing after the call.assign",
                ja="call.assign の後に call.ringing を送っていません",
            ),
            refused=bool(wire.refused(RECEIVING, call_id)),
        ),
    ]


def _in_time(accept: Said, offers: list[Said]) -> bool:
    if not offers:
        return False
    body = offers[-1].body
    return isinstance(body, bodies.CallOffer) and accept.at <= body.expires_at


def _not_accepted(wire: PairWire, call_id: UUID, *, late: bool) -> Text:
    if late:
        return Text(
            en="accepted the offer after it had expired",
            ja="申し出の期限が過ぎてから承諾しています",
        )
    rejects = wire.find(RECEIVING, MessageType.CALL_REJECT, call_id)
    if rejects:
        reason = rejects[-1].body.reason.value
        return Text(
            en=f"rejected the offer ({reason}) although a console was open",
            ja=f"指令台が開いているのに申し出を断りました（{reason}）",
        )
    return Text(
        en="answered the offer neither by call.accept nor by call.reject",
        ja="申し出に call.accept も call.reject も返していません",
    )


def still_there(wire: PairWire, call_id: UUID) -> list[Step]:
    """The receiving side still has the call; a withdrawal may have been right, or not."""
    return [
        Step(
            ORIGINATING,
            not wire.find(ORIGINATING, MessageType.CALL_WITHDRAW, call_id),
            Text(en="withdrew the call", ja="通報を取り戻しました"),
            refused=True,
        )
    ]


def answered(wire: PairWire, call_id: UUID) -> list[Step]:
    """The answer of a dispatcher of the receiving side gets to the caller."""
    found = wire.find(RECEIVING, MessageType.CALL_ANSWERED, call_id)
    return [
        *still_there(wire, call_id),
        Step(
            RECEIVING,
            bool(found),
            Text(en="sent no call.answered", ja="call.answered を送っていません"),
        ),
    ]


def line_of_caller(wire: PairWire, call_id: UUID, text: str) -> list[Step]:
    """A line of the caller gets to the receiving side."""
    return [
        Step(
            ORIGINATING,
            bool(_lines(wire, ORIGINATING, call_id, text)),
            Text(
                en="acknowledged the caller's line and sent no chat.message with it",
                ja="通報者の文を確認したのに、その chat.message を送っていません",
            ),
        )
    ]


def receipt_of_caller(wire: PairWire, call_id: UUID, text: str) -> list[Step]:
    """The receiving side confirms a line of the caller."""
    return [
        *line_of_caller(wire, call_id, text),
        Step(
            RECEIVING,
            bool(_receipts(wire, RECEIVING, ORIGINATING, call_id, text)),
            Text(
                en="sent no chat.receipt for the caller's line",
                ja="通報者の文に chat.receipt を返していません",
            ),
            refused=bool(wire.refused(RECEIVING, call_id)),
        ),
    ]


def line_of_dispatcher(wire: PairWire, call_id: UUID, text: str) -> list[Step]:
    """A line of the receiving side's dispatcher gets to the anchor, which numbers it."""
    return [
        *still_there(wire, call_id),
        Step(
            RECEIVING,
            bool(_lines(wire, RECEIVING, call_id, text)),
            Text(
                en="sent no chat.message with the dispatcher's line",
                ja="指令員の文の chat.message を送っていません",
            ),
        ),
        Step(
            ORIGINATING,
            bool(_receipts(wire, ORIGINATING, RECEIVING, call_id, text)),
            Text(
                en="sent no chat.receipt with the number of the dispatcher's line",
                ja="指令員の文に番号を付けた chat.receipt を返していません",
            ),
            refused=bool(wire.refused(ORIGINATING, call_id)),
        ),
    ]


def numbered_once(wire: PairWire, call_id: UUID, texts: Sequence[str]) -> list[Step]:
    """Each of these lines got to the receiving side under one number."""
    return [
        Step(
            ORIGINATING,
            len(_numbers(wire, call_id, text)) == 1,
            Text(
                en=f"gave the line {text[:12]!r} no number, or more than one",
                ja=f"文「{text[:12]}」に番号を付けていないか、二つ以上の番号を付けました",
            ),
        )
        for text in texts
    ]


def _numbers(wire: PairWire, call_id: UUID, text: str) -> set[int]:
    """The numbers that the anchor gave to lines of this text, as the other side was told."""
    sent = {each.body.seq for each in _lines(wire, ORIGINATING, call_id, text)}
    confirmed = _receipts(wire, ORIGINATING, RECEIVING, call_id, text)
    return sent | {each.body.seq for each in confirmed}


def closed(wire: PairWire, call_id: UUID) -> list[Step]:
    """The end that the receiving side's dispatcher gives to the call becomes so."""
    return [
        Step(
            RECEIVING,
            bool(wire.find(RECEIVING, MessageType.CALL_CLOSE, call_id)),
            Text(en="sent no call.close", ja="call.close を送っていません"),
        ),
        Step(
            ORIGINATING,
            bool(wire.find(ORIGINATING, MessageType.CALL_CLOSE, call_id)),
            Text(
                en="did not answer the call.close", ja="call.close に call.close を返していません"
            ),
            refused=bool(wire.refused(ORIGINATING, call_id)),
        ),
    ]


def _lines(wire: PairWire, side: Side, call_id: UUID, text: str) -> list[Said]:
    """Messages of a side that carry this line."""
    return wire.find(side, MessageType.CHAT_MESSAGE, call_id, lambda said: said.body.text == text)


def _receipts(wire: PairWire, by: Side, writer: Side, call_id: UUID, text: str) -> list[Said]:
    """Receipts of a side for this line of the other one."""
    names = {each.body.client_id for each in _lines(wire, writer, call_id, text)}
    return wire.find(
        by, MessageType.CHAT_RECEIPT, call_id, lambda said: said.body.client_id in names
    )


def transfer_asked(wire: PairWire, call_id: UUID) -> list[Step]:
    """The receiving side asks that the call go to another department, and the anchor does it."""
    done = wire.find(ORIGINATING, MessageType.TRANSFER_DONE, call_id)
    failed = wire.find(ORIGINATING, MessageType.TRANSFER_FAILED, call_id)
    why = f" ({failed[-1].body.reason.value})" if failed else ""
    return [
        Step(
            RECEIVING,
            bool(wire.find(RECEIVING, MessageType.TRANSFER_REQUEST, call_id)),
            Text(en="sent no transfer.request", ja="transfer.request を送っていません"),
        ),
        Step(
            ORIGINATING,
            bool(done),
            Text(
                en=f"did not answer the transfer.request by transfer.done{why}",
                ja=f"transfer.request に transfer.done を返していません{why}",
            ),
            refused=bool(wire.refused(ORIGINATING, call_id)),
        ),
    ]


def transfer_answered(wire: PairWire, call_id: UUID, owner: Side) -> list[Step]:
    """A transfer that an owner wants comes to an end, whichever.

    The anchor ends it by itself, when the time of the offer is over at the latest.
    """
    if owner is ORIGINATING:
        return []
    done = wire.find(ORIGINATING, MessageType.TRANSFER_DONE, call_id)
    failed = wire.find(ORIGINATING, MessageType.TRANSFER_FAILED, call_id)
    return [
        Step(
            RECEIVING,
            bool(wire.find(RECEIVING, MessageType.TRANSFER_REQUEST, call_id)),
            Text(en="sent no transfer.request", ja="transfer.request を送っていません"),
        ),
        Step(
            ORIGINATING,
            bool(done or failed),
            Text(
                en="answered the transfer.request neither by transfer.done nor by transfer.failed",
                ja="transfer.request に transfer.done も transfer.failed も返していません",
            ),
            refused=bool(wire.refused(ORIGINATING, call_id)),
        ),
    ]


def empty_room(wire: PairWire, call_id: UUID, owner: Side) -> list[Step]:
    """A call that an owner gives away stays, as nobody is there to have it."""
    if owner is ORIGINATING:
        return [
            Step(
                RECEIVING,
                not wire.find(RECEIVING, MessageType.CALL_ACCEPT, call_id),
                Text(
                    en="accepted the offer although no console was open there",
                    ja="指令台が開いていないのに申し出を承諾しました",
                ),
            )
        ]
    return [
        Step(
            ORIGINATING,
            not wire.find(ORIGINATING, MessageType.TRANSFER_DONE, call_id),
            Text(
                en="answered by transfer.done although no console was open there",
                ja="指令台が開いていないのに transfer.done を返しました",
            ),
        )
    ]


def callback_asked(wire: PairWire, call_id: UUID) -> list[Step]:
    """The receiving side asks for a callback, and the anchor says that the mail was sent."""
    failed = wire.find(ORIGINATING, MessageType.CALLBACK_FAILED, call_id)
    why = f" ({failed[-1].body.reason.value})" if failed else ""
    return [
        Step(
            RECEIVING,
            bool(wire.find(RECEIVING, MessageType.CALLBACK_REQUEST, call_id)),
            Text(en="sent no callback.request", ja="callback.request を送っていません"),
        ),
        Step(
            ORIGINATING,
            bool(wire.find(ORIGINATING, MessageType.CALLBACK_SENT, call_id)),
            Text(
                en=f"did not answer the callback.request by callback.sent{why}",
                ja=f"callback.request に callback.sent を返していません{why}",
            ),
            refused=bool(wire.refused(ORIGINATING, call_id)),
        ),
    ]


def reopened(wire: PairWire, call_id: UUID) -> list[Step]:
    """The caller came back by the mail's URL, and the receiving side is given the call again."""
    given = wire.find(
        ORIGINATING,
        MessageType.CALL_ASSIGN,
        call_id,
        lambda said: said.body.cause is OfferCause.REOPENED,
    )
    return [
        Step(
            ORIGINATING,
            bool(given),
            Text(
                en="did not give the reopened call back by call.assign",
                ja="再開した通報を call.assign で戻していません",
            ),
            refused=bool(wire.refused(ORIGINATING, call_id)),
        )
    ]
