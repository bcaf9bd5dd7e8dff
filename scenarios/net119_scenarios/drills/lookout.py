"""Looks into a network for live calls and alarms, had or possible, without opening a console.

An open feed would make a center count as staffed; a list asked for does not.
"""

import asyncio
from collections.abc import Iterable
from datetime import UTC, datetime

from net119_protocol.alarms.incident import Incident
from net119_protocol.api.alarms import IncidentList
from net119_protocol.api.console import CallList, ConsoleCall
from net119_protocol.codes import Mode
from net119_simulators.api_client import ApiClient
from net119_simulators.errors import SimulatorError
from net119_simulators.recorder import Recorder
from net119_simulators.wiretap import Interface

from net119_scenarios.acted.alarms.cast import ALARM_CENTER
from net119_scenarios.acted.venue import Venue
from net119_scenarios.drills.interlock import look, looking_failed
from net119_scenarios.drills.view import InterlockView

_TIMEOUT_S = 5.0


class Lookout:
    """The centers of the providers that run at a venue; to be closed at the end."""

    def __init__(self, venue: Venue, mode: str) -> None:
        self._venue = venue
        self._mode = mode
        self._apis: dict[tuple[str, str], ApiClient] = {}

    async def look(self, shown: Iterable[ConsoleCall] = ()) -> InterlockView:
        """What is against a drill now; ``shown`` are calls that open consoles show besides.

        Whatever goes wrong in looking is against it, too: an earlier "safe" must not stay.
        """
        try:
            return await self._looked(shown)
        except Exception as wrong:
            return looking_failed(wrong, datetime.now(UTC))

    async def _looked(self, shown: Iterable[ConsoleCall]) -> InterlockView:
        found: list[ConsoleCall] = list(shown)
        unseen: dict[str, str] = {}
        network = self._venue.network
        running = [code for code in network.specs if self._runs(code)]
        accepted: dict[str, tuple[Mode, ...]] = {}
        for code in running:
            try:
                accepted[code] = await network.operation(code).accepted_modes()
            except SimulatorError as wrong:
                unseen[code] = wrong.what
        for code, center in self._venue.view().centers.items():
            if center.provider not in running:
                continue
            try:
                found += await self._calls(center.provider, code)
            except SimulatorError as wrong:
                unseen[code] = wrong.what
        alarms: tuple[Incident, ...] = ()
        service = self._venue.settings.alarms
        if service is not None and service.provider in running:
            try:
                alarms = await self._alarms(service.provider)
            except SimulatorError as wrong:
                unseen[ALARM_CENTER] = wrong.what
        distinct = {call.call_id: call for call in found}
        addresses = {code: network.base_url(code) for code in running}
        return look(
            self._mode,
            addresses,
            distinct.values(),
            alarms=alarms,
            accepted=accepted,
            unseen=unseen,
            now=datetime.now(UTC),
        )

    async def close(self) -> None:
        """Close the connections."""
        await asyncio.gather(*(api.close() for api in self._apis.values()))

    def _runs(self, code: str) -> bool:
        """A provider that a scenario has killed has no calls to be looked for."""
        try:
            return self._venue.network.supervisor(code).pid is not None
        except LookupError:
            return True  # it runs already, elsewhere

    async def _calls(self, provider: str, center: str) -> tuple[ConsoleCall, ...]:
        api = await self._api(provider, center)
        return (await api.ask("center_calls", CallList)).calls

    async def _alarms(self, provider: str) -> tuple[Incident, ...]:
        api = await self._api(provider, ALARM_CENTER)
        return (await api.ask("alarm_incidents", IncidentList)).incidents

    async def _api(self, provider: str, center: str) -> ApiClient:
        network, key = self._venue.network, (provider, center)
        if key not in self._apis:
            token = await network.dispatcher_token(provider, center, "訓練の安全確認")
            self._apis[key] = ApiClient(
                network.base_url(provider),
                network.tls,
                Recorder(None, Interface.C, "interlock", provider),
                token=token,
                timeout_s=_TIMEOUT_S,
            )
        return self._apis[key]
