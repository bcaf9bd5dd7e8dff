"""All known-bad peers by name."""

from net119_simulators.peer.bad import answering, calls, certificates, frames, messages, sessions
from net119_simulators.peer.bad.model import BadPeer


def bad_peers() -> tuple[BadPeer, ...]:
    """Every known-bad peer, in the order of the documentation."""
    return (
        *frames.PEERS,
        *sessions.PEERS,
        *certificates.PEERS,
        *messages.PEERS,
        *calls.PEERS,
        *answering.PEERS,
    )


def bad_peer(name: str) -> BadPeer:
    """The bad peer of this name.

    Raises:
        LookupError: there is none; the text lists those that there are.
    """
    known = {peer.name: peer for peer in bad_peers()}
    if name not in known:
        raise LookupError(f"no known-bad peer {name!r}; there are {', '.join(known)}")
    return known[name]
