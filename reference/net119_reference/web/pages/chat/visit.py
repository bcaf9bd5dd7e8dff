"""Who is at the chat page of a call, and by which door: the personal page, or a callback's URL."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol, TypeAlias
from uuid import UUID

from net119_protocol.codes import Refusal
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response

from net119_reference.ports import HandsetIdentity, Refused
from net119_reference.registration.ports import CallPageRefused, CallPageSession
from net119_reference.web.pages.call_door import CallPageDoor, csrf_of_page
from net119_reference.web.pages.routing import Endpoint, PageContext
from net119_reference.web.pages.sessions import device_key


@dataclass(frozen=True)
class Visit:
    """One caller at one call."""

    identity: HandsetIdentity
    call_id: UUID
    path: str
    """Of the chat page; its forms, card and WebSocket are below it."""
    csrf: str
    """What its forms carry."""
    back: str
    """Path of the page from which the caller came."""
    callback: bool = False
    """Whether that is the URL of a callback mail."""


Visited: TypeAlias = Callable[[Request, Visit], Awaitable[Response]]


class ChatDoor(Protocol):
    """Lets callers to the chat pages below one path."""

    @property
    def path(self) -> str:
        """Pattern of the chat page's path."""

    def guard(self, endpoint: Visited) -> Endpoint:
        """The endpoint behind the door; where that stays shut the reason is shown."""

    async def opened(self, connection: HTTPConnection) -> Visit:
        """Who asks for a WebSocket.

        Raises:
            Refused: it does not open, and why.
        """


class CallPageChatDoor:
    """The door of the personal call page, ``/c/{secret}/calls/{call_id}``."""

    path = "/c/{secret}/calls/{call_id}"

    def __init__(self, context: PageContext) -> None:
        self._door = CallPageDoor(context)
        self._service = context.context.service.registrations

    def guard(self, endpoint: Visited) -> Endpoint:
        """See :class:`ChatDoor`."""

        async def visited(request: Request, session: CallPageSession) -> Response:
            return await endpoint(request, self._visit(request, session))

        return self._door.guard(visited)

    async def opened(self, connection: HTTPConnection) -> Visit:
        """See :class:`ChatDoor`."""
        secret, device = connection.path_params["secret"], device_key(connection) or ""
        try:
            session = await self._service.open_call_page(secret, device)
        except CallPageRefused as refused:
            code = Refusal(f"call-page-{refused.code.value}")
            raise Refused(code, f"the call page does not open here: {refused.code.value}") from None
        return self._visit(connection, session)

    def _visit(self, connection: HTTPConnection, session: CallPageSession) -> Visit:
        page = f"/c/{connection.path_params['secret']}"
        call_id = call_id_of(connection)
        path = f"{page}/calls/{call_id}"
        return Visit(session.identity, call_id, path, csrf_of_page(session), page)


def call_id_of(connection: HTTPConnection) -> UUID:
    """The call that the path names.

    Raises:
        Refused: (``unknown-call``) it names none.
    """
    try:
        return UUID(connection.path_params["call_id"])
    except ValueError:
        raise Refused(
            Refusal.UNKNOWN_CALL, "the path does not hold a call's id", field="call_id"
        ) from None
