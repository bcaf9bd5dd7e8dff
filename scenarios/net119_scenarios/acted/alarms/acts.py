"""What users, helpers, crews and dispatchers of the home alarm service do."""

import asyncio
from collections.abc import Awaitable
from datetime import timedelta

from net119_protocol.alarms.codes import HelperAnswer, SignalKind
from net119_protocol.alarms.incident import Incident, Telling
from net119_protocol.api import alarms as api
from net119_simulators.alarms import AlarmDesk
from net119_simulators.alarms.ward_office import NobodyThere
from net119_simulators.errors import SimulatorError

from net119_scenarios.acted import deeds as all_deeds
from net119_scenarios.acted.alarms import deeds
from net119_scenarios.acted.alarms.company import Alarm, AlarmEnded, Company, Home
from net119_scenarios.acted.alarms.persons import helper_of, helper_says, offices
from net119_scenarios.acted.answering import Misread
from net119_scenarios.acted.step import Step
from net119_scenarios.acted.timeline import Sort
from net119_scenarios.acted.troupe import Troupe
from net119_scenarios.acted.understanding import Reply, react

_BUTTONS = {
    "alarm": SignalKind.ALARM,
    "test": SignalKind.TEST,
    "consultation": SignalKind.CONSULTATION,
}
_LOW_PERCENT = 20
_LISTEN_EVERY_S = 0.05
_SLACK = timedelta(seconds=5)
"""By so much the provider's clock may differ from ours; an office opens hours later, not now."""


class NotDone(SimulatorError):
    """A deed of the alarm service could not be done as the scenario says."""


async def act(troupe: Troupe, step: Step) -> None:
    """Do a step of somebody of the alarm service; raises what the simulators raise."""
    company = troupe.company
    name = step.actor or ""
    if name in company.homes:
        await _at_home(troupe, company, company.homes[name], step)
    elif isinstance(step, deeds.Radio):
        alarm = company.alarm(step.call)
        await company.before_end(
            alarm,
            lambda: True if alarm.incident.dispatches else None,
            "crews to be sent",
            step.within,
        )
        company.says("radio", name, step.text)
    elif isinstance(step, deeds.RingBack):
        await _goes(troupe, company.alarm(step.call), name, step.within)
        company.says("phone", name, step.text)
    else:
        await _at_desk(troupe, company, step)


async def _goes(troupe: Troupe, alarm: Alarm, helper: str, within: float) -> None:
    """Until this helper was asked, and goes."""
    phone = troupe.scenario.helpers()[helper].phone
    way = (HelperAnswer.GOES, HelperAnswer.ARRIVED)
    await troupe.company.before_end(
        alarm,
        lambda: next(
            (e for e in alarm.incident.helpers if e.phone == phone and e.answer in way), None
        ),
        f"{helper} to be asked, and to go",
        within,
    )


# --- at the unit ----------------------------------------------------------------------------------


async def _at_home(troupe: Troupe, company: Company, home: Home, step: Step) -> None:
    name, unit = step.actor or "", home.unit
    match step:
        case deeds.Press():
            company.raising(name, step.named or name)
            taken = await unit.send(_BUTTONS[step.button], within=step.within)
            if taken is not None:
                wanted = taken.incident
                await company.until(
                    lambda: next(
                        (e for e in company.alarms.values() if e.incident.number == wanted), None
                    ),
                    f"the alarm of {name} at the desk",
                    step.within,
                )
        case deeds.Battery():
            low = step.percent <= _LOW_PERCENT
            await (unit.low_battery if low else unit.good_battery)(step.percent)
        case deeds.CutLine():
            unit.cut_line()
        case deeds.MendLine():
            company.raising(name, name)
            await unit.mend_line(step.within)
        case all_deeds.Say():
            alarm = company.alarm(step.call or name)
            if not alarm.incident.open:
                raise AlarmEnded("nobody listens any more", alarm.name, "Say it before the end")
            await unit.say(step.text, alarm.incident.number)
        case all_deeds.Hear():
            await unit.wait_for_words(step.text, within=step.within)
        case all_deeds.Converse():
            await _converse(troupe, home, company.alarm(step.call))
        case _:
            raise TypeError(f"who has a unit cannot {step}")


