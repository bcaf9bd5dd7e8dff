"""What is asked of providers, and whether the answers are true at the moment when they come."""

import json
from collections.abc import Coroutine
from typing import Any

from net119_protocol.api.common import LineStored
from net119_protocol.api.console import ConsoleCall
from net119_protocol.api.console_acts import Callback, Discrepancy, Dispatch, Transfer
from net119_protocol.codes import CallState, Mode, Refusal
from net119_reference.ports import Refused

from tests.reference.interplay.carrier import Letter
from tests.reference.interplay.clients import Asked, Placed
from tests.reference.interplay.wires import Wires

_TAKEN = frozenset({CallState.ANSWERED, CallState.INTERRUPTED, CallState.TRANSFERRING})
_NO_CREW = frozenset({Mode.TEST, Mode.PRACTICE})


class Answers(Wires):
    """Requests to the providers; what is stored of the calls is read here, too."""

    asked: list[Asked]
    _read: dict[tuple[str, str], tuple[int, dict[str, Any] | None]]

    # --- what is stored -----------------------------------------------------------------------

    def record(self, name: str, call: Placed) -> dict[str, Any] | None:
        """The call as a provider has stored it; not to be changed."""
        store, key = self.nodes[name].store, (name, str(call.call_id))
        known = self._read.get(key)
        if known is not None and known[0] == store.raw.total_changes:
            return known[1]
        rows = store.rows("SELECT document FROM calls WHERE call_id = ?", key[1])
        found = json.loads(rows[0][0]) if rows else None
        self._read[key] = store.raw.total_changes, found
        return found

    def stored_owner(self, call: Placed) -> str:
        """The owner as the anchor has stored it."""
        record = self.record(call.anchor, call)
        return call.anchor if record is None else str(record["owner"]["provider"])

    def stored_state(self, call: Placed) -> str:
        record = self.record(call.anchor, call)
        assert record is not None, "the anchor has no record of the call"
        return str(record["state"])

    def owner(self, call: Placed) -> str:
        """The provider that the anchor takes for the owner."""
        live = self.nodes[call.anchor].live(call.call_id)
        return call.anchor if live is None or live.call is None else live.call.owner.provider

    def letters(self, call: Placed) -> list[Letter]:
        """What is in the caller's mail box."""
        return self.nodes[call.anchor].carrier.box

    def dispatches(self, name: str, call: Placed) -> int:
        """How many crews a provider has on record for the call."""
        rows = self.nodes[name].store.rows(
            "SELECT count(*) FROM call_acts WHERE call_id = ? AND kind = 'dispatch'",
            str(call.call_id),
        )
        return int(rows[0][0])

    # --- asking -------------------------------------------------------------------------------

    def ask(
        self,
        call: Placed,
        operator: str,
        what: str,
        work: Coroutine[Any, Any, Any],
        client_id: str | None = None,
    ) -> None:
        """Ask for something, and look at the moment of its answer whether that is true (I9)."""
        if not self.nodes[operator].alive:
            work.close()
            return

        self.doing = f"{what} at {operator}"
        asked = Asked(call, operator, what, client_id=client_id)
        if what == "transfer":
            asked.before = self.transfers_of(call)
        asked.closes = self.closes_of(call)

        async def answered() -> None:
            try:
                answer = await work
            except Refused as refused:
                self._refused(asked, refused)
            else:
                self.told(asked, answer)

        asked.task = self.loop.create_task(answered())
        self.asked.append(asked)
        self.loop.settle()
        self.look_at_answers()

    def look_at_answers(self) -> None:
        """Whatever has gone wrong in a request is the test's failure."""
        for each in tuple(self.asked):
            if each.task is not None and each.task.done():
                self.asked.remove(each)
                if not each.task.cancelled():
                    each.task.result()

    def transfers_of(self, call: Placed) -> dict[str, int]:
        """How often the call was given to each department so far."""
        rows = self.nodes[call.anchor].store.rows(
            "SELECT detail FROM history WHERE call_id = ? AND what = 'transferred'",
            str(call.call_id),
        )
        found: dict[str, int] = {}
        for (detail,) in rows:
            to = detail.rpartition(" to ")[2]
            found[to] = found.get(to, 0) + 1
        return found

    def closes_of(self, call: Placed) -> int:
        """How often the anchor has closed the call."""
        ((count,),) = self.nodes[call.anchor].store.rows(
            "SELECT count(*) FROM history WHERE call_id = ? AND what = 'closed'",
            str(call.call_id),
        )
        return int(count)

    # --- answers ------------------------------------------------------------------------------

    def _refused(self, asked: Asked, refused: Refused) -> None:
        call, client_id = asked.call, asked.client_id
        if refused.code is Refusal.NOT_CONFIRMED:
            return  # it may still be done
        if client_id is not None and client_id not in call.acknowledged:
            call.unanswered.pop(client_id, None)
            call.refused.add(client_id)
        if refused.code is Refusal.NO_DISPATCH:
            assert call.mode in _NO_CREW, "a drill may send a crew"
            self.tally["no crew"] += 1

    def told(self, asked: Asked, answer: Any) -> None:
        """Somebody is told that something is done: it must be by now."""
        call = asked.call
        match answer:
            case LineStored():
                self._stored(call, answer)
            case Callback():
                if answer.state == "sent":
                    assert self.letters(call), "sent, but no server has the letter (I9)"
                self.tally[f"callback {answer.state}"] += 1
            case Transfer():
                self._transferred(asked, answer)
            case Dispatch():
                assert call.mode not in _NO_CREW, f"a crew for a {call.mode.value} call (I5)"
                assert self.dispatches(asked.operator, call) > 0, "sent, but not recorded (I9)"
                self.tally["dispatched"] += 1
            case Discrepancy():
                record = self.record(asked.operator, call)
                assert record is not None, "reported, but no such call is kept (I9)"
                assert record["discrepancies"], "reported, but not kept (I9)"
            case ConsoleCall() if asked.what == "answer":
                self._answered(asked, answer)
            case ConsoleCall() if asked.what == "close":
                # By the time that the answer is heard, a callback may have opened it again.
                closed = self.stored_state(call) == CallState.CLOSED.value
                again = self.closes_of(call) > asked.closes
                assert closed or again, "not closed, but said so (I9)"

    def _stored(self, call: Placed, answer: LineStored) -> None:
        found = self.nodes[call.anchor].store.rows(
            "SELECT seq FROM lines WHERE call_id = ? AND client_id = ?",
            str(call.call_id),
            answer.client_id,
        )
        assert (answer.seq,) in found, "acknowledged and not stored by the anchor (I2)"
        assert call.acknowledged.setdefault(answer.client_id, answer) == answer, (
            "acknowledged under two numbers (I4)"
        )
        call.unanswered.pop(answer.client_id, None)
        self.tally["acknowledged"] += 1

    def _answered(self, asked: Asked, answer: ConsoleCall) -> None:
        """The dispatcher talks to the caller from now on: so that side must have it stored."""
        by = self.nodes[asked.operator].dispatcher.name
        record = self.record(asked.operator, asked.call)
        assert record is not None, "answered, but not recorded (I9)"
        assert record.get("answeredBy") == answer.answered_by == by, "answered by another (I9)"
        assert CallState(record["state"]) in _TAKEN, "answered, but not stored so (I9)"
        assert answer.mine, "answered by who does not have it (I1)"
        assert record["owner"]["provider"] == asked.operator, "answered elsewhere (I1)"
        self.tally["answered"] += 1

    def _transferred(self, asked: Asked, answer: Transfer) -> None:
        if answer.failure is not None or answer.ended_at is None:
            return
        to = answer.department.code
        now = self.transfers_of(asked.call).get(to, 0)
        assert now > asked.before.get(to, 0), "not transferred, but said so (I9)"
        self.tally["transferred"] += 1
