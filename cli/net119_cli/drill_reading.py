"""Finds the drill that a command is to use, by its name or file."""

from pathlib import Path
from typing import TYPE_CHECKING

from net119_cli.errors import UserError
from net119_cli.language import current_language, text

if TYPE_CHECKING:
    from net119_protocol.labels import Language
    from net119_scenarios.acted.model import Scenario


def language() -> "Language":
    """The language in use, as the packages name it."""
    return "ja" if current_language().value == "ja" else "en"


def drill_of(which: str) -> tuple[str, str, "Scenario"]:
    """Name, text and scenario of a drill of the library, or in a ``.yaml`` file.

    Raises:
        UserError: there is none, it is wrong (with all problems), or it is no drill.
    """
    from net119_scenarios.acted import library
    from net119_scenarios.acted.reading import read_scenario
    from net119_scenarios.acted.source import ScenarioError

    if which in library.drills():
        return which, library.text_of(which), library.load(which)
    if which in library.names():
        raise no_drill(which)
    if not which.endswith((".yaml", ".yml")):
        raise unknown(which)
    try:
        source = Path(which).read_text("utf-8")
        scenario = read_scenario(source, which)
    except (OSError, UnicodeDecodeError) as wrong:
        raise UserError(
            text(ja=f"ファイルを読めません: {wrong}", en=f"the file cannot be read: {wrong}"),
            which,
            text(ja="UTF-8 のファイルを指定してください", en="Give a file in UTF-8"),
        ) from None
    except ScenarioError as wrong:
        raise UserError(
            text(ja="シナリオに誤りがあります", en="the scenario is wrong"),
            which,
            "\n".join(each.shown(language()) for each in wrong.problems),
        ) from None
    if scenario.drill is None:
        raise no_drill(which)
    return name_of(Path(which)), source, scenario


def name_of(file: Path) -> str:
    """By which the records of a file's drills are found: small letters, digits, hyphens."""
    kept = "".join(c if c.isascii() and c.isalnum() else "-" for c in file.stem.lower())
    return kept.strip("-") or "drill"


def unknown(name: str) -> UserError:
    """There is no drill of this name."""
    from net119_scenarios.acted import library

    return UserError(
        text(ja=f"そのような訓練はありません: {name}", en=f"no such drill: {name}"),
        "NAME",
        text(ja="次のどれかです: ", en="use one of ") + ", ".join(library.drills()),
    )


def no_drill(name: str) -> UserError:
    """It is a scenario without the part that people need."""
    return UserError(
        text(ja="drill: の部分がないので、訓練ではありません", en="it has no part `drill:`"),
        name,
        text(
            ja="net119 drill new で訓練を写すか、docs/scenarios.md を見て書き足してください",
            en="Copy a drill with `net119 drill new`, or add the part as docs/scenarios.md shows",
        ),
    )