async def _converse(troupe: Troupe, home: Home, alarm: Alarm) -> None:
    """Answer what comes out of the loudspeaker, until the incident has ended."""
    actor = home.actor
    while alarm.incident.open:
        mine = [each for each in home.unit.heard if each.incident == alarm.incident.number]
        if len(mine) <= alarm.read:
            await asyncio.sleep(_LISTEN_EVERY_S)
            continue
        words = mine[alarm.read]
        alarm.read += 1
        made = react(words.text, (), actor.answers, actor.otherwise, actor.hard_words)
        if made is None:
            continue
        if not isinstance(made, Reply) and not words.hail:
            troupe.misread(Misread(alarm.name, words.n, words.text, made.why))
        await troupe.takes(made.text)
        if alarm.incident.open:
            await home.unit.say(made.text, alarm.incident.number)


# --- at the desk ----------------------------------------------------------------------------------


async def _at_desk(troupe: Troupe, company: Company, step: Step) -> None:
    name = step.actor or ""
    if isinstance(step, deeds.See) and step.trouble is not None:
        await _trouble(company, step)
        return
    if isinstance(step, all_deeds.Hear):
        listening = company.alarm(step.call)
        await company.until(
            lambda: True if heard(company, listening, step.text) else None,
            f"“{step.text}” to be heard at the desk",
            step.within,
        )
        return
    if isinstance(step, deeds.See):
        await company.until(
            lambda: True if _shows(company.alarm(step.call).incident, step) else None,
            "the desk to show it",
            step.within,
        )
        return
    alarm = company.alarm(step.call)
    desk = await company.desk(name)
    match step:
        case deeds.RingHelpers():
            await _ring_helpers(troupe, desk, alarm, name, step.within)
        case deeds.Tell():
            await _tell(troupe, desk, alarm, step)
        case deeds.WardReport():
            await _ward_report(troupe, desk, alarm, step)
        case _:
            await _done(desk, alarm, step, troupe)


def _done(desk: AlarmDesk, alarm: Alarm, step: Step, troupe: Troupe) -> Awaitable[Incident]:
    """The deeds that are one operation of the desk's API."""
    id_, scenario = alarm.incident.incident_id, troupe.scenario
    match step:
        case deeds.Take():
            return desk.take(id_)
        case deeds.Hail():
            return desk.hail(id_)
        case all_deeds.Say():
            return desk.speak(id_, api.SpeakToUser(text=step.text))
        case deeds.Classify():
            body = api.DecideIncident(
                finding=step.finding,
                accident=step.accident,
                units=step.units,
                reason=step.reason,
            )
            return desk.decide(id_, body)
        case deeds.HelperThere():
            order = _order(alarm, scenario.helpers()[step.helper].phone, step.helper)
            return desk.helper_says(id_, api.HelperSays(order=order, answer=HelperAnswer.ARRIVED))
        case deeds.Scene():
            by = getattr(scenario.actors[step.by], "name", None)
            told = api.NewSceneReport(
                event=step.event,
                by=by.ja if by is not None else step.by,
                text=step.text,
                witness=step.witness,
                accident=step.accident,
            )
            return desk.report(id_, told)
        case deeds.TellHomeStation():
            return desk.tell_home_station(id_, api.TellHomeStation(what=step.what))
        case deeds.CheckEquipment():
            return desk.check_equipment(id_, api.CheckEquipment(good=step.good, note=step.what))
        case deeds.HearChange():
            return desk.hear_change(id_, api.HearChange(what=step.what))
        case deeds.End():
            return desk.close_incident(id_, api.CloseIncident(reason=step.reason))
    raise TypeError(f"nobody at the alarm desk can {step}")


def _order(alarm: Alarm, phone: str, helper: str) -> int:
    for each in alarm.incident.helpers:
        if each.phone == phone:
            return each.order
    raise NotDone(f"{helper} was not asked", alarm.name, "Ask the helpers in their order first")


def heard(company: Company, alarm: Alarm, text: str) -> bool:
    """Whether this was said by the user over the unit, or came by radio or telephone."""
    said = [each.text for each in alarm.incident.speech if not each.by]
    return any(text in each for each in (*said, *(m.text for m in company.messages)))


