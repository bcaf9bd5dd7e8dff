"""Scripted calls whose people go on, as people do, whatever dies under them."""

from collections.abc import Callable

from net119_protocol.codes import CallState, Mode

from tests.reference.interplay.clients import Placed
from tests.reference.interplay.node import OPERATORS
from tests.reference.interplay.world import World
from tests.reference.service.support import TOKONAME

TRIES = 60


class People:
    """A caller and two dispatchers, who do again what has had no answer."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.call: Placed

    def until(self, done: Callable[[], bool], act: Callable[[], None]) -> None:
        """Act until it is done; a provider that has died is started again meanwhile."""
        world = self.world
        for _ in range(TRIES):
            self.be_there()
            if done():
                return
            if not any(each.what != "tell" for each in world.asked):
                act()
            world.flow_if_possible()
            if not done():
                world.pass_time(0.5)
        raise AssertionError("the people have given up")

    def be_there(self) -> None:
        """Start what has died, and connect to it again."""
        world = self.world
        world.revive()
        for name in OPERATORS:
            if world.consoles[name].attachment is None and world.nodes[name].alive:
                world.connect_console(name)
        for call in world.calls:
            if call.handset.attachment is None and world.nodes[call.anchor].alive:
                world.connect_handset(call)
        world.flow_if_possible()
        world.look_at_answers()

    # --- what they do -------------------------------------------------------------------------

    def place(self) -> None:
        world = self.world

        def place() -> None:
            if world.nodes["aoba"].alive:
                world.place("aoba", TOKONAME, Mode.TEST, "the-call")

        self.until(lambda: bool(world.calls), place)
        self.call = world.calls[0]

    def caller_says(self) -> None:
        world, call = self.world, self.call
        client_id = f"c-{world.text()}"
        self.until(
            lambda: client_id in call.acknowledged, lambda: world.caller_says(call, client_id)
        )

    def dispatcher_says(self) -> None:
        """The owner says something; refused if the call has just gone elsewhere, then no more."""
        world, call = self.world, self.call
        client_id = f"c-{world.text()}"
        self.until(
            lambda: client_id in call.acknowledged,
            lambda: world.dispatcher_says(self.owner(), call, client_id),
        )

    def answer(self) -> None:
        def answered() -> bool:
            return all(self.state(name) in _TAKEN for name in {self.call.anchor, self.owner()})

        self.until(answered, lambda: self.world.answer(self.owner(), self.call))

    def transfer(self, department: str) -> None:
        def there() -> bool:
            live = self.world.nodes[self.call.anchor].live(self.call.call_id)
            call = None if live is None else live.call
            return call is not None and call.owner.department.code == department

        def ask() -> None:
            if self.state(self.owner()) in (CallState.ANSWERED, CallState.INTERRUPTED):
                self.world.transfer(self.owner(), self.call, department)
            else:
                self.world.answer(self.owner(), self.call)

        self.until(there, ask)

    def end(self) -> None:
        def closed() -> bool:
            return self.state(self.call.anchor) is CallState.CLOSED

        self.until(closed, lambda: self.world.end(self.owner(), self.call))

    def owner(self) -> str:
        return self.world.owner(self.call)

    def state(self, operator: str) -> CallState | None:
        live = self.world.nodes[operator].live(self.call.call_id)
        return None if live is None or live.call is None else live.call.state


_TAKEN = frozenset({CallState.ANSWERED, CallState.INTERRUPTED, CallState.TRANSFERRING})


def routed(people: People) -> None:
    """A call from elsewhere: offered, assigned, answered, chat both ways, closed there."""
    people.place()
    people.caller_says()
    people.answer()
    people.dispatcher_says()
    people.caller_says()
    people.end()


def transferred(people: People) -> None:
    """A call from elsewhere is given to its home and back again, with a line at each."""
    people.place()
    people.answer()
    people.caller_says()
    people.transfer("chitose")
    people.answer()
    people.dispatcher_says()
    people.transfer("chita-tokoname")
    people.answer()
    people.caller_says()
    people.end()


def taken_home(people: People) -> None:
    """The owner's provider is silent past T3: home takes the call, and the peer learns of it."""
    people.place()
    people.answer()
    people.caller_says()
    world = people.world
    world.set_link(False)
    for _ in range(16):
        people.be_there()
        world.pass_time(2)
    people.caller_says()
    people.answer()
    world.set_link(True)
    people.dispatcher_says()
    people.end()


def unanswered(people: People) -> None:
    """Nobody there takes the call: after twice T2 it is home, and answered there."""
    people.place()
    people.caller_says()
    for _ in range(65):
        people.be_there()
        people.world.pass_time(2)
    people.answer()
    people.end()


FLOWS: dict[str, Callable[[People], None]] = {
    "routed call with chat": routed,
    "transfer home and back": transferred,
    "peer silent, taken home": taken_home,
    "nobody answers there": unanswered,
}
