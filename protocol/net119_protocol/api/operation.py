"""What an operation of the APIs is, as data."""

from dataclasses import dataclass
from enum import StrEnum

from pydantic import BaseModel


class Auth(StrEnum):
    """Who may call an operation; all but ``none`` with ``Authorization: Bearer TOKEN``."""

    NONE = "none"
    HANDSET = "handset"
    DISPATCHER = "dispatcher"
    STAFF = "staff"
    UNIT = "unit"
    """An alarm unit (interface H)."""
    ADMIN = "admin"


@dataclass(frozen=True)
class Operation:
    """One HTTP operation.

    ``path`` has its parameters in braces; ``query`` and ``text_query`` map optional query
    parameters, counts and texts, to their meaning; ``refusals`` are the HTTP statuses of the
    problem documents it may answer with.  ``raw_request`` names the media types of a body that is
    no JSON.
    """

    name: str
    method: str
    path: str
    auth: Auth
    summary: str
    response: type[BaseModel] | None
    request: type[BaseModel] | None = None
    status: int = 200
    query: tuple[tuple[str, str], ...] = ()
    text_query: tuple[tuple[str, str], ...] = ()
    refusals: tuple[int, ...] = ()
    raw_request: tuple[str, ...] = ()


@dataclass(frozen=True)
class Socket:
    """One WebSocket; ``incoming`` and ``outgoing`` name the frame unions."""

    name: str
    path: str
    auth: Auth
    summary: str
