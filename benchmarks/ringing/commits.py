"""The commits of calls, seen as they were made, so that a bare message can be committed alike."""

from collections.abc import Callable, Coroutine, Iterator, Sequence
from typing import Any
from uuid import uuid4

from net119_reference.service import rows
from net119_reference.service.kernel import Transaction
from net119_reference.store import Write

STEPS = {"call.offer": 1, "call.accept": 2, "call.assign": 3, "call.ringing": 4}
"""Commits of a call until it rings, by the message that each of them stores."""
_UNSENT = 4
"""The commit whose message a call does not wait for: it is stored, and here never sent."""


class Commits:
    """What calls committed at each step; the smallest seen of each.

    A batch may hold more than one call's rows: only those of the call itself are taken.
    """

    def __init__(self, commit: Callable[..., Coroutine[Any, Any, None]]) -> None:
        self._commit = commit
        self._steps: dict[int, list[Write]] = {}

    @property
    def rows(self) -> dict[int, list[str]]:
        """By step, what it writes beside the message that came in and the one that goes out."""
        return {step: [_name(each) for each in writes] for step, writes in self._steps.items()}

    async def commit(self, writes: Sequence[Write], *around: Any) -> None:
        """Commit as the database does, and note what it was."""
        await self._commit(writes, *around)
        for write in writes:
            if write.statement is rows.INSERT_OUTBOX:
                step = STEPS.get(write.parameters["type"])
                if step is not None:
                    self._note(step, write.parameters["call_id"], writes)

    def _note(self, step: int, call_id: str, writes: Sequence[Write]) -> None:
        own = [
            each for each in writes if _belongs(each, call_id) and not _is_message_of(each, step)
        ]
        known = self._steps.get(step)
        if known is None or len(own) < len(known):
            self._steps[step] = own

    def write_again(self, tx: Transaction, step: int, call_id: str, numbers: Iterator[int]) -> None:
        """Write what a call wrote at this step, as another call; what it sent is not sent.

        Raises:
            LookupError: no call has come so far.
        """
        for write in self._steps[step]:
            again = dict(write.parameters)
            for name in again.keys() & {"call_id", "b_call_id"}:
                again[name] = call_id
            if again.get("client_call_id") is not None:
                again["client_call_id"] = str(uuid4())
            if "actor" in again:
                again["actor"] = f"call {call_id}"
            if write.statement is rows.INSERT_OUTBOX:
                again |= {"number": next(numbers), "message_id": str(uuid4()), "confirmed": True}
            tx.add(write.statement, again)


def _belongs(write: Write, call_id: str) -> bool:
    values = write.parameters
    return call_id in (values.get("call_id"), values.get("b_call_id")) or (
        values.get("actor") == f"call {call_id}"
    )


def _is_message_of(write: Write, step: int) -> bool:
    """Whether it is the row of what came in, or of what a bare message stands for."""
    if write.statement is rows.INSERT_INBOX:
        return True
    if write.statement is not rows.INSERT_OUTBOX:
        return False
    return step != _UNSENT and STEPS.get(write.parameters["type"]) == step


def _name(write: Write) -> str:
    names = {id(value): name for name, value in vars(rows).items() if name.isupper()}
    return names.get(id(write.statement), "?")
