"""Which questions were asked, told or missed: never by luck of the order of other lines."""

from random import Random

from hypothesis import assume, given
from hypothesis import strategies as st
from net119_scenarios.acted.understanding import mentions
from net119_scenarios.drills.record import LineShown, Screen, Taken
from net119_scenarios.drills.report.checklist import Answered, checklist_of

from tests.scenarios.drills.calls import BREATHING, CALLER, DISPATCHER, a_call, chats, line
from tests.scenarios.drills.drills import a_record, both


def looked_at(chat: tuple[LineShown, ...]) -> Answered:
    """What became of the question about breathing in this chat."""
    (found,) = checklist_of(a_record(calls=(a_call(chat),), questions=(BREATHING,)))
    return found


def test_a_question_is_asked_by_its_words_in_any_writing() -> None:
    found = looked_at(
        (line(1, 20, DISPATCHER, "コキュウ、いえ、呼吸はありますか"), line(2, 31, CALLER, "はい"))
    )
    assert (found.state, found.at_s, found.call, found.seq) == ("asked", 20, "rider", 1)
    assert found.reply_s == 31
    assert looked_at((line(1, 20, DISPATCHER, "イキはありますか"),)).state == "missed", (
        "kana are folded, kanji are not read"
    )


def test_an_answer_to_tap_is_no_question() -> None:
    pain = line(1, 20, DISPATCHER, "どこが痛いですか", options=("胸", "息が苦しい"))
    assert looked_at((pain,)).state == "missed"
    asks = line(1, 20, DISPATCHER, "息をしていますか", options=("はい", "いいえ"))
    assert looked_at((asks,)).state == "asked"


def test_what_the_caller_tells_unasked_is_not_missed() -> None:
    told = looked_at((line(1, 20, CALLER, "倒れています。息はあります。"),))
    assert (told.state, told.told_s, told.asked_again) == ("told", 20, False)
    again = looked_at(
        (line(1, 20, CALLER, "息はあります"), line(2, 30, DISPATCHER, "息をしていますか"))
    )
    assert (again.state, again.at_s, again.asked_again) == ("asked", 30, True)


def test_the_caller_who_uses_the_word_has_not_asked_for_the_dispatcher() -> None:
    assert looked_at((line(1, 20, CALLER, "呼吸？"),)).state == "missed"


def test_another_dispatcher_does_not_ask_for_this_one() -> None:
    other = line(1, 20, DISPATCHER, "息をしていますか").model_copy(update={"sender_name": "千歳"})
    here = a_call((other,))
    there = Screen(
        of="chitose",
        side="console",
        center="chitose",
        lines=(other,),
        states=here.screens[0].states,
    )
    call = here.model_copy(update={"screens": (there,)})
    roles = (
        *a_record().roles,
        Taken(
            actor="chitose",
            role="dispatcher",
            name=both("千歳"),
            center="chitose",
            titles=("千歳",),
        ),
    )
    (found,) = checklist_of(a_record(calls=(call,), questions=(BREATHING,), roles=roles))
    assert found.state == "missed"


def test_a_name_that_nobody_knows_is_of_the_center_that_has_the_call() -> None:
    unknown = line(1, 20, DISPATCHER, "息は？").model_copy(update={"sender_name": "当直"})
    assert looked_at((unknown,)).state == "asked"
    before = line(1, 1, DISPATCHER, "息は？").model_copy(update={"sender_name": "当直"})
    assert looked_at((before,)).state == "missed", "before the console showed the call"


@given(chats(), st.randoms(use_true_random=False))
def test_a_missed_question_stays_missed_in_any_order(
    chat: tuple[LineShown, ...], luck: Random
) -> None:
    found = looked_at(chat)
    asked = [e for e in chat if e.sender is DISPATCHER and mentions(e.text, BREATHING.words)]
    told = [e for e in chat if e.sender is CALLER and mentions(e.text, BREATHING.told)]
    assert (found.state == "missed") == (not asked and not told)
    assume(found.state == "missed")
    said = [(each.sender, each.text) for each in chat]
    luck.shuffle(said)
    mixed = tuple(
        line(each.seq, each.at_s, sender, text)
        for each, (sender, text) in zip(chat, said, strict=True)
    )
    assert looked_at(mixed).state == "missed"


@given(chats())
def test_one_more_line_that_asks_ends_the_missing(chat: tuple[LineShown, ...]) -> None:
    last = line(len(chat) + 1, 400, DISPATCHER, "息をしていますか。")
    found = looked_at((*chat, last))
    assert found.state == "asked"
    assert found.at_s is not None
    assert found.at_s <= 400
