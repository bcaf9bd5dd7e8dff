"""Staff of a station or of the city section at the register, through the staff API."""

from net119_protocol.alarms.people import Ledger, NewOpinion, NewVisit, Opinion
from net119_protocol.api import alarm_register as register
from pydantic import BaseModel

from net119_simulators.alarms.client import Colleague


class RegisterOffice(Colleague):
    """One staff member; every method raises what `ApiClient.ask` raises."""

    async def enter(self, card: register.NewCard) -> Ledger:
        """Enter a new user's card."""
        return await self._api.ask("enter_card", Ledger, body=card)

    async def rows(self, after: int = 0) -> register.LedgerRows:
        """The list of ledgers, for the city section."""
        return await self._api.ask("alarm_ledgers", register.LedgerRows, query={"after": after})

    async def ledger(self, registration: int, purpose: str) -> Ledger:
        """One ledger."""
        path, query = {"registration": registration}, {"purpose": purpose}
        return await self._api.ask("alarm_ledger", Ledger, path=path, query=query)

    async def evacuation_record(self, registration: int, purpose: str) -> register.EvacuationRecord:
        """The record of a user who cannot evacuate alone, with the ledger's copy."""
        path, query = {"registration": registration}, {"purpose": purpose}
        return await self._api.ask(
            "evacuation_record", register.EvacuationRecord, path=path, query=query
        )

    async def install(self, registration: int, unit: register.InstallUnit) -> register.Installed:
        """A unit was put up; the answer has its token."""
        path = {"registration": registration}
        return await self._api.ask("install_unit", register.Installed, path=path, body=unit)

    async def inquiry(self, registration: int, asked: register.Inquiry) -> register.InquiryAnswer:
        """Answer the ward office's question."""
        path = {"registration": registration}
        return await self._api.ask("answer_inquiry", register.InquiryAnswer, path=path, body=asked)

    async def send_opinion(self, opinion: NewOpinion) -> Opinion:
        """Tell the ward office of somebody who needs a unit."""
        return await self._api.ask("send_opinion", Opinion, body=opinion)

    async def opinions(self) -> tuple[Opinion, ...]:
        """Opinions that the own station has sent."""
        return (await self._api.ask("sent_opinions", register.Opinions)).opinions

    async def work(self) -> register.AlarmWork:
        """What waits."""
        return await self._api.ask("alarm_work", register.AlarmWork)

    async def change(self, registration: int, body: register.ChangeLedger) -> Ledger:
        """`change_ledger`."""
        return await self._change("change_ledger", registration, body)

    async def consulted(
        self, registration: int, number: int, body: register.AnswerConsultation
    ) -> Ledger:
        """`answer_consultation`."""
        return await self._change("answer_consultation", registration, body, number)

    async def give_back(self, registration: int, number: int, body: register.GiveBack) -> Ledger:
        """`give_back`."""
        return await self._change("give_back", registration, body, number)

    async def at_section(self, registration: int, body: register.LedgerMoves) -> Ledger:
        """`ledger_at_section`."""
        return await self._change("ledger_at_section", registration, body)

    async def at_station(self, registration: int, body: register.LedgerMoves) -> Ledger:
        """`ledger_at_station`."""
        return await self._change("ledger_at_station", registration, body)

    async def visit(self, registration: int, body: NewVisit) -> Ledger:
        """`record_visit`."""
        return await self._change("record_visit", registration, body)

    async def ask_attendance(self, registration: int, body: register.AskAttendance) -> Ledger:
        """`ask_attendance`."""
        return await self._change("ask_attendance", registration, body)

    async def decline_attendance(
        self, registration: int, body: register.DeclineAttendance
    ) -> Ledger:
        """`decline_attendance`."""
        return await self._change("decline_attendance", registration, body)

    async def heard(self, registration: int, body: register.ChangeHeard) -> Ledger:
        """`change_heard`."""
        return await self._change("change_heard", registration, body)

    async def passed_on(
        self, registration: int, number: int, body: register.ChangePassedOn
    ) -> Ledger:
        """`change_passed_on`."""
        return await self._change("change_passed_on", registration, body, number)

    async def unit_returned(self, registration: int, body: register.ReturnUnit) -> Ledger:
        """`unit_returned`."""
        return await self._change("unit_returned", registration, body)

    async def _change(
        self, name: str, registration: int, body: BaseModel, number: int | None = None
    ) -> Ledger:
        path: dict[str, object] = {"registration": registration}
        if number is not None:
            path["number"] = number
        return await self._api.ask(name, Ledger, path=path, body=body)
