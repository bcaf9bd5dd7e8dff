"""The door of a callback's URL, ``/b/{secret}``: no device's key, and one call alone (CNB-31)."""

from urllib.parse import quote

from net119_protocol.codes import Refusal
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response

from net119_reference.ports import Refused
from net119_reference.web.pages.chat.visit import Visit, Visited
from net119_reference.web.pages.routing import Endpoint, PageContext, see_other
from net119_reference.web.pages.sessions import CALLBACK, csrf_of, session_token
from net119_reference.web.routes import ask_department

URL = "/b/{secret}"


def url_of(connection: HTTPConnection) -> str:
    """Path of the mailed URL."""
    return f"/b/{quote(connection.path_params['secret'], safe='')}"


class CallbackChatDoor:
    """Opens the chat of the call to whoever has pressed the button at the URL, in that browser."""

    path = f"{URL}/chat"

    def __init__(self, context: PageContext) -> None:
        self._context = context.context
        self._refusals = context.context.refusals

    def guard(self, endpoint: Visited) -> Endpoint:
        """See :class:`~net119_reference.web.pages.chat.visit.ChatDoor`."""

        async def guarded(request: Request) -> Response:
            try:
                visit = await self.opened(request)
            except Refused as refused:
                if refused.code is not Refusal.NOT_AUTHENTICATED:
                    raise
                self._refusals.note(
                    request.scope, refused.code.value, f"{request.method}: {refused.detail}"
                )
                # There stands why, or the button to press.
                return see_other(f"{url_of(request)}?not=opened")
            ask_department(request, visit.identity.department)
            return await endpoint(request, visit)

        return guarded

    async def opened(self, connection: HTTPConnection) -> Visit:
        """See :class:`~net119_reference.web.pages.chat.visit.ChatDoor`."""
        secret = connection.path_params["secret"]
        token = session_token(connection, CALLBACK) or ""
        who = await self._context.service.callbacks.session(token, secret=secret) if token else None
        call_id = who.call_id if who is not None else None
        if who is None or call_id is None:
            raise Refused(
                Refusal.NOT_AUTHENTICATED, "this browser has not opened the callback, or it is over"
            )
        here = url_of(connection)
        who = self._context.over_link(who, connection.scope)
        return Visit(who, call_id, f"{here}/chat", csrf_of(token), here, callback=True)
