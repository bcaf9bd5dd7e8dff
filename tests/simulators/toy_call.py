"""A call of the toy provider, and how it misbehaves on request."""

from datetime import UTC, datetime
from uuid import uuid4

from fastapi import WebSocket
from net119_protocol.api import common, console, handset
from net119_protocol.chat import ChatLine
from net119_protocol.codes import (
    CallState,
    CloseOutcome,
    PlaceChoice,
    Presence,
    Refusal,
    SenderRole,
)
from net119_protocol.interconnect.bodies import RoutingNote
from net119_protocol.person import DepartmentRef, RegistrantData
from net119_protocol.places import CallPlace
from pydantic import BaseModel

HOME = DepartmentRef(code="toy", name_ja="玩具消防本部", name_en="Toy", phone="0000-00-0000")


def now() -> datetime:
    return datetime.now(UTC)


async def send(socket: WebSocket, frame: BaseModel) -> None:
    await socket.send_text(frame.model_dump_json(by_alias=True, exclude_none=True))


class Call:
    def __init__(self, order: handset.NewCall, caller: RegistrantData) -> None:
        self.id = uuid4()
        self.order = order
        self.caller = caller
        self.opened = now()
        self.state = CallState.RINGING
        self.answered_at: datetime | None = None
        self.closed_at: datetime | None = None
        self.outcome: CloseOutcome | None = None
        self.lines: list[ChatLine] = []
        self.phones: set[WebSocket] = set()

    def view(self) -> common.CallView:
        return common.CallView(
            call_id=self.id,
            kind=self.order.kind,
            mode=self.order.mode,
            state=self.state,
            opened_at=self.opened,
            receiver=HOME,
            outcome=self.outcome,
            last_seq=len(self.lines),
        )

    def console_view(self) -> console.ConsoleCall:
        return console.ConsoleCall(
            call_id=self.id,
            kind=self.order.kind,
            mode=self.order.mode,
            state=self.state,
            epoch=1,
            opened_at=self.opened,
            answered_at=self.answered_at,
            closed_at=self.closed_at,
            outcome=self.outcome,
            mine=True,
            owner=HOME,
            owner_provider="toy",
            anchor="toy",
            home=HOME,
            presence=Presence.CONNECTED if self.phones else Presence.GONE,
            last_seq=len(self.lines),
            place=CallPlace(choice=PlaceChoice.CURRENT, fix=self.order.fix),
            routing=RoutingNote(rule="toy", directory_version="toy"),
            registrant=self.caller,
        )

    def store(self, line: common.NewLine, sender: SenderRole) -> tuple[ChatLine, bool]:
        for known in self.lines:
            if known.client_id == line.client_id:
                return known, False
        stored = ChatLine(
            seq=len(self.lines) + 1,
            client_id=line.client_id,
            sender=sender,
            at=now(),
            text=line.text,
            options=line.options,
            choice=line.choice,
        )
        self.lines.append(stored)
        return stored, True

    def ack(self, line: ChatLine) -> common.AckFrame:
        return common.AckFrame(call_id=self.id, client_id=line.client_id, seq=line.seq, at=line.at)

    async def misbehave(self, socket: WebSocket, frame: common.SayFrame) -> bool:
        """Show the defect that the line asks for; whether the line is done with."""

        def false_line(seq: int, text: str) -> common.LineFrame:
            line = ChatLine(
                seq=seq, client_id="toy", sender=SenderRole.SYSTEM, at=self.opened, text=text
            )
            return common.LineFrame(call_id=self.id, line=line)

        match frame.text.removeprefix("toy:"):
            case "refuse":
                refused = common.RefusedFrame(
                    code=Refusal.TOO_MANY, detail="slow down", client_id=frame.client_id
                )
                await send(socket, refused)
            case "silent":
                pass
            case "store and drop":
                self.store(frame, SenderRole.CALLER)
                await socket.close()
            case "twice":
                await send(socket, common.LineFrame(call_id=self.id, line=self.lines[-1]))
                return False
            case "other content":
                await send(socket, false_line(len(self.lines), "changed"))
                return False
            case "gap":
                await send(socket, false_line(len(self.lines) + 3, "from the future"))
                return False
            case "garbage":
                await socket.send_text("{")
                return False
            case "wrong ack":
                await send(
                    socket,
                    common.AckFrame(
                        call_id=self.id, client_id=frame.client_id, seq=1, at=self.opened
                    ),
                )
            case "ack only":
                ack = common.AckFrame(
                    call_id=self.id, client_id=frame.client_id, seq=99, at=self.opened
                )
                await send(socket, ack)
            case "mode":
                other = self.view().model_copy(update={"mode": "practice"})
                await send(socket, handset.CallFrame(call=other))
                return False
            case _:
                return False
        return True
