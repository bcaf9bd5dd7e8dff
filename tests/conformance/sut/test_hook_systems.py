"""Systems behind a hook are judged by their profile: as the hook says what it offers."""

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from net119_cli import main as cli
from net119_conformance.drivers.http_hook_requests import REQUESTS
from net119_conformance.sut.findings import Layer
from net119_conformance.sut.hook_kind import HOOK
from net119_conformance.sut.profile import SutProfile
from net119_conformance.sut.reading import read_profile
from net119_conformance.verdict import Verdict
from net119_conformance.world.addresses import AddressBlock
from net119_conformance.world.standing_description import site_of

from tests.conformance.foreign.bench import PROGRAM, ROOT, explained, started
from tests.conformance.foreign.hooked import WORLD, command, described, judged
from tests.conformance.world.test_http_hook import hook

EXAMPLE = ROOT / "docs" / "examples" / "hook_adapter.py"
OFFERED = ("ROUTE-OWN", "LOGIN-WRONG")
LACKS = ("CLAIM-LIVE", "CLAIM-TRANSFER-IN", "CLAIM-TRANSFER-OUT", "CLAIM-CALLBACK")
WIRE = ("OFFER-TAKEN", "ROUTE-PEER", *LACKS)


@pytest.fixture
def block() -> Iterator[AddressBlock]:
    made = AddressBlock()
    yield made
    made.release()


def checked(profile: SutProfile) -> list[Any]:
    """What `net119 sut check` says of the hook."""
    assert HOOK.check is not None
    found = HOOK.check(site_of(profile, None), HOOK.settings(profile.driver.settings))

    async def go() -> list[Any]:
        return [each async for each in found]

    return asyncio.run(go())


def test_the_minimal_provider_is_judged_by_its_profile(
    tmp_path: Path, block: AddressBlock, capsys: pytest.CaptureFixture[str]
) -> None:
    profile = described(tmp_path, block, "chisai", WIRE)
    with started(command([PROGRAM], tmp_path, block, "chisai"), tmp_path / "log"):
        hook, state = checked(profile)
        # It knows no peer yet: they are handed over before one is sent to it.
        status = cli.main(["sut", "check", "--sut", str(tmp_path / "sut.toml")])
        records = judged(profile, tmp_path, WIRE)
    told = capsys.readouterr().out
    assert status == 0, told
    assert "it has taken the prepared directory and peers" in told
    assert "CONNECTED as p-" in told
    assert hook.ok
    assert "without transfer, call-back" in hook.seen.en
    assert state.ok
    shown = "\n".join(map(explained, records.values()))
    assert {name: one.verdict for name, one in records.items()} == {
        "OFFER-TAKEN": Verdict.PASS,
        "ROUTE-PEER": Verdict.PASS,
        **dict.fromkeys(LACKS, Verdict.NOT_APPLICABLE),
    }, shown
    assert shown.count("nothing of it was found") == len(LACKS)


def test_the_example_of_a_hook_is_judged_without_what_it_does_not_offer(
    tmp_path: Path, block: AddressBlock
) -> None:
    profile = described(tmp_path, block, "toy", ["ROUTE-OWN"])
    example_hook = [sys.executable, str(EXAMPLE), f"127.{block.number}.0.2", "9119"]
    (nobody,) = checked(profile)
    assert (nobody.ok, nobody.layer) == (False, Layer.HOOK)
    with subprocess.Popen(example_hook, stderr=subprocess.DEVNULL) as example:
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


def test_what_is_claimed_and_not_offered_is_told_before_judging(
    tmp_path: Path, block: AddressBlock, capsys: pytest.CaptureFixture[str]
) -> None:
    """What the hook does not offer is asked of it, by check and prepare alike."""
    lacks = {"register", "caller", "transfer"}
    offered = {"hook": "net119-hook/1", "system": "toy", "requests": sorted({*REQUESTS} - lacks)}
    with hook({"/": (200, json.dumps(offered).encode())}) as url:
        changes = [
            ("derived = true", 'derived = true\noptions = ["transfers"]'),
            ("http://127.21.0.2:9119", url),
        ]
        described(tmp_path, block, "toy", ["ROUTE-OWN"], changes=changes)
        _, *before = checked(read_profile(tmp_path / "sut.toml"))
        assert cli.main(["sut", "prepare", "--sut", str(tmp_path / "sut.toml")]) == 0
        _, *after = checked(read_profile(tmp_path / "sut.toml"))
    told = [each.sentence().en for each in before if not each.ok]
    assert "claims.roles 'home', but the hook does not offer `caller`" in told[0]
    assert "claims.options 'transfers', but the hook does not offer `transfer`" in told[1]
    assert "nobody was registered beforehand" in told[2]
    # It is asked when the world is prepared, too: now there are people.
    assert json.loads((tmp_path / WORLD / "registrants.json").read_text("utf-8"))
    assert "does not answer yet" not in capsys.readouterr().out
    assert not any("nobody was registered" in each.sentence().en for each in after)


def test_who_prepares_before_the_hook_runs_is_told_what_is_assumed(
    tmp_path: Path, block: AddressBlock, capsys: pytest.CaptureFixture[str]
) -> None:
    described(tmp_path, block, "toy", ["ROUTE-OWN"])
    assert cli.main(["sut", "prepare", "--sut", str(tmp_path / "sut.toml")]) == 0
    assert "does not answer yet" in capsys.readouterr().out
