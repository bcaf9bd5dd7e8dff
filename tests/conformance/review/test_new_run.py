"""A new run into the folder of a report that was reviewed: what was decided is told and kept, and
has no say in what the new run found."""

import io
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from net119_conformance.errors import ConformanceError
from net119_conformance.replay import replay
from net119_conformance.report.files import clear_report
from net119_conformance.review.deciding import chosen, decide
from net119_conformance.review.model import Decision, read_reviews
from net119_conformance.review.source import folder_source
from net119_conformance.review.standing import Standing
from net119_conformance.runner import Options, run
from rich.console import Console

from tests.conformance.engine.toy_world import TOYS, ToyEnvironment, toy_catalogue
from tests.conformance.review.reported import HEARD, PASSES, reported


def signed(folder: Path, reviewer: str) -> bytes:
    """Decide about all that needs review; the file that keeps it."""
    source = folder_source(folder)
    now = datetime.now(UTC) + timedelta(seconds=1)
    for each in source.reviews().items:
        made = decide(
            chosen([each], [each.item.name])[0].item,
            source.report,
            Decision.ACCEPTED,
            reviewer=reviewer,
            reason="聞いた",
            own_answers=False,
            reviewed_on=now.astimezone().date(),
            now=now,
        )
        source.add(made)
    return source.file.read_bytes()


def run_toy(out: Path, lang: str) -> str:
    """What a run of the toy that needs review shows."""
    shown = io.StringIO()
    options = Options(
        environment=ToyEnvironment(),
        purposes=TOYS,
        only=("TOY-REVIEW",),
        workers=1,
        hands=1,
        out=out,
        lang="ja" if lang == "ja" else "en",
        catalogue=toy_catalogue(),
    )
    assert run(options, Console(file=shown, width=120)) == 1
    return " ".join(shown.getvalue().split())


def test_a_new_run_tells_that_earlier_decisions_were_set_aside(tmp_path: Path) -> None:
    assert "reviews" not in run_toy(tmp_path, "en")
    first = signed(tmp_path, "A")
    told = run_toy(tmp_path, "en")
    assert "What was decided about the report that was here is kept in reviews.old-1.json" in told
    assert (tmp_path / "reviews.old-1.json").read_bytes() == first
    # Nothing of it stands in the way of what is decided now, and nothing is decided by it.
    reviews = folder_source(tmp_path).reviews()
    assert [each.standing for each in reviews.items] == [Standing.OPEN]
    assert reviews.strays == ()
    assert replay(tmp_path).stands
    # A second time nothing is written over.
    second = signed(tmp_path, "B")
    assert "reviews.old-2.json に残しました" in run_toy(tmp_path, "ja")
    assert (tmp_path / "reviews.old-1.json").read_bytes() == first
    assert (tmp_path / "reviews.old-2.json").read_bytes() == second


def test_what_is_no_file_of_decisions_is_kept_too(tmp_path: Path) -> None:
    """The command would not write it over either."""
    reported(tmp_path, HEARD)
    (tmp_path / "reviews.json").write_text("somebody's notes", "utf-8")
    with pytest.raises(ConformanceError):
        read_reviews(tmp_path / "reviews.json")
    assert clear_report(tmp_path) == tmp_path / "reviews.old-1.json"
    assert (tmp_path / "reviews.old-1.json").read_text("utf-8") == "somebody's notes"


def test_decisions_about_what_the_new_run_does_not_judge_keep_nothing_open(tmp_path: Path) -> None:
    signed(reported(tmp_path, HEARD), "A")
    clear_report(tmp_path)
    assert folder_source(reported(tmp_path, PASSES)).reviews().out_of_date == ()
