"""Interface C for programs: calls of a center."""

from uuid import UUID

from fastapi import APIRouter, Depends
from net119_protocol.api import common, console, console_acts, console_desk, replays

from net119_reference.ports import DispatcherIdentity
from net119_reference.web.routes import Context, add_operation


def add_routes(routes: APIRouter, context: Context) -> None:
    """Add the routes of a dispatcher's console."""
    service = context.service
    who_asks = Depends(context.dispatcher)

    async def center_calls(who: DispatcherIdentity = who_asks) -> console.CallList:
        return await service.center_calls(who)

    async def call_record(call_id: UUID, who: DispatcherIdentity = who_asks) -> console.CallRecord:
        return await service.call_record(who, call_id)

    async def answer(call_id: UUID, who: DispatcherIdentity = who_asks) -> console.ConsoleCall:
        return await service.answer(who, call_id)

    async def dispatcher_says(
        call_id: UUID, body: common.NewLine, who: DispatcherIdentity = who_asks
    ) -> common.LineStored:
        stored = await service.dispatcher_says(who, call_id, body)
        context.metrics.line_stored("dispatcher")
        return stored

    async def close(
        call_id: UUID, body: console.CloseCall, who: DispatcherIdentity = who_asks
    ) -> console.ConsoleCall:
        closed = await service.close(who, call_id, body)
        context.metrics.call_closed(body.outcome.value)
        return closed

    async def transfer(
        call_id: UUID, body: console_acts.NewTransfer, who: DispatcherIdentity = who_asks
    ) -> console_acts.Transfer:
        return await service.acts.transfer(who, call_id, body)

    async def ask_location(
        call_id: UUID, who: DispatcherIdentity = who_asks
    ) -> console_acts.LocationAsked:
        return await service.acts.ask_location(who, call_id)

    async def report_discrepancy(
        call_id: UUID, body: console_acts.NewDiscrepancy, who: DispatcherIdentity = who_asks
    ) -> console_acts.Discrepancy:
        return await service.acts.report_discrepancy(who, call_id, body)

    async def call_back(call_id: UUID, who: DispatcherIdentity = who_asks) -> console_acts.Callback:
        return await service.acts.call_back(who, call_id)

    async def disclose(
        call_id: UUID, body: console_acts.NewCallDisclosure, who: DispatcherIdentity = who_asks
    ) -> console_acts.CallDisclosure:
        return await service.acts.disclose(who, call_id, body)

    async def record_dispatch(
        call_id: UUID, body: console_acts.NewDispatch, who: DispatcherIdentity = who_asks
    ) -> console_acts.Dispatch:
        return await service.acts.record_dispatch(who, call_id, body)

    async def block_caller(
        call_id: UUID, body: console_acts.Block, who: DispatcherIdentity = who_asks
    ) -> console_acts.Blocked:
        return await service.acts.block_caller(who, call_id, body)

    async def take_over(call_id: UUID, who: DispatcherIdentity = who_asks) -> console.ConsoleCall:
        return await service.acts.take_over(who, call_id)

    async def my_center(who: DispatcherIdentity = who_asks) -> console_desk.CenterView:
        return service.acts.center(who)

    async def department_area(
        department: str, _who: DispatcherIdentity = who_asks
    ) -> console_desk.DepartmentArea:
        return service.acts.area(department)

    async def replay(replay_id: UUID, who: DispatcherIdentity = who_asks) -> replays.Replay:
        return context.replays.of(replay_id, who.center)

    acts = (transfer, ask_location, report_discrepancy)
    for handler in (center_calls, call_record, answer, dispatcher_says, close, *acts):
        add_operation(routes, handler.__name__, handler)
    for desk in (my_center, department_area, replay):
        add_operation(routes, desk.__name__, desk)
    for act in (call_back, disclose, record_dispatch, block_caller, take_over):
        add_operation(routes, act.__name__, act)
