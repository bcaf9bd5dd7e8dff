"""The rungs of the fallback ladder: which notice, by which reason, with which time."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from net119_protocol.api.common import NoticeCode
from net119_protocol.codes import RejectReason
from net119_protocol.directory import JAPAN
from net119_reference.calls import anchor, fallback
from net119_reference.calls.effects import SaySystem
from net119_reference.routing import (
    NotRunning,
    RoutingDecision,
    RoutingOutcome,
    RoutingRule,
)

from tests.reference.calls.examples import THERE, TIMING, after, offering

N = NoticeCode
BY_REASON = {
    RejectReason.NO_CONSOLE: N.CALL_HOME_PEER_NO_CONSOLE,
    RejectReason.MAINTENANCE: N.CALL_HOME_PEER_MAINTENANCE,
    RejectReason.OVERLOAD: N.CALL_HOME_PEER_OVERLOADED,
    RejectReason.EXPIRED: N.CALL_HOME_OFFER_EXPIRED,
    RejectReason.MODE_NOT_ACCEPTED: N.CALL_HOME_PEER_REJECTED,
    RejectReason.UNKNOWN_DEPARTMENT: N.CALL_HOME_PEER_REJECTED,
    None: N.CALL_HOME_PEER_REJECTED,
}


def test_every_reason_has_its_rung() -> None:
    assert set(RejectReason) | {None} == set(BY_REASON)
    assert set(NotRunning) == set(fallback.NOT_RUNNING)


@pytest.mark.parametrize(("reason", "code"), BY_REASON.items())
@pytest.mark.parametrize("console", [True, False])
def test_a_rejected_offer_tells_its_reason(
    reason: RejectReason | None, code: NoticeCode, console: bool
) -> None:
    change = anchor.on_refused_offer(
        offering(), "midori", "why", after(1), TIMING, console=console, reason=reason
    )
    told = change.call.told
    # Where nobody is at home either the caller hears at once that nobody has the call.
    assert [each.code for each in told] == [code] + [N.NOT_RECEIVED] * (not console)
    assert told[0].phone_to == (THERE.department,)
    assert change.call.routing.rule == "peer-rejected"
    said = [effect for effect in change.effects if isinstance(effect, SaySystem)]
    assert len(said) == len(told)


@pytest.mark.parametrize("code", [each for each in N if each.value.startswith("home-peer")])
def test_a_rung_after_an_offer_has_its_row(code: NoticeCode) -> None:
    late = {N.CALL_HOME_PEER_DOWN}  # found out before an offer is made
    assert (code in fallback.AFTER_OFFER) == (code not in late)


def decision(rule: RoutingRule, **known: object) -> RoutingDecision:
    base: dict[str, object] = {
        "outcome": RoutingOutcome.ACCEPT,
        "rule": rule,
        "directory_version": "v",
        "home_department": "chitose",
    }
    return RoutingDecision(**(base | known))  # type: ignore[arg-type] # fields as keywords


@pytest.mark.parametrize(
    ("why", "code"),
    [
        (NotRunning.PLANNED_STOP, N.CALL_HOME_PLANNED_STOP),
        (NotRunning.MAINTENANCE, N.CALL_HOME_PEER_MAINTENANCE),
        (NotRunning.OVERLOADED, N.CALL_HOME_PEER_OVERLOADED),
        (NotRunning.STOPPING, N.CALL_HOME_PEER_DOWN),
        (NotRunning.DOWN, N.CALL_HOME_PEER_DOWN),
    ],
)
def test_a_department_that_was_not_running_tells_why(why: NotRunning, code: NoticeCode) -> None:
    until = after(600) if why is NotRunning.PLANNED_STOP else None
    found = decision(RoutingRule.OTHER_NOT_RUNNING, not_running=why, stop_until=until)
    assert fallback.refined(N.CALL_HOME_PEER_DOWN, found, after(0)) == (code, until)


@pytest.mark.parametrize(
    ("now", "soon"),
    [
        ("2026-11-29T14:59:59+00:00", False),
        ("2026-11-29T15:00:00+00:00", True),
        ("2026-11-30T14:59:59+00:00", True),
        ("2026-11-30T15:00:00+00:00", False),
    ],
)
def test_an_adoption_is_told_on_the_day_before(now: str, soon: bool) -> None:
    found = decision(RoutingRule.NOT_ADOPTED, adopts_on=date(2026, 12, 1))
    code, at = fallback.refined(N.CALL_HOME_NOT_ADOPTED, found, datetime.fromisoformat(now))
    assert (code is N.CALL_HOME_ADOPTED_SOON) == soon
    assert at == (datetime(2026, 12, 1, tzinfo=JAPAN) if soon else None)


@given(ahead=st.integers(-3, 400), minute=st.integers(0, 24 * 60 - 1))
def test_only_the_coming_midnight_counts(ahead: int, minute: int) -> None:
    now = datetime(2026, 11, 30, tzinfo=JAPAN) + timedelta(minutes=minute)
    adopts = date(2026, 11, 30) + timedelta(days=ahead)
    found = decision(RoutingRule.NOT_ADOPTED, adopts_on=adopts)
    code, at = fallback.refined(N.CALL_HOME_NOT_ADOPTED, found, now)
    assert (code is N.CALL_HOME_ADOPTED_SOON) == (ahead == 1)
    assert at is None or timedelta() < at - now <= timedelta(days=1)
