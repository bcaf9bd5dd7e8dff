"""Log-in and log-out of dispatchers."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from net119_reference.registration.ports import StaffLogInRefused
from net119_reference.web.guard import source_of
from net119_reference.web.pages.console.door import COOKIE, HOME, LOG_IN, Door
from net119_reference.web.pages.forms import read_form
from net119_reference.web.pages.routing import see_other
from net119_reference.web.pages.sessions import end_session, session_token, set_session

_CENTER_LIMIT, _NAME_LIMIT, _PASSWORD_LIMIT = 40, 200, 1000


def add_routes(routes: APIRouter, door: Door) -> None:
    """Add the pages."""

    async def show(request: Request) -> Response:
        asked = request.query_params
        return door.log_in_page(
            request,
            ended="ended" in asked,
            center=asked.get("center", "")[:_CENTER_LIMIT],
            name=asked.get("name", "")[:_NAME_LIMIT],
        )

    async def log_in(request: Request) -> Response:
        form = await read_form(request)
        center, name = form.get("center")[:_CENTER_LIMIT], form.get("name")[:_NAME_LIMIT]
        password = form.fields.get("password", "")[:_PASSWORD_LIMIT]
        try:
            session = await door.logins.log_in(center, name, password, source_of(request.scope))
        except StaffLogInRefused as refused:
            return door.log_in_page(
                request,
                status=401,
                center=center,
                name=name,
                wrong=True,
                locked_until=refused.locked_until,
            )
        response = see_other(HOME)
        # "lax", not "strict": the links to a replay stand on the pages of a drill, another site.
        # Other sites can open a page so, and do nothing at it: what is done is a POST.
        set_session(request, response, COOKIE, session.token, same_site="lax")
        return response

    async def log_out(request: Request) -> Response:
        # Without the form's token: who is logged out by somebody else loses nothing.
        await read_form(request)
        token = session_token(request, COOKIE)
        if token is not None:
            await door.logins.log_out(token)
        response = see_other(LOG_IN)
        end_session(response, COOKIE)
        return response

    door.context.add(routes, LOG_IN, show)
    door.context.add(routes, LOG_IN, log_in, "POST")
    door.context.add(routes, f"{HOME}/log-out", log_out, "POST")
