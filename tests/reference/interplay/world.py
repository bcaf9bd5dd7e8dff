"""Two providers, the links between them, a stranger as third provider, and everyone connected.

All is in memory and happens when a method says so; time passes only in :meth:`World.pass_time`.
"""

import functools
import json
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

from net119_protocol.api import admin
from net119_protocol.api.common import LineStored
from net119_protocol.api.console_acts import Callback, NewDiscrepancy, NewTransfer, Transfer
from net119_protocol.api.handset import NewLocation
from net119_protocol.codes import (
    CallState,
    DiscrepancyKind,
    LinkSecurity,
    Mode,
    PositionProblem,
    ProviderState,
    Refusal,
)
from net119_protocol.places import Fix
from net119_reference.ports import HandsetIdentity, Refused
from net119_reference.service.rows import moment

from tests.reference.interplay.afterwards import bounced, moved
from tests.reference.interplay.carrier import Letter
from tests.reference.interplay.clients import Asked, Client, Placed
from tests.reference.interplay.node import OPERATORS, Node
from tests.reference.interplay.stranger import Stranger
from tests.reference.interplay.wires import Wires
from tests.reference.service.support import CLOSED, new_call, new_line

LINK = LinkSecurity.ENCRYPTED
_SHUT = (Refusal.LINK_EXPIRED, Refusal.LINK_REVOKED)


