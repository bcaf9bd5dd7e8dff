"""The ratio to a bare relay: how it is computed, and that a run measures it."""

import asyncio
import dataclasses
import json
from pathlib import Path
from typing import Any

import pytest
from net119_loadtests.bare import cpu_us_per_line, measure_bare, plan_for, with_ratios
from net119_loadtests.bare_relay import Calls
from net119_loadtests.errors import LoadError
from net119_loadtests.generating import COMMAND
from net119_loadtests.page import page_of
from net119_loadtests.plan import CallerSeat, ConsoleSeat, Plan, loopback_sources
from net119_loadtests.shapes import Shape

from tests.loadtests.reports import done, result_of


def plan(callers: int = 4, duration_s: float = 1.0, every_s: float = 0.2) -> Plan:
    """A provider's plan for callers at two centers, some of whom leave."""
    return Plan(
        base_url="https://127.0.0.9:1",
        declared_test_hosts=("sut.example",),
        callers=tuple(
            CallerSeat(
                number=each,
                token="secret",
                mail=f"{each}@example.jp",
                center=f"c{each % 2}",
                lat=35,
                lon=137,
                calls_at=100.0,
                leaves_at=120.0,
            )
            for each in range(callers)
        ),
        consoles=tuple(ConsoleSeat(number=n, center=f"c{n}", token="secret") for n in range(2)),
        shape=Shape(ja="嵐", en="storm", measure="arrivals", storms=("50%",)),
        sources=loopback_sources(0),
        duration_s=duration_s,
        every_s=every_s,
        reply_every=2,
        ramp_s=30,
        settle_s=5,
    )


def test_a_bare_relay_is_measured_with_the_same_callers_but_nothing_breaks() -> None:
    made = plan_for(plan(6, duration_s=300, every_s=1), "https://127.0.0.1:5", "pem", 4)
    assert (made.bare, made.base_url, len(made.callers)) == (True, "https://127.0.0.1:5", 4)
    assert made.callers[3].token == "c1/3@example.jp"
    assert (made.consoles[0].token, made.callers[0].leaves_at) == ("c0/", None)
    assert (made.shape.storms, made.shape.measure, made.duration_s) == ((), "answered", 10)
    # The provider's tokens stay with the provider, and nobody beyond this machine is called.
    assert "secret" not in made.model_dump_json()
    assert made.declared_test_hosts == ()
    assert plan_for(plan(every_s=20, duration_s=300), "u", None, 4).duration_s == 40
    assert plan_for(plan(every_s=20, duration_s=30), "u", None, 4).duration_s == 30


def tick(t: float, acked: int, cpu: float | None, phase: str = "run") -> dict[str, Any]:
    return {"t": t, "acked": acked, "server_cpu": cpu, "phase": phase}


def test_cpu_for_a_line_is_that_of_the_measured_time() -> None:
    ticks = [tick(1, 0, 9.0, "ramp"), tick(2, 10, 9.0), tick(3, 110, 0.01), tick(5, 310, 0.01)]
    assert cpu_us_per_line([*ticks, tick(6, 320, 9.0, "settle")]) == 100.0
    assert cpu_us_per_line([tick(1, 0, None), tick(2, 10, None)]) is None
    assert cpu_us_per_line([tick(1, 5, 0.5), tick(2, 5, 0.5)]) is None
    assert cpu_us_per_line([]) is None


def bare(cpu: float | None = 50.0) -> dict[str, Any]:
    values = {"count": 9, "p50": 2.0, "p95": 4.0, "p99": 8.0, "max": 9.0, "mean": 2.0}
    return {
        "relay": "websockets 0",
        "callers": 4,
        "seconds": 1.0,
        "ratePerS": 20.0,
        "series": {"ack_ms": values, "seen_by_caller_ms": values},
        "cpuUsPerLine": cpu,
    }


def test_ratios_are_the_providers_figures_to_the_bare_relays() -> None:
    ours = {"ack_ms": {"p50": 3.0, "p95": 4.0, "p99": 4.0}}
    found = with_ratios(bare(), ours, [tick(1, 0, 0.1), tick(2, 1000, 0.1)])
    assert found["ratios"] == {"ack_ms": {"p50": 1.5, "p95": 1.0, "p99": 0.5}, "cpuPerLine": 2.0}
    assert found["providerCpuUsPerLine"] == 100.0
    assert with_ratios(bare(None), ours, [])["ratios"]["cpuPerLine"] is None


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_the_page_tells_the_ratios_or_why_there_are_none(lang: str) -> None:
    result = result_of(done())
    language: Any = lang
    told = with_ratios(bare(), result.figures["series"], [tick(1, 0, 0.1), tick(2, 1000, 0.1)])
    page = page_of(dataclasses.replace(result, bare=told).to_json(), language)
    ack = result.figures["series"]["ack_ms"]["p99"]
    assert f'<td class="n">{ack / 8:.2f}</td>' in page
    assert '<td class="n">2.00</td>' in page
    assert "websockets 0" in page
    why = page_of(dataclasses.replace(result, bare={"whyNot": "a <reason>"}).to_json(), language)
    assert "a &lt;reason&gt;" in why
    # A report of a version that did not measure it.
    old = result.to_json()
    del old["bare"]
    assert page_of(old, language)


def test_lines_go_to_their_writer_and_to_both_sides_of_their_call_only() -> None:
    calls = Calls()
    assert calls.enter("/feed", "c0/", "desk")[0] == ""
    calls.enter("/feed", "c1/", "other desk")
    name, sends = calls.enter("/chat/one", "c0/a@example.jp", "phone")
    assert (name, [to for to, _ in sends]) == ("one", ["phone", "desk"])
    calls.enter("/chat/two", "c1/b@example.jp", "other phone")
    answer = calls.take('{"type":"answer","callId":"one"}', "", "desk")
    assert [to for to, _ in answer] == ["phone"]
    for seq, (own, writer) in enumerate([("one", "phone"), ("", "desk")], 1):
        said = {"type": "say", "callId": "one", "clientId": f"n{seq}", "text": "a"}
        sends = calls.take(json.dumps(said), own, writer)
        assert [to for to, _ in sends] == [writer, "phone", "desk"]
        assert json.loads(sends[0][1])["seq"] == seq
        assert json.loads(sends[1][1])["line"]["seq"] == seq


@pytest.mark.parametrize("scheme", ["https", "http"])
def test_the_real_generator_measures_the_real_relay(tmp_path: Path, scheme: str) -> None:
    asked = plan().model_copy(update={"base_url": f"{scheme}://127.0.0.9:1"})
    log = tmp_path / "log"
    ticks: list[dict[str, Any]] = []

    async def measured() -> dict[str, Any]:
        stop = asyncio.Event()
        return await measure_bare(asked, 4, tmp_path, log, ticks.append, stop, COMMAND)

    found = asyncio.run(measured())
    assert found["callers"] == 4
    # Each of 4 callers writes 5 times, and is written to.
    assert found["series"]["ack_ms"]["count"] == 20
    assert found["series"]["seen_by_caller_ms"]["count"] > 0
    assert {each["event"] for each in ticks} == {"progress"}


def test_what_was_cut_short_is_no_measure(tmp_path: Path) -> None:
    async def measured() -> dict[str, Any]:
        stop = asyncio.Event()
        stop.set()
        return await measure_bare(plan(), 4, tmp_path, tmp_path / "log", print, stop, COMMAND)

    with pytest.raises(LoadError, match="callers got into a call"):
        asyncio.run(measured())
