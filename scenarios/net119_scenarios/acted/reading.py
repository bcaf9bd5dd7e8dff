"""Reads a scenario from a file, or says all that is wrong with it, with line and column."""

import difflib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path as FilePath
from typing import Any, get_args

from net119_protocol.api.common import NoticeCode
from net119_protocol.directory import DirectoryView
from net119_simulators.mailbox.situations import load_situations
from net119_simulators.person import jurisdictions
from net119_simulators.radio import load_radios
from pydantic import BaseModel, ValidationError

from net119_scenarios.acted import deeds
from net119_scenarios.acted.cast import Actor, Caller, Dispatcher, Peer
from net119_scenarios.acted.model import FORMAT, Scenario
from net119_scenarios.acted.musts import Must
from net119_scenarios.acted.people import person_of
from net119_scenarios.acted.source import Path, Problem, ScenarioError, Source
from net119_scenarios.acted.venue import directory_of

_UNIONS = {
    "do": {each.model_fields["do"].annotation: each for each in get_args(get_args(deeds.Deed)[0])},
    "check": {each.model_fields["check"].annotation: each for each in get_args(get_args(Must)[0])},
    "role": {each.model_fields["role"].annotation: each for each in get_args(get_args(Actor)[0])},
}
_PARTS: dict[str, tuple[str, dict[str, type[BaseModel]]]] = {
    top: (key, {get_args(tag)[0]: model for tag, model in _UNIONS[key].items()})
    for top, key in (("timeline", "do"), ("must", "check"), ("actors", "role"))
}
"""By the part of the file: the key that tells the kind of an entry, and the kinds."""


def read_scenario(text: str, file: str) -> Scenario:
    """The scenario in a text; ``file`` names it in errors.

    Raises:
        ScenarioError: with every problem found.
    """
    source = Source(text, file)
    data = source.data
    if not isinstance(data, dict):
        raise ScenarioError(
            [source.problem((), "this is no scenario", "Begin with `format: 1` and `title:`")]
        )
    if "format" in data and data["format"] != FORMAT:
        what = f"format {data['format']!r} is not known"
        raise ScenarioError([source.problem(("format",), what, f"Write `format: {FORMAT}`")])
    try:
        scenario = Scenario.model_validate(data)
    except ValidationError as wrong:
        errors = wrong.errors(include_url=False)
        # A list whose entries are wrong counts as too short, too.
        own = [each for each in errors if each["type"] != "too_short"] or errors
        problems = [_of_form(source, dict(each)) for each in own]
        raise ScenarioError(list(dict.fromkeys(problems))) from None
    problems = list(_of_sense(source, scenario))
    if problems:
        raise ScenarioError(problems)
    return scenario


def read_file(path: FilePath) -> Scenario:
    """The scenario in a file.

    Raises:
        ScenarioError: also where the file cannot be read.
    """
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as wrong:
        what = f"the file cannot be read: {wrong}"
        raise ScenarioError(
            [Problem(str(path), 1, 1, what, "Give a file in UTF-8, or a name of the library")]
        ) from None
    return read_scenario(text, str(path))


# --- what is wrong with the form -----------------------------------------------------------------


def _of_form(source: Source, error: dict[str, Any]) -> Problem:
    kind, context = str(error["type"]), error.get("ctx", {})
    path = _in_file(source, tuple(error["loc"]))
    shown = ".".join(map(str, path)) or "the scenario"
    if kind == "missing":
        return source.problem(path[:-1], f"{path[-1]!r} is missing", f"Add `{path[-1]}: ...`")
    if kind == "extra_forbidden":
        near = _near(str(path[-1]), _keys_at(source, path[:-1]))
        return source.problem(path, f"there is no key {path[-1]!r} here", near, key=True)
    if kind in ("union_tag_invalid", "union_tag_not_found"):
        key, models = _PARTS[str(path[0])]
        given = context.get("tag")
        if given is None:
            return source.problem(path, f"{key!r} is missing", f"Use one of {', '.join(models)}")
        return source.problem(
            (*path, key), f"{key}: {given!r} is not known", _near(str(given), models)
        )
    if kind in ("enum", "literal_error"):
        what = f"{shown}: {error['input']!r} is not known"
        return source.problem(path, what, f"Use one of {context['expected']}")
    if kind == "string_pattern_mismatch":
        what = f"{shown}: {error['input']!r} is not written as it must be"
        return source.problem(path, what, f"It has to match {context['pattern']}")
    said = str(error["msg"]).removeprefix("Value error, ")
    return source.problem(path, f"{shown}: {said}", f"Now there is {_short(error['input'])}")


