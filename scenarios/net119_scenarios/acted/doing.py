"""Whether a step can be done by the one who is to do it."""

from collections.abc import Iterator, Sequence
from typing import get_args

from net119_scenarios.acted import deeds
from net119_scenarios.acted.cast import Caller, Handset
from net119_scenarios.acted.model import Scenario
from net119_scenarios.acted.source import Path, Problem, Source, near


def problems_of_doer(
    source: Source, here: Path, step: deeds.Step, scenario: Scenario
) -> Iterator[Problem]:
    """What is wrong with a step's actor; ``here`` is where the step stands."""
    if isinstance(step, deeds.OF_STAGE):
        if step.actor is not None:
            what = "nobody of the cast does this"
            yield source.problem((*here, "actor"), what, "Leave `actor` out", key=True)
        provider = getattr(step, "provider", None)
        if provider is not None and provider not in scenario.network.providers:
            close = near(provider, scenario.network.providers)
            yield source.problem((*here, "provider"), f"{provider!r} does not run", close)
        return
    if step.actor is None:
        yield source.problem(here, "'actor' is missing", "Say who does this")
        return
    actor = scenario.actors.get(step.actor)
    if actor is None:
        close = near(step.actor, scenario.actors)
        yield source.problem((*here, "actor"), f"there is no actor {step.actor!r}", close)
        return
    able: Sequence[type[deeds.Step]] = {
        "caller": deeds.OF_CALLER,
        "dispatcher": deeds.OF_DISPATCHER,
        "peer": deeds.OF_PEER,
    }[actor.role]
    kind: str = actor.role
    if isinstance(actor, Caller) and actor.handset is Handset.FEATURE_PHONE:
        able, kind = deeds.OF_FEATURE_PHONE, "caller with a feature phone"
    if not isinstance(step, tuple(able)):
        names = ", ".join(get_args(each.model_fields["do"].annotation)[0] for each in able)
        what = f"a {kind} cannot do this"
        yield source.problem((*here, "do"), what, f"A {kind} can: {names}")
    if isinstance(step, deeds.Lose) and step.how == "hand-over" and not getattr(actor, "radio", ""):
        what = "only a radio can do this"
        yield source.problem((*here, "how"), what, f"Give {step.actor} a `radio`")