def _shows(incident: Incident, step: deeds.See) -> bool:
    answers = [each.answer for each in incident.helpers]
    return (
        (step.state is None or incident.state is step.state)
        and (step.finding is None or incident.finding is step.finding)
        and (step.helper is None or step.helper in answers)
    )


async def _trouble(company: Company, step: deeds.See) -> None:
    homes = company.homes
    home = homes[step.call] if step.call in homes else next(iter(homes.values()))
    unit = home.unit.unit_id
    await company.until(
        lambda: (
            True if unit in company.units and step.trouble in company.units[unit].troubles else None
        ),
        f"unit {unit} in trouble: {step.trouble}",
        step.within,
    )


async def _ring_helpers(
    troupe: Troupe, desk: AlarmDesk, alarm: Alarm, name: str, within: float
) -> None:
    company = troupe.company
    await company.before_end(
        alarm, lambda: True if alarm.incident.helpers else None, "helpers to be asked", within
    )
    incident = alarm.incident
    while waiting := [each for each in incident.helpers if each.answer is None]:
        helper, actor = company.helper(waiting[0].phone)
        said = ring_helper(troupe, helper, name)
        await troupe.takes(said)
        answer = helper_of(actor).asked()
        incident = await desk.helper_says(
            incident.incident_id, api.HelperSays(order=waiting[0].order, answer=answer)
        )
        if answer is HelperAnswer.GOES:
            return


def ring_helper(troupe: Troupe, helper: str, by: str) -> str:
    """Ring a helper up: what is said; empty if nobody answers.  It stands in the timeline."""
    actor = troupe.scenario.helpers()[helper]
    ja, en = f"{actor.name.ja}さんに電話する", f"rings {actor.name.en}"
    troupe.timeline.add(by, Sort.DEED, ja, en)
    said = helper_says(actor)
    if said.ja:
        troupe.company.says("phone", helper, said.ja, said.en)
    else:
        troupe.timeline.add(helper, Sort.SEEN, "電話に出ない", "does not answer the telephone")
    return said.ja


async def _tell(troupe: Troupe, desk: AlarmDesk, alarm: Alarm, step: deeds.Tell) -> None:
    id_ = alarm.incident.incident_id
    body = api.TellOfIncident(
        recipient=step.recipient,
        what=step.what,
        urgent=step.urgent,
        name=step.name,
        phone=step.phone,
    )
    incident = await desk.tell(id_, body)
    for _ in range(5):
        due = [e for e in incident.tellings if e.reached is None and _rings_now(troupe, e)]
        if not due:
            return
        reached = _rung(troupe, alarm, due[0], step.actor or "")
        incident = await desk.tried(id_, api.TellingTried(number=due[0].number, reached=reached))
    raise NotDone("nobody could be reached", alarm.name, "Let somebody of the office be at home")


def _rings_now(troupe: Troupe, telling: Telling) -> bool:
    return telling.due <= troupe.venue.now + _SLACK


def _rung(troupe: Troupe, alarm: Alarm, telling: Telling, by: str) -> bool:
    office = troupe.company.offices.get(alarm.incident.ward_office)
    who = telling.name or telling.phone
    reached = office is None or office.is_rung(telling, troupe.venue.now)
    ja = f"{who}に電話する（{'つながった' if reached else 'だれも出ない'}）"
    en = f"rings {who} ({'reached' if reached else 'nobody answers'})"
    troupe.timeline.add(by, Sort.DEED, ja, en, alarm.name)
    return reached


async def _ward_report(
    troupe: Troupe, desk: AlarmDesk, alarm: Alarm, step: deeds.WardReport
) -> None:
    id_ = alarm.incident.incident_id
    if step.other:
        await desk.add_to_report(id_, api.AddToWardReport(other=step.other))
    if not step.send:
        return
    incident = (await desk.incident(id_)).incident
    office = troupe.company.offices.get(incident.ward_office)
    if office is not None and incident.ward_report is not None:
        try:
            office.takes(incident.ward_report, troupe.venue.now)
        except NobodyThere as closed:
            where = offices()[incident.ward_office]["name"]
            hint = f"Let the clock go on until {where} is open"
            raise NotDone(f"the report cannot be given: {closed}", alarm.name, hint) from None
    await desk.report_sent(id_)


__all__ = ["NotDone", "act", "heard", "ring_helper"]
