"""Calls that go to another department: asked here, asked by a peer, taken over from one."""

import dataclasses
from collections.abc import Callable
from datetime import date
from typing import Any

from net119_protocol.codes import Kind, OfferCause, SenderRole, TransferFailure
from net119_protocol.interconnect import bodies
from net119_protocol.person import Sex
from net119_reference.calls import (
    anchor,
    callee,
    offers,
    transfer,
    transfer_asked,
    transfer_request,
    whereabouts,
)
from net119_reference.calls.effects import Change, Send, SendLinesAfter
from net119_reference.service.consoles import ConsoleDesk
from net119_reference.service.core import Core
from net119_reference.service.hub import Hub
from net119_reference.service.peer_rules import PeerRules
from net119_reference.service.transfers import Transfers

from tests.mutants.registry import Patch, mutant


def _without(change: Change, *kinds: type) -> Change:
    kept = tuple(each for each in change.effects if not isinstance(each, kinds))
    return dataclasses.replace(change, effects=kept)


@mutant(
    "transferred-when-asked",
    kills={"TRANSFER-DONE": "the owner is unchanged until the assignment"},
)
def transferred_when_asked(patch: Patch) -> None:
    """The call counts as the next department's as soon as it is offered there."""

    def ask(original: Any, call: Any, asked: Any, unit: Any, *rest: Any, **named: Any) -> Change:
        change: Change = original(call, asked, unit, *rest, **named)
        return dataclasses.replace(change, call=change.call.model_copy(update={"owner": unit}))

    patch.around(transfer_request, "ask", ask)


@mutant(
    "transferred-without-the-talk",
    kills={"TRANSFER-DONE": "the offer has every line said so far"},
)
def transferred_without_the_talk(patch: Patch) -> None:
    """The next department has to decide about a call of which it reads nothing."""

    def offer_body(original: Any, call: Any, unit: Any, at: Any, _lines: Any, **named: Any) -> Any:
        return original(call, unit, at, (), **named)

    patch.around(offers, "offer_body", offer_body)


def _offered(patch: Patch, change: Callable[[bodies.CallOffer], bodies.CallOffer]) -> None:
    """What an offer of a transfer says is not what is known."""

    def offer_body(original: Any, *arguments: Any, **named: Any) -> Any:
        body: bodies.CallOffer = original(*arguments, **named)
        return change(body) if body.cause is OfferCause.TRANSFER else body

    patch.around(offers, "offer_body", offer_body)


@mutant(
    "transferred-as-an-ambulance",
    kills={"TRANSFER-DONE": "the offer has the kind that the caller chose"},
)
def transferred_as_an_ambulance(patch: Patch) -> None:
    """Every transferred call is one for an ambulance."""
    _offered(patch, lambda body: body.model_copy(update={"kind": Kind.AMBULANCE}))


@mutant(
    "transferred-by-name-alone",
    kills={"TRANSFER-DONE": "the offer has the registrant's data"},
)
def transferred_by_name_alone(patch: Patch) -> None:
    """The next department learns who calls, and neither the sex nor the right date of birth."""

    def blank(body: bodies.CallOffer) -> bodies.CallOffer:
        unknown = {"birth_date": date(1900, 1, 1), "sex": Sex.UNSTATED}
        person = body.registrant.model_copy(update=unknown)
        return body.model_copy(update={"registrant": person})

    _offered(patch, blank)


@mutant(
    "transferred-without-the-fix",
    kills={
        "TRANSFER-DONE": "the offer has the fix as measured, in the last place and in the trail",
    },
)
def transferred_without_the_fix(patch: Patch) -> None:
    """The trail has the points that were routed, and not what was measured."""

    def blank(body: bodies.CallOffer) -> bodies.CallOffer:
        trail = tuple(
            point.model_copy(update={"place": point.place.model_copy(update={"fix": None})})
            for point in body.trail
        )
        return body.model_copy(update={"trail": trail})

    _offered(patch, blank)


@mutant(
    "lines-in-between-lost",
    kills={"TRANSFER-DONE": "the next department has every line that the caller has"},
)
def lines_in_between_lost(patch: Patch) -> None:
    """What was said between the offer of a transfer and its assignment stays behind."""

    def assign(original: Any, *arguments: Any) -> Change:
        return _without(original(*arguments), SendLinesAfter)

    patch.around(anchor, "_assign", assign)


