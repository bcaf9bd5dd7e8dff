"""I5: a call keeps its mode everywhere; no practice and no test sends a crew."""

from net119_protocol.codes import Mode

from tests.reference.interplay.clients import Placed
from tests.reference.interplay.node import Node
from tests.reference.interplay.world import World


def check_call(world: World, call: Placed) -> None:
    """As it is stored, and as it was ever shown."""
    for name in world.operators:
        stored = world.record(name, call)
        if stored is None:
            continue
        assert stored["mode"] == call.mode.value, "the mode changed (I5)"
        if call.mode in (Mode.TEST, Mode.PRACTICE):
            sent = world.dispatches(name, call)
            assert sent == 0, f"{sent} crews sent to a {call.mode.value} call (I5)"
    for client in (call.handset, *world.consoles.values()):
        shown = {mode for call_id, mode in client.modes if call_id == call.call_id}
        assert shown <= {call.mode}, f"shown as {shown}, not as {call.mode} (I5)"


def check_node(node: Node) -> None:
    """Nothing is live here, whoever offered it."""
    if node.alive:
        for live in node.service.core.lives.values():
            if live.call is not None:
                assert live.call.mode is not Mode.LIVE, "a live call in a test (I5)"
