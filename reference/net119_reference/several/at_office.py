"""One relay at the office: what it asks for, and who is connected to it."""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias
from uuid import UUID

from net119_protocol.api import common, console, handset
from net119_protocol.model import WireModel
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Scope
from starlette.types import Message as AsgiMessage

from net119_reference.connected import ShownLine
from net119_reference.logs import get_log
from net119_reference.ports import Attachment, HandsetIdentity, StorageFailed
from net119_reference.service.provider import Provider
from net119_reference.several.channel import Channel, Head, Message
from net119_reference.several.told import DISPATCHER, HANDSET, scope_of
from net119_reference.web.link import LINK_KEY, Link
from net119_reference.web.pages.chat.visit import ChatDoor

_SHOWN_BY_RELAYS = frozenset({"welcome", "line", "call", "presence"})
_LAST = 1 << 30
"""Above every number of a line."""
OverLink: TypeAlias = Callable[[HandsetIdentity, Scope], HandsetIdentity]
"""See :meth:`net119_reference.web.routes.Context.over_link`."""
log = get_log("office")


class _AllLines(Mapping[UUID, int]):
    """Says that a client has every line of every call: the relay shows them."""

    def __getitem__(self, call_id: UUID) -> int:
        return _LAST

    def __iter__(self) -> Iterator[UUID]:
        return iter(())

    def __len__(self) -> int:
        return 0


class RemoteSink:
    """A client that is connected to a relay.

    Lines, calls and presences a relay reads where they are stored; what is stored nowhere as a
    client sees it (reminders, requests, how an act of a dispatcher ended) is passed on.
    """

    def __init__(self, tell: Callable[[Head, bytes], None], seat: int) -> None:
        self._tell = tell
        self._seat = seat

    def send(self, frame: WireModel | ShownLine) -> None:
        """Pass a frame on."""
        if isinstance(frame, ShownLine):
            return
        if getattr(frame, "type", None) not in _SHOWN_BY_RELAYS:
            octets = frame.model_dump_json(by_alias=True).encode()
            self._tell({"do": "frame", "seat": self._seat}, octets)

    def has_room(self, again: Callable[[], None] | None = None) -> bool:
        """Always: no transcript is sent this way."""
        return True

    def end(self, code: Any, detail: str) -> None:
        """Have the connection ended."""
        self._tell({"do": "end", "seat": self._seat, "code": code.value, "detail": detail}, b"")


@dataclass(frozen=True)
class Ways:
    """How the office does what relays ask for; ``doors`` by the pattern of their path."""

    service: Provider
    app: ASGIApp
    doors: Mapping[str, ChatDoor]
    over_link: OverLink
    ahead: Callable[[], float]
    """By how many seconds the provider's clock is ahead of the machine's."""


