"""What purposes say in Japanese is published as it stands: no words may be there twice."""

import re

from net119_conformance.purpose import load_purposes

TWICE = re.compile(r"([ぁ-んァ-ヶ一-鿿]{4,})\1|がが|をを")


def test_no_words_stand_twice_in_a_row() -> None:
    found = [
        (each.id, twice.group())
        for each in load_purposes(["net119_conformance.purposes"]).values()
        for text in (each.title, each.stimulus, each.expected, each.why)
        for twice in TWICE.finditer(text.ja)
    ]
    assert found == []
