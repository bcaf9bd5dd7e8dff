"""Which steps a registration takes, by the department's profile."""

from datetime import date

import pytest
from net119_scenarios.registration.plan import RegisterRequest, plan_registration, profiled
from net119_scenarios.registration.steps import EXPECTED, Step

TODAY = date(2026, 7, 1)
PAPER_ONLY = {"chita-nanbu"}


@pytest.mark.parametrize("department", sorted(profiled()))
def test_the_way_is_the_departments(department: str) -> None:
    plan = plan_registration(RegisterRequest(department, 7), TODAY)
    paper = department in PAPER_ONLY
    assert plan.by_mail is not paper
    assert (Step.KEY_IN in plan.steps) is paper
    assert (Step.TERMS in plan.steps) is not paper
    assert (Step.IMAGE in plan.steps) is (department == "tomakomai")
    assert plan.sealed is (department == "aso")
    assert plan.steps[-3:] == (Step.COMPLETION_MAIL, Step.LOG_IN, Step.CALL_PAGE)
    assert len(set(plan.steps)) == len(plan.steps)
    assert plan.department.code == department


def test_every_step_is_taken_somewhere_and_says_what_must_be_seen() -> None:
    taken = {
        step
        for department in profiled()
        for step in plan_registration(RegisterRequest(department), TODAY).steps
    }
    assert taken == set(Step) == set(EXPECTED)


def test_the_same_seed_is_the_same_person_a_minor_brings_a_guardian() -> None:
    first = plan_registration(RegisterRequest("chita-nanbu", 3), TODAY)
    assert first.person == plan_registration(RegisterRequest("chita-nanbu", 3), TODAY).person
    guarded = [
        plan_registration(RegisterRequest("chita-nanbu", seed), TODAY).person.application
        for seed in range(60)
    ]
    minors = [each for each in guarded if each.guardian is not None]
    assert minors
    assert all(each.data.birth_date > date(2008, 7, 1) for each in minors)
    with pytest.raises(KeyError):
        plan_registration(RegisterRequest("atlantis"), TODAY)
