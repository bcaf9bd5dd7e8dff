"""A provider that somebody else started is judged as its profile says, and so are its claims."""

import asyncio
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from net119_conformance.judge import judge_item
from net119_conformance.record import ItemRecord
from net119_conformance.runner import CLAIM_PURPOSES, DEFAULT_PURPOSES, load_suite
from net119_conformance.sut.preparing import prepare
from net119_conformance.sut.profile import SutProfile
from net119_conformance.sut.reading import read_profile
from net119_conformance.verdict import Verdict
from net119_conformance.world.addresses import AddressBlock
from net119_conformance.world.standing import StandingEnvironment
from net119_conformance.world.standing_bench import bench

from tests.conformance.sut.foreign import running

EXAMPLE = Path(__file__).parents[3] / "docs" / "examples" / "sut-both.toml"
ALL = (
    *("ROUTE-OWN", "OFFER-TAKEN", "TRANSFER-DONE", "ALARM-TEST"),
    *("CLAIM-RECEIVING", "CLAIM-TRANSFER-IN", "CLAIM-ALARM"),
)
TOKEN = "0123456789abcdef0123456789abcdef"
VERBS = ["directory", "handset", "health", "operators", "staff"]


@pytest.fixture
def block() -> Iterator[AddressBlock]:
    block = AddressBlock()
    yield block
    block.release()


class Vendor:
    """Who has the example's system, on addresses of this test's own."""

    def __init__(self, folder: Path, block: AddressBlock) -> None:
        self.file = folder / "sut.toml"
        text = EXAMPLE.read_text("utf-8")
        for was, becomes in (
            ("127.0.0.", f"127.{block.number}.0."),
            ("127.20.0.0", f"127.{block.number}.0.0"),
        ):
            assert was in text
            text = text.replace(was, becomes)
        self._text = text
        self.suite = load_suite((*DEFAULT_PURPOSES, *CLAIM_PURPOSES))[0]
        self.profile = self.says()

    def says(self, *changes: tuple[str, str]) -> SutProfile:
        """Write the profile with changes, and read it."""
        text = self._text
        for was, becomes in changes:
            assert was in text
            text = text.replace(was, becomes)
        self.file.write_text(text, "utf-8")
        return read_profile(self.file)

    def judged(
        self, loop: asyncio.Runner, profile: SutProfile, names: Sequence[str], out: Path
    ) -> dict[str, ItemRecord]:
        """The records of these purposes, in a run of their own."""
        purposes = [self.suite[name] for name in names]
        environment = StandingEnvironment(profile, self.file, purposes)
        try:
            worker = bench(loop.run(environment.start()), 0)
            (sut,) = environment.suts()
            records = [judge_item(each, sut, worker, out) for each in purposes]
        finally:
            loop.run(environment.stop())
        return {record.id: record for record in records}


def verdicts(records: dict[str, ItemRecord]) -> dict[str, Verdict]:
    return {name: record.verdict for name, record in records.items()}


def test_what_is_claimed_is_judged_and_what_is_not_is_probed(
    tmp_path: Path, block: AddressBlock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NET119_ADMIN_TOKEN", TOKEN)
    vendor = Vendor(tmp_path, block)
    no_transfers = (', "transfers"]', "]")
    home_only = ('"home", "receiving"', '"home"')
    no_console = ('kind = "api"', f'kind = "api"\nverbs = {VERBS}')
    profile = vendor.says(no_transfers)
    world = tmp_path / "net119-world"
    prepare(profile, [vendor.suite[name] for name in ALL], world, with_people=False)
    with asyncio.Runner() as loop:
        # It knows nobody yet: directory and peers are handed over through the driver.
        provider = running(profile, world, tmp_path, without=("directory", "peers"))
        loop.run(provider.__aenter__())
        try:
            first = vendor.judged(loop, profile, ALL, tmp_path / "first")
            lie = vendor.says(home_only)
            two = ("OFFER-TAKEN", "CLAIM-RECEIVING")
            prepare(lie, [vendor.suite[name] for name in two], world, with_people=False)
            lying = vendor.judged(loop, lie, two, tmp_path / "second")
            honest = vendor.judged(
                loop, vendor.says(home_only, no_console), ["CLAIM-RECEIVING"], tmp_path / "third"
            )
        finally:
            loop.run(provider.__aexit__(None, None, None))
    assert verdicts(first) == {
        "ROUTE-OWN": Verdict.PASS,
        "OFFER-TAKEN": Verdict.PASS,
        "TRANSFER-DONE": Verdict.NOT_APPLICABLE,
        "ALARM-TEST": Verdict.NOT_APPLICABLE,
        "CLAIM-RECEIVING": Verdict.NOT_APPLICABLE,
        "CLAIM-TRANSFER-IN": Verdict.FAIL,
        "CLAIM-ALARM": Verdict.WARN,
    }
    assert "claims.options does not claim 'transfers'" in first["TRANSFER-DONE"].reasons[0].en
    assert "claims.roles does not claim 'alarm'" in first["ALARM-TEST"].reasons[0].en
    (check,) = first["CLAIM-TRANSFER-IN"].checks
    assert check.seen == "call.accept"
    assert '"transfers" in claims.options' in check.expected
    assert verdicts(lying) == {
        "OFFER-TAKEN": Verdict.NOT_APPLICABLE,
        "CLAIM-RECEIVING": Verdict.FAIL,
    }
    # It has no console at this center, which may be so only now.
    assert verdicts(honest) == {"CLAIM-RECEIVING": Verdict.WARN}
    probed, why = honest["CLAIM-RECEIVING"].checks
    assert probed.passed
    assert why.seen == "no-console"
    assert "nothing of it was found" in honest["CLAIM-RECEIVING"].reasons[0].en
