"""What a sound directory leaves to be asked, and what it announces."""

from collections.abc import Collection
from datetime import timedelta

import pytest
from net119_protocol.directory import (
    Directory,
    Finding,
    Municipalities,
    coming_changes,
    review,
)

from tests.protocol.directory.dated import CHITOSE, HEAD, TOMAKOMAI, at, department, made, stop

NOW = at("2026-11-28T12:00:00+09:00")


def asked(
    directory: Directory,
    known: Municipalities,
    *,
    area: Collection[str] = (),
    operators: Collection[str] | None = None,
) -> list[Finding]:
    return review(directory.content, known, NOW, area=area, operators=operators)


def short(findings: list[Finding]) -> list[tuple[str, str, str]]:
    assert all(each.text_ja and each.text_en for each in findings)
    return [(each.severity.value, each.kind.value, each.row) for each in findings]


def test_the_packaged_directory_leaves_nothing_to_ask(
    directory: Directory, municipalities: Municipalities
) -> None:
    assert asked(directory, municipalities) == []
    assert coming_changes(directory, NOW, 3650) == []


def test_a_gap_in_time_is_found_with_its_days(municipalities: Municipalities) -> None:
    one = department("chitose", "01224", "chitose", "valid_until = 2026-12-31")
    two = department("chitose", "01224", "chitose", "valid_from = 2027-01-03")
    found = asked(made(municipalities, TOMAKOMAI, one, two), municipalities)
    assert short(found) == [
        ("error", "gap", "departments[2]"),
        ("warning", "adoption-gap", "departments[2]"),
    ]
    assert "2027-01-01..2027-01-02" in found[0].text_en
    assert "北海道千歳市（01224）" in found[0].text_ja
    assert "2027-01-01〜2027-01-02" in found[0].text_ja


def test_a_gap_of_the_asked_area_is_found(municipalities: Municipalities) -> None:
    both = made(municipalities, TOMAKOMAI, CHITOSE)
    assert asked(both, municipalities, area=("01213", "01224")) == []
    found = asked(both, municipalities, area=("0121",))
    named = {each.text_ja[:20] for each in found}
    inside = {code for code in municipalities if code.startswith("0121")} - {"01213"}
    assert len(found) == len(inside) == len(named) > 5
    assert {each.kind.value for each in found} == {"gap"}
    assert asked(both, municipalities, area=("01100",))[0].row == "departments"


def test_what_ended_before_today_is_no_gap_but_is_over(municipalities: Municipalities) -> None:
    old = department("chitose", "01224", "chitose", "valid_until = 2026-11-27")
    ended = department("tomakomai", "01213", "tomakomai", "adopted_until = 2026-11-27")
    past = stop("center", "tomakomai", "2026-11-27T01:00:00", "2026-11-28T12:00:00")
    found = short(asked(made(municipalities, old, ended, past), municipalities))
    assert ("warning", "expired", "departments[0] (chitose)") in found
    assert ("warning", "expired", "departments[1] (tomakomai)") in found
    assert ("warning", "expired", "stops[0]") in found
    assert {kind for _, kind, _ in found} == {"expired", "unused"}
    today = department("chitose", "01224", "chitose", "valid_until = 2026-11-28")
    kinds = {each.kind.value for each in asked(made(municipalities, today), municipalities)}
    assert "expired" not in kinds, "its last day is today"
    assert "gap" in kinds


def test_operators_without_a_connection_are_found(municipalities: Municipalities) -> None:
    found = made(municipalities, TOMAKOMAI, CHITOSE)
    assert asked(found, municipalities, operators={"aoba", "midori", "akane"}) == []
    unknown = asked(found, municipalities, operators={"aoba"})
    assert short(unknown) == [("error", "unknown-operator", "providers[1] (midori)")]


def test_centers_and_providers_that_serve_nobody_are_found(municipalities: Municipalities) -> None:
    found = short(asked(made(municipalities, TOMAKOMAI), municipalities))
    assert found == [("warning", "unused", "centers[1] (chitose)")]
    nobody = '[[providers]]\ncode = "ghost"\nname_ja = "x"\nname_en = "x"\n'
    found = short(asked(made(municipalities, TOMAKOMAI, CHITOSE, nobody), municipalities))
    assert found == [("warning", "unused", "providers[2] (ghost)")]


