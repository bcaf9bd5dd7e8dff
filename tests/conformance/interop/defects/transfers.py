"""What goes wrong where a call changes hands between the two."""

import dataclasses
from typing import Any

from net119_protocol.codes import (
    CallState,
    OfferCause,
    RejectReason,
    SenderRole,
    TransferFailure,
)
from net119_reference.calls import callee, transfer, transfer_asked, transfer_request
from net119_reference.calls.effects import Change, Keep, Send
from net119_reference.service.core import Core
from net119_reference.service.hub import Hub

from tests.conformance.interop.bad import bad, known
from tests.conformance.interop.defects.calls import without
from tests.conformance.interop.defects.sides import A, B
from tests.mutants.registry import Patch

ENDS = "nobody there: the dispatcher's transfer ends"
REFUSED = "nobody there: the transfer is refused"
STAYS = "nobody there: the call is still its owner's"


@bad("refusals-untold", A, {"PAIR-TRANSFER": ENDS})
def refusals_untold(patch: Patch) -> None:
    """A dispatcher is not told that a transfer came to nothing."""
    patch.around(transfer, "failed", lambda original, *given: without(original(*given), Keep))


@bad(
    "accepts-for-nobody",
    B,
    {"PAIR-TRANSFER": REFUSED},
    "accepted the offer although no console was open",
)
def accepts_for_nobody(patch: Patch) -> None:
    """Offers are accepted whether anybody is at the console or not."""

    def judge_offer(original: Any, offer: Any, mode: Any, ready: Any, now: Any) -> Any:
        return original(offer, mode, dataclasses.replace(ready, console=True), now)

    patch.around(callee, "judge_offer", judge_offer)


OWNER_WHEN_ASKED = known("transferred-when-asked", A, {"PAIR-TRANSFER": STAYS})


@bad("done-untold", A, {"PAIR-TRANSFER": "the originating dispatcher's transfer ends"})
def done_untold(patch: Patch) -> None:
    """A dispatcher is not told that a transfer was done."""

    def done(original: Any, *given: Any, **named: Any) -> Any:
        return tuple(each for each in original(*given, **named) if not isinstance(each, Keep))

    patch.around(transfer, "done", done)


@bad(
    "takes-no-transfers",
    B,
    {"PAIR-TRANSFER": "the transfer is done"},
    "rejected the offer (overload)",
)
def takes_no_transfers(patch: Patch) -> None:
    """Only new calls are accepted."""

    def judge_offer(original: Any, offer: Any, *rest: Any) -> Any:
        found = original(offer, *rest)
        if found is None and offer.cause is OfferCause.TRANSFER:
            return callee.Rejection(RejectReason.OVERLOAD, "no transfers")
        return found

    patch.around(callee, "judge_offer", judge_offer)


@bad("offers-once-only", A, {"PAIR-TRANSFER": "the transfer is done"}, "sent no call.offer")
def offers_once_only(patch: Patch) -> None:
    """Whose offer was rejected once is not offered the call again."""

    def obstacle(original: Any, call: Any, asked: Any, target: Any) -> Any:
        if call.transfers and not target.own:
            return TransferFailure.REJECTED, "no-console"
        return original(call, asked, target)

    patch.around(transfer_request, "obstacle", obstacle)


@bad("transferred-as-answered", B, {"PAIR-TRANSFER": "the receiving console rings"})
def transferred_as_answered(patch: Patch) -> None:
    """A transferred call counts as answered, since somebody had answered it before."""

    def on_assign(original: Any, call: Any, *rest: Any) -> Change:
        change: Change = original(call, *rest)
        if change.call.transferred_from is None:
            return change
        taken = change.call.model_copy(update={"state": CallState.ANSWERED})
        return dataclasses.replace(change, call=taken)

    patch.around(callee, "on_assign", on_assign)


WITHOUT_THE_TALK = known(
    "transferred-without-the-talk",
    A,
    {"PAIR-TRANSFER": "the offer has every line said so far"},
    "did not put it into its call.offer",
)

