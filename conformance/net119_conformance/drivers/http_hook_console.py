"""A dispatcher at a console that a vendor's hook operates."""

import asyncio
from collections.abc import Callable, Sequence
from uuid import UUID

from net119_protocol.api.common import LineStored
from net119_protocol.api.console import CallRecord, ConsoleCall, ReminderFrame
from net119_protocol.api.console_acts import (
    Blocked,
    Callback,
    CallDisclosure,
    Discrepancy,
    Dispatch,
    LocationAsked,
    Transfer,
)
from net119_protocol.api.problems import Problem
from net119_protocol.chat import ChatLine, Option
from net119_protocol.codes import CloseOutcome, DiscrepancyKind, ReceiverKind, Refusal
from net119_protocol.interconnect.bodies import RoutingNote
from net119_protocol.model import WireModel
from net119_simulators.errors import CallRefused, Waited
from net119_simulators.line_log import Violation
from net119_simulators.line_sender import new_client_id
from net119_simulators.recorder import Recorder

from net119_conformance.drivers import http_hook_audit as audit
from net119_conformance.drivers import http_hook_desk as desk
from net119_conformance.drivers import http_hook_wire as wire
from net119_conformance.drivers.http_hook_client import Answer, HookClient
from net119_conformance.drivers.http_hook_lines import ScreenLog
from net119_conformance.drivers.http_hook_poll import Poll

NOT_TOLD = "not-told"
"""Stands for a code that the hook left out."""
TRANSFER_WITHIN_S = 60.0
"""For a transfer to be done or to have failed."""
_ACTS = (
    "lines",
    "history",
    "trail",
    "transfers",
    "callbacks",
    "disclosures",
    "dispatches",
    "discrepancies",
)
"""Parts of a `DeskCall` that stand beside the call in a `CallRecord`."""