@mutant(
    "former-owner-writes-on",
    kills={
        "TRANSFER-DONE": "a late line of the former owner is refused visibly",
    },
)
def former_owner_writes_on(patch: Patch) -> None:
    """Any center that ever had a call may write to its caller."""

    def say(original: Any, desk: Any, who: Any, call_id: Any, line: Any, tx: Any) -> Any:
        live, call = desk.seen(who, call_id)
        if call.owner.center == who.center:
            return original(desk, who, call_id, line, tx)
        role, key = SenderRole.DISPATCHER, line.client_id
        return desk._core.say(tx, live, desk._author, role, who.name, key, line).stored(key)

    patch.around(ConsoleDesk, "_say", say)


@mutant(
    "asked-though-down",
    kills={"TRANSFER-REFUSED": "not running: the dispatcher is told why"},
)
def asked_though_down(patch: Patch) -> None:
    """A provider that is known to be down is offered the call, and waited for."""

    def obstacle(original: Any, call: Any, asked: Any, target: Any) -> Any:
        return original(call, asked, dataclasses.replace(target, running=True))

    patch.around(transfer_request, "obstacle", obstacle)


@mutant(
    "failed-under-a-new-epoch",
    kills={"TRANSFER-REFUSED": "rejected: owner, epoch and state are unchanged"},
)
def failed_under_a_new_epoch(patch: Patch) -> None:
    """The owner of a call that could not be transferred gets it back under another epoch."""

    def failed(original: Any, call: Any, *why: Any) -> Change:
        change: Change = original(call, *why)
        newer = change.call.model_copy(update={"epoch": call.epoch + 1})
        return dataclasses.replace(change, call=newer)

    patch.around(transfer, "failed", failed)


@mutant(
    "transfers-told-in-english",
    kills={"TRANSFER-SILENT": "silence: the reason can be read in Japanese"},
)
def transfers_told_in_english(patch: Patch) -> None:
    """Why a transfer failed is written for programmers."""

    def keep(original: Any, *arguments: Any, **named: Any) -> Any:
        kept = original(*arguments, **named)
        plain = kept.act.model_copy(update={"text_ja": str(kept.act.failure)})
        return dataclasses.replace(kept, act=plain)

    patch.around(transfer, "_keep", keep)


@mutant(
    "second-request-not-busy",
    kills={"TRANSFER-SILENT": "second request: the dispatcher is told why"},
)
def second_request_not_busy(patch: Patch) -> None:
    """A second dispatcher is not told that another one was first."""

    def obstacle(original: Any, *arguments: Any) -> Any:
        found = original(*arguments)
        if found is not None and found[0] is TransferFailure.BUSY:
            return TransferFailure.WRONG_STATE, "not now"
        return found

    patch.around(transfer_request, "obstacle", obstacle)


@mutant(
    "transfer-offered-once",
    kills={"TRANSFER-SILENT": "the offer is repeated"},
)
def transfer_offered_once(patch: Patch) -> None:
    """A transfer is given up after one T1: its offer is never made again."""

    def on_deadline(original: Any, call: Any, *arguments: Any, **named: Any) -> Any:
        if call.transfer is not None and call.offer is not None:
            last = call.offer.model_copy(update={"attempts_left": 0})
            call = call.model_copy(update={"offer": last})
        return original(call, *arguments, **named)

    patch.around(anchor, "on_deadline", on_deadline)


@mutant(
    "ended-by-the-second-request",
    kills={"TRANSFER-SILENT": "it does not end before T1 x attempts"},
)
def ended_by_the_second_request(patch: Patch) -> None:
    """As soon as a second request was told to be busy, the first one counts as unanswered."""

    def refuse(original: Any, call: Any, asked: Any, reason: Any, detail: Any, now: Any) -> Change:
        busy: Change = original(call, asked, reason, detail, now)
        over = transfer.failed(busy.call, TransferFailure.SILENT, "", now)
        return Change(over.call, (*busy.effects, *over.effects))

    patch.around(transfer, "refuse", refuse)


