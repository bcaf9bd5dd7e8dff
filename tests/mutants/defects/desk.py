"""A call that two dispatchers have, that changes hands unseen, or ends without a word."""

import asyncio
from dataclasses import replace
from typing import Any

from net119_protocol.api import console as api
from net119_protocol.codes import CallState, CloseOutcome, Refusal
from net119_reference.calls import anchor
from net119_reference.calls.effects import Change
from net119_reference.calls.model import Call
from net119_reference.ports import Refused
from net119_reference.service import views
from net119_reference.service.console_acts import ConsoleActs
from net119_reference.service.consoles import ConsoleDesk
from net119_reference.service.showing import Shows

from tests.mutants.registry import Patch, mutant

WRITING_S = 0.1


@mutant(
    "second-answer-taken",
    kills={
        "DESK-ONE-OWNER": "one of two who answer at once gets the call, the other is refused",
    },
)
def second_taken(patch: Patch) -> None:
    """Who answers second is told that the call is theirs, too."""

    async def answer(original: Any, desk: ConsoleDesk, who: Any, call_id: Any) -> Any:
        try:
            return await original(desk, who, call_id)
        except Refused as refused:
            if refused.code is not Refusal.WRONG_STATE:
                raise
            live, call = desk.seen(who, call_id)
            # The feed tells it anew, so that a console that waits for it sees it, too.
            await desk._core.kernel.run(lambda _tx: desk._core.shows.call(live, call))
            return desk.view(who, live)

    patch.around(ConsoleDesk, "answer", answer)


@mutant(
    "looked-at-and-then-answered",
    kills={
        "DESK-ONE-OWNER": "one of two who answer at once gets the call, the other is refused",
    },
)
def looked_at_and_then_answered(patch: Patch) -> None:
    """Whether a call rings is looked at when an answer comes, and not when it is written down."""

    async def answer(original: Any, desk: ConsoleDesk, who: Any, call_id: Any) -> Any:
        if desk.owned(who, call_id)[1].state is not CallState.RINGING:
            return await original(desk, who, call_id)
        await asyncio.sleep(WRITING_S)

        def take(tx: Any) -> Any:
            live, call = desk.owned(who, call_id)
            nobodys = {"state": CallState.RINGING, "answered_by": None, "answered_at": None}
            change = anchor.on_answered(call.model_copy(update=nobodys), who.name, tx.now)
            desk._core.record(tx, live, change)
            return desk.view(who, live)

        return await desk._core.kernel.run(take)

    patch.around(ConsoleDesk, "answer", answer)


@mutant(
    "refused-and-written-down",
    kills={"DESK-ONE-OWNER": "it is the one who was told to have the call"},
)
def refused_and_written_down(patch: Patch) -> None:
    """Who answers second is refused, and written down as the one who has the call."""
    refused: set[Any] = set()

    async def answer(original: Any, desk: ConsoleDesk, who: Any, call_id: Any) -> Any:
        try:
            return await original(desk, who, call_id)
        except Refused:
            if call_id not in refused:
                refused.add(call_id)
                live, call = desk.seen(who, call_id)
                change = Change(call.model_copy(update={"answered_by": who.name}))
                await desk._core.kernel.run(lambda tx: desk._core.record(tx, live, change))
            raise

    patch.around(ConsoleDesk, "answer", answer)


@mutant(
    "answered-by-the-machine",
    kills={"DESK-ONE-OWNER": "before the answer nobody has the call"},
)
def by_the_machine(patch: Patch) -> None:
    """A call that rings is shown as answered by the first dispatcher of the center already."""

    def for_console(original: Any, call: Call, *arguments: Any) -> Any:
        view = original(call, *arguments)
        if view.state is not CallState.RINGING:
            return view
        return view.model_copy(update={"answered_by": "auto", "answered_at": call.opened_at})

    patch.around(views, "for_console", for_console)


