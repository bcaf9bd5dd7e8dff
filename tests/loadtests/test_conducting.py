"""The conductor's part in a run: what it orders, when, and that it fails closed."""

import resource
import threading
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from net119_loadtests.conductor import ORDER, Conductor, Workers
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
        here = [SimpleNamespace(id=f"w{n}") for n in range(nodes)]
        self.clients = SimpleNamespace(ready=here, spawning=[], running=[], all=[*here])
        self.silent, self.failing = silent, failing
        self.orders: list[tuple[str, str]] = []
        self.told: Callable[..., None]

    def register_message(self, kind: str, listener: Callable[..., None]) -> None:
        self.told = listener

    def start(self, users: int, spawn_rate: float) -> None:
        assert users == max(1, len(self.clients.all))

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
            case "bye":
                return []
            case "measure":
                return [{"event": "series", "name": "ack_ms", "values": floats(1.0)}, done()]
            case _:
                return [done(complete=False)]


def conduct(stub: Stub, workers: int, shape: str = "steady", **more: Any) -> dict[str, Any]:
    plan = plan_of(10, 2).model_copy(update={"shape": shape_named(shape)})
    said: list[dict[str, Any]] = []
    runner: Any = stub
    return Conductor(runner, plan, Workers(workers), said.append, **more).run()


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
    conductor = Conductor(runner, plan_of(4, 1), Workers(1), lambda _: None)
    thread = threading.Thread(target=conductor.stop)
    thread.start()
    thread.join()
    assert not conductor.run()["complete"]
    assert ("w0", "stop") in stub.orders


def test_workers_that_do_not_come_are_waited_for_so_long_and_no_longer() -> None:
    stub = Stub(1)
    runner: Any = stub
    said: list[dict[str, Any]] = []
    wanted = Workers(2, 0.2, "--master", "start the others")
    with pytest.raises(LoadError) as refused:
        Conductor(runner, plan_of(4, 2), wanted, said.append).run()
    assert refused.value.what == "1 of 2 workers came within 0.2 s"
    assert (refused.value.where, refused.value.what_to_do) == ("--master", "start the others")
    assert [(each["event"], each["here"], each["wanted"]) for each in said] == [("workers", 1, 2)]
    assert stub.orders == []


def test_a_worker_made_to_run_from_the_page_while_others_come_has_come() -> None:
    stub = Stub(2)
    stub.clients.running.append(stub.clients.ready.pop())
    assert conduct(stub, 2)["generators"] == 2


def test_a_worker_that_is_not_of_the_run_cannot_end_it() -> None:
    stub = Stub(2)
    runner: Any = stub
    conductor = Conductor(runner, plan_of(4, 2), Workers(2), lambda _: None)
    failed = {"event": "failed", "what": "left", "where": "there", "what_to_do": ""}
    stub.told(environment=None, msg=SimpleNamespace(node_id="w7", data=failed))
    assert conductor.run()["generators"] == 2


def test_a_run_that_nobody_waits_for_any_more_is_given_up() -> None:
    stub = Stub(1)
    runner: Any = stub
    conductor = Conductor(runner, plan_of(4, 1), Workers(1), lambda _: None)
    conductor.desert()
    with pytest.raises(LoadError, match="gone"):
        conductor.run()
    conductor.dismiss("gone")
    assert stub.orders[-1] == ("w0", "bye")


def test_more_connections_than_files_are_refused() -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    allow_files(10)
    if hard == resource.RLIM_INFINITY:
        return
    with pytest.raises(LoadError, match="open files") as refused:
        allow_files(hard + 1)
    assert refused.value.where == "--workers"
