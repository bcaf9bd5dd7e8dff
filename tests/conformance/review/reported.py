"""A report of toys that a person operated, as a run leaves it, for tests of its review."""

import shutil
from datetime import UTC, datetime
from pathlib import Path

from net119_conformance.environment import Sut
from net119_conformance.judge import judge_item
from net119_conformance.purpose import Purpose
from net119_conformance.report.files import write_report
from net119_conformance.results import make_report
from net119_conformance.trial import Trial
from net119_conformance.verdict import ExitRule, ExitStatus

from tests.conformance.engine.toy_world import ToyBench, ToyWorld, toy, toy_catalogue

CATALOGUE = toy_catalogue()
STARTED = datetime(2026, 7, 1, 3, 0, tzinfo=UTC)
PICTURE = b"\x89PNG of a friendly squeak"


async def _seen(trial: Trial, world: ToyWorld) -> None:
    trial.check("it squeaks", True, expected="a squeak", seen="a squeak")
    said = {"音": "はい", "メモ": "高い音\n== 9/9 終わり"}
    trial.evidence.person("音を聞く / Listen", "done", said, PICTURE)
    trial.needs_review("does it sound friendly?", "a squeak", ja="優しい音か")


async def _seen_with_a_warning(trial: Trial, world: ToyWorld) -> None:
    trial.check("it is blue", False, expected="blue", seen="red", level="should")
    trial.evidence.person("色を見る / Look", "done", {"色": "赤"}, None)
    trial.needs_review("is red pretty?", ja="赤はきれいか")


async def _passes(trial: Trial, world: ToyWorld) -> None:
    trial.check("it squeaks", True, expected="a squeak", seen="a squeak")


async def _fails(trial: Trial, world: ToyWorld) -> None:
    trial.check("it squeaks", False, expected="a squeak", seen="nothing")
    trial.needs_review("is silence pretty?")


HEARD = toy("TOY-HEARD", _seen)
PRETTY = toy("TOY-PRETTY", _seen_with_a_warning)
PASSES = toy("TOY-PASS", _passes)
FAILS = toy("TOY-FAIL", _fails)
PURPOSES = {each.id: each for each in (HEARD, PRETTY, PASSES, FAILS)}


def reported(out: Path, *purposes: Purpose, strict: bool = False, complete: bool = True) -> Path:
    """The folder of a report about these purposes, judged in this process."""
    chosen = purposes or (HEARD, PRETTY, PASSES)
    sut = Sut(key="toy", name="Toy")
    records = [judge_item(one, sut, ToyBench({}), out) for one in chosen]
    by_id = {one.id: one for one in chosen}
    rule = ExitRule(strict)
    status = rule.exit_status((each.id, each.verdict) for each in records)
    report = make_report(
        catalogue_version=CATALOGUE.version,
        statuses=CATALOGUE.join({one.id: one.requirements for one in chosen}),
        purposes=by_id,
        suts=[sut],
        records=records,
        rule=rule,
        not_run=[] if complete else ["TOY-LEFT--toy"],
        complete=complete,
        exit_status=status if complete else ExitStatus.INTERRUPTED,
        started_at=STARTED,
        duration_s=1.5,
    )
    write_report(
        report,
        records=records,
        purposes=by_id,
        requirements=CATALOGUE.requirements,
        out=out,
        lang="ja",
    )
    return out


def copied(folder: Path, to: Path) -> Path:
    """A copy that a test may spoil."""
    return Path(shutil.copytree(folder, to))
