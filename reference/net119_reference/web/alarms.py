"""Interface H and the alarm desk: units of the home alarm service, and its dispatchers."""

from uuid import UUID

from fastapi import APIRouter, Depends, Request
from net119_protocol.alarms import signals
from net119_protocol.alarms.incident import Incident
from net119_protocol.api import alarms as api

from net119_reference.alarms.ports import UnitIdentity
from net119_reference.ports import DispatcherIdentity
from net119_reference.web.access import bearer_token
from net119_reference.web.routes import After, Context, add_operation


def add_routes(routes: APIRouter, context: Context) -> None:
    """Add the routes of units and of the alarm desk."""
    _add_units(routes, context)
    _add_reading(routes, context)
    _add_acts(routes, context)


def _add_units(routes: APIRouter, context: Context) -> None:
    service = context.service

    async def unit(request: Request) -> UnitIdentity:
        return await service.alarms.unit_identity(bearer_token(request.headers))

    who_asks = Depends(unit)

    async def signal(body: signals.NewSignal, who: UnitIdentity = who_asks) -> signals.SignalTaken:
        return await service.alarms.signals.take(who, body)

    async def unit_hears(after: After = 0, who: UnitIdentity = who_asks) -> signals.UnitSpeech:
        return await service.alarms.signals.hears(who, after)

    async def unit_says(body: signals.UnitSays, who: UnitIdentity = who_asks) -> signals.UnitSaid:
        return await service.alarms.signals.says(who, body)

    for handler in (signal, unit_hears, unit_says):
        add_operation(routes, handler.__name__, handler)


def _add_reading(routes: APIRouter, context: Context) -> None:
    service = context.service
    who_asks = Depends(context.dispatcher)

    async def alarm_incidents(
        closed: After = 0, who: DispatcherIdentity = who_asks
    ) -> api.IncidentList:
        return await service.alarms.desk.incidents(who, closed=bool(closed))

    async def alarm_incident(
        incident_id: UUID, who: DispatcherIdentity = who_asks
    ) -> api.IncidentView:
        return await service.alarms.desk.incident(who, incident_id)

    async def alarm_units(
        everyone: After = 0, who: DispatcherIdentity = who_asks
    ) -> api.UnitStates:
        return await service.alarms.desk.units(who, everyone=bool(everyone))

    for handler in (alarm_incidents, alarm_incident, alarm_units):
        add_operation(routes, handler.__name__, handler)


def _add_acts(routes: APIRouter, context: Context) -> None:
    service = context.service
    who_asks = Depends(context.dispatcher)

    async def take_incident(incident_id: UUID, who: DispatcherIdentity = who_asks) -> Incident:
        return await service.alarms.desk.take(who, incident_id)

    async def hail_user(incident_id: UUID, who: DispatcherIdentity = who_asks) -> Incident:
        return await service.alarms.desk.hail(who, incident_id)

    async def speak_to_user(
        incident_id: UUID, body: api.SpeakToUser, who: DispatcherIdentity = who_asks
    ) -> Incident:
        return await service.alarms.desk.speak(who, incident_id, body)

    async def decide_incident(
        incident_id: UUID, body: api.DecideIncident, who: DispatcherIdentity = who_asks
    ) -> Incident:
        return await service.alarms.desk.decide(who, incident_id, body)

    async def helper_answered(
        incident_id: UUID, body: api.HelperSays, who: DispatcherIdentity = who_asks
    ) -> Incident:
        return await service.alarms.desk.helper_answered(who, incident_id, body)

    async def report_from_scene(
        incident_id: UUID, body: api.NewSceneReport, who: DispatcherIdentity = who_asks
    ) -> Incident:
        return await service.alarms.desk.report(who, incident_id, body)

    async def tell_of_incident(
        incident_id: UUID, body: api.TellOfIncident, who: DispatcherIdentity = who_asks
    ) -> Incident:
        return await service.alarms.desk.tell(who, incident_id, body)

    async def telling_tried(
        incident_id: UUID, body: api.TellingTried, who: DispatcherIdentity = who_asks
    ) -> Incident:
        return await service.alarms.desk.tried(who, incident_id, body)

    async def add_to_ward_report(
        incident_id: UUID, body: api.AddToWardReport, who: DispatcherIdentity = who_asks
    ) -> Incident:
        return await service.alarms.desk.add_to_report(who, incident_id, body)

    async def ward_report_sent(incident_id: UUID, who: DispatcherIdentity = who_asks) -> Incident:
        return await service.alarms.desk.report_sent(who, incident_id)

    async def tell_home_station(
        incident_id: UUID, body: api.TellHomeStation, who: DispatcherIdentity = who_asks
    ) -> Incident:
        return await service.alarms.desk.tell_home_station(who, incident_id, body)

    async def check_equipment(
        incident_id: UUID, body: api.CheckEquipment, who: DispatcherIdentity = who_asks
    ) -> Incident:
        return await service.alarms.desk.check_equipment(who, incident_id, body)

    async def close_incident(
        incident_id: UUID, body: api.CloseIncident, who: DispatcherIdentity = who_asks
    ) -> Incident:
        return await service.alarms.desk.close(who, incident_id, body)

    async def hear_change(
        incident_id: UUID, body: api.HearChange, who: DispatcherIdentity = who_asks
    ) -> Incident:
        return await service.alarms.desk.hear_change(who, incident_id, body)

    acts = (
        take_incident,
        hail_user,
        speak_to_user,
        decide_incident,
        helper_answered,
        report_from_scene,
        tell_of_incident,
        telling_tried,
        add_to_ward_report,
        ward_report_sent,
        tell_home_station,
        check_equipment,
        close_incident,
        hear_change,
    )
    for act in acts:
        add_operation(routes, act.__name__, act)
