"""Frequent places at the pages of an application: what is not asked, and not shown."""

from typing import Any

from net119_reference.service.registration.applicants import Applicants
from net119_reference.web.pages import mailed_form, shown
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


@mutant(
    "address-on-the-map-of-the-place",
    kills={"PAGE-FREQUENT-PLACE": "the map of the place is another one than that of the address"},
)
def address_on_the_map(patch: Patch) -> None:
    """The map of a frequent place shows the position of the address."""

    def point(original: Any, application: Any, place: str) -> Any:
        found = original(application, place)
        return found and original(application, "")

    patch.around(mailed_form, "_point", point)


@mutant(
    "address-kept-for-the-place",
    kills={"PAGE-FREQUENT-PLACE": "the record holds the place with its position"},
)
def address_kept(patch: Patch) -> None:
    """A place with a position is given that of the registered address when it is handed in."""

    def apply(original: Any, desk: Any, tx: Any, link: Any, profile: Any, draft: Any) -> Any:
        data, home = draft.data, draft.data.address
        if data.optional is not None:
            places = tuple(
                each
                if each.lat is None
                else each.model_copy(update={"lat": home.lat, "lon": home.lon})
                for each in data.optional.frequent_places
            )
            optional = data.optional.model_copy(update={"frequent_places": places})
            data = data.model_copy(update={"optional": optional})
        return original(desk, tx, link, profile, draft.model_copy(update={"data": data}))

    patch.around(Applicants, "_apply", apply)


@mutant(
    "every-place-called-confirmed",
    kills={"PAGE-FREQUENT-PLACE": "a place without a position is not taken as confirmed"},
)
def called_confirmed(patch: Patch) -> None:
    """The confirmation calls the position of every place confirmed, whether there is one or not."""
    patch(shown, "_NO_POSITION", shown._CONFIRMED)


@mutant(
    "place-gets-the-position-of-the-address",
    kills={"PAGE-FREQUENT-PLACE": "the record holds no position of the place without one"},
)
def position_of_the_address(patch: Patch) -> None:
    """A place without a position is given that of the registered address when it is handed in."""

    def apply(original: Any, desk: Any, tx: Any, link: Any, profile: Any, draft: Any) -> Any:
        data, home = draft.data, draft.data.address
        if data.optional is not None:
            places = tuple(
                each.model_copy(update={"lat": home.lat, "lon": home.lon})
                for each in data.optional.frequent_places
            )
            optional = data.optional.model_copy(update={"frequent_places": places})
            data = data.model_copy(update={"optional": optional})
        return original(desk, tx, link, profile, draft.model_copy(update={"data": data}))

    patch.around(Applicants, "_apply", apply)