def _in_file(source: Source, where: tuple[Any, ...]) -> Path:
    """The place in the file: without the tags of unions, which pydantic puts in between."""
    data: Any = source.data
    path: list[Any] = []
    for at, part in enumerate(where):
        known = isinstance(data, dict) and part in data
        if isinstance(data, list):
            known = isinstance(part, int) and part < len(data)
        if known:
            data = data[part]
        elif at < len(where) - 1:
            continue
        path.append(part)
    return tuple(path)


def _keys_at(source: Source, path: Path) -> list[str]:
    """The keys that may stand at a place of the file, as far as the kind there is known."""
    data: Any = source.data
    model: type[BaseModel] | None = Scenario
    for at, part in enumerate(path):
        data = data[part]
        if at == 1 and path[0] in _PARTS:
            key, models = _PARTS[str(path[0])]
            model = models.get(str(data.get(key))) if isinstance(data, dict) else None
        elif at > 0 or path[0] not in _PARTS:
            model = _model_of(model, str(part))
    return list(model.model_fields) if model is not None else []


def _model_of(model: type[BaseModel] | None, field: str) -> type[BaseModel] | None:
    info = model.model_fields.get(field) if model is not None else None
    if info is None:
        return None
    found = [info.annotation, *get_args(info.annotation)]
    return next((e for e in found if isinstance(e, type) and issubclass(e, BaseModel)), None)


def _near(given: str, known: Iterable[str]) -> str:
    names = list(known)
    close = difflib.get_close_matches(given, names, 1)
    if close:
        return f"Did you mean {close[0]!r}?"
    return f"Use one of {', '.join(names)}" if names else "Leave it out"


def _short(value: object) -> str:
    shown = repr(value)
    return shown if len(shown) <= 60 else shown[:57] + "..."


# --- what is wrong with the sense ----------------------------------------------------------------


def _of_sense(source: Source, scenario: Scenario) -> Iterator[Problem]:
    try:
        directory = directory_of(scenario.network)
    except ValueError as wrong:
        yield source.problem(("network",), str(wrong), "Mend the dates or codes of the network")
        return
    view = directory.at(scenario.network.clock) if scenario.network.clock else None
    yield from _network(source, scenario, set(p.code for p in directory.content.providers))
    if view is None:
        from datetime import UTC, datetime

        view = directory.at(datetime.now(UTC))
    for name, actor in scenario.actors.items():
        yield from _actor(source, scenario, name, actor, view)
    yield from _steps(source, scenario, set(view.departments))
    yield from _checks(source, scenario)


def _network(source: Source, scenario: Scenario, operators: set[str]) -> Iterator[Problem]:
    for at, code in enumerate(scenario.network.providers):
        if code not in operators:
            what = f"the directory has no provider {code!r}"
            yield source.problem(("network", "providers", at), what, _near(code, sorted(operators)))


def _actor(
    source: Source, scenario: Scenario, name: str, actor: Actor, view: DirectoryView
) -> Iterator[Problem]:
    here: Path = ("actors", name)
    running = scenario.network.providers
    if isinstance(actor, Caller):
        home = view.departments.get(actor.home)
        if home is None:
            what = f"the directory has no department {actor.home!r}"
            yield source.problem((*here, "home"), what, _near(actor.home, view.departments))
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
                yield source.problem((*here, field), what, _near(value, known))
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
            yield source.problem((*here, "center"), what, _near(actor.center, view.centers))
        elif center.provider not in running:
            what = f"the provider of {actor.center}, {center.provider}, does not run"
            yield source.problem((*here, "center"), what, "Name it in network.providers")
    elif isinstance(actor, Peer):
        if actor.provider in running:
            what = f"{actor.provider} runs, so it cannot be played"
            yield source.problem((*here, "provider"), what, "Take it out of network.providers")
        if actor.to not in running:
            what = f"{actor.to} does not run"
            yield source.problem((*here, "to"), what, _near(actor.to, running))


