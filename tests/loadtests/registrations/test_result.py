"""What a run of registrations proves, and what its thresholds say."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from net119_loadtests.errors import LoadError
from net119_loadtests.figures import Summary
from net119_loadtests.registrations.course import Course
from net119_loadtests.registrations.letters import LetterJudgement
from net119_loadtests.registrations.outages import Outage
from net119_loadtests.registrations.result import Asked, doubts_of
from net119_loadtests.registrations.server_times import read_times
from net119_loadtests.registrations.thresholds import (
    Thresholds,
    hold,
    load_registration_thresholds,
)

ASKED = Asked(2, 1, 1, 1, 5.0, 1, "info")
LETTERS = LetterJudgement(6, 6, 0, 0, 0, 0, ())
STRUCK = Outage(datetime(2026, 4, 1, tzinfo=UTC), "content", 5.0, 2, 1, 2, 1)


def people() -> list[Course]:
    return [Course(1, "aso", "a@phone.example", done=True)]


def test_a_run_in_which_all_was_seen_leaves_no_doubt() -> None:
    assert doubts_of(ASKED, people(), LETTERS, [STRUCK]) == ()


@pytest.mark.parametrize(
    ("outages", "word"),
    [
        ([], "0 of 1"),
        ([Outage(STRUCK.at, "content", 5.0, 2, 0, 2, 1)], "cut 0 mails"),
        ([Outage(STRUCK.at, "content", 5.0, 2, 1, 2, 0)], "no busy time"),
    ],
)
def test_an_outage_that_struck_nothing_proves_nothing(outages: list[Outage], word: str) -> None:
    (doubt,) = doubts_of(ASKED, people(), LETTERS, outages)
    assert word in doubt


def test_without_people_or_mail_nothing_is_proven() -> None:
    none = LetterJudgement(0, 0, 0, 0, 0, 0, ())
    assert len(doubts_of(ASKED, [Course(1, "aso", "x")], none, [STRUCK])) == 2


def held(thresholds: Thresholds, **changes: object) -> dict[str, bool]:
    values: dict[str, object] = {
        "lost": 0,
        "doubled": 0,
        "strays": 0,
        "locked_out": 0,
        "failed_share": 0.0,
        "rate_per_s": 2.0,
        "series": {"form_ms": Summary(1, 5.0, 5.0, 5.0, 5.0)},
    }
    outcomes = hold(thresholds, **{**values, **changes})  # type: ignore[arg-type]  # outcomes by name, values of any kind
    return {each.name: each.held for each in outcomes}


def test_what_must_never_be_fails_whatever_the_file_says() -> None:
    packaged = load_registration_thresholds(None)
    assert all(held(packaged).values())
    for name, outcome in (
        ("lost", "lost_mails"),
        ("doubled", "doubled_mails"),
        ("strays", "stray_mails"),
        ("locked_out", "cannot_log_in"),
    ):
        assert held(Thresholds(), **{name: 1})[outcome] is False
    assert held(packaged, failed_share=0.01)["failed.share"] is False


def test_rates_and_stages_can_be_bounded(tmp_path: Path) -> None:
    file = tmp_path / "limits.toml"
    file.write_text("[rate]\nmin_per_s = 3\n[form_ms]\np95 = 6\n[log_in_ms]\nmax = 1\n")
    found = held(load_registration_thresholds(file))
    assert found["rate.per_s"] is False
    assert found["form_ms.p95"] is True
    assert found["log_in_ms.max"] is False, "nothing was measured"


@pytest.mark.parametrize("text", ["[lost_mails]\nmax = 1\n", "[nothing]\n", "x"])
def test_wrong_thresholds_are_named(text: str, tmp_path: Path) -> None:
    file = tmp_path / "limits.toml"
    file.write_text(text)
    with pytest.raises(LoadError) as wrong:
        load_registration_thresholds(file)
    assert "registrations.toml" in wrong.value.what_to_do


def test_the_providers_own_times_are_read() -> None:
    text = """# HELP x
net119_http_seconds_bucket{le="1",name="/r/{token}",operator="aoba",status="200"} 3.0
net119_http_seconds_count{name="/r/{token}",operator="aoba",status="200"} 3.0
net119_http_seconds_sum{name="/r/{token}",operator="aoba",status="200"} 1.5
net119_http_seconds_count{name="/r/{token}",operator="aoba",status="404"} 1.0
net119_http_seconds_sum{name="/r/{token}",operator="aoba",status="404"} 2.5e-01
net119_http_seconds_count{name="log_in",operator="aoba",status="200"} 2.0
net119_http_seconds_sum{name="log_in",operator="aoba",status="200"} 9.0
"""
    assert read_times(text) == {
        "log_in": {"requests": 2.0, "seconds": 9.0},
        "/r/{token}": {"requests": 4.0, "seconds": 1.75},
    }
    assert read_times("nothing") == {}
