"""What befalls the systems, and what played providers do."""

from datetime import timedelta

from net119_protocol.codes import PlaceChoice
from net119_protocol.labels import label_of
from net119_protocol.person import DepartmentRef
from net119_protocol.places import CallPlace, Point
from net119_simulators.peer import OfferedCall, SimulatedPeer, TakenCall
from net119_simulators.person import jurisdictions, make_person

from net119_scenarios.acted import deeds
from net119_scenarios.acted.console_acts import Otherwise
from net119_scenarios.acted.timeline import Sort
from net119_scenarios.acted.troupe import Troupe

_OFFER_S = 10.0
"""How long an offer of a played provider stands, seconds."""


async def act(troupe: Troupe, step: deeds.Step) -> None:
    """Do a step of the stage; raises what the simulators raise."""
    venue = troupe.venue
    match step:
        case deeds.SetState():
            await venue.set_state(step.provider, step.state)
        case deeds.Kill():
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
        case deeds.BeRejected():
            await _rejected(troupe, peer, step)
        case deeds.Leave():
            await peer.client_off()
            await peer.endpoint_off()
        case deeds.Arrive():
            await peer.endpoint_on()
            await peer.client_on()
            to = troupe.scenario.peers()[name].to
            await troupe.venue.network.wait_until_peers_run(to, [peer.operator], step.within)
        case deeds.Say():
            call = peer.calls.get(troupe.call(step.call).id)
            if isinstance(call, OfferedCall):
                await call.say_as_caller(step.text, within=step.within)
            else:
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
    name = step.named or step.actor or ""
    person = make_person(f"offered {name}", home.municipalities[0])
    lat, lon = jurisdictions().municipalities.some_point(there.municipalities[0])
    ends = timedelta(seconds=_OFFER_S if step.expired is None else -step.expired)
    call = await peer.offer(
        department=there.code,
        person=person,
        place=CallPlace(choice=PlaceChoice.CURRENT, point=Point(lat=lat, lon=lon), radius_m=100.0),
        home=DepartmentRef(
            code=home.code, name_ja=home.name_ja, name_en=home.name_en, phone=home.phone
        ),
        kind=step.kind,
        mode=troupe.scenario.exercise,
        expires_at=troupe.venue.now + ends,
    )
    troupe.placed(name, step.actor or "", call.call_id)
    if step.rejected is not None:
        await _rejected(troupe, peer, step)
    elif not step.queued:
        await call.accepted(step.within)
        await call.assign()
        await call.ringing(step.within)


async def _rejected(
    troupe: Troupe, peer: SimulatedPeer, step: deeds.Offer | deeds.BeRejected
) -> None:
    """See the newest offer arrive and rejected; the rejection goes into the timeline."""
    name = step.actor or ""
    placed = troupe.call(step.call)
    call = peer.calls.get(placed.id)
    if not isinstance(call, OfferedCall):
        raise Otherwise(f"{peer.operator} has not offered it", placed.name, "Offer it before")
    wanted = step.reason if isinstance(step, deeds.BeRejected) else step.rejected
    rejection = await call.rejected(step.within)
    label = label_of(rejection.reason)
    troupe.timeline.add(
        name,
        Sort.REFUSED,
        f"申し出が届き、断られた（{label.ja}）",
        f"the offer has arrived, and is rejected: {label.en} ({rejection.detail})",
        placed.name,
    )
    if rejection.reason is not wanted:
        raise Otherwise(
            f"rejected as {rejection.reason.value}, not {wanted and wanted.value}",
            name,
            "See what the provider answered",
        )
