"""Handsets that cannot encrypt."""

import dataclasses
from typing import Any

from net119_protocol.codes import LinkSecurity
from net119_reference.calls.effects import Change
from net119_reference.config import Config
from net119_reference.service import handsets, placing
from net119_reference.service.jurisdiction import Jurisdiction

from tests.mutants.registry import Patch, mutant


@mutant(
    "plaintext-searched",
    kills={"PLAINTEXT-HOME": "the plaintext call is not offered to the peer"},
)
def plaintext_searched(patch: Patch) -> None:
    """A plaintext call is routed like any other."""

    def route(original: Any, jurisdiction: Any, facts: Any, *arguments: Any) -> Any:
        asked = dataclasses.replace(facts, link=LinkSecurity.ENCRYPTED)
        return original(jurisdiction, asked, *arguments)

    patch.around(Jurisdiction, "route", route)


@mutant("plaintext-unmarked", kills={"PLAINTEXT-HOME": "the console marks it as plaintext"})
def plaintext_unmarked(patch: Patch) -> None:
    """The mark is lost when the call is recorded, and no connection brings it back."""

    def new_call(original: Any, *arguments: Any, **named: Any) -> Any:
        return original(*arguments, **named).model_copy(update={"link": LinkSecurity.ENCRYPTED})

    patch.around(placing, "new_call", new_call)
    patch(handsets, "mark", lambda call, _link: Change(call))


@mutant("plaintext-for-all", kills={"PLAINTEXT-REFUSED": "the plaintext call is refused"})
def plaintext_for_all(patch: Patch) -> None:
    """What the department allows is not asked."""
    patch(Config, "plaintext_allowed", lambda _self, _profile: True)


@mutant(
    "all-is-plaintext",
    kills={
        "PLAINTEXT-REFUSED": "the console shows the encrypted call as encrypted",
        "MOBILE-PLAINTEXT-WARNING": "the console shows the encrypted call as encrypted",
    },
)
def all_is_plaintext(patch: Patch) -> None:
    """Every call is recorded as one over a plaintext link."""

    def new_call(original: Any, *arguments: Any, **named: Any) -> Any:
        return original(*arguments, **named).model_copy(update={"link": LinkSecurity.PLAINTEXT})

    patch.around(placing, "new_call", new_call)
