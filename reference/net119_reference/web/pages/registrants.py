"""What the pages of registrants share: who has logged in, and how their data are shown."""

import unicodedata

from net119_protocol.codes import Refusal
from net119_protocol.refusal_texts import OTHER_MEANS_EN, OTHER_MEANS_JA
from starlette.requests import Request

from net119_reference.ports import HandsetIdentity, Refused
from net119_reference.registration.ports import Registrations
from net119_reference.web.pages.sessions import REGISTRANT, session_token
from net119_reference.web.routes import ask_department

MEANS = (OTHER_MEANS_JA, OTHER_MEANS_EN)
"""What else to do in an emergency (CNB-38)."""


async def logged_in(service: Registrations, request: Request) -> tuple[str, HandsetIdentity] | None:
    """Token and identity of the registrant who asks; ``None`` if nobody is logged in."""
    token = session_token(request, REGISTRANT)
    if token is None:
        return None
    try:
        who = await service.registrant_session(token)
    except Refused as refused:
        if refused.code is not Refusal.NOT_AUTHENTICATED:
            raise
        return None
    ask_department(request, who.department)
    return token, who


def typed(text: str) -> str:
    """What a Japanese keyboard typed, as the ASCII that was meant: full width is folded."""
    return unicodedata.normalize("NFKC", text).strip()


def masked(mail: str) -> str:
    """A mail address that its owner recognises, and whoever looks over the shoulder does not."""
    local, at, domain = mail.rpartition("@")
    return f"{local[:2] if len(local) > 3 else local[:1]}***{at}{domain}"
