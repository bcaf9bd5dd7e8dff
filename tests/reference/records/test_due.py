"""What is due and when (CNB-07, CNB-24, CNB-41, ASO-05, ASO-06, ASO-13)."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from net119_protocol.api.staff import RegistrationState as State
from net119_protocol.profile.load import load_profiles
from net119_protocol.profile.model import Profile
from net119_reference.records.course import carried_out
from net119_reference.records.due import Act, Due, RecordClock, backups_by, destroy_on, due

PROFILES = load_profiles()
ASO, CHITA, TOMAKOMAI = (PROFILES[code] for code in ("aso", "chita-nanbu", "tomakomai"))
LAST = date(2027, 2, 28)
VALID = RecordClock(State.APPROVED, expires_on=LAST)
DAYS = st.dates(date(2020, 1, 1), date(2060, 12, 31))


def acts(found: tuple[Due, ...]) -> list[Act]:
    return [each.act for each in found]


@pytest.mark.parametrize(
    ("today", "wanted"),
    [
        (LAST - timedelta(days=31), []),
        (LAST - timedelta(days=30), [Act.REMIND]),
        (LAST, [Act.REMIND]),
        (LAST + timedelta(days=1), [Act.EXPIRE]),
    ],
)
def test_a_registration_is_valid_through_its_last_day(today: date, wanted: list[Act]) -> None:
    assert acts(due(VALID, ASO, today)) == wanted


def test_each_reminder_is_sent_once_and_missed_ones_are_not_made_up_for() -> None:
    first = replace(VALID, reminded_on=LAST - timedelta(days=30))
    assert due(first, ASO, LAST - timedelta(days=29)) == ()
    assert acts(due(first, ASO, LAST - timedelta(days=7))) == [Act.REMIND]
    late = replace(VALID, reminded_on=LAST - timedelta(days=3))
    assert due(late, ASO, LAST) == ()


def test_an_open_call_is_never_cut_by_the_clock() -> None:
    """Fact A25."""
    calling = replace(VALID, in_call=True)
    assert due(calling, ASO, LAST + timedelta(days=400)) == ()
    expired = replace(calling, state=State.EXPIRED)
    assert due(expired, ASO, LAST + timedelta(days=400)) == ()
    suspended = replace(calling, state=State.SUSPENDED, suspended_on=LAST)
    assert due(suspended, ASO, date(2060, 1, 1)) == ()


def test_nothing_that_a_call_may_show_is_destroyed_while_it_is_open() -> None:
    """Whoever answers sees the data; a reviewed image is seen by nobody who answers."""
    ended = RecordClock(
        State.STOPPED,
        ended_on=date(2026, 5, 10),
        has_image=True,
        image_reviewed_on=date(2026, 5, 1),
        has_calls=True,
        has_log=True,
    )
    late = date(2060, 1, 1)
    assert set(acts(due(ended, ASO, late))) == {
        Act.DELETE_IMAGE,
        Act.DESTROY,
        Act.DESTROY_CALLS,
        Act.DESTROY_LOG,
    }
    assert acts(due(replace(ended, in_call=True), ASO, late)) == [Act.DELETE_IMAGE]


@pytest.mark.parametrize("state", State)
def test_data_are_destroyed_only_where_nothing_can_come_of_them_any_more(state: State) -> None:
    """What was returned and never corrected is over as well; what waits for review is not."""
    over = {State.REFUSED, State.STOPPED, State.CANCELLED, State.RETURNED}
    ended = RecordClock(state, ended_on=date(2026, 5, 10), has_calls=True, has_log=True)
    found = acts(due(ended, ASO, date(2060, 1, 1)))
    assert (Act.DESTROY in found) is (state in over)
    later = {Act.DESTROY_CALLS, Act.DESTROY_LOG}
    assert later & set(found) == (later if state in over | {State.DESTROYED} else set())


def test_days_are_counted_from_the_end_where_the_last_use_came_before_it() -> None:
    """ASO-05: and from the last use where it came later."""
    days = timedelta(days=ASO.retention.registrant_days)
    end, rule = date(2026, 5, 10), "retention.registrant_days"
    assert destroy_on(ASO, end, end - timedelta(days=300)) == (end + days, rule)
    assert destroy_on(ASO, end, end + timedelta(days=300)) == (
        end + days + timedelta(days=300),
        rule,
    )


def test_expired_then_suspended_then_ended() -> None:
    expired = replace(VALID, state=State.EXPIRED)
    on = LAST + timedelta(days=1 + ASO.validity.suspend_after_days)
    assert due(expired, ASO, on - timedelta(days=1)) == ()
    assert acts(due(expired, ASO, on)) == [Act.SUSPEND]
    suspended = replace(VALID, state=State.SUSPENDED, suspended_on=on)
    end = on + timedelta(days=ASO.validity.delete_after_days)
    assert due(suspended, ASO, end - timedelta(days=1)) == ()
    assert acts(due(suspended, ASO, end)) == [Act.END]


def test_a_suspension_by_the_department_is_not_the_clock_s_to_end() -> None:
    suspended = replace(VALID, state=State.SUSPENDED)
    assert due(suspended, ASO, date(2060, 1, 1)) == ()


def test_nothing_expires_where_the_profile_knows_no_renewal() -> None:
    assert due(VALID, TOMAKOMAI, date(2060, 1, 1)) == ()


def test_chita_nanbu_destroys_at_the_end_of_the_fiscal_period() -> None:
    ended = RecordClock(State.STOPPED, ended_on=date(2026, 5, 10), last_used=date(2026, 5, 1))
    assert due(ended, CHITA, date(2030, 3, 31)) == ()
    found = due(ended, CHITA, date(2030, 4, 1))
    assert found == (Due(Act.DESTROY, date(2030, 4, 1), "retention.documents_fiscal_years"),)


def test_use_after_the_end_counts_as_last_use() -> None:
    ended = RecordClock(State.STOPPED, ended_on=date(2027, 3, 31), last_used=date(2027, 4, 1))
    assert due(ended, CHITA, date(2030, 4, 1)) == ()
    assert acts(due(ended, CHITA, date(2031, 4, 1))) == [Act.DESTROY]


def test_call_records_are_kept_on_a_clock_of_their_own() -> None:
    gone = RecordClock(
        State.DESTROYED,
        ended_on=date(2026, 5, 10),
        has_calls=True,
        last_call_on=date(2026, 6, 1),
    )
    on = date(2026, 6, 1) + timedelta(days=ASO.retention.call_records_days)
    assert due(gone, ASO, on - timedelta(days=1)) == ()
    assert acts(due(gone, ASO, on)) == [Act.DESTROY_CALLS]


def test_the_audit_entries_are_kept_as_long_from_the_newest_of_them() -> None:
    """CNB-41: and from the end of the registration, where nothing was noted after it."""
    end, days = date(2026, 5, 10), timedelta(days=CHITA.retention.call_records_days)
    gone = RecordClock(State.DESTROYED, ended_on=end, has_log=True)
    for newest, start in ((None, end), (date(2026, 1, 1), end), (date(2026, 6, 1),) * 2):
        noted = replace(gone, last_log_on=newest)
        assert due(noted, CHITA, start + days - timedelta(days=1)) == ()
        assert acts(due(noted, CHITA, start + days)) == [Act.DESTROY_LOG]


def test_an_image_goes_when_the_profile_says() -> None:
    reviewed = RecordClock(State.APPROVED, has_image=True, image_reviewed_on=date(2026, 5, 10))
    on = date(2026, 5, 10) + timedelta(days=TOMAKOMAI.retention.identity_image_days)
    assert due(reviewed, TOMAKOMAI, on - timedelta(days=1)) == ()
    assert acts(due(reviewed, TOMAKOMAI, on)) == [Act.DELETE_IMAGE]
    assert due(replace(reviewed, image_reviewed_on=None), TOMAKOMAI, date(2060, 1, 1)) == ()


def test_backups_lose_deleted_data_within_a_month() -> None:
    """ASO-06, over the end of February too."""
    assert backups_by(ASO, date(2027, 1, 31)) == date(2027, 3, 2)
    assert backups_by(ASO, date(2028, 1, 31)) == date(2028, 3, 1)


CLOCKS = st.builds(
    RecordClock,
    state=st.sampled_from(State),
    expires_on=st.none() | DAYS,
    reminded_on=st.none() | DAYS,
    suspended_on=st.none() | DAYS,
    ended_on=st.none() | DAYS,
    last_used=st.none() | DAYS,
    image_reviewed_on=st.none() | DAYS,
    has_image=st.booleans(),
    in_call=st.booleans(),
    has_calls=st.booleans(),
    last_call_on=st.none() | DAYS,
    has_log=st.booleans(),
    last_log_on=st.none() | DAYS,
)


@given(clock=CLOCKS, today=DAYS, profile=st.sampled_from(list(PROFILES.values())))
def test_nothing_is_due_before_its_day(clock: RecordClock, today: date, profile: Profile) -> None:
    for each in due(clock, profile, today):
        assert each.since <= today


RULES = {
    Act.REMIND: {"validity.remind_days"},
    Act.EXPIRE: {"validity.months"},
    Act.SUSPEND: {"validity.suspend_after_days"},
    Act.END: {"validity.delete_after_days"},
    Act.DELETE_IMAGE: {"retention.identity_image_days"},
    Act.DESTROY: {"retention.documents_fiscal_years", "retention.registrant_days"},
    Act.DESTROY_CALLS: {"retention.call_records_days"},
    Act.DESTROY_LOG: {"retention.call_records_days"},
}


@given(clock=CLOCKS, today=DAYS, profile=st.sampled_from(list(PROFILES.values())))
def test_each_act_names_the_key_of_the_profile_that_asks_for_it(
    clock: RecordClock, today: date, profile: Profile
) -> None:
    """Staff find the period in the department's file by it, and the history quotes it."""
    for each in due(clock, profile, today):
        assert each.rule in RULES[each.act]
        part, key = each.rule.split(".")
        assert key in type(getattr(profile, part)).model_fields


@given(clock=CLOCKS, today=DAYS, later=st.integers(0, 4000))
def test_what_is_due_stays_due_until_it_is_done(
    clock: RecordClock, today: date, later: int
) -> None:
    lasting = set(Act) - {Act.REMIND}
    after = today + timedelta(days=later)
    for profile in PROFILES.values():
        now = {each.act for each in due(clock, profile, today)} & lasting
        assert now <= {each.act for each in due(clock, profile, after)}


@given(clock=CLOCKS, today=DAYS)
def test_doing_what_is_due_comes_to_an_end(clock: RecordClock, today: date) -> None:
    for profile in PROFILES.values():
        current = clock
        for _ in range(12):
            found = due(current, profile, today)
            if not found:
                break
            current = carried_out(current, found[0])
        assert due(current, profile, today) == ()


@given(ended=DAYS, used=DAYS)
def test_data_are_never_destroyed_before_the_period_has_passed(ended: date, used: date) -> None:
    for profile in PROFILES.values():
        day, _rule = destroy_on(profile, ended, used)
        years = profile.retention.documents_fiscal_years
        least = timedelta(days=365 * years) if years else timedelta(days=1825)
        assert day - max(ended, used) >= least
