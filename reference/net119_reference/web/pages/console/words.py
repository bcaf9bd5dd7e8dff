"""Words of the console: labels of the code lists, and the texts of its scripts from a data file."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from net119_protocol.codes import (
    CallState,
    CloseOutcome,
    FixSource,
    Kind,
    LinkSecurity,
    Mode,
    PlaceChoice,
    Presence,
    SenderRole,
)
from net119_protocol.labels import Language, label
from net119_protocol.person import Rh, Sex

FOLDER = Path(__file__).parent / "data"
_LISTS = {
    "kind": Kind,
    "mode": Mode,
    "state": CallState,
    "outcome": CloseOutcome,
    "source": FixSource,
    "link": LinkSecurity,
    "choice": PlaceChoice,
    "presence": Presence,
    "sender": SenderRole,
    "sex": Sex,
    "rh": Rh,
}


@cache
def texts() -> dict[str, dict[str, str]]:
    """Every text of the scripts by its key, in both languages."""
    found: dict[str, dict[str, str]] = tomllib.loads((FOLDER / "words.toml").read_text())
    return found


def for_script(lang: Language) -> dict[str, Any]:
    """What the page's scripts show, in the reader's language: ``text`` and the code lists."""
    lists = {
        name: {each.value: label(each, lang) for each in codes} for name, codes in _LISTS.items()
    }
    return {**lists, "text": {key: both[lang] for key, both in texts().items()}}
