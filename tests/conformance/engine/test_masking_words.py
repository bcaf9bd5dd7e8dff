"""What people write in free words: listed names, numbers and mail addresses in any spelling."""

from pathlib import Path

import pytest
from net119_conformance.errors import ConformanceError
from net119_conformance.evidence import EvidenceLog, read_evidence
from net119_conformance.masking import MASKED, Masker
from net119_conformance.masking_words import read_listed

M = MASKED


def masker() -> Masker:
    made = Masker()
    made.learn('{"name":"髙橋 𠮷子","nameJa":"山田町消防本部","phone":"090-0000-0001"}')
    made.mask_listed(["山田 太郎", "Abe Ken", "03 1234 5678", "tanaka.k@real.example"])
    return made


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("山田太郎さんと山　田太郎", f"{M}さんと{M}"),
        # A part alone, and the town that the suite knows.
        ("山田さんは太郎、山田町消防本部は無事", f"{M}さんは{M}、山田町消防本部は無事"),
        ("AbeさんとＡＢＥ、Abelia の ken、token", f"{M}さんと{M}、Abelia の {M}、token"),
        ("０３ー１２３４ー５６７８、0312345678、+81 3-1234-5678", f"{M}、{M}、{M}"),
        ("Tanaka.K＠real.example", M),
        # Listed or not, it looks like a number; the suite's own stays however it is spelt.
        ("090（9999）9999 と 090-0000-0001 と 09000000001", f"{M} と 090-0000-0001 と 09000000001"),
        ("hanako＠real.example です", f"{M} です"),
        # Times, days and coordinates are no telephone numbers.
        ("12:00 20260701、2026-07-01 09:30、36.0123456789", None),
        # A listed number is one as a whole: its parts stand for nothing.
        ("1234 と 5678 は番地", None),
        # The suite made her up.
        ("髙橋 𠮷子、𠮷子", None),
    ],
)
def test_free_words(written: str, kept: str | None) -> None:
    assert masker().free(written) == (written if kept is None else kept)


def test_a_number_seen_in_free_words_is_masked_from_then_on() -> None:
    made = masker()
    made.free("電話は 0 9 0 8 8 8 8 7 7 7 7")
    assert made("again: 0 9 0 8 8 8 8 7 7 7 7") == f"again: {M}"


def test_listed_words_are_masked_in_all_that_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    with EvidenceLog(path) as log:
        log.mask_people("sut").mask_listed(["実在 花子"])
        log.person("x", "done", {"メモ": "実在花子に頼んだ"}, None)
        assert log.redact("seen: 花子") == f"seen: {M}"
    assert read_evidence(path)[0]["said"] == {"メモ": f"{M}に頼んだ"}


def test_a_typed_name_is_found_in_parts_and_without_blanks() -> None:
    made = masker()
    made.learn_typed_name("実在 花子")
    assert made.typed == {"実在 花子"}
    assert made("花子、実在花子、髙橋 𠮷子") == f"{M}、{M}、髙橋 𠮷子"


@pytest.mark.parametrize("listed", [["山田", "山田太郎"], ["山田太郎", "山田"]])
def test_of_two_words_the_longer_one_is_masked_as_a_whole(listed: list[str]) -> None:
    made = Masker()
    for each in listed:
        made.mask_listed([each])
    assert made("山田太郎、山 田 太郎、山田") == f"{M}、{M}、{M}"


def test_a_short_name_that_was_typed_or_seen_leaves_nothing_of_a_longer_listed_one() -> None:
    made = Masker()
    made.mask_listed(["山田太郎"])
    made.learn_typed_name("山田")
    made('{"name":"田中"}')
    made.mask_listed(["田中 花子"])
    assert made("山田太郎、山田、田中花子、田中") == f"{M}、{M}、{M}、{M}"


def test_a_short_listed_name_leaves_nothing_of_a_longer_one_that_was_seen() -> None:
    made = Masker()
    made.mask_listed(["山田"])
    made('{"name":"山田太郎"}')
    assert made("山田太郎、山田") == f"{M}、{M}"


def test_a_list_is_read_line_by_line(tmp_path: Path) -> None:
    file = tmp_path / "people.txt"
    file.write_text("\ufeff# ours\n山田 太郎  # dispatcher\n\n090-1111-2222\n", "utf-8")
    assert read_listed(file) == ("山田 太郎", "090-1111-2222")


@pytest.mark.parametrize(
    ("content", "says"), [("林\n", "line 1 is too short"), ("a\n\n12-34\n", "line 1")]
)
def test_what_would_blot_out_innocent_text_is_refused(
    tmp_path: Path, content: str, says: str
) -> None:
    file = tmp_path / "people.txt"
    file.write_text(content, "utf-8")
    with pytest.raises(ConformanceError, match=says):
        read_listed(file)


def test_a_list_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConformanceError, match="cannot be read: No such file"):
        read_listed(tmp_path / "nowhere.txt")
