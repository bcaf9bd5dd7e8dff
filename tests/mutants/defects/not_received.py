"""What the machine says where nobody took a call."""

import dataclasses
from typing import Any

from net119_protocol import texts
from net119_protocol.api.common import NoticeCode
from net119_protocol.codes import CallState, ProviderState, Refusal
from net119_protocol.notice_texts import FOR_CALLER, Template
from net119_protocol.refusal_texts import REFUSALS
from net119_reference.calls import anchor
from net119_reference.calls.effects import Change, Remind, SaySystem
from net119_reference.ports import Refused
from net119_reference.service import views
from net119_reference.service.core import Core
from net119_reference.service.handsets import HandsetDesk
from net119_reference.service.hub import Hub

from tests.mutants.registry import Patch, mutant

_NONE = "which other means there are"


def _without(change: Change, *kinds: type) -> Change:
    kept = tuple(each for each in change.effects if not isinstance(each, kinds))
    return dataclasses.replace(change, effects=kept)


@mutant(
    "rings-in-an-empty-room",
    kills={
        "NOT-RECEIVED-AT-ONCE": "own area: the caller is told that it was not received, and "
        f"{_NONE}",
    },
)
def rings_in_an_empty_room(patch: Patch) -> None:
    """Whether a console is open is not looked at where a call of the own area rings."""

    def ring(original: Any, *arguments: Any, **named: Any) -> Any:
        return original(*arguments, **(named | {"console": True}))

    patch.around(anchor, "ring", ring)


@mutant(
    "home-is-always-there",
    kills={
        "NOT-RECEIVED-AT-ONCE": "peer rejects: the caller is told that it was not received, and "
        f"{_NONE}",
    },
)
def home_is_always_there(patch: Patch) -> None:
    """A call that comes home counts as received, whoever is there."""

    def take_home(original: Any, *arguments: Any, **named: Any) -> Any:
        return original(*arguments, **(named | {"console": True}))

    patch.around(anchor, "take_home", take_home)


@mutant(
    "not-received-and-no-advice",
    kills={
        "NOT-RECEIVED-AT-ONCE": "peer down: the caller is told that it was not received, and "
        f"{_NONE}",
        "UNANSWERED-AT-HOME": f"twice T2: the caller is told that it was not received, and {_NONE}",
    },
)
def not_received_and_no_advice(patch: Patch) -> None:
    """The caller learns that the call was not received, and not what else to do."""
    plain = Template("通報は消防に届いていません。", "Your call was NOT received.")
    patch(texts, "FOR_CALLER", {**FOR_CALLER, NoticeCode.NOT_RECEIVED: plain})


@mutant(
    "not-received-left-out-of-the-chat",
    kills={"NOT-RECEIVED-AT-ONCE": "own area: the machine says so in the chat"},
)
def not_received_left_out_of_the_chat(patch: Patch) -> None:
    """The machine's words stand in the view of the call only, and no chat has them."""
    patch.around(
        anchor,
        "tell",
        lambda original, *arguments: _without(original(*arguments), SaySystem),
    )


@mutant(
    "practice-sent-to-other-means",
    kills={"NOT-RECEIVED-AT-ONCE": "a practice call sends nobody to other means"},
)
def practice_sent_to_other_means(patch: Patch) -> None:
    """Who practises is told to call in another way, and does."""
    patch(texts, "NOT_LIVE_FOR_CALLER", {})


@mutant(
    "practice-chat-sends-to-other-means",
    kills={"NOT-RECEIVED-AT-ONCE": "a practice call sends nobody to other means"},
)
def practice_chat_sends_to_other_means(patch: Patch) -> None:
    """What the machine says in the chat of a practice call is what it says in that of a live one.

    The view of the call has the words for practice.
    """

    def tell(original: Any, change: Change, code: NoticeCode) -> Any:
        live = SaySystem(texts.notice(code).text_ja)
        kept = _without(original(change, code), SaySystem)
        return dataclasses.replace(kept, effects=(*kept.effects, live))

    patch.around(anchor, "tell", tell)


