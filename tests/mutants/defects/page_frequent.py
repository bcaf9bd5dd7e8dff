"""Frequent places at the pages of an application: what is not asked, and not shown."""

from typing import Any

from net119_reference.web.pages.mailed_form import _FormPages

from tests.mutants.registry import Patch, mutant


@mutant(
    "map-of-the-address-only",
    kills={
        "PAGE-FREQUENT-PLACE": (
            "the confirmation shows the place, and its position on a map of its own"
        )
    },
)
def address_only(patch: Patch) -> None:
    """The confirmation draws the home address, and no frequent place."""

    def maps(original: Any, *given: Any) -> Any:
        return tuple(each for each in original(*given) if "place=" not in each[1])

    patch.around(_FormPages, "_maps", maps)
