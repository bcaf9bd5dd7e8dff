"""What happens when the responsible department cannot have the call."""

import dataclasses
import functools
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

from net119_protocol.codes import CallState, ProviderState, RejectReason
from net119_protocol.directory.model import DepartmentRow, PlannedStop
from net119_protocol.interconnect import MessageType
from net119_reference import routing
from net119_reference.calls import anchor, offers
from net119_reference.calls.effects import Change, Note, Send
from net119_reference.calls.machine import Trigger, advance
from net119_reference.calls.model import Unit
from net119_reference.service import placing, views
from net119_reference.service.core import Core
from net119_reference.service.deadlines import Deadlines
from net119_reference.service.handsets import HandsetDesk
from net119_reference.service.kernel import Transaction
from net119_reference.service.peers import Peers
from net119_reference.service.placing import contacts
from net119_reference.service.provider import Provider

from tests.mutants.registry import Patch, mutant


@mutant(
    "nobody-to-phone",
    kills={"FALLBACK-NOT-ADOPTED": "the dispatcher is told whom to phone"},
)
def nobody_to_phone(patch: Patch) -> None:
    """A call from an area without NET119 comes home, and nobody is told whose area it is."""
    patch(placing, "contacts", lambda _decision: ())


@mutant(
    "number-that-leads-nowhere",
    kills={
        "FALLBACK-NOT-ADOPTED": "its telephone number is given",
        "FALLBACK-PEER-DOWN": "its telephone number is given",
        "FALLBACK-PEER-REJECTS": "its telephone number is given",
    },
)
def number_that_leads_nowhere(patch: Patch) -> None:
    """The dispatcher is told to phone 119, which rings at the dispatcher's own center."""

    def notice(original: Any, code: Any, *, phone_to: Any, **named: Any) -> Any:
        wrong = tuple(each.model_copy(update={"phone": "119"}) for each in phone_to)
        return original(code, phone_to=wrong, **named)

    patch.around(views, "notice", notice)


@mutant(
    "silent-about-a-peer-that-is-down",
    kills={"FALLBACK-PEER-DOWN": "the dispatcher is told whom to phone"},
)
def silent_about_a_peer_that_is_down(patch: Patch) -> None:
    """The row "peer not running" has no notice."""
    rule = routing.RoutingRule.OTHER_NOT_RUNNING
    notices = {key: code for key, code in placing.NOTICES.items() if key is not rule}
    patch(placing, "NOTICES", notices)


@mutant(
    "rejection-waited-out",
    kills={
        "FALLBACK-PEER-REJECTS": "the rejected offer is not repeated",
        "TRANSFER-REFUSED": "rejected: the dispatcher is told without waiting for T1",
    },
)
def rejection_waited_out(patch: Patch) -> None:
    """A rejection is noted, and the call still waits for T1."""

    def on_refused_offer(_original: Any, call: Any, *_: Any, **__: Any) -> Change:
        return Change(call)

    patch.around(anchor, "on_refused_offer", on_refused_offer)


@mutant(
    "rejection-waited-out-in-silence",
    kills={
        "FALLBACK-PEER-REJECTS": "caller and home console know of the rejection long before T1 is"
        " over"
    },
)
def rejection_waited_out_in_silence(patch: Patch) -> None:
    """A rejected offer is not repeated, and the call waits until it would have expired."""

    def on_refused_offer(_original: Any, call: Any, *_: Any, **__: Any) -> Change:
        offer = call.offer.model_copy(update={"attempts_left": 0})
        return Change(call.model_copy(update={"offer": offer, "deadline": offer.expires_at}))

    patch.around(anchor, "on_refused_offer", on_refused_offer)


@mutant(
    "offered-once",
    kills={
        "FALLBACK-PEER-SILENT": "the offer is repeated",
        "BAD-OWNER-LOST": "silence: one owner, and no line lost, repeated or out of order",
    },
)
def offered_once(patch: Patch) -> None:
    """An offer is never repeated; the call comes home after the first T1."""

    def on_deadline(original: Any, call: Any, *arguments: Any, **named: Any) -> Any:
        if call.offer is not None:
            last = call.offer.model_copy(update={"attempts_left": 0})
            call = call.model_copy(update={"offer": last})
        return original(call, *arguments, **named)

    patch.around(anchor, "on_deadline", on_deadline)


@mutant(
    "offered-once-too-often",
    kills={"FALLBACK-PEER-SILENT": "the offer is made as many times as is declared"},
)
def offered_once_too_often(patch: Patch) -> None:
    """The first offer is not counted as an attempt; the call comes home one T1 later."""

    def send(original: Any, *arguments: Any, **named: Any) -> Change:
        change: Change = original(*arguments, **named)
        pending = change.call.offer
        assert pending is not None
        more = pending.model_copy(update={"attempts_left": pending.attempts_left + 1})
        return Change(change.call.model_copy(update={"offer": more}), change.effects)

    patch.around(offers, "send", send)


