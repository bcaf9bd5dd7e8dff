"""The links between the providers and to the stranger, and the time at all of them."""

import asyncio
from collections import Counter
from collections.abc import Callable, Coroutine, Sequence
from itertools import combinations, permutations
from pathlib import Path
from typing import Any

from net119_protocol.interconnect import decode
from net119_reference.ports import Channel, Outgoing

from tests.reference.interplay.carrier import Held
from tests.reference.interplay.clients import Placed
from tests.reference.interplay.node import OPERATORS, Node
from tests.reference.interplay.optional_data import check_message
from tests.reference.interplay.stranger import Stranger
from tests.reference.interplay.virtual_time import MachineClock, VirtualClock, VirtualLoop
from tests.reference.service.link import OTHER

STRANGER = "akane"
Pipe = tuple[str, str, Channel]


def pipes(operators: Sequence[str]) -> tuple[Pipe, ...]:
    """All ways from one provider to another."""
    ways = permutations(operators, 2)
    return tuple((sender, receiver, channel) for sender, receiver in ways for channel in Channel)


PIPES = pipes(OPERATORS)


class Wires:
    """Everything happens when a method says so; time passes only in :meth:`pass_time`."""

    def __init__(self, folder: Path, operators: Sequence[str] = OPERATORS) -> None:
        self.operators = tuple(operators)
        """Who runs a provider; the stranger is there unless its name is among them."""
        self.pipes = pipes(operators)
        self.tally: Counter[str] = Counter()
        """How often what has happened, over all runs: a run in which nothing did proves nothing."""
        self.clock = VirtualClock()
        self.loop = VirtualLoop(self.clock)
        self.nodes = {
            name: Node(name, MachineClock(self.clock), self.loop, folder) for name in operators
        }
        self.calls: list[Placed] = []
        self.link_up = True
        self.silent = False
        """Whether nothing is carried although all sessions are up."""
        self.stranger_up = self.has_stranger
        self.stranger = Stranger(self.clock)
        self.doing = "start"
        """What goes on, to name a moment by."""
        self.at_message: Callable[[str], None] = lambda _when: None
        """Told before a message arrives, and after that before its sender knows."""
        self.log: list[str] = []
        """What has gone over the links, for whoever looks into a failure."""

    @property
    def has_stranger(self) -> bool:
        return STRANGER not in self.operators

    def rewind(self) -> None:
        """Nothing runs any more, and it is the beginning of time again."""
        self.end_all()
        self.clock = VirtualClock()
        self.loop = VirtualLoop(self.clock)
        asyncio.set_event_loop(self.loop)
        for node in self.nodes.values():
            node.clock, node.loop = MachineClock(self.clock), self.loop

    def end_all(self) -> None:
        """End everything that runs."""
        if self.loop.is_closed():
            return
        for node in self.nodes.values():
            node.alive = False  # whoever is cancelled must not store anything
        for _ in range(3):  # some do something more when they are cancelled
            for task in asyncio.all_tasks(self.loop):
                task.cancel()
            self.loop.settle()
        asyncio.set_event_loop(None)
        self.loop.close()

    # --- links --------------------------------------------------------------------------------

    def sessions(self) -> None:
        """Tell everybody which sessions are up."""
        for name, node in self.nodes.items():
            for channel in Channel:
                for other in set(self.operators) - {name}:
                    up = self.link_up and self.nodes[other].alive
                    self._session(node, other, channel, up)
                if self.has_stranger:
                    self._session(node, STRANGER, channel, self.stranger_up)
        self.loop.settle()

    def _session(self, node: Node, peer: str, channel: Channel, up: bool) -> None:
        if node.alive and node.sessions.get((peer, channel), False) != up:
            node.sessions[peer, channel] = up
            self.loop.call_soon(node.service.peer_session, peer, channel, up)

    def set_link(self, up: bool) -> None:
        self.link_up = up
        self.sessions()

    def set_stranger(self, up: bool) -> None:
        self.stranger_up = up
        self.sessions()

    def waiting(self, pipe: Pipe) -> list[Outgoing]:
        """What is not confirmed, in order."""
        sender, receiver, channel = pipe
        node = self.nodes[sender]
        return list(node.outgoing(receiver, channel)) if node.alive else []

    def deliver(
        self, pipe: Pipe, index: int = 0, *, arrives: bool = True, receipt: bool = True
    ) -> None:
        """Carry one message over; without a receipt it comes again."""
        sender, receiver, _channel = pipe
        source = self.nodes[sender]
        item = self.waiting(pipe)[index]
        if arrives and not self._arrive(pipe, item):
            return
        self._hear(sender, receiver)
        if receipt:
            self.work(source, source.service.confirmed([item.number]))

    def deliver_of(self, call: Placed) -> bool:
        """Carry over the first message of a call that waits; whether there was one."""
        for pipe in self.pipes:
            for index, item in enumerate(self.waiting(pipe)):
                if decode(item.payload).call_id == call.call_id:
                    self.deliver(pipe, index)
                    return True
        return False

    def _arrive(self, pipe: Pipe, item: Outgoing) -> bool:
        """Whether the receiver has taken or refused the message, which it has not if it died."""
        sender, receiver, channel = pipe
        target = self.nodes[receiver]
        self.log.append(f"{sender}->{receiver} {item.type}")
        self.tally[item.type] += 1
        self._check_mode(item)
        check_message(sender, item, self.calls)
        self.doing = f"{receiver} takes {item.type}"
        self.at_message(f"before {item.type} arrives at {receiver}")
        receive = target.service.receive(sender, item.payload, OTHER[channel])
        arrived = self.work(target, receive)
        self.doing = f"{sender} learns that {item.type} has arrived"
        self.at_message(f"before {self.doing}")
        return arrived and target.alive

    def lose(self, pipe: Pipe) -> None:
        """Lose a message that has a receipt, where a later one of its call shows the gap."""
        waiting = [decode(item.payload) for item in self.waiting(pipe)]
        if waiting and waiting[0].n:
            later = [each for each in waiting if each.call_id == waiting[0].call_id]
            if any(each.n > waiting[0].n for each in later):
                self.deliver(pipe, arrives=False)

    def _hear(self, one: str, other: str) -> None:
        for here, there in ((one, other), (other, one)):
            if self.nodes[here].alive:
                self.nodes[here].service.peer_frame(there)

    def _check_mode(self, item: Outgoing) -> None:
        envelope = decode(item.payload)
        for call in self.calls:
            if call.call_id == envelope.call_id:
                assert envelope.mode is call.mode, "the mode changed on its way (I5)"

    def work(self, node: Node, work: Coroutine[Any, Any, Any]) -> bool:
        """Let a shell's request run; whether it was done, which it is not if somebody died."""
        if not node.alive:
            work.close()
            return False
        task = self.loop.create_task(work)
        self.loop.settle()
        if not task.done():
            assert not node.alive, "a message was neither taken nor refused"
            task.cancel()
            self.loop.settle()
            return False
        task.result()
        return True

    def flow(self) -> None:
        """Carry everything over, in order, until nothing is left."""
        while True:
            self.loop.settle()
            self.feed_stranger()
            self.carry_letters()
            full = [pipe for pipe in self.pipes if self._is_open(pipe) and self.waiting(pipe)]
            if not full:
                return
            for pipe in full:
                self._carry(pipe)

    def _carry(self, pipe: Pipe) -> None:
        """Carry over all that waits, confirmed at once, as the shells do where much waits."""
        arrived = []
        for item in self.waiting(pipe):
            if not self._is_open(pipe) or not self._arrive(pipe, item):
                break
            arrived.append(item.number)
        sender, receiver, _channel = pipe
        source = self.nodes[sender]
        if arrived and source.alive:
            self._hear(sender, receiver)
            self.work(source, source.service.confirmed(arrived))

    def flow_if_possible(self) -> None:
        if self.can_flow():
            self.flow()
        else:
            self.carry_letters()

    def carry_letters(self) -> None:
        """Every callback letter reaches the carrier, and its sender learns what came of it."""
        for node in self.nodes.values():
            while node.alive and node.carrier.held:
                self.deliver_letter(node, node.carrier.held[0])

    def deliver_letter(self, node: Node, held: Held) -> None:
        self.log.append(f"{node.operator}->carrier letter")
        self.tally["letter"] += 1
        self.at_message(f"before the letter of {node.operator} arrives at the carrier")
        if not node.alive:
            return
        answer = node.carrier.arrive(held)
        self.doing = f"{node.operator} learns what became of the letter"
        self.at_message(f"before {self.doing}")
        if node.alive:
            node.carrier.reply(held, answer)
            self.loop.settle()

    def can_flow(self) -> bool:
        """Whether any two providers can talk to each other."""
        alive = sum(node.alive for node in self.nodes.values())
        return self.link_up and not self.silent and alive > 1

    def _is_open(self, pipe: Pipe) -> bool:
        sender, receiver, _channel = pipe
        both = self.nodes[sender].alive and self.nodes[receiver].alive
        return self.link_up and not self.silent and both

    def feed_stranger(self) -> None:
        """The stranger takes everything that was sent to it."""
        for name, node in self.nodes.items():
            for channel in Channel:
                while self.stranger_up and node.alive and node.outgoing(STRANGER, channel):
                    item = node.outgoing(STRANGER, channel)[0]
                    check_message(name, item, self.calls)
                    self.stranger.learn(name, channel, decode(item.payload))
                    if not self.work(node, node.service.confirmed([item.number])):
                        return

    # --- time ---------------------------------------------------------------------------------

    def pass_time(self, seconds: float) -> None:
        """Let time pass in steps, so that one thing happens after the other."""
        step = 1.0 if seconds < 20 else 2.5
        while seconds > 0:
            step = min(seconds, step)
            self.clock.advance(step)
            seconds -= step
            self.beat()
            self.loop.settle()

    def jump(self, seconds: float) -> None:
        """Nothing ran meanwhile, as in a machine that was suspended."""
        for call in self.calls:
            call.offering_since = None
        self.clock.advance(seconds)
        self.beat()
        self.loop.settle()

    def set_clock(self, operator: str, apart: float) -> None:
        """Somebody sets a machine's clock to so many seconds before the time; none passes."""
        node = self.nodes[operator]
        back = apart < node.clock.apart
        node.clock.apart = apart
        self.tally["clock set back" if back else "clock set ahead"] += 1
        self.loop.settle()

    def beat(self) -> None:
        """Heart-beats of the links that are up."""
        for pair in combinations(self.operators, 2):
            if self._is_open((*pair, Channel.CLIENT)):
                self._hear(*pair)
        for node in self.nodes.values():
            if node.alive and self.stranger_up:
                node.service.peer_frame(STRANGER)
