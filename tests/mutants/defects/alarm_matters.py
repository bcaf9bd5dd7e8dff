"""Home alarms that are no disaster: matters of the fire service, consultations, the name."""

import json
from dataclasses import replace
from typing import Any

from net119_protocol.alarms.codes import AlarmOutcome, Finding, SignalKind
from net119_reference.alarms import ending, machine, pressed
from net119_reference.web.pages.console import alarm_words
from net119_reference.web.pages.rendering import Pages
from starlette.responses import HTMLResponse

from tests.mutants.registry import Patch, mutant

SMOKE = "ALARM-HAIL"


@mutant(
    "a-look-is-a-disaster",
    kills={"ALARM-MATTER": "somebody is sent to look, and no disaster is dispatched"},
    smoke=SMOKE,
)
def a_look_is_a_disaster(patch: Patch) -> None:
    """Crews that only look are recorded as sent to a disaster."""

    def order(original: Any, decision: Any, now: Any, **_: Any) -> Any:
        return original(decision, now)

    patch.around(machine, "_order", order)


@mutant(
    "reasons-are-optional", kills={"ALARM-MATTER": "without a reason it is refused"}, smoke=SMOKE
)
def reasons_are_optional(patch: Patch) -> None:
    """Nobody has to say why no crew is sent to a disaster."""

    def decide(original: Any, incident: Any, decision: Any, *rest: Any) -> Any:
        return original(incident, replace(decision, reason=decision.reason or "-"), *rest)

    patch.around(machine, "decide", decide)


@mutant(
    "deciding-is-enough",
    kills={"ALARM-MATTER": "what was only decided does not end without a reason of its own"},
    smoke=SMOKE,
)
def deciding_is_enough(patch: Patch) -> None:
    """What somebody was to look into ends, though nobody looked or was told."""
    patch(ending, "undone", lambda _incident: "")


def _talk_runs_on(patch: Patch, found: Finding) -> None:
    """The time for an answer that says something is not stopped by this finding."""

    def decide(original: Any, incident: Any, decision: Any, *rest: Any) -> Any:
        decided = original(incident, decision, *rest)
        if decision.finding is not found:
            return decided
        return decided.model_copy(update={"hail_due": incident.hail_due})

    def tick(original: Any, incident: Any, helpers: Any, now: Any, timers: Any) -> Any:
        due = incident.hail_due
        if incident.finding is found and due is not None and now >= due:
            unclear = machine.Decision(Finding.UNCLEAR)
            return machine._dispatch(incident, unclear, helpers, now, timers)
        return original(incident, helpers, now, timers)

    patch.around(machine, "decide", decide)
    patch.around(machine, "tick", tick)


@mutant(
    "matters-become-unclear",
    kills={
        "ALARM-MATTER": "what was decided to be no disaster is not dispatched later as unclear",
    },
    smoke=SMOKE,
)
def matters_become_unclear(patch: Patch) -> None:
    """What is decided to be a matter for the fire service goes out as unclear after a while."""
    _talk_runs_on(patch, Finding.FIRE_SERVICE)


@mutant(
    "other-matters-become-unclear",
    kills={
        "ALARM-MATTER": "what was decided to be somebody else's matter is not dispatched later "
        "either",
    },
    smoke=SMOKE,
)
def other_matters_become_unclear(patch: Patch) -> None:
    """What is decided to be somebody else's matter goes out as unclear after a while."""
    _talk_runs_on(patch, Finding.OTHER)


def _ends_as(patch: Patch, truly: AlarmOutcome, told: AlarmOutcome) -> None:
    def outcome(original: Any, incident: Any) -> AlarmOutcome:
        found: AlarmOutcome = original(incident)
        return told if found is truly else found

    patch.around(ending, "outcome", outcome)


@mutant(
    "nothing-is-a-look",
    kills={"ALARM-MATTER": "where nothing was done it ends as no action, with the reason"},
    smoke=SMOKE,
)
def nothing_is_a_look(patch: Patch) -> None:
    """What nobody looked into is recorded as looked into."""
    _ends_as(patch, AlarmOutcome.NO_ACTION, AlarmOutcome.INVESTIGATED)


@mutant(
    "telling-is-a-look",
    kills={"ALARM-MATTER": "where a section is told it ends as passed on"},
    smoke=SMOKE,
)
def telling_is_a_look(patch: Patch) -> None:
    """What a section was told of is recorded as looked into."""
    _ends_as(patch, AlarmOutcome.PASSED_ON, AlarmOutcome.INVESTIGATED)


@mutant(
    "ends-are-final",
    kills={"ALARM-MATTER": "with nobody reached it was not passed on, and stays at the desk"},
    smoke=SMOKE,
)
def ends_are_final(patch: Patch) -> None:
    """How it ended stays as it was shown then, though nobody could be told."""
    patch(ending, "told_after", lambda _before, after: after)


@mutant(
    "consultations-swallow-alarms",
    kills={"ALARM-CONSULTATION": "an alarm meanwhile is one of its own, and is hailed"},
    smoke=SMOKE,
)
def consultations_swallow_alarms(patch: Patch) -> None:
    """An alarm during a consultation is taken for a part of it."""
    patch(
        pressed,
        "belongs",
        lambda incident, _kind, mode, *_: incident.open and incident.mode is mode,
    )


@mutant("no-nickname", kills={"ALARM-NAME": "the page names the service"}, smoke=SMOKE)
def no_nickname(patch: Patch) -> None:
    """The alarm desk's page calls the service by its official name only."""

    def page(original: Any, pages: Pages, *given: Any, **named: Any) -> HTMLResponse:
        made: HTMLResponse = original(pages, *given, **named)
        text = bytes(made.body).decode()
        # In the page itself, and as its scripts get their words.
        for known in ("あんしんネット119", json.dumps("あんしんネット119")[1:-1]):
            text = text.replace(known, "緊急通報システム")
        made.body = made.render(text)
        made.headers["content-length"] = str(len(made.body))
        return made

    patch.around(Pages, "page", page)


@mutant("reasons-are-lost", kills={"ALARM-MATTER": "the reason stays on record"}, smoke=SMOKE)
def reasons_are_lost(patch: Patch) -> None:
    """Once it has ended, nothing tells why nobody was sent to a disaster."""

    def close(original: Any, *given: Any) -> Any:
        return original(*given).model_copy(update={"reason": ""})

    patch.around(machine, "close", close)


@mutant(
    "consultations-are-alarms",
    kills={"ALARM-CONSULTATION": "it is taken as a consultation"},
    smoke=SMOKE,
)
def consultations_are_alarms(patch: Patch) -> None:
    """The consultation button is taken for the alarm button."""
    begins = {**machine.BEGINS, SignalKind.CONSULTATION: machine.BEGINS[SignalKind.ALARM]}
    patch(machine, "BEGINS", begins)


@mutant("desk-is-not-told", kills={"ALARM-NAME": "the alarm stands on the page"}, smoke=SMOKE)
def desk_is_not_told(patch: Patch) -> None:
    """The console shows calls only: home alarms are for programs that ask."""
    patch(alarm_words, "for_script", lambda _lang: None)
