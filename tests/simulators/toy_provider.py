"""A toy provider for the simulators' own tests: in memory, and wrong on request.

Started like the reference (``--config FILE --stop-with-parent``). A caller's line that starts with
``toy:`` names a defect, shown at once; see `Call.misbehave`.
"""

import argparse
import asyncio
import os
import signal
import sys
import threading
import tomllib
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID, uuid4

import uvicorn
from fastapi import FastAPI, Request, Response, WebSocket, WebSocketDisconnect
from net119_protocol.api import admin, common, console, handset, staff
from net119_protocol.api.operations import operation
from net119_protocol.api.problems import MEDIA_TYPE, Problem
from net119_protocol.chat import ChatLine
from net119_protocol.codes import (
    CallState,
    Presence,
    ProviderState,
    Refusal,
    SenderRole,
)
from pydantic import BaseModel, TypeAdapter

from tests.simulators.toy_call import HOME, Call, now, send

Handler = TypeVar("Handler", bound=Callable[..., Awaitable[Response]])
FRAMES_FROM_CONSOLE: TypeAdapter[Any] = TypeAdapter(console.ConsoleIn)
FRAMES_FROM_HANDSET: TypeAdapter[Any] = TypeAdapter(handset.HandsetIn)


def answer(model: BaseModel, status: int = 200) -> Response:
    text = model.model_dump_json(by_alias=True, exclude_none=True)
    return Response(text, status, media_type="application/json")


def problem(status: int, code: Refusal, detail: str) -> Response:
    body = Problem(title="refused", status=status, code=code, detail=detail)
    return Response(
        body.model_dump_json(by_alias=True, exclude_none=True), status, media_type=MEDIA_TYPE
    )


class Toy:
    def __init__(self, operator: str, admin_token: str) -> None:
        self.operator = operator
        self.admin_token = admin_token
        self.accounts: dict[str, admin.NewAccount] = {}
        self.registrants: dict[UUID, staff.RegistrantView] = {}
        self.passwords: dict[str, tuple[str, UUID]] = {}
        self.sessions: dict[str, UUID] = {}
        self.calls: dict[UUID, Call] = {}
        self.consoles: set[WebSocket] = set()

    def caller_of(self, request: Request) -> UUID | None:
        return self.sessions.get(request.headers.get("authorization", "").removeprefix("Bearer "))

    async def changed(self, call: Call) -> None:
        for phone in tuple(call.phones):
            await send(phone, handset.CallFrame(call=call.view()))
        for feed in tuple(self.consoles):
            await send(feed, console.ConsoleCallFrame(call=call.console_view()))

    async def said(self, call: Call, line: common.NewLine, sender: SenderRole) -> ChatLine:
        stored, new = call.store(line, sender)
        if new:
            frame = common.LineFrame(call_id=call.id, line=stored)
            for socket in (*call.phones, *self.consoles):
                await send(socket, frame)
        return stored


