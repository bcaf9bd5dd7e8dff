"""docs/fallback.md says what the tables of texts say, and names every rung there is."""

import re
from datetime import datetime
from pathlib import Path

from net119_protocol.api.common import NoticeCode
from net119_protocol.codes import CallState, Mode, Refusal
from net119_protocol.directory import JAPAN
from net119_protocol.person import DepartmentRef
from net119_protocol.texts import Audience, notice, refusal_texts
from net119_protocol.unreachable_texts import UNREACHABLE, UNREACHABLE_AFTER_S, unreachable_text
from net119_reference.calls import fallback
from net119_reference.service import placing

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "fallback.md"
STATIC = ROOT / "reference" / "net119_reference" / "web" / "pages" / "static"
START = "<!-- texts: checked by tests/reference/test_fallback_page.py -->\n"
END = "<!-- end of texts -->\n"
CHITOSE = DepartmentRef(
    code="chitose",
    name_ja="千歳市消防本部",
    name_en="Chitose City Fire Department",
    phone="0000-00-0102",
)
REFUSED = (
    Refusal.OVERLOAD,
    Refusal.REGISTRANT_SUSPENDED,
    Refusal.REGISTRANT_REFUSED,
    Refusal.NOT_IN_SERVICE,
)


def codes() -> list[NoticeCode]:
    """Every notice that a rung gives, in the order of the code list."""
    given = {
        *fallback.REJECTIONS.values(),
        *fallback.NOT_RUNNING.values(),
        *fallback.AFTER_OFFER,
        placing.NOTICES[placing.R.NOT_ADOPTED],
        NoticeCode.CALL_HOME_ADOPTED_SOON,
        NoticeCode.TAKEN_HOME,
        NoticeCode.TAKEN_HOME_UNANSWERED,
        NoticeCode.NOBODY_ANSWERS,
        NoticeCode.NOT_RECEIVED,
    }
    return [code for code in NoticeCode if code in given]


def rendered() -> str:
    """The tables of texts as they stand in the page."""
    midnight = datetime(2026, 12, 1, tzinfo=JAPAN)
    parts = []
    for code in codes():
        parts.append(f"### `{code.value}`\n\n| reader | 日本語 | English |\n| --- | --- | --- |\n")
        for audience in Audience:
            told = notice(code, phone_to=(CHITOSE,), audience=audience, moment=midnight)
            parts.append(f"| {audience.value} | {told.text_ja} | {told.text_en} |\n")
        parts.append("\n")
    for refusal in REFUSED:
        texts = refusal_texts(refusal)
        parts.append(
            f"### refusal `{refusal.value}`\n\n| | 日本語 | English |\n| --- | --- | --- |\n"
            f"| message | {texts.message_ja} | {texts.message_en} |\n"
            f"| other means | {texts.other_means_ja} | {texts.other_means_en} |\n\n"
        )
    parts.append(unreachable_rendered())
    return "".join(parts)


def unreachable_rendered() -> str:
    """What a handset shows by itself, as it stands in the page."""
    parts = [f"### `{UNREACHABLE}`\n\n| when | 日本語 | English |\n| --- | --- | --- |\n"]
    for when, mode, state in (
        ("nobody had answered", Mode.LIVE, CallState.RINGING),
        ("a dispatcher had answered", Mode.LIVE, CallState.ANSWERED),
        ("drill", Mode.DRILL, CallState.RINGING),
        ("practice", Mode.PRACTICE, CallState.RINGING),
        ("test", Mode.TEST, CallState.ANSWERED),
    ):
        told = unreachable_text(mode, state)
        parts.append(f"| {when} | {told.ja} | {told.en} |\n")
    return "".join((*parts, "\n"))


def test_the_page_has_the_texts_as_they_are_told() -> None:
    page = PAGE.read_text("utf-8")
    block = page.split(START)[1].split(END)[0]
    assert block.strip() == rendered().strip(), f"put this between the marks:\n{rendered()}"


def test_the_ladder_names_every_rung_and_no_other() -> None:
    ladder = PAGE.read_text("utf-8").split("## The texts", maxsplit=1)[0]
    last = re.findall(r"^\|.*\| ([^|]*) \|$", ladder, re.MULTILINE)
    named = {each for cell in last for each in re.findall(r"`([a-z-]+)`", cell)}
    noticed = {each for each in re.findall(r"reminder `([a-z-]+)`", ladder)}
    told = {*(code.value for code in codes()), *(r.value for r in REFUSED), UNREACHABLE}
    assert named | noticed == told


def test_every_notice_that_brings_a_call_home_is_a_rung_or_has_its_own_reason() -> None:
    """No department is to phone for these three: where the caller is, is not known, or the sea."""
    elsewhere = {
        NoticeCode.CALL_HOME_NO_POSITION,
        NoticeCode.CALL_HOME_PLAINTEXT,
        NoticeCode.CALL_HOME_AT_SEA,
        NoticeCode.HOME_DIFFERS,
    }
    home = {code for code in NoticeCode if code.value.startswith(("home-", "taken-home"))}
    assert home - elsewhere == set(codes()) & home


def test_the_pages_give_up_on_an_unreachable_provider_within_ten_seconds() -> None:
    found = {}
    for name, variable in (
        ("chat.js", "UNREACHABLE_MS"),
        ("call.js", "ANSWER_MS"),
        ("sw.js", "PATIENCE_MS"),
    ):
        match = re.search(rf"\b{variable} = (\d+)", (STATIC / name).read_text("utf-8"))
        assert match is not None, name
        found[name] = int(match[1])
    assert found == {"chat.js": 9000, "call.js": 10000, "sw.js": 10000}
    assert found["chat.js"] == UNREACHABLE_AFTER_S * 1000
    page = PAGE.read_text("utf-8")
    assert "after 9 s without a sign of life" in page
    assert "gives up after 10 s" in page
