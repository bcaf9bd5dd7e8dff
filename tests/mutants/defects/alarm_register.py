"""The register of home alarms: cards, helpers, order, rights, return."""

from datetime import date
from typing import Any

from fastapi.responses import JSONResponse
from net119_protocol.alarms.people import EntryKind, EntryState
from net119_reference.alarms import helpers, ledger, working_days
from net119_reference.service.alarms import register
from net119_reference.service.alarms.book import Book
from net119_reference.service.alarms.office import RegisterOffice
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
    kills={"REGISTER-HELPERS": "the card does not go back before the ward office agrees"},
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


@mutant("stations-make-lists", kills={"REGISTER-RIGHTS": "a station gets no list of users"})
def stations_make_lists(patch: Patch) -> None:
    """Every station counts as the city section."""
    patch(RegisterOffice, "_section", lambda *_: True)


@mutant("stations-see-all", kills={"REGISTER-RIGHTS": "another station does not get the ledger"})
def stations_see_all(patch: Patch) -> None:
    """A station reads any ledger whose number it knows."""
    patch(RegisterOffice, "_sees", lambda *_: True)


@mutant(
    "inquiry-names-the-person", kills={"REGISTER-RIGHTS": "the answer has no names and no words"}
)
def inquiry_names_the_person(patch: Patch) -> None:
    """Who asks about activity is answered with the person's name."""

    async def inquiry(original: Any, reading: Any, who: Any, registration: int, body: Any) -> Any:
        answer = await original(reading, who, registration, body)
        user = reading._book.ledgers[registration].user
        told = answer.model_dump(mode="json", by_alias=True, exclude_none=True)
        return JSONResponse({**told, "name": user.name})

    patch.around(RegisterReading, "inquiry", inquiry)


@mutant("reads-unaudited", kills={"REGISTER-RIGHTS": READ})
def reads_unaudited(patch: Patch) -> None:
    """Only changes of a ledger are audited."""

    def audit(
        original: Any, office: Any, tx: Any, who: Any, action: str, *rest: Any, **of: Any
    ) -> None:
        if action != "ledger-read":
            original(office, tx, who, action, *rest, **of)

    patch.around(RegisterOffice, "_audit", audit)


@mutant(
    "visits-outlive-the-unit",
    kills={"REGISTER-RETURN": "nothing of the person is left in the ledger"},
)
def visits_outlive_the_unit(patch: Patch) -> None:
    """What was noted on visits stays when the unit goes back."""

    def unit_returned(original: Any, of: Any, *given: Any) -> Any:
        return original(of, *given).model_copy(update={"visits": of.visits})

    patch.around(ledger, "unit_returned", unit_returned)


@mutant(
    "household-comes-back",
    kills={"REGISTER-RETURN": "the household number does not come back with the return"},
)
def household_comes_back(patch: Patch) -> None:
    """The number on the return is entered into the ledger that was emptied."""

    def give_back(original: Any, of: Any, number: int, household: str, *rest: Any) -> Any:
        after = original(of, number, household, *rest)
        return after.model_copy(update={"household": household or after.household})

    patch.around(ledger, "give_back", give_back)


@mutant(
    "inquiry-tells-the-illness",
    kills={"REGISTER-RIGHTS": "the answer has no names and no words"},
)
def inquiry_tells_the_illness(patch: Patch) -> None:
    """Who asks about activity is told what the person suffers from."""

    async def inquiry(original: Any, reading: Any, who: Any, registration: int, body: Any) -> Any:
        answer = await original(reading, who, registration, body)
        user = reading._book.ledgers[registration].user
        told = answer.model_dump(mode="json", by_alias=True, exclude_none=True)
        return JSONResponse({**told, "note": user.illnesses})

    patch.around(RegisterReading, "inquiry", inquiry)


@mutant(
    "opinion-unrecorded", kills={"REGISTER-OPINION": "the opinion stands on record as it was sent"}
)
def opinion_unrecorded(patch: Patch) -> None:
    """An opinion is answered as sent, and nothing is kept of it."""
    patch(Book, "add_opinion", lambda *_: None)


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


@mutant("inquiries-unaudited", kills={"REGISTER-RIGHTS": "the inquiry stands in the audit log"})
def inquiries_unaudited(patch: Patch) -> None:
    """What the ward office asked, and why, is not kept."""

    def audit(
        original: Any, office: Any, tx: Any, who: Any, action: str, *rest: Any, **of: Any
    ) -> None:
        if action != "inquiry-answered":
            original(office, tx, who, action, *rest, **of)

    patch.around(RegisterOffice, "_audit", audit)


@mutant(
    "unit-stays-theirs",
    kills={"REGISTER-RETURN": "the unit is nobody's at the alarm desk"},
)
def unit_stays_theirs(patch: Patch) -> None:
    """A unit that went back still counts as its former user's."""
    patch(register, "replace", lambda held, **_: held)


@mutant(
    "evacuation-record-for-ever",
    kills={
        "REGISTER-RETURN": "it does not count as somebody who cannot evacuate any more",
    },
)
def evacuation_record_for_ever(patch: Patch) -> None:
    """Who gave the unit back stays in the record of those who cannot evacuate."""

    def unit_returned(original: Any, *given: Any) -> Any:
        return original(*given).model_copy(update={"evacuation_record": True})

    patch.around(ledger, "unit_returned", unit_returned)


@mutant("opinions-of-all", kills={"REGISTER-OPINION": "another station does not see it"})
def opinions_of_all(patch: Patch) -> None:
    """A station reads what every other one has written about people."""

    async def opinions(original: Any, reading: Any, who: Any) -> Any:
        found = await original(reading, who)
        return found.model_copy(update={"opinions": tuple(reading._book.opinions.values())})

    patch.around(RegisterReading, "opinions", opinions)
