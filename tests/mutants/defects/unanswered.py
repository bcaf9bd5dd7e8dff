"""Calls that ring and nobody answers."""

import dataclasses
from typing import Any

from net119_protocol.api.common import NoticeCode
from net119_protocol.codes import CallState, WithdrawReason
from net119_reference.calls import anchor, callee
from net119_reference.calls.anchor import Fallback
from net119_reference.calls.effects import Change, Remind, Send
from net119_reference.service.consoles import ConsoleDesk
from net119_reference.service.peer_rules import PeerRules

from tests.mutants.registry import Patch, mutant


@mutant(
    "caller-left-to-the-ringing",
    kills={"UNANSWERED-ELSEWHERE": "at T2 the caller reads that nobody has answered yet"},
)
def caller_left_to_the_ringing(patch: Patch) -> None:
    """Only the console is reminded; the caller goes on looking at a page that says nothing."""

    def tell(original: Any, change: Change, code: NoticeCode) -> Any:
        return change if code is NoticeCode.NOBODY_ANSWERS else original(change, code)

    patch.around(anchor, "tell", tell)


@mutant(
    "home-at-the-first-reminder",
    kills={"UNANSWERED-ELSEWHERE": "at T2 the caller reads that nobody has answered yet"},
)
def home_at_the_first_reminder(patch: Patch) -> None:
    """The department called has T2 instead of twice T2, and nobody is reminded."""

    def too_long(original: Any, call: Any, *arguments: Any, **named: Any) -> Any:
        return original(call.model_copy(update={"reminders": 1}), *arguments, **named)

    patch.around(anchor, "_ringing_too_long", too_long)


@mutant(
    "t2-a-tenth-at-the-anchor",
    kills={
        "UNANSWERED-ELSEWHERE": "the caller is not told before T2 that nobody has answered",
        "UNANSWERED-AT-HOME": "the reminder does not come before T2",
    },
)
def t2_a_tenth_at_the_anchor(patch: Patch) -> None:
    """The anchor's T2 is a tenth of what is said of it."""

    def unanswered(original: Any, now: Any, timing: Any) -> Any:
        return original(now, dataclasses.replace(timing, t2_s=timing.t2_s / 10))

    patch.around(anchor, "_unanswered", unanswered)


@mutant(
    "no-second-t2",
    kills={
        "UNANSWERED-ELSEWHERE": "it does not come home before twice T2",
        "UNANSWERED-AT-HOME": "the caller is not told before twice T2 that it was not received",
    },
)
def no_second_t2(patch: Patch) -> None:
    """After the reminder hardly any time is left to answer."""

    def too_long(original: Any, call: Any, now: Any, timing: Any, **named: Any) -> Any:
        return original(call, now, dataclasses.replace(timing, t2_s=timing.t2_s / 10), **named)

    patch.around(anchor, "_ringing_too_long", too_long)


@mutant(
    "rings-elsewhere-for-ever",
    kills={"UNANSWERED-ELSEWHERE": "after twice T2 the call rings at home"},
)
def rings_elsewhere_for_ever(patch: Patch) -> None:
    """A call that was assigned rings there until somebody answers."""

    def too_long(original: Any, call: Any, now: Any, timing: Any, **named: Any) -> Any:
        if call.reminders and call.owner != call.home:
            return Change(call.model_copy(update={"deadline": None}))
        return original(call, now, timing, **named)

    patch.around(anchor, "_ringing_too_long", too_long)


@mutant(
    "home-under-the-old-epoch",
    kills={"UNANSWERED-ELSEWHERE": "it is home under a new epoch"},
)
def home_under_the_old_epoch(patch: Patch) -> None:
    """A call comes home under the epoch of who had it."""

    def take_home(original: Any, call: Any, *arguments: Any, **named: Any) -> Change:
        change: Change = original(call, *arguments, **named)
        same = change.call.model_copy(update={"epoch": call.epoch})
        return dataclasses.replace(change, call=same)

    patch.around(anchor, "take_home", take_home)


@mutant(
    "unanswered-told-as-silence",
    kills={
        "UNANSWERED-ELSEWHERE": "the dispatcher reads that nobody answered there, and whom to phone"
    },
)
def unanswered_told_as_silence(patch: Patch) -> None:
    """Whatever brings a call home in the end is told as a provider that does not respond."""

    def take_home(original: Any, call: Any, why: Fallback, *rest: Any, **named: Any) -> Any:
        vague = dataclasses.replace(why, code=NoticeCode.CALL_HOME_PEER_REJECTED)
        return original(call, vague, *rest, **named)

    patch.around(anchor, "take_home", take_home)


@mutant(
    "taken-home-behind-their-back",
    kills={
        "UNANSWERED-ELSEWHERE": "the department that did not answer is told by call.withdraw",
    },
)
def taken_home_behind_their_back(patch: Patch) -> None:
    """The department that did not answer is not told that the call is no longer its own."""
    patch.around(anchor, "_with_withdrawal", lambda _original, _before, change, _why: change)