def test_adoption_flips_at_midnight_and_is_announced(municipalities: Municipalities) -> None:
    soon = department("chitose", "01224", "chitose", "adopted_from = 2026-12-01")
    directory = made(municipalities, TOMAKOMAI, soon)
    (change,) = coming_changes(directory, NOW, 3)
    assert change.at == at("2026-11-30T15:00:00+00:00")
    assert change.finding.row == "departments[1] (chitose)"
    assert "千歳市消防本部でNET119が使えるようになります" in change.finding.text_ja
    assert coming_changes(directory, NOW, 2) == []
    assert coming_changes(directory, change.at, 3) == [], "it is so already"
    assert coming_changes(directory, change.at - timedelta(seconds=1), 1) == [change]
    with pytest.raises(ValueError, match="0 or more"):
        coming_changes(directory, NOW, -1)


def test_centers_that_merge_are_announced(municipalities: Municipalities) -> None:
    old = department("chitose", "01224", "chitose", "valid_until = 2026-12-31")
    new = department("chitose", "01224", "tomakomai", "valid_from = 2027-01-01")
    directory = made(municipalities, TOMAKOMAI, old, new)
    (change,) = coming_changes(directory, NOW, 60)
    assert change.at == at("2027-01-01T00:00:00+09:00")
    assert change.finding.row == "departments[2] (chitose)"
    assert "chitose から tomakomai に変わります" in change.finding.text_ja
    before, after = directory.at(change.at - timedelta(seconds=1)), directory.at(change.at)
    assert before.area_of("tomakomai") == ("01213",)
    assert after.area_of("tomakomai") == ("01213", "01224")
    assert after.department("chitose").provider == "aoba"


def test_rows_that_begin_end_and_move_are_announced(municipalities: Municipalities) -> None:
    union = (
        '[[departments]]\ncode = "union"\nname_ja = "組合消防本部"\nname_en = "Union FD"\n'
        'municipalities = ["01213", "01224"]\nphone = "0000-00-0109"\ncenter = "tomakomai"\n'
        "valid_from = 2026-12-10\n"
    )
    ending = "valid_until = 2026-12-09"
    one = department("tomakomai", "01213", "tomakomai", ending)
    two = department("chitose", "01224", "chitose", ending, "adopted_until = 2026-12-04")
    provider = HEAD.replace('provider = "midori"', 'provider = "midori"\nvalid_until = 2026-12-07')
    moved = provider + (
        '[[centers]]\ncode = "chitose"\nname_ja = "千歳"\nname_en = "Chitose"\n'
        'provider = "aoba"\nvalid_from = 2026-12-08\n'
    )
    directory = Directory.from_toml(moved + one + two + union, municipalities)
    said = [
        (f"{each.at:%m-%d}", each.finding.row, each.finding.text_en)
        for each in coming_changes(directory, NOW, 30)
    ]
    assert said == [
        ("12-05", "departments[1] (chitose)", "NET119 no longer reaches chitose FD"),
        (
            "12-08",
            "centers[2] (chitose)",
            "the center's provider changes from midori to aoba",
        ),
        ("12-10", "departments[0] (tomakomai)", "the row of tomakomai FD ends"),
        ("12-10", "departments[1] (chitose)", "the row of chitose FD ends"),
        (
            "12-10",
            "departments[2] (union)",
            "the row of Union FD begins (municipalities 01213, 01224; center tomakomai)",
        ),
    ]


def test_stops_are_announced_with_both_their_ends(municipalities: Municipalities) -> None:
    night = stop("provider", "midori", "2026-12-05T01:00:00", "2026-12-05T05:00:00")
    night += 'reason_ja = "機器の入れ替え"\n'
    directory = made(municipalities, TOMAKOMAI, CHITOSE, night)
    said = [(f"{c.at:%m-%d %H:%M}", c.finding.text_ja) for c in coming_changes(directory, NOW, 30)]
    assert said == [
        ("12-05 01:00", "事業者 midori の計画停止が始まります（機器の入れ替え）"),
        ("12-05 05:00", "事業者 midori の計画停止が終わります"),
    ]