class HookConsole:
    """A dispatcher at a console, which is open between `open` and `leave`.

    ``records``: the hook opens a call's record, so that the look is logged; else the desk shows it.
    """

    def __init__(
        self,
        client: HookClient,
        recorder: Recorder,
        center: str,
        name: str,
        poll_s: float,
        *,
        records: bool = False,
    ) -> None:
        self._records = records
        self._client = client
        self._recorder = recorder
        self._center = center
        self._name = name
        self._poll = Poll(self._look, poll_s, client.settled)
        self._raw = b""
        self._calls: dict[UUID, desk.DeskCall] = {}
        self._order: tuple[UUID, ...] = ()
        self._logs: dict[UUID, ScreenLog] = {}
        self._callbacks: dict[UUID, list[Callback]] = {}

    async def open(self) -> None:
        """Open the console, and look at it from then on."""
        await self._console(open_=True)
        await self._poll.start()

    async def leave(self) -> None:
        """Close the console."""
        await self._poll.stop()
        await self._console(open_=False)

    @property
    def violations(self) -> Sequence[Violation]:
        """Breaches of order or uniqueness (I2-I4), in all calls."""
        self._poll.alive()
        return [each for log in self._logs.values() for each in log.violations]

    def lines(self, call_id: UUID) -> tuple[ChatLine, ...]:
        """Lines of a call in the order in which they came."""
        self._poll.alive()
        return self._log(call_id).lines

    async def wait_for_call(
        self,
        call_id: UUID,
        within: float = 10.0,
        wanted: Callable[[ConsoleCall], bool] = lambda _: True,
    ) -> ConsoleCall:
        """The call as told last, once the console shows it and it fits."""

        def look() -> ConsoleCall | None:
            shown = self._calls.get(call_id)
            if shown is None:
                return None
            call = as_console_call(shown)
            return call if wanted(call) else None

        return await self._until(look, "a certain state", call_id, within)

    async def wait_for_line(
        self, call_id: UUID, wanted: Callable[[ChatLine], bool], within: float = 10.0
    ) -> ChatLine:
        """A line of the call that fits, had or coming."""
        return await self._until(
            lambda: next((line for line in self.lines(call_id) if wanted(line)), None),
            "a certain line",
            call_id,
            within,
        )

    async def wait_for_reminder(self, call_id: UUID, within: float = 10.0) -> ReminderFrame:
        """The first reminder that nobody has answered a call, had or coming."""

        def look() -> ReminderFrame | None:
            shown = self._calls.get(call_id)
            if shown is None or shown.reminded_at is None:
                return None
            return ReminderFrame(call_id=call_id, ringing_since=shown.reminded_at)

        return await self._until(look, "a reminder", call_id, within)

    async def wait_for_callback(
        self,
        call_id: UUID,
        wanted: Callable[[Callback], bool] = lambda _: True,
        within: float = 10.0,
    ) -> Callback:
        """The first callback told by the desk that fits, had or coming."""
        told = self._callbacks.setdefault(call_id, [])
        return await self._until(
            lambda: next((each for each in told if wanted(each)), None),
            "a certain callback",
            call_id,
            within,
        )

    async def answer(
        self, call_id: UUID, *, within: float = 10.0, over_http: bool = False
    ) -> ConsoleCall:
        """Take the call; a hook has one way to do that."""
        await self._act("answer", desk.Answer(**self._who(call_id)), wire.Empty)
        return await self.wait_for_call(call_id, within, lambda seen: seen.answered_at is not None)

    async def take_over(self, call_id: UUID) -> ConsoleCall:
        """Take an answered call over from a colleague."""
        await self._act("take-over", desk.TakeOver(**self._who(call_id)), wire.Empty)
        return await self._now(call_id)

    async def say(
        self,
        call_id: UUID,
        text: str,
        options: Sequence[Option] = (),
        *,
        client_id: str | None = None,
        within: float = 10.0,
    ) -> LineStored:
        """Say a line; returns with the acknowledgement."""
        mine = client_id or new_client_id()
        body = wire.Say(client_id=mine, text=text, options=tuple(options), **self._who(call_id))
        try:
            async with asyncio.timeout(within):
                said = await self._act("say", body, wire.Said)
        except TimeoutError:
            what = f"the acknowledgement of line {mine!r} at {self._name}"
            raise Waited(what, within, self._describe(call_id)) from None
        stored = LineStored(client_id=mine, seq=said.seq, at=said.at)
        self._log(call_id).acknowledged(stored)
        return stored

    async def close(
        self, call_id: UUID, outcome: CloseOutcome, *, note: str = "", within: float = 10.0
    ) -> ConsoleCall:
        """Close the call."""
        body = desk.Close(outcome=outcome, note=note, **self._who(call_id))
        await self._act("close", body, wire.Empty)
        return await self.wait_for_call(call_id, within, lambda seen: seen.closed_at is not None)

    async def close_without_outcome(self, call_id: UUID) -> ConsoleCall:
        """Try to close the call without an outcome; a refusal is raised as ``CallRefused``."""
        await self._act("close", desk.Close(**self._who(call_id)), wire.Empty)
        return await self._now(call_id)

    async def transfer(self, call_id: UUID, department: str, reason: str = "") -> Transfer:
        """Give the call to another department; returns once that is done or has failed."""
        before = len((await self._seen(call_id)).transfers)
        body = desk.StartTransfer(department=department, reason=reason, **self._who(call_id))
        await self._act("transfer", body, wire.Empty)

        def look() -> Transfer | None:
            shown = self._calls.get(call_id)
            ended = shown.transfers[before:] if shown is not None else ()
            return next((each for each in ended if each.ended_at is not None), None)

        return await self._until(look, "the end of a transfer", call_id, TRANSFER_WITHIN_S)

    async def ask_location(self, call_id: UUID) -> LocationAsked:
        """Ask where the caller is."""
        body = desk.AskLocation(**self._who(call_id))
        asked = await self._act("ask-location", body, desk.LocationAskedAt)
        return LocationAsked(asked_at=asked.asked_at, handset_connected=asked.handset_connected)

    async def report_discrepancy(
        self, call_id: UUID, kind: DiscrepancyKind, detail: str, department: str | None = None
    ) -> Discrepancy:
        """Report that something was wrong with the call."""
        body = desk.Report(kind=kind, detail=detail, department=department, **self._who(call_id))
        return await self._act("report", body, Discrepancy)

    async def call_back(self, call_id: UUID) -> Callback:
        """Mail the caller a URL that leads back to the call."""
        before = len((await self._seen(call_id)).callbacks)
        await self._act("call-back", desk.CallBack(**self._who(call_id)), wire.Empty)

        def look() -> Callback | None:
            shown = self._calls.get(call_id)
            return next(iter(shown.callbacks[before:]), None) if shown is not None else None

        return await self._until(look, "the callback asked for", call_id, 10.0)

    async def disclose(
        self, call_id: UUID, receiver: ReceiverKind, receiver_name: str, what: str, why: str = ""
    ) -> CallDisclosure:
        """Record that the caller's data were given to somebody outside."""
        body = desk.Disclose(
            receiver=receiver,
            receiver_name=receiver_name,
            what=what,
            why=why,
            **self._who(call_id),
        )
        return await self._act("disclose", body, CallDisclosure)

    async def record_dispatch(self, call_id: UUID, units: str, note: str = "") -> Dispatch:
        """Record that a crew was sent."""
        body = desk.RecordDispatch(units=units, note=note, **self._who(call_id))
        return await self._act("record-dispatch", body, Dispatch)

    async def block_caller(self, call_id: UUID, reason: str) -> Blocked:
        """Refuse further calls of this caller."""
        body = desk.BlockCaller(reason=reason, **self._who(call_id))
        return await self._act("block", body, Blocked)

    async def record(self, call_id: UUID) -> CallRecord:
        """The call with transcript and history, as the console shows them now."""
        if not self._records:
            return _as_record(await self._seen(call_id))
        body = audit.OpenRecord(**self._who(call_id))
        record = _as_record(await self._act("record", body, desk.DeskCall))
        # The desk as it was looked at last is older: what stands in the record would seem to lack.
        await self._poll.now()
        return record

    async def _seen(self, call_id: UUID) -> desk.DeskCall:
        """The call as the desk shows it now; refused as not found where it does not."""
        await self._poll.now()
        shown = self._calls.get(call_id)
        if shown is None:
            raise CallRefused(
                Problem(
                    title="not found",
                    status=404,
                    code=Refusal.NOT_FOUND,
                    detail=f"the desk of {self._center} shows no call {call_id}",
                ),
                f"POST /desk at {self._client.url}",
            )
        return shown

    async def center_calls(self) -> tuple[ConsoleCall, ...]:
        """All calls of the center, newest first."""
        await self._poll.now()
        return tuple(as_console_call(self._calls[each]) for each in self._order)

    async def calls_before(self) -> frozenset[UUID]:
        """IDs of the calls that the desk shows now."""
        await self._poll.now()
        return frozenset(self._order)

    def _log(self, call_id: UUID) -> ScreenLog:
        return self._logs.setdefault(call_id, ScreenLog())

    async def _now(self, call_id: UUID) -> ConsoleCall:
        return as_console_call(await self._seen(call_id))

    async def _until(
        self, look: Callable[[], Answer | None], what: str, call_id: UUID, within: float
    ) -> Answer:
        return await self._poll.until(
            look,
            f"{what} of call {call_id} at {self._name}",
            within,
            lambda: self._describe(call_id),
        )

    def _who(self, call_id: UUID) -> dict[str, UUID | str]:
        return {"call_id": call_id, "center": self._center, "dispatcher": self._name}

    async def _act(self, name: str, body: WireModel, answer: type[Answer]) -> Answer:
        done, _ = await self._client.ask(name, body, answer, self._recorder)
        return done

    async def _console(self, *, open_: bool) -> None:
        body = desk.Console(center=self._center, dispatcher=self._name, open=open_)
        await self._act("console", body, wire.Empty)

    async def _look(self) -> None:
        body = desk.Desk(center=self._center)
        screen, raw = await self._client.ask(
            "desk", body, desk.DeskCalls, self._recorder, quiet=True
        )
        if raw == self._raw:
            return
        self._raw = raw
        self._recorder.received("hook 200 /desk", raw)
        self._order = tuple(call.call_id for call in screen.calls)
        for call in screen.calls:
            self._calls[call.call_id] = call
            self._log(call.call_id).shown(call.lines)
            told = self._callbacks.setdefault(call.call_id, [])
            told += [each for each in call.callbacks if each not in told]

    def _describe(self, call_id: UUID) -> str:
        shown = self._calls.get(call_id)
        if shown is None:
            return f"the desk of {self._center} shows {len(self._order)} calls, not this one"
        lines = len(self.lines(call_id))
        return f"state {shown.state.value}, {'mine' if shown.mine else 'not mine'}, {lines} lines"


def _as_record(shown: desk.DeskCall) -> CallRecord:
    parts = {name: getattr(shown, name) for name in _ACTS}
    return CallRecord(call=as_console_call(shown), **parts)


def as_console_call(shown: desk.DeskCall) -> ConsoleCall:
    """The call as the suite knows it; what a console does not show has a value that says so."""
    values = {
        name: getattr(shown, name)
        for name in desk.DeskCall.model_fields
        if name in ConsoleCall.model_fields
    }
    values["owner_provider"] = shown.owner_provider or NOT_TOLD
    values["anchor"] = shown.anchor or NOT_TOLD
    values["routing"] = shown.routing or RoutingNote(rule=NOT_TOLD, directory_version=NOT_TOLD)
    values["last_seq"] = shown.lines[-1].seq if shown.lines else 0
    return ConsoleCall(**values)
