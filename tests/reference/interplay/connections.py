"""Handsets and consoles come and go."""

from collections.abc import Coroutine
from typing import Any

from net119_reference.ports import HandsetIdentity

from tests.reference.interplay.answers import Answers
from tests.reference.interplay.clients import Client, Placed
from tests.reference.interplay.node import Node


class Connections(Answers):
    """Who is connected to which provider."""

    consoles: dict[str, Client]

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

    def caller(self, call: Placed) -> HandsetIdentity:
        """Who the handset says it is."""
        return call.caller or self.nodes[call.anchor].caller
