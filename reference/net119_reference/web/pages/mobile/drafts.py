"""A call that is being prepared: all that is chosen so far stands in the path of its pages.

Reloading and going back lose nothing, and the number in the path makes a call that is sent twice
one call.
"""

import re
import secrets
from dataclasses import dataclass

from net119_protocol.codes import Kind, PlaceChoice, Refusal
from starlette.requests import Request

from net119_reference.ports import Refused

_KEY = re.compile(r"[rp]-[A-Za-z0-9_-]{11}")
_NOTHING = "there is nothing at this path"


def new_key(*, practice: bool) -> str:
    """The number of a new draft; its first letter tells a practice call (p) from a real one (r)."""
    return f"{'p' if practice else 'r'}-{secrets.token_urlsafe(8)}"


@dataclass(frozen=True)
class Draft:
    """What is chosen so far."""

    key: str
    kind: Kind

    @property
    def practice(self) -> bool:
        """Whether it is a practice call (CTS-11)."""
        return self.key.startswith("p")

    @property
    def path(self) -> str:
        """Where its pages are, below the session's."""
        return f"/n/{self.key}/{self.kind.value}"


def draft_of(request: Request) -> Draft:
    """The draft in the path.

    Raises:
        Refused: (``not-found``) no draft of ours looks like this.
    """
    key, kind = request.path_params["key"], request.path_params["kind"]
    if not _KEY.fullmatch(key) or kind not in {each.value for each in Kind}:
        raise Refused(Refusal.NOT_FOUND, _NOTHING)
    return Draft(key, Kind(kind))


def place_of(request: Request) -> PlaceChoice:
    """The choice of place in the path.

    Raises:
        Refused: (``not-found``) there is no such choice.
    """
    place = request.path_params["place"]
    if place not in {each.value for each in PlaceChoice}:
        raise Refused(Refusal.NOT_FOUND, _NOTHING)
    return PlaceChoice(place)
