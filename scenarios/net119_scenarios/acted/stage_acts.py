"""What befalls the systems, and what played providers do."""

from datetime import UTC, datetime, timedelta

from net119_protocol.codes import PlaceChoice
from net119_protocol.person import DepartmentRef
from net119_protocol.places import CallPlace, Point
from net119_simulators.peer import SimulatedPeer, TakenCall
from net119_simulators.person import jurisdictions, make_person

from net119_scenarios.acted import deeds
from net119_scenarios.acted.console_acts import Otherwise
from net119_scenarios.acted.troupe import Troupe


async def act(troupe: Troupe, step: deeds.Step) -> None:
    """Do a step of the stage; raises what the simulators raise."""
    venue = troupe.venue
    match step:
        case deeds.SetState():
            venue.touched(step.provider)
            await venue.network.operation(step.provider).set_state(step.state)
        case deeds.Kill():
            venue.touched(step.provider)
            venue.network.kill(step.provider)
        case deeds.Start():
            await venue.network.start(step.provider)
        case deeds.Clock():
            ahead = timedelta(seconds=step.ahead or 0)
            await venue.set_clock(step.to if step.to is not None else venue.now + ahead)
        case deeds.Mailbox():
            mail = troupe.people[step.of].data.mail
            venue.boxes.set_rule(mail, venue.situation(step.situation))
        case _:
            raise TypeError(f"nothing of the stage can {step}")


async def act_peer(troupe: Troupe, step: deeds.Step) -> None:
    """Do a step of a played provider; raises what `SimulatedPeer` raises."""
    name = step.actor or ""
    peer = troupe.peers[name]
    match step:
        case deeds.Accept():
            troupe.late[name].set()
        case deeds.Offer():
            await _offer(troupe, peer, step)
        case deeds.Say():
            await _taken(troupe, peer, step).say(step.text, within=step.within)
        case deeds.Close():
            await _taken(troupe, peer, step).close(step.outcome, note=step.text)
        case _:
            raise TypeError(f"a played provider cannot {step}")


def _taken(troupe: Troupe, peer: SimulatedPeer, step: deeds.Step) -> TakenCall:
    placed = troupe.call(step.call)
    call = peer.calls.get(placed.id)
    if not isinstance(call, TakenCall):
        raise Otherwise(f"{peer.operator} has not the call", placed.name, "See its behaviour")
    return call


async def _offer(troupe: Troupe, peer: SimulatedPeer, step: deeds.Offer) -> None:
    view = troupe.view()
    home = next(each for each in view.adopted() if each.provider == peer.operator)
    there = view.department(step.department)
    person = make_person("offered", home.municipalities[0])
    lat, lon = jurisdictions().municipalities.some_point(there.municipalities[0])
    expires = None
    if step.expired is not None:
        expires = datetime.now(UTC) - timedelta(seconds=step.expired)
    call = await peer.offer(
        department=there.code,
        person=person,
        place=CallPlace(choice=PlaceChoice.CURRENT, point=Point(lat=lat, lon=lon), radius_m=100.0),
        home=DepartmentRef(
            code=home.code, name_ja=home.name_ja, name_en=home.name_en, phone=home.phone
        ),
        kind=step.kind,
        mode=troupe.scenario.exercise,
        expires_at=expires,
    )
    troupe.placed(step.actor or "", step.actor or "", call.call_id)
    if step.rejected is not None:
        rejection = await call.rejected(step.within)
        if rejection.reason.value != step.rejected:
            raise Otherwise(
                f"rejected as {rejection.reason.value}, not {step.rejected}",
                f"{step.actor}",
                "See what the provider answered",
            )
        return
    await call.accepted(step.within)
    await call.assign()
    await call.ringing(step.within)
