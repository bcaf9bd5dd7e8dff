"""What must hold after every step, whatever has happened (invariants I1 to I10)."""

from tests.reference.interplay import exercises, optional_data
from tests.reference.interplay.clients import Placed
from tests.reference.interplay.hearing import Hearing
from tests.reference.interplay.node import Node
from tests.reference.interplay.owners import Owners
from tests.reference.interplay.resting import Resting
from tests.reference.interplay.stranger import Utterance
from tests.reference.interplay.transcripts import Transcripts
from tests.reference.interplay.world import World

T1_S, ATTEMPTS = 5.0, 2
DOMAIN_OF = {
    "aoba": "@net119-aoba.example",
    "midori": "@chita-tokoname.example",
    "akane": "@net119-akane.example",
}


class Invariants:
    """Looks at a world; what was stored at the last look need not be looked at again.

    I9 is looked at where the answers come (:class:`~tests.reference.interplay.answers.Answers`).
    """

    def __init__(self, world: World) -> None:
        self.world = world
        self.transcripts = Transcripts(world)
        self._owners = Owners(world)
        self._hearing = Hearing(world)
        self._looked: dict[str, int] = {}

    def check(self) -> None:
        """Check everything that can have changed."""
        world = self.world
        assert not world.loop.failures, world.loop.failures
        world.look_at_answers()
        changes = {name: node.store.raw.total_changes for name, node in world.nodes.items()}
        same = changes == self._looked
        self._looked = changes
        for call in world.calls:
            if not same:
                self._owners.check(call)
            self.transcripts.check(call, looked=same)
            self._home_in_time(call)
            self._owners.check_handset(call)
            for name in world.operators:
                self._owners.check_console(name, call)
            if not same:
                exercises.check_call(world, call)
        for name, node in world.nodes.items():
            exercises.check_node(node)
            self._letters(node)
            self._optional(name)

    def hear(self, said: Utterance) -> None:
        """The stranger speaks; what is refused is answered and logged (I10)."""
        self._hearing.hear(said)

    def come_to_rest(self) -> None:
        """With good links again everything comes to rest, both providers agree, all are reached."""
        Resting(self.world, self.transcripts, self.check).come_to_rest()

    # --- I6 -----------------------------------------------------------------------------------

    def _optional(self, operator: str) -> None:
        world = self.world
        shown = world.consoles[operator].shown
        if shown:
            stores = {name: node.store for name, node in world.nodes.items()}
            optional_data.check_console(operator, shown, world.calls, stores)
            shown.clear()

    # --- I7 -----------------------------------------------------------------------------------

    def _home_in_time(self, call: Placed) -> None:
        """By the time that passes, not by what the clock of the anchor's machine is set to."""
        node = self.world.nodes[call.anchor]
        live = node.live(call.call_id) if node.alive else None
        now = self.world.clock.seconds()
        if live is None or live.call is None or live.call.offer is None:
            call.offering_since = None
            return
        if call.offering_since is None:
            call.offering_since = now
        # Time passes in steps of up to 2.5 s here, and an attempt begins when the last is over.
        assert now - call.offering_since <= T1_S * ATTEMPTS + 5, "not home in time (I7)"

    # --- I8 -----------------------------------------------------------------------------------

    def _letters(self, node: Node) -> None:
        for letter in node.carrier.tried:
            assert letter.to == letter.written_to, "not the address of this moment (I8)"
            assert letter.sender.endswith(DOMAIN_OF[node.operator]), (
                f"not the home's domain but {letter.sender} (I8)"
            )
