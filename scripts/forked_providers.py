"""Providers as real processes that start in a moment: forked from one that has read all libraries.

Only reading the libraries is saved; everything else happens at each start as ever.
"""

import multiprocessing
import os
import sys
from collections.abc import Awaitable, Callable
from multiprocessing.context import ForkServerProcess
from pathlib import Path

from net119_simulators.network import LocalNetwork, ProviderSpec
from net119_simulators.network.supervisor import Supervisor

_FORKS = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload(["net119_reference.app", "scripts.forked_providers"])


def _run(config: str, log: str) -> None:
    """A provider's process, from its fork on."""
    from net119_reference.app import main

    os.setsid()
    out = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    os.dup2(out, 1)
    os.dup2(out, 2)
    sys.exit(main(["--config", config]))


class ForkedSupervisor(Supervisor):
    """One provider's process after the other."""

    def __init__(self, name: str, config: Path, log_file: Path) -> None:
        super().__init__(name, (), log_file)
        self._config = config
        self._forked: ForkServerProcess | None = None

    @property
    def pid(self) -> int | None:
        return self._forked.pid if self._forked is not None and self.is_running() else None

    def is_running(self) -> bool:
        return self._forked is not None and self._forked.is_alive()

    @property
    def exit_status(self) -> int | None:
        return None if self._forked is None else self._forked.exitcode

    async def start(self, ready: Callable[[], Awaitable[bool]], within: float) -> None:
        self.kill()
        self._forked = _FORKS.Process(
            target=_run, args=(str(self._config), str(self.log_file)), daemon=True
        )
        self._forked.start()
        try:
            await self._until_ready(ready, within)
        except BaseException:
            self.kill()
            raise

    def kill(self) -> None:
        if self._forked is not None and self._forked.is_alive():
            self._forked.kill()
            self._forked.join()

    async def stop(self, within: float = 10.0) -> bool:
        self.kill()
        return True


class ForkedNetwork(LocalNetwork):
    """A local network of such providers."""

    def _supervisor(self, spec: ProviderSpec) -> Supervisor:
        usual = super()._supervisor(spec)
        config = Path(usual.command[usual.command.index("--config") + 1])
        return ForkedSupervisor(spec.operator, config, usual.log_file)