class AtOffice:
    """One relay, with those who sit at it."""

    def __init__(
        self, ways: Ways, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self._ways = ways
        self._service = ways.service
        self._seats: dict[int, Attachment] = {}
        self._sitting: dict[int, bool] = {}
        """Seats being taken, and whether their clients are still there."""
        self._leaving: set[asyncio.Task[None]] = set()
        self.name = ""
        self.channel = Channel(reader, writer, self._answer, self._told)
        self._does = {
            "hello": self._hello,
            "http": self._http,
            "door": self._door,
            "handset": self._handset,
            "dispatcher": self._dispatcher,
            "sit": self._sit,
            "caller says": self._caller_says,
            "dispatcher says": self._dispatcher_says,
            "position": self._position,
            "answer": self._take_call,
            "close": self._close_call,
        }

    async def gone(self) -> None:
        """The relay, and so everybody at it, is gone."""
        seats, self._seats = self._seats, {}
        log.warning("a relay is gone", relay=self.name, clients=len(seats))
        for attachment in seats.values():
            await attachment.detach()

    async def _answer(self, head: Head, body: bytes) -> Message:
        do = self._does.get(head["do"])
        if do is None:
            raise StorageFailed(f"unknown question {head['do']!r}: the relay is of another version")
        return await do(head, body)

    def _told(self, head: Head, body: bytes) -> None:
        if head["do"] == "refused":
            self._service.note_refused(*head["input"])
        elif head["do"] == "leave":
            if head["seat"] in self._sitting:
                self._sitting[head["seat"]] = False
            elif (attachment := self._seats.pop(head["seat"], None)) is not None:
                task = asyncio.get_running_loop().create_task(attachment.detach())
                self._leaving.add(task)
                task.add_done_callback(self._leaving.discard)

    async def _hello(self, head: Head, body: bytes) -> Message:
        self.name = head["name"]
        log.info("a relay is here", relay=self.name)
        return {"ahead": self._ways.ahead()}, b""

    async def _http(self, head: Head, body: bytes) -> Message:
        scope = scope_of(head["scope"])
        received = False
        answered = asyncio.Event()

        async def receive() -> AsgiMessage:
            nonlocal received
            if received:
                # The client is there until it has the answer: who is told that it left while a
                # file is read, as Starlette is, sends none of it.
                await answered.wait()
                return {"type": "http.disconnect"}
            received = True
            return {"type": "http.request", "body": body, "more_body": False}

        start: AsgiMessage = {}
        parts: list[bytes] = []

        async def send(message: AsgiMessage) -> None:
            if message["type"] == "http.response.start":
                start.update(message)
            else:
                parts.append(message.get("body", b""))
                if not message.get("more_body"):
                    answered.set()

        await self._ways.app(scope, receive, send)
        headers = [[k.decode("latin-1"), v.decode("latin-1")] for k, v in start["headers"]]
        return {"status": start["status"], "headers": headers}, b"".join(parts)

    async def _door(self, head: Head, body: bytes) -> Message:
        connection = HTTPConnection(scope_of(head["scope"]))
        visit = await self._ways.doors[head["path"]].opened(connection)
        who = HANDSET.dump_python(visit.identity, mode="json")
        return {"who": who, "call": str(visit.call_id)}, b""

    async def _handset(self, head: Head, body: bytes) -> Message:
        call = None if head["call"] is None else UUID(head["call"])
        who = await self._service.handset_identity(head["token"], call)
        return {"who": HANDSET.dump_python(who, mode="json")}, b""

    async def _dispatcher(self, head: Head, body: bytes) -> Message:
        who = await self._service.dispatcher_identity(head["token"])
        return {"who": DISPATCHER.dump_python(who, mode="json")}, b""

    async def _sit(self, head: Head, body: bytes) -> Message:
        seat: int = head["seat"]
        self._sitting[seat] = True
        try:
            attachment = await self._attach(head, RemoteSink(self.channel.tell, seat))
        finally:
            stays = self._sitting.pop(seat)
        self._seats[seat] = attachment
        if not stays:
            await self._seats.pop(seat).detach()
        return {}, b""

    async def _attach(self, head: Head, sink: RemoteSink) -> Attachment:
        attachment: Attachment
        if head["call"] is None:
            dispatcher = DISPATCHER.validate_python(head["who"])
            attachment = await self._service.attach_console(dispatcher, _AllLines(), sink)
        else:
            who = HANDSET.validate_python(head["who"])
            # The department has a say in links without encryption, also when it sits here again.
            who = self._ways.over_link(who, {"state": {LINK_KEY: Link(who.link)}})
            call_id = UUID(head["call"])
            attachment = await self._service.attach_handset(who, call_id, _LAST, sink)
        return attachment

    async def _caller_says(self, head: Head, body: bytes) -> Message:
        who = HANDSET.validate_python(head["who"])
        line = common.NewLine.model_validate_json(body)
        stored = await self._service.caller_says(who, UUID(head["call"]), line)
        return {}, _json(stored)

    async def _dispatcher_says(self, head: Head, body: bytes) -> Message:
        who = DISPATCHER.validate_python(head["who"])
        line = common.NewLine.model_validate_json(body)
        stored = await self._service.dispatcher_says(who, UUID(head["call"]), line)
        return {}, _json(stored)

    async def _position(self, head: Head, body: bytes) -> Message:
        who = HANDSET.validate_python(head["who"])
        told = handset.NewLocation.model_validate_json(body)
        return {}, _json(await self._service.positions.tell(who, UUID(head["call"]), told))

    async def _take_call(self, head: Head, body: bytes) -> Message:
        who = DISPATCHER.validate_python(head["who"])
        return {}, _json(await self._service.answer(who, UUID(head["call"])))

    async def _close_call(self, head: Head, body: bytes) -> Message:
        who = DISPATCHER.validate_python(head["who"])
        how = console.CloseCall.model_validate_json(body)
        return {}, _json(await self._service.close(who, UUID(head["call"]), how))


def _json(model: WireModel) -> bytes:
    return model.model_dump_json(by_alias=True).encode()
