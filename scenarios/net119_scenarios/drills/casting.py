"""Who takes part in a drill, as its record names them, before anybody plays a role."""

from collections.abc import Iterable

from net119_scenarios.acted.cast import Dispatcher, Peer
from net119_scenarios.acted.model import Scenario
from net119_scenarios.acted.names import Names
from net119_scenarios.drills.record import Aim, Both, CenterOf, Question, Taken
from net119_scenarios.words import Words


def both(words: Words) -> Both:
    """Words as the record keeps them."""
    return Both(ja=words.ja, en=words.en)


def role_of(scenario: Scenario, names: Names, actor: str) -> Taken:
    """An actor's role, simulated as the scenario says."""
    given = scenario.actors[actor]
    titles: tuple[str, ...] = ()
    if isinstance(given, Dispatcher):
        titles = (given.name.ja if given.name else names.center(given.center).ja,)
    rule_based = isinstance(given, Dispatcher) and given.mind == "rule-based"
    return Taken(
        actor=actor,
        role=given.role,
        name=both(names.actor(actor)),
        center=given.center if isinstance(given, Dispatcher) else "",
        by="rule-based" if rule_based else "simulator",
        who=given.provider if isinstance(given, Peer) else "",
        titles=titles,
    )


def centers_of(names: Names, codes: Iterable[str]) -> tuple[CenterOf, ...]:
    """The centers with their names, each once."""
    return tuple(
        CenterOf(code=code, name=both(names.center(code))) for code in dict.fromkeys(codes)
    )


def aims_of(scenario: Scenario) -> tuple[Aim, ...]:
    """The scenario's targets."""
    return tuple(
        Aim(
            begin=each.begin,
            end=each.end,
            seconds=each.seconds,
            what=Both(ja=each.what.ja, en=each.what.en),
        )
        for each in scenario.targets
    )


def questions_of(scenario: Scenario) -> tuple[Question, ...]:
    """The drill's checklist; empty for a scenario that is no drill."""
    items = scenario.drill.checklist if scenario.drill is not None else ()
    return tuple(
        Question(
            id=each.id,
            by=each.by,
            what=Both(ja=each.what.ja, en=each.what.en),
            words=each.words,
            told=each.told,
            ask=each.ask,
            required=each.required,
            call=each.call or "",
        )
        for each in items
    )


def debrief_of(scenario: Scenario) -> tuple[Both, ...]:
    """What the drill says to talk about afterwards."""
    drill = scenario.drill
    return tuple(Both(ja=e.ja, en=e.en) for e in (drill.debrief if drill is not None else ()))
