"""What is wrong with a scenario whose form is right: names that nobody has, deeds nobody can do."""

from collections.abc import Iterator
from datetime import UTC, datetime

from net119_protocol.api.common import NoticeCode
from net119_protocol.directory import DirectoryView
from net119_protocol.unreachable_texts import UNREACHABLE
from net119_simulators.mailbox.situations import load_situations
from net119_simulators.radio import load_radios
from pydantic import ValidationError

from net119_scenarios.acted import deeds
from net119_scenarios.acted.cast import Actor, Caller, Dispatcher, Handset, Peer
from net119_scenarios.acted.doing import problems_of_doer
from net119_scenarios.acted.drill_sense import problems_of_drill
from net119_scenarios.acted.model import Scenario
from net119_scenarios.acted.musts import Told
from net119_scenarios.acted.people import person_of
from net119_scenarios.acted.source import Path, Problem, Source, near
from net119_scenarios.acted.venue import directory_of


def problems_of(source: Source, scenario: Scenario) -> Iterator[Problem]:
    try:
        directory = directory_of(scenario.network)
    except ValueError as wrong:
        yield source.problem(("network",), str(wrong), "Mend the dates or codes of the network")
        return
    view = directory.at(scenario.network.clock) if scenario.network.clock else None
    yield from _network(source, scenario, set(p.code for p in directory.content.providers))
    if view is None:
        view = directory.at(datetime.now(UTC))
    for name, actor in scenario.actors.items():
        yield from _actor(source, scenario, name, actor, view)
    yield from _steps(source, scenario, set(view.departments))
    yield from _checks(source, scenario)
    if scenario.drill is not None:
        yield from problems_of_drill(source, scenario, scenario.drill)


def _network(source: Source, scenario: Scenario, operators: set[str]) -> Iterator[Problem]:
    for at, code in enumerate(scenario.network.providers):
        if code not in operators:
            what = f"the directory has no provider {code!r}"
            yield source.problem(("network", "providers", at), what, near(code, sorted(operators)))


def _actor(
    source: Source, scenario: Scenario, name: str, actor: Actor, view: DirectoryView
) -> Iterator[Problem]:
    here: Path = ("actors", name)
    running = scenario.network.providers
    if isinstance(actor, Caller):
        home = view.departments.get(actor.home)
        if home is None:
            what = f"the directory has no department {actor.home!r}"
            yield source.problem((*here, "home"), what, near(actor.home, view.departments))
            return
        if actor.municipality and actor.municipality not in home.municipalities:
            what = f"{home.code} has no municipality {actor.municipality}"
            choices = f"Use one of {', '.join(home.municipalities)}"
            yield source.problem((*here, "municipality"), what, choices)
            return
        for field, known in (("radio", load_radios()), ("mailbox", load_situations())):
            value = getattr(actor, field)
            if value and value not in known:
                what = f"there is no {field} {value!r}"
                yield source.problem((*here, field), what, near(value, known))
        if actor.handset is Handset.FEATURE_PHONE and scenario.mode != "test":
            what = "the plain pages of a testbed make calls of mode test"
            yield source.problem((*here, "handset"), what, "Write `mode: test`")
        if actor.handset is not Handset.SMARTPHONE and actor.radio:
            yield source.problem((*here, "radio"), "only a smartphone can have one", "Leave it out")
        try:
            person_of(actor, home.municipalities[0])
        except ValidationError as wrong:
            first = wrong.errors(include_url=False)[0]
            where = (*here, "profile", *first["loc"])
            yield source.problem(where, f"profile: {first['msg']}", "See RegistrantData")
    elif isinstance(actor, Dispatcher):
        center = view.centers.get(actor.center)
        if center is None:
            what = f"the directory has no center {actor.center!r}"
            yield source.problem((*here, "center"), what, near(actor.center, view.centers))
        elif center.provider not in running:
            what = f"the provider of {actor.center}, {center.provider}, does not run"
            yield source.problem((*here, "center"), what, "Name it in network.providers")
    elif isinstance(actor, Peer):
        if actor.provider in running:
            what = f"{actor.provider} runs, so it cannot be played"
            yield source.problem((*here, "provider"), what, "Take it out of network.providers")
        if actor.to not in running:
            what = f"{actor.to} does not run"
            yield source.problem((*here, "to"), what, near(actor.to, running))


