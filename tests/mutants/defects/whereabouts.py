"""Places during a call, reports of what was wrong, and states that providers report."""

import dataclasses
from typing import Any

from net119_protocol.api.common import NoticeCode
from net119_reference.calls import discrepancies, fallback, whereabouts
from net119_reference.calls.effects import Change, Keep, Send
from net119_reference.service.peers import Peers
from net119_reference.service.positions import Positions
from net119_reference.service.provider import Provider

from tests.mutants.registry import Patch, mutant


@mutant(
    "place-told-to-nobody-in-particular",
    kills={"LOCATION-ASKED": "it answers the request with the new fix, as number 2"},
)
def place_told_to_nobody_in_particular(patch: Patch) -> None:
    """A place that was asked for does not say which request it answers."""

    def told(original: Any, *arguments: Any) -> Change:
        change: Change = original(*arguments)
        plain = tuple(
            dataclasses.replace(each, in_reply_to=None) if isinstance(each, Send) else each
            for each in change.effects
        )
        return dataclasses.replace(change, effects=plain)

    patch.around(whereabouts, "told", told)


@mutant(
    "asked-once-only",
    kills={
        "LOCATION-ASKED": "a handset that is back is shown what was asked meanwhile",
    },
)
def asked_once_only(patch: Patch) -> None:
    """What was asked of a handset that was gone is forgotten."""

    def ask(original: Any, call: Any, *arguments: Any) -> Change:
        change: Change = original(call, *arguments)
        forgotten = change.call.model_copy(update={"location_asked": None})
        return dataclasses.replace(change, call=forgotten) if call.places > 1 else change

    patch.around(whereabouts, "ask", ask)


@mutant(
    "place-kept-and-not-shown",
    kills={"LOCATION-RECEIVED": "the new place is shown at the console"},
)
def place_kept_and_not_shown(patch: Patch) -> None:
    """A new place goes to the record, and the console shows the old one."""

    def learned(original: Any, call: Any, update: Any) -> Change:
        change: Change = original(call, update)
        shown = change.call.model_copy(update={"place": call.place})
        return dataclasses.replace(change, call=shown)

    patch.around(whereabouts, "learned", learned)


@mutant(
    "why-no-place-lost",
    kills={
        "LOCATION-RECEIVED": "the record has every place once, in order, and why there was none",
    },
)
def why_no_place_lost(patch: Patch) -> None:
    """That a handset could not tell its place looks like a place."""

    def learned(original: Any, call: Any, update: Any) -> Change:
        changed: Change = original(call, update.model_copy(update={"problem": None}))
        return changed

    patch.around(whereabouts, "learned", learned)


@mutant(
    "trail-of-the-first-place",
    kills={"LOCATION-RECEIVED": "the record has each place where it was"},
)
def trail_of_the_first_place(patch: Patch) -> None:
    """The console shows the new place; the record counts it, and keeps the first one's point."""

    def learned(original: Any, call: Any, update: Any) -> Change:
        change: Change = original(call, update)
        stays = update.place.model_copy(update={"point": call.place.point})
        effects = tuple(
            dataclasses.replace(each, act=each.act.model_copy(update={"place": stays}))
            if isinstance(each, Keep) and each.number == update.number
            else each
            for each in change.effects
        )
        return dataclasses.replace(change, effects=effects)

    patch.around(whereabouts, "learned", learned)


@mutant(
    "report-kept-to-itself",
    kills={
        "DISCREPANCY-BOTH-WAYS": "as anchor: the other provider is told by discrepancy.report",
    },
)
def report_kept_to_itself(patch: Patch) -> None:
    """A dispatcher's report stays where it was written."""
    patch.around(
        discrepancies, "report", lambda original, call, found, _to: original(call, found, ())
    )


@mutant(
    "report-of-others-dropped",
    kills={"DISCREPANCY-BOTH-WAYS": "as anchor: the record has the reports of both sides"},
)
def report_of_others_dropped(patch: Patch) -> None:
    """What another provider reports is read and thrown away."""
    patch(Positions, "on_report", lambda *_: None)


@mutant(
    "report-renews-a-closed-call",
    kills={
        "DISCREPANCY-BOTH-WAYS": "as anchor, after the close: a report changes neither state nor "
        "owner nor epoch"
    },
)
def report_renews_a_closed_call(patch: Patch) -> None:
    """A report about a closed call gives it a new epoch; a call that goes on keeps its own."""

    def keep(original: Any, call: Any, found: Any) -> Change:
        change: Change = original(call, found)
        if call.open:
            return change
        newer = change.call.model_copy(update={"epoch": call.epoch + 1})
        return dataclasses.replace(change, call=newer)

    patch.around(discrepancies, "keep", keep)


@mutant(
    "one-text-for-all-rejections",
    kills={
        "FALLBACK-REASONS": "maintenance: the dispatcher reads the reason, and whom to phone",
    },
)
def one_text_for_all_rejections(patch: Patch) -> None:
    """Why the other provider did not take the call is told to nobody."""
    patch(fallback, "rejection", lambda _reason: NoticeCode.CALL_HOME_PEER_REJECTED)


@mutant(
    "reported-state-ignored",
    kills={"STATUS-OF-PEER": "reported maintenance: it no longer counts as running"},
)
def reported_state_ignored(patch: Patch) -> None:
    """A peer that says that it takes no calls is offered them."""

    def reported(original: Any, peers: Any, operator: str, _state: Any, *minor: Any) -> None:
        original(peers, operator, peers._peers[operator].state, *minor)

    patch.around(Peers, "reported", reported)


@mutant(
    "own-state-kept-to-itself",
    kills={"STATUS-TOLD": "the peer is told maintenance by status.report"},
)
def own_state_kept_to_itself(patch: Patch) -> None:
    """Peers learn of a stop only when their offers are rejected."""

    def report(original: Any, provider: Any, *session: Any) -> None:
        if provider.core.state.value == "normal":
            original(provider, *session)

    patch.around(Provider, "_report_state", report)
