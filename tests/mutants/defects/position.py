"""What the position decides and what is told of it."""

import dataclasses
import functools
from datetime import timedelta
from typing import Any

from net119_protocol.codes import PlaceChoice, Positioning
from net119_protocol.interconnect import MessageType
from net119_protocol.places import Point
from net119_reference import routing
from net119_reference.calls import effects, offers
from net119_reference.ports import Refused
from net119_reference.routing import facts
from net119_reference.service import placing, views
from net119_reference.service.handsets import HandsetDesk
from net119_reference.service.jurisdiction import Jurisdiction

from tests.mutants.registry import Patch, mutant


@mutant("abroad-is-home", kills={"POSITION-ABROAD": "the call is refused as outside-japan"})
def abroad_is_home(patch: Patch) -> None:
    """A fix outside Japan counts as none, so the call goes home."""

    def route(original: Any, jurisdiction: Any, asked: Any, *arguments: Any) -> Any:
        decision = original(jurisdiction, asked, *arguments)
        if decision.rule is routing.RoutingRule.OUTSIDE_JAPAN:
            without = dataclasses.replace(asked, fix=None)
            return original(jurisdiction, without, *arguments)
        return decision

    patch.around(Jurisdiction, "route", route)


@mutant(
    "positioning-not-asked",
    kills={"POSITION-OFF": "the call is refused as positioning-off"},
)
def positioning_not_asked(patch: Patch) -> None:
    """Whether positioning is switched on is not looked at."""

    def facts_of(original: Any, *arguments: Any, **named: Any) -> Any:
        asked = original(*arguments, **named)
        return dataclasses.replace(asked, positioning=Positioning.ON)

    patch.around(placing, "facts_of", facts_of)


@mutant("address-for-a-position", kills={"POSITION-NONE": "no position is shown"})
def address_for_a_position(patch: Patch) -> None:
    """Without a fix the registered address is shown as if the caller were there."""

    def place_of(original: Any, body: Any, registrant: Any, decision: Any) -> Any:
        place = original(body, registrant, decision)
        if place.point is not None:
            return place
        address = registrant.address
        return place.model_copy(update={"point": Point(lat=address.lat, lon=address.lon)})

    patch.around(placing, "place_of", place_of)


@mutant("accuracy-ignored", kills={"POSITION-BORDER": "the call is flagged as ambiguous"})
def accuracy_ignored(patch: Patch) -> None:
    """A fix is taken for an exact point."""
    patch(facts.Fix, "radius_m", property(lambda _fix: 0.0))


@mutant(
    "no-alternative-named",
    kills={"POSITION-BORDER": "the other department is named as the alternative"},
)
def no_alternative_named(patch: Patch) -> None:
    """The call is flagged as ambiguous, and nobody is told between whom."""
    patch(placing, "alternatives", lambda _decision: ())


@mutant(
    "ambiguous-call-to-both",
    kills={"POSITION-BORDER": "the other department does not get the call as well"},
)
def ambiguous_call_to_both(patch: Patch) -> None:
    """A call from a border rings at home and is offered to the other department as well."""

    def direct(
        original: Any, desk: Any, call: Any, home: Any, decision: Any, tx: Any
    ) -> effects.Change:
        core = desk._core
        unit = core.jurisdiction.unit(decision.department or "", tx.now)
        if not decision.ambiguous or unit is None or unit.provider == core.operator:
            made: effects.Change = original(desk, call, home, decision, tx)
            return made
        at_home = dataclasses.replace(decision, department=home.department.code)
        rings: effects.Change = original(desk, call, home, at_home, tx)
        body = offers.offer_body(rings.call, unit, tx.now + timedelta(seconds=60), ())
        offered = effects.Send(unit.provider, MessageType.CALL_OFFER, body)

        def late(then: Any) -> None:
            live = core.lives[call.call_id]
            core.record(then, live, effects.Change(live.call, (offered,)))

        # Later than it rings, so that this is the sign that decides.
        tx.after(functools.partial(core.kernel.at, tx.now + timedelta(seconds=0.7), late))
        return rings

    patch.around(HandsetDesk, "_direct", direct)


@mutant(
    "ambiguous-call-rings-on",
    kills={"POSITION-BORDER": "the other department does not get the call as well"},
)
def ambiguous_call_rings_on(patch: Patch) -> None:
    """A call from a border rings at home, too, when the other department has taken it."""

    def for_console(original: Any, call: Any, *rest: Any) -> Any:
        shown = original(call, *rest)
        both = call.routing.ambiguous and call.peer is not None
        return shown.model_copy(update={"mine": True}) if both else shown

    patch.around(views, "for_console", for_console)


@mutant("home-replaces-fix", kills={"POSITION-HOME-AND-GPS": "'home' brings the fix as well"})
def home_replaces_fix(patch: Patch) -> None:
    """With "home" the registered address is sent in the place of the fix."""

    def place_of(original: Any, body: Any, *arguments: Any) -> Any:
        place = original(body, *arguments)
        if body.place is PlaceChoice.HOME:
            return place.model_copy(update={"fix": None})
        return place

    patch.around(placing, "place_of", place_of)


@mutant("pin-overwrites-fix", kills={"POSITION-CORRECTED": "the raw fix is kept"})
def pin_overwrites_fix(patch: Patch) -> None:
    """The corrected pin is written over the fix, which is lost."""

    def place_of(original: Any, body: Any, *arguments: Any) -> Any:
        place = original(body, *arguments)
        pin = body.corrected_pin
        if pin is None or place.fix is None:
            return place
        moved = place.fix.model_copy(update={"lat": pin.lat, "lon": pin.lon})
        return place.model_copy(update={"fix": moved})

    patch.around(placing, "place_of", place_of)


@mutant(
    "pin-not-routed",
    kills={"POSITION-CORRECTED": "the department of the pin gets the call"},
)
def pin_not_routed(patch: Patch) -> None:
    """The fix decides also where the caller has corrected it."""

    def facts_of(original: Any, *arguments: Any, **named: Any) -> Any:
        return dataclasses.replace(original(*arguments, **named), pin=None)

    patch.around(placing, "facts_of", facts_of)


@mutant(
    "refused-too-late",
    kills={
        "POSITION-ABROAD": "no refused call is at the center",
        "POSITION-OFF": "no refused call is at the center",
    },
)
def refused_too_late(patch: Patch) -> None:
    """What the position forbids is refused once the call has been placed, and rings on."""
    patch(placing, "refuse_if_decided", lambda _decision: None)

    async def place_call(original: Any, desk: Any, *what: Any) -> Any:
        placed = await original(desk, *what)
        note = desk._core.live(placed.call.call_id).known().routing
        code = placing.REFUSALS.get(routing.RoutingRule(note.rule))
        if code is not None:
            raise Refused(code, f"routing: {note.rule}")
        return placed

    patch.around(HandsetDesk, "place_call", place_call)
