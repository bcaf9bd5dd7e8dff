"""The language in which the command line talks: Japanese or English.

It is decided before anything else, from the arguments and the environment, because help texts are
built with the commands. Everything a user reads is written with `text(ja=..., en=...)`.
"""

from collections.abc import Mapping, Sequence
from contextvars import ContextVar
from enum import StrEnum

from net119_cli.errors import UserError


class Language(StrEnum):
    """A language of the command line, named as in `--lang`."""

    JA = "ja"
    EN = "en"


# A context variable, not a plain global: tests and embedding programs can hold two at once.
_current: ContextVar[Language] = ContextVar("net119_language", default=Language.EN)


def use_language(language: Language) -> None:
    """Make `text` answer in `language` from here on."""
    _current.set(language)


def current_language() -> Language:
    """The language in use; commands hand it on to the packages that write pages and reports."""
    return _current.get()


def text(*, ja: str, en: str) -> str:
    """The one of two equivalent texts that fits the language in use."""
    return ja if _current.get() is Language.JA else en


def language_from_environment(environment: Mapping[str, str]) -> Language:
    """NET119_LANG if set, else Japanese where the locale's messages are Japanese, else English.

    Raises UserError if NET119_LANG is neither `ja` nor `en`.
    """
    wanted = environment.get("NET119_LANG")
    if wanted:
        return _parse(wanted, where="NET119_LANG")
    # The first one set decides, as POSIX has it (XBD 8.2).
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if environment.get(name):
            return Language.JA if environment[name].startswith("ja") else Language.EN
    return Language.EN


def take_language(
    arguments: Sequence[str], environment: Mapping[str, str]
) -> tuple[Language, list[str]]:
    """The language, and the arguments without `--lang`, which may stand before or after a command.

    Arguments after a bare `--` are left alone. Raises UserError if `--lang` has no value or an
    unknown one.
    """
    rest: list[str] = []
    chosen: Language | None = None
    waiting = iter(arguments)
    for argument in waiting:
        if argument == "--":
            rest += [argument, *waiting]
        elif argument == "--lang":
            chosen = _parse(next(waiting, ""), where="--lang")
        elif argument.startswith("--lang="):
            chosen = _parse(argument.removeprefix("--lang="), where="--lang")
        else:
            rest.append(argument)
    return chosen or language_from_environment(environment), rest


def _parse(wanted: str, *, where: str) -> Language:
    try:
        return Language(wanted)
    except ValueError:
        # Which language the reader has is the very thing that is not known here: both, then.
        raise UserError(
            what=f"unknown language / 不明な言語: {wanted!r}",
            where=where,
            what_to_do="use ja or en / ja か en を指定してください",
        ) from None
