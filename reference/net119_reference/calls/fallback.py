"""Which notice tells why a call is at home, though it lies elsewhere: the fallback ladder.

One code for each reason that caller and dispatcher can do something different about; the texts
are in `net119_protocol.notice_texts`, the table of all of it in docs/fallback.md.
"""

from collections.abc import Mapping
from datetime import datetime, time, timedelta

from net119_protocol.api.common import NoticeCode
from net119_protocol.codes import RejectReason
from net119_protocol.directory import JAPAN, japan_date

from net119_reference.routing import NotRunning, RoutingDecision, RoutingRule

REJECTIONS: Mapping[RejectReason, NoticeCode] = {
    RejectReason.NO_CONSOLE: NoticeCode.CALL_HOME_PEER_NO_CONSOLE,
    RejectReason.MAINTENANCE: NoticeCode.CALL_HOME_PEER_MAINTENANCE,
    RejectReason.OVERLOAD: NoticeCode.CALL_HOME_PEER_OVERLOADED,
    RejectReason.EXPIRED: NoticeCode.CALL_HOME_OFFER_EXPIRED,
}
"""By the reason of ``call.reject``; the others are mistakes of set-up, told without details."""

NOT_RUNNING: Mapping[NotRunning, NoticeCode] = {
    NotRunning.PLANNED_STOP: NoticeCode.CALL_HOME_PLANNED_STOP,
    NotRunning.MAINTENANCE: NoticeCode.CALL_HOME_PEER_MAINTENANCE,
    NotRunning.OVERLOADED: NoticeCode.CALL_HOME_PEER_OVERLOADED,
    NotRunning.STOPPING: NoticeCode.CALL_HOME_PEER_DOWN,
    NotRunning.DOWN: NoticeCode.CALL_HOME_PEER_DOWN,
}
"""By why the responsible department could not be offered the call."""

AFTER_OFFER: Mapping[NoticeCode, RoutingRule] = {
    NoticeCode.CALL_HOME_PEER_REJECTED: RoutingRule.PEER_REJECTED,
    NoticeCode.CALL_HOME_PEER_SILENT: RoutingRule.PEER_SILENT,
} | dict.fromkeys(REJECTIONS.values(), RoutingRule.PEER_REJECTED)
"""The row of the routing table that decided in the end, once an offer has failed."""


def rejection(reason: RejectReason | None) -> NoticeCode:
    """What a reject means for the caller; None where the offer was answered by an error."""
    if reason is None:
        return NoticeCode.CALL_HOME_PEER_REJECTED
    return REJECTIONS.get(reason, NoticeCode.CALL_HOME_PEER_REJECTED)


def refined(
    code: NoticeCode, decision: RoutingDecision, now: datetime
) -> tuple[NoticeCode, datetime | None]:
    """The notice of a routing rule, made exact by what else the decision knows, with its time.

    An adoption is told only if it comes with the next midnight in Japan, when the call may still
    be open: a later one helps nobody in it.
    """
    if decision.not_running is not None:
        return NOT_RUNNING[decision.not_running], decision.stop_until
    tomorrow = japan_date(now) + timedelta(days=1)
    if decision.rule is RoutingRule.NOT_ADOPTED and decision.adopts_on == tomorrow:
        midnight = datetime.combine(tomorrow, time(), JAPAN)
        return NoticeCode.CALL_HOME_ADOPTED_SOON, midnight
    return code, None
