"""CPU and memory that the system under test tells itself, as Prometheus' client libraries name it.

For systems whose processes this machine cannot see. Pages of several processes are added up.
"""

import asyncio
import contextlib
import math
import re
import ssl
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Any

import httpx
from net119_simulators.safety import check_target

from net119_loadtests.errors import LoadError

_EVERY_S = 1.0
_WITHIN_S = 5.0
_LARGEST = 16 * 1024 * 1024
_CPU = "process_cpu_seconds_total"
_MEMORY = "process_resident_memory_bytes"
_SAMPLE = re.compile(rf"^({_CPU}|{_MEMORY})(?:\{{.*\}})? +(\S+)", re.MULTILINE)


@dataclass(frozen=True)
class Reading:
    """What the processes have used so far: CPU seconds, and octets of memory now."""

    cpu_s: float
    rss_bytes: float


def read_page(text: str) -> Reading | None:
    """The two figures of a page in Prometheus' text form; ``None`` where it does not tell both."""
    found: dict[str, float] = {}
    for name, value in _SAMPLE.findall(text):
        try:
            number = float(value)
        except ValueError:
            return None
        if not math.isfinite(number):
            return None
        found[name] = found.get(name, 0.0) + number
    return Reading(found[_CPU], found[_MEMORY]) if len(found) == 2 else None


class Pages:
    """The pages of a system, asked each second while they are watched."""

    def __init__(
        self, urls: Sequence[str], tls: ssl.SSLContext | None, test_hosts: Sequence[str]
    ) -> None:
        """Raises SafetyInterlock: a page is neither on this machine nor at a declared host."""
        for url in urls:
            check_target(url, tuple(test_hosts))
        self._urls = tuple(urls)
        self._tls = tls
        self._last: tuple[float, Reading] | None = None
        self._now: dict[str, Any] = {"server_cpu": None, "server_rss_mb": None}

    def sample(self) -> dict[str, Any]:
        """CPU in cores and memory in MB, as of the last answer; ``None`` while there is none."""
        return self._now

    @contextlib.asynccontextmanager
    async def watched(self) -> AsyncIterator[None]:
        """Ask inside ``with``.

        Raises:
            LoadError: a page cannot be read, or does not tell both figures.
        """
        async with httpx.AsyncClient(
            verify=self._tls if self._tls is not None else False,
            trust_env=False,
            timeout=_WITHIN_S,
        ) as client:
            self._took(await self._ask(client))
            asking = asyncio.create_task(self._keep_asking(client))
            try:
                yield
            finally:
                asking.cancel()
                await asyncio.gather(asking, return_exceptions=True)

    async def _keep_asking(self, client: httpx.AsyncClient) -> None:
        while True:
            await asyncio.sleep(_EVERY_S)
            try:
                self._took(await self._ask(client))
            except LoadError:
                # It is under load, or was killed: a gap in the chart says so.
                self._last = None
                self._now = {"server_cpu": None, "server_rss_mb": None}

    def _took(self, reading: Reading) -> None:
        now, cpu = time.monotonic(), None
        if self._last is not None:
            at, before = self._last
            # Less than before: a process was started anew.
            if reading.cpu_s >= before.cpu_s:
                cpu = round((reading.cpu_s - before.cpu_s) / (now - at), 3)
        self._last = now, reading
        self._now = {"server_cpu": cpu, "server_rss_mb": round(reading.rss_bytes / 1e6, 1)}

    async def _ask(self, client: httpx.AsyncClient) -> Reading:
        pages = await asyncio.gather(*(_page(client, url) for url in self._urls))
        return Reading(sum(page.cpu_s for page in pages), sum(page.rss_bytes for page in pages))


async def _page(client: httpx.AsyncClient, url: str) -> Reading:
    try:
        answer = await client.get(url)
    except httpx.HTTPError as error:
        raise _unread(url, f"{type(error).__name__}: {error}") from error
    if answer.status_code != 200:
        raise _unread(url, f"status {answer.status_code}")
    if len(answer.content) > _LARGEST:
        raise _unread(url, f"{len(answer.content)} octets")
    reading = read_page(answer.text)
    if reading is None:
        raise _unread(url, f"it does not tell {_CPU} and {_MEMORY}")
    return reading


def _unread(url: str, why: str) -> LoadError:
    return LoadError(
        f"CPU and memory cannot be read: {why}",
        f"--metrics-url {url}",
        "Give a page in Prometheus' text form that tells them, or leave the option out",
    )
