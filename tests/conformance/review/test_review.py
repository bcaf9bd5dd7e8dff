"""Decisions about what only a person saw: kept beside the report, and stale once it changes."""

import json
import zipfile
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import jsonschema
import pytest
from net119_conformance.errors import ConformanceError
from net119_conformance.export import export, verify
from net119_conformance.replay import replay
from net119_conformance.review.deciding import chosen, decide
from net119_conformance.review.model import Decision, Review, read_reviews, reviews_schema
from net119_conformance.review.page import write_page
from net119_conformance.review.source import folder_source, opened
from net119_conformance.review.standing import Reviewed, Standing
from net119_conformance.verdict import Verdict

from tests.conformance.review.reported import (
    CATALOGUE,
    FAILS,
    HEARD,
    PICTURE,
    PURPOSES,
    STARTED,
    copied,
    reported,
)

NOW = STARTED + timedelta(days=2)
DAY = (STARTED + timedelta(days=1)).date()


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return reported(tmp_path_factory.mktemp("ran"))


@pytest.fixture
def folder(ran: Path, tmp_path: Path) -> Path:
    return copied(ran, tmp_path / "report")


def sign(
    folder: Path,
    name: str = "TOY-HEARD",
    decision: Decision = Decision.ACCEPTED,
    *,
    reviewer: str = "髙橋",
    reason: str = "録音を聞いた",
    own_answers: bool = False,
    on: date = DAY,
    now: datetime = NOW,
) -> Review:
    """Decide about one item of a report in a folder, and keep it."""
    source = folder_source(folder)
    (one,) = chosen(source.reviews().items, [name])
    made = decide(
        one.item,
        source.report,
        decision,
        reviewer=reviewer,
        reason=reason,
        own_answers=own_answers,
        reviewed_on=on,
        now=now,
    )
    source.add(made)
    return made


def of(folder: Path, name: str = "TOY-HEARD") -> Reviewed:
    found = folder_source(folder).reviews().about(name, "toy")
    assert found is not None
    return found


def originals(folder: Path) -> dict[str, bytes]:
    names = ["report.json", "report.junit.xml"]
    names += [f"evidence/{each.name}" for each in (folder / "evidence").iterdir()]
    return {name: (folder / name).read_bytes() for name in names}


def test_only_what_needs_review_is_asked_for(folder: Path, tmp_path: Path) -> None:
    reviews = folder_source(folder).reviews()
    assert [each.item.result.id for each in reviews.items] == ["TOY-HEARD", "TOY-PRETTY"]
    assert {each.standing for each in reviews.items} == {Standing.OPEN}
    assert (reviews.undecided, reviews.verdict) == (2, Verdict.NEEDS_REVIEW)
    (heard, _) = reviews.items
    assert [line["said"]["音"] for line in heard.item.told] == ["はい"]
    (picture,) = heard.item.pictures.values()
    assert picture.read_bytes() == PICTURE
    # What failed stays failed, whatever a person was asked besides.
    failed = reported(tmp_path / "failed", FAILS)
    assert folder_source(failed).reviews().items == ()
    with pytest.raises(ConformanceError, match="needs no review"):
        sign(failed, "TOY-FAIL")


def test_a_decision_is_kept_and_nothing_else_is_touched(folder: Path) -> None:
    before = originals(folder)
    made = sign(folder)
    assert originals(folder) == before
    assert read_reviews(folder / "reviews.json") == (made,)
    assert (made.reviewer, made.reviewed_on, made.recorded_at) == ("髙橋", DAY, NOW)
    assert (of(folder).standing, of(folder).verdict) == (Standing.ACCEPTED, Verdict.PASS)
    reviews = folder_source(folder).reviews()
    # The other one is still open, and so is the whole.
    assert (reviews.undecided, reviews.verdict) == (1, Verdict.NEEDS_REVIEW)
    document = json.loads((folder / "reviews.json").read_text("utf-8"))
    jsonschema.validate(document, reviews_schema())