@mutant(
    "offered-in-a-burst",
    kills={"FALLBACK-PEER-SILENT": "the offer is not repeated before T1 has passed"},
)
def offered_in_a_burst(patch: Patch) -> None:
    """All attempts are made within a moment, and the call is at home before anybody can answer."""

    def send(original: Any, call: Any, unit: Any, body: Any, now: Any, timing: Any, **named: Any):  # type: ignore[no-untyped-def]  # as the original
        return original(call, unit, body, now, dataclasses.replace(timing, t1_s=0.05), **named)

    def on_deadline(original: Any, call: Any, now: Any, timing: Any, **named: Any) -> Any:
        return original(call, now, dataclasses.replace(timing, t1_s=0.05), **named)

    patch.around(offers, "send", send)
    patch.around(anchor, "on_deadline", on_deadline)


@mutant(
    "last-offer-not-waited-for",
    kills={
        "FALLBACK-PEER-SILENT": "the call does not come home before T1 has passed for each attempt"
    },
)
def last_offer_not_waited_for(patch: Patch) -> None:
    """The call comes home as soon as the last attempt is made."""

    def on_deadline(original: Any, call: Any, now: Any, timing: Any, **named: Any) -> Any:
        waiting = call.offer is not None and call.offer.attempts_left == 1
        if waiting:
            timing = dataclasses.replace(timing, t1_s=0.05)
        return original(call, now, timing, **named)

    patch.around(anchor, "on_deadline", on_deadline)


@mutant(
    "offered-again-from-home",
    kills={"FALLBACK-PEER-SILENT": "once the call is at home the offer is not made again"},
)
def offered_again_from_home(patch: Patch) -> None:
    """The call is at home after the last attempt, and T1 later the peer is asked once more."""

    def on_deadline(original: Any, deadlines: Deadlines, call_id: Any, *given: Any) -> None:
        core, tx = deadlines._core, given[-1]
        live = core.lives.get(call_id)
        before = live.call if live is not None else None
        original(deadlines, call_id, *given)
        if live is None or before is None or before.offer is None or live.known().offer is not None:
            return
        unit = core.jurisdiction.unit(before.offer.department.code, tx.now)
        assert unit is not None
        body = offers.offer_body(before, unit, tx.now + timedelta(seconds=9), ())

        def ask(then: Transaction) -> None:
            core.send(then, live, Send(unit.provider, MessageType.CALL_OFFER, body))

        tx.after(functools.partial(core.kernel.at, tx.now + timedelta(seconds=1), ask))

    patch.around(Deadlines, "_on_deadline", on_deadline)


@mutant(
    "waits-for-ever",
    kills={"FALLBACK-PEER-SILENT": "the home department's console has the call"},
)
def waits_for_ever(patch: Patch) -> None:
    """After the last attempt nothing happens any more."""

    def on_deadline(original: Any, call: Any, *arguments: Any, **named: Any) -> Any:
        waiting = call.state is CallState.OFFERING and call.offer is not None
        if waiting and call.offer.attempts_left == 0:
            return Change(call.model_copy(update={"deadline": None}))
        return original(call, *arguments, **named)

    patch.around(anchor, "on_deadline", on_deadline)


@mutant(
    "caller-not-told",
    kills={
        "FALLBACK-NOT-ADOPTED": "the caller is told, in Japanese, who has the call",
    },
)
def caller_not_told(patch: Patch) -> None:
    """The dispatcher reads why a call came home; the caller reads nothing."""

    def for_caller(original: Any, *arguments: Any) -> Any:
        return original(*arguments).model_copy(update={"notices": ()})

    patch.around(views, "for_caller", for_caller)


@mutant(
    "stops-not-looked-at",
    kills={"FALLBACK-DATED": "planned stop: the call was not offered there"},
)
def stops_not_looked_at(patch: Patch) -> None:
    """A center that stands still as planned is offered calls for as long as its provider runs."""
    patch.around(PlannedStop, "lasts_at", lambda *_: False)


@mutant(
    "stops-without-an-end",
    kills={"FALLBACK-DATED": "once the stop is over the call is offered"},
)
def stops_without_an_end(patch: Patch) -> None:
    """A planned stop begins and never ends."""
    patch.around(PlannedStop, "lasts_at", lambda _original, stop, moment: stop.stop_from <= moment)


@mutant(
    "stops-told-without-their-end",
    kills={"FALLBACK-DATED": "planned stop: the caller reads until when"},
)
def stops_told_without_their_end(patch: Patch) -> None:
    """Why a call came home is told, until when is not."""

    def refined(original: Any, *arguments: Any) -> Any:
        return original(*arguments)[0], None

    patch.around(placing, "refined", refined)


@mutant(
    "adoption-of-tomorrow-unmentioned",
    kills={
        "FALLBACK-DATED": "from midnight: the dispatcher reads the reason, and whom to phone",
    },
)
def adoption_of_tomorrow_unmentioned(patch: Patch) -> None:
    """Where NET119 comes with the next midnight, it is told not to be adopted."""

    def refined(original: Any, code: Any, decision: Any, now: Any) -> Any:
        return original(code, dataclasses.replace(decision, adopts_on=None), now)

    patch.around(placing, "refined", refined)


