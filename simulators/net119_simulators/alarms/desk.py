"""A dispatcher at the alarm desk, through its API, with a telephone for helpers and offices."""

from uuid import UUID

from net119_protocol.alarms.codes import HelperAnswer
from net119_protocol.alarms.incident import Incident
from net119_protocol.api import alarms as api
from pydantic import BaseModel

from net119_simulators.alarms.client import Colleague
from net119_simulators.alarms.neighbours import Neighbourhood


class AlarmDesk(Colleague):
    """One dispatcher of the alarm center; every method raises what `ApiClient.ask` raises.

    Each act gives the incident as it is afterwards.
    """

    async def incidents(self, *, closed: bool = False) -> tuple[Incident, ...]:
        """Open incidents and those of which something is owed; ended ones, too, if ``closed``."""
        query: dict[str, str | int] = {"closed": int(closed)}
        return (await self._api.ask("alarm_incidents", api.IncidentList, query=query)).incidents

    async def incident(self, incident_id: UUID) -> api.IncidentView:
        """One incident with what is registered of its user."""
        path = {"incident_id": incident_id}
        return await self._api.ask("alarm_incident", api.IncidentView, path=path)

    async def units(self, *, everyone: bool = False) -> tuple[api.UnitState, ...]:
        """Units in trouble, or all."""
        query: dict[str, str | int] = {"everyone": int(everyone)}
        return (await self._api.ask("alarm_units", api.UnitStates, query=query)).units

    async def ring_helpers(self, incident_id: UUID, neighbourhood: Neighbourhood) -> Incident:
        """Ring up whoever is to be asked, and note what they say, until one goes or all were.

        A helper who does not pick up is noted as such, so that the next is asked.
        """
        incident = (await self.incident(incident_id)).incident
        while True:
            waiting = [each for each in incident.helpers if each.answer is None]
            if not waiting:
                return incident
            asked = waiting[0]
            answer = neighbourhood.ring(asked.phone).asked()
            said = api.HelperSays(order=asked.order, answer=answer)
            incident = await self.helper_says(incident_id, said)
            if answer is HelperAnswer.GOES:
                return incident

    async def take(self, incident_id: UUID) -> Incident:
        """`take_incident`."""
        return await self._act("take_incident", incident_id)

    async def hail(self, incident_id: UUID) -> Incident:
        """`hail_user`."""
        return await self._act("hail_user", incident_id)

    async def speak(self, incident_id: UUID, body: api.SpeakToUser) -> Incident:
        """`speak_to_user`."""
        return await self._act("speak_to_user", incident_id, body)

    async def decide(self, incident_id: UUID, body: api.DecideIncident) -> Incident:
        """`decide_incident`."""
        return await self._act("decide_incident", incident_id, body)

    async def helper_says(self, incident_id: UUID, body: api.HelperSays) -> Incident:
        """`helper_answered`."""
        return await self._act("helper_answered", incident_id, body)

    async def report(self, incident_id: UUID, body: api.NewSceneReport) -> Incident:
        """`report_from_scene`."""
        return await self._act("report_from_scene", incident_id, body)

    async def tell(self, incident_id: UUID, body: api.TellOfIncident) -> Incident:
        """`tell_of_incident`."""
        return await self._act("tell_of_incident", incident_id, body)

    async def tried(self, incident_id: UUID, body: api.TellingTried) -> Incident:
        """`telling_tried`."""
        return await self._act("telling_tried", incident_id, body)

    async def add_to_report(self, incident_id: UUID, body: api.AddToWardReport) -> Incident:
        """`add_to_ward_report`."""
        return await self._act("add_to_ward_report", incident_id, body)

    async def report_sent(self, incident_id: UUID) -> Incident:
        """`ward_report_sent`."""
        return await self._act("ward_report_sent", incident_id)

    async def tell_home_station(self, incident_id: UUID, body: api.TellHomeStation) -> Incident:
        """`tell_home_station`."""
        return await self._act("tell_home_station", incident_id, body)

    async def check_equipment(self, incident_id: UUID, body: api.CheckEquipment) -> Incident:
        """`check_equipment`."""
        return await self._act("check_equipment", incident_id, body)

    async def close_incident(self, incident_id: UUID, body: api.CloseIncident) -> Incident:
        """`close_incident`."""
        return await self._act("close_incident", incident_id, body)

    async def hear_change(self, incident_id: UUID, body: api.HearChange) -> Incident:
        """`hear_change`."""
        return await self._act("hear_change", incident_id, body)

    async def _act(self, name: str, incident_id: UUID, body: BaseModel | None = None) -> Incident:
        return await self._api.ask(name, Incident, path={"incident_id": incident_id}, body=body)
