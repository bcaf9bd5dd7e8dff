"""Interface A for programs: log-in, calls and lines of a handset."""

from uuid import UUID

from fastapi import APIRouter, Depends, Request
from net119_protocol.api import common, handset

from net119_reference.ports import HandsetIdentity, Refused
from net119_reference.web.access import link_security
from net119_reference.web.guard import source_of
from net119_reference.web.routes import After, Context, add_operation, ask_department


def add_routes(routes: APIRouter, context: Context) -> None:
    """Add the routes of interface A."""
    service = context.service
    who_asks = Depends(context.handset)

    async def log_in(body: handset.LogIn, request: Request) -> handset.Session:
        source = source_of(request.scope)
        own = {profile.department for profile in service.registrations.profiles()}
        if body.department in own:
            ask_department(request, body.department)
        with context.brake.attempt(source, body.login_id):
            session = await service.log_in(body)
        # Not before: whose registrant it is, is known with the right password alone.
        ask_department(request, session.home.code)
        context.check_link(session.home.code, request.scope)
        return session

    async def call(
        request: Request, body: handset.NewCall, who: HandsetIdentity = who_asks
    ) -> handset.CallAddress:
        try:
            placed = await service.place_call(who, body, link_security(request.scope))
        except Refused as refused:
            context.metrics.call_refused(refused.code.value)
            raise
        notices = placed.call.notices
        context.metrics.call_placed(notices[0].code.value if notices else "none")
        return placed

    async def my_calls(who: HandsetIdentity = who_asks) -> handset.CallsOfCaller:
        return await service.calls_of(who)

    async def my_call(call_id: UUID, who: HandsetIdentity = who_asks) -> common.CallView:
        return await service.call_of(who, call_id)

    async def my_lines(
        call_id: UUID, who: HandsetIdentity = who_asks, after: After = 0
    ) -> common.Transcript:
        return await service.lines_of(who, call_id, after)

    async def say(
        call_id: UUID, body: common.NewLine, who: HandsetIdentity = who_asks
    ) -> common.LineStored:
        stored = await service.caller_says(who, call_id, body)
        context.metrics.line_stored("caller")
        return stored

    async def tell_location(
        call_id: UUID, body: handset.NewLocation, who: HandsetIdentity = who_asks
    ) -> common.CallView:
        return await service.positions.tell(who, call_id, body)

    async def open_callback(secret: str, request: Request) -> handset.CallbackOpened:
        # Before it opens: a connection that may not be used must change nothing.
        if (department := await service.callbacks.department(secret)) is not None:
            ask_department(request, department)
            context.check_link(department, request.scope)
        return await service.callbacks.open(secret, link_security(request.scope))

    for handler in (log_in, call, my_calls, my_call, my_lines, say, tell_location, open_callback):
        add_operation(routes, handler.__name__, handler)
