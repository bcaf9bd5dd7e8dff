"""Checks of what came of a crowd: the promises of the chat, and the times that are claimed."""

from collections.abc import Sequence

from net119_conformance.capacity import Chat
from net119_conformance.catalogue import Text
from net119_conformance.crowds import Outcome
from net119_conformance.trial import Trial
from net119_conformance.verdict import Verdict
from net119_conformance.world.world import World

LATE_MS = 1000.0
"""A suite that writes later than this has not put the claimed load on the system."""
ANSWERED = "every caller of the crowd is answered"
ACKNOWLEDGED = "every line is acknowledged"
ONCE = "no line is acknowledged twice"
KEPT = "no acknowledged line is lost, on either side or in the record"
SAME = "both sides and the record have the same lines in the same order, under the same numbers"
NOT_TWICE = "no line is shown twice"
SHOWN = "every stored line is shown to both sides, to the last one"
UNDISTURBED = "nothing is refused to the crowd, and no connection lost"
ACK_TIME = "99 of 100 lines are acknowledged within the time claimed"
SEEN_TIME = "99 of 100 lines reach the other side within the time claimed"
BACK = "all connections stand again"
RECOVERY_TIME = "all connections stand again within the time claimed"

_INVARIANTS = (
    ("I2", KEPT, "確認された文は、双方の画面からも記録からも失われない"),
    ("I3", SAME, "双方の画面と記録で、文の順序と番号が同じ"),
    ("I4", NOT_TWICE, "同じ文が二度表示されない"),
)
_OWN_DOING = ("handset connection lost", "console connection lost")


def chat_claimed(t: Trial, w: World) -> Chat:
    """The claim on the chat, in a purpose that is left out where there is none."""
    chat = w.capacity.chat
    return t.require(
        "the profile claims a capacity of the chat", chat if isinstance(chat, Chat) else None
    )


def kept_promises(t: Trial, outcome: Outcome, *, connections_cut: bool = False) -> None:
    """Check that everybody was served and that every line is where it belongs, once.

    ``connections_cut``: the purpose itself broke the connections, or the system that held them;
    lines are then written again, and may be acknowledged again.
    """
    t.check(
        ANSWERED,
        outcome.ready == outcome.callers,
        expected=outcome.callers,
        seen=_with(outcome.ready, outcome),
        ja="集団の全員の通報が応答される",
    )
    t.require("the crowd wrote lines", outcome.said, ja="集団が文を書いた")
    t.check(
        ACKNOWLEDGED,
        outcome.acknowledged == outcome.said,
        expected=f"{outcome.said} lines",
        seen=_with(f"{outcome.acknowledged} lines", outcome),
        ja="すべての文が確認される",
    )
    if not connections_cut:
        t.check(
            ONCE,
            outcome.again == 0,
            expected=0,
            seen=outcome.again,
            ja="同じ文が二度確認されない",
        )
    t.check(
        "the record of every call can be read",
        not outcome.unread and outcome.checked > 0,
        expected="every record, and lines in it",
        seen=outcome.unread[:3] or f"{outcome.checked} lines",
        ja="すべての通報の記録が読める",
    )
    for name, check, ja in _INVARIANTS:
        count = outcome.counts.get(name, 0)
        first = outcome.violations.get(name, ())[:3]
        t.check(
            check,
            count == 0,
            expected="no violation",
            seen=f"{count} violations: {'; '.join(first)}" if count else "none",
            ja=ja,
        )
    _all_shown(t, outcome)
    errors = {
        name: count
        for name, count in outcome.errors.items()
        if not (connections_cut and name in _OWN_DOING)
    }
    t.check(
        UNDISTURBED,
        not errors,
        expected="nothing",
        seen=(errors, outcome.details) if errors else "nothing",
        ja="集団の操作が断られず、接続も切れない",
    )


