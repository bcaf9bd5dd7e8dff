"""Systems behind a hook are judged by their profile: as the hook says what it offers."""

import asyncio
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from net119_conformance.judge import judge_item
from net119_conformance.record import ItemRecord
from net119_conformance.runner import ALL_PURPOSES, load_suite
from net119_conformance.sut.findings import Layer
from net119_conformance.sut.hook_kind import HOOK
from net119_conformance.sut.preparing import prepare
from net119_conformance.sut.profile import SutProfile
from net119_conformance.sut.reading import read_profile
from net119_conformance.verdict import Verdict
from net119_conformance.world.addresses import AddressBlock
from net119_conformance.world.standing import StandingEnvironment
from net119_conformance.world.standing_bench import bench
from net119_conformance.world.standing_description import site_of

from tests.conformance.foreign.bench import POLYGONS, PROGRAM, ROOT, explained, started

SUITE = load_suite(ALL_PURPOSES)[0]
EXAMPLE = ROOT / "docs" / "examples" / "hook_adapter.py"
OFFERED = ("ROUTE-OWN", "LOGIN-WRONG")
WIRE = ("OFFER-TAKEN", "ROUTE-PEER", "CLAIM-LIVE")


@pytest.fixture
def block() -> Iterator[AddressBlock]:
    made = AddressBlock()
    yield made
    made.release()


def described(folder: Path, block: AddressBlock, operator: str, names: Sequence[str]) -> SutProfile:
    """The profile of the minimal provider, for a system at addresses of this test's own."""
    text = (ROOT / "tests" / "minimal_provider" / "sut.toml").read_text("utf-8")
    text = text.replace("127.21.0.2", f"127.{block.number}.0.2")
    text = text.replace("127.22.0.0", f"127.{block.number}.0.0").replace("chisai", operator)
    (folder / "sut.toml").write_text(text, "utf-8")
    profile = read_profile(folder / "sut.toml")
    world = folder / "net119-world"
    prepare(profile, [SUITE[name] for name in names], world, with_people=False)
    return profile


def judged(profile: SutProfile, folder: Path, names: Sequence[str]) -> dict[str, ItemRecord]:
    """As `net119 conformance run --sut` judges."""
    purposes = [SUITE[name] for name in names]
    environment = StandingEnvironment(profile, folder / "sut.toml", purposes)
    with asyncio.Runner() as loop:
        try:
            worker = bench(loop.run(environment.start()), 0)
            (sut,) = environment.suts()
            records = [judge_item(each, sut, worker, folder / "out") for each in purposes]
        finally:
            loop.run(environment.stop())
    return {record.id: record for record in records}


def checked(profile: SutProfile) -> list[Any]:
    """What `net119 sut check` says of the hook."""
    assert HOOK.check is not None
    found = HOOK.check(site_of(profile, None), HOOK.settings(profile.driver.settings))

    async def go() -> list[Any]:
        return [each async for each in found]

    return asyncio.run(go())


def test_the_minimal_provider_is_judged_by_its_profile(tmp_path: Path, block: AddressBlock) -> None:
    profile = described(tmp_path, block, "chisai", WIRE)
    world = tmp_path / "net119-world"
    options = [
        *("--me", "chisai", "--address", f"127.{block.number}.0.2", "--tls", str(world / "ca")),
        *("--certificate", "sut", "--polygons", str(POLYGONS), "--hook-port", "9119"),
        *("--t1", "1", "--t2", "4", "--t3", "3", "--silent", "3"),
        *("--heart-beat", "0.5", "--gap", "0.3"),
    ]
    with started([sys.executable, "-m", PROGRAM, *options], tmp_path / "log"):
        hook, state = checked(profile)
        records = judged(profile, tmp_path, WIRE)
    assert hook.ok
    assert "without transfer, call-back" in hook.seen.en
    assert state.ok
    shown = "\n".join(map(explained, records.values()))
    assert {name: one.verdict for name, one in records.items()} == {
        "OFFER-TAKEN": Verdict.PASS,
        "ROUTE-PEER": Verdict.PASS,
        "CLAIM-LIVE": Verdict.NOT_APPLICABLE,
    }, shown
    assert "nothing of it was found" in shown


def test_the_example_of_a_hook_is_judged_without_what_it_does_not_offer(
    tmp_path: Path, block: AddressBlock
) -> None:
    profile = described(tmp_path, block, "toy", ["ROUTE-OWN"])
    command = [sys.executable, str(EXAMPLE), f"127.{block.number}.0.2", "9119"]
    (nobody,) = checked(profile)
    assert (nobody.ok, nobody.layer) == (False, Layer.HOOK)
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as example:
        try:
            hook, state = wait_for(profile)
            record = judged(profile, tmp_path, ["ROUTE-OWN"])["ROUTE-OWN"]
        finally:
            example.terminate()
            example.wait(10)
    assert "log-in" in hook.seen.en
    assert state.ok, state.seen.en
    assert record.verdict is Verdict.PASS, explained(record)


def wait_for(profile: SutProfile) -> list[Any]:
    """What is said of the hook, once it listens."""
    deadline = time.monotonic() + 10
    while not (found := checked(profile))[0].ok:
        assert time.monotonic() < deadline, found[0].seen.en
    return found


def test_a_hook_that_does_not_run_is_the_reason_that_is_given(
    tmp_path: Path, block: AddressBlock
) -> None:
    profile = described(tmp_path, block, "toy", ["ROUTE-OWN"])
    record = judged(profile, tmp_path, ["ROUTE-OWN"])["ROUTE-OWN"]
    assert record.verdict is Verdict.INCONCLUSIVE
    assert "GET / at " in record.reasons[0].en
    assert "フック" in record.reasons[0].ja
