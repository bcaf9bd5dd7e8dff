"""What is written by hand for every line is what the models would write."""

from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st
from net119_protocol.chat import ChatLine, Choice, Option
from net119_protocol.codes import SenderRole
from net119_protocol.line_json import line_document, moment_text
from net119_protocol.model import altered, trusted

TEXTS = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), min_size=1, max_size=50
).filter(str.strip)
IDS = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=1, max_size=64)
MOMENTS = st.integers(0, 4_000_000_000_000).map(
    lambda ms: datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=ms)
)
LINES = st.fixed_dictionaries(
    {
        "seq": st.integers(1, 2**53 - 1),
        "client_id": IDS,
        "sender": st.sampled_from(SenderRole),
        "sender_name": TEXTS | st.just(""),
        "at": MOMENTS,
        "text": TEXTS | st.sampled_from(["髙橋 𠮷子 ①", 'ｶﾀｶﾅ "\\', "\x7f\u2028\b\f\n\r\t\x1f"]),
        "options": st.just(()) | st.just((Option(id="y", label="はい"),)),
        "choice": st.none() | st.just(Choice(seq=1, option_id="y")),
    }
).map(ChatLine.model_validate)


@given(LINES)
def test_a_line_by_hand_is_the_line_by_its_model(line: ChatLine) -> None:
    assert line_document(line) == line.model_dump_json(by_alias=True, exclude_none=True)


@given(LINES)
def test_a_trusted_line_is_the_checked_one(line: ChatLine) -> None:
    values = {name: getattr(line, name) for name in ChatLine.model_fields}
    made = trusted(ChatLine, **values)
    assert made == line
    assert made.model_dump_json(by_alias=True) == line.model_dump_json(by_alias=True)


@given(LINES, LINES)
def test_an_altered_line_is_the_updated_copy(line: ChatLine, other: ChatLine) -> None:
    changes = {"text": other.text, "choice": other.choice, "at": other.at}
    copy, made = line.model_copy(update=changes), altered(line, **changes)
    assert made == copy
    assert made.model_fields_set == copy.model_fields_set
    assert made.model_dump_json(by_alias=True) == copy.model_dump_json(by_alias=True)


def test_a_moment_of_another_zone_is_told_in_utc() -> None:
    japan = timezone(timedelta(hours=9))
    assert moment_text(datetime(2026, 4, 1, 9, tzinfo=japan)) == "2026-04-01T00:00:00.000Z"
