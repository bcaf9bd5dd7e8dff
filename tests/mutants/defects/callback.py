"""Callback mail, and what dispatchers record of a call."""

import dataclasses
from datetime import timedelta
from typing import Any

from net119_protocol.codes import CallState
from net119_reference.calls import callback, reopen
from net119_reference.calls.effects import Change
from net119_reference.calls.model import Call
from net119_reference.service import consoles, recorded_acts
from net119_reference.service.callbacks import Callbacks
from net119_reference.service.kernel import Transaction
from net119_reference.service.recorded_acts import RecordedActs
from net119_reference.service.registration.review import Review

from tests.mutants.defects.late import LATE_S, later
from tests.mutants.registry import Patch, mutant


@mutant(
    "sent-when-written",
    kills={"CALLBACK-UNDELIVERABLE": "deferred: it is not called sent"},
)
def sent_when_written(patch: Patch) -> None:
    """A callback mail counts as sent once it is written, before any server has taken it."""

    def ask(_original: Any, call: Any, asking: Any, now: Any) -> Change:
        return callback._add(call, asking, now, "sent")

    patch.around(callback, "ask", ask)


@mutant(
    "contacts-not-offered",
    kills={
        "CALLBACK-UNDELIVERABLE": "the failure names the emergency contacts, in their order",
        "CALLBACK-ASKED": "callback.failed names the emergency contacts, in their order",
        "CALLBACK-OWNER": "the failure names the emergency contacts, in their order",
        "CALLBACK-BOUNCED": "callback.failed names the emergency contacts, in their order",
        "CALLBACK-BOUNCED-OWNER": "what the dispatcher is told names the emergency contacts, "
        "in their order",
    },
)
def contacts_not_offered(patch: Patch) -> None:
    """A mail that does not arrive is told, and nobody is named who might know more."""

    def put(original: Any, *arguments: Any) -> Any:
        return original(*arguments[:6], ())

    patch.around(callback, "_put", put)


@mutant(
    "contacts-last-first",
    kills={
        "CALLBACK-UNDELIVERABLE": "the failure names the emergency contacts, in their order",
    },
)
def contacts_last_first(patch: Patch) -> None:
    """Whoever is to be asked last is named first."""

    def put(original: Any, call: Any, *arguments: Any) -> Any:
        optional = call.registrant.optional
        turned = optional and optional.model_copy(update={"contacts": optional.contacts[::-1]})
        registrant = call.registrant.model_copy(update={"optional": turned})
        after = original(call.model_copy(update={"registrant": registrant}), *arguments)
        return after.model_copy(update={"registrant": call.registrant})

    patch.around(callback, "_put", put)


@mutant(
    "new-epoch-for-who-comes-back",
    kills={"CALLBACK-REOPENS": "it is the same call, with owner and epoch unchanged"},
)
def new_epoch_for_who_comes_back(patch: Patch) -> None:
    """Whoever comes back to an open call finds it assigned anew."""

    def opened(original: Any, call: Any, *arguments: Any) -> Change:
        change: Change = original(call, *arguments)
        if not call.answered_at:
            return change
        return dataclasses.replace(change, call=_anew(change.call))

    patch.around(callback, "opened", opened)


@mutant(
    "new-epoch-for-who-came-back-late",
    kills={"CALLBACK-REOPENS": "owner and epoch do not change later either"},
)
def new_epoch_for_who_came_back_late(patch: Patch) -> None:
    """A second after somebody came back to an open call it is assigned anew."""

    async def opened(original: Any, desk: Callbacks, secret: str, *given: Any) -> Any:
        came = await original(desk, secret, *given)

        def late(tx: Transaction) -> None:
            live = desk._core.live(came.call.call_id)
            if live.known().state is CallState.ANSWERED:
                desk._record(tx, live, Change(_anew(live.known())))

        core = desk._core
        core.kernel.at(core.clock.now() + timedelta(seconds=LATE_S), late)
        return came

    patch.around(Callbacks, "open", opened)


def _anew(call: Call) -> Call:
    return call.model_copy(update={"epoch": call.epoch + 1})


@mutant(
    "reopened-as-answered",
    kills={"CALLBACK-REOPENS": "it rings again at the same center"},
)
def reopened_as_answered(patch: Patch) -> None:
    """A closed call whose caller comes back counts as answered by whoever had answered before."""

    def again(original: Any, call: Any, *arguments: Any, **named: Any) -> Change:
        change: Change = original(call, *arguments, **named)
        answered = change.call.model_copy(
            update={"state": CallState.ANSWERED, "answered_at": call.answered_at}
        )
        return dataclasses.replace(change, call=answered)

    patch.around(reopen, "reopen", again)


@mutant(
    "reopened-as-answered-late",
    kills={"CALLBACK-REOPENS": "it rings on until a human answers"},
)
def reopened_as_answered_late(patch: Patch) -> None:
    """A second after its caller came back, a call is answered for whoever had answered before."""

    def again(original: Any, desk: Callbacks, tx: Transaction, live: Any, call: Any) -> Any:
        def late(then: Transaction) -> None:
            if live.call.state is CallState.RINGING:
                answered = {
                    "state": CallState.ANSWERED,
                    "answered_at": then.now,
                    "answered_by": call.answered_by,
                    "deadline": None,
                }
                desk._record(then, live, Change(live.call.model_copy(update=answered)))

        later(desk._core, tx, late)
        return original(desk, tx, live, call)

    patch.around(Callbacks, "_reopen", again)


@mutant(
    "reopened-calls-refused",
    kills={"CALLBACK-OWNER": "the reopened call rings again at the same center"},
)
def reopened_calls_refused(patch: Patch) -> None:
    """What was closed stays closed, whatever the anchor says."""
    patch(Callbacks, "reopened", lambda *_: False)


@mutant(
    "acts-not-audited",
    kills={"DISCLOSURE-RECORDED": "at home: the audit trail has every receiver"},
)
def acts_not_audited(patch: Patch) -> None:
    """Dispatchers' disclosures stand with the call, and staff never learn of them."""
    patch(RecordedActs, "_audit", lambda *_: None)


@mutant(
    "crews-sent-to-practice",
    kills={"DISPATCH-RECORDED": "after the answer of a practice call: no-dispatch"},
)
def crews_sent_to_practice(patch: Patch) -> None:
    """A dispatch may be recorded for any call."""
    patch(recorded_acts, "NEVER_DISPATCHED", frozenset())


@mutant(
    "practice-closed-as-dispatched",
    kills={"DISPATCH-RECORDED": "a practice call is not closed as dispatched"},
)
def practice_closed_as_dispatched(patch: Patch) -> None:
    """A practice call may end as if a crew had gone; its caller reads that help is coming."""
    patch(consoles, "NEVER_DISPATCHED", frozenset())


@mutant(
    "block-noted-only",
    kills={"BLOCK-PRANK": "the blocked caller's next call is refused"},
)
def block_noted_only(patch: Patch) -> None:
    """A block is written down, and the caller is not suspended."""

    async def suspend(*_: Any) -> None:
        return None

    patch(Review, "suspend", suspend)
