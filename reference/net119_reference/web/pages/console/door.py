"""What the console's pages share: the session in the cookie, and the way to the log-in."""

from datetime import datetime

from net119_protocol.codes import Refusal
from starlette.requests import Request
from starlette.responses import Response

from net119_reference.console_door import ConsoleDoor, ConsoleSession
from net119_reference.ports import Refused
from net119_reference.web.pages.language import language_of
from net119_reference.web.pages.rendering import pick
from net119_reference.web.pages.routing import PageContext
from net119_reference.web.pages.sessions import session_token

HOME = "/console"
LOG_IN = f"{HOME}/log-in"
COOKIE = "net119_console"


class Door:
    """Lets dispatchers in."""

    def __init__(self, context: PageContext) -> None:
        self.context = context

    @property
    def logins(self) -> ConsoleDoor:
        """The log-ins behind it."""
        return self.context.context.service.console_door

    async def session(self, request: Request) -> ConsoleSession | None:
        """The session of the cookie, prolonged; ``None`` if there is none (any more)."""
        token = session_token(request, COOKIE)
        if token is None:
            return None
        try:
            return await self.logins.session(token)
        except Refused as refused:
            if refused.code is Refusal.NOT_AUTHENTICATED:
                return None
            raise

    def log_in_page(
        self,
        request: Request,
        *,
        status: int = 200,
        ended: bool = False,
        center: str = "",
        name: str = "",
        wrong: bool = False,
        locked_until: datetime | None = None,
    ) -> Response:
        """The log-in page."""
        lang = language_of(request)
        return self.context.pages.page(
            request,
            "console/log_in.html",
            status=status,
            here=LOG_IN,
            choices=[
                (code, pick(lang, label.ja, label.en)) for code, label in self.logins.centers()
            ],
            ended=ended,
            center=center,
            name=name,
            wrong=wrong,
            locked_until=locked_until,
        )
