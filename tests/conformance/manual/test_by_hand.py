"""A system that a person operates is judged: on the wire as ever, and on what the person says."""

import asyncio
import json
import sys
import threading
import zipfile
from collections.abc import Coroutine, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any, TypeVar

import httpx
import pytest
from net119_conformance.catalogue import load_catalogue
from net119_conformance.environment import Sut
from net119_conformance.evidence import read_evidence
from net119_conformance.export import export, verify
from net119_conformance.judge import judge_item
from net119_conformance.manual.doable import DOABLE
from net119_conformance.manual.hosting import People
from net119_conformance.record import ItemRecord
from net119_conformance.report.files import clear_report, write_report
from net119_conformance.results import make_report
from net119_conformance.runner import ALL_PURPOSES, load_suite
from net119_conformance.sut.preparing import prepare
from net119_conformance.sut.profile import SutProfile
from net119_conformance.sut.reading import read_profile
from net119_conformance.verdict import ExitRule, Verdict
from net119_conformance.world.addresses import AddressBlock
from net119_conformance.world.standing import StandingEnvironment
from net119_conformance.world.standing_bench import bench
from PIL import Image

from tests.conformance.foreign.bench import POLYGONS, PROGRAM, ROOT, explained, started
from tests.conformance.manual.person import Answers, Otherwise, Person, at_work
from tests.turns import part

SUITE = load_suite(ALL_PURPOSES)[0]
RECORDS = {"RECORD-ACCESS-LOGGED", "RECORD-CANCELLED"}
MORE = tuple(sorted(DOABLE - RECORDS - {"OFFER-NO-CONSOLE", "OFFER-TAKEN", "ROUTE-PEER"}))
NAMES = ("OFFER-NO-CONSOLE", "OFFER-TAKEN", "ROUTE-PEER", "CHAT-ORDER")
T = TypeVar("T")


@pytest.fixture
def block() -> Iterator[AddressBlock]:
    made = AddressBlock()
    yield made
    made.release()


class Vendor:
    """The vendor of the minimal provider, who has no hook to show: people operate it."""

    def __init__(
        self, folder: Path, block: AddressBlock, *names: str, roles: str = "", profiles: str = ""
    ) -> None:
        self.folder = folder
        self.address = f"127.{block.number}.0.2"
        self.hook = f"http://{self.address}:9119"
        text = (ROOT / "tests" / "minimal_provider" / "sut.toml").read_text("utf-8")
        text = text.replace("127.21.0.2", self.address)
        text = text.replace("127.22.0.0", f"127.{block.number}.0.0")
        for was, becomes in (
            ("t2_s = 4.0", "t2_s = 60.0"),
            ("silent_s = 3.0", "silent_s = 60.0\npatience_s = 4.0"),
        ):
            assert was in text
            text = text.replace(was, becomes)
        claims = f'roles = ["home", "receiving"{roles}]\ndepartment_profiles = [{profiles}]'
        text = text.replace('roles = ["home", "receiving"]', claims)
        self._text = text[: text.index("[driver]")]
        purposes = [SUITE[name] for name in names or (*NAMES, *MORE)]
        prepare(self.says(30.0), purposes, self.world, with_people=True)

    @property
    def world(self) -> Path:
        return self.folder / "net119-world"

    @property
    def file(self) -> Path:
        return self.folder / "sut.toml"

    def says(self, step_s: float) -> SutProfile:
        """Write the profile, and read it."""
        driver = f'[driver]\nkind = "manual"\nstep_s = {step_s}\n'
        self.file.write_text(f"{self._text}{driver}", "utf-8")
        return read_profile(self.file)

    @property
    def options(self) -> list[str]:
        return [
            *("--me", "chisai", "--address", self.address, "--tls", str(self.world / "ca")),
            *("--certificate", "sut", "--polygons", str(POLYGONS), "--hook-port", "9119"),
            *("--t1", "1", "--t2", "60", "--t3", "3", "--silent", "60"),
            *("--heart-beat", "0.5", "--gap", "0.3"),
        ]