def test_an_accepted_result_is_no_better_than_its_checks(folder: Path) -> None:
    sign(folder, "toy-pretty--TOY")
    assert of(folder, "TOY-PRETTY").verdict is Verdict.WARN
    sign(folder)
    assert folder_source(folder).reviews().verdict is Verdict.WARN


def test_a_rejected_result_is_a_failure_and_a_later_decision_counts(folder: Path) -> None:
    sign(folder, decision=Decision.REJECTED, reviewer="A")
    assert (of(folder).standing, of(folder).verdict) == (Standing.REJECTED, Verdict.FAIL)
    assert folder_source(folder).reviews().verdict is Verdict.FAIL
    sign(folder, reviewer="B", reason="聞き直した")
    one = of(folder)
    assert one.standing is Standing.ACCEPTED
    assert [each.reviewer for each in one.history] == ["A", "B"]
    assert one.deciding is not None
    assert one.deciding.reviewer == "B"


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"reviewer": " 　"}, "nobody is named"),
        ({"reviewer": "", "own_answers": True}, "nobody is named"),
        ({"reason": " "}, "gives no reason"),
        ({"reason": "長" * 2001}, "more than 2000"),
        ({"reviewer": "長" * 101}, "more than 100"),
        ({"on": STARTED.date() - timedelta(days=2)}, "before the run"),
        ({"on": NOW.date() + timedelta(days=2)}, "not yet come"),
    ],
)
def test_a_decision_needs_a_name_a_reason_and_a_day(
    folder: Path, wrong: dict[str, object], says: str
) -> None:
    with pytest.raises(ConformanceError, match=says):
        sign(folder, **wrong)  # type: ignore[arg-type]  # a table of what can be wrong
    assert not (folder / "reviews.json").exists()


@pytest.mark.parametrize("name", ["TOY-PASS", "TOY-OTHER", "TOY"])
def test_what_needs_no_review_is_told(folder: Path, name: str) -> None:
    with pytest.raises(ConformanceError, match="TOY-HEARD--toy, TOY-PRETTY--toy"):
        sign(folder, name)


def test_changed_evidence_makes_a_decision_stale(folder: Path) -> None:
    sign(folder)
    path = folder / "evidence" / "TOY-HEARD--toy.jsonl"
    path.write_text(path.read_text("utf-8").replace("はい", "いいえ"), "utf-8")
    one = of(folder)
    assert (one.standing, one.verdict, one.deciding) == (
        Standing.STALE,
        Verdict.NEEDS_REVIEW,
        None,
    )
    assert one.why_stale is not None
    assert "evidence" in one.why_stale.en
    # The verdict in the report is the same as ever, so that replay has nothing else to tell.
    told = replay(folder)
    assert not told.stands
    assert [each.en for each in told.disagreements] == [
        "the review of TOY-HEARD toy by 髙橋 does not fit: the evidence is not what was reviewed"
    ]
    sign(folder)
    assert of(folder).standing is Standing.ACCEPTED
    assert replay(folder).stands


def test_a_changed_result_makes_a_decision_stale(folder: Path) -> None:
    sign(folder)
    document = json.loads((folder / "report.json").read_text("utf-8"))
    (heard,) = [one for one in document["results"] if one["id"] == "TOY-HEARD"]
    heard["reason"] = "does it sound loud?"
    (folder / "report.json").write_text(json.dumps(document), "utf-8")
    assert of(folder).standing is Standing.STALE


def test_another_picture_makes_a_decision_stale(folder: Path) -> None:
    sign(folder)
    (picture,) = (folder / "evidence").glob("*.picture-1.png")
    picture.write_bytes(b"another squeak")
    assert of(folder).standing is Standing.STALE