@mutant(
    "adopted-a-day-early",
    kills={"FALLBACK-DATED": "from midnight: the call was not offered there"},
)
def adopted_a_day_early(patch: Patch) -> None:
    """The days of the directory are counted in a time zone ahead of Japan's."""

    def adopted_on(original: Any, row: DepartmentRow, day: date) -> bool:
        held: bool = original(row, day + timedelta(days=1))
        return held

    patch.around(DepartmentRow, "adopted_on", adopted_on)


@mutant(
    "offered-once-it-can-be",
    kills={
        "STATUS-OF-PEER": "a call that came home is not offered later either",
        "FALLBACK-DATED": "a call that came home is not offered later either",
    },
)
def offered_once_it_can_be(patch: Patch) -> None:
    """A call for who takes none rings at home; its offer waits, and goes out when it can."""
    queued: list[tuple[Core, Any, Unit]] = []

    def direct(
        original: Any, desk: Any, call: Any, home: Any, decision: Any, tx: Transaction
    ) -> Change:
        core = desk._core
        if decision.not_running is not None:
            unit = core.jurisdiction.unit(contacts(decision)[0].code, tx.now)
            queued.append((core, call.call_id, unit))
        changed: Change = original(desk, call, home, decision, tx)
        return changed

    def send(core: Core, call_id: Any, unit: Unit, tx: Transaction) -> None:
        live = core.live(call_id)
        body = offers.offer_body(live.known(), unit, tx.now + timedelta(seconds=9), ())
        core.send(tx, live, Send(unit.provider, MessageType.CALL_OFFER, body))

    def go() -> None:
        while queued:
            core, *what = queued.pop()
            core.kernel.post(functools.partial(send, core, *what))

    def reported(
        original: Any, peers: Any, operator: str, state: ProviderState, *minor: Any
    ) -> None:
        original(peers, operator, state, *minor)
        if state is ProviderState.NORMAL:
            go()

    async def load_directory(original: Any, provider: Any, directory: Any) -> Any:
        health = await original(provider, directory)
        if all(stop.stop_until < datetime.now(UTC) for stop in stops(directory)):
            go()
        return health

    def stops(directory: Any) -> list[PlannedStop]:
        return [PlannedStop.model_validate(each) for each in directory["stops"]]

    patch.around(HandsetDesk, "_direct", direct)
    patch.around(Peers, "reported", reported)
    patch.around(Provider, "load_directory", load_directory)


@mutant(
    "waits-a-little-for-who-takes-none",
    kills={
        "STATUS-OF-PEER": "reported maintenance: the call is at home at once, without a wait for"
        " T1",
        "FALLBACK-DATED": "planned stop: the call is at home at once, without a wait for T1",
    },
)
def waits_a_little_for_who_takes_none(patch: Patch) -> None:
    """A call for who takes none is held for T1, and is at home then."""

    def direct(
        original: Any, desk: Any, call: Any, home: Any, decision: Any, tx: Transaction
    ) -> Change:
        changed: Change = original(desk, call, home, decision, tx)
        if decision.not_running is None:
            return changed
        timing = desk._core.timing
        unit = desk._core.jurisdiction.unit(contacts(decision)[0].code, tx.now)
        held: Change = offers.offer(
            call.model_copy(update={"state": advance(call.state, Trigger.LOCATE)}),
            unit,
            tx.now,
            dataclasses.replace(timing, offer_attempts=1),
            message_id=uuid4(),
            transcript=(),
        )
        return Change(held.call, tuple(each for each in held.effects if isinstance(each, Note)))

    patch.around(HandsetDesk, "_direct", direct)


@mutant(
    "busy-peer-waited-for",
    kills={"FALLBACK-REASONS": "overload: the call is at home at once, without a wait for T1"},
)
def busy_peer_waited_for(patch: Patch) -> None:
    """What a peer that is overloaded rejects comes home when T1 is over."""
    rejected: dict[Any, Any] = {}

    def on_refused_offer(original: Any, call: Any, *arguments: Any, **named: Any) -> Change:
        home: Change = original(call, *arguments, **named)
        if named.get("reason") is not RejectReason.OVERLOAD:
            return home
        rejected[call.call_id] = arguments[:2], named
        return Change(call)

    def on_deadline(original: Any, call: Any, now: Any, timing: Any, **named: Any) -> Any:
        if call.call_id not in rejected:
            return original(call, now, timing, **named)
        (sender, detail), more = rejected.pop(call.call_id)
        # `on_refused_offer` in `anchor` is the one that waits.
        return refused(call, sender, detail, now, timing, **more)

    refused = anchor.on_refused_offer
    patch.around(anchor, "on_refused_offer", on_refused_offer)
    patch.around(anchor, "on_deadline", on_deadline)