@mutant(
    "practice-without-an-answer",
    kills={
        "NOT-RECEIVED-AT-ONCE": "a practice call that nobody has says that it was not received",
    },
)
def practice_without_an_answer(patch: Patch) -> None:
    """The machine answers live calls only."""

    def tell(original: Any, change: Change, code: NoticeCode) -> Any:
        return original(change, code) if change.call.mode.value == "live" else change

    patch.around(anchor, "tell", tell)


@mutant(
    "closed-by-the-machine",
    kills={
        "NOT-RECEIVED-AT-ONCE": "own area: the call rings for the console that opens later",
    },
)
def closed_by_the_machine(patch: Patch) -> None:
    """Once the caller was sent to other means, the call is over."""

    def ring(original: Any, *arguments: Any, console: bool, **named: Any) -> Change:
        change: Change = original(*arguments, console=console, **named)
        over = CallState.RINGING if console else CallState.CLOSED
        return dataclasses.replace(change, call=change.call.model_copy(update={"state": over}))

    patch.around(anchor, "ring", ring)


@mutant(
    "dispatcher-not-told-what-the-caller-reads",
    kills={
        "NOT-RECEIVED-AT-ONCE": "own area: the dispatcher reads what the caller was told",
    },
)
def dispatcher_not_told_what_the_caller_reads(patch: Patch) -> None:
    """What the machine told the caller is not shown at the console."""

    def for_console(original: Any, *arguments: Any) -> Any:
        shown = original(*arguments)
        kept = tuple(each for each in shown.notices if each.code is not NoticeCode.NOT_RECEIVED)
        return shown.model_copy(update={"notices": kept})

    patch.around(views, "for_console", for_console)


@mutant(
    "reminds-nobody-at-home",
    kills={"UNANSWERED-AT-HOME": "the console is reminded at T2"},
)
def reminds_nobody_at_home(patch: Patch) -> None:
    """The caller is told that nobody has answered, and no dispatcher is."""

    def too_long(original: Any, *arguments: Any, **named: Any) -> Any:
        return _without(original(*arguments, **named), Remind)

    patch.around(anchor, "_ringing_too_long", too_long)


@mutant(
    "caller-sent-away-while-it-rings",
    kills={
        "UNANSWERED-AT-HOME": "the caller is not told before T2 that nobody has answered",
    },
)
def caller_sent_away_while_it_rings(patch: Patch) -> None:
    """The caller reads that nobody answers as soon as it rings; the console is reminded at T2."""

    def ring(original: Any, *arguments: Any, **named: Any) -> Any:
        return anchor.tell(original(*arguments, **named), NoticeCode.NOBODY_ANSWERS)

    patch.around(anchor, "ring", ring)


@mutant(
    "reminder-without-advice",
    kills={
        "UNANSWERED-AT-HOME": f"at T2 the caller reads that nobody has answered yet, and {_NONE}",
    },
)
def reminder_without_advice(patch: Patch) -> None:
    """Who waits is asked to wait, and told no other way."""
    plain = Template("まだ指令員が応答していません。そのままお待ちください。", "Please wait.")
    patch(texts, "FOR_CALLER", {**FOR_CALLER, NoticeCode.NOBODY_ANSWERS: plain})


@mutant(
    "lost-from-the-beginning",
    kills={
        "UNANSWERED-AT-HOME": "a call that rings at an open console is not called lost",
    },
)
def lost_from_the_beginning(patch: Patch) -> None:
    """No console counts as open, and every caller is sent to other means."""
    patch(Hub, "has_console", lambda *_: False)


