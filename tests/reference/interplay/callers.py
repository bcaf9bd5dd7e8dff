"""What callers do: they call, write, tell where they are, and come back by a callback URL."""

from net119_protocol.api.handset import NewLocation
from net119_protocol.codes import CallState, LinkSecurity, Mode, PositionProblem, Refusal
from net119_protocol.places import Fix
from net119_reference.ports import Refused

from tests.reference.interplay.carrier import Letter
from tests.reference.interplay.clients import Placed
from tests.reference.interplay.connections import Connections
from tests.reference.service.support import new_call, new_line

LINK = LinkSecurity.ENCRYPTED
_SHUT = (Refusal.LINK_EXPIRED, Refusal.LINK_REVOKED)


class Callers(Connections):
    """Everybody with a handset."""

    lines: int
    """How many lines were said, by anybody."""
    placed: int

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
        stored = self.record(call.anchor, back)
        assert stored is not None
        connected = back.handset.attachment is not None
        assert (stored["presence"] == "connected") == connected, (
            f"reopened; the handset's connection: {connected}, as told: {stored['presence']} (I1)"
        )
        work = self.loop.create_task(node.service.handset_identity(opened.token, call_id))
        self.loop.settle()
        back.caller = work.result()
        if back.handset.attachment is not None:
            self.toggle(back.handset)
        self.connect_handset(back)
