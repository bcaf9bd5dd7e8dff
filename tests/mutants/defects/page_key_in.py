"""Keying in at the staff pages."""

from collections.abc import Mapping
from typing import Any

from net119_reference.web.pages.staff import key_in

from tests.mutants.registry import Patch, mutant


def _filled_up(patch: Patch, name: str, text: str) -> None:
    """What was left out on the form is taken for something that nobody wrote."""

    def read(original: Any, fields: Mapping[str, str], *arguments: Any, **options: Any) -> Any:
        told = fields.get(name, "").strip() or text
        return original({**fields, name: told}, *arguments, **options)

    patch.around(key_in, "read", read)


@mutant(
    "key-in-takes-the-sex-for-unstated",
    kills={
        "PAGE-KEY-IN-REQUIRED": (
            "a form without the sex is refused, with the reason beside the field"
        )
    },
)
def sex_unstated(patch: Patch) -> None:
    """Who left the sex out is registered as not wanting to state it."""
    _filled_up(patch, "data.sex", "unstated")


@mutant(
    "key-in-invents-a-birth-date",
    kills={"PAGE-KEY-IN-REQUIRED": "none of these forms is in the department's list"},
)
def invents_a_birth_date(patch: Patch) -> None:
    """Without a date of birth that of a form's first year is taken."""
    _filled_up(patch, "data.birth_date", "1950-01-01")


@mutant(
    "key-in-invents-a-mail-address",
    kills={
        "PAGE-KEY-IN-REQUIRED": (
            "a form without a mail address is refused, with the reason beside the field"
        ),
        "PAGE-KEY-IN-NO-MAIL": (
            "a form without a mail address is refused, with the reason beside the field"
        ),
    },
)
def invents_a_mail_address(patch: Patch) -> None:
    """Who has no mail is registered with the department's own address."""
    _filled_up(patch, "data.mail", "shobo@phone.example")
