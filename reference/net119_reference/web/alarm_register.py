"""The register of the home alarm service, for staff of stations and of the city section."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query
from net119_protocol.alarms.people import Ledger, NewOpinion, NewVisit, Opinion
from net119_protocol.api import alarm_register as register

from net119_reference.ports import StaffIdentity
from net119_reference.web.routes import After, Context, add_operation

Number = Annotated[int, Path(ge=1, le=9_999_999)]
Purpose = Annotated[str, Query(max_length=200)]


def add_routes(routes: APIRouter, context: Context) -> None:
    """Add the routes of the register."""
    _add_reading(routes, context)
    _add_changes(routes, context)


def _add_reading(routes: APIRouter, context: Context) -> None:
    service = context.service
    who_asks = Depends(context.staff)

    async def alarm_ledgers(after: After = 0, who: StaffIdentity = who_asks) -> register.LedgerRows:
        return await service.alarms.register.rows(who, after)

    async def alarm_ledger(
        registration: Number, purpose: Purpose = "", who: StaffIdentity = who_asks
    ) -> Ledger:
        return await service.alarms.register.ledger(who, registration, purpose)

    async def evacuation_record(
        registration: Number, purpose: Purpose = "", who: StaffIdentity = who_asks
    ) -> register.EvacuationRecord:
        return await service.alarms.register.evacuation_record(who, registration, purpose)

    async def alarm_work(who: StaffIdentity = who_asks) -> register.AlarmWork:
        return service.alarms.register.work(who)

    async def answer_inquiry(
        registration: Number, body: register.Inquiry, who: StaffIdentity = who_asks
    ) -> register.InquiryAnswer:
        return await service.alarms.register.inquiry(who, registration, body)

    async def sent_opinions(who: StaffIdentity = who_asks) -> register.Opinions:
        return await service.alarms.register.opinions(who)

    async def send_opinion(body: NewOpinion, who: StaffIdentity = who_asks) -> Opinion:
        return await service.alarms.register.send_opinion(who, body)

    reads = (alarm_ledgers, alarm_ledger, evacuation_record, alarm_work, answer_inquiry)
    for handler in (*reads, sent_opinions, send_opinion):
        add_operation(routes, handler.__name__, handler)


def _add_changes(routes: APIRouter, context: Context) -> None:
    service = context.service
    who_asks = Depends(context.staff)

    async def enter_card(body: register.NewCard, who: StaffIdentity = who_asks) -> Ledger:
        return await service.alarms.register.enter(who, body)

    async def install_unit(
        registration: Number, body: register.InstallUnit, who: StaffIdentity = who_asks
    ) -> register.Installed:
        return await service.alarms.register.install(who, registration, body)

    async def change_ledger(
        registration: Number, body: register.ChangeLedger, who: StaffIdentity = who_asks
    ) -> Ledger:
        return await service.alarms.register.change(who, registration, body)

    async def answer_consultation(
        registration: Number,
        number: Number,
        body: register.AnswerConsultation,
        who: StaffIdentity = who_asks,
    ) -> Ledger:
        return await service.alarms.register.consulted(who, registration, number, body)

    async def give_back(
        registration: Number, number: Number, body: register.GiveBack, who: StaffIdentity = who_asks
    ) -> Ledger:
        return await service.alarms.register.give_back(who, registration, number, body)

    async def ledger_at_section(
        registration: Number, body: register.LedgerMoves, who: StaffIdentity = who_asks
    ) -> Ledger:
        return await service.alarms.register.at_section(who, registration, body)

    async def ledger_at_station(
        registration: Number, body: register.LedgerMoves, who: StaffIdentity = who_asks
    ) -> Ledger:
        return await service.alarms.register.at_station(who, registration, body)

    async def record_visit(
        registration: Number, body: NewVisit, who: StaffIdentity = who_asks
    ) -> Ledger:
        return await service.alarms.register.visit(who, registration, body)

    async def ask_attendance(
        registration: Number, body: register.AskAttendance, who: StaffIdentity = who_asks
    ) -> Ledger:
        return await service.alarms.register.attendance_asked(who, registration, body)

    async def decline_attendance(
        registration: Number, body: register.DeclineAttendance, who: StaffIdentity = who_asks
    ) -> Ledger:
        return await service.alarms.register.attendance_declined(who, registration, body)

    async def change_heard(
        registration: Number, body: register.ChangeHeard, who: StaffIdentity = who_asks
    ) -> Ledger:
        return await service.alarms.register.heard(who, registration, body)

    async def change_passed_on(
        registration: Number,
        number: Number,
        body: register.ChangePassedOn,
        who: StaffIdentity = who_asks,
    ) -> Ledger:
        return await service.alarms.register.passed_on(who, registration, number, body)

    async def unit_returned(
        registration: Number, body: register.ReturnUnit, who: StaffIdentity = who_asks
    ) -> Ledger:
        return await service.alarms.register.unit_returned(who, registration, body)

    changes = (
        enter_card,
        install_unit,
        change_ledger,
        answer_consultation,
        give_back,
        ledger_at_section,
        ledger_at_station,
        record_visit,
        ask_attendance,
        decline_attendance,
        change_heard,
        change_passed_on,
        unit_returned,
    )
    for handler in changes:
        add_operation(routes, handler.__name__, handler)
