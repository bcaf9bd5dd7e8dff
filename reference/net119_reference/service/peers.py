"""The other providers: who they are, and whether each is running (ASO-18)."""

from collections.abc import Sequence
from dataclasses import dataclass

from net119_protocol.api.admin import PeerHealth, PeerOperator
from net119_protocol.codes import ProviderState

from net119_reference.config import Config
from net119_reference.ports import Channel, Clock


@dataclass
class _Peer:
    operator: PeerOperator
    heard_at: float
    """When, by the seconds that pass: a clock that is set makes nobody silent, and nobody heard."""
    heard_once: bool = False
    session_up: bool = False
    queue_up: bool = False
    state: ProviderState = ProviderState.NORMAL
    minor: int | None = None
    """Minor version of the profile it speaks; ``None`` until it has told."""


class Peers:
    """Peers as this provider sees them.

    A peer is running if our session to its endpoint is up, its last bytes are younger than T3,
    and it reported no other state than normal (design: "Routing").
    """

    def __init__(self, clock: Clock, config: Config) -> None:
        self._clock = clock
        self._t3_s = config.timers.t3_s
        self._peers: dict[str, _Peer] = {}
        self.replace(config.peers)

    def replace(self, operators: Sequence[PeerOperator]) -> None:
        """A new list of peers; what is known of those that stay is kept."""
        now = self._clock.elapsed()
        self._peers = {
            entry.operator: self._kept(entry) or _Peer(entry, heard_at=now) for entry in operators
        }

    def _kept(self, entry: PeerOperator) -> _Peer | None:
        known = self._peers.get(entry.operator)
        return known if known is not None and known.operator == entry else None

    def all(self) -> Sequence[PeerOperator]:
        """The list of peers."""
        return [peer.operator for peer in self._peers.values()]

    def knows(self, operator: str) -> bool:
        """Whether this is a peer of ours."""
        return operator in self._peers

    def session(self, operator: str, channel: Channel, up: bool) -> None:
        """A session came up or went down."""
        peer = self._peers.get(operator)
        if peer is None:
            return
        if channel is Channel.QUEUE:
            peer.queue_up = up
            return
        peer.session_up = up
        if up:
            self.heard(operator)

    def heard(self, operator: str) -> None:
        """Bytes came from the peer's endpoint; outside a session they are no sign of life.

        An endpoint that answers each attempt to connect with what cannot be read serves nobody,
        and calls that its provider owns must not wait for it (T3).
        """
        peer = self._peers.get(operator)
        if peer is not None and peer.session_up:
            peer.heard_at = self._clock.elapsed()
            peer.heard_once = True

    def reported(self, operator: str, state: ProviderState, minor: int = 0) -> None:
        """The peer told its state, and which minor version it speaks."""
        peer = self._peers.get(operator)
        if peer is not None:
            peer.state = state
            peer.minor = minor

    def speaks(self, operator: str, minor: int) -> bool | None:
        """Whether the peer knows the types of a minor version; ``None`` until it has told."""
        peer = self._peers.get(operator)
        return None if peer is None or peer.minor is None else peer.minor >= minor

    def running(self, operator: str) -> bool:
        """Whether it can be offered a call now."""
        return any(each.operator == operator and each.running for each in self.health())

    def sessions(self) -> list[tuple[str, Channel]]:
        """Every session that is up, for what concerns all peers."""
        found = [(name, Channel.CLIENT) for name, peer in self._peers.items() if peer.session_up]
        found += [(name, Channel.QUEUE) for name, peer in self._peers.items() if peer.queue_up]
        return found

    def lost(self, operator: str) -> bool:
        """Whether the peer has been silent for longer than T3."""
        peer = self._peers.get(operator)
        if peer is None:
            return True
        return self._clock.elapsed() - peer.heard_at > self._t3_s

    def health(self) -> tuple[PeerHealth, ...]:
        """All peers, as shown and as routing uses them."""
        now = self._clock.elapsed()
        found = []
        for name, peer in self._peers.items():
            age = now - peer.heard_at
            running = peer.session_up and age < self._t3_s and peer.state is ProviderState.NORMAL
            found.append(
                PeerHealth(
                    operator=name,
                    session_up=peer.session_up,
                    last_frame_age_s=age if peer.heard_once else None,
                    state=peer.state,
                    running=running,
                )
            )
        return tuple(found)
