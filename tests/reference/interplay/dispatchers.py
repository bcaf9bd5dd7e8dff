"""What dispatchers do, their mail servers, and whoever runs a provider."""

import functools

from net119_protocol.api import admin
from net119_protocol.api.console_acts import NewDiscrepancy, NewDispatch, NewTransfer
from net119_protocol.codes import DiscrepancyKind, ProviderState

from tests.reference.interplay.afterwards import bounced, moved
from tests.reference.interplay.callers import Callers
from tests.reference.interplay.carrier import Letter
from tests.reference.interplay.clients import Placed
from tests.reference.interplay.optional_data import check_staff
from tests.reference.service.support import CLOSED, new_line


class Dispatchers(Callers):
    """Everybody at a center; their words are counted with those of the callers."""

    def dispatcher_says(self, operator: str, call: Placed, client_id: str | None = None) -> None:
        """A new line, or one again."""
        node = self.nodes[operator]
        text = self.text() if client_id is None else client_id.removeprefix("c-")
        said = node.service.dispatcher_says(node.dispatcher, call.call_id, new_line(text))
        self.ask(call, operator, "say", said, f"c-{text}")

    def answer(self, operator: str, call: Placed) -> None:
        node = self.nodes[operator]
        self.ask(call, operator, "answer", node.service.answer(node.dispatcher, call.call_id))

    def dispatch(self, operator: str, call: Placed) -> None:
        """Record that a crew was sent, which no practice and no test may have (I5)."""
        node = self.nodes[operator]
        body = NewDispatch(units="救急1")
        record = node.service.acts.record_dispatch(node.dispatcher, call.call_id, body)
        self.ask(call, operator, "dispatch", record)

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

    def staff_reads(self, operator: str) -> None:
        """The home department's staff looks the registrant up, whatever becomes of the calls."""
        node = self.nodes[operator]
        if not node.alive:
            return
        self.doing = f"staff reads at {operator}"
        task = self.loop.create_task(node.staff_reads())
        self.loop.settle()
        if not task.done():
            assert not node.alive
            task.cancel()
            self.loop.settle()
            return
        check_staff(operator, task.result())
        self.tally["staff reads"] += 1

    def set_state(self, operator: str, state: ProviderState) -> None:
        node = self.nodes[operator]
        self.work(node, node.service.set_state(admin.SetState(state=state)))
