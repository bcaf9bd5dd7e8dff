"""The conductor's part in a run: what it orders, when, and that it fails closed."""

import resource
import threading
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from net119_loadtests.conductor import ORDER, Conductor
from net119_loadtests.engine import allow_files
from net119_loadtests.errors import LoadError
from net119_loadtests.shapes import shape_named

from tests.loadtests.reports import done, floats
from tests.loadtests.test_shapes import plan_of

TICK = {"phase": "run", "t": 1.0, "open": 1, "down": 0, "recent": floats(5.0), "acked": 1}


class Stub:
    """A locust runner with workers that answer each order as a generator does.

    ``silent`` names one that never answers; ``failing`` one that breaks when it is to go.
    """

    def __init__(self, nodes: int, silent: str = "", failing: str = "") -> None:
        self.clients = SimpleNamespace(ready=[SimpleNamespace(id=f"w{n}") for n in range(nodes)])
        self.silent, self.failing = silent, failing
        self.orders: list[tuple[str, str]] = []
        self.told: Callable[..., None]

    def register_message(self, kind: str, listener: Callable[..., None]) -> None:
        self.told = listener

    def start(self, users: int, spawn_rate: float) -> None:
        assert users == max(1, len(self.clients.ready))

    def send_message(self, kind: str, data: dict[str, Any], client_id: str) -> None:
        assert kind == ORDER
        self.orders.append((client_id, data["word"]))
        if client_id == self.silent:
            return
        for message in self.answers(client_id, data["word"]):
            self.told(environment=None, msg=SimpleNamespace(node_id=client_id, data=message))

    def answers(self, node: str, word: str) -> list[dict[str, Any]]:
        wrong = {"what": "broke", "where": "here", "what_to_do": "read"}
        tick = {"event": "progress", "errors": 0, "violations": 0, "cpu": 0.1, "cpu_s": 1.0, **TICK}
        match word:
            case "plan":
                return [{"event": "begun"}, tick, {"event": "open"}]
            case "go" if node == self.failing:
                return [{"event": "failed", **wrong}]
            case "go":
                return [{"event": "there"}]
            case "measure":
                return [{"event": "series", "name": "ack_ms", "values": floats(1.0)}, done()]
            case _:
                return [done(complete=False)]


def conduct(stub: Stub, workers: int, shape: str = "steady", **more: Any) -> dict[str, Any]:
    plan = plan_of(10, 2).model_copy(update={"shape": shape_named(shape)})
    said: list[dict[str, Any]] = []
    runner: Any = stub
    return Conductor(runner, plan, workers, said.append, own_workers=True, **more).run()


def test_all_generators_begin_to_measure_together() -> None:
    stub = Stub(2)
    end = conduct(stub, 2)
    words = [word for _, word in stub.orders]
    assert words == ["plan", "plan", "go", "go", "measure", "measure"]
    assert (end["generators"], end["callers"], end["series"]["ack_ms"]["count"]) == (2, 20, 2)
    assert end["complete"]


def test_alone_it_conducts_itself() -> None:
    stub = Stub(0)
    assert conduct(stub, 0)["generators"] == 1
    assert {node for node, _ in stub.orders} == {"local"}


def test_a_generator_that_breaks_ends_the_run() -> None:
    with pytest.raises(LoadError) as refused:
        conduct(Stub(2, failing="w1"), 2)
    assert refused.value.what == "broke"


def test_a_generator_that_is_silent_ends_the_run() -> None:
    with pytest.raises(LoadError, match="generator w0 has told nothing"):
        conduct(Stub(2, silent="w0"), 2, silent_s=0.2)


def test_stopped_from_another_thread_it_stops_all_and_is_not_complete() -> None:
    stub = Stub(1)
    runner: Any = stub
    conductor = Conductor(runner, plan_of(4, 1), 1, lambda _: None, own_workers=True)
    thread = threading.Thread(target=conductor.stop)
    thread.start()
    thread.join()
    assert not conductor.run()["complete"]
    assert ("w0", "stop") in stub.orders


def test_more_connections_than_files_are_refused() -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    allow_files(10)
    if hard == resource.RLIM_INFINITY:
        return
    with pytest.raises(LoadError, match="open files") as refused:
        allow_files(hard + 1)
    assert refused.value.where == "--workers"
