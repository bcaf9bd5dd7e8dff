"""Counters of a provider in Prometheus' text form; they hold no personal data."""

from collections import Counter as Counts
from collections.abc import Callable, Iterable

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    generate_latest,
)
from prometheus_client.core import CounterMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.registry import Collector

CONTENT_TYPE = CONTENT_TYPE_PLAIN_0_0_4
_COMMIT_BUCKETS = (0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0)


class _Lines(Collector):
    """Lines by sender, counted in the one thread that acknowledges them."""

    def __init__(self, operator: str) -> None:
        self.counts: Counts[str] = Counts()
        self._operator = operator

    def collect(self) -> Iterable[Metric]:
        """What is told of them."""
        labels = ("operator", "sender")
        told = CounterMetricFamily(
            "net119_lines", "Chat lines acknowledged, by sender", labels=labels
        )
        for sender, count in self.counts.items():
            told.add_metric((self._operator, sender), count)
        yield told


class Metrics:
    """One provider's counters, in a registry of its own: several providers fit in one process."""

    def __init__(self, operator: str) -> None:
        self._registry = CollectorRegistry()
        # CPU, memory and open files of the process, under the names that everybody uses.
        ProcessCollector(registry=self._registry)
        labels = {"operator": operator}
        self._operator = operator
        self._calls = Counter(
            "net119_calls",
            "Calls for help: placed, by the notice given to the caller; or refused, by the reason",
            [*labels, "result", "reason"],
            registry=self._registry,
        )
        self._closed = Counter(
            "net119_calls_closed",
            "Calls closed, by outcome",
            [*labels, "outcome"],
            registry=self._registry,
        )
        self._lines = _Lines(operator)
        self._registry.register(self._lines)
        self._refused = Counter(
            "net119_refused_inputs",
            "Inputs refused, by interface and code",
            [*labels, "interface", "code"],
            registry=self._registry,
        )
        self._handshakes = Counter(
            "net119_failed_handshakes",
            "TLS handshakes that failed, by reason",
            [*labels, "reason"],
            registry=self._registry,
        )
        self._open = Gauge(
            "net119_open_calls", "Calls open now", [*labels], registry=self._registry
        )
        self._sockets = Gauge(
            "net119_websockets", "Open WebSockets", [*labels, "socket"], registry=self._registry
        )
        self._shed = Gauge(
            "net119_stalled",
            "1 while new calls are shed because the database stalls",
            [*labels],
            registry=self._registry,
        )
        self._commits = Histogram(
            "net119_commit_seconds",
            "Time of one database commit",
            [*labels],
            buckets=_COMMIT_BUCKETS,
            registry=self._registry,
        )
        self._requests = Histogram(
            "net119_http_seconds",
            "Time of one HTTP request, by operation and status",
            [*labels, "name", "status"],
            registry=self._registry,
        )

    def call_placed(self, notice: str) -> None:
        """A call was taken; ``notice`` tells if it went home and why, ``none`` if it did not."""
        self._calls.labels(self._operator, "placed", notice).inc()

    def call_refused(self, code: str) -> None:
        """A call was refused."""
        self._calls.labels(self._operator, "refused", code).inc()

    def call_closed(self, outcome: str) -> None:
        """A call was closed."""
        self._closed.labels(self._operator, outcome).inc()

    def line_stored(self, sender: str) -> None:
        """A line was acknowledged as stored."""
        # A counter of the library's own takes a lock, once for each line.
        self._lines.counts[sender] += 1

    def input_refused(self, interface: str, code: str) -> None:
        """An input was refused; both labels come from fixed lists, never from the input."""
        self._refused.labels(self._operator, interface, code).inc()

    def handshake_failed(self, reason: str) -> None:
        """A client did not get through its TLS handshake."""
        self._handshakes.labels(self._operator, reason).inc()

    def committed(self, seconds: float) -> None:
        """A transaction was committed."""
        self._commits.labels(self._operator).observe(seconds)

    def request(self, name: str, status: int, seconds: float) -> None:
        """An HTTP request was answered; ``name`` is the operation's, not the path's."""
        self._requests.labels(self._operator, name, str(status)).observe(seconds)

    def socket_opened(self, socket: str) -> None:
        """A WebSocket was opened."""
        self._sockets.labels(self._operator, socket).inc()

    def socket_closed(self, socket: str) -> None:
        """A WebSocket was closed."""
        self._sockets.labels(self._operator, socket).dec()

    def follow_open_calls(self, count: Callable[[], float]) -> None:
        """Ask ``count`` for the number of open calls whenever the metrics are read."""
        self._open.labels(self._operator).set_function(count)

    def follow_stall(self, lasts: Callable[[], bool]) -> None:
        """Ask ``lasts`` whether the database stalls whenever the metrics are read."""
        self._shed.labels(self._operator).set_function(lasts)

    def text(self) -> bytes:
        """All metrics in Prometheus' text form."""
        return generate_latest(self._registry)
