"""CPU and memory from a page of the system under test."""

import asyncio
import http.server
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from net119_loadtests.errors import LoadError
from net119_loadtests.metrics import Pages, Reading, read_page
from net119_simulators.errors import SafetyInterlock
from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest

DEADLINE_S = 30.0
CPU, MEMORY = "process_cpu_seconds_total", "process_resident_memory_bytes"


def test_a_page_of_the_common_library_is_read() -> None:
    registry = CollectorRegistry()
    ProcessCollector(registry=registry)
    reading = read_page(generate_latest(registry).decode())
    assert reading is not None
    assert reading.cpu_s > 0
    assert reading.rss_bytes > 1e6


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (f"{CPU} 1.5\n{MEMORY} 2e+06\n", Reading(1.5, 2e6)),
        (f'{CPU}{{p="a"}} 1\n{CPU}{{p="b"}} 2\n{MEMORY} 3\n', Reading(3, 3)),
        (f"{CPU} 1.5\n", None),
        (f"# HELP {CPU} 1\nx_{CPU} 1\n{MEMORY}_more 2\n", None),
        (f"{CPU} NaN\n{MEMORY} 1\n", None),
        (f"{CPU} one\n{MEMORY} 1\n", None),
        ("", None),
        ("<html>", None),
    ],
)
def test_pages(text: str, found: Reading | None) -> None:
    assert read_page(text) == found


@contextmanager
def page(answers: list[tuple[int, str]]) -> Iterator[str]:
    """A page that gives these answers in turn, the last one again and again."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, text = answers.pop(0) if len(answers) > 1 else answers[0]
            self.send_response(status)
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, format: str, *args: Any) -> None:  # named so there
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/metrics"
        finally:
            server.shutdown()
            thread.join()


async def _first_change(pages: Pages) -> dict[str, Any]:
    before = pages.sample()
    async with asyncio.timeout(DEADLINE_S):
        while pages.sample() == before:  # noqa: ASYNC110  # nobody tells; the deadline bounds it
            await asyncio.sleep(0.01)
    return pages.sample()


def test_cpu_is_what_was_used_between_two_answers_of_all_pages() -> None:
    one, two = f"{CPU} 10\n{MEMORY} 1e6\n", f"{CPU} 10.5\n{MEMORY} 3e6\n"

    async def watched(urls: list[str]) -> tuple[dict[str, Any], dict[str, Any]]:
        pages = Pages(urls, None, ())
        async with pages.watched():
            return pages.sample(), await _first_change(pages)

    with page([(200, one), (200, two)]) as a, page([(200, one)]) as b:
        first, second = asyncio.run(watched([a, b]))
    assert first == {"server_cpu": None, "server_rss_mb": 2.0}
    assert second["server_rss_mb"] == 4.0
    # Half a second of CPU in the second or so between the answers.
    assert 0 < second["server_cpu"] <= 0.5


@pytest.mark.parametrize("later", [(503, ""), (200, f"{CPU} 1\n{MEMORY} 5e6\n")])
def test_a_gap_or_a_new_process_gives_no_cpu(later: tuple[int, str]) -> None:
    async def watched(url: str) -> dict[str, Any]:
        pages = Pages([url], None, ())
        async with pages.watched():
            return await _first_change(pages)

    with page([(200, f"{CPU} 10\n{MEMORY} 1\n"), later]) as url:
        assert asyncio.run(watched(url))["server_cpu"] is None


@pytest.mark.parametrize("answer", [(404, ""), (200, "nothing")])
def test_a_page_that_tells_nothing_is_refused(answer: tuple[int, str]) -> None:
    async def watched(url: str) -> None:
        async with Pages([url], None, ()).watched():
            pass

    with page([answer]) as url, pytest.raises(LoadError) as refused:
        asyncio.run(watched(url))
    assert url in refused.value.where


def test_nobody_beyond_this_machine_is_asked() -> None:
    with pytest.raises(SafetyInterlock):
        Pages(["http://192.0.2.1/metrics"], None, ())
