"""The network and the pages of a drill in a thread of their own, for tests with a real browser."""

import asyncio
import contextlib
import secrets
import socket
import threading
from collections.abc import Coroutine, Iterator
from pathlib import Path
from typing import Any, TypeVar

from net119_scenarios.drills.web.app import leader_app
from net119_scenarios.drills.web.hall import Hall, first_for, providers_of
from net119_scenarios.drills.web.house import House
from net119_scenarios.drills.web.ports import Ports, local_url
from net119_scenarios.drills.web.server import PageServer

T = TypeVar("T")
DEADLINE_S = 120.0
FIRST = first_for("tomakomai")


class RunningHouse:
    """What `net119 drill serve` runs, while the block of :meth:`serving` runs."""

    def __init__(self, folder: Path) -> None:
        self.loop = asyncio.new_event_loop()
        self.house = House(Hall(FIRST, free_ports()), folder, "tomakomai")
        self._pages = PageServer(leader_app(self.house), "127.0.0.1", self.house.hall.ports.start)
        self.url = local_url(self.house.hall.ports.start)

    @contextlib.contextmanager
    def serving(self) -> Iterator["RunningHouse"]:
        """Everything runs until the block ends."""
        thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        thread.start()
        try:
            self.do(self._pages.__aenter__())
            self.do(self.house.hall.__aenter__())
            yield self
        finally:
            self.do(self.house.leader.close())
            self.do(self.house.hall.__aexit__(None, None, None))
            self.do(self._pages.__aexit__(None, None, None))
            self.loop.call_soon_threadsafe(self.loop.stop)
            thread.join(DEADLINE_S)
            self.loop.close()

    def do(self, work: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine in the thread's loop; its result."""
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(DEADLINE_S)


def free_ports() -> Ports:
    """Ports in a row that nobody uses."""
    for _ in range(50):
        ports = Ports.of(20_000 + secrets.randbelow(10_000), providers_of(FIRST))
        with contextlib.ExitStack() as stack, contextlib.suppress(OSError):
            for port in ports.all:
                stack.enter_context(socket.create_server(("127.0.0.1", port)))
            return ports
    raise AssertionError("no free ports in a row")