def test_where_the_newest_decision_is_stale_no_older_one_comes_back(folder: Path) -> None:
    (picture,) = (folder / "evidence").glob("*.picture-1.png")
    picture.rename(folder / "elsewhere.png")
    sign(folder, reviewer="A")
    (folder / "elsewhere.png").rename(picture)
    sign(folder, decision=Decision.REJECTED, reviewer="B", now=NOW + timedelta(hours=1))
    assert of(folder).standing is Standing.REJECTED
    picture.write_bytes(b"another squeak")
    one = of(folder)
    assert (one.standing, one.verdict, one.deciding) == (
        Standing.STALE,
        Verdict.NEEDS_REVIEW,
        None,
    )
    told = replay(folder)
    assert not told.stands
    assert ["by B does not fit" in each.en for each in told.disagreements] == [True]


def test_a_decision_about_an_earlier_run_is_told(folder: Path, tmp_path: Path) -> None:
    sign(folder)
    later = reported(tmp_path / "later", PURPOSES["TOY-PASS"])
    (later / "reviews.json").write_bytes((folder / "reviews.json").read_bytes())
    reviews = folder_source(later).reviews()
    assert [each.why.en for each in reviews.out_of_date] == ["the report has no such result"]
    again = reported(tmp_path / "again", HEARD)
    (again / "reviews.json").write_bytes((folder / "reviews.json").read_bytes())
    assert of(again).standing is Standing.STALE


def test_a_file_that_is_no_file_of_decisions_is_left_alone(folder: Path) -> None:
    (folder / "reviews.json").write_text('{"format": "mine"}', "utf-8")
    with pytest.raises(ConformanceError, match="no reviews of this version"):
        sign(folder)
    assert (folder / "reviews.json").read_text("utf-8") == '{"format": "mine"}'


def test_the_page_made_anew_is_the_page_of_the_run(folder: Path) -> None:
    """But for the decisions, nothing in it is another."""
    page = folder / "report.html"
    before = page.read_bytes()
    page.unlink()
    source = folder_source(folder)
    write_page(source, None, PURPOSES, CATALOGUE.requirements, "ja")
    assert page.read_bytes() == before
    write_page(source, source.reviews(), PURPOSES, CATALOGUE.requirements, "ja")
    assert "まだ確認されていない 2 件" in page.read_text("utf-8")


def test_the_page_shows_verdict_and_decision_with_who_and_when(folder: Path) -> None:
    sign(folder, reviewer="<b>髙橋", own_answers=True)
    source = folder_source(folder)
    write_page(source, source.reviews(), PURPOSES, CATALOGUE.requirements, "ja")
    page = (folder / "report.html").read_text("utf-8")
    row = page[page.index('<tr class="v-NEEDS_REVIEW">') :]
    row = row[: row.index("</tr>")]
    assert "要確認" in row
    assert '<span class="badge v-PASS">' in row
    assert "人の確認による" in row
    assert "&lt;b&gt;髙橋" in page
    assert "<b>髙橋" not in page
    assert "お願いに答えた本人" in page
    assert f'<time datetime="{DAY}">' in page
    # As the moment of the run above it.
    assert "2026-07-03 12:00 JST" in page
    assert "録音を聞いた" in page


def test_a_page_about_unknown_purposes_is_not_made(folder: Path) -> None:
    source = folder_source(folder)
    before = source.page.read_bytes()
    with pytest.raises(ConformanceError, match="no test purpose TOY-HEARD, TOY-PASS, TOY-PRETTY"):
        write_page(source, source.reviews(), {}, CATALOGUE.requirements, "ja")
    assert source.page.read_bytes() == before


