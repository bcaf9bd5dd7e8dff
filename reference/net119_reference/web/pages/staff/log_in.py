"""Log-in and log-out of staff."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from net119_reference.registration.ports import StaffLogInRefused
from net119_reference.web.guard import source_of
from net119_reference.web.pages.forms import Form, read_form
from net119_reference.web.pages.routing import see_other
from net119_reference.web.pages.sessions import STAFF, end_session, session_token, set_session
from net119_reference.web.pages.staff.desk import HOME, LOG_IN, Desk, next_path

_KEPT = "kept."
_NAME_LIMIT, _PASSWORD_LIMIT = 200, 1000


def add_routes(routes: APIRouter, desk: Desk) -> None:
    """Add the pages."""

    async def show(request: Request) -> Response:
        return desk.log_in_page(
            request,
            ended="ended" in request.query_params,
            path=next_path(request.query_params.get("next", "")),
        )

    async def log_in(request: Request) -> Response:
        form = await read_form(request)
        path, kept = next_path(form.get("next")), _kept(form)
        department, name = form.get("department"), form.get("name")[:_NAME_LIMIT]
        password = form.fields.get("password", "")[:_PASSWORD_LIMIT]
        try:
            session = await desk.service.staff_log_in(
                department, name, password, source_of(request.scope)
            )
        except StaffLogInRefused as refused:
            return desk.log_in_page(
                request,
                status=401,
                path=path,
                kept=kept,
                department=department,
                name=name,
                wrong=True,
                locked_until=refused.locked_until,
            )
        again = Form(kept, {}, kept.pop("action", "")) if kept else None
        response = (
            see_other(path) if again is None else desk.ask_again(request, session, path, again)
        )
        set_session(request, response, STAFF, session.token, same_site="strict")
        return response

    async def log_out(request: Request) -> Response:
        # Without the form's token: who is logged out by somebody else loses nothing.
        await read_form(request)
        token = session_token(request, STAFF)
        if token is not None:
            await desk.service.staff_log_out(token)
        response = see_other(LOG_IN)
        end_session(response, STAFF)
        return response

    desk.context.add(routes, LOG_IN, show)
    desk.context.add(routes, LOG_IN, log_in, "POST")
    desk.context.add(routes, f"{HOME}/log-out", log_out, "POST")


def _kept(form: Form) -> dict[str, str]:
    """The form that waited for the log-in."""
    return {
        name.removeprefix(_KEPT): text
        for name, text in form.fields.items()
        if name.startswith(_KEPT)
    }
