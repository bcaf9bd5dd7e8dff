"""Conducts the generators of one run, locust's workers or this process alone, and gathers."""

import json
import time
from collections import Counter, deque
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import gevent  # type: ignore[import-untyped]  # gevent ships no types

from net119_loadtests.errors import LoadError
from net119_loadtests.gathering import Gathered
from net119_loadtests.plan import Plan

if TYPE_CHECKING:
    # Not at run time: to import locust patches the standard library, unless it is told not to.
    from locust.runners import MasterRunner, Runner

ORDER = "net119-order"
"""Message to a generator: ``plan``, ``go``, ``measure``, ``stop``; of faults ``fault``, ``storm``,
``over`` and ``finish``."""
TOLD = "net119-told"
"""Message from a generator: see `Crowd`."""
LOCAL = "local"
"""The one generator's name where there are no workers."""

_LOOK_EVERY_S = 0.1
_TICK_S = 1.0
_TOGETHER_WITHIN_S = 60.0
_SILENT_S = 60.0
"""A generator that tells nothing for so long is taken for dead; it should each second."""

Say = Callable[[dict[str, Any]], None]


class Conductor:
    """One run. ``say`` takes its progress.

    ``workers`` are waited for, 0 for a run of this process alone; ``own_workers``: not for ever,
    since they were started by us.
    """

    def __init__(
        self,
        runner: "Runner | MasterRunner",
        plan: Plan,
        workers: int,
        say: Say,
        *,
        own_workers: bool,
        silent_s: float = _SILENT_S,
    ) -> None:
        self._runner = runner
        self._silent_s = silent_s
        self._plan = plan
        self._workers = workers
        self._own_workers = own_workers
        self._say = say
        self._gathered = Gathered(plan.p99_bound_ms)
        self._nodes: list[str] = []
        self._seen: dict[str, set[str]] = {}
        self._heard: dict[str, float] = {}
        self._failure: dict[str, Any] | None = None
        self._checked: dict[str, tuple[int, int]] = {}
        self._told_by: Counter[str] = Counter()
        self._words: deque[tuple[str, str]] = deque()
        self._stop_wanted = False
        self._stop_ordered = False
        self._runner.register_message(TOLD, self._take)

    def stop(self) -> None:
        """End early, in good order; may be called from any thread."""
        self._stop_wanted = True

    def pass_on(self, word: str, name: str) -> None:
        """Tell all generators of a fault; may be called from any thread."""
        self._words.append((word, name))

    def run(self) -> dict[str, Any]:
        """Conduct the run and return its end.

        Raises:
            LoadError: generators did not come, failed, or were lost.
        """
        self._nodes = self._assemble()
        # One user for each generator: it stands for all handsets and consoles of that process.
        self._runner.start(len(self._nodes), spawn_rate=len(self._nodes))
        shares = self._plan.shares(len(self._nodes))
        for node, share in zip(self._nodes, shares, strict=True):
            self._heard[node] = time.monotonic()
            self._send(node, "plan", plan=share.model_dump_json())
        self._until_all("begun")
        self._until_all("open")
        self._order("go")
        if self._plan.shape.measure == "answered":
            self._until_all("there")
            self._order("measure")
        self._say({"event": "measuring"})
        self._until_all("done")
        return self._gathered.end()

    # --- generators -----------------------------------------------------------------------------

    def _assemble(self) -> list[str]:
        if not self._workers:
            return [LOCAL]
        runner: Any = self._runner
        until = time.monotonic() + _TOGETHER_WITHIN_S if self._own_workers else None
        waiting = 0.0
        while len(runner.clients.ready) < self._workers:
            if self._stop_wanted:
                raise LoadError("stopped before the workers came", "--workers", "Start again")
            if until is not None and time.monotonic() > until:
                raise LoadError(
                    f"{len(runner.clients.ready)} of {self._workers} workers came within "
                    f"{_TOGETHER_WITHIN_S:g} s",
                    "--workers",
                    "Read the generator's log",
                )
            if time.monotonic() - waiting > _TICK_S:
                waiting = time.monotonic()
                self._say(
                    {
                        "event": "workers",
                        "here": len(runner.clients.ready),
                        "wanted": self._workers,
                    }
                )
            gevent.sleep(_LOOK_EVERY_S)
        return sorted(client.id for client in runner.clients.ready)[: self._workers]

    def _order(self, word: str) -> None:
        for node in self._nodes:
            self._send(node, word)

    def _send(self, node: str, word: str, **values: Any) -> None:
        data = {"word": word, **values}
        self._runner.send_message(ORDER, data, client_id=node)

    def _take(self, environment: Any, msg: Any, **_: Any) -> None:
        node, message = msg.node_id, msg.data
        self._heard[node] = time.monotonic()
        event = message["event"]
        if event in ("series", "done"):
            self._gathered.took(message)
        if event == "progress":
            self._gathered.ticked(node, message)
        elif event == "failed":
            self._failure = self._failure or message
        elif event == "checked":
            self._checked[node] = (message["done"], message["total"])
        elif event in ("faulted", "recovered"):
            self._count(event)
        self._seen.setdefault(node, set()).add(event)

    def _count(self, event: str) -> None:
        """Say what all generators have told, once the last one has."""
        self._told_by[event] += 1
        if self._told_by[event] % len(self._nodes) == 0:
            self._say({"event": event})

    def _attend(self, event: str) -> None:
        """Order the stop that was asked for; raise LoadError for generators that are no more."""
        # Not before they have begun: a generator would not know yet what to stop.
        if self._stop_wanted and not self._stop_ordered and event != "begun":
            self._stop_ordered = True
            self._order("stop")
        while self._words:
            word, name = self._words.popleft()
            for node in self._nodes:
                self._send(node, word, name=name)
        failed = self._failure
        if failed is not None:
            raise LoadError(failed["what"], failed["where"], failed["what_to_do"])
        now = time.monotonic()
        for node in self._nodes:
            done = "done" in self._seen.get(node, set())
            if not done and now - self._heard[node] > self._silent_s:
                raise LoadError(
                    f"generator {node} has told nothing for {self._silent_s:g} s",
                    "--workers",
                    "See whether it runs still, and read its log",
                )

    def _until_all(self, event: str) -> None:
        """Wait until every generator has told this, or is done."""
        told = time.monotonic()
        while True:
            self._attend(event)
            if all({event, "done"} & self._seen.get(node, set()) for node in self._nodes):
                return
            now = time.monotonic()
            if now - told >= _TICK_S:
                self._say({"event": "progress", **self._gathered.progress(now - told)})
                told = now
                if self._checked:
                    done, total = map(sum, zip(*self._checked.values(), strict=True))
                    self._say({"event": "checked", "done": done, "total": total})
            gevent.sleep(_LOOK_EVERY_S)


def as_row(message: dict[str, Any]) -> str:
    """A message as one line of JSON."""
    return json.dumps(message, ensure_ascii=False)