@mutant(
    "withdrawn-without-the-reason",
    kills={"UNANSWERED-ELSEWHERE": "it is told why, and who has the call"},
)
def withdrawn_without_the_reason(patch: Patch) -> None:
    """Every withdrawal gives the same reason."""

    def withdrawing(original: Any, before: Any, change: Change, _reason: Any) -> Any:
        return original(before, change, WithdrawReason.TAKEN_HOME)

    patch.around(anchor, "_with_withdrawal", withdrawing)


@mutant(
    "late-words-swallowed",
    kills={
        "CROSSED-CALLBACK": "callback of a former owner: what crossed is refused",
        "UNANSWERED-ELSEWHERE": "the late line is refused",
        "TRANSFER-ASKED": "the error for a line under its old epoch says stale-epoch",
    },
)
def late_words_swallowed(patch: Patch) -> None:
    """What a former owner still says is dropped without a word."""

    def at_anchor(original: Any, rules: Any, tx: Any, live: Any, call: Any, received: Any) -> None:
        envelope = received.envelope
        if envelope.epoch < call.epoch and received.sender in call.assigned:
            return
        original(rules, tx, live, call, received)

    patch.around(PeerRules, "_at_anchor", at_anchor)


@mutant(
    "late-answer-believed",
    kills={
        "UNANSWERED-ELSEWHERE": "the late answer is refused",
    },
)
def late_answer_believed(patch: Patch) -> None:
    """Whoever ever had a call may answer it."""

    def at_anchor(original: Any, rules: Any, tx: Any, live: Any, call: Any, received: Any) -> None:
        if received.envelope.type.value == "call.answered" and call.state is CallState.RINGING:
            rules._from_owner(tx, live, call, received)
            return
        original(rules, tx, live, call, received)

    patch.around(PeerRules, "_at_anchor", at_anchor)


@mutant(
    "no-reminder-here",
    kills={"UNANSWERED-HERE": "the console is reminded at T2"},
)
def no_reminder_here(patch: Patch) -> None:
    """A call of another provider rings once; nobody is reminded of it."""

    def on_deadline(original: Any, *arguments: Any) -> Change:
        change: Change = original(*arguments)
        kept = tuple(each for each in change.effects if not isinstance(each, Remind))
        return dataclasses.replace(change, effects=kept)

    patch.around(callee, "on_deadline", on_deadline)


@mutant(
    "reminded-at-a-tenth-of-t2",
    kills={"UNANSWERED-HERE": "the reminder does not come before T2"},
)
def reminded_at_a_tenth_of_t2(patch: Patch) -> None:
    """A dispatcher is reminded of an assigned call that has only just begun to ring."""

    def on_assign(original: Any, call: Any, epoch: Any, unit: Any, now: Any, timing: Any) -> Any:
        soon = dataclasses.replace(timing, t2_s=timing.t2_s / 10)
        return original(call, epoch, unit, now, soon)

    patch.around(callee, "on_assign", on_assign)


@mutant(
    "withdrawn-by-nobody",
    kills={
        "CROSSED-AT-OWNER": "taken back first: it shows who has the call",
        "UNANSWERED-HERE": "after the withdrawal the console shows who has the call",
    },
)
def withdrawn_by_nobody(patch: Patch) -> None:
    """A withdrawn call goes on to stand at the console as this center's own."""

    def on_withdraw(original: Any, call: Any, *arguments: Any) -> Change:
        change: Change = original(call, *arguments)
        mine = change.call.model_copy(update={"owner": call.owner})
        return dataclasses.replace(change, call=mine)

    patch.around(callee, "on_withdraw", on_withdraw)


@mutant(
    "answered-after-all",
    kills={
        "UNANSWERED-HERE": "a late answer is refused, and the dispatcher can read why",
    },
)
def answered_after_all(patch: Patch) -> None:
    """A dispatcher can answer whatever the console has ever shown, and is told that it is done."""

    async def answer(original: Any, desk: Any, who: Any, call_id: Any) -> Any:
        live, call = desk.seen(who, call_id)
        if not call.open:
            view = desk.view(who, live)
            return view.model_copy(update={"answered_at": call.closed_at, "answered_by": who.name})
        return await original(desk, who, call_id)

    patch.around(ConsoleDesk, "answer", answer)


@mutant(
    "anchor-told-of-late-answers",
    kills={"UNANSWERED-HERE": "the anchor is never told that somebody answered"},
)
def anchor_told_of_late_answers(patch: Patch) -> None:
    """The anchor is told of every press on “answer”, whoever has the call."""

    async def answer(original: Any, desk: Any, who: Any, call_id: Any) -> Any:
        live, call = desk.seen(who, call_id)
        if not call.open:

            def say(tx: Any) -> None:
                change = callee.answer(
                    call.model_copy(update={"state": CallState.RINGING}), who.name, tx.now
                )
                for effect in change.effects:
                    if isinstance(effect, Send):
                        desk._core.send(tx, live, effect)

            await desk._core.kernel.run(say)
        return await original(desk, who, call_id)

    patch.around(ConsoleDesk, "answer", answer)