@mutant(
    "given-up-unanswered",
    kills={"UNANSWERED-AT-HOME": "the call rings on"},
)
def given_up_unanswered(patch: Patch) -> None:
    """A call that nobody has answered within twice T2 counts as answered by the machine."""

    def given_up(original: Any, call: Any, now: Any, *rest: Any, **named: Any) -> Any:
        told = original(call, now, *rest, **named)
        if not call.reminders:
            return told
        answered = anchor.on_answered(told.call, "machine", now)
        return dataclasses.replace(told, call=answered.call)

    patch.around(anchor, "_ringing_too_long", given_up)


@mutant(
    "overload-lets-everybody-in",
    kills={
        "REFUSED-OVERLOAD": "in overload a new call is refused",
        "LOAD-LIMIT": "each call beyond the claimed number is refused as overload",
    },
)
def overload_lets_everybody_in(patch: Patch) -> None:
    """A declared overload is told to peers only."""

    def own_state(original: Any, core: Core) -> ProviderState:
        state: ProviderState = original(core)
        return ProviderState.NORMAL if state is ProviderState.OVERLOADED else state

    patch.around(Core, "own_state", own_state)


@mutant(
    "overload-without-other-means",
    kills={
        "REFUSED-OVERLOAD": "the refused caller reads which other means there are, without a voice "
        "too",
        "LOAD-LIMIT": "the refused caller reads which other means there are, without a voice too",
    },
)
def overload_without_other_means(patch: Patch) -> None:
    """A caller who is refused is asked to telephone."""
    _rewrite(patch, Refusal.OVERLOAD, other_means_ja="119番に電話してください。")


@mutant(
    "overload-without-the-reason",
    kills={"REFUSED-OVERLOAD": "the refused caller reads why"},
)
def overload_without_the_reason(patch: Patch) -> None:
    """A caller who is refused is not told why."""
    _rewrite(patch, Refusal.OVERLOAD, ja="通報は消防に届いていません。")


@mutant(
    "blocked-in-vague-words",
    kills={
        "BLOCK-PRANK": "the refused caller reads in Japanese that no call has arrived",
    },
)
def blocked_in_vague_words(patch: Patch) -> None:
    """A blocked caller reads that the use is suspended, and may believe the call has arrived."""
    _rewrite(patch, Refusal.REGISTRANT_SUSPENDED, ja="利用が停止されています。")


@mutant(
    "blocked-without-other-means",
    kills={
        "BLOCK-PRANK": "the refused caller reads which other means there are, without a voice too",
    },
)
def blocked_without_other_means(patch: Patch) -> None:
    """Who was blocked once is left without any way to call."""
    _rewrite(patch, Refusal.REGISTRANT_SUSPENDED, other_means_ja="消防本部に問い合わせてください。")


def _rewrite(patch: Patch, code: Refusal, **words: str) -> None:
    """Put other words into what is told with a refusal."""
    worse = REFUSALS[code]._replace(**words)
    patch(texts, "REFUSALS", {**REFUSALS, code: worse})


@mutant(
    "overload-ends-the-talk",
    kills={
        "REFUSED-OVERLOAD": "the open call's caller can still write",
        "LOAD-LIMIT": "nothing is refused to the crowd, and no connection lost",
    },
)
def overload_ends_the_talk(patch: Patch) -> None:
    """In overload lines of open calls are refused, too."""

    def say(original: Any, desk: HandsetDesk, *arguments: Any) -> Any:
        if desk._core.own_state() is ProviderState.OVERLOADED:
            raise Refused(Refusal.OVERLOAD, "later")
        return original(desk, *arguments)

    patch.around(HandsetDesk, "_say", say)


@mutant(
    "overload-sticks",
    kills={
        "REFUSED-OVERLOAD": "back to normal a call is taken",
        "LOAD-LIMIT": "once calls have ended a call is taken",
    },
)
def overload_sticks(patch: Patch) -> None:
    """Once overloaded, a provider takes no new call until it is started again."""
    seen: set[ProviderState] = set()

    def own_state(original: Any, core: Core) -> ProviderState:
        seen.add(original(core))
        return ProviderState.OVERLOADED if ProviderState.OVERLOADED in seen else original(core)

    patch.around(Core, "own_state", own_state)
