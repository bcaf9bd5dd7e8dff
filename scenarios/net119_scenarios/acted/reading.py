"""Reads a scenario from a file, or says all that is wrong with it, with line and column."""

from pathlib import Path as FilePath
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from net119_scenarios.acted import deeds
from net119_scenarios.acted.cast import Actor
from net119_scenarios.acted.model import FORMAT, Scenario
from net119_scenarios.acted.musts import Must
from net119_scenarios.acted.sense import problems_of
from net119_scenarios.acted.source import Path, Problem, ScenarioError, Source, near

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
_STEP_OF_INJECTION = 4
"""Where in a path the number of an injection's step stands."""


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
    problems = list(problems_of(source, scenario))
    if problems:
        raise ScenarioError(problems)
    scenario.stands_at(
        file,
        {
            (part, at): source.spot((part, at))[0]
            for part, entries in (("timeline", scenario.timeline), ("must", scenario.must))
            for at in range(len(entries))
        },
    )
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
        close = near(str(path[-1]), _keys_at(source, path[:-1]))
        return source.problem(path, f"there is no key {path[-1]!r} here", close, key=True)
    if kind in ("union_tag_invalid", "union_tag_not_found"):
        key, models = _kinds_at(path)
        given = context.get("tag")
        if given is None:
            return source.problem(path, f"{key!r} is missing", f"Use one of {', '.join(models)}")
        return source.problem(
            (*path, key), f"{key}: {given!r} is not known", near(str(given), models)
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
        if (at == 1 and path[0] in _PARTS) or (at == _STEP_OF_INJECTION and _injected(path)):
            key, models = _kinds_at(path)
            model = models.get(str(data.get(key))) if isinstance(data, dict) else None
        elif isinstance(part, str) and (at > 0 or path[0] not in _PARTS):
            model = _model_of(model, part)
    return list(model.model_fields) if model is not None else []


def _injected(path: Path) -> bool:
    """Whether this is (in) a step of an injection: ``drill.injections.0.steps.0``."""
    return path[0] == "drill" and path[1:2] == ("injections",) and path[3:4] == ("steps",)


def _kinds_at(path: Path) -> tuple[str, dict[str, type[BaseModel]]]:
    return _PARTS["timeline" if _injected(path) else str(path[0])]


def _model_of(model: type[BaseModel] | None, field: str) -> type[BaseModel] | None:
    info = model.model_fields.get(field) if model is not None else None
    if info is None:
        return None
    found = [info.annotation, *get_args(info.annotation)]
    return next((e for e in found if isinstance(e, type) and issubclass(e, BaseModel)), None)


def _short(value: object) -> str:
    shown = repr(value)
    return shown if len(shown) <= 60 else shown[:57] + "..."
