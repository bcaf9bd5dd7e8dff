"""The fixed texts: one for every code, with what to do, fit for somebody who cannot telephone."""

import re

import pytest
from net119_protocol.api.common import NoticeCode
from net119_protocol.api.problems import Problem
from net119_protocol.codes import Mode, Refusal
from net119_protocol.notice_texts import DISPATCHER_ONLY
from net119_protocol.person import DepartmentRef
from net119_protocol.refusal_texts import OTHER_MEANS_EN, OTHER_MEANS_JA
from net119_protocol.texts import Audience, notice, refusal_texts

TOMAKOMAI = DepartmentRef(
    code="tomakomai", name_ja="苫小牧市消防本部", name_en="Tomakomai FD", phone="000-0001-0119"
)
ASO = DepartmentRef(code="aso", name_ja="阿蘇広域消防本部", name_en="Aso FD", phone="000-0002-0119")
FOR_CALLERS = [code for code in NoticeCode if code not in DISPATCHER_ONLY]
JAPANESE = re.compile("[\u3041-\u3096]")
TO_BE_PHONED = {
    NoticeCode.CALL_HOME_NOT_ADOPTED,
    NoticeCode.CALL_HOME_ADOPTED_SOON,
    NoticeCode.CALL_HOME_PLANNED_STOP,
    NoticeCode.CALL_HOME_PEER_DOWN,
    NoticeCode.CALL_HOME_PEER_MAINTENANCE,
    NoticeCode.CALL_HOME_PEER_OVERLOADED,
    NoticeCode.CALL_HOME_PEER_NO_CONSOLE,
    NoticeCode.CALL_HOME_OFFER_EXPIRED,
    NoticeCode.CALL_HOME_PEER_REJECTED,
    NoticeCode.CALL_HOME_PEER_SILENT,
    NoticeCode.CALL_HOME_AT_SEA,
    NoticeCode.TAKEN_HOME,
    NoticeCode.TAKEN_HOME_UNANSWERED,
    NoticeCode.AMBIGUOUS,
    NoticeCode.HOME_DIFFERS,
    NoticeCode.PLACE_DIFFERS,
}


@pytest.mark.parametrize(
    ("code", "audience"),
    [(c, a) for c in NoticeCode for a in Audience if c in FOR_CALLERS or a is not Audience.CALLER],
)
def test_every_notice_has_a_text_in_both_languages(code: NoticeCode, audience: Audience) -> None:
    told = notice(code, phone_to=(TOMAKOMAI,), audience=audience)

    assert told.code is code
    assert told.phone_to == (TOMAKOMAI,)
    assert JAPANESE.search(told.text_ja)
    assert told.text_ja.endswith(("。", "消防本部（電話 000-0001-0119）"))
    assert told.text_en
    assert not JAPANESE.search(told.text_en)
    assert "{" not in told.text_ja + told.text_en


@pytest.mark.parametrize("code", sorted(TO_BE_PHONED), ids=str)
def test_the_dispatcher_is_told_whom_to_phone(code: NoticeCode) -> None:
    told = notice(code, phone_to=(TOMAKOMAI, ASO), audience=Audience.DISPATCHER)

    for department in (TOMAKOMAI, ASO):
        assert department.name_ja in told.text_ja
        assert department.name_en in told.text_en
        assert department.phone in told.text_ja
        assert department.phone in told.text_en


@pytest.mark.parametrize("code", FOR_CALLERS, ids=str)
def test_the_caller_is_never_given_a_number_to_phone(code: NoticeCode) -> None:
    told = notice(code, phone_to=(TOMAKOMAI, ASO), audience=Audience.CALLER)

    assert TOMAKOMAI.phone not in told.text_ja + told.text_en
    assert ASO.phone not in told.text_ja + told.text_en


def test_a_notice_without_departments_speaks_of_the_responsible_one() -> None:
    told = notice(NoticeCode.CALL_HOME_NOT_ADOPTED, audience=Audience.DISPATCHER)

    assert "管轄の消防本部へ電話で引き継いでください" in told.text_ja
    assert "Phone the responsible fire department" in told.text_en


def test_a_notice_is_for_the_caller_unless_said_otherwise() -> None:
    assert notice(NoticeCode.TAKEN_HOME) == notice(NoticeCode.TAKEN_HOME, audience=Audience.CALLER)


def test_not_received_is_said_first_and_other_means_follow() -> None:
    told = notice(NoticeCode.NOT_RECEIVED)

    assert told.text_ja.startswith("通報は消防に届いていません。")
    assert "NOT received" in told.text_en
    for means in ("近くの人", "電話リレーサービス", "FAX119"):
        assert means in told.text_ja


@pytest.mark.parametrize(
    ("mode", "word"), [(Mode.PRACTICE, "練習"), (Mode.DRILL, "訓練"), (Mode.TEST, "試験")]
)
@pytest.mark.parametrize("code", FOR_CALLERS, ids=str)
def test_nobody_calls_for_real_because_of_a_call_that_is_not(
    code: NoticeCode, mode: Mode, word: str
) -> None:
    """CTS-11, I5: also where nobody answers, and where the call was not received at all."""
    told, live = notice(code, mode=mode), notice(code)

    assert (told.code, "{" in told.text_ja + told.text_en) == (code, False)
    assert OTHER_MEANS_JA not in told.text_ja
    assert OTHER_MEANS_EN not in told.text_en
    for forbidden in ("FAX119", "電話リレーサービス", "ほかの方法で", "Use another way"):
        assert forbidden not in told.text_ja + told.text_en
    asks = OTHER_MEANS_JA in live.text_ja
    assert asks == (code in (NoticeCode.NOT_RECEIVED, NoticeCode.NOBODY_ANSWERS))
    if asks:
        assert told.text_ja.startswith(f"【{word}】")
        assert "通報する必要はありません" in told.text_ja
        assert told.text_en.startswith(f"[{mode.value.upper()}]")
        assert "no need to call in another way" in told.text_en
    else:
        assert told == live


