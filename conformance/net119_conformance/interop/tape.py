"""Takes what is said at interface B while pairs are judged, and gives it to the pair's evidence."""

import re

from net119_simulators.wiretap import WireEvent, Wiretap

from net119_conformance.interop.wire import PairWire

_STATE = re.compile(r'"state"\s*:\s*"([a-z-]+)"')


class Tape:
    """The wiretap of all crossings and simulated peers of a run.

    Only what is said between the two of the pair that is being judged is kept.
    """

    def __init__(self) -> None:
        self._evidence: Wiretap | None = None
        self._wire: PairWire | None = None
        self._pair: frozenset[str] = frozenset()
        self.states: dict[tuple[str, str], str] = {}
        """What each operator last told another of its own state (`status.report`)."""

    def begin(self, evidence: Wiretap, wire: PairWire, pair: frozenset[str]) -> None:
        """Give what these two operators say from now on to an item's evidence."""
        self._evidence, self._wire, self._pair = evidence, wire, pair

    def end(self) -> None:
        """Give nobody anything."""
        self._evidence = self._wire = None
        self._pair = frozenset()

    def record(self, event: WireEvent) -> None:
        """See Wiretap."""
        found = _STATE.search(event.payload) if "status.report" in event.label else None
        if found is not None:
            self.states[event.source, event.target] = found[1]
        if self._evidence is None or {event.source, event.target} != self._pair:
            return
        self._evidence.record(event)
        if self._wire is not None:
            self._wire.take(event)
