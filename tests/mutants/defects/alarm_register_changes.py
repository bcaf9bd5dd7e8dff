"""The register of home alarms as it changes: moves, the ledger's way, changes heard of, visits."""

from typing import Any

from net119_protocol.alarms.people import EntryKind, EntryState, HeardBy, LedgerWay
from net119_reference.alarms import guidance, ledger, working_days

from tests.mutants.registry import Patch, mutant


@mutant(
    "old-household-kept", kills={"REGISTER-MOVE": "the old household number is gone with the move"}
)
def old_household_kept(patch: Patch) -> None:
    """After a move the old house's number goes on to stand in the ledger."""

    def change(original: Any, of: Any, *given: Any, **named: Any) -> Any:
        return original(of, *given, **named).model_copy(update={"household": of.household})

    patch.around(ledger, "change", change)


@mutant("moves-not-consulted", kills={"REGISTER-MOVE": "helpers are checked again after a move"})
def moves_not_consulted(patch: Patch) -> None:
    """Helpers are checked when a user is new, and never again."""
    patch(ledger, "_CHECKS_HELPERS", frozenset({EntryKind.NEW}))


@mutant(
    "survey-lost",
    kills={
        "REGISTER-MOVE": "what the survey showed stands with the change",
    },
)
def survey_lost(patch: Patch) -> None:
    """What a survey showed is not kept."""

    def give_back(original: Any, of: Any, number: int, household: str, on: Any, *_: Any) -> Any:
        return original(of, number, household, on)

    patch.around(ledger, "give_back", give_back)


@mutant(
    "past-the-section",
    kills={"REGISTER-WAY": "the station does not get the ledger before the city section"},
)
def past_the_section(patch: Patch) -> None:
    """A ledger may come to the station past the city section."""

    def at_station(original: Any, of: Any, on: Any, *rest: Any) -> Any:
        known = of.way or LedgerWay(section_on=on)
        return original(of.model_copy(update={"way": known}), on, *rest)

    patch.around(ledger, "ledger_at_station", at_station)


@mutant(
    "no-evacuation-record",
    kills={"REGISTER-WAY": "a user counts as somebody who cannot evacuate"},
)
def no_evacuation_record(patch: Patch) -> None:
    """New users are not in the record of those who cannot evacuate."""

    def enter(original: Any, *given: Any) -> Any:
        return original(*given).model_copy(update={"evacuation_record": False})

    patch.around(ledger, "enter", enter)


@mutant("heard-past-the-section", kills={"REGISTER-HEARD": "it goes through the city section"})
def heard_past_the_section(patch: Patch) -> None:
    """What the center hears may be passed on in any order."""
    patch(ledger, "SECTION", "nobody")


@mutant(
    "ward-office-untold",
    kills={"REGISTER-HEARD": "what a station hears on a visit is for the user and the ward office"},
)
def ward_office_untold(patch: Patch) -> None:
    """What a station hears is for the user to notify; the ward office is not told."""
    patch(ledger, "TO_TELL", {**ledger.TO_TELL, HeardBy.STATION: ("user",)})


@mutant(
    "guidance-some-time",
    kills={
        "REGISTER-GUIDANCE": "with the ledger first, guidance is due on the day of installation"
    },
)
def guidance_some_time(patch: Patch) -> None:
    """The first guidance has days of time, whether or not the ledger was there."""

    def with_guidance(original: Any, of: Any, closed: Any) -> Any:
        after = original(of, closed)
        if after.guidance_due is None:
            return after
        due = working_days.working_days_after(after.guidance_due, ledger.GUIDANCE_DAYS, closed)
        return after.model_copy(update={"guidance_due": due})

    patch.around(ledger, "_with_guidance", with_guidance)


@mutant("points-uncounted", kills={"REGISTER-GUIDANCE": "a point that was left out is named"})
def points_uncounted(patch: Patch) -> None:
    """Guidance counts as whole, whatever was spoken of."""
    patch(guidance, "_applies", lambda *_: False)


@mutant(
    "opinion-at-installation-lost",
    kills={"REGISTER-GUIDANCE": "attendance at the installation stands there with its opinion"},
)
def opinion_at_installation_lost(patch: Patch) -> None:
    """What was said at an installation is not kept."""

    def visit(original: Any, of: Any, made: Any, *rest: Any) -> Any:
        return original(of, made.model_copy(update={"opinion": ""}), *rest)

    patch.around(ledger, "visit", visit)


@mutant(
    "attendance-is-guidance",
    kills={"REGISTER-GUIDANCE": "attendance is no guidance: that still waits"},
)
def attendance_is_guidance(patch: Patch) -> None:
    """Any visit after the installation counts as the first guidance."""
    patch(guidance, "given", lambda of: bool(of.visits))


