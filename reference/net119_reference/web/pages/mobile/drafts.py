"""A call that is being prepared: all that is chosen so far stands in the path of its pages.

Reloading and going back lose nothing, and number and kind in the path make a call that is sent
twice one call.
"""

import hashlib
import re
import secrets
from dataclasses import dataclass

from net119_protocol.api.handset import FrequentChoice
from net119_protocol.codes import Kind, PlaceChoice, Refusal
from net119_protocol.labels import Label
from net119_protocol.person import FrequentPlace
from starlette.requests import Request

from net119_reference.ports import Refused
from net119_reference.registration.ports import CallPlaces

_KEY = re.compile(r"[rp]-[A-Za-z0-9_-]{11}")
_FREQUENT = re.compile(r"frequent-([0-9]{1,3})-[0-9a-f]{12}")
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

    def client_call_id(self, place: "StatedPlace") -> str:
        """Name of the call for the service; another kind, or place, is another call."""
        return f"{self.key}-{self.kind.value}-{place.word}"

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


@dataclass(frozen=True)
class StatedPlace:
    """Which place the caller says: where the phone is, home, or a frequent place (TOM-14)."""

    word: str
    """Its part of the path; nothing personal is in it."""
    choice: PlaceChoice = PlaceChoice.CURRENT
    name: Label | None = None
    """What it is called; ``None`` for where the phone is."""
    address: str = ""
    """Its registered address; empty for where the phone is."""
    frequent: FrequentChoice | None = None
    """The frequent place, as the service wants it named."""

    @property
    def kind(self) -> str:
        """``current``, ``home`` or ``frequent``."""
        return "frequent" if self.frequent else self.choice.value


CURRENT = StatedPlace(PlaceChoice.CURRENT.value)
"""Where the phone is."""


def frequent_places(places: CallPlaces) -> tuple[StatedPlace, ...]:
    """Those frequent places that a call can be about: with a position confirmed on the map."""
    return tuple(
        StatedPlace(
            f"frequent-{number}-{_digest(each)}",
            name=Label(each.label, each.label),
            address=each.address,
            frequent=FrequentChoice(number=number, label=each.label),
        )
        for number, each in enumerate(places.frequent)
        if each.lat is not None
    )


def _digest(place: FrequentPlace) -> str:
    """Tells the place from what may stand at its number later, when the list was changed."""
    told = "\n".join((place.label, place.address, repr(place.lat), repr(place.lon)))
    return hashlib.sha256(told.encode()).hexdigest()[:12]


def place_of(request: Request, places: CallPlaces) -> StatedPlace:
    """The choice of place in the path.

    Raises:
        Refused: (``not-found``) there is no such choice; (``invalid``) the frequent place is not
            registered any more as the caller saw it.
    """
    word = request.path_params["place"]
    if word == CURRENT.word:
        return CURRENT
    if word == PlaceChoice.HOME.value:
        return StatedPlace(word, PlaceChoice.HOME, Label("自宅", "Home"), places.home.one_line())
    if not _FREQUENT.fullmatch(word):
        raise Refused(Refusal.NOT_FOUND, _NOTHING)
    found = next((each for each in frequent_places(places) if each.word == word), None)
    if found is None:
        raise Refused(
            Refusal.INVALID,
            "this frequent place has been changed or removed; choose the place again",
            field="place",
        )
    return found
