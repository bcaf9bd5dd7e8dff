"""Two providers, the links between them, a stranger as third provider, and everyone connected.

The third may be a provider like the others instead.

All is in memory and happens when a method says so; time passes only in :meth:`World.pass_time`.
"""

from collections.abc import Sequence
from pathlib import Path

from tests.reference.interplay.clients import Client
from tests.reference.interplay.dispatchers import Dispatchers
from tests.reference.interplay.node import OPERATORS
from tests.reference.interplay.stranger import Stranger


class World(Dispatchers):
    """See the module's text."""

    def __init__(self, folder: Path, operators: Sequence[str] = OPERATORS) -> None:
        super().__init__(folder, operators)
        self.begin()

    def begin(self) -> None:
        """Everything anew."""
        self.rewind()
        self.calls = []
        self.consoles = {name: Client() for name in self.operators}
        self.asked = []
        self._read = {}
        self.lines = 0
        self.placed = 0
        self.link_up = True
        self.silent = False
        self.stranger_up = self.has_stranger
        self.doing = "start"
        self.at_message = lambda _when: None
        self.log = []
        for node in self.nodes.values():
            node.begin()
        self.stranger = Stranger(self.clock)
        self.sessions()
        for name in self.operators:
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
            if each.operator == operator and each.task is not None:
                each.task.cancel()
                self.asked.remove(each)
        self.loop.settle()
        for call in self.calls:
            call.offering_since = None
