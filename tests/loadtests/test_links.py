"""Connections of the crowd: broken, dropped, paused and closed, at a server in this process."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from net119_loadtests.links import Frame, Line, Target
from net119_loadtests.stage import Failed
from websockets.asyncio.server import ServerConnection, serve

from tests.loadtests.test_shapes import plan_of

WITHIN_S = 30.0
Handler = Callable[[ServerConnection], Awaitable[None]]


class Ends:
    """What a line tells its owner."""

    def __init__(self) -> None:
        self.frames: asyncio.Queue[Frame] = asyncio.Queue()
        self.lost: asyncio.Queue[tuple[str, bool]] = asyncio.Queue()
        self.again = 0

    def line(self, target: Target) -> Line:
        def resumed() -> None:
            self.again += 1

        def lost(why: str, dropped: bool) -> None:
            self.lost.put_nowait((why, dropped))

        return Line(
            target, "/chat", lambda: {"type": "hello"}, self.frames.put_nowait, lost, resumed
        )


def at_server(
    handler: Handler, scene: Callable[[Line, Ends], Awaitable[None]], **change: Any
) -> None:
    async def play() -> None:
        async with asyncio.timeout(WITHIN_S), serve(handler, "127.0.0.1", 0) as server:
            port = next(iter(server.sockets)).getsockname()[1]
            url = f"http://127.0.0.1:{port}"
            target = Target(plan_of(1, 1).model_copy(update={"base_url": url, **change}))
            ends = Ends()
            line = ends.line(target)
            try:
                await line.open()
                await scene(line, ends)
            finally:
                line.close()
                await target.close()

    asyncio.run(play())


async def echo(connection: ServerConnection) -> None:
    async for text in connection:
        await connection.send(text)


def test_frames_come_and_go_from_the_address_asked_for() -> None:
    async def address(connection: ServerConnection) -> None:
        await connection.recv()
        await connection.send(json.dumps({"from": connection.remote_address[0]}))
        await connection.wait_closed()

    async def scene(line: Line, ends: Ends) -> None:
        assert await ends.frames.get() == {"from": "127.0.10.7"}

    at_server(address, scene, sources=("127.0.10.7",))


def test_a_fragmented_frame_is_put_together() -> None:
    async def pieces(connection: ServerConnection) -> None:
        await connection.recv()
        await connection.send(['{"text":', '"救急車を', 'お願いします"}'])
        await connection.wait_closed()

    async def scene(line: Line, ends: Ends) -> None:
        assert await ends.frames.get() == {"text": "救急車をお願いします"}

    at_server(pieces, scene)


def test_what_the_server_breaks_is_opened_again_and_told() -> None:
    turns = iter((True, False))

    async def breaks_once(connection: ServerConnection) -> None:
        await connection.recv()
        if next(turns):
            await connection.close(1012, "restart")
            return
        await connection.send('{"type":"welcome"}')
        await connection.wait_closed()

    async def scene(line: Line, ends: Ends) -> None:
        why, dropped = await ends.lost.get()
        assert "restart" in why
        assert not dropped
        assert await ends.frames.get() == {"type": "welcome"}
        assert ends.again == 1

    at_server(breaks_once, scene)


def test_what_we_drop_is_told_as_our_own_doing() -> None:
    async def scene(line: Line, ends: Ends) -> None:
        assert await ends.frames.get() == {"type": "hello"}
        line.drop()
        assert (await ends.lost.get())[1]
        assert not line.send({"type": "say"})
        assert await ends.frames.get() == {"type": "hello"}
        assert line.send({"type": "say"})
        assert await ends.frames.get() == {"type": "say"}

    at_server(echo, scene)


@pytest.mark.parametrize("content", ["no JSON", "[1]"])
def test_a_frame_that_is_no_json_object_costs_the_connection(content: str) -> None:
    async def babbles(connection: ServerConnection) -> None:
        await connection.recv()
        await connection.send(content)
        await connection.wait_closed()

    async def scene(line: Line, ends: Ends) -> None:
        why, dropped = await ends.lost.get()
        assert content in why
        assert not dropped

    at_server(babbles, scene)


def test_nothing_is_read_while_reading_is_off() -> None:
    answered = asyncio.Event()

    async def echoes_and_tells(connection: ServerConnection) -> None:
        async for text in connection:
            await connection.send(text)
            answered.set()

    async def scene(line: Line, ends: Ends) -> None:
        assert await ends.frames.get() == {"type": "hello"}
        answered.clear()
        line.read(on=False)
        line.send({"type": "say"})
        await answered.wait()
        # What was sent to us is in our kernel's buffer by now; a loop that polled our socket would
        # have read it while the server's side goes through a few rounds of the same loop.
        for _ in range(100):
            await asyncio.sleep(0)
        assert ends.frames.empty()
        line.read(on=True)
        assert await ends.frames.get() == {"type": "say"}

    at_server(echoes_and_tells, scene)


def test_a_server_that_is_not_there_is_explained() -> None:
    async def play() -> None:
        target = Target(plan_of(1, 1).model_copy(update={"base_url": "http://127.0.0.1:1"}))
        with pytest.raises(Failed, match="WebSocket /chat"):
            await Ends().line(target).open()
        with pytest.raises(Failed, match="POST /call"):
            await target.post("/call", "t", {}, 201)
        await target.close()

    asyncio.run(play())


@pytest.mark.parametrize("answers", [1, 2])
def test_a_call_is_asked_once_more_where_the_connection_was_just_closed(answers: int) -> None:
    asked: list[bytes] = []

    async def closes_first(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(await reader.readuntil(b"\r\n\r\n"))
        if len(asked) > answers:
            body = b'{"call": 1}'
            writer.write(b"HTTP/1.1 201 Created\r\ncontent-length: %d\r\n\r\n" % len(body) + body)
            await writer.drain()
        writer.close()

    async def play() -> Frame:
        server = await asyncio.start_server(closes_first, "127.0.0.1", 0)
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        target = Target(plan_of(1, 1).model_copy(update={"base_url": url}))
        async with server, asyncio.timeout(WITHIN_S):
            try:
                return await target.post("/calls", "token", {}, 201)
            finally:
                await target.close()

    if answers == 1:
        assert asyncio.run(play()) == {"call": 1}
    else:
        # Not again and again: a server that never answers is seen.
        with pytest.raises(Failed):
            asyncio.run(play())
    assert len(asked) == 2
