"""Optional data that the department may not read before a call."""

from typing import Any

from net119_reference.registration import visibility
from net119_reference.service import views
from net119_reference.service.registration import paper, reading

from tests.mutants.registry import Patch, mutant


@mutant(
    "optional-data-open",
    kills={"SEALED-UNTIL-CALL": "nothing optional shows to staff while the application waits"},
)
def optional_data_open(patch: Patch) -> None:
    """Whoever may review an application reads all of it."""
    patch(visibility, "optional_is_sealed", lambda *_, **__: False)


@mutant(
    "optional-block-alone-sealed",
    kills={"SEALED-UNTIL-CALL": "nothing optional shows to staff while the application waits"},
)
def optional_block_alone_sealed(patch: Patch) -> None:
    """Sealed is the block of optional data; optional items beside it are shown."""
    patch(visibility, "_IN_DATA", {})


@mutant(
    "sealed-data-overwritten",
    kills={"SEALED-KEPT-BY-STAFF": "what staff could not see is kept"},
)
def sealed_data_overwritten(patch: Patch) -> None:
    """What staff key in takes the place of all optional data, seen or not."""

    def merged(original: Any, entered: Any, before: Any, *given: Any, **named: Any) -> Any:
        kept = original(entered, before, *given, **named)
        return (
            kept
            if entered.optional is None
            else kept.model_copy(update={"optional": entered.optional})
        )

    patch.around(paper, "with_sealed", merged)


@mutant(
    "optional-data-searched",
    kills={"SEALED-UNTIL-CALL": "nothing optional shows to staff after the approval"},
)
def optional_data_searched(patch: Patch) -> None:
    """A search looks through everything of a registrant, and so tells what is sealed."""

    def matches(original: Any, found: Any, shown: Any, wanted: str) -> bool:
        return original(found, shown, wanted) or (
            found.approved_at is not None and wanted in found.data.model_dump_json()
        )

    patch.around(reading, "_matches", matches)


@mutant(
    "changes-not-sealed",
    kills={"SEALED-UNTIL-CALL": "nothing optional shows to staff while a change waits"},
)
def changes_not_sealed(patch: Patch) -> None:
    """What is registered is sealed; what a change would make of it is not."""
    proposals = []

    def application(original: Any, shown: Any, *given: Any, **named: Any) -> Any:
        proposals.append(shown)
        second = len(proposals) > 1 and proposals[-2].data.name != shown.data.name
        return shown if second else original(shown, *given, **named)

    patch.around(reading, "visible_application", application)


@mutant(
    "added-items-listed-openly",
    kills={"SEALED-UNTIL-CALL": "nothing optional shows to staff while a change waits"},
)
def added_items_listed(patch: Patch) -> None:
    """Record and proposal are sealed; the list of what changes compares what is behind them."""
    read = []

    def application(original: Any, behind: Any, *given: Any, **named: Any) -> Any:
        read.append(behind)
        return original(behind, *given, **named)

    patch.around(reading, "visible_application", application)
    patch.around(reading, "changes", lambda original, *_shown: original(*read[-2:]))


@mutant(
    "sealed-in-calls-too",
    kills={
        "SEALED-UNTIL-CALL": "the call has sent the optional data",
        "SEALED-UNTIL-ANSWER": "the optional data come with the answer, as they were registered",
        "RECEIVED-DATA": "the assigned department sees what the home department sent",
    },
)
def sealed_in_calls_too(patch: Patch) -> None:
    """The console, too, gets the sealed data only."""

    def for_console(original: Any, *arguments: Any) -> Any:
        call = original(*arguments)
        sealed = call.registrant.model_copy(update={"optional": None})
        return call.model_copy(update={"registrant": sealed})

    patch.around(views, "for_console", for_console)


@mutant(
    "optional-data-ring-along",
    kills={
        "SEALED-UNTIL-ANSWER": "while the call rings the optional data are with no console",
        "RECEIVED-DATA": "while the call rings the optional data are with no console",
    },
)
def ring_along(patch: Patch) -> None:
    """Every desk gets the optional data with the alarm; the page alone does not show them yet."""
    patch(views, "before_answer", lambda data: data)


@mutant(
    "sealed-from-who-keyed-it-in",
    kills={"SEALED-BUT-KEYED-IN": "the optional data are in the record"},
)
def sealed_from_who_keyed_it_in(patch: Patch) -> None:
    """Who keyed the data in is not asked for: they are sealed all the same."""

    def sealed(original: Any, profile: Any, **_: Any) -> bool:
        return bool(original(profile, keyed_in=False))

    patch.around(visibility, "optional_is_sealed", sealed)