class Loop:
    """An event loop in a thread: the desk answers while purposes are judged."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(30)

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()


@contextmanager
def loop() -> Iterator[Loop]:
    made = Loop()
    try:
        yield made
    finally:
        made.close()


def judged(
    vendor: Vendor,
    names: Sequence[str],
    otherwise: Otherwise,
    *,
    step_s: float = 30.0,
    tester: type[Person] = Person,
) -> tuple[dict[str, ItemRecord], Person]:
    """As `net119 conformance run --sut` judges, with a person at the page."""
    profile = vendor.says(step_s)
    told: list[str] = []
    purposes = [SUITE[name] for name in names]
    environment = StandingEnvironment(
        profile, vendor.file, purposes, people=People(tell=told.append)
    )
    assert all(environment.alone(each) for each in purposes)
    with loop() as desk:
        try:
            description = desk.run(environment.start())
            (where,) = told
            person = tester(where.split()[-1], vendor.hook, otherwise)
            assert where.split()[-1] == description["desk"]
            for one in json.loads((vendor.world / "registrants.json").read_text("utf-8")):
                person.knows(one["credentials"]["loginId"], one["department"], one["person"])
            made = Image.new("RGB", (32, 24), (0, 90, 60))
            png = BytesIO()
            made.save(png, "PNG")
            person.picture = png.getvalue()
            worker = bench(description, 0)
            (sut,) = environment.suts()
            with at_work(person):
                records = [
                    judge_item(each, sut, worker, vendor.folder / "out") for each in purposes
                ]
        finally:
            desk.run(environment.stop())
    return {record.id: record for record in records}, person


def honest(person: Person, title: str) -> Answers | None:
    return None


def sees_another_number(person: Person, title: str) -> Answers | None:
    """Does everything, but the console shows a telephone number that nobody registered."""
    if title != "指令台の表示を見る":
        return None
    said = "氏名の代わりに 090-1111-2222 と出た 髙𠮷①"
    return {"outcome": "other", "said": said, "note": "二度試した"}


def says_it_is_taken(person: Person, title: str) -> Answers | None:
    """Presses Done without taking the call, and leaves what cannot be done after that."""
    if title == "通報に応答する":
        return {"outcome": "done"}
    return {"outcome": "skipped"} if title.endswith("で一言書く") else None


def is_away(person: Person, title: str) -> Answers | None:
    return {}


def told_of(records: dict[str, ItemRecord]) -> str:
    return "\n".join(map(explained, records.values()))


def _as_described(vendor: Vendor) -> None:
    """What the wire showed is judged; what only the person saw waits for a person."""
    more = part(MORE, 3)
    records, person = judged(vendor, (*NAMES, *more), honest)
    shown = told_of(records)
    assert {name: one.verdict for name, one in records.items()} == {
        # All that is judged was on the wire.
        "OFFER-NO-CONSOLE": Verdict.PASS,
        "OFFER-TAKEN": Verdict.NEEDS_REVIEW,
        "ROUTE-PEER": Verdict.NEEDS_REVIEW,
        # No person writes twelve lines while another does: nobody was asked.
        "CHAT-ORDER": Verdict.INCONCLUSIVE,
        # What is not claimed is looked for, and does not apply.
        **{
            name: Verdict.NOT_APPLICABLE if name.startswith("CLAIM-") else Verdict.NEEDS_REVIEW
            for name in more
        },
    }, shown
    assert all(check.passed for one in records.values() for check in one.checks), shown
    assert "CHAT-ORDER" not in {purpose for purpose, _ in person.titles}
    assert ("ROUTE-PEER", "通報する") in person.titles
    assert "nobody was asked" in records["CHAT-ORDER"].reasons[0].en
    _is_reported(vendor, records)


def _something_else(vendor: Vendor) -> None:
    """Did it and saw something else: a failure, with what was seen, masked as the rest is."""
    records, _ = judged(vendor, ["OFFER-TAKEN"], sees_another_number)
    one = records["OFFER-TAKEN"]
    failed = [each for each in one.checks if not each.passed]
    assert one.verdict is Verdict.FAIL, told_of(records)
    assert "髙𠮷①" in failed[0].seen
    # The suite said it to nobody, so it may be a real person's.
    kept = (vendor.folder / "out" / str(one.evidence)).read_text("utf-8")
    assert "090-1111-2222" not in kept + one.model_dump_json()
    assert "二度試した" in kept


def _lies(vendor: Vendor) -> None:
    """A tester who says that the call was taken, and took none: the wire says otherwise."""
    records, _ = judged(vendor, ["OFFER-TAKEN"], says_it_is_taken)
    one = records["OFFER-TAKEN"]
    assert one.verdict is Verdict.FAIL, told_of(records)
    assert "call.answered follows the human act" in {
        each.name for each in one.checks if not each.passed
    }, told_of(records)


def _nobody(vendor: Vendor) -> None:
    """Nobody answers: inconclusive, with what to do, and without a single check."""
    records, person = judged(vendor, ["ROUTE-PEER"], is_away, step_s=0.4)
    one = records["ROUTE-PEER"]
    assert one.verdict is Verdict.INCONCLUSIVE, told_of(records)
    assert not one.checks
    assert "was not answered within" in one.reasons[0].en
    assert "driver.step_s" in one.reasons[0].ja
    assert {title for _, title in person.titles} == {"通報する"}


TESTERS = (_as_described, _something_else, _lies, _nobody)


def test_a_person_operates_the_system(tmp_path: Path, block: AddressBlock) -> None:
    vendor = Vendor(tmp_path, block)
    with started([sys.executable, "-m", PROGRAM, *vendor.options], tmp_path / "log"):
        load_world(vendor)
        # In turn by commit: first and third, or second and fourth.
        for tester in part(TESTERS, 2):
            tester(vendor)


def load_world(vendor: Vendor) -> None:
    """What the vendor loads by the README of the prepared folder."""
    directory = json.loads((vendor.world / "directory.json").read_text("utf-8"))
    peers = json.loads((vendor.world / "operators.json").read_text("utf-8"))
    with httpx.Client(base_url=vendor.hook, timeout=30.0) as hook:
        assert hook.post("/directory", json={"directory": directory}).status_code == 200
        assert hook.post("/operators", json={"peers": peers}).status_code == 200


def _is_reported(vendor: Vendor, records: dict[str, ItemRecord]) -> None:
    """Notes and screenshots are in the evidence, and one click away in the report."""
    out = vendor.folder / "out"
    one = records["OFFER-TAKEN"]
    said = [each for each in read_evidence(out / str(one.evidence)) if each["kind"] == "person"]
    assert [each["outcome"] for each in said][:1] == ["done"]
    assert "on-the-wire" in {each["outcome"] for each in said}
    pictures = [each["picture"] for each in said if each["picture"]]
    assert pictures
    with Image.open(out / "evidence" / pictures[0]) as kept:
        assert kept.size == (32, 24)
    purposes = {name: SUITE[name] for name in records}
    report = make_report(
        catalogue_version="test",
        statuses=(),
        purposes=purposes,
        suts=(Sut(key="chisai", name="Minimal"),),
        records=list(records.values()),
        rule=ExitRule(),
        not_run=(),
        complete=True,
        exit_status=1,
        started_at=one.started_at,
        duration_s=1.0,
    )
    files = write_report(
        report,
        records=list(records.values()),
        purposes=purposes,
        requirements=load_catalogue().requirements,
        out=out,
        lang="ja",
    )
    page = files.html.read_text("utf-8")
    assert f'href="evidence/{pictures[0]}"' in page
    assert "人がしたこと・見たもの" in page
    assert "電文で確認した" in page
    archive = vendor.folder / "filed.zip"
    export(out, archive, vendor.folder / "key.pem", datetime.now(UTC), pictures=True)
    with zipfile.ZipFile(archive) as filed:
        assert any(name.endswith(pictures[0]) for name in filed.namelist())
    assert not verify(archive).problems
    # The next run begins without what this one left.
    clear_report(out)
    assert not list((out / "evidence").iterdir())
