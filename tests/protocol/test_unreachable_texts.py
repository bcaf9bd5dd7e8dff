"""What a handset says by itself when its provider cannot be reached (D8)."""

import pytest
from net119_protocol.codes import CallState, Mode
from net119_protocol.refusal_texts import OTHER_MEANS_EN, OTHER_MEANS_JA
from net119_protocol.unreachable_texts import ASKS_NOBODY, UNANSWERED, unreachable_text


def test_before_the_answer_the_call_counts_as_not_received() -> None:
    for state in UNANSWERED:
        told = unreachable_text(Mode.LIVE, state)
        assert told.ja.startswith("消防とつながりません。指令員は、まだ応答していません。")
        assert "通報は届いていないものとして、すぐに、ほかの方法で" in told.ja
        assert OTHER_MEANS_JA in told.ja
        assert "NOT received" in told.en
        assert OTHER_MEANS_EN in told.en


def test_after_the_answer_what_is_written_is_not_received() -> None:
    for state in set(CallState) - UNANSWERED:
        told = unreachable_text(Mode.LIVE, state)
        assert "いま送ったことばは、届いていません。" in told.ja
        assert "まだ応答していません" not in told.ja
        assert OTHER_MEANS_JA in told.ja
        assert "書いたことばは消えません。" in told.ja
        assert "What you write now is NOT received." in told.en


@pytest.mark.parametrize("mode", sorted(ASKS_NOBODY))
def test_practice_and_drills_send_nobody_to_call(mode: Mode) -> None:
    """CTS-11, I5."""
    for state in CallState:
        told = unreachable_text(mode, state)
        assert "電話などで通報する必要はありません。" in told.ja
        assert "no need to call in another way" in told.en
        assert "FAX119" not in told.ja + told.en
        assert "リレー" not in told.ja


def test_a_call_of_a_test_says_that_it_is_one_before_all_else() -> None:
    told = unreachable_text(Mode.TEST, CallState.RINGING)
    assert told.ja.startswith("消防とつながりません。これは試験です。")
    assert OTHER_MEANS_JA in told.ja.partition("本当の通報では、次のように出ます。")[2]