@mutant(
    "given-under-the-old-epoch",
    kills={"TRANSFER-ASKED": "it names the new owner and an epoch that is one higher"},
)
def given_under_the_old_epoch(patch: Patch) -> None:
    """A transfer to a center of the anchor's own keeps the epoch of the former owner."""

    def ring(original: Any, call: Any, *arguments: Any, **named: Any) -> Change:
        change: Change = original(call, *arguments, **named)
        if call.transfer is None:
            return change
        return dataclasses.replace(
            change, call=change.call.model_copy(update={"epoch": call.epoch})
        )

    patch.around(anchor, "ring", ring)


@mutant(
    "callers-words-left-behind",
    kills={"TRANSFER-ASKED": "the console has every line said before, in order"},
)
def callers_words_left_behind(patch: Patch) -> None:
    """What a caller writes while another provider has the call is never shown at home."""
    elsewhere: set[tuple[Any, int]] = set()

    def store_line(
        original: Any, core: Any, tx: Any, live: Any, author: Any, line: Any, digest: Any
    ) -> Any:
        if live.known().peer is not None and line.sender is SenderRole.CALLER:
            elsewhere.add((live.call_id, line.seq))
        return original(core, tx, live, author, line, digest)

    def show(original: Any, hub: Any, call_id: Any, centers: Any, line: Any, *rest: Any) -> None:
        original(hub, call_id, () if (call_id, line.seq) in elsewhere else centers, line, *rest)

    patch.around(Core, "store_line", store_line)
    patch.around(Hub, "line", show)


@mutant(
    "refused-in-silence",
    kills={"TRANSFER-ASKED-REFUSED": "unknown department: the request is answered"},
)
def refused_in_silence(patch: Patch) -> None:
    """A peer that asks for what cannot be gets no answer."""

    def refuse(original: Any, *arguments: Any) -> Change:
        return _without(original(*arguments), Send)

    patch.around(transfer, "refuse", refuse)


@mutant(
    "given-to-an-empty-room",
    kills={
        "TRANSFER-ASKED-REFUSED": "no console there: the answer is transfer.failed with the reason"
    },
)
def given_to_an_empty_room(patch: Patch) -> None:
    """A call is given to a center whose console nobody has opened."""

    def obstacle(original: Any, call: Any, asked: Any, target: Any) -> Any:
        return original(call, asked, dataclasses.replace(target, console=True))

    patch.around(transfer_request, "obstacle", obstacle)


@mutant(
    "done-when-asked-for",
    kills={"TRANSFER-OWNER": "failed: the dispatcher is told why"},
)
def done_when_asked_for(patch: Patch) -> None:
    """An owner takes its own request for the transfer, and says so to its dispatcher."""

    def ask(original: Any, call: Any, asked: Any, now: Any, message_id: Any) -> Change:
        change: Change = original(call, asked, now, message_id)
        done = transfer.ended_elsewhere(change.call, now)
        return dataclasses.replace(change, effects=(*change.effects, *((done,) if done else ())))

    patch.around(transfer_asked, "ask", ask)


@mutant(
    "crossed-line-forgotten",
    kills={
        "TRANSFER-OWNER": "a line that crossed the transfer is refused visibly to its writer",
    },
)
def crossed_line_forgotten(patch: Patch) -> None:
    """Nobody tells a dispatcher that the line under way when the call went was not said."""
    patch(PeerRules, "_fail_waiting", lambda *_: None)


@mutant(
    "unknown-type-waited-out",
    kills={"TRANSFER-UNSUPPORTED": "the dispatcher is told without waiting for a time-out"},
)
def unknown_type_waited_out(patch: Patch) -> None:
    """An error that answers a request is logged, and the request goes on waiting."""
    patch(Transfers, "on_error", lambda *_: None)


@mutant(
    "places-left-behind",
    kills={"TRANSFER-NEXT": "the record has every place"},
)
def places_left_behind(patch: Patch) -> None:
    """Of a transferred call only the last place is kept."""

    def inherited(original: Any, call: Any, _trail: Any) -> Any:
        return original(call, ())

    patch.around(whereabouts, "inherited", inherited)


@mutant(
    "giver-not-named",
    kills={"TRANSFER-NEXT": "the console says from whom the call comes"},
)
def giver_not_named(patch: Patch) -> None:
    """A transferred call looks like a new one."""

    def accept(original: Any, *arguments: Any, **named: Any) -> Change:
        change: Change = original(*arguments, **named)
        plain = change.call.model_copy(update={"transferred_from": None})
        return dataclasses.replace(change, call=plain)

    patch.around(callee, "accept", accept)
