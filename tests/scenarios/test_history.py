"""Call records tell what went between two providers."""

from datetime import UTC, datetime, timedelta

from net119_protocol.api.console import HistoryEntry
from net119_scenarios.happening import Happening, What
from net119_scenarios.history import HomeRecord, OtherRecord

START = datetime(2026, 4, 1, 1, 0, tzinfo=UTC)


def entries(*whats: tuple[str, str]) -> list[HistoryEntry]:
    return [
        HistoryEntry(at=START + timedelta(seconds=n), what=what, detail=detail, epoch=1)
        for n, (what, detail) in enumerate(whats)
    ]


def shown(happenings: list[Happening]) -> list[tuple[str, str]]:
    return [
        (f"{each.details['source']}>{each.details['target']}", each.details["message"])
        if each.what is What.WIRE
        else (each.what.value, each.details["entry"])
        for each in happenings
    ]


def test_a_call_of_two_providers_as_its_home_records_it() -> None:
    record = HomeRecord("akane", "aoba")
    history = entries(
        ("opened", "test"),
        ("routed", "other-running: tomakomai"),
        ("offered", "tomakomai at provider aoba"),
        ("handset connected", ""),
        ("assigned", "tomakomai at provider aoba"),
        ("rings", "tomakomai at aoba"),
        ("answered", "d"),
        ("handset gone", ""),
        ("closed", "practice-done by d"),
    )
    assert shown(record.grown(history[:4])) == [("akane>aoba", "call.offer")]
    assert shown(record.grown(history)) == [
        ("akane>aoba", "call.assign"),
        ("aoba>akane", "call.ringing"),
        ("aoba>akane", "call.answered"),
        ("akane>aoba", "caller.presence"),
        ("akane>aoba", "call.close"),
    ]
    assert record.grown(history) == []


def test_after_a_rejection_the_home_goes_on_alone() -> None:
    record = HomeRecord("akane", "aoba")
    told = record.grown(
        entries(
            ("offered", "tomakomai at provider aoba"),
            ("offered again", "aoba"),
            ("rejected", "aoba: no-console no console of center tomakomai is connected"),
            ("taken home", "home-peer-rejected"),
            ("answered", "d"),
            ("closed", "relayed-by-phone by d"),
        )
    )
    assert shown(told) == [
        ("akane>aoba", "call.offer"),
        ("akane>aoba", "call.offer"),
        ("aoba>akane", "call.reject"),
        ("home-takes-over", "taken home"),
    ]
    assert told[1].details["again"] is True
    assert told[2].details["reason"] == "no-console"


def test_the_other_sides_record_adds_what_only_it_knows() -> None:
    record = OtherRecord("akane", "aoba")
    told = record.grown(
        entries(
            ("offer accepted", "for tomakomai, from akane"),
            ("assigned", "tomakomai"),
            ("answered", "d"),
            ("close asked", "d"),
            ("withdrawn", "taken-home"),
            ("closed", "practice-done by d"),
        )
    )
    assert shown(told) == [
        ("aoba>akane", "call.accept"),
        ("aoba>akane", "call.close"),
        ("akane>aoba", "call.withdraw"),
    ]
    assert told[1].details["asked"] is True


def test_what_is_not_known_is_told_as_it_stands() -> None:
    unknown = entries(("moon rises", "full"))
    for record in (HomeRecord("aoba", None), OtherRecord("akane", "aoba")):
        assert shown(record.grown(unknown)) == [("recorded", "moon rises")]


def test_one_provider_says_nothing_between_providers() -> None:
    history = entries(("opened", "test"), ("ringing", "a at b"), ("answered", "d"), ("closed", "x"))
    assert HomeRecord("aoba", None).grown(history) == []