class World(Wires):
    """See the module's text."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.begin()

    def begin(self) -> None:
        """Everything anew."""
        self.rewind()
        self.calls = []
        self.consoles = {name: Client() for name in OPERATORS}
        self.asked: list[Asked] = []
        self.lines = 0
        self.placed = 0
        self.link_up = True
        self.silent = False
        self.stranger_up = True
        self.doing = "start"
        self.at_message = lambda _when: None
        self.log = []
        for node in self.nodes.values():
            node.begin()
        self.stranger = Stranger(self.clock)
        self.sessions()
        for name in OPERATORS:
            self.connect_console(name)
        self.flow()

    def close(self) -> None:
        """End; the databases are gone."""
        self.end_all()

    # --- processes ----------------------------------------------------------------------------

    def restart(self, operator: str, *, orderly: bool = False) -> None:
        """End a provider and start it again over what is committed."""
        node = self.nodes[operator]
        self.look_at_answers()
        if orderly:
            node.stop()
        else:
            node.kill()
        self.after_death(operator)
        self.sessions()  # the other sees the connections break, and reports again afterwards
        node.start()
        while not node.alive:  # it died again while starting
            node.kill()
            node.start()
        self.sessions()

    def revive(self) -> None:
        """Start again whoever has died."""
        for name, node in self.nodes.items():
            if not node.alive:
                self.tally["died"] += 1
                self.restart(name)

    def after_death(self, operator: str) -> None:
        """Nobody is connected to a provider any more, and nobody gets an answer."""
        clients = [self.consoles[operator]]
        clients += [call.handset for call in self.calls if call.anchor == operator]
        for client in clients:
            client.read(self.calls)
            client.cut()
        for each in tuple(self.asked):
            if each.operator == operator:
                each.task.cancel()
                self.asked.remove(each)
        self.loop.settle()
        for call in self.calls:
            call.offering_since = None

    # --- clients ------------------------------------------------------------------------------

    def connect_console(self, operator: str) -> None:
        node, client = self.nodes[operator], self.consoles[operator]
        attach = node.service.attach_console(node.dispatcher, client.after(), client.tape)
        self._attach(node, client, attach)

    def connect_handset(self, call: Placed) -> None:
        node = self.nodes[call.anchor]
        after = call.handset.after().get(call.call_id, 0)
        attach = node.service.attach_handset(
            self.caller(call), call.call_id, after, call.handset.tape
        )
        self._attach(node, call.handset, attach)

    def _attach(self, node: Node, client: Client, attach: Coroutine[Any, Any, Any]) -> None:
        if not node.alive:
            attach.close()
            return
        task = self.loop.create_task(attach)
        self.loop.settle()
        if task.done():
            client.attachment = task.result()
            return
        assert not node.alive
        for _ in range(2):  # it is cancelled once more while it takes its leave
            task.cancel()
            self.loop.settle()

    def toggle(self, client: Client) -> bool:
        """Disconnect; whether it was connected."""
        if client.attachment is None:
            return False
        task = self.loop.create_task(client.attachment.detach())
        self.loop.settle()
        task.cancel()
        self.loop.settle()
        client.read(self.calls)
        client.cut()
        return True

    # --- callers ------------------------------------------------------------------------------

    def place(
        self, operator: str, fix: Fix, mode: Mode, client_call_id: str | None = None
    ) -> Placed | None:
        """Place a call; None if the provider died of it before anybody knew, or is overloaded."""
        node = self.nodes[operator]
        # A handset that knows of no call has not lost one: it gives the next another name.
        self.placed += 1
        name = client_call_id or f"call-{self.placed}"
        body = new_call(fix, mode=mode, client_call_id=name)
        self.doing = "placing the call"
        task = self.loop.create_task(node.service.place_call(node.caller, body, LINK))
        self.loop.settle()
        if not task.done():
            task.cancel()
            self.loop.settle()
            return None
        refused = task.exception()
        if isinstance(refused, Refused):
            assert refused.code is Refusal.OVERLOAD, refused
            return None
        call = Placed(task.result().call.call_id, operator, mode)
        self.calls.append(call)
        self.connect_handset(call)
        return call

    def text(self) -> str:
        self.lines += 1
        return f"t{self.lines}"

    def caller_says(self, call: Placed, client_id: str | None = None) -> None:
        """A new line, or one again."""
        node = self.nodes[call.anchor]
        text = self.text() if client_id is None else client_id.removeprefix("c-")
        call.by_caller.add(f"c-{text}")
        if f"c-{text}" not in call.acknowledged:
            call.unanswered.setdefault(f"c-{text}", text)
        says = node.service.caller_says(self.caller(call), call.call_id, new_line(text))
        self.ask(call, call.anchor, "say", says, f"c-{text}")

    def tell_place(self, call: Placed, fix: Fix | None) -> None:
        node = self.nodes[call.anchor]
        body = NewLocation(problem=PositionProblem.TIMEOUT) if fix is None else NewLocation(fix=fix)
        tell = node.service.positions.tell(self.caller(call), call.call_id, body)
        self.ask(call, call.anchor, "tell", tell)

    def caller(self, call: Placed) -> HandsetIdentity:
        """Who the handset says it is."""
        return call.caller or self.nodes[call.anchor].caller

    def letters(self, call: Placed) -> list[Letter]:
        """What is in the caller's mail box."""
        return self.nodes[call.anchor].carrier.box

    def open_url(self, call: Placed, letter: Letter) -> None:
        """Come back by a letter's URL, which may be of another call, expired or replaced."""
        node = self.nodes[call.anchor]
        if not node.alive:
            return
        self.doing = "opening the URL"
        task = self.loop.create_task(node.service.callbacks.open(letter.secret, LINK))
        self.loop.settle()
        if not task.done():
            assert not node.alive
            task.cancel()
            self.loop.settle()
            return
        refused = task.exception()
        if isinstance(refused, Refused):
            assert refused.code in _SHUT, refused
            self.tally["URL refused"] += 1
            return
        opened = task.result()
        call_id = opened.call.call_id
        (back,) = (each for each in self.calls if each.call_id == call_id)
        self.tally["URL opened"] += 1
        assert self.stored_state(back) != CallState.CLOSED.value, "opened, but still closed (I9)"
        work = self.loop.create_task(node.service.handset_identity(opened.token, call_id))
        self.loop.settle()
        back.caller = work.result()
        if back.handset.attachment is not None:
            self.toggle(back.handset)
        self.connect_handset(back)

    # --- dispatchers --------------------------------------------------------------------------

    def dispatcher_says(self, operator: str, call: Placed, client_id: str | None = None) -> None:
        """A new line, or one again."""
        node = self.nodes[operator]
        text = self.text() if client_id is None else client_id.removeprefix("c-")
        said = node.service.dispatcher_says(node.dispatcher, call.call_id, new_line(text))
        self.ask(call, operator, "say", said, f"c-{text}")

    def answer(self, operator: str, call: Placed) -> None:
        node = self.nodes[operator]
        self.ask(call, operator, "answer", node.service.answer(node.dispatcher, call.call_id))

    def end(self, operator: str, call: Placed) -> None:
        node = self.nodes[operator]
        close = node.service.close(node.dispatcher, call.call_id, CLOSED)
        self.ask(call, operator, "close", close)

    def transfer(self, operator: str, call: Placed, department: str) -> None:
        node = self.nodes[operator]
        body = NewTransfer(department=department, reason="管轄が違うため")
        ask = node.service.acts.transfer(node.dispatcher, call.call_id, body)
        self.ask(call, operator, "transfer", ask)

    def call_back(self, operator: str, call: Placed) -> None:
        node = self.nodes[operator]
        ask = node.service.acts.call_back(node.dispatcher, call.call_id)
        self.ask(call, operator, "call back", ask)

    def bounce(self, operator: str, letter: Letter) -> None:
        """A letter that was taken comes back."""
        node = self.nodes[operator]
        post = node.service.post_office
        if not node.alive or post is None:
            return
        back = functools.partial(bounced, post, letter.message_id)
        self.doing = f"a letter comes back to {operator}"
        self.work(node, node.service.core.kernel.run(back))

    def move(self, operator: str, address: str) -> None:
        """The registrant has another mail address from now on."""
        node = self.nodes[operator]
        if node.alive:
            change = functools.partial(moved, node, address)
            self.work(node, node.service.core.kernel.run(change))

    def ask_place(self, operator: str, call: Placed) -> None:
        node = self.nodes[operator]
        ask = node.service.acts.ask_location(node.dispatcher, call.call_id)
        self.ask(call, operator, "where", ask)

    def report(self, operator: str, call: Placed) -> None:
        node = self.nodes[operator]
        body = NewDiscrepancy(kind=DiscrepancyKind.WRONG_DATA, detail="番地が違う")
        report = node.service.acts.report_discrepancy(node.dispatcher, call.call_id, body)
        self.ask(call, operator, "report", report)

    def set_state(self, operator: str, state: ProviderState) -> None:
        node = self.nodes[operator]
        self.work(node, node.service.set_state(admin.SetState(state=state)))

    # --- answers ------------------------------------------------------------------------------

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

        async def asked() -> None:
            try:
                answer = await work
            except Refused as refused:
                self._refused(call, client_id, refused)
            else:
                self._told(call, what, answer)

        task = self.loop.create_task(asked())
        self.asked.append(Asked(call, operator, what, task, client_id))
        self.loop.settle()
        self.look_at_answers()

    def _refused(self, call: Placed, client_id: str | None, refused: Refused) -> None:
        if refused.code is Refusal.NOT_CONFIRMED:
            return  # it may still be done
        if client_id is not None and client_id not in call.acknowledged:
            call.unanswered.pop(client_id, None)
            call.refused.add(client_id)

    def _told(self, call: Placed, what: str, answer: Any) -> None:
        """Somebody is told that something is done: the anchor must have it by now."""
        store = self.nodes[call.anchor].store
        if isinstance(answer, LineStored):
            found = store.rows(
                "SELECT seq FROM lines WHERE call_id = ? AND client_id = ?",
                str(call.call_id),
                answer.client_id,
            )
            assert (answer.seq,) in found, "acknowledged and not stored by the anchor (I2)"
            assert call.acknowledged.setdefault(answer.client_id, answer) == answer
            call.unanswered.pop(answer.client_id, None)
            self.tally["acknowledged"] += 1
        elif what == "close":
            assert self.stored_state(call) == CallState.CLOSED.value, "not closed, but said so (I9)"
        elif isinstance(answer, Callback):
            if answer.state == "sent":
                assert self.letters(call), "sent, but no server has the letter (I9)"
            self.tally[f"callback {answer.state}"] += 1
        elif isinstance(answer, Transfer) and answer.failure is None and answer.ended_at:
            happened = store.rows(
                "SELECT at, detail FROM history WHERE call_id = ? AND what = 'transferred'",
                str(call.call_id),
            )
            assert any(
                detail.endswith(f" to {answer.department.code}") and moment(at) >= answer.asked_at
                for at, detail in happened
            ), "not transferred, but said so (I9)"
            self.tally["transferred"] += 1

    def record(self, name: str, call: Placed) -> dict[str, Any] | None:
        """The call as a provider has stored it."""
        rows = self.nodes[name].store.rows(
            "SELECT document FROM calls WHERE call_id = ?", str(call.call_id)
        )
        return json.loads(rows[0][0]) if rows else None

    def stored_owner(self, call: Placed) -> str:
        """The owner as the anchor has stored it."""
        record = self.record(call.anchor, call)
        return call.anchor if record is None else str(record["owner"]["provider"])

    def stored_state(self, call: Placed) -> str:
        rows = self.nodes[call.anchor].store.rows(
            "SELECT state FROM calls WHERE call_id = ?", str(call.call_id)
        )
        return str(rows[0][0])

    def look_at_answers(self) -> None:
        """Whatever has gone wrong in a request is the test's failure."""
        for each in tuple(self.asked):
            if each.task.done():
                self.asked.remove(each)
                if not each.task.cancelled():
                    each.task.result()

    def owner(self, call: Placed) -> str:
        """The provider that the anchor takes for the owner."""
        live = self.nodes[call.anchor].live(call.call_id)
        return call.anchor if live is None or live.call is None else live.call.owner.provider
