"""An application in words: nothing that was entered is left out."""

from datetime import date

import pytest
from net119_protocol.labels import Language
from net119_protocol.profile.form import to_fields
from net119_protocol.profile.form_fields import FIELDS, FieldKind
from net119_protocol.profile.load import load_profiles
from net119_reference.registration.item_names import label_of_path
from net119_reference.web.pages.shown import birth_day, sections
from net119_simulators.applications import make_applying

PROFILES = load_profiles()


@pytest.mark.parametrize("department", sorted(PROFILES))
@pytest.mark.parametrize("lang", ["ja", "en"])
def test_every_text_that_was_entered_is_shown(department: str, lang: Language) -> None:
    for seed in range(30):
        made = make_applying(PROFILES[department], seed, date(2026, 4, 1))
        shown = "\n".join(
            f"{row.label}: {row.text}"
            for part in sections(made.application, PROFILES[department], lang)
            for row in part.rows
        )
        for path, text in to_fields(made.application).items():
            general = ".".join("*" if part.isdigit() else part for part in path.split("."))
            if general in FIELDS and FIELDS[general].kind in {FieldKind.TEXT, FieldKind.LINES}:
                assert text in shown, path


def test_the_year_of_birth_is_also_told_in_the_japanese_calendar() -> None:
    assert birth_day("ja", date(1980, 2, 29)) == "1980年2月29日（昭和55年）"
    assert birth_day("ja", date(2019, 5, 1)) == "2019年5月1日（令和元年）"
    assert birth_day("en", date(1980, 2, 29)) == "29 February 1980 (S55)"


def test_paths_of_lists_have_their_number() -> None:
    assert label_of_path("data.optional.contacts.1.phone", "ja") == "緊急連絡先の電話番号 2"
    assert label_of_path("data.optional.contacts.0", "en") == "Emergency contact 1"
    assert label_of_path("data.name", "en") == "Name"
    assert label_of_path("no.such.path", "ja") == "no.such.path"
