"""benchmarks/ringing/commits.py: a bare exchange commits what a call committed."""

import asyncio
import itertools
from datetime import UTC, datetime
from typing import Any

from net119_reference.service import rows
from net119_reference.service.kernel import Transaction
from net119_reference.store import Write

from benchmarks.ringing.commits import Commits

ONE, OTHER = "11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-222222222222"


def sent(kind: str, call_id: str, number: int) -> Write:
    message = {"type": kind, "call_id": call_id, "number": number, "message_id": f"m{number}"}
    return Write(rows.INSERT_OUTBOX, message | {"confirmed": False})


def entry(call_id: str, what: str) -> Write:
    return Write(rows.INSERT_HISTORY, {"call_id": call_id, "what": what})


def seen(*batches: list[Write]) -> Commits:
    async def commit(_writes: Any) -> None:
        return None

    async def all_of_them(found: Commits) -> Commits:
        for batch in batches:
            await found.commit(batch)
        return found

    return asyncio.run(all_of_them(Commits(commit)))


def written(found: Commits, step: int) -> list[Write]:
    tx = Transaction(datetime(2026, 11, 29, tzinfo=UTC))
    found.write_again(tx, step, OTHER, itertools.count(900))
    return tx.writes


def test_the_rows_of_the_call_itself_are_written_again_under_the_other_id() -> None:
    batch = [
        Write(rows.INSERT_INBOX, {"call_id": ONE, "message_id": "in"}),
        Write(rows.INSERT_CALL, {"call_id": ONE, "client_call_id": "c1", "document": "{}"}),
        Write(rows.INSERT_AUDIT, {"actor": f"call {ONE}", "what": "center"}),
        Write(rows.INSERT_AUDIT, {"actor": "call somebody-else", "what": "center"}),
        entry("somebody-else", "opened"),
        sent("call.offer", ONE, 7),
        sent("caller.presence", ONE, 8),
    ]
    call, audit, presence = written(seen(batch), 1)
    assert call.statement is rows.INSERT_CALL
    assert call.parameters["call_id"] == OTHER
    assert call.parameters["client_call_id"] not in ("c1", None)
    assert audit.parameters["actor"] == f"call {OTHER}"
    assert presence.parameters["call_id"] == OTHER
    assert presence.parameters["confirmed"], "it would be sent"
    assert presence.parameters["number"] == 900
    assert batch[1].parameters["call_id"] == ONE, "the call's own rows are left alone"


def test_a_message_that_nobody_waits_for_is_written_too() -> None:
    (ringing,) = written(seen([sent("call.ringing", ONE, 9)]), 4)
    assert ringing.parameters["type"] == "call.ringing"
    assert ringing.parameters["confirmed"]


def test_the_smallest_commit_of_a_step_counts() -> None:
    large = [entry(ONE, "late receipt"), entry(ONE, "accepted"), sent("call.accept", ONE, 1)]
    small = [entry(OTHER, "accepted"), sent("call.accept", OTHER, 2)]
    assert [each.parameters["what"] for each in written(seen(large, small, large), 2)] == [
        "accepted"
    ]
