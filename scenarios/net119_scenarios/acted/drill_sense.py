"""What is wrong with the part ``drill:`` of a scenario whose form is right."""

from collections.abc import Iterable, Iterator

from net119_scenarios.acted import deeds
from net119_scenarios.acted.cast import Caller, Dispatcher
from net119_scenarios.acted.doing import problems_of_doer
from net119_scenarios.acted.drill_part import Bad, Drill, Fault, Item
from net119_scenarios.acted.model import Scenario
from net119_scenarios.acted.source import Path, Problem, Source, near
from net119_scenarios.acted.understanding import Reply, mentions, questions, react


def problems_of_drill(source: Source, scenario: Scenario, drill: Drill) -> Iterator[Problem]:
    """All of them."""
    yield from _people(source, scenario, drill)
    yield from _checklist(source, scenario, drill)
    yield from _injections(source, scenario, drill)
    for at, bad in enumerate(drill.bad):
        yield from _bad(source, scenario, drill, bad, ("drill", "bad", at))
    yield from _twice(source, "bad", "fault", [each.fault.value for each in drill.bad])


def _twice(source: Source, part: str, key: str, names: Iterable[str]) -> Iterator[Problem]:
    seen: set[str] = set()
    for at, name in enumerate(names):
        if name in seen:
            what = f"{key} {name!r} stands twice"
            yield source.problem(("drill", part, at, key), what, "Change one")
        seen.add(name)


def _people(source: Source, scenario: Scenario, drill: Drill) -> Iterator[Problem]:
    playable = [n for n, a in scenario.actors.items() if isinstance(a, Caller | Dispatcher)]
    for at, name in enumerate(drill.people):
        if name not in playable:
            what = f"{name!r} is no caller and no dispatcher, so nobody can play it"
            yield source.problem(("drill", "people", at), what, near(name, playable))
    for name in drill.roles:
        if name not in scenario.actors:
            what = f"there is no actor {name!r}"
            yield source.problem(
                ("drill", "roles", name), what, near(name, scenario.actors), key=True
            )
    for name in playable:
        if name not in drill.roles:
            what = f"roles: nothing is said of {name!r}"
            yield source.problem(("drill", "roles"), what, f"Add `{name}: {{ja: ..., en: ...}}`")


def _checklist(source: Source, scenario: Scenario, drill: Drill) -> Iterator[Problem]:
    yield from _twice(source, "checklist", "id", [each.id for each in drill.checklist])
    for at, item in enumerate(drill.checklist):
        here: Path = ("drill", "checklist", at)
        if item.by not in scenario.dispatchers():
            what = f"{item.by!r} is no dispatcher"
            yield source.problem((*here, "by"), what, near(item.by, scenario.dispatchers()))
        if not mentions(item.ask, item.words):
            what = f"`ask` ({item.ask}) has none of the `words`, so it would not count as asked"
            yield source.problem((*here, "ask"), what, "Change one of the two")
        elif (why := _not_understood(scenario, item)) is not None:
            what = f"no caller understands `ask` ({item.ask}): {why}"
            instead = "Add an answer to a caller's `answers`, or ask otherwise"
            yield source.problem((*here, "ask"), what, instead)


def _not_understood(scenario: Scenario, item: Item) -> str | None:
    """Why no caller who answers by ``answers`` has a reply to an item's question."""
    why = None
    for caller in scenario.callers().values():
        if not caller.answers or not questions(item.ask):
            continue
        made = react(item.ask, (), caller.answers, caller.otherwise, caller.hard_words)
        if isinstance(made, Reply):
            return None
        if made is not None:
            why = made.why.words.en
        elif why is None:
            why = "nobody reacts"
    return why


def _injections(source: Source, scenario: Scenario, drill: Drill) -> Iterator[Problem]:
    yield from _twice(source, "injections", "id", [each.id for each in drill.injections])
    placed = list(_calls(scenario.timeline))
    for at, injection in enumerate(drill.injections):
        calls = [*placed, *_calls(injection.steps)]
        for number, step in enumerate(injection.steps):
            here: Path = ("drill", "injections", at, "steps", number)
            yield from problems_of_doer(source, here, step, scenario)
            if step.call is not None and step.call not in calls:
                what = f"there is no call {step.call!r}"
                yield source.problem((*here, "call"), what, near(step.call, calls))
            if step.actor in drill.people:
                what = f"{step.actor} is played by people, whose deeds nobody injects"
                yield source.problem((*here, "actor"), what, "Let somebody else do something")
            for field in ("at", "id"):
                if getattr(step, field) is not None:
                    what = f"an injection has no `{field}`: the leader says when it happens"
                    yield source.problem((*here, field), what, "Leave it out", key=True)


def _calls(steps: Iterable[deeds.Step]) -> Iterator[str]:
    for step in steps:
        if isinstance(step, deeds.Call | deeds.Offer) and step.actor is not None:
            yield step.named or step.actor


def _bad(
    source: Source, scenario: Scenario, drill: Drill, bad: Bad, here: Path
) -> Iterator[Problem]:
    dispatchers = scenario.dispatchers()
    who = bad.actor or next((each for each in drill.people if each in dispatchers), None)
    if who not in dispatchers:
        what = "no dispatcher plays badly" if who is None else f"{who!r} is no dispatcher"
        yield source.problem((*here, "actor"), what, near(who or "", dispatchers))
    if (bad.fault is Fault.WRONG_TRANSFER) is (bad.to is None):
        what = "`to` says where wrong-transfer transfers to, and nothing else"
        yield source.problem(here, what, "Give it, or leave it out")
    if (bad.fault is Fault.LEAVES_OUT) is not bool(bad.steps):
        what = "`steps` says what leaves-out leaves out, and nothing else"
        yield source.problem(here, what, "Give it, or leave it out")
    if not (bad.missed or bad.late or bad.fails):
        what = "nothing says what the record of this must show"
        yield source.problem(here, what, "Add `missed`, `late` or `fails`")
    named: tuple[tuple[str, tuple[str, ...], list[str]], ...] = (
        ("steps", bad.steps, [each.id for each in scenario.timeline if each.id]),
        ("missed", bad.missed, [each.id for each in drill.checklist]),
        ("late", bad.late, [each.end for each in scenario.targets]),
        ("fails", bad.fails, [each.check for each in scenario.must]),
    )
    for field, given, known in named:
        for at, name in enumerate(given):
            if name not in known:
                what = f"{field}: there is no {name!r}"
                yield source.problem((*here, field, at), what, near(name, known))


__all__ = ["problems_of_drill"]
