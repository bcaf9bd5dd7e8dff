"""Scripted calls whose people go on, as people do, whatever dies under them."""

from collections.abc import Callable
from typing import Any

from net119_protocol.codes import CallState, Mode
from net119_protocol.places import Fix

from tests.reference.interplay.carrier import UNKNOWN
from tests.reference.interplay.clients import Placed
from tests.reference.interplay.node import CONTACTS, OPERATORS, THREE
from tests.reference.interplay.world import World
from tests.reference.service.support import CHITOSE, TOKONAME

TRIES = 60


class People:
    """A caller and two dispatchers, who do again what has had no answer."""

    def __init__(self, world: World, look: Callable[[], None] = lambda: None) -> None:
        self.world = world
        self._look = look
        """Done whenever everybody is back where he belongs."""
        self.call: Placed
        self.away = False
        """Whether the caller's handset is out of reach."""
        self.empty: str | None = None
        """A provider at whose consoles nobody is."""

    def until(self, done: Callable[[], bool], act: Callable[[], None]) -> None:
        """Act until it is done; a provider that has died is started again meanwhile."""
        world = self.world
        for _ in range(TRIES):
            self.be_there()
            self._look()
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
        for name in world.operators:
            gone = world.consoles[name].attachment is None and name != self.empty
            if gone and world.nodes[name].alive:
                world.connect_console(name)
        for call in world.calls:
            gone = call.handset.attachment is None and not self.away
            if gone and world.nodes[call.anchor].alive:
                world.connect_handset(call)
        world.flow_if_possible()
        world.look_at_answers()

    # --- what they do -------------------------------------------------------------------------

    def place(self, fix: Fix = TOKONAME) -> None:
        world = self.world

        def place() -> None:
            if world.nodes["aoba"].alive:
                world.place("aoba", fix, Mode.TEST, "the-call")

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

    def transfer_in_vain(self, department: str, what: str) -> None:
        def failed() -> bool:
            return self.happened(self.call.anchor, what)

        self.until(failed, lambda: self.world.transfer(self.owner(), self.call, department))

    def tell_places(self) -> None:
        """The dispatcher asks where the caller is, who says it; both report what was wrong."""
        world, call = self.world, self.call

        def known(name: str, what: str) -> int:
            record = world.record(name, call)
            return 0 if record is None else int(record[what])

        def tell() -> None:
            world.ask_place(self.owner(), call)
            world.tell_place(call, CHITOSE)

        self.until(lambda: all(known(name, "places") > 0 for name in OPERATORS), tell)
        for _ in OPERATORS:
            for name in OPERATORS:
                self.until(
                    lambda name=name: bool(known(name, "discrepancies")),  # type: ignore[misc]  # a default binds the name for the lambda
                    lambda name=name: world.report(name, call),  # type: ignore[misc]  # a default binds the name for the lambda
                )

    def go_away(self) -> None:
        """The handset is out of reach from now on."""
        self.away = True
        self.world.toggle(self.call.handset)
        self.world.flow_if_possible()

    def call_back(self, ends: str = "sent") -> None:
        """The owner asks for a callback until it is told that the letter was taken, or refused."""

        def told() -> bool:
            known = self.callbacks(self.stored_owner())
            return bool(known) and known[-1]["state"] == ends

        self.until(told, lambda: self.world.call_back(self.stored_owner(), self.call))

    def open_url(self) -> None:
        """The caller comes back by the newest letter."""
        self.away = False

        def opened() -> bool:
            known = self.callbacks(self.call.anchor)
            is_open = self.world.stored_state(self.call) != CallState.CLOSED.value
            return is_open and any(each["state"] == "opened" for each in known)

        def act() -> None:
            letters = self.world.letters(self.call)
            if letters:
                self.world.open_url(self.call, letters[-1])

        self.until(opened, act)

    def end(self) -> None:
        def closed() -> bool:
            return self.state(self.call.anchor) is CallState.CLOSED

        self.until(closed, lambda: self.world.end(self.owner(), self.call))

    def owner(self) -> str:
        return self.world.owner(self.call)

    def stored_owner(self) -> str:
        return self.world.stored_owner(self.call)

    def callbacks(self, operator: str) -> list[dict[str, Any]]:
        record = self.world.record(operator, self.call)
        return [] if record is None else [each["callback"] for each in record["callbacks"]]

    def happened(self, operator: str, what: str) -> bool:
        rows = self.world.nodes[operator].store.rows(
            "SELECT count(*) FROM history WHERE call_id = ? AND what = ?",
            str(self.call.call_id),
            what,
        )
        return bool(rows[0][0])

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