def test_the_dispatcher_of_a_practice_call_knows_that_no_other_means_were_told() -> None:
    told = notice(NoticeCode.NOT_RECEIVED, audience=Audience.DISPATCHER, mode=Mode.PRACTICE)

    assert told.text_ja.startswith("【練習】")
    assert "通報しなくてよい" in told.text_ja
    assert "what else to do" not in told.text_en


def test_a_replaced_character_is_named() -> None:
    told = notice(NoticeCode.EMOJI_REPLACED, characters="🚒{0}")

    assert "「🚒{0}」" in told.text_ja
    assert '"🚒{0}"' in told.text_en


def test_a_parameter_that_a_notice_does_not_have_is_an_error() -> None:
    with pytest.raises(TypeError, match="no parameter colour"):
        notice(NoticeCode.EMOJI_REPLACED, colour="red")


@pytest.mark.parametrize("code", Refusal, ids=str)
def test_every_refusal_says_what_happened_and_what_else_to_do(code: Refusal) -> None:
    texts = refusal_texts(code)

    assert JAPANESE.search(texts.message_ja)
    assert JAPANESE.search(texts.other_means_ja)
    assert texts.message_ja.endswith("。")
    assert texts.other_means_ja.endswith("。")
    assert texts.message_en.endswith(".")
    assert texts.other_means_en.endswith(".")
    assert not JAPANESE.search(texts.message_en + texts.other_means_en)
    problem = Problem(
        title="x",
        status=400,
        code=code,
        message_ja=texts.message_ja,
        message_en=texts.message_en,
        other_means_ja=texts.other_means_ja,
        other_means_en=texts.other_means_en,
    )
    assert problem.message_ja == texts.message_ja


NOT_FOR_CALLERS = {Refusal.NO_DISPATCH}
"""Only dispatchers read these."""


@pytest.mark.parametrize(
    "code", sorted(set(Refusal) - {Refusal.OUTSIDE_JAPAN} - NOT_FOR_CALLERS), ids=str
)
def test_no_refusal_in_japan_leaves_a_deaf_caller_with_voice_alone(code: Refusal) -> None:
    texts = refusal_texts(code)

    for means in ("近くの人", "電話リレーサービス", "FAX119"):
        assert means in texts.other_means_ja
    for means in ("someone nearby", "relay service", "FAX119"):
        assert means in texts.other_means_en


def test_abroad_the_japanese_services_are_not_named() -> None:
    texts = refusal_texts(Refusal.OUTSIDE_JAPAN)

    assert "FAX119" not in texts.other_means_ja
    assert "近くの人" in texts.other_means_ja


@pytest.mark.parametrize(
    "code",
    [
        Refusal.REGISTRANT_REFUSED,
        Refusal.REGISTRANT_SUSPENDED,
        Refusal.NOT_IN_SERVICE,
        Refusal.OVERLOAD,
        Refusal.POSITIONING_OFF,
        Refusal.OUTSIDE_JAPAN,
        Refusal.PLAINTEXT_NOT_ALLOWED,
        Refusal.MODE_NOT_ACCEPTED,
    ],
)
def test_a_refused_call_is_said_not_to_have_been_received(code: Refusal) -> None:
    texts = refusal_texts(code)

    assert "通報は消防に届いていません" in texts.message_ja
    assert "NOT received" in texts.message_en


def test_an_unknown_code_is_an_error() -> None:
    with pytest.raises(KeyError):
        refusal_texts("no-such-code")


def test_the_rule_of_a_silent_caller_names_whose_it_is_and_sends_nobody_by_itself() -> None:
    code, to = NoticeCode.SILENT_DISASTER, Audience.DISPATCHER
    told = notice(code, audience=to, rule_of=TOMAKOMAI)

    assert "苫小牧市消防本部の規則により、災害として扱います" in told.text_ja
    assert "自動では出動しません" in told.text_ja
    assert "By the rule of Tomakomai FD this counts as a disaster: dispatch" in told.text_en
    assert told.phone_to == ()
    assert TOMAKOMAI.phone not in told.text_ja + told.text_en


@pytest.mark.parametrize("mode", [each for each in Mode if each is not Mode.LIVE])
def test_the_rule_of_a_silent_caller_is_an_exercise_where_nobody_may_be_sent(mode: Mode) -> None:
    code, to = NoticeCode.SILENT_DISASTER, Audience.DISPATCHER
    told = notice(code, audience=to, mode=mode, rule_of=TOMAKOMAI)

    assert told.text_ja.startswith("【")
    assert "実際には出動しません" in told.text_ja
    assert "出動を指令してください" not in told.text_ja
    assert told.text_en.startswith(f"[{mode.value.upper()}] Exercise:")
    assert f"Nobody is sent to a {mode.value} call." in told.text_en


def test_no_caller_can_be_given_what_is_for_dispatchers_alone() -> None:
    with pytest.raises(KeyError):
        notice(NoticeCode.SILENT_DISASTER, audience=Audience.CALLER)
