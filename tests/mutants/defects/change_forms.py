"""Notices of change and of the end of use."""

from dataclasses import replace
from typing import Any

from net119_reference.registration.states import Act
from net119_reference.service.registration import counter, paper, reading
from net119_reference.service.registration.office import Office

from tests.mutants.registry import Patch, mutant


def _form(patch: Patch, change: Any) -> None:
    """Change forms are entered as a function changes them."""

    async def key_in_change(original: Any, *given: Any) -> Any:
        *rest, form = given
        return await original(*rest, form and change(form))

    patch.around(paper.PaperDesk, "key_in_change", key_in_change)


@mutant(
    "identity-by-name-alone", kills={"FORM-CHANGE": "a form with another mail address is refused"}
)
def identity_by_name_alone(patch: Patch) -> None:
    """A change form is compared with the record by name and date of birth."""

    def wrong(original: Any, form: Any, known: Any, today: Any) -> Any:
        return original(replace(form, mail=known.mail), known, today)

    patch.around(paper, "_wrong_with", wrong)


@mutant(
    "carrier-is-no-change",
    kills={"FORM-CHANGE": "a form that says no more than a new device is taken"},
)
def carrier_is_no_change(patch: Patch) -> None:
    """What the form says of a new device is not entered; only items count as a change."""
    _form(patch, lambda form: replace(form, device_changed=False))


@mutant("number-not-searched", kills={"FORM-CHANGE": "the registration is found by its number"})
def number_not_searched(patch: Patch) -> None:
    """Numbers of forms are kept, and nothing is found by them."""

    def matches(original: Any, found: Any, shown: Any, wanted: str) -> Any:
        return original(replace(found, paper=None), shown, wanted)

    patch.around(reading, "_matches", matches)


@mutant("unsigned-withdrawal", kills={"FORM-WITHDRAWAL": "an unsigned form is refused"})
def unsigned_withdrawal(patch: Patch) -> None:
    """A withdrawal form is taken whether it is signed or not."""

    async def withdraw(original: Any, *given: Any) -> None:
        *rest, form = given
        await original(*rest, replace(form, signed=True))

    patch.around(counter.Counter, "withdraw", withdraw)


@mutant(
    "new-device-not-kept",
    kills={"NOTIFY-BY-URL": "once approved, the new device is in the record"},
)
def new_device_not_kept(patch: Patch) -> None:
    """Approving a change writes name and addresses, and forgets the device."""

    def act(original: Any, *given: Any, **changed: Any) -> Any:
        if Act.APPROVE_CHANGE in given:
            before = given[2].data
            changed["data"] = changed["data"].model_copy(update={"device": before.device})
        return original(*given, **changed)

    patch.around(Office, "act", act)
