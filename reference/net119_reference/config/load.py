"""Reading the settings: TOML file, environment on top, and every mistake reported at once."""

import difflib
import os
import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import UnionType
from typing import Any, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, EnvSettingsSource, SettingsConfigDict
from pydantic_settings.exceptions import SettingsError

from net119_reference.config.checks import check
from net119_reference.config.model import Config

PREFIX = "NET119_"
_PATHS = (
    ("data_dir",),
    ("http", "cert"),
    ("http", "key"),
    ("http", "rsa_cert"),
    ("http", "rsa_key"),
    ("stomp", "cert"),
    ("stomp", "key"),
    ("stomp", "ca"),
    ("directory", "file"),
    ("profiles", "folder"),
)
# Variables of the same prefix that other parts of the software read.
_NOT_SETTINGS = frozenset({"NET119_LANG", "NET119_DEBUG"})


@dataclass(frozen=True)
class ConfigProblem:
    """One mistake: ``key`` is the dotted name, empty if the file as a whole is meant."""

    key: str
    what: str
    what_to_do: str
    source: str = ""
    """The file, or the environment variable, that it stands in."""

    def __str__(self) -> str:
        where = f"{self.key} ({self.source})" if self.key else self.source
        return f"{where}: {self.what}. {self.what_to_do}"


class ConfigError(Exception):
    """The configuration cannot be used; ``problems`` holds all that is wrong with it.

    ``what``, ``where`` and ``what_to_do`` say it in the form that the command line shows.
    """

    def __init__(self, where: str, problems: Sequence[ConfigProblem]) -> None:
        self.problems = tuple(problems)
        self.where = where
        count = len(self.problems)
        noun = "mistake" if count == 1 else "mistakes"
        lines = "".join(f"\n  {problem}" for problem in self.problems)
        self.what = f"{count} {noun} in the configuration:{lines}"
        self.what_to_do = "mend what is listed and start again"
        super().__init__(f"{where}: {self.what}")


