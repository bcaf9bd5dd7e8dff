"""Words of the alarm desk: labels of its code lists, and the texts of its script."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from net119_protocol.alarms import codes
from net119_protocol.labels import Language, label_of
from net119_protocol.person import Sex

FILE = Path(__file__).parent / "data" / "alarm_words.toml"
_LISTS = {
    "kind": codes.IncidentKind,
    "state": codes.IncidentState,
    "finding": codes.Finding,
    "accident": codes.Accident,
    "recipient": codes.Recipient,
    "desk": codes.Desk,
    "answer": codes.HelperAnswer,
    "event": codes.SceneEvent,
    "outcome": codes.AlarmOutcome,
    "trouble": codes.UnitTrouble,
}


@cache
def texts() -> dict[str, dict[str, str]]:
    """Every text of the script by its key, in both languages."""
    found: dict[str, dict[str, str]] = tomllib.loads(FILE.read_text("utf-8"))
    return found


def for_script(lang: Language) -> dict[str, Any]:
    """What the script shows, in the reader's language: ``text`` and the code lists."""
    lists = {
        name: {each.value: getattr(codes.label_of(each), lang) for each in kind}
        for name, kind in _LISTS.items()
    }
    lists["sex"] = {each.value: getattr(label_of(each), lang) for each in Sex}
    return {**lists, "text": {key: both[lang] for key, both in texts().items()}}
