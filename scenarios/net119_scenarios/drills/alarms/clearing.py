"""No alarm stays open behind a drill, and nothing is owed: the next one finds an empty desk."""

from net119_protocol.alarms.codes import Finding, IncidentKind, IncidentState
from net119_protocol.alarms.incident import Incident
from net119_protocol.api import alarms as api
from net119_simulators.alarms import AlarmDesk
from net119_simulators.errors import SimulatorError

from net119_scenarios.acted.timeline import Sort
from net119_scenarios.acted.troupe import Troupe

_WHY = "訓練の終了"


async def clear_alarms(troupe: Troupe) -> None:
    """End every alarm of the run, and note what is owed as done.

    What cannot be done is left, and told in the timeline with the alarm's number: the record of
    the drill is made before, and is written whatever happens here.
    """
    company = troupe.company
    if not company.alarms:
        return
    company.clearing = True
    try:
        async with await company.center.desk(_WHY) as desk:
            for alarm in company.alarms.values():
                try:
                    await _clear(desk, alarm.incident)
                except Exception as wrong:
                    _tell(troupe, wrong, alarm.incident.number, alarm.name)
    except Exception as wrong:
        _tell(troupe, wrong, "、".join(each.incident.number for each in company.alarms.values()))


def _tell(troupe: Troupe, wrong: Exception, numbers: str, alarm: str = "") -> None:
    why = str(wrong) if isinstance(wrong, SimulatorError) else repr(wrong)
    troupe.timeline.add(
        "",
        Sort.STAGE,
        f"緊急通報 {numbers} を終わらせられない。指令台で終えてください: {why}",
        f"alarm {numbers} could not be ended: end it at the console: {why}",
        alarm,
    )


async def _clear(desk: AlarmDesk, known: Incident) -> None:
    id_ = known.incident_id
    incident = (await desk.incident(id_)).incident
    if incident.open and incident.kind is IncidentKind.TEST:
        await desk.check_equipment(id_, api.CheckEquipment(good=True, note=_WHY))
        return
    if incident.state in (IncidentState.HAILING, IncidentState.CONSULTING):
        finding = Finding.NO_ANSWER
        incident = await desk.decide(id_, api.DecideIncident(finding=finding, units=_WHY))
    if incident.open:
        incident = await desk.close_incident(id_, api.CloseIncident(reason=_WHY))
    for _ in range(len(incident.tellings) + 5):
        waiting = [each for each in incident.tellings if each.reached is None]
        if not waiting:
            break
        tried = api.TellingTried(number=waiting[0].number, reached=True)
        incident = await desk.tried(id_, tried)
    if incident.reason_owed:
        incident = await desk.close_incident(id_, api.CloseIncident(reason=_WHY))
    if incident.ward_report is not None and incident.ward_report.sent_at is None:
        await desk.report_sent(id_)
