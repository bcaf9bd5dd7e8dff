"""Fetches what the provider has stored of every call and judges it with what the ends saw."""

import asyncio
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any
from uuid import UUID

from net119_protocol.api.common import Transcript
from net119_protocol.api.console import CallRecord, CloseCall, ConsoleCall
from net119_protocol.codes import CloseOutcome
from net119_simulators.api_client import ApiClient
from net119_simulators.errors import SimulatorError
from net119_simulators.wiretap import Interface

from net119_loadtests.frames import shown_of
from net119_loadtests.invariants import Invariant, Transcripts, Violation, judge_call, late_lines
from net119_loadtests.logs import CallLog
from net119_loadtests.plan import CallerSeat, ConsoleSeat
from net119_loadtests.provider import Provider

AT_ONCE = 8
FIRST_SHOWN = 20
"""Violations that are listed; all are counted."""

Told = Callable[[int, int], None]


@dataclass
class Judgement:
    """What the check of all messages came to.

    ``unread`` are calls whose stored lines could not be had: what was not checked is not held.
    """

    calls: int = 0
    lines_checked: int = 0
    acks_checked: int = 0
    stored_lines: int = 0
    counts: Counter[Invariant] = field(default_factory=Counter)
    first: list[Violation] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    not_closed: list[str] = field(default_factory=list)
    late: int = 0
    """Stored lines that an end was not shown by the end, while something was still awaited."""
    first_late: list[str] = field(default_factory=list)

    @property
    def violations(self) -> int:
        """How many promises were broken."""
        return sum(self.counts.values())

    def to_json(self) -> dict[str, Any]:
        """All of it as plain values."""
        return {
            "calls": self.calls,
            "lines_checked": self.lines_checked,
            "acks_checked": self.acks_checked,
            "stored_lines": self.stored_lines,
            "counts": {invariant.value: count for invariant, count in self.counts.items()},
            "first": [asdict(violation) for violation in self.first],
            "unread": self.unread,
            "not_closed": self.not_closed,
            "late": self.late,
            "first_late": self.first_late,
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "Judgement":
        """Reads what `to_json` wrote."""
        return cls(
            **{
                **data,
                "counts": Counter({Invariant(key): n for key, n in data["counts"].items()}),
                "first": [
                    Violation(**{**each, "invariant": Invariant(each["invariant"])})
                    for each in data["first"]
                ],
            }
        )

    def include(self, other: "Judgement") -> None:
        """Add what another generator has found."""
        self.calls += other.calls
        self.lines_checked += other.lines_checked
        self.acks_checked += other.acks_checked
        self.stored_lines += other.stored_lines
        self.counts.update(other.counts)
        self.first = (self.first + other.first)[:FIRST_SHOWN]
        self.unread += other.unread
        self.not_closed += other.not_closed
        self.late += other.late
        self.first_late = (self.first_late + other.first_late)[:FIRST_SHOWN]

    def add(self, call: CallLog, stored: Transcripts) -> None:
        """Judge one call."""
        self.calls += 1
        self.lines_checked += sum(len(log.shown) for log in call.ends.values())
        self.acks_checked += sum(len(log.acks) for log in call.ends.values())
        self.stored_lines += len(stored.record)
        for violation in judge_call(call, stored):
            self.counts[violation.invariant] += 1
            if len(self.first) < FIRST_SHOWN:
                self.first.append(violation)
        for late in late_lines(call, stored):
            self.late += 1
            if len(self.first_late) < FIRST_SHOWN:
                self.first_late.append(f"call {late.call_id}, {late.where}: {late.detail}")


async def judge_all(
    provider: Provider,
    calls: Sequence[CallLog],
    callers: Sequence[CallerSeat],
    consoles: Sequence[ConsoleSeat],
    told: Told,
    greetings: Collection[str] = (),
) -> Judgement:
    """Judge every call; at a provider that is not ours, close it afterwards.

    ``greetings`` are texts that the provider sends by itself in the dispatcher's name.
    """
    judgement = Judgement()
    seats = {seat.number: seat for seat in callers}
    desks = {seat.center: provider.client(Interface.C, seat.token) for seat in consoles}
    waiting = iter(calls)
    done = 0

    async def worker() -> None:
        nonlocal done
        # One connection that asks as one caller after the other: a handshake for each would cost
        # more than all the rest.
        handset = provider.client(Interface.A)
        for call in waiting:
            seat = seats[call.caller]
            desk = desks[seat.center]
            handset.token = seat.token
            try:
                stored = await _stored(desk, handset, call.call_id, greetings)
            except SimulatorError as error:
                judgement.unread.append(f"{call.call_id}: {error}")
            else:
                judgement.add(call, stored)
            if not provider.own and not call.closed:
                await _close(desk, call.call_id, judgement)
            done += 1
            told(done, len(calls))

    async with asyncio.TaskGroup() as group:
        for _ in range(min(AT_ONCE, len(calls))):
            group.create_task(worker())
    return judgement


async def _stored(
    desk: ApiClient, handset: ApiClient, call_id: str, greetings: Collection[str]
) -> Transcripts:
    path = {"call_id": UUID(call_id)}
    record = await desk.ask("call_record", CallRecord, path=path)
    lines = await handset.ask("my_lines", Transcript, path=path)
    return Transcripts(
        [shown_of(line, greetings) for line in record.lines],
        [shown_of(line, greetings) for line in lines.lines],
    )


async def _close(desk: ApiClient, call_id: str, judgement: Judgement) -> None:
    body = CloseCall(outcome=CloseOutcome.PRACTICE_DONE, note="load test")
    try:
        await desk.ask("close", ConsoleCall, path={"call_id": UUID(call_id)}, body=body)
    except SimulatorError as error:
        judgement.not_closed.append(f"{call_id}: {error}")