def passed_on(people: People) -> None:
    """A call from elsewhere is given to a third provider and back again, with a line at each."""
    people.place()
    people.answer()
    people.caller_says()
    people.transfer("aso")
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


def silent(people: People) -> None:
    """The peer says nothing to the offer: within T1 x attempts the call is home."""
    world = people.world
    world.silent = True
    people.place()
    for _ in range(12):
        people.be_there()
        world.pass_time(1)
    people.answer()
    world.silent = False
    people.caller_says()
    people.end()


def refused(people: People) -> None:
    """A peer at which nobody is refuses a transfer, and home knows no such department."""
    people.place(CHITOSE)
    people.answer()
    people.empty = "midori"
    people.world.toggle(people.world.consoles["midori"])
    people.transfer_in_vain("chita-tokoname", "transfer failed")
    people.empty = None
    people.transfer("chita-tokoname")
    people.answer()
    people.transfer_in_vain("nowhere", "transfer refused")
    people.caller_says()
    people.end()


def crossed(people: People) -> None:
    """Two dispatchers at once: one gives the call away while its caller speaks, one closes it."""
    people.place()
    people.answer()
    world, call = people.world, people.call
    world.transfer("midori", call, "chitose")
    world.caller_says(call)
    world.dispatcher_says("midori", call)
    world.end("midori", call)
    people.end()


def moved(people: People) -> None:
    """The caller's place is asked for and told, and both dispatchers report wrong data."""
    people.place()
    people.answer()
    people.tell_places()
    people.end()


def called_back(people: People) -> None:
    """The handset is gone from an open call, and its caller comes back by the letter's URL."""
    people.place()
    people.answer()
    people.go_away()
    people.call_back()
    people.open_url()
    people.caller_says()
    people.end()


def called_back_later(people: People) -> None:
    """The owner calls back after it has closed the call: it rings there again."""
    people.place()
    people.answer()
    people.caller_says()
    people.end()
    people.go_away()
    people.call_back()
    people.open_url()
    people.answer()
    people.caller_says()
    people.end()


def called_back_elsewhere(people: People) -> None:
    """A call that was given away is closed by its new owner, which calls back."""
    people.place(CHITOSE)
    people.answer()
    people.transfer("chita-tokoname")
    people.answer()
    people.end()
    people.go_away()
    people.call_back()
    people.open_url()
    people.answer()
    people.caller_says()
    people.end()


def undeliverable(people: People) -> None:
    """No server takes the letter: the owner is told so, and whom to ask instead, in order."""
    people.place()
    people.answer()
    people.go_away()
    people.world.nodes["aoba"].carrier.answer = UNKNOWN
    people.call_back(ends="failed")
    last = people.callbacks(people.stored_owner())[-1]
    assert last["failure"] == "undeliverable"
    assert [each["name"] for each in last["contacts"]] == [each.name for each in CONTACTS]
    people.away = False
    people.end()


FLOWS: dict[str, Callable[[People], None]] = {
    "routed call with chat": routed,
    "transfer home and back": transferred,
    "transfer to a third provider and back": passed_on,
    "peer silent, taken home": taken_home,
    "nobody answers there": unanswered,
    "peer silent at the offer": silent,
    "refused transfers": refused,
    "crossed transfer and close": crossed,
    "place and discrepancies": moved,
    "callback while open": called_back,
    "callback after close": called_back_later,
    "callback after transfer": called_back_elsewhere,
    "callback undeliverable": undeliverable,
}


def operators(flow: str) -> tuple[str, ...]:
    """The providers among whom a flow takes place."""
    return THREE if FLOWS[flow] is passed_on else OPERATORS
