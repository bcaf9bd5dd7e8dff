"""Ready texts and questions to tap, by kind of emergency (A61), from a data file per language."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Annotated, Any

from net119_protocol.codes import Kind, Mode
from net119_protocol.labels import Language
from pydantic import BaseModel, ConfigDict, Field

FOLDER = Path(__file__).parent / "data"
_Text = Annotated[str, Field(min_length=1, max_length=300)]
_Options = Annotated[
    tuple[Annotated[str, Field(min_length=1, max_length=100)], ...], Field(max_length=20)
]


class ReadyText(BaseModel):
    """One text as it is sent, with the kinds and modes for which it is offered."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Annotated[str, Field(pattern=r"^[a-z][a-z-]*$")]
    text: _Text
    options: _Options = ()
    kinds: tuple[Kind, ...] = tuple(Kind)
    modes: tuple[Mode, ...] = tuple(Mode)


class Gloss(BaseModel):
    """What a text means in another language, for the dispatcher alone."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    text: _Text
    options: _Options = ()


@cache
def texts() -> tuple[ReadyText, ...]:
    """The texts in the order of the file.

    Raises:
        ValueError: the packaged file is wrong; the error says where.
    """
    rows = tomllib.loads((FOLDER / "ready.ja.toml").read_text())["ready"]
    return tuple(ReadyText.model_validate(row) for row in rows)


@cache
def glosses() -> dict[str, Gloss]:
    """The English meaning of each text, by its id."""
    rows = tomllib.loads((FOLDER / "ready.en.toml").read_text())
    return {name: Gloss.model_validate(row) for name, row in rows.items()}


def for_script(lang: Language) -> list[dict[str, Any]]:
    """The texts as the page's script needs them; with glosses where it is not in Japanese."""
    found = []
    for each in texts():
        row = each.model_dump(mode="json")
        if lang != "ja":
            row["gloss"] = glosses()[each.id].model_dump()
        found.append(row)
    return found