def _all_shown(t: Trial, outcome: Outcome) -> None:
    """Check that the last lines, too, were shown to both sides before the purpose ended.

    Where they were not and this suite's own loop stood still, it may be the one that was too slow.
    """
    seen = f"{outcome.late} lines: {'; '.join(outcome.late_details)}" if outcome.late else "all"
    own = max(outcome.lag_ms, outcome.late_ms)
    if outcome.late and own > LATE_MS:
        t.conclude(
            Verdict.INCONCLUSIVE,
            en=f"cannot be told: {SHOWN}: not shown: {seen}. The machine that judges was too busy "
            f"(late by {own:.0f} ms); run it again on one that is not",
            ja=f"判定できません: 最後の文まで双方に表示されるか: 未表示の文 {outcome.late} 件。"
            f"試験する側の処理が最大 {own:.0f} ミリ秒遅れていました。"
            "負荷の低いコンピューターで再度実行してください",
        )
        return
    t.check(
        SHOWN,
        not outcome.late,
        expected="all",
        seen=seen,
        ja="保存された文は、最後の文まで双方に表示される",
    )


def in_time(t: Trial, outcome: Outcome, chat: Chat) -> None:
    """Check the times claimed for the chat, of all who are not slow themselves."""
    t.require(
        f"the suite itself keeps to the claimed rate (within {LATE_MS:g} ms)",
        outcome.late_ms <= LATE_MS,
        ja=f"試験する側が申告された頻度で書けている ({LATE_MS:g} ミリ秒以内)",
    )
    within_claim(
        t,
        ACK_TIME,
        outcome.p99("ack_ms", "dispatcher_ack_ms"),
        chat.ack_p99_ms,
        outcome.lag_ms,
        ja="100 件中 99 件の文が、申告された時間内に確認される",
    )
    within_claim(
        t,
        SEEN_TIME,
        outcome.p99("seen_by_dispatcher_ms", "seen_by_caller_ms"),
        chat.seen_p99_ms,
        outcome.lag_ms,
        ja="100 件中 99 件の文が、申告された時間内に相手に届く",
    )


def recovered(t: Trial, outcome: Outcome, *, within_s: float | None = None) -> None:
    """Check that all connections came back after they broke, within the time claimed if any."""
    t.check(
        BACK,
        outcome.still_down == 0 and bool(outcome.recovered_s),
        expected="all of them",
        seen=f"{outcome.still_down} are still lost; {len(outcome.recovered_s)} times all came back",
        ja="すべての接続が回復する",
    )
    if within_s is not None and outcome.recovered_s:
        within_claim(
            t,
            RECOVERY_TIME,
            max(outcome.recovered_s) * 1000,
            within_s * 1000,
            outcome.lag_ms,
            ja="すべての接続が、申告された時間内に回復する",
        )


def within_claim(
    t: Trial, name: str, measured_ms: float | None, claimed_ms: float, lag_ms: float, *, ja: str
) -> None:
    """Check a time against a claim.

    A claim that is missed by no more than this suite's own loop stood still was perhaps kept: the
    machine that judges was too busy to tell, and the purpose is inconclusive. It never passes.
    """
    if measured_ms is None:
        t.require(f"times were measured for: {name}", None)
        return
    seen = f"{measured_ms:.0f} ms (own loop late by {lag_ms:.0f} ms at most)"
    missed = measured_ms > claimed_ms
    if missed and measured_ms - lag_ms <= claimed_ms:
        reason = Text(
            en=f"cannot be told: {name}: {seen}, claimed {claimed_ms:g} ms. The machine that "
            "judges was too busy; run it again on one that is not",
            ja=f"判定できません: {ja}: {measured_ms:.0f} ミリ秒 (申告 {claimed_ms:g} ミリ秒)。"
            f"試験する側の処理が最大 {lag_ms:.0f} ミリ秒遅れていました。"
            "負荷の低いコンピューターで再度実行してください",
        )
        t.conclude(Verdict.INCONCLUSIVE, en=reason.en, ja=reason.ja)
        return
    t.check(name, not missed, expected=f"{claimed_ms:g} ms", seen=seen, ja=ja)


def _with(what: object, outcome: Outcome) -> Sequence[object] | object:
    return (what, *outcome.details) if outcome.details else what
