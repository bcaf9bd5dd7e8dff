"""Console requests that end when the anchor has answered (invariant I9)."""

import asyncio
from typing import Any
from uuid import UUID

from net119_protocol.codes import Refusal

from net119_reference.calls.effects import ActKind
from net119_reference.ports import Refused

CLOSE = "\0close"
"""Key of a request to close; no client id can be equal to it."""


def act_key(kind: ActKind, number: int) -> str:
    """Key of an act that ends when the anchor, or the other provider, has answered."""
    return f"\0{kind.value}{number}"


class Waiters:
    """Futures by call and client id; answered after the commit that carries the answer."""

    def __init__(self) -> None:
        self._futures: dict[tuple[UUID, str], asyncio.Future[Any]] = {}

    def expect(self, call_id: UUID, key: str) -> "asyncio.Future[Any]":
        """Begin to wait, before the request goes out; a repeat waits for the same answer."""
        future = self._futures.get((call_id, key))
        if future is None or future.done():
            future = asyncio.get_running_loop().create_future()
            self._futures[call_id, key] = future
        return future

    async def wait(
        self, call_id: UUID, key: str, future: "asyncio.Future[Any]", seconds: float
    ) -> Any:
        """The answer.

        Raises:
            Refused: the anchor refused, or has not answered in time (``not-confirmed``): what
                was asked is stored and goes on being sent.
        """
        try:
            async with asyncio.timeout(seconds):
                return await asyncio.shield(future)
        except TimeoutError:
            raise Refused(
                Refusal.NOT_CONFIRMED,
                f"the home provider has not confirmed within {seconds:g} s; "
                "it is sent again until it does",
            ) from None

    def answer(self, call_id: UUID, key: str, value: object) -> None:
        """The anchor confirmed."""
        future = self._futures.pop((call_id, key), None)
        if future is not None and not future.done():
            future.set_result(value)

    def ended(self, call_id: UUID, kind: ActKind, number: int, act: object) -> None:
        """An act that somebody may wait for has ended, well or not."""
        self.answer(call_id, act_key(kind, number), act)

    def refuse(self, call_id: UUID, key: str, reason: Refused) -> None:
        """The anchor refused."""
        future = self._futures.pop((call_id, key), None)
        if future is not None and not future.done():
            future.set_exception(reason)
            # Nobody may be waiting any more; the refusal was then told as "not confirmed".
            future.exception()