# --- asked for by the receiving dispatcher --------------------------------------------------------

REFUSED_IN_SILENCE = known(
    "refused-in-silence", A, {"PAIR-TRANSFER-ASKED": ENDS}, "neither by transfer.done nor by"
)
EMPTY_ROOM = known(
    "given-to-an-empty-room",
    A,
    {"PAIR-TRANSFER-ASKED": REFUSED},
    "transfer.done although no console was open",
)
DONE_WHEN_ASKED = known("done-when-asked-for", B, {"PAIR-TRANSFER-ASKED": REFUSED})


@bad("lost-when-refused", B, {"PAIR-TRANSFER-ASKED": STAYS})
def lost_when_refused(patch: Patch) -> None:
    """A call whose transfer was refused counts as the home department's."""

    def on_failed(original: Any, call: Any, *rest: Any) -> Change:
        change: Change = original(call, *rest)
        gone = change.call.model_copy(update={"owner": call.home})
        return dataclasses.replace(change, call=gone)

    patch.around(transfer_asked, "on_failed", on_failed)


@bad(
    "asks-once-only",
    B,
    {"PAIR-TRANSFER-ASKED": "the receiving dispatcher's transfer ends"},
    "sent no transfer.request",
)
def asks_once_only(patch: Patch) -> None:
    """The anchor is asked for one transfer of a call, and for none after it has refused that."""

    def ask(original: Any, call: Any, *rest: Any) -> Change:
        change: Change = original(call, *rest)
        if not call.transfers:
            return change
        silent = tuple(each for each in change.effects if not isinstance(each, Send))
        return dataclasses.replace(change, effects=silent)

    patch.around(transfer_asked, "ask", ask)


@bad(
    "asker-untold",
    A,
    {"PAIR-TRANSFER-ASKED": "the receiving dispatcher's transfer ends"},
    "did not answer the transfer.request by transfer.done",
)
def asker_untold(patch: Patch) -> None:
    """Who asked for a transfer is not told that it was done."""

    def done(original: Any, *given: Any, **named: Any) -> Any:
        return tuple(each for each in original(*given, **named) if not isinstance(each, Send))

    patch.around(transfer, "done", done)


@bad(
    "gives-itself-nothing",
    A,
    {"PAIR-TRANSFER-ASKED": "the transfer is done"},
    "did not answer the transfer.request by transfer.done (rejected)",
)
def gives_itself_nothing(patch: Patch) -> None:
    """A center of the anchor's own never gets a call back."""

    def obstacle(original: Any, call: Any, asked: Any, target: Any) -> Any:
        if target.own:
            return TransferFailure.REJECTED, "no-console"
        return original(call, asked, target)

    patch.around(transfer_request, "obstacle", obstacle)


@bad(
    "comes-home-answered",
    A,
    {"PAIR-TRANSFER-ASKED": "the home console has the call, ringing"},
)
def comes_home_answered(patch: Patch) -> None:
    """A call that comes home counts as answered, since somebody had answered it before."""

    def give(original: Any, *given: Any) -> Change:
        change: Change = original(*given)
        taken = change.call.model_copy(update={"state": CallState.ANSWERED})
        return dataclasses.replace(change, call=taken)

    patch.around(transfer_request, "give", give)


@bad(
    "comes-home-without-the-talk",
    A,
    {"PAIR-TRANSFER-ASKED": "the home console has what was said before"},
)
def comes_home_without_the_talk(patch: Patch) -> None:
    """What another provider's dispatcher writes is shown to the caller, and at no console."""

    def line(original: Any, hub: Hub, call_id: Any, centers: Any, said: Any, *rest: Any) -> None:
        theirs = said.sender is SenderRole.DISPATCHER
        original(hub, call_id, () if theirs else centers, said, *rest)

    patch.around(Hub, "line", line)
    patch(Core, "_show_transcript", lambda *_: None)


CALLERS_WORDS_LEFT_BEHIND = known(
    "callers-words-left-behind",
    A,
    {"PAIR-TRANSFER-ASKED": "the home console has every line said before, in order"},
)
