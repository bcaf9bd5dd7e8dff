"""Whether a caller's handset is lost, or only not there yet."""

from net119_protocol.codes import Presence

from net119_reference.calls.model import Call


def lost(call: Call) -> bool:
    """Whether the handset was connected and is not: what interrupts an answered call.

    A handset that never was is about to open its chat; its call is answered all the same.
    """
    return call.presence is Presence.GONE and not call.connecting
