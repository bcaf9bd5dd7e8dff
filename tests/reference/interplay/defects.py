"""Defects that are planted in a provider, to see that the machine finds them."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from net119_protocol.api.common import LineStored
from net119_protocol.codes import CallState, Presence
from net119_reference.calls import anchor
from net119_reference.calls.effects import Change, Resend
from net119_reference.calls.model import Call, Side
from net119_reference.clock import SteadyTime
from net119_reference.connected import ShownLine
from net119_reference.service import recorded_acts
from net119_reference.service.consoles import ConsoleDesk
from net119_reference.service.hub import Subscriber
from net119_reference.service.inbound import Inbound
from net119_reference.service.registration import reading
from net119_reference.service.waiters import CLOSE, Waiters

from tests.reference.service.support import CENTERS

Plant = Callable[[pytest.MonkeyPatch], None]


def same_epoch(patch: pytest.MonkeyPatch) -> None:
    """The call comes home under the epoch of the owner that lost it."""
    take_home = anchor.take_home

    def careless(call: Any, *given: Any, **named: Any) -> Any:
        change = take_home(call, *given, **named)
        return Change(change.call.model_copy(update={"epoch": call.epoch}), change.effects)

    patch.setattr(anchor, "take_home", careless)


def unnoticed_handset(patch: pytest.MonkeyPatch) -> None:
    """A handset that comes back stays gone for the owner, who gives the caller up."""
    on_presence = anchor.on_presence

    def careless(call: Any, presence: Presence, now: Any) -> Any:
        if presence is Presence.CONNECTED and call.presence is Presence.GONE:
            return Change(call)
        return on_presence(call, presence, now)

    patch.setattr(anchor, "on_presence", careless)


def silent_fallback(patch: pytest.MonkeyPatch) -> None:
    """Nobody is told why the call is with the home department."""
    take_home = anchor.take_home

    def careless(call: Any, *given: Any, **named: Any) -> Any:
        change = take_home(call, *given, **named)
        return Change(change.call.model_copy(update={"told": call.told}), change.effects)

    patch.setattr(anchor, "take_home", careless)


def hasty_callee(patch: pytest.MonkeyPatch) -> None:
    """A provider acknowledges its dispatcher's line before the anchor has numbered it."""
    say = ConsoleDesk._say

    def careless(self: ConsoleDesk, who: Any, call_id: Any, line: Any, tx: Any) -> Any:
        said = say(self, who, call_id, line, tx)
        if isinstance(said, LineStored):
            return said
        seq = self._core.live(call_id).last_seq + 1
        return LineStored(client_id=line.client_id, seq=seq, at=tx.moment)

    patch.setattr(ConsoleDesk, "_say", careless)


def swapped(patch: pytest.MonkeyPatch) -> None:
    """Every other line is shown after the next one."""
    kept: dict[tuple[int, Any], Any] = {}

    def careless(self: Subscriber, call_id: Any, line: Any, _shown: Any = None) -> None:
        before = kept.pop((id(self), call_id), None)
        if before is None:
            kept[id(self), call_id] = line
            return
        for each in (line, before):
            self.sink.send(ShownLine(call_id, each))

    patch.setattr(Subscriber, "line", careless)


def twice(patch: pytest.MonkeyPatch) -> None:
    """A client is sent again what it has."""

    def careless(self: Subscriber, call_id: Any, line: Any, _shown: Any = None) -> None:
        for _ in range(2):
            self.sink.send(ShownLine(call_id, line))

    patch.setattr(Subscriber, "_send", careless)


def crew_for_a_test(patch: pytest.MonkeyPatch) -> None:
    """A crew is sent whatever the call's mode."""
    patch.setattr(recorded_acts, "NEVER_DISPATCHED", frozenset())


def shown_too_early(patch: pytest.MonkeyPatch) -> None:
    """A console is shown a call, and who calls, before its department has it."""
    with_holder = Call.with_holder

    def careless(self: Call, operator: str) -> Call:
        call = with_holder(self, operator)
        if call.side is Side.CALLEE and call.state is CallState.OFFERING and not call.centers:
            return call.model_copy(update={"centers": (CENTERS[operator],)})
        return call

    patch.setattr(Call, "with_holder", careless)


def nothing_sealed(patch: pytest.MonkeyPatch) -> None:
    """Staff reads what no call has sent yet."""
    patch.setattr(reading, "visible", lambda data, _profile, *, keyed_in: data)


def patient(patch: pytest.MonkeyPatch) -> None:
    """An offer is repeated for ever."""
    on_deadline = anchor.on_deadline

    def careless(call: Any, now: Any, timing: Any, *, console: bool) -> Any:
        if call.offer is None:
            return on_deadline(call, now, timing, console=console)
        again = call.model_copy(update={"deadline": now + timedelta(seconds=timing.t1_s)})
        return Change(again, (Resend(call.offer.peer, call.offer.message_id),))

    patch.setattr(anchor, "on_deadline", careless)


def time_of_day(patch: pytest.MonkeyPatch) -> None:
    """Timers go by the time of day, which somebody sets back."""
    patch.setattr(SteadyTime, "now", lambda self: self._clock.now())
    patch.setattr(SteadyTime, "of", lambda _self, moment: moment)


def closed_too_early(patch: pytest.MonkeyPatch) -> None:
    """A dispatcher is told that a call is closed that the anchor has not closed yet."""
    wait = Waiters.wait

    async def careless(self: Waiters, call_id: Any, key: str, *given: Any) -> Any:
        return None if key == CLOSE else await wait(self, call_id, key, *given)

    patch.setattr(Waiters, "wait", careless)


def dropped(patch: pytest.MonkeyPatch) -> None:
    """What cannot be used is neither answered nor logged."""

    def silent(*_given: Any) -> None:
        pass

    patch.setattr(Inbound, "_refuse_free", silent)
    patch.setattr(Inbound, "_refuse", silent)


DEFECTS: dict[str, tuple[Plant, ...]] = {
    "I1": (same_epoch, unnoticed_handset, silent_fallback),
    "I2": (hasty_callee,),
    "I3": (swapped,),
    "I4": (twice,),
    "I5": (crew_for_a_test,),
    "I6": (shown_too_early, nothing_sealed),
    "I7": (patient, time_of_day),
    "I9": (closed_too_early,),
    "I10": (dropped,),
}
"""By the invariant that the machine must name; for I8 there is a test of a letter that waits."""
