"""Whether a user's helpers are enough (KYO-02)."""

from net119_protocol.alarms.people import HelperProblem
from net119_reference.alarms.helpers import problems

from tests.reference.alarms.people import FAR, NEAR


def test_kyo_02_two_of_whom_one_is_near_are_enough() -> None:
    assert problems((FAR, NEAR)) == ()


def test_kyo_02_five_minutes_are_near_and_six_are_not() -> None:
    assert problems((FAR, NEAR.model_copy(update={"minutes": 5}))) == ()
    assert problems((FAR, NEAR.model_copy(update={"minutes": 6}))) == (HelperProblem.NOBODY_NEAR,)


def test_kyo_02_one_is_too_few() -> None:
    assert problems((NEAR,)) == (HelperProblem.TOO_FEW,)


def test_kyo_02_without_any_both_are_told() -> None:
    assert problems(()) == (HelperProblem.TOO_FEW, HelperProblem.NOBODY_NEAR)


def test_kyo_02_the_same_person_written_otherwise_counts_once() -> None:
    again = NEAR.model_copy(update={"name": "𠮷田 花子", "phone": "０７５－０００－０００１"})
    assert problems((NEAR, again)) == (HelperProblem.TOO_FEW, HelperProblem.SAME_TWICE)


def test_two_of_one_name_with_telephones_of_their_own_are_two() -> None:
    assert problems((NEAR, NEAR.model_copy(update={"phone": "075-000-0009"}))) == ()