def _steps(source: Source, scenario: Scenario, departments: set[str]) -> Iterator[Problem]:
    calls: list[str] = []
    ids: set[str] = set()
    last_at = 0.0
    situations = load_situations()
    for at, step in enumerate(scenario.timeline):
        here: Path = ("timeline", at)
        yield from _doer(source, here, step, scenario)
        if step.id is not None:
            if step.id in ids:
                yield source.problem((*here, "id"), f"id {step.id!r} stands twice", "Change one")
            ids.add(step.id)
        if step.at is not None:
            if step.at < last_at:
                what = "this step is earlier than the one before it"
                yield source.problem((*here, "at"), what, "Put the steps in order of time")
            last_at = step.at
        if isinstance(step, deeds.Call) and step.actor is not None:
            calls.append(step.named or step.actor)
        elif step.call is not None and step.call not in calls:
            what = f"no call {step.call!r} was placed before this step"
            yield source.problem((*here, "call"), what, _near(step.call, calls))
        elif step.call is None and not calls and _needs_call(step):
            yield source.problem((*here, "do"), "no call was placed yet", "Put a `do: call` before")
        target = getattr(step, "to", None) if isinstance(step, deeds.Transfer) else None
        if target is not None and target not in departments and not target.startswith("m"):
            what = f"the directory has no department {target!r}"
            yield source.problem((*here, "to"), what, _near(target, sorted(departments)))
        if isinstance(step, deeds.Wait):
            yield from _notice(source, (*here, "notice"), step.notice)
        if isinstance(step, deeds.Mailbox) and step.situation not in situations:
            what = f"there is no situation {step.situation!r}"
            yield source.problem((*here, "situation"), what, _near(step.situation, situations))
        if isinstance(step, deeds.Mailbox) and step.of not in scenario.callers():
            what = f"{step.of!r} is no caller"
            yield source.problem((*here, "of"), what, _near(step.of, scenario.callers()))
        if isinstance(step, deeds.Clock) and (step.to is None) == (step.ahead is None):
            yield source.problem(here, "the clock needs a moment", "Give either `to` or `ahead`")


def _needs_call(step: deeds.Step) -> bool:
    free = (*deeds.OF_STAGE, *deeds.OF_PEER, deeds.Arrive, deeds.Leave)
    return not isinstance(step, free) or isinstance(step, deeds.Say)


def _doer(source: Source, here: Path, step: deeds.Step, scenario: Scenario) -> Iterator[Problem]:
    if isinstance(step, deeds.OF_STAGE):
        if step.actor is not None:
            what = "nobody of the cast does this"
            yield source.problem((*here, "actor"), what, "Leave `actor` out", key=True)
        provider = getattr(step, "provider", None)
        if provider is not None and provider not in scenario.network.providers:
            near = _near(provider, scenario.network.providers)
            yield source.problem((*here, "provider"), f"{provider!r} does not run", near)
        return
    if step.actor is None:
        yield source.problem(here, "'actor' is missing", "Say who does this")
        return
    actor = scenario.actors.get(step.actor)
    if actor is None:
        near = _near(step.actor, scenario.actors)
        yield source.problem((*here, "actor"), f"there is no actor {step.actor!r}", near)
        return
    able: Sequence[type[deeds.Step]] = {
        "caller": deeds.OF_CALLER,
        "dispatcher": deeds.OF_DISPATCHER,
        "peer": deeds.OF_PEER,
    }[actor.role]
    if not isinstance(step, tuple(able)):
        names = ", ".join(get_args(each.model_fields["do"].annotation)[0] for each in able)
        what = f"a {actor.role} cannot do this"
        yield source.problem((*here, "do"), what, f"A {actor.role} can: {names}")


def _notice(source: Source, path: Path, given: str | None) -> Iterator[Problem]:
    known = [each.value for each in NoticeCode]
    if given is not None and given not in known:
        yield source.problem(path, f"there is no notice {given!r}", _near(given, known))


def _checks(source: Source, scenario: Scenario) -> Iterator[Problem]:
    calls = [e.named or e.actor or "" for e in scenario.timeline if isinstance(e, deeds.Call)]
    ids = [step.id for step in scenario.timeline if step.id]
    for at, must in enumerate(scenario.must):
        here: Path = ("must", at)
        if must.call is not None and must.call not in calls:
            near = _near(must.call, calls)
            yield source.problem((*here, "call"), f"there is no call {must.call!r}", near)
        named = [getattr(must, "actor", None), *getattr(must, "actors", ())]
        for name in named:
            if name is not None and name not in scenario.actors:
                near = _near(name, scenario.actors)
                yield source.problem(here, f"there is no actor {name!r}", near)
        yield from _notice(source, (*here, "notice"), getattr(must, "notice", None))
        for field in ("begin", "end"):
            value = getattr(must, field, None)
            if value is not None and value not in ids:
                near = _near(value, ids)
                yield source.problem((*here, field), f"no step has the id {value!r}", near)
    for at, target in enumerate(scenario.targets):
        for field in ("begin", "end"):
            value = getattr(target, field)
            if value not in ids:
                where: Path = ("targets", at, field)
                yield source.problem(where, f"no step has the id {value!r}", _near(value, ids))


__all__ = ["jurisdictions", "read_file", "read_scenario"]