def test_an_export_holds_the_decisions_with_their_checksum(folder: Path, tmp_path: Path) -> None:
    sign(folder)
    sign(folder, "TOY-PRETTY", Decision.REJECTED)
    archive = tmp_path / "a.zip"
    manifest, _ = export(folder, archive, tmp_path / "key", NOW)
    assert "reviews.json" in manifest.files
    assert manifest.reviews == {Standing.ACCEPTED: 1, Standing.REJECTED: 1}
    assert manifest.words == 2
    assert verify(archive).problems == ()
    with opened(archive) as source:
        # The pictures were left out, which contradicts nothing.
        assert source.reviews().counts == manifest.reviews
        assert source.reviews().items[0].item.missing == ("TOY-HEARD--toy.picture-1.png",)
    with zipfile.ZipFile(archive, "a") as packed:
        packed.writestr("reviews.json", "{}")
    with pytest.raises(ConformanceError):
        opened(archive).__enter__()


def test_an_archive_is_reviewed_beside_it(folder: Path, tmp_path: Path) -> None:
    sign(folder, reviewer="試験者", own_answers=True)
    archive = tmp_path / "a.zip"
    export(folder, archive, tmp_path / "key", NOW)
    before = archive.read_bytes()
    with opened(archive) as source:
        items = source.reviews().items
        made = [
            decide(
                each.item,
                source.report,
                Decision.ACCEPTED,
                reviewer="消防本部",
                reason="立ち会った",
                own_answers=False,
                reviewed_on=DAY,
                now=NOW,
            )
            for each in items
        ]
        source.add(*made)
        reviews = source.reviews()
        write_page(source, reviews, PURPOSES, CATALOGUE.requirements, "ja")
    assert archive.read_bytes() == before
    assert (tmp_path / "a.zip.reviews.json").exists()
    assert "消防本部" in (tmp_path / "a.zip.reviewed.html").read_text("utf-8")
    assert [len(each.history) for each in reviews.items] == [2, 1]
    assert reviews.undecided == 0


def test_the_newest_decision_counts_wherever_it_is_kept(folder: Path, tmp_path: Path) -> None:
    """Of an archive of the same name that is made again, older decisions lie beside it."""
    archive = tmp_path / "a.zip"
    export(folder, archive, tmp_path / "key", NOW)
    with opened(archive) as source:
        (one,) = chosen(source.reviews().items, ["TOY-HEARD"])
        made = decide(
            one.item,
            source.report,
            Decision.ACCEPTED,
            reviewer="A",
            reason="立ち会った",
            own_answers=False,
            reviewed_on=DAY,
            now=NOW,
        )
        source.add(made)
    sign(folder, decision=Decision.REJECTED, reviewer="B", now=NOW + timedelta(hours=1))
    export(folder, archive, tmp_path / "key", NOW + timedelta(hours=2))
    with opened(archive) as source:
        found = source.reviews().about("TOY-HEARD", "toy")
    assert found is not None
    assert found.standing is Standing.REJECTED
    assert [each.reviewer for each in found.history] == ["A", "B"]


def test_a_decision_without_a_time_zone_is_no_decision(folder: Path) -> None:
    """It could not be told from older and newer ones."""
    sign(folder)
    path = folder / "reviews.json"
    path.write_text(path.read_text("utf-8").replace("03:00:00Z", "03:00:00"), "utf-8")
    with pytest.raises(ConformanceError, match="recorded_at"):
        of(folder)


def test_a_stale_decision_is_counted_in_an_export(folder: Path, tmp_path: Path) -> None:
    sign(folder)
    path = folder / "evidence" / "TOY-HEARD--toy.jsonl"
    path.write_text(path.read_text("utf-8").replace("はい", "いいえ"), "utf-8")
    manifest, _ = export(folder, tmp_path / "a.zip", tmp_path / "key", NOW)
    assert manifest.reviews == {Standing.OPEN: 1, Standing.STALE: 1}
    assert not replay(tmp_path / "a.zip").stands


def test_without_decisions_and_words_an_export_says_so(tmp_path: Path) -> None:
    folder = reported(tmp_path / "plain", PURPOSES["TOY-PASS"])
    manifest, _ = export(folder, tmp_path / "a.zip", tmp_path / "key", datetime.now(UTC))
    assert (manifest.reviews, manifest.words) == ({}, 0)
    assert "reviews.json" not in manifest.files