@mutant(
    "half-guidance-is-enough",
    kills={"REGISTER-GUIDANCE": "guidance with a point left out stays due"},
)
def half_guidance_is_enough(patch: Patch) -> None:
    """Any guidance counts as the first one, whatever was left out."""
    patch(guidance, "given", lambda of: any(each.kind == "guidance" for each in of.visits))


@mutant(
    "guidance-only-with-the-ledger-first",
    kills={"REGISTER-GUIDANCE": "with the ledger later, guidance is due promptly after it"},
)
def guidance_only_with_the_ledger_first(patch: Patch) -> None:
    """Where the unit was there before the ledger, nobody is reminded of the guidance."""

    def at_station(_original: Any, of: Any, on: Any, *_: Any) -> Any:
        way = of.way.model_copy(update={"station_on": on})
        return of.model_copy(update={"way": way})

    patch.around(ledger, "ledger_at_station", at_station)


@mutant(
    "bureau-untold",
    kills={"REGISTER-HEARD": "what the center hears is for city section, bureau and station"},
)
def bureau_untold(patch: Patch) -> None:
    """What the center hears stays with the city section."""
    patch(ledger, "TO_TELL", {**ledger.TO_TELL, HeardBy.CENTER: (ledger.SECTION,)})


@mutant(
    "changes-uncopied",
    kills={
        "REGISTER-WAY": "the change is copied into the station's ledger, which stays in that record"
    },
)
def changes_uncopied(patch: Patch) -> None:
    """A change is worked on and goes back, and the ledger stays as it was."""

    def change(original: Any, of: Any, *given: Any, **named: Any) -> Any:
        return original(of, *given, **named).model_copy(update={"user": of.user})

    patch.around(ledger, "change", change)


@mutant("every-move-waits", kills={"REGISTER-MOVE": "helpers who are enough let the move go on"})
def every_move_waits(patch: Patch) -> None:
    """After a move the ward office is asked, also where the helpers are enough."""

    def received(original: Any, of: Any, kind: EntryKind, *rest: Any) -> Any:
        after = original(of, kind, *rest)
        if kind is not EntryKind.MOVE:
            return after
        *others, last = after.entries
        waits = last.model_copy(update={"state": EntryState.CONSULTING})
        return after.model_copy(update={"entries": (*others, waits)})

    patch.around(ledger, "_received", received)


@mutant(
    "old-station-keeps-it",
    kills={"REGISTER-MOVE": "the station of the new address has the ledger"},
)
def old_station_keeps_it(patch: Patch) -> None:
    """After a move the station of the old address goes on to have the ledger."""

    def change(original: Any, *given: Any, **named: Any) -> Any:
        return original(*given, **{**named, "station": ""})

    patch.around(ledger, "change", change)


@mutant("days-of-the-way-lost", kills={"REGISTER-WAY": "the days of its way are kept"})
def days_of_the_way_lost(patch: Patch) -> None:
    """When the station got the ledger is not kept."""

    def at_station(original: Any, of: Any, *rest: Any) -> Any:
        return original(of, *rest).model_copy(update={"way": of.way})

    patch.around(ledger, "ledger_at_station", at_station)


@mutant(
    "last-one-waits-on",
    kills={"REGISTER-HEARD": "once all were told nobody waits any more"},
)
def last_one_waits_on(patch: Patch) -> None:
    """Whoever is told last of a change goes on to be waited for."""

    def passed_on(original: Any, of: Any, number: int, to: str) -> Any:
        after = original(of, number, to)
        kept = tuple(
            each.model_copy(update={"to_tell": each.to_tell or (to,)})
            if each.number == number
            else each
            for each in after.heard
        )
        return after.model_copy(update={"heard": kept})

    patch.around(ledger, "passed_on", passed_on)


@mutant(
    "telling-the-user-is-enough",
    kills={"REGISTER-HEARD": "the ward office waits until it was told, too"},
)
def telling_the_user_is_enough(patch: Patch) -> None:
    """Once the user knows, the ward office is not to be told any more."""

    def passed_on(original: Any, of: Any, number: int, to: str) -> Any:
        after = original(of, number, to)
        if to != "user":
            return after
        done = tuple(
            each.model_copy(update={"to_tell": ()}) if each.number == number else each
            for each in after.heard
        )
        return after.model_copy(update={"heard": done})

    patch.around(ledger, "passed_on", passed_on)


@mutant(
    "guidance-for-ever",
    kills={"REGISTER-GUIDANCE": "after guidance with every point nothing is missing or due"},
)
def guidance_for_ever(patch: Patch) -> None:
    """The first guidance stays due, whatever was spoken of."""
    patch(guidance, "given", lambda _: False)
