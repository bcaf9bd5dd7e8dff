"""One step that a person is asked to do: open, answered, expired, refused; and the desk."""

import pytest
from net119_conformance.catalogue import Text
from net119_conformance.manual.desk import About, Desk
from net119_conformance.manual.dialogue import Dialogue
from net119_conformance.manual.steps import (
    MOST_EXTENSIONS,
    Given,
    Option,
    Outcome,
    Question,
    Step,
    StepCase,
)

SAME = Text(ja="髙橋 𠮷①さんの通報", en="the call of 髙橋 𠮷①")
YES, NO = (Option(value=each, label=Text(ja=each, en=each)) for each in ("yes", "no"))
SHOWN = Question(name="shown", label=Text(ja="出ている", en="Shown"), options=(YES, NO))
NAME = Question(name="name", label=Text(ja="氏名", en="Name"), only_if=("shown", "yes"))


def step(*questions: Question, limit_s: float = 60.0) -> Step:
    return Step(title=SAME, do=(SAME,), why=SAME, questions=questions, limit_s=limit_s)


def done(**values: str) -> Given:
    return Given(outcome=Outcome.DONE, values=values)


def test_an_answer_ends_a_step_once() -> None:
    case = StepCase(step(SHOWN, NAME), 100.0)
    assert case.is_open
    assert case.give(done(shown="yes", name=" 髙橋 𠮷① ", more="x"), 107.5) == ()
    assert case.answer is not None
    assert (case.answer.outcome, case.answer.after_s) == (Outcome.DONE, 7.5)
    # What was not asked for is not kept.
    assert case.answer.values == {"shown": "yes", "name": "髙橋 𠮷①"}
    (wrong,) = case.give(Given(outcome=Outcome.OTHER, said="late"), 108.0)
    assert "終わっています" in wrong.text.ja
    assert case.answer.outcome is Outcome.DONE


@pytest.mark.parametrize(
    ("given", "names"),
    [
        (done(), ["shown"]),
        (done(shown="perhaps"), ["shown"]),
        (done(shown="yes"), ["name"]),
        (done(shown="yes", name="　 "), ["name"]),
        (done(shown="yes", name="あ" * 2001), ["name"]),
        (Given(outcome=Outcome.OTHER), ["said"]),
        (Given(outcome=Outcome.UNABLE, said=" "), ["said"]),
        (Given(outcome=Outcome.EXPIRED), ["outcome"]),
        (Given(outcome=Outcome.ON_THE_WIRE), ["outcome"]),
    ],
)
def test_an_incomplete_answer_leaves_it_open_and_says_what_is_missing(
    given: Given, names: list[str]
) -> None:
    case = StepCase(step(SHOWN, NAME), 0.0)
    wrong = case.give(given, 1.0)
    assert [each.name for each in wrong] == names
    assert case.is_open
    assert all(each.text.ja and each.text.en for each in wrong)


def test_what_only_follows_from_another_answer_is_not_needed_without_it() -> None:
    case = StepCase(step(SHOWN, NAME), 0.0)
    assert case.give(done(shown="no", name="だれか"), 1.0) == ()
    assert case.answer is not None
    assert case.answer.values == {"shown": "no"}


def test_an_expired_step_takes_no_answer_any_more() -> None:
    case = StepCase(step(limit_s=30.0), 0.0)
    assert not case.tick(29.9)
    assert case.left(10.0) == 20.0
    assert case.give(done(), 30.0) != ()
    assert case.answer is not None
    assert case.answer.outcome is Outcome.EXPIRED
    assert not case.more_time(31.0)


def test_time_is_given_again_as_often_as_is_allowed() -> None:
    case = StepCase(step(limit_s=30.0), 0.0)
    for turn in range(MOST_EXTENSIONS):
        assert case.more_time(25.0 * (turn + 1))
    assert not case.more_time(25.0 * (MOST_EXTENSIONS + 1))
    assert case.left(25.0 * MOST_EXTENSIONS) == 30.0
    assert case.tick(25.0 * MOST_EXTENSIONS + 30.0)


def test_the_wire_ends_a_step_unless_a_person_has() -> None:
    seen, said = StepCase(step(), 0.0), StepCase(step(), 0.0)
    seen.seen_on_the_wire(2.0)
    said.give(Given(outcome=Outcome.UNABLE, said="端末がない"), 1.0)
    said.seen_on_the_wire(2.0)
    assert seen.answer is not None
    assert said.answer is not None
    assert seen.answer.outcome is Outcome.ON_THE_WIRE
    assert (said.answer.outcome, said.answer.said) == (Outcome.UNABLE, "端末がない")


def about(name: str) -> About:
    return About(id=name, title=SAME, stimulus=SAME, expected=SAME, why=SAME)


def test_the_desk_counts_purposes_and_has_one_step_open() -> None:
    now = [0.0]
    stops: list[str] = []
    desk = Desk({"ONE", "TWO"}, lambda: stops.append("stop"), lambda: now[0])
    desk.begin(about("ONE"))
    first = desk.ask(step())
    assert (desk.place, desk.total, first) == (1, 2, 1)
    second = desk.ask(step(limit_s=10.0))
    taken_back = desk.case(first)
    assert taken_back is not None
    assert taken_back.answer is not None
    assert taken_back.answer.outcome is Outcome.WITHDRAWN
    before = desk.version
    now[0] = 11.0
    assert desk.open_case is None
    assert desk.version > before
    assert desk.give(second, done()) != ()
    desk.begin(about("TWO"))
    third = desk.ask(step())
    assert desk.give(third, Given(outcome=Outcome.STOPPED)) == ()
    assert stops == ["stop"]
    assert desk.place == 2
    desk.end()
    assert desk.ended
    assert desk.purpose is None


def test_a_dialogue_asks_for_what_is_needed_and_nothing_else() -> None:
    talk = Dialogue(step(SHOWN, NAME), "ja")
    opening = talk.opening(about("ROUTE-OWN"), 1, 2)
    assert "1/2" in opening
    assert "ROUTE-OWN" in opening
    assert "60 秒" in opening
    assert "その番号はありません" in str(talk.feed("9"))
    assert "[1] yes" in str(talk.feed("1"))
    assert "その番号はありません" in str(talk.feed("はい"))
    assert "氏名" in str(talk.feed("1"))
    assert "氏名" in str(talk.feed(""))
    assert "メモ" in str(talk.feed("髙橋 𠮷①"))
    assert talk.feed("") == done(shown="yes", name="髙橋 𠮷①")


def test_a_dialogue_takes_what_went_otherwise_and_begins_anew_after_a_refusal() -> None:
    talk = Dialogue(step(SHOWN), "en")
    assert "What you saw" in str(talk.feed("2"))
    assert "What you saw" in str(talk.feed("  "))
    assert "Note" in str(talk.feed("an error page"))
    assert talk.feed("twice") == Given(outcome=Outcome.OTHER, said="an error page", note="twice")
    case = StepCase(step(SHOWN), 0.0)
    again = talk.again(case.give(Given(outcome=Outcome.OTHER), 1.0))
    assert again.startswith("! Write what you saw")
    assert talk.feed("4") == Given(outcome=Outcome.SKIPPED)
