"""The door of a personal call page: it opens on its own device only, and says why else not."""

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response

from net119_reference.registration.ports import (
    AccountView,
    CallPageProblem,
    CallPageRefused,
    CallPageSession,
)
from net119_reference.web.pages.registrants import MEANS
from net119_reference.web.pages.routing import Endpoint, PageContext
from net119_reference.web.pages.sessions import csrf_of, device_key, give_device_key
from net119_reference.web.routes import ask_department

Guarded = Callable[[Request, CallPageSession], Awaitable[Response]]
"""A page below ``/c/{secret}``, for whoever has opened it."""


class CallPageDoor:
    """Opens ``/c/{secret}`` and every page below it (CNB-10)."""

    def __init__(self, context: PageContext) -> None:
        self._pages = context.pages
        self._refusals = context.context.refusals
        self._service = context.context.service.registrations

    async def open(self, request: Request) -> CallPageSession:
        """Who holds the page; refusals of the request name their department from here on.

        Raises:
            CallPageRefused: it does not open here.
        """
        secret, device = request.path_params["secret"], device_key(request) or ""
        session = await self._service.open_call_page(secret, device)
        ask_department(request, session.identity.department)
        return session

    async def account(self, request: Request, session: CallPageSession) -> AccountView:
        """The account of whoever holds the page, as seen from this device."""
        return await self._service.account(session.identity, device_key(request) or "")

    def guard(self, endpoint: Guarded) -> Endpoint:
        """The endpoint behind the door; where that stays shut the reason is shown."""

        async def guarded(request: Request) -> Response:
            try:
                session = await self.open(request)
            except CallPageRefused as refused:
                return self.refuse(request, refused)
            response = await endpoint(request, session)
            # Browsers forget a cookie after 400 days at most: the key lives on by being used.
            give_device_key(request, response)
            return response

        return guarded

    def refuse(self, request: Request, refused: CallPageRefused) -> Response:
        """Each reason has its own words, with whom to contact (CNB-15)."""
        self._refusals.note(
            request.scope, f"call-page-{refused.code.value}", f"{request.method}: no call page"
        )
        return self._pages.page(
            request,
            "call-closed.html",
            status=404 if refused.code is CallPageProblem.UNKNOWN else 403,
            code=refused.code.value,
            profiles=[refused.profile] if refused.profile else self._service.profiles(),
            means=MEANS,
        )


def csrf_of_page(session: CallPageSession) -> str:
    """What the forms of a call page carry: bound to page and device, and telling neither."""
    return csrf_of(session.token)
