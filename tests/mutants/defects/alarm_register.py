"""The register of home alarms: cards, helpers, order, rights, return."""

from datetime import date
from typing import Any

from net119_protocol.alarms.people import EntryKind, EntryState
from net119_reference.alarms import helpers, ledger, working_days
from net119_reference.service.alarms.register_reading import RegisterReading

from tests.mutants.registry import Patch, mutant

READ = "reading a ledger stands in the audit log"
_FRIDAY = 4


@mutant(
    "holidays-are-worked", kills={"REGISTER-DUE": "a card is due back on the fifth working day"}
)
def holidays_are_worked(patch: Patch) -> None:
    """Only weekends are no working days."""

    def is_working_day(day: date, _closed: Any = ()) -> bool:
        return day.weekday() <= _FRIDAY

    patch(working_days, "is_working_day", is_working_day)


@mutant(
    "overdue-on-the-day",
    kills={"REGISTER-DUE": "on the day itself it waits and is not overdue"},
)
def overdue_on_the_day(patch: Patch) -> None:
    """What is due today counts as overdue."""

    def overdue(of: Any, today: date) -> tuple[Any, ...]:
        return tuple(
            each
            for each in of.entries
            if each.state is not EntryState.RETURNED and each.due <= today
        )

    patch(ledger, "overdue", overdue)


@mutant("never-late", kills={"REGISTER-DUE": "what goes back late is recorded as late"})
def never_late(patch: Patch) -> None:
    """That a card went back late is not kept."""

    def give_back(original: Any, *given: Any, **named: Any) -> Any:
        after = original(*given, **named)
        entries = tuple(each.model_copy(update={"late": False}) for each in after.entries)
        return after.model_copy(update={"entries": entries})

    patch.around(ledger, "give_back", give_back)


@mutant(
    "helpers-unchecked",
    kills={
        "REGISTER-HELPERS": "one helper is too few",
        "REGISTER-MOVE": "helpers are checked again after a move",
    },
)
def helpers_unchecked(patch: Patch) -> None:
    """Nobody looks whether the helpers are enough."""
    patch(helpers, "problems", lambda _: ())


@mutant("helper-counts-twice", kills={"REGISTER-HELPERS": "the same person twice is one"})
def helper_counts_twice(patch: Patch) -> None:
    """Somebody who stands on the card twice counts as two."""
    patch(helpers, "_person", id)


@mutant("nobody-must-be-near", kills={"REGISTER-HELPERS": "nobody near is not enough"})
def nobody_must_be_near(patch: Patch) -> None:
    """Helpers may live as far as they like."""
    patch(helpers, "NEAR_MINUTES", 240)


@mutant(
    "given-back-unasked",
    kills={
        "REGISTER-HELPERS": "the card does not go back before the ward office agrees",
        "REGISTER-MOVE": "the move goes back only once the ward office has agreed",
    },
)
def given_back_unasked(patch: Patch) -> None:
    """A card goes back while the ward office is still being asked."""

    def give_back(original: Any, of: Any, *given: Any) -> Any:
        return original(of.model_copy(update={"entries": _received(of)}), *given)

    def _received(of: Any) -> tuple[Any, ...]:
        return tuple(
            each.model_copy(update={"state": EntryState.RECEIVED})
            if each.state is EntryState.CONSULTING
            else each
            for each in of.entries
        )

    patch.around(ledger, "give_back", give_back)


@mutant(
    "listed-as-entered",
    kills={"REGISTER-ORDER": "ledgers are listed in order of registration number"},
)
def listed_as_entered(patch: Patch) -> None:
    """Ledgers are listed in the order in which they were entered."""

    async def rows(original: Any, reading: Any, *given: Any) -> Any:
        found = await original(reading, *given)
        places = list(reading._book.ledgers)
        as_entered = sorted(found.ledgers, key=lambda each: places.index(each.registration))
        return found.model_copy(update={"ledgers": tuple(as_entered)})

    patch.around(RegisterReading, "rows", rows)


@mutant(
    "card-without-household",
    kills={"REGISTER-ORDER": "a card without household number does not go back"},
)
def card_without_household(patch: Patch) -> None:
    """A card goes back without a household number on it."""

    def give_back(original: Any, of: Any, number: int, household: str, *rest: Any) -> Any:
        return original(of, number, household or "0", *rest)

    patch.around(ledger, "give_back", give_back)


@mutant("changes-have-time", kills={"REGISTER-DUE": "a change is due on the fifth working day"})
def changes_have_time(patch: Patch) -> None:
    """Only new cards must go back in time; a change has twice as long."""

    def received(original: Any, of: Any, kind: Any, received_on: date, *rest: Any) -> Any:
        after = original(of, kind, received_on, *rest)
        if kind is not EntryKind.CHANGE:
            return after
        *others, last = after.entries
        later = working_days.working_days_after(last.due, working_days.ANSWER_DAYS)
        entries = (*others, last.model_copy(update={"due": later}))
        return after.model_copy(update={"entries": entries})

    patch.around(ledger, "_received", received)


@mutant("late-on-the-day", kills={"REGISTER-DUE": "what goes back on that day is not late"})
def late_on_the_day(patch: Patch) -> None:
    """What goes back on the day it is due is recorded as late."""

    def give_back(original: Any, of: Any, number: int, household: str, on: date, *rest: Any) -> Any:
        after = original(of, number, household, on, *rest)
        entries = tuple(
            each.model_copy(update={"late": on >= each.due}) if each.number == number else each
            for each in after.entries
        )
        return after.model_copy(update={"entries": entries})

    patch.around(ledger, "give_back", give_back)


@mutant(
    "nothing-is-overdue",
    kills={"REGISTER-DUE": "the day after, what did not go back is overdue"},
)
def nothing_is_overdue(patch: Patch) -> None:
    """Work that is past its day is shown like any other."""
    patch(ledger, "overdue", lambda *_: ())


@mutant(
    "five-minutes-are-far",
    kills={"REGISTER-HELPERS": "two helpers with one near are enough"},
)
def five_minutes_are_far(patch: Patch) -> None:
    """Only who is there in less than five minutes counts as near."""
    patch(helpers, "NEAR_MINUTES", 4)


@mutant(
    "answers-are-lost",
    kills={"REGISTER-HELPERS": "once it agrees the card goes back, and its answer stays"},
)
def answers_are_lost(patch: Patch) -> None:
    """What the ward office said of the helpers is not kept."""

    def consulted(original: Any, of: Any, number: int, now: Any, _: str, **told: Any) -> Any:
        return original(of, number, now, "", **told)

    patch.around(ledger, "consulted", consulted)


@mutant(
    "household-on-the-card-only",
    kills={
        "REGISTER-ORDER": "the household number stands on the card and in the ledger",
        "REGISTER-MOVE": "the new household number is noted",
    },
)
def household_on_the_card_only(patch: Patch) -> None:
    """The household number is written on the card, and the ledger stays without it."""

    def give_back(original: Any, of: Any, *given: Any) -> Any:
        return original(of, *given).model_copy(update={"household": of.household})

    patch.around(ledger, "give_back", give_back)
