"""The register of home alarms and people's rights: inquiries, returns, opinions."""

from datetime import timedelta
from typing import Any

from fastapi.responses import JSONResponse
from net119_reference.alarms import ledger
from net119_reference.service.alarms import register, register_reading
from net119_reference.service.alarms.book import Book
from net119_reference.service.alarms.core import AlarmCore
from net119_reference.service.alarms.office import RegisterOffice
from net119_reference.service.alarms.register import Register
from net119_reference.service.alarms.register_reading import RegisterReading
from net119_reference.service.registration.reading import Reading as RegistrationReading

from tests.mutants.registry import Patch, mutant

READ = "reading a ledger stands in the audit log"


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
    "changes-outlive-the-unit",
    kills={"REGISTER-RETURN": "nobody is to be told any more of changes that were heard of"},
)
def changes_outlive_the_unit(patch: Patch) -> None:
    """The ward office goes on to be waited for, with changes of somebody who has left."""

    def unit_returned(original: Any, of: Any, *given: Any) -> Any:
        bare = tuple(each.model_copy(update={"what": ""}) for each in of.heard)
        return original(of, *given).model_copy(update={"heard": bare})

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


@mutant(
    "inquiries-tell-nothing",
    kills={"REGISTER-RIGHTS": "the inquiry is answered with the activity"},
)
def inquiries_tell_nothing(patch: Patch) -> None:
    """Who asks about activity is answered that there was none."""

    async def inquiry(original: Any, *given: Any) -> Any:
        nothing: dict[str, Any] = {"activities": (), "exercises": ()}
        return (await original(*given)).model_copy(update=nothing)

    patch.around(RegisterReading, "inquiry", inquiry)


@mutant(
    "returns-without-survey",
    kills={"REGISTER-RETURN": "what the survey showed stays with the return"},
)
def returns_without_survey(patch: Patch) -> None:
    """Of a return nothing is kept, not even what the survey for it showed."""

    def give_back(
        original: Any, of: Any, number: int, household: str, on: Any, survey: str = ""
    ) -> Any:
        gone = of.user is None
        return original(of, number, household, on, "" if gone else survey)

    patch.around(ledger, "give_back", give_back)


@mutant("opinions-in-japans-hours", kills={"REGISTER-OPINION": "it says when it was sent"})
def opinions_in_japans_hours(patch: Patch) -> None:
    """The time of sending is Japan's, written as if it were UTC."""

    def opinion(original: Any, **of: Any) -> Any:
        return original(**{**of, "sent_at": of["sent_at"] + timedelta(hours=9)})

    patch.around(register, "Opinion", opinion)


@mutant(
    "opinions-to-anybody",
    kills={"REGISTER-OPINION": "an opinion to an unknown ward office is refused"},
)
def opinions_to_anybody(patch: Patch) -> None:
    """Whether there is the ward office that an opinion is for, nobody looks."""
    patch(Register, "_office", lambda *_: None)


@mutant(
    "inquiries-tell-all",
    kills={"REGISTER-RIGHTS": "what nobody was sent for is not told"},
)
def inquiries_tell_all(patch: Patch) -> None:
    """Who asks about activity is told of every press of the button, tests among them."""

    async def inquiry(original: Any, reading: Any, who: Any, registration: int, body: Any) -> Any:
        answer = await original(reading, who, registration, body)
        own = [e for e in reading._book.everything() if e.registration == registration]
        told = tuple(register_reading._activity(each) for each in own)
        return answer.model_copy(update={"exercises": told})

    patch.around(RegisterReading, "inquiry", inquiry)


@mutant(
    "exercises-are-activity",
    kills={"REGISTER-RIGHTS": "an exercise is not told as real activity"},
)
def exercises_are_activity(patch: Patch) -> None:
    """Drills and tests stand among what was real."""

    async def inquiry(original: Any, *given: Any) -> Any:
        answer = await original(*given)
        whole = (*answer.activities, *answer.exercises)
        return answer.model_copy(update={"activities": whole, "exercises": ()})

    patch.around(RegisterReading, "inquiry", inquiry)


def _unaudited(patch: Patch, owner: Any, name: str, action: str) -> None:
    """Leave one kind of access out of the audit log."""

    def audit(
        original: Any, this: Any, tx: Any, who: Any, found: str, *rest: Any, **of: Any
    ) -> Any:
        return None if found == action else original(this, tx, who, found, *rest, **of)

    patch.around(owner, name, audit)


@mutant(
    "desk-looks-unaudited",
    kills={"REGISTER-RIGHTS": "a dispatcher's look at an incident stands in the audit log"},
)
def desk_looks_unaudited(patch: Patch) -> None:
    """What dispatchers do is audited, and what they only look at is not."""
    _unaudited(patch, AlarmCore, "audit", "alarm-read")


@mutant(
    "desk-lists-unaudited",
    kills={"REGISTER-RIGHTS": "a dispatcher's look at the list stands in the audit log"},
)
def desk_lists_unaudited(patch: Patch) -> None:
    """The list of incidents is taken to name nobody."""
    patch(AlarmCore, "audit_look", lambda *_: None)


@mutant(
    "ledger-lists-unaudited",
    kills={"REGISTER-RIGHTS": "the city section's list stands in the audit log"},
)
def ledger_lists_unaudited(patch: Patch) -> None:
    """The city section's list of all users is no access."""
    _unaudited(patch, RegisterOffice, "_audit", "ledgers-listed")


@mutant(
    "opinions-unaudited",
    kills={"REGISTER-RIGHTS": "reading opinions stands in the audit log"},
)
def opinions_unaudited(patch: Patch) -> None:
    """Opinions are of people who are no users yet: reading them is no access."""
    _unaudited(patch, RegisterOffice, "_audit", "opinions-read")


@mutant(
    "audit-unaudited",
    kills={"REGISTER-RIGHTS": "reading the audit log stands in it"},
)
def audit_unaudited(patch: Patch) -> None:
    """Who reads the audit log leaves no line in it."""

    async def audited(original: Any, reading: Any, who: Any, action: str, *rest: Any) -> None:
        if action != "audited":
            await original(reading, who, action, *rest)

    patch.around(RegistrationReading, "_audited", audited)
