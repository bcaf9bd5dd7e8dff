"""Who may call."""

from dataclasses import replace
from typing import Any

from net119_protocol.api.staff import RegistrationState
from net119_protocol.codes import Refusal
from net119_reference.ports import HandsetIdentity, Refused
from net119_reference.service import registry
from net119_reference.service.handsets import HandsetDesk
from net119_reference.service.registry import Registry
from net119_reference.web import routes

from tests.mutants.registry import Patch, mutant


@mutant("any-password", kills={"ADMIT-REGISTERED-ONLY": "a wrong password is refused"})
def any_password(patch: Patch) -> None:
    """A known ID is enough to log in."""
    patch(registry, "_password_fits", lambda _password, _stored: True)


NO_SESSION = ""


def _newest(known: Registry, token: str) -> HandsetIdentity:
    """Somebody under whose name a call without a session can be kept."""
    *_, someone = known._registrants.values()
    return HandsetIdentity(someone.registrant_id, someone.department, registry.token_hash(token))


def _let_in_without_session(patch: Patch) -> None:
    def bearer_token(original: Any, headers: Any) -> str:
        token: str = original(headers) if "authorization" in headers else NO_SESSION
        return token

    def handset(original: Any, known: Registry, token: str) -> Any:
        return _newest(known, token) if token == NO_SESSION else original(known, token)

    patch.around(routes, "bearer_token", bearer_token)
    patch.around(Registry, "handset", handset)


@mutant(
    "session-not-needed",
    kills={"ADMIT-REGISTERED-ONLY": "a call without a log-in is refused"},
)
def session_not_needed(patch: Patch) -> None:
    """A call that names no session is taken, and kept under the newest registrant's name."""
    _let_in_without_session(patch)


@mutant(
    "any-session",
    kills={"ADMIT-REGISTERED-ONLY": "a call with an invented session is refused"},
)
def any_session(patch: Patch) -> None:
    """A session must be named, and an unknown one counts as the newest registrant's."""

    def handset(original: Any, known: Registry, token: str) -> Any:
        if registry.token_hash(token) in known._tokens:
            return original(known, token)
        return _newest(known, token)

    patch.around(Registry, "handset", handset)


@mutant(
    "stranger-refused-too-late",
    kills={"ADMIT-REGISTERED-ONLY": "no refused call is at the center"},
)
def stranger_refused_too_late(patch: Patch) -> None:
    """A call without a session is refused once it has been placed, and rings on."""
    _let_in_without_session(patch)

    async def place_call(original: Any, desk: Any, who: HandsetIdentity, *what: Any) -> Any:
        placed = await original(desk, who, *what)
        if who.token_hash == registry.token_hash(NO_SESSION):
            raise Refused(Refusal.NOT_AUTHENTICATED, "log in first")
        return placed

    patch.around(HandsetDesk, "place_call", place_call)


@mutant(
    "suspension-without-effect",
    kills={"ADMIT-SUSPENDED": "the suspended registrant's call is refused"},
)
def suspension_without_effect(patch: Patch) -> None:
    """A suspension is stored and shown, and calls are taken as before."""

    def registrant(original: Any, *arguments: Any) -> Any:
        found = original(*arguments)
        if found.state is RegistrationState.SUSPENDED:
            return replace(found, state=RegistrationState.APPROVED)
        return found

    patch.around(Registry, "registrant", registrant)


@mutant(
    "suspended-refused-too-late",
    kills={"ADMIT-SUSPENDED": "no refused call is at the center"},
)
def suspended_refused_too_late(patch: Patch) -> None:
    """A suspended registrant is told that the call is not taken, once it has been placed."""
    found_as_they_are = Registry.registrant

    def registrant(original: Any, *arguments: Any) -> Any:
        return replace(original(*arguments), state=RegistrationState.APPROVED)

    async def place_call(original: Any, desk: Any, who: HandsetIdentity, *what: Any) -> Any:
        placed = await original(desk, who, *what)
        found = found_as_they_are(desk._registry, who.registrant_id)
        if found.state is RegistrationState.SUSPENDED:
            raise Refused(Refusal.REGISTRANT_SUSPENDED, found.reason)
        return placed

    patch.around(Registry, "registrant", registrant)
    patch.around(HandsetDesk, "place_call", place_call)