def build(toy: Toy) -> FastAPI:
    app = FastAPI()

    def route(name: str) -> Callable[[Handler], Handler]:
        entry = operation(name)
        return app.api_route(entry.path, methods=[entry.method])

    @route("health")
    async def health() -> Response:
        return answer(
            admin.Health(
                status="ok",
                operator=toy.operator,
                version="toy",
                catalogue_profile="toy",
                directory_version="toy",
                open_calls=len(toy.calls),
                peers=(
                    admin.PeerHealth(
                        operator="other", session_up=True, state=ProviderState.NORMAL, running=True
                    ),
                ),
            )
        )

    @route("add_account")
    async def add_account(request: Request) -> Response:
        if request.headers.get("authorization") != f"Bearer {toy.admin_token}":
            return problem(401, Refusal.NOT_AUTHENTICATED, "no admin token")
        wanted = admin.NewAccount.model_validate_json(await request.body())
        token = uuid4().hex
        toy.accounts[token] = wanted
        return answer(
            admin.Account(token=token, role=wanted.role, unit=wanted.unit, name=wanted.name), 201
        )

    @route("enter_registrant")
    async def enter(request: Request) -> Response:
        new = staff.NewRegistrant.model_validate_json(await request.body())
        view = staff.RegistrantView(
            registrant_id=uuid4(),
            state=staff.RegistrationState.APPLIED,
            department="toy",
            data=new.data,
            applied_at=now(),
        )
        toy.registrants[view.registrant_id] = view
        return answer(view, 201)

    @route("approve_registrant")
    async def approve(registrant_id: UUID) -> Response:
        login, password = uuid4().hex, uuid4().hex
        toy.passwords[login] = (password, registrant_id)
        return answer(
            staff.Credentials(registrant_id=registrant_id, login_id=login, password=password)
        )

    @route("log_in")
    async def log_in(request: Request) -> Response:
        keys = handset.LogIn.model_validate_json(await request.body())
        password, registrant = toy.passwords.get(keys.login_id, ("", None))
        if registrant is None or password != keys.password:
            return problem(401, Refusal.NOT_AUTHENTICATED, "wrong ID or password")
        token = uuid4().hex
        toy.sessions[token] = registrant
        name = toy.registrants[registrant].data.name
        return answer(handset.Session(token=token, registrant_name=name, home=HOME), 201)

    @route("call")
    async def new_call(request: Request) -> Response:
        registrant = toy.caller_of(request)
        if registrant is None:
            return problem(401, Refusal.NOT_AUTHENTICATED, "log in first")
        order = handset.NewCall.model_validate_json(await request.body())
        if order.positioning.value != "on":
            return problem(403, Refusal.POSITIONING_OFF, "positioning is off")
        if order.client_call_id == "toy:html":
            return Response("<p>oops</p>", 502, media_type="text/html")
        path = "//192.0.2.1/steal" if order.client_call_id == "toy:foreign-path" else ""
        call = Call(order, toy.registrants[registrant].data)
        toy.calls[call.id] = call
        await toy.changed(call)
        return answer(
            handset.CallAddress(
                call=call.view(), chat_path=path or f"/api/handset/v1/calls/{call.id}/chat"
            ),
            201,
        )

    @route("my_call")
    async def my_call(call_id: UUID) -> Response:
        if call_id not in toy.calls:
            return problem(404, Refusal.UNKNOWN_CALL, "no such call")
        return answer(toy.calls[call_id].view())

    @route("my_calls")
    async def my_calls() -> Response:
        return answer(handset.CallsOfCaller(calls=tuple(c.view() for c in toy.calls.values())))

    @route("my_lines")
    async def my_lines(call_id: UUID, after: int = 0) -> Response:
        lines = toy.calls[call_id].lines
        return answer(
            common.Transcript(call_id=call_id, lines=tuple(lines[after:]), last_seq=len(lines))
        )

    async def say_over_http(call_id: UUID, request: Request, sender: SenderRole) -> Response:
        line = common.NewLine.model_validate_json(await request.body())
        stored = await toy.said(toy.calls[call_id], line, sender)
        return answer(
            common.LineStored(client_id=stored.client_id, seq=stored.seq, at=stored.at), 201
        )

    @route("say")
    async def say(call_id: UUID, request: Request) -> Response:
        return await say_over_http(call_id, request, SenderRole.CALLER)

    @route("dispatcher_says")
    async def dispatcher_says(call_id: UUID, request: Request) -> Response:
        return await say_over_http(call_id, request, SenderRole.DISPATCHER)

    async def do_answer(call: Call) -> bool:
        if call.state is not CallState.RINGING:
            return False
        call.state, call.answered_at = CallState.ANSWERED, now()
        await toy.changed(call)
        return True

    async def do_close(call: Call, how: console.CloseCall) -> None:
        call.state, call.closed_at, call.outcome = CallState.CLOSED, now(), how.outcome
        await toy.changed(call)

    @route("answer")
    async def answer_call(call_id: UUID) -> Response:
        if not await do_answer(toy.calls[call_id]):
            return problem(409, Refusal.WRONG_STATE, "not ringing")
        return answer(toy.calls[call_id].console_view())

    @route("close")
    async def close_call(call_id: UUID, request: Request) -> Response:
        how = console.CloseCall.model_validate_json(await request.body())
        await do_close(toy.calls[call_id], how)
        return answer(toy.calls[call_id].console_view())

    @route("call_record")
    async def record(call_id: UUID) -> Response:
        call = toy.calls[call_id]
        return answer(
            console.CallRecord(call=call.console_view(), lines=tuple(call.lines), history=())
        )

    @route("center_calls")
    async def center_calls() -> Response:
        return answer(console.CallList(calls=tuple(c.console_view() for c in toy.calls.values())))

    @app.websocket("/api/handset/v1/calls/{call_id}/chat")
    async def chat(socket: WebSocket, call_id: UUID) -> None:
        await socket.accept()
        hello = FRAMES_FROM_HANDSET.validate_json(await socket.receive_text())
        if hello.token not in toy.sessions or call_id not in toy.calls:
            refused = common.RefusedFrame(code=Refusal.NOT_AUTHENTICATED, detail="who are you?")
            await send(socket, refused)
            return
        call = toy.calls[call_id]
        call.phones.add(socket)
        try:
            await send(socket, handset.HandsetWelcome(call=call.view()))
            for line in call.lines[hello.after :]:
                await send(socket, common.LineFrame(call_id=call.id, line=line))
            await toy.changed(call)
            while True:
                frame = FRAMES_FROM_HANDSET.validate_json(await socket.receive_text())
                if not await call.misbehave(socket, frame):
                    stored = await toy.said(call, frame, SenderRole.CALLER)
                    await send(socket, call.ack(stored))
        except (WebSocketDisconnect, RuntimeError):
            pass
        finally:
            call.phones.discard(socket)
            presence = common.PresenceFrame(call_id=call.id, presence=Presence.GONE, since=now())
            for feed in tuple(toy.consoles):
                await send(feed, presence)

    @app.websocket("/api/console/v1/feed")
    async def feed(socket: WebSocket) -> None:
        await socket.accept()
        hello = FRAMES_FROM_CONSOLE.validate_json(await socket.receive_text())
        account = toy.accounts.get(hello.token)
        if account is None:
            refused = common.RefusedFrame(code=Refusal.NOT_AUTHENTICATED, detail="who are you?")
            await send(socket, refused)
            return
        toy.consoles.add(socket)
        try:
            open_calls = [call for call in toy.calls.values() if call.closed_at is None]
            await send(
                socket,
                console.ConsoleWelcome(
                    center=account.unit,
                    dispatcher=account.name,
                    calls=tuple(call.console_view() for call in open_calls),
                ),
            )
            for call in open_calls:
                for line in call.lines[hello.after.get(call.id, 0) :]:
                    await send(socket, common.LineFrame(call_id=call.id, line=line))
            while True:
                frame = FRAMES_FROM_CONSOLE.validate_json(await socket.receive_text())
                call = toy.calls[frame.call_id]
                if isinstance(frame, console.AnswerFrame):
                    if not await do_answer(call):
                        refused = common.RefusedFrame(
                            code=Refusal.WRONG_STATE, detail="not ringing", call_id=call.id
                        )
                        await send(socket, refused)
                elif isinstance(frame, console.CloseFrame):
                    await do_close(call, frame)
                else:
                    stored = await toy.said(call, frame, SenderRole.DISPATCHER)
                    await send(socket, call.ack(stored))
        except (WebSocketDisconnect, RuntimeError):
            pass
        finally:
            toy.consoles.discard(socket)

    return app


def stop_with_parent() -> None:
    sys.stdin.buffer.read()
    os.kill(os.getpid(), signal.SIGTERM)


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--config", type=Path, required=True)
    options.add_argument("--stop-with-parent", action="store_true")
    given = options.parse_args()
    config = tomllib.loads(given.config.read_text("utf-8"))
    if given.stop_with_parent:
        threading.Thread(target=stop_with_parent, daemon=True).start()
    http = config["http"]
    server = uvicorn.Server(
        uvicorn.Config(
            build(Toy(config["operator"], config["admin"]["token"])),
            host=http["host"],
            port=http["port"],
            ssl_certfile=http["cert"],
            ssl_keyfile=http["key"],
            timeout_graceful_shutdown=1,
        )
    )
    asyncio.run(server.serve())


if __name__ == "__main__":
    main()
