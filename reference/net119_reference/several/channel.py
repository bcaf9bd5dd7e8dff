"""The wire between an office and a relay: questions with answers, and news, in order.

Both run on one machine and are one program: a Unix socket that only their user may open.  A message
is a JSON head and octets, each preceded by its length.
"""

import asyncio
import contextlib
import itertools
import json
import struct
from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias

from net119_protocol.codes import Refusal

from net119_reference.logs import get_log
from net119_reference.ports import OutcomeUnknown, Refused, StorageFailed

Head: TypeAlias = dict[str, Any]
Message: TypeAlias = tuple[Head, bytes]
Answering: TypeAlias = Callable[[Head, bytes], Awaitable[Message]]
"""Answers a question; what it raises of our refusals, the asker raises."""

_LENGTHS = struct.Struct("!II")
_MOST = 64 * 1024 * 1024
log = get_log("channel")


class ChannelLost(OutcomeUnknown):
    """The other process is away: whether it did what it was asked is not known."""

    detail = (
        "a part of this provider is being started again, so it is not known whether it was done; "
        "send it again as it is"
    )

    def __init__(self) -> None:
        super().__init__("a part of this provider is being started again", "Try again")


class Channel:
    """One connection between the two, seen from either end.

    Args:
        answering: answers the other's questions, several at a time.
        told: takes the other's news, one after the other; must not block.
    """

    def __init__(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        answering: Answering,
        told: Callable[[Head, bytes], None],
    ) -> None:
        self._reader = reader
        self._writer = writer
        self._answering = answering
        self._told = told
        self._numbers = itertools.count(1)
        self._asked: dict[int, asyncio.Future[Message]] = {}
        self._answers: set[asyncio.Task[None]] = set()
        self._over = False

    async def run(self) -> None:
        """Serve until the other end is gone, or has said what makes no sense."""
        try:
            while True:
                sizes = _LENGTHS.unpack(await self._reader.readexactly(_LENGTHS.size))
                if max(sizes) > _MOST:
                    log.error("a message of another process is too large", octets=max(sizes))
                    return
                head = json.loads(await self._reader.readexactly(sizes[0]))
                self._take(head, await self._reader.readexactly(sizes[1]))
        except (asyncio.IncompleteReadError, OSError):
            return
        finally:
            self.close()
            for task in self._answers:
                task.cancel()
            with contextlib.suppress(OSError):
                await self._writer.wait_closed()

    def close(self) -> None:
        """End the connection; who waits for an answer is told that there will be none."""
        self._over = True
        self._writer.close()
        asked, self._asked = self._asked, {}
        for future in asked.values():
            if not future.done():
                future.set_exception(ChannelLost())
                future.exception()

    async def ask(self, head: Head, body: bytes = b"") -> Message:
        """The other's answer.

        Raises:
            Refused, StorageFailed: what it raised.
            ChannelLost: it went away before it had answered.
        """
        if self._over:
            raise ChannelLost
        number = next(self._numbers)
        future: asyncio.Future[Message] = asyncio.get_running_loop().create_future()
        self._asked[number] = future
        self._send({**head, "question": number}, body)
        try:
            answer, octets = await future
        finally:
            self._asked.pop(number, None)
        _raise_what_it_raised(answer)
        return answer, octets

    def tell(self, head: Head, body: bytes = b"") -> None:
        """Say something that needs no answer; lost where the other is."""
        if not self._over:
            self._send(head, body)

    def _send(self, head: Head, body: bytes) -> None:
        octets = json.dumps(head, separators=(",", ":")).encode()
        self._writer.write(_LENGTHS.pack(len(octets), len(body)) + octets + body)
        if self._writer.transport.get_write_buffer_size() > _MOST:
            log.error("another process of this provider reads nothing; cut off")
            self._writer.transport.abort()

    def _take(self, head: Head, body: bytes) -> None:
        if "answer" in head:
            future = self._asked.get(head["answer"])
            if future is not None and not future.done():
                future.set_result((head, body))
        elif "question" in head:
            task = asyncio.get_running_loop().create_task(self._answer(head, body))
            self._answers.add(task)
            task.add_done_callback(self._answers.discard)
        else:
            self._told(head, body)

    async def _answer(self, head: Head, body: bytes) -> None:
        octets = b""
        answer: Head
        try:
            answer, octets = await self._answering(head, body)
        except Refused as refused:
            told = {"code": refused.code.value, "detail": refused.detail, "field": refused.field}
            answer = {"refused": told}
        except StorageFailed as failed:
            answer = {"failed": [str(failed), failed.what_to_do]}
        except Exception:
            log.exception("a question of another process failed")
            answer = {"failed": ["an error of this program; its log says where", ""]}
        if not self._over:
            self._send({**answer, "answer": head["question"]}, octets)


def _raise_what_it_raised(answer: Head) -> None:
    if (told := answer.get("refused")) is not None:
        raise Refused(Refusal(told["code"]), told["detail"], field=told["field"])
    if (failed := answer.get("failed")) is not None:
        raise StorageFailed(*failed)
