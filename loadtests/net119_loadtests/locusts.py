"""The part of locust in a run: its runner, its worker processes, its events, its web page."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import gevent  # type: ignore[import-untyped]  # gevent ships no types
from locust import User, task
from locust.env import Environment
from locust.exception import RPCError
from locust.log import setup_logging
from locust.runners import Runner
from net119_simulators.safety import check_target

from net119_loadtests.conductor import ORDER, SILENT_S, TOLD, Conductor, Workers, as_row
from net119_loadtests.engine import Engine
from net119_loadtests.errors import INTERRUPTED, LoadError
from net119_loadtests.plan import Plan

_PUMP_EVERY_S = 0.05
_REST_S = 3600.0
_FAREWELL_S = 0.5
"""Time in which what was said last leaves this process."""
_GIVE_UP_S = 5.0


class CrowdUser(User):
    """Stands for all handsets and consoles of one generator process: see engine.py."""

    @task
    def be_there(self) -> None:
        """Nothing to do: the crowd acts, and `Pump` reports."""
        gevent.sleep(_REST_S)


class Pump:
    """Joins an engine to a locust runner: orders go in, measures and messages come out."""

    def __init__(
        self,
        environment: Environment,
        declared: tuple[str, ...] | None = None,
        sources: tuple[str, ...] = (),
        begun: Callable[[Plan], None] = lambda _plan: None,
    ) -> None:
        """``declared``: the test hosts of this machine's user; ``None``: those of the plan.

        ``sources``: addresses of this machine to call from; none: those of the plan. ``begun`` is
        told of the plan that is carried out.
        """
        self._environment = environment
        self._declared = declared
        self._sources = sources
        self._begun = begun
        self._engine = Engine()
        self._runner = _runner_of(environment)
        self._runner.register_message(ORDER, self._take)
        self.dismissed: str | None = None
        """Why the run was given up, empty if it was not; None: it is not over."""

    def run(self) -> None:
        """Hand on until told to quit; to be run in a greenlet."""
        while True:
            self._measured()
            self._told()
            gevent.sleep(_PUMP_EVERY_S)

    def _measured(self) -> None:
        fire = self._environment.events.request.fire
        measured = self._engine.measured
        while measured:
            name, milliseconds, wrong = measured.popleft()
            fire(  # type: ignore[no-untyped-call]  # locust's events are untyped
                request_type="net119",
                name=name,
                response_time=milliseconds,
                response_length=0,
                exception=None if wrong is None else RuntimeError(wrong),
                context={},
            )

    def _told(self) -> None:
        told = self._engine.told
        while told:
            message = told.popleft()
            self._runner.send_message(TOLD, message)

    def _take(self, environment: Environment, msg: Any, **_: Any) -> None:
        match msg.data["word"]:
            case "plan":
                self._begin(Plan.model_validate_json(msg.data["plan"]))
            case "go":
                self._engine.go()
            case "measure":
                self._engine.measure()
            case "fault":
                self._engine.fault(str(msg.data["name"]))
            case "storm":
                self._engine.storm()
            case "over":
                self._engine.over()
            case "finish":
                self._engine.finish()
            case "stop":
                self._engine.stop()
            case "bye":
                self.dismissed = str(msg.data["why"])

    def _begin(self, plan: Plan) -> None:
        if self._declared is not None:
            # Nobody but this machine's user says which hosts it may call.
            plan = plan.model_copy(update={"declared_test_hosts": self._declared})
        if self._sources:
            plan = plan.model_copy(update={"sources": self._sources})
        self._begun(plan)
        self._engine.start(plan)


def _runner_of(environment: Environment) -> Runner:
    if environment.runner is None:
        raise TypeError("the environment has no runner")
    return environment.runner


def say(message: dict[str, Any]) -> None:
    """Tell whoever started this process; if nobody is left, end."""
    try:
        print(as_row(message), flush=True)  # noqa: T201  # JSON lines are this program's output
    except BrokenPipeError:
        os._exit(3)


def _listen(conductor: Conductor) -> None:
    """Take words; be gone when who started us is gone: nobody would read what we find."""
    with os.fdopen(0, "rb", closefd=False) as words:
        for said in words:
            word, _, rest = said.decode("utf-8").strip().partition(" ")
            if word == "stop":
                conductor.stop()
            else:
                conductor.pass_on(word, rest)
    # Workers elsewhere are told of it, if that can be done soon.
    conductor.desert()
    threading.Event().wait(_GIVE_UP_S)
    os._exit(3)


def conduct(
    plan: Plan,
    *,
    workers: int,
    expect: int,
    bind: tuple[str, int],
    web: int | None,
    within_s: float = 60.0,
    silent_s: float = SILENT_S,
) -> None:
    """Carry a plan out and say its end.

    ``workers`` processes are started here, or ``expect`` are waited for at ``bind``, until
    ``within_s``; one that tells nothing for ``silent_s`` is taken for dead.

    Raises:
        LoadError: it could not be carried out.
    """
    setup_logging("WARNING")  # type: ignore[no-untyped-call]  # locust's function is untyped
    environment = Environment(user_classes=[CrowdUser])
    with contextlib.ExitStack() as stack:
        wanted = workers or expect
        if wanted:
            host, port = bind
            port = port or _free_port(host)
            try:
                environment.create_master_runner(host, port)
            except RPCError as error:
                raise LoadError(
                    f"no master can wait for workers here: {error}",
                    f"--bind {host}:{port}",
                    "Give a free port and an address of this machine",
                ) from error
            stack.enter_context(_own_workers(workers, host, port))
            say({"event": "master", "host": host, "port": port})
        else:
            environment.create_local_runner()
        runner = _runner_of(environment)
        expected = Workers(wanted)
        if expect:
            what_to_do = (
                f"On each machine start net119 load run --worker {bind[0]}:{bind[1]}, "
                "or give --wait more time"
            )
            expected = Workers(expect, within_s, "--master", what_to_do)
        conductor = Conductor(runner, plan, expected, say, silent_s=silent_s)
        if not wanted:
            stack.callback(gevent.spawn(Pump(environment).run).kill)
        if web is not None:
            _show_web(environment, web)
            environment.events.test_stop.add_listener(lambda **_: conductor.stop())  # type: ignore[no-untyped-call]  # locust's events are untyped
        threading.Thread(target=_listen, args=(conductor,), name="input", daemon=True).start()
        why = "it broke"
        try:
            end = conductor.run()
            why = ""
        except LoadError as error:
            why = error.what
            raise
        finally:
            # Workers elsewhere are let go, however the run has ended.
            conductor.dismiss(why)
            runner.quit()
        say({"event": "end", **end})


def work(
    host: str, port: int, declared: tuple[str, ...], sources: tuple[str, ...], silent_s: float
) -> int:
    """Be a worker of the master at that address until it is let go.

    Raises:
        SafetyInterlock: the master's host is neither loopback nor declared to be a test system.
        LoadError: the master gave the run up, was silent for ``silent_s``, or answered nothing.
    """
    check_target(f"tcp://{host}:{port}", declared)
    setup_logging("WARNING")  # type: ignore[no-untyped-call]  # locust's function is untyped
    environment = Environment(user_classes=[CrowdUser])
    where = f"--worker {host}:{port}"
    try:
        runner = environment.create_worker_runner(host, port)
    except ConnectionError as error:
        raise LoadError(
            "what listens there does not answer as a master",
            where,
            "Give the address at which net119 load run --master waits",
        ) from error
    say({"event": "joined"})

    def begun(plan: Plan) -> None:
        say({"event": "plan", "callers": len(plan.callers), "consoles": len(plan.consoles)})

    pump = Pump(environment, declared, sources, begun)
    gevent.spawn(pump.run)
    leaving: list[str] = []
    for number in (signal.SIGINT, signal.SIGTERM):
        gevent.signal_handler(number, _leave, environment, leaving, number.name)
    gevent.spawn(_watch_master, runner, silent_s)
    runner.greenlet.join()
    if leaving:
        return INTERRUPTED
    if pump.dismissed is None:
        raise LoadError(
            f"nothing was heard of the master for {silent_s:g} s", where, "Start both again"
        )
    if pump.dismissed:
        raise LoadError(
            f"the master has given the run up: {pump.dismissed}", where, "See what the master says"
        )
    say({"event": "over"})
    return 0


def _leave(environment: Environment, leaving: list[str], name: str) -> None:
    """The user ends this worker: its master is told at once, and need not wait for it."""
    if leaving:
        return
    leaving.append(name)
    runner = _runner_of(environment)
    runner.send_message(
        TOLD,
        {
            "event": "failed",
            "what": f"worker {runner.client_id} was stopped ({name})",  # type: ignore[attr-defined]  # of a worker's runner
            "where": "net119 load run --worker",
            "what_to_do": "Start master and workers again",
        },
    )
    environment.events.quitting.fire(environment=environment)  # type: ignore[no-untyped-call]  # locust's events are untyped
    gevent.sleep(_FAREWELL_S)
    runner.quit()


def _watch_master(runner: Any, silent_s: float) -> None:
    """End a worker whose master is silent; locust's own bound is a minute."""
    while True:
        gevent.sleep(min(1.0, silent_s))
        heard = runner.last_heartbeat_timestamp
        if heard is not None and time.time() - heard > silent_s:
            runner.quit()


@contextlib.contextmanager
def _own_workers(count: int, host: str, port: int) -> Iterator[None]:
    """Worker processes that are gone when this one is, however it ends."""
    command = [sys.executable, "-m", "net119_loadtests.generator", "--worker", host, str(port)]
    started = [
        subprocess.Popen(
            [*command, "--ends-with-input"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL
        )
        for _ in range(count)
    ]
    try:
        yield
    finally:
        for process in started:
            process.kill()
            process.wait()


def _free_port(host: str) -> int:
    with socket.socket() as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])


def _show_web(environment: Environment, port: int) -> None:
    try:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", port))
            port = int(probe.getsockname()[1])
    except OSError as error:
        raise LoadError(f"no web page: {error}", f"--web {port}", "Give another port") from error
    # The page would read our command line as locust's own.
    sys.argv = sys.argv[:1]
    environment.create_web_ui("127.0.0.1", port)
    say({"event": "web", "url": f"http://127.0.0.1:{port}"})
