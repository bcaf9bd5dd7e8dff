"""What a tester answered, as its reviewer reads it: in words, in both languages, line by line."""

from datetime import UTC, datetime

from net119_conformance.baseline import Baseline
from net119_conformance.catalogue import Text
from net119_conformance.drivers.manual_asking import in_words
from net119_conformance.manual.steps import Option, Question
from net119_conformance.record import ItemRecord, Reason
from net119_conformance.results import make_result
from net119_conformance.verdict import ExitRule, Verdict

from tests.conformance.review.reported import HEARD

ASKED = (
    Question(
        name="shown",
        label=Text(ja="通報が出ている", en="The call is shown"),
        options=(
            Option(value="yes", label=Text(ja="はい", en="Yes")),
            Option(value="no", label=Text(ja="いいえ", en="No")),
        ),
    ),
    Question(name="name", label=Text(ja="氏名", en="Name")),
)


def test_answers_are_told_in_the_words_of_the_question_and_not_in_codes() -> None:
    told = in_words(ASKED, {"shown": "yes", "name": "髙橋"})
    assert told == Text(
        ja="通報が出ている: はい、氏名: 髙橋", en="The call is shown: Yes, Name: 髙橋"
    )
    assert in_words(ASKED, {"shown": "no"}, about="𠮷田").ja == "𠮷田: 通報が出ている: いいえ"


def test_each_thing_to_be_judged_has_a_line_of_its_own() -> None:
    """And nothing that a tester wrote in several lines looks like one more of them."""
    reasons = tuple(
        Reason(verdict=Verdict.NEEDS_REVIEW, en=f"{text}\nx", ja=f"{text}\nx") for text in "ab"
    )
    record = ItemRecord(
        id=HEARD.id,
        sut="toy",
        verdict=Verdict.NEEDS_REVIEW,
        reasons=reasons,
        started_at=datetime.now(UTC),
        duration_s=0.0,
    )
    result = make_result(record, HEARD, ExitRule(), Baseline())
    assert (result.reason, result.reason_ja) == ("a x\nb x", "a x\nb x")