def _steps(source: Source, scenario: Scenario, departments: set[str]) -> Iterator[Problem]:
    calls: list[str] = []
    ids: set[str] = set()
    last_at = 0.0
    situations = load_situations()
    for at, step in enumerate(scenario.timeline):
        here: Path = ("timeline", at)
        yield from problems_of_doer(source, here, step, scenario)
        if step.id is not None:
            if step.id in ids:
                yield source.problem((*here, "id"), f"id {step.id!r} stands twice", "Change one")
            ids.add(step.id)
        if step.at is not None:
            if step.at < last_at:
                what = "this step is earlier than the one before it"
                yield source.problem((*here, "at"), what, "Put the steps in order of time")
            last_at = step.at
        if isinstance(step, deeds.Call | deeds.Offer) and step.actor is not None:
            calls.append(step.named or step.actor)
        elif step.call is not None and step.call not in calls:
            what = f"no call {step.call!r} was placed before this step"
            yield source.problem((*here, "call"), what, near(step.call, calls))
        elif step.call is None and not calls and _needs_call(step):
            yield source.problem((*here, "do"), "no call was placed yet", "Put a `do: call` before")
        target = getattr(step, "to", None) if isinstance(step, deeds.Transfer) else None
        if target is not None and target not in departments and not target.startswith("m"):
            what = f"the directory has no department {target!r}"
            yield source.problem((*here, "to"), what, near(target, sorted(departments)))
        if isinstance(step, deeds.Wait):
            if step.callback and step.actor in scenario.callers():
                what = "a caller's screen does not show this"
                yield source.problem((*here, "callback"), what, "Let a dispatcher wait for it")
            who = scenario.actors.get(step.actor or "")
            yield from _notice(source, (*here, "notice"), step.notice, who)
        if isinstance(step, deeds.Mailbox) and step.situation not in situations:
            what = f"there is no situation {step.situation!r}"
            yield source.problem((*here, "situation"), what, near(step.situation, situations))
        if isinstance(step, deeds.Mailbox) and step.of not in scenario.callers():
            what = f"{step.of!r} is no caller"
            yield source.problem((*here, "of"), what, near(step.of, scenario.callers()))
        if isinstance(step, deeds.Clock) and (step.to is None) == (step.ahead is None):
            yield source.problem(here, "the clock needs a moment", "Give either `to` or `ahead`")


def _needs_call(step: deeds.Step) -> bool:
    free = (*deeds.OF_STAGE, deeds.Accept, deeds.Offer, deeds.Arrive, deeds.Leave)
    return not isinstance(step, free)


def _notice(
    source: Source, path: Path, given: str | None, actor: Actor | None
) -> Iterator[Problem]:
    known = [each.value for each in NoticeCode]
    if isinstance(actor, Caller) and actor.handset is not Handset.FEATURE_PHONE:
        # Its page shows this by itself; the plain pages have no script.
        known.append(UNREACHABLE)
    if given is not None and given not in known:
        yield source.problem(path, f"there is no notice {given!r}", near(given, known))


def _checks(source: Source, scenario: Scenario) -> Iterator[Problem]:
    calls = [
        each.named or each.actor or ""
        for each in scenario.timeline
        if isinstance(each, deeds.Call | deeds.Offer)
    ]
    ids = [step.id for step in scenario.timeline if step.id]
    for at, must in enumerate(scenario.must):
        here: Path = ("must", at)
        if must.call is not None and must.call not in calls:
            close = near(must.call, calls)
            yield source.problem((*here, "call"), f"there is no call {must.call!r}", close)
        named = [getattr(must, "actor", None), *getattr(must, "actors", ())]
        for name in named:
            if name is not None and name not in scenario.actors:
                close = near(name, scenario.actors)
                yield source.problem(here, f"there is no actor {name!r}", close)
        if isinstance(must, Told):
            who = scenario.actors.get(must.actor)
            yield from _notice(source, (*here, "notice"), must.notice, who)
        for field in ("begin", "end"):
            value = getattr(must, field, None)
            if value is not None and value not in ids:
                close = near(value, ids)
                yield source.problem((*here, field), f"no step has the id {value!r}", close)
    for at, target in enumerate(scenario.targets):
        for field in ("begin", "end"):
            value = getattr(target, field)
            if value not in ids:
                where: Path = ("targets", at, field)
                yield source.problem(where, f"no step has the id {value!r}", near(value, ids))