@mutant(
    "take-over-in-words-only",
    kills={"DESK-ONE-OWNER": "who had the call, and every colleague, is told who has it now"},
)
def in_words_only(patch: Patch) -> None:
    """Who takes over is told that the call is theirs; it stays the other's as well."""

    async def take_over(_original: Any, acts: ConsoleActs, who: Any, call_id: Any) -> Any:
        live, _call = acts._desk.owned(who, call_id)
        return acts._desk.view(who, live).model_copy(update={"answered_by": who.name})

    patch.around(ConsoleActs, "take_over", take_over)


@mutant(
    "take-over-unseen",
    kills={"DESK-ONE-OWNER": "who had the call, and every colleague, is told who has it now"},
)
def unseen(patch: Patch) -> None:
    """A hand-over is recorded, and shown to nobody until the call changes otherwise."""
    told: dict[Any, tuple[CallState, bool]] = {}

    def call(original: Any, shows: Shows, live: Any, now: Call) -> None:
        state = (now.state, now.answered_by is not None)
        if now.state is not CallState.ANSWERED or told.get(now.call_id) != state:
            original(shows, live, now)
        told[now.call_id] = state

    patch.around(Shows, "call", call)


def _in_the_name_of_who_has_it(desk: ConsoleDesk, who: Any, call_id: Any) -> Any:
    """The dispatcher with the name of who has the call, whom the reference lets write."""
    call = desk.seen(who, call_id)[1]
    return replace(who, name=call.answered_by or who.name)


@mutant(
    "any-colleague-writes",
    kills={"DESK-ONE-OWNER": "a colleague who does not have the call cannot write in it"},
)
def any_colleague(patch: Patch) -> None:
    """Whoever is of the center writes in every call that it has."""

    def say(original: Any, desk: ConsoleDesk, who: Any, call_id: Any, *rest: Any) -> Any:
        return original(desk, _in_the_name_of_who_has_it(desk, who, call_id), call_id, *rest)

    patch.around(ConsoleDesk, "_say", say)


@mutant(
    "former-dispatcher-writes",
    kills={"DESK-ONE-OWNER": "who gave the call away writes in it no more"},
)
def former_writes(patch: Patch) -> None:
    """Who once had a call goes on writing in it after a colleague has taken it over."""
    had: set[tuple[Any, str | None]] = set()

    def say(original: Any, desk: ConsoleDesk, who: Any, call_id: Any, *rest: Any) -> Any:
        call = desk.seen(who, call_id)[1]
        if (call_id, who.name) in had:
            who = _in_the_name_of_who_has_it(desk, who, call_id)
        had.add((call_id, call.answered_by))
        return original(desk, who, call_id, *rest)

    patch.around(ConsoleDesk, "_say", say)


@mutant(
    "closed-without-outcome",
    kills={"DESK-OUTCOME": "a call is not closed without an outcome"},
)
def without_outcome(patch: Patch) -> None:
    """Whoever says nothing of the outcome closes a call as no emergency."""

    class CloseCall(api.CloseCall):
        outcome: CloseOutcome = CloseOutcome.NO_EMERGENCY

    patch(api, "CloseCall", CloseCall)


@mutant(
    "outcome-of-the-last-call",
    kills={"DESK-OUTCOME": "record, colleague and caller have the same outcome"},
)
def of_the_last_call(patch: Patch) -> None:
    """Every call is filed under the outcome that most have."""

    def for_console(original: Any, *arguments: Any) -> Any:
        view = original(*arguments)
        return view.model_copy(update={"outcome": view.outcome and CloseOutcome.NO_EMERGENCY})

    patch.around(views, "for_console", for_console)


@mutant(
    "note-at-the-end-lost",
    kills={"DESK-OUTCOME": "the note is in the record"},
)
def note_lost(patch: Patch) -> None:
    """The note is asked for and thrown away."""

    def for_console(original: Any, *arguments: Any) -> Any:
        return original(*arguments).model_copy(update={"close_note": ""})

    patch.around(views, "for_console", for_console)
