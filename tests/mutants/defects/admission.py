"""Who may call."""

from dataclasses import replace
from typing import Any

from net119_protocol.api.staff import RegistrationState
from net119_reference.service import registry

from tests.mutants.registry import Patch, mutant


@mutant("any-password", kills={"ADMIT-REGISTERED-ONLY": "a wrong password is refused"})
def any_password(patch: Patch) -> None:
    """A known ID is enough to log in."""
    patch(registry, "_password_fits", lambda _password, _stored: True)


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

    patch.around(registry.Registry, "registrant", registrant)
