"""What the directory says of a call, for every row that a simulated call can meet."""

from dataclasses import replace
from datetime import date

import pytest
from net119_protocol.api.common import NoticeCode
from net119_protocol.codes import PlaceChoice
from net119_protocol.directory import UnknownDepartment
from net119_scenarios.plan import CallRequest, Ending, plan_call

DAY = date(2026, 4, 1)
IN_TOMAKOMAI = CallRequest(42.6341, 141.6055)
IN_CHITOSE = CallRequest(42.82, 141.65)
IN_SAPPORO = CallRequest(43.06, 141.35)
AT_SEA = CallRequest(42.55, 141.65)
IN_SEOUL = CallRequest(37.5665, 126.978)


def expect(
    request: CallRequest,
    ending: Ending,
    rule: str | None,
    receiver: str | None,
    phones: tuple[str, ...] = (),
) -> None:
    plan = plan_call(request, DAY)
    assert plan.ending is ending
    assert plan.rules == ((rule,) if rule else ())
    assert (plan.receiver.code if plan.receiver else None) == receiver
    assert tuple(contact.phone for contact in plan.phone_to) == phones


def test_another_center_answers() -> None:
    expect(IN_TOMAKOMAI, Ending.ANSWERED, "other-running", "tomakomai")
    plan = plan_call(IN_TOMAKOMAI, DAY)
    assert [each.code for each in plan.staffed] == ["chitose", "tomakomai"]


def test_the_home_center_answers() -> None:
    expect(IN_CHITOSE, Ending.ANSWERED, "home-center", "chitose")


def test_departments_of_one_center_answer_for_each_other() -> None:
    in_handa = CallRequest(34.892, 136.938, home="chita-nanbu")
    expect(in_handa, Ending.ANSWERED, "home-center", "chita-handa")
    assert [each.code for each in plan_call(in_handa, DAY).staffed] == ["chita-nanbu"]


def test_not_adopted_goes_home_with_whom_to_phone() -> None:
    expect(IN_SAPPORO, Ending.HOME_ADVISED, "not-adopted", "chitose", ("0000-01-0100",))


def test_an_empty_console_has_no_bearing_where_there_is_none() -> None:
    expect(
        replace(IN_SAPPORO, console=False),
        Ending.HOME_ADVISED,
        "not-adopted",
        "chitose",
        ("0000-01-0100",),
    )
    assert [each.code for each in plan_call(replace(IN_SAPPORO, console=False), DAY).staffed] == [
        "chitose"
    ]


def test_far_at_sea_goes_home_with_the_coast_guard() -> None:
    expect(AT_SEA, Ending.HOME_ADVISED, "far-at-sea", "chitose", ("0000-00-0101",))
    assert [each.code for each in plan_call(AT_SEA, DAY).departments] == ["chitose"]


def test_abroad_is_refused_unless_the_caller_says_home() -> None:
    expect(IN_SEOUL, Ending.REFUSED, None, None)
    at_home = replace(IN_SEOUL, place=PlaceChoice.HOME)
    expect(at_home, Ending.ANSWERED, "home-center", "chitose")


def test_nobody_at_another_center_brings_the_call_home() -> None:
    plan = plan_call(replace(IN_TOMAKOMAI, console=False), DAY)
    assert plan.ending is Ending.HOME_ADVISED
    assert plan.rules == ("other-running", "peer-rejected")
    assert plan.notice is NoticeCode.CALL_HOME_PEER_NO_CONSOLE
    assert [each.code for each in plan.staffed] == ["chitose"]


def test_nobody_at_the_home_center_is_told_to_the_caller() -> None:
    expect(replace(IN_CHITOSE, console=False), Ending.UNHEARD, "home-center", None)
    assert plan_call(replace(IN_CHITOSE, console=False), DAY).staffed == ()


def test_an_uncertain_position_goes_where_most_of_it_lies() -> None:
    # In Chitose, 700 m from the border, with 20 km of uncertainty: most land around is not its.
    near = CallRequest(42.72, 141.62, accuracy_m=8000.0)
    assert plan_call(near, DAY).receiver is not None
    expect(near, Ending.ANSWERED, "other-running", "tomakomai")


def test_the_same_seed_is_the_same_person() -> None:
    assert plan_call(IN_SEOUL, DAY).person == plan_call(IN_SAPPORO, DAY).person
    assert plan_call(IN_SEOUL, DAY).person != plan_call(replace(IN_SEOUL, seed=2), DAY).person


def test_a_home_must_have_adopted_net119() -> None:
    with pytest.raises(UnknownDepartment, match="atlantis"):
        plan_call(replace(IN_SEOUL, home="atlantis"), DAY)
    with pytest.raises(ValueError, match="chitose has not adopted"):
        plan_call(IN_CHITOSE, date(2019, 3, 31))