class _Environment(BaseSettings):
    """Carries the rules by which variables become keys; its fields are those of Config."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_nested_delimiter="__")


class _EnvironmentOfConfig(Config, _Environment):
    model_config = SettingsConfigDict(extra="forbid")


def load_config(path: Path | str, *, environment: Mapping[str, str] | None = None) -> Config:
    """Read and check the settings in the file ``path``.

    Relative paths in the file start from the file's own folder. Environment variables such as
    ``NET119_OPERATOR`` or ``NET119_HTTP__PORT`` stand above the file; paths in them start from
    the working directory.

    Args:
        environment: variables to use in place of the process's own.

    Raises:
        ConfigError: with every mistake that was found.
    """
    path = Path(path)
    variables = os.environ if environment is None else environment
    in_file = _read_toml(path)
    _anchor_paths(in_file, path.absolute().parent)
    problems = _unknown_variables(variables)
    from_environment, unreadable = _read_environment(variables)
    problems += unreadable
    data = _merged(in_file, from_environment)

    def source_of(key: Sequence[str | int]) -> str:
        return _variable_of(key, from_environment) or str(path)

    config, invalid = _validated(data)
    problems += [_explained(error, source_of) for error in invalid]
    bad = {problem.key for problem in problems}
    if config is not None:
        for finding in check(config):
            # A check on a default that stands in for a wrong value would only confuse.
            if not any(_overlaps(finding.key, key) for key in bad if key):
                problems.append(
                    ConfigProblem(
                        finding.key,
                        finding.what,
                        finding.what_to_do,
                        source_of(finding.key.split(".")),
                    )
                )
    if problems or config is None:
        raise ConfigError(str(path), problems)
    return config


def _read_toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as wrong:
        reason = wrong.strerror or str(wrong)
        advice = "Check the path after --config, and that you may read the file"
    except UnicodeDecodeError as wrong:
        reason = f"is not UTF-8 text (byte {wrong.start})"
        advice = "Save the file as UTF-8"
    except tomllib.TOMLDecodeError as wrong:
        reason = f"is not valid TOML: {wrong}"
        advice = "Mend that line; texts need quotes, sections stand in [brackets]"
    raise ConfigError(str(path), [ConfigProblem("", reason, advice, str(path))])


def _anchor_paths(data: dict[str, Any], folder: Path) -> None:
    data.setdefault("data_dir", "net119-data")
    for *sections, name in _PATHS:
        table: Any = data
        for section in sections:
            table = table.get(section) if isinstance(table, dict) else None
        if isinstance(table, dict) and isinstance(table.get(name), str):
            table[name] = str(folder / Path(table[name]).expanduser())


def _read_environment(
    variables: Mapping[str, str],
) -> tuple[dict[str, Any], list[ConfigProblem]]:
    """The keys that variables set, and a problem for each variable that cannot be read."""
    source = EnvSettingsSource(_EnvironmentOfConfig)
    # The source has no parameter for this; it reads `env_vars`, lower-cased.
    usable = {name.lower(): text for name, text in variables.items() if name not in _NOT_SETTINGS}
    problems = []
    for field in Config.model_fields:
        variable = f"{PREFIX}{field}".lower()
        source.env_vars = {name: text for name, text in usable.items() if name == variable}
        try:
            source()
        except SettingsError:
            del usable[variable]
            problems.append(
                ConfigProblem(
                    field,
                    "cannot be read as JSON",
                    "Write lists and tables in variables as JSON, or set them in the file",
                    variable.upper(),
                )
            )
    source.env_vars = usable
    return source(), problems


def _merged(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    result = dict(below)
    for key, value in above.items():
        old = result.get(key)
        both = isinstance(old, Mapping) and isinstance(value, Mapping)
        result[key] = _merged(old, value) if both else value  # type: ignore[arg-type]  # both are mappings here
    return result


def _validated(data: dict[str, Any]) -> tuple[Config | None, list[ErrorDetails]]:
    """The configuration, and what was wrong; wrong values are replaced by their defaults.

    Going on with defaults lets the checks of files and addresses report in the same run.
    """
    found: list[ErrorDetails] = []
    for _ in range(5):
        try:
            return Config.model_validate(data), found
        except ValidationError as wrong:
            errors = wrong.errors(include_url=False, include_input=False)
            found += [error for error in errors if error not in found]
            for error in errors:
                data = _without(data, error["loc"])
            if "operator" not in data:
                data["operator"] = "unnamed"
    return None, found


def _without(data: Any, place: Sequence[str | int]) -> Any:
    """``data`` without the value at ``place``; a list is dropped whole."""
    if not place or not isinstance(data, dict):
        return data
    head, rest = place[0], place[1:]
    copy = {key: value for key, value in data.items() if key != head}
    inner = data.get(str(head))
    if rest and isinstance(inner, dict):
        copy[str(head)] = _without(inner, rest)
    return copy


def _overlaps(one: str, other: str) -> bool:
    return one == other or one.startswith(f"{other}.") or other.startswith(f"{one}.")


def _variable_of(key: Sequence[str | int], from_environment: Mapping[str, Any]) -> str | None:
    """The name of the environment variable that set ``key``, if one did."""
    value: Any = from_environment
    path: list[str] = []
    for part in key:
        if not isinstance(value, Mapping):
            break
        if part not in value:
            return None
        value = value[str(part)]
        path.append(str(part).upper())
    return PREFIX + "__".join(path)


_REASONS = {
    # pydantic's error types: what was wrong, what to do; both may use the error's context.
    "missing": ("is missing", "Add it"),
    "less_than_equal": ("is too large", "The largest allowed value is {le}"),
    "greater_than_equal": ("is too small", "The smallest allowed value is {ge}"),
    "greater_than": ("is too small", "It must be more than {gt}"),
    "finite_number": ("is not a finite number", "Give an ordinary number"),
    "enum": ("is not one of the allowed words", "Use {expected}"),
    "string_pattern_mismatch": (
        "holds a character that is not allowed here",
        "Use small letters, digits, dots and hyphens",
    ),
    "string_too_short": ("is too short", "Give {min_length} characters or more"),
    "string_too_long": ("is too long", "Give {max_length} characters at most"),
    "too_short": ("is too short", "Give {min_length} characters or more"),
    "too_long": ("is too long", "Give {max_length} characters at most"),
}


def _explained(
    error: ErrorDetails, source_of: Callable[[Sequence[str | int]], str]
) -> ConfigProblem:
    place = [part for part in error["loc"] if part != "[key]"]
    key = ".".join(str(part) for part in place)
    kind = error["type"]
    if kind == "extra_forbidden":
        what, advice = "is not a known key", _did_you_mean(str(place[-1]), _known_keys(place[:-1]))
    elif kind in _REASONS:
        what, advice = (text.format(**error.get("ctx", {})) for text in _REASONS[kind])
        if key == "operator" and kind == "missing":
            advice = 'Add this provider\'s code, for example operator = "aoba"'
    elif kind == "value_error":
        what, advice = error["msg"].removeprefix("Value error, "), "Change the value"
    else:
        what, advice = "has the wrong type", f"Write it as {_example(kind)}"
    return ConfigProblem(key, what, advice, source_of(place))


def _example(kind: str) -> str:
    examples = {
        "int": "a whole number without quotes, for example 8443",
        "float": "a number without quotes, for example 5.0",
        "bool": "true or false without quotes",
        "string": 'a text in quotes, for example "text"',
        "path": 'a path in quotes, for example "server.pem"',
        "dict": "a section in [brackets]",
        "model": "a section in [brackets]",
        "tuple": 'a list, for example ["one", "two"]',
        "frozen": 'a list, for example ["practice", "test"]',
        "date": "a date without quotes, for example 2021-04-01",
        "ip": 'an address in quotes, for example "127.0.0.3"',
    }
    return examples.get(kind.split("_")[0], "the kind of value that the message names")


def _did_you_mean(word: str, known: Iterable[str]) -> str:
    names = sorted(known)
    close = difflib.get_close_matches(word, names, n=1)
    if close:
        return f'Did you mean "{close[0]}"?'
    return f"Known here: {', '.join(names)}" if names else "Remove it"


def _known_keys(place: Sequence[str | int]) -> set[str]:
    """The keys that may stand in the table at ``place``."""
    model: Any = Config
    for part in place:
        if isinstance(part, int):
            continue
        field = model.model_fields.get(part) if _is_model(model) else None
        if field is not None:
            model = _model_within(field.annotation)
    return set(model.model_fields) if _is_model(model) else set()


def _is_model(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)


def _model_within(annotation: Any) -> Any:
    """The model in ``annotation``, be it alone, optional, in a list, or as values of a table."""
    if _is_model(annotation):
        return annotation
    if get_origin(annotation) in (tuple, dict, Union, UnionType):
        for inner in get_args(annotation):
            found = _model_within(inner)
            if found is not None:
                return found
    return None


def _unknown_variables(variables: Mapping[str, str]) -> list[ConfigProblem]:
    """Variables of our prefix that look like settings and are none.

    A nested name of a known section is judged with the file's keys; here stand unknown sections,
    and near misses of top-level keys. Other words with the prefix may belong to other programs.
    """
    problems = []
    known = set(Config.model_fields)
    for name in variables:
        if not name.upper().startswith(PREFIX) or name.upper() in _NOT_SETTINGS:
            continue
        first, nested, _ = name[len(PREFIX) :].lower().partition("__")
        near = difflib.get_close_matches(first, known, n=1, cutoff=0.75)
        if first not in known and (nested or near):
            problems.append(
                ConfigProblem(first, "is not a known key", _did_you_mean(first, known), name)
            )
    return problems
