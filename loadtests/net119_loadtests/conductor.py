"""Conducts the generators of one run, locust's workers or this process alone, and gathers."""

import json
import time
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass
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
``over`` and ``finish``; at the end ``bye``, with why the run was given up, if it was."""
TOLD = "net119-told"
"""Message from a generator: see `Crowd`."""
LOCAL = "local"
"""The one generator's name where there are no workers."""

_LOOK_EVERY_S = 0.1
_TICK_S = 1.0
SILENT_S = 60.0
"""A generator that tells nothing for so long is taken for dead; it should each second."""

Say = Callable[[dict[str, Any]], None]


@dataclass(frozen=True)
class Workers:
    """The workers of a run: how many, and within which time all of them have to come.

    ``option`` has asked for them; ``what_to_do`` is told where they do not come.
    """

    count: int = 0
    """0 for a run of this process alone."""
    within_s: float = 60.0
    option: str = "--workers"
    what_to_do: str = "Read the generator's log"


class Conductor:
    """One run of one generator or of several workers. ``say`` takes its progress."""

    def __init__(
        self,
        runner: "Runner | MasterRunner",
        plan: Plan,
        workers: Workers,
        say: Say,
        *,
        silent_s: float = SILENT_S,
    ) -> None:
        self._runner = runner
        self._silent_s = silent_s
        self._plan = plan
        self._workers = workers
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
        self._deserted = False
        self._runner.register_message(TOLD, self._take)

    def stop(self) -> None:
        """End early, in good order; may be called from any thread."""
        self._stop_wanted = True

    def desert(self) -> None:
        """Whoever asked for the run is gone: give it up; may be called from any thread."""
        self._deserted = True

    def dismiss(self, why: str) -> None:
        """Tell every worker that the run is over; ``why`` it was given up, empty if it was not."""
        runner: Any = self._runner
        for client in runner.clients.all if self._workers.count else ():
            self._send(client.id, "bye", why=why)

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
        wanted = self._workers
        if not wanted.count:
            return [LOCAL]
        begun = time.monotonic()
        told = 0.0
        while len(here := self._here()) < wanted.count:
            self._attend_waiting()
            now = time.monotonic()
            left_s = begun + wanted.within_s - now
            if left_s <= 0:
                raise LoadError(
                    f"{len(here)} of {wanted.count} workers came within {wanted.within_s:g} s",
                    wanted.option,
                    wanted.what_to_do,
                )
            if now - told > _TICK_S:
                told = now
                self._say(
                    {
                        "event": "workers",
                        "here": len(here),
                        "wanted": wanted.count,
                        "left_s": round(left_s),
                    }
                )
            gevent.sleep(_LOOK_EVERY_S)
        self._say({"event": "workers", "here": len(here), "wanted": wanted.count, "left_s": 0})
        return sorted(here)[: wanted.count]

    def _here(self) -> list[str]:
        """The workers that have come and are heard from.

        Whoever presses "start" at locust's page while they come makes some of them run.
        """
        runner: Any = self._runner
        clients = runner.clients
        return [each.id for each in (*clients.ready, *clients.spawning, *clients.running)]

    def _attend_waiting(self) -> None:
        self._check_deserted()
        if self._stop_wanted:
            raise LoadError("stopped before the workers came", self._workers.option, "Start again")

    def _check_deserted(self) -> None:
        if self._deserted:
            raise LoadError(
                "whoever started the generator is gone", "net119 load run", "Start again"
            )

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
        elif event == "failed" and node in self._nodes:
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
        self._check_deserted()
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
                    self._workers.option,
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
