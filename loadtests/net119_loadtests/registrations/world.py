"""What a run of registrations needs: a provider with mail, everybody's mailboxes, its staff."""

import contextlib
import secrets
import shutil
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psutil
from net119_protocol.directory import japan_date
from net119_protocol.profile.load import load_profiles
from net119_protocol.profile.model import Channel, Profile
from net119_simulators.applications import Applying, make_applying
from net119_simulators.network import LocalNetwork, ProviderSpec
from net119_simulators.network.ports import FreePorts

from net119_loadtests.registrations.mailroom import Mailroom

OPERATOR, ADDRESS = "aoba", "127.0.0.2"
DEPARTMENTS = ("tomakomai", "chitose")
"""The departments of this provider where one registers by mail and pages."""
_RETRY_S, _RETRY_MAX_S = 1.0, 8.0


@dataclass(frozen=True)
class Clerk:
    """A staff member's log-in at the pages."""

    department: str
    name: str
    password: str = field(repr=False)


@dataclass
class World:
    """A running provider and what belongs to it."""

    network: LocalNetwork
    boxes: Mailroom
    inbound_port: int
    profiles: dict[str, Profile]
    settings: dict[str, Any]
    log_file: Path
    process: psutil.Process

    @property
    def base_url(self) -> str:
        """Where the pages are."""
        return self.network.base_url(OPERATOR)

    async def hire(self, per_department: int) -> tuple[Clerk, ...]:
        """Staff who review, with passwords of their own; raises what `ApiClient.ask` raises."""
        operation = self.network.operation(OPERATOR)
        clerks = []
        for department in self.profiles:
            for number in range(1, per_department + 1):
                clerk = Clerk(department, f"審査係{number}", secrets.token_urlsafe(12))
                await operation.add_staff(department, clerk.name, clerk.password)
                clerks.append(clerk)
        return tuple(clerks)

    def cpu_s(self) -> float:
        """CPU seconds that the provider has used so far."""
        times = self.process.cpu_times()
        return float(times.user + times.system)


@contextlib.asynccontextmanager
async def started(folder: Path, log_copy: Path, log_level: str) -> AsyncIterator[World]:
    """Start a provider whose mail goes to mailboxes of this process; both stop at the end.

    The provider's log is copied to ``log_copy``.

    Raises:
        ProviderDidNotStart: it does not come up.
    """
    known = load_profiles()
    profiles = {
        code: known[code] for code in DEPARTMENTS if Channel.MAIL_WEB in known[code].channels
    }
    ports = FreePorts()
    try:
        async with Mailroom(ADDRESS) as boxes:
            inbound = ports.take(ADDRESS)
            settings: dict[str, Any] = {
                "mail": {
                    "enabled": True,
                    "host": ADDRESS,
                    "port": inbound,
                    "relay_host": ADDRESS,
                    "relay_port": boxes.port,
                    "retry_s": _RETRY_S,
                    "retry_max_s": _RETRY_MAX_S,
                },
                "log": {"level": log_level},
            }
            spec = ProviderSpec(OPERATOR, ADDRESS, settings=settings)
            network = LocalNetwork([spec], folder)
            log = folder / OPERATOR / "provider.log"
            try:
                async with network:
                    pid = network.supervisor(OPERATOR).pid
                    yield World(
                        network, boxes, inbound, profiles, settings, log, psutil.Process(pid)
                    )
            finally:
                if log.exists():
                    shutil.copyfile(log, log_copy)
    finally:
        ports.close()


def people_of(profiles: Sequence[Profile], count: int, seed: int) -> tuple[Applying, ...]:
    """``count`` people in turn of each department; the same again for the same seed."""
    today = japan_date(datetime.now(UTC))
    return tuple(
        make_applying(profiles[number % len(profiles)], f"{seed}-{number}", today)
        for number in range(count)
    )
