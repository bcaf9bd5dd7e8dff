"""Where a call goes, and what goes with it."""

import dataclasses
from typing import Any

from net119_protocol.codes import CallState, Kind, SenderRole
from net119_reference.calls import anchor, offers
from net119_reference.calls.effects import Change, Send
from net119_reference.service import live as memory
from net119_reference.service import placing, views
from net119_reference.service.core import Core
from net119_reference.service.handsets import HandsetDesk

from tests.mutants.registry import Patch, mutant


@mutant(
    "fix-not-passed-on",
    kills={
        "ROUTE-OWN": "the fix is shown as the handset sent it",
        "ROUTE-PEER": "the offer carries the fix",
    },
    smoke="ADMIT-SUSPENDED",
)
def fix_not_passed_on(patch: Patch) -> None:
    """The fix decides where the call goes, and is then forgotten."""

    def place_of(original: Any, *arguments: Any) -> Any:
        return original(*arguments).model_copy(update={"fix": None})

    patch.around(placing, "place_of", place_of)


@mutant(
    "every-call-rings-as-an-ambulance",
    kills={"ROUTE-OWN": "the console shows the kind of the call"},
    smoke="ADMIT-SUSPENDED",
)
def rings_as_an_ambulance(patch: Patch) -> None:
    """The console shows the kind that most calls are of, whatever the caller chose."""

    def for_console(original: Any, *arguments: Any) -> Any:
        return original(*arguments).model_copy(update={"kind": Kind.AMBULANCE})

    patch.around(views, "for_console", for_console)


@mutant(
    "every-call-offered-as-an-ambulance",
    kills={"ROUTE-PEER": "the offer says the kind of the call"},
)
def offered_as_an_ambulance(patch: Patch) -> None:
    """Offers say the kind that most calls are of, whatever the caller chose."""

    def body(original: Any, *arguments: Any, **named: Any) -> Any:
        return original(*arguments, **named).model_copy(update={"kind": Kind.AMBULANCE})

    patch.around(offers, "offer_body", body)


@mutant(
    "registration-decides",
    kills={
        "ROUTE-SIBLING": "the responsible department's console shows the call",
        "ROUTE-JOINT-CENTER": "the call from Handa is shown at the joint center",
        "ROUTE-PEER": "the peer is offered the call",
    },
)
def registration_decides(patch: Patch) -> None:
    """Every call goes to the department where the caller is registered."""

    def direct(original: Any, desk: Any, call: Any, home: Any, decision: Any, tx: Any) -> Any:
        at_home = dataclasses.replace(decision, department=decision.home_department)
        return original(desk, call, home, at_home, tx)

    patch.around(HandsetDesk, "_direct", direct)


@mutant(
    "caller-lines-stay-at-home",
    kills={
        "ROUTE-PARTNER": "the caller's line reaches the other provider's dispatcher",
        "CHAT-BOTH-SIDES": "both transcripts agree",
    },
)
def caller_lines_stay_at_home(patch: Patch) -> None:
    """The caller's lines are stored, and not passed to the provider that has the call."""

    def send_line(original: Any, core: Any, tx: Any, live: Any, peer: Any, line: Any) -> None:
        if line.sender is not SenderRole.CALLER:
            original(core, tx, live, peer, line)

    patch.around(Core, "send_line", send_line)


@mutant("epoch-stands-still", kills={"ROUTE-PEER": "the assignment has a greater epoch"})
def epoch_stands_still(patch: Patch) -> None:
    """An assignment makes a new owner without a new epoch."""

    def assign(original: Any, call: Any, *arguments: Any) -> Change:
        change: Change = original(call, *arguments)
        return dataclasses.replace(
            change, call=change.call.model_copy(update={"epoch": call.epoch})
        )

    patch.around(anchor, "_assign", assign)


@mutant(
    "offered-to-everybody",
    kills={"PRACTICE-MARK": "the call from the home area is not offered to the peer"},
)
def offered_to_everybody(patch: Patch) -> None:
    """Every provider that is running is offered every call, so that none is lost."""

    def direct(original: Any, desk: Any, call: Any, home: Any, decision: Any, tx: Any) -> Any:
        change: Change = original(desk, call, home, decision, tx)
        core = desk._core
        asked = {each.peer for each in change.effects if isinstance(each, Send)}
        others = {each.operator for each in core.peers.health() if each.running} - asked
        for department in core.jurisdiction.view(tx.now).departments.values():
            if department.provider not in others or department.center is None:
                continue
            others.remove(department.provider)
            unit = core.jurisdiction.unit(department.code, tx.now)
            locating = call.model_copy(update={"state": CallState.LOCATING})
            offered = offers.offer(
                locating, unit, tx.now, core.timing, message_id=memory.new_id(), transcript=()
            )
            change = dataclasses.replace(change, effects=(*change.effects, *offered.effects))
        return change

    patch.around(HandsetDesk, "_direct", direct)
