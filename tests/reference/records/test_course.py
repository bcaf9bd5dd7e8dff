"""The course of a record: however often and late one looks, the end is the same."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from hypothesis import example, given
from hypothesis import strategies as st
from net119_protocol.api.staff import RegistrationState as State
from net119_protocol.profile.load import load_profiles
from net119_protocol.profile.model import Profile, Renewal, Validity
from net119_reference.records.course import carried_out, course
from net119_reference.records.due import Act, Due, RecordClock
from net119_reference.records.fiscal import JAPAN, japan_day
from net119_reference.registration.expiry import last_valid_day, months_later, new_expiry

from tests.reference.records.test_due import ASO, CHITA, CLOCKS, DAYS

PROFILES = st.sampled_from(list(load_profiles().values()))
LATER = st.lists(st.integers(0, 1200), max_size=8)


EARLY = datetime(2020, 1, 1, tzinfo=UTC)


def minutes_to(moment: datetime) -> int:
    return int((moment - EARLY).total_seconds() // 60)


def after(clock: RecordClock, profile: Profile, today: date) -> RecordClock:
    for each in course(clock, profile, today):
        clock = carried_out(clock, each)
    return clock


def state(clock: RecordClock) -> RecordClock:
    """But for reminders: nobody is asked in the past."""
    return replace(clock, reminded_on=None)


@given(clock=CLOCKS, start=DAYS, steps=LATER, profile=PROFILES)
@example(
    clock=RecordClock(State.APPROVED, expires_on=date(2028, 2, 29)),
    start=date(2028, 2, 28),
    steps=[1, 1, 30, 365, 365],
    profile=ASO,
)
@example(
    clock=RecordClock(State.STOPPED, ended_on=date(2027, 3, 31)),
    start=date(2030, 3, 30),
    steps=[1, 1],
    profile=CHITA,
)
def test_many_sweeps_and_one_end_alike(
    clock: RecordClock, start: date, steps: list[int], profile: Profile
) -> None:
    often, day = after(clock, profile, start), start
    for step in steps:
        day += timedelta(days=step)
        often = after(often, profile, day)
    assert state(often) == state(after(clock, profile, day))


@given(clock=CLOCKS, today=DAYS, profile=PROFILES)
def test_a_second_sweep_on_the_same_day_does_nothing(
    clock: RecordClock, today: date, profile: Profile
) -> None:
    assert course(after(clock, profile, today), profile, today) == ()


@given(clock=CLOCKS, today=DAYS, profile=PROFILES)
def test_nobody_is_early_and_nobody_stays_a_day_longer(
    clock: RecordClock, today: date, profile: Profile
) -> None:
    """On each act's own day it is done, and on the day before it is not."""
    for each in course(clock, profile, today):
        assert each.since <= today
        assert each in course(clock, profile, each.since) or each.act is Act.REMIND
        assert each not in course(clock, profile, each.since - timedelta(days=1))


@given(
    minutes=st.integers(0, 40 * 365 * 24 * 60),
    used=st.integers(0, 900),
)
@example(minutes=minutes_to(datetime(2028, 2, 28, 15, 0, tzinfo=UTC)), used=0)
@example(minutes=minutes_to(datetime(2027, 3, 31, 14, 59, tzinfo=UTC)), used=0)
@example(minutes=minutes_to(datetime(2027, 3, 31, 15, 0, tzinfo=UTC)), used=0)
def test_a_life_in_chita_nanbu_counted_by_hand(minutes: int, used: int) -> None:
    """Silence from the approval on: each day as a person with a calendar would find it."""
    approved = EARLY + timedelta(minutes=minutes)
    expires_at = new_expiry(CHITA.validity, approved)
    assert expires_at is not None
    local = approved.astimezone(JAPAN).date()
    try:
        last = local.replace(year=local.year + 1)
    except ValueError:  # 29 February
        last = date(local.year + 1, 2, 28)
    assert japan_day(expires_at - timedelta(seconds=1)) == last
    expired = last + timedelta(days=1)
    suspended = expired + timedelta(days=90)
    ended = suspended + timedelta(days=365)
    last_used = ended + timedelta(days=used)
    year = last_used.year + (0 if last_used.month < 4 else 1)
    destroyed = date(year + 3, 4, 1)
    clock = RecordClock(State.APPROVED, expires_on=last, last_used=last_used)
    found = course(clock, CHITA, destroyed)
    assert [(each.act, each.since) for each in found] == [
        (Act.EXPIRE, expired),
        (Act.SUSPEND, suspended),
        (Act.END, ended),
        (Act.DESTROY, destroyed),
    ]
    assert Act.DESTROY not in {
        each.act for each in course(clock, CHITA, destroyed - timedelta(days=1))
    }


