"""The network and the pages of a drill in a thread of their own, for tests with a real browser."""

import asyncio
import contextlib
import secrets
import socket
import threading
from collections.abc import Coroutine, Iterator
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any, TypeVar

from net119_scenarios.drills.web.hall import Hall, first_for, providers_of
from net119_scenarios.drills.web.house import House
from net119_scenarios.drills.web.lan import Declared, LanFile, Net
from net119_scenarios.drills.web.phone_authority import PhoneAuthority
from net119_scenarios.drills.web.ports import Ports, local_url
from net119_scenarios.drills.web.serving import pages_of

T = TypeVar("T")
DEADLINE_S = 120.0
FIRST = first_for("tomakomai")


class RunningHouse:
    """What `net119 drill serve` runs, while the block of :meth:`serving` runs.

    ``lan`` is an address that stands for one of the local network.
    """

    def __init__(self, folder: Path, lan: str | None = None) -> None:
        self.loop = asyncio.new_event_loop()
        ports = free_ports()
        if lan is None:
            self.house = House(Hall(FIRST, ports), folder, "tomakomai")
        else:
            authority = PhoneAuthority(folder / "phones", lan)
            declared = LanFile(
                test_systems=Declared(declared=True, hosts=(lan,)),
                lan=Net(address=lan, port=ports.mailboxes + 1),
            )
            doors = declared.doors(ports, authority.cert_file, authority.key_file)
            hall = Hall(FIRST, ports, doors=doors)
            self.house = House(hall, folder, "tomakomai", lan=declared, authority=authority)
        self._pages = pages_of(self.house)
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
            self.do(_left(self._pages))
            self.loop.call_soon_threadsafe(self.loop.stop)
            thread.join(DEADLINE_S)
            self.loop.close()

    def do(self, work: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine in the thread's loop; its result."""
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(DEADLINE_S)


async def _left(pages: AbstractAsyncContextManager[None]) -> None:
    await pages.__aexit__(None, None, None)


def free_ports() -> Ports:
    """Ports in a row that nobody uses."""
    for _ in range(50):
        ports = Ports.of(20_000 + secrets.randbelow(10_000), providers_of(FIRST))
        with contextlib.ExitStack() as stack, contextlib.suppress(OSError):
            for port in ports.all:
                stack.enter_context(socket.create_server(("127.0.0.1", port)))
            return ports
    raise AssertionError("no free ports in a row")
