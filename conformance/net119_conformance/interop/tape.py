"""Takes what is said at interface B while pairs are judged, and gives it to the pair's evidence."""

from net119_simulators.wiretap import WireEvent, Wiretap

from net119_conformance.interop.wire import PairWire


class Tape:
    """The wiretap of all crossings and simulated peers of a run.

    Only what is said between the two of the pair that is being judged is kept.
    """

    def __init__(self) -> None:
        self._evidence: Wiretap | None = None
        self._wire: PairWire | None = None
        self._pair: frozenset[str] = frozenset()

    def begin(self, evidence: Wiretap, wire: PairWire, pair: frozenset[str]) -> None:
        """Give what these two operators say from now on to an item's evidence."""
        self._evidence, self._wire, self._pair = evidence, wire, pair

    def end(self) -> None:
        """Give nobody anything."""
        self._evidence = self._wire = None
        self._pair = frozenset()

    def record(self, event: WireEvent) -> None:
        """See Wiretap."""
        if self._evidence is None or {event.source, event.target} != self._pair:
            return
        self._evidence.record(event)
        if self._wire is not None:
            self._wire.take(event)
