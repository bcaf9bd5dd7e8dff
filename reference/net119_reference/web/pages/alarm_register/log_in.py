"""Log-in and log-out at the register's pages."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from net119_reference.registration.ports import StaffLogInRefused
from net119_reference.web.guard import source_of
from net119_reference.web.pages.alarm_register.desk import COOKIE, HOME, LOG_IN, Desk, next_path
from net119_reference.web.pages.forms import Form, read_form
from net119_reference.web.pages.routing import see_other
from net119_reference.web.pages.sessions import end_session, session_token, set_session

_KEPT = "kept."
_NAME_LIMIT, _PASSWORD_LIMIT = 200, 1000


def add_routes(routes: APIRouter, desk: Desk) -> None:
    """Add the pages."""

    async def show(request: Request) -> Response:
        desk.check_enabled()
        asked = request.query_params
        return desk.log_in_page(
            request, ended="ended" in asked, path=next_path(asked.get("next", ""))
        )

    async def log_in(request: Request) -> Response:
        desk.check_enabled()
        form = await read_form(request)
        path = next_path(form.get("next"))
        kept = {
            name.removeprefix(_KEPT): text
            for name, text in form.fields.items()
            if name.startswith(_KEPT)
        }
        unit, name = form.get("department"), form.get("name")[:_NAME_LIMIT]
        password = form.fields.get("password", "")[:_PASSWORD_LIMIT]
        try:
            session = await desk.door.log_in(unit, name, password, source_of(request.scope))
        except StaffLogInRefused as refused:
            return desk.log_in_page(
                request,
                status=401,
                path=path,
                kept_form=kept,
                unit=unit,
                name=name,
                wrong=True,
                locked_until=refused.locked_until,
            )
        again = Form(kept, {}, kept.pop("action", "")) if kept else None
        response = (
            see_other(path) if again is None else desk.ask_again(request, session, path, again)
        )
        set_session(request, response, COOKIE, session.token, same_site="strict")
        return response

    async def log_out(request: Request) -> Response:
        # Without the form's token: who is logged out by somebody else loses nothing.
        desk.check_enabled()
        await read_form(request)
        token = session_token(request, COOKIE)
        if token is not None:
            await desk.door.log_out(token)
        response = see_other(LOG_IN)
        end_session(response, COOKIE)
        return response

    desk.context.add(routes, LOG_IN, show)
    desk.context.add(routes, LOG_IN, log_in, "POST")
    desk.context.add(routes, f"{HOME}/log-out", log_out, "POST")
