"""What a department may do about a registrant."""

from dataclasses import replace
from typing import Any

from net119_protocol.api.staff import RegistrationState
from net119_reference.registration.states import REGISTERED, Act
from net119_reference.service import handsets
from net119_reference.service.registration import account, office
from net119_reference.service.registration.reading import Reading
from net119_reference.service.registry import Registry

from tests.mutants.registry import Patch, mutant


@mutant(
    "suspension-never-lifted", kills={"RESTRICT-SUSPENDED": "once it is lifted, the call is taken"}
)
def suspension_never_lifted(patch: Patch) -> None:
    """Lifting a suspension is put down in the history, and nothing else."""

    def after(original: Any, state: Any, act: Act, **named: Any) -> Any:
        found = original(state, act, **named)
        return state if act is Act.RESUME else found

    patch.around(office, "after", after)


@mutant(
    "suspended-in-silence",
    kills={"RESTRICT-SUSPENDED": "a mail tells the reason and whom to ask"},
)
def suspended_in_silence(patch: Patch) -> None:
    """A suspension is not mailed: the person meets it at the next call."""

    def mail(original: Any, *given: Any, **named: Any) -> Any:
        return None if given[4].kind == "suspended" else original(*given, **named)

    patch.around(office.Office, "mail", mail)


@mutant(
    "suspension-in-words-only",
    kills={"RESTRICT-SUSPENDED": "the suspended registrant's call is refused"},
)
def suspension_in_words_only(patch: Patch) -> None:
    """A suspension stops log-ins, not the calls of who is logged in."""

    def registrant(original: Any, registry: Registry, wanted: Any) -> Any:
        found = original(registry, wanted)
        if found.state is RegistrationState.SUSPENDED:
            return replace(found, state=RegistrationState.APPROVED)
        return found

    def place(original: Any, desk: Any, *given: Any) -> Any:
        patch.around(Registry, "registrant", registrant)
        return original(desk, *given)

    patch.around(handsets.HandsetDesk, "_place", place)


@mutant("struck-off-page-opens", kills={"RESTRICT-STRUCK-OFF": "the call page no longer opens"})
def struck_off_page_opens(patch: Patch) -> None:
    """The call page goes on to open after the registration has ended."""
    patch(Registry, "shut_out", lambda *_: None)
    patch(account, "REGISTERED", REGISTERED | {RegistrationState.CANCELLED})


@mutant("struck-off-urls-open", kills={"RESTRICT-STRUCK-OFF": "the mailed URL no longer opens"})
def struck_off_urls_open(patch: Patch) -> None:
    """URLs that were mailed before go on to open."""
    patch(office.Office, "revoke_links", lambda *_: None)


@mutant(
    "reason-only-echoed",
    kills={
        "RESTRICT-SUSPENDED": "the record keeps the suspension and its reason",
        "RESTRICT-STRUCK-OFF": "the record keeps what was done and why",
        "RECORD-CANCELLED": "the record shows the cancellation and its reason",
    },
)
def reason_only_echoed(patch: Patch) -> None:
    """The answer to a decision names its reason; who reads the record later finds none."""

    async def application(original: Any, desk: Reading, who: Any, wanted: Any, why: str) -> Any:
        found = await original(desk, who, wanted, why)
        return found if why in ("suspend", "cancel") else replace(found, reason="")

    patch.around(Reading, "application", application)