def test_a_change_under_review_is_decided_first() -> None:
    pending = RecordClock(State.CHANGE_PENDING, expires_on=date(2027, 2, 28))
    assert course(pending, ASO, date(2027, 3, 1)) == ()
    decided = replace(pending, state=State.APPROVED)
    assert course(decided, ASO, date(2027, 3, 1)) == (
        Due(Act.EXPIRE, date(2027, 3, 1), "validity.months"),
    )


@given(minutes=st.integers(0, 40 * 365 * 24 * 60), months=st.integers(1, 240))
def test_people_are_told_the_last_day_on_which_they_are_registered(
    minutes: int, months: int
) -> None:
    approved = EARLY + timedelta(minutes=minutes)
    expires_at = new_expiry(Validity(renewal=Renewal.URL, months=months), approved)
    assert expires_at is not None
    last = last_valid_day(expires_at)
    assert last == months_later(japan_day(approved), months)
    assert datetime.combine(last, time(23, 59, 59), JAPAN) < expires_at
    assert japan_day(expires_at) == last + timedelta(days=1)


def test_everything_about_a_silent_person_goes_on_its_own_day() -> None:
    """ASO-05, ASO-13: image, data, calls and audit entries, in one late look."""
    rule, kept = ASO.validity, ASO.retention
    last = date(2027, 2, 28)
    expired = last + timedelta(days=1)
    suspended = expired + timedelta(days=rule.suspend_after_days)
    ended = suspended + timedelta(days=rule.delete_after_days)
    reviewed, called, noted = date(2026, 6, 1), ended - timedelta(days=9), ended + timedelta(days=9)
    clock = RecordClock(
        State.APPROVED,
        expires_on=last,
        image_reviewed_on=reviewed,
        has_image=True,
        has_calls=True,
        last_call_on=called,
        has_log=True,
        last_log_on=noted,
    )
    found = course(clock, ASO, date(2060, 1, 1))
    assert {each.act: each.since for each in found} == {
        Act.DELETE_IMAGE: reviewed + timedelta(days=kept.identity_image_days),
        Act.EXPIRE: expired,
        Act.SUSPEND: suspended,
        Act.END: ended,
        Act.DESTROY: ended + timedelta(days=kept.registrant_days),
        Act.DESTROY_CALLS: ended + timedelta(days=kept.call_records_days),
        Act.DESTROY_LOG: noted + timedelta(days=kept.call_records_days),
    }
    assert len(found) == 7, "each once"


def test_the_image_goes_with_the_data_that_it_proves() -> None:
    """A refused applicant's, reviewed late: it is not counted as deleted once more afterwards."""
    kept = ASO.retention.model_copy(update={"registrant_days": 10, "identity_image_days": 300})
    profile = ASO.model_copy(update={"retention": kept})
    day = date(2026, 5, 10)
    clock = RecordClock(State.REFUSED, ended_on=day, image_reviewed_on=day, has_image=True)
    gone = after(clock, profile, day + timedelta(days=10))
    assert (gone.state, gone.has_image) == (State.DESTROYED, False)
    assert course(gone, profile, day + timedelta(days=300)) == ()
