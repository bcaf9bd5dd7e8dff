"""Reads a scenario from a file, or says all that is wrong with it, with line and column."""

from pathlib import Path as FilePath
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from net119_scenarios.acted import deeds
from net119_scenarios.acted.cast import Actor
from net119_scenarios.acted.form import said_of
from net119_scenarios.acted.model import FORMAT, Scenario
from net119_scenarios.acted.musts import Must
from net119_scenarios.acted.sense import problems_of
from net119_scenarios.acted.source import Path, Problem, ScenarioError, Source, near, one_of
from net119_scenarios.words import Words

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
        what = Words("シナリオではありません", "this is no scenario")
        begin = Words(
            "「format: 1」と「title:」で始めてください", "Begin with `format: 1` and `title:`"
        )
        raise ScenarioError([source.problem((), what, begin)])
    if "format" in data and data["format"] != FORMAT:
        given = data["format"]
        what = Words(f"format の「{given}」は知らない版です", f"format {given!r} is not known")
        write = Words(f"「format: {FORMAT}」と書いてください", f"Write `format: {FORMAT}`")
        raise ScenarioError([source.problem(("format",), what, write)])
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
        missing = isinstance(wrong, FileNotFoundError)
        why = Words("ファイルがない", "there is no such file") if missing else None
        what = Words(
            f"ファイルを読めません（{why.ja if why else wrong}）",
            f"the file cannot be read: {why.en if why else wrong}",
        )
        give = Words(
            "UTF-8のファイルか、net119 scenario list の名前を指定してください",
            "Give a file in UTF-8, or a name of the library",
        )
        raise ScenarioError([Problem(str(path), 1, 1, what, give)]) from None
    return read_scenario(text, str(path))


# --- what is wrong with the form -----------------------------------------------------------------


def _of_form(source: Source, error: dict[str, Any]) -> Problem:
    kind, context = str(error["type"]), error.get("ctx", {})
    path = _in_file(source, tuple(error["loc"]))
    shown = ".".join(map(str, path))
    if kind == "missing":
        return source.problem(path[:-1], *_missing(str(path[-1])))
    if kind == "extra_forbidden":
        close = near(str(path[-1]), _keys_at(source, path[:-1]))
        what = Words(
            f"ここに「{path[-1]}」というキーはありません", f"there is no key {path[-1]!r} here"
        )
        return source.problem(path, what, close, key=True)
    if kind in ("union_tag_invalid", "union_tag_not_found"):
        key, models = _kinds_at(path)
        given = context.get("tag")
        if given is None:
            return source.problem(path, _missing(key)[0], one_of(models))
        return source.problem((*path, key), _unknown(key, given), near(str(given), models))
    if kind in ("enum", "literal_error"):
        expected = str(context["expected"])
        choices = Words(
            f"次のどれかにしてください: {expected.replace(' or ', ', ')}", f"Use one of {expected}"
        )
        return source.problem(path, _unknown(shown, error["input"]), choices)
    if kind == "string_pattern_mismatch":
        what = Words(
            f"{shown} の「{error['input']}」は書き方が違います",
            f"{shown}: {error['input']!r} is not written as it must be",
        )
        match = Words(
            f"{context['pattern']} に合うように書いてください",
            f"It has to match {context['pattern']}",
        )
        return source.problem(path, what, match)
    said, now = said_of(error), _short(error["input"])
    what = Words(f"{shown or 'シナリオ'}: {said.ja}", f"{shown or 'the scenario'}: {said.en}")
    return source.problem(path, what, Words(f"今は {now} です", f"Now there is {now}"))


def _missing(key: str) -> tuple[Words, Words]:
    """That a key is missing, and what to do."""
    return (
        Words(f"「{key}」がありません", f"{key!r} is missing"),
        Words(f"「{key}: …」を書き足してください", f"Add `{key}: ...`"),
    )


def _unknown(key: str, given: object) -> Words:
    return Words(f"{key} の「{given}」は使えません", f"{key}: {given!r} is not known")


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
