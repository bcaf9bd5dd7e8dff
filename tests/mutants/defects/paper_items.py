"""What the paper form asks besides."""

from typing import Any

from net119_protocol.application import Application
from net119_reference.service import views
from net119_reference.service.registration import paper

from tests.mutants.registry import Patch, mutant


def _entered(patch: Patch, change: Any) -> None:
    """Forms are kept with their data changed by a function."""

    async def key_in(
        original: Any, desk: Any, who: Any, application: Application, details: Any
    ) -> Any:
        data = change(application.data)
        return await original(desk, who, application.model_copy(update={"data": data}), details)

    patch.around(paper.PaperDesk, "key_in", key_in)


def _optional(data: Any, change: Any) -> Any:
    """The data with what a function of the optional part says changed in it."""
    told = data.optional
    return data if told is None else data.model_copy(update={"optional": _with(told, change(told))})


def _with(part: Any, changes: dict[str, Any]) -> Any:
    return part.model_copy(update=changes)


@mutant(
    "no-taken-for-unsaid",
    kills={"PAPER-SCENE": "that the person does not write is in the record"},
)
def no_taken_for_unsaid(patch: Patch) -> None:
    """Answers are kept where they are true; a "no" is taken for no answer."""
    names = ("hearing_person_at_home", "sign_language", "writing")

    def truthy(data: Any) -> Any:
        return _optional(data, lambda told: {name: getattr(told, name) or None for name in names})

    _entered(patch, truthy)


@mutant(
    "guardian-not-kept",
    kills={"PAPER-SCENE": "the guardian on the form for other is in the record"},
)
def guardian_not_kept(patch: Patch) -> None:
    """The guardian is asked for, and then not kept."""

    def details_of(original: Any, application: Application) -> Any:
        return original(application.model_copy(update={"guardian": None}))

    patch.around(paper, "details_of", details_of)


@mutant(
    "contacts-by-name",
    kills={"PAPER-CONTACTS-PLACES": "the pair of contacts, in its order, is in the record"},
)
def contacts_by_name(patch: Patch) -> None:
    """Emergency contacts are kept in the order of their kana, and lose their rank."""

    def by_kana(data: Any) -> Any:
        return _optional(
            data,
            lambda told: {"contacts": tuple(sorted(told.contacts, key=lambda each: each.kana))},
        )

    _entered(patch, by_kana)


@mutant(
    "places-of-two",
    kills={
        "PAPER-CONTACTS-PLACES": "the list of three places, in its order, is shown with the call"
    },
)
def places_of_two(patch: Patch) -> None:
    """The console has room for two places."""

    def two(data: Any) -> Any:
        return _optional(data, lambda told: {"frequent_places": told.frequent_places[:2]})

    _shown(patch, two)


@mutant("console-without-rh", kills={"PAPER-MEDICAL": "the Rh type is shown with the call"})
def console_without_rh(patch: Patch) -> None:
    """The console shows the blood type without Rh."""

    def without(data: Any) -> Any:
        return _optional(
            data, lambda told: {"medical": told.medical and _with(told.medical, {"rh": None})}
        )

    _shown(patch, without)


def _shown(patch: Patch, change: Any) -> None:
    """Consoles get the registrant's data changed by a function."""

    def for_console(original: Any, *arguments: Any) -> Any:
        call = original(*arguments)
        return call.model_copy(update={"registrant": change(call.registrant)})

    patch.around(views, "for_console", for_console)
