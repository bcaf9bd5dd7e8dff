"""In which mode a phone's calls are made, and how the pages say so (invariant I5)."""

from collections.abc import Collection

from net119_protocol.codes import Mode
from net119_protocol.labels import Language, label

_REAL = (Mode.LIVE, Mode.TEST, Mode.DRILL)


def real_mode(accepted: Collection[Mode]) -> Mode:
    """The mode of a call that is meant: live where this provider takes live calls.

    A provider of a test bed does not; its calls are marked for what they are.
    """
    return next((each for each in _REAL if each in accepted), Mode.LIVE)


def mark_of(mode: Mode, lang: Language) -> str:
    """What stands before everything that belongs to a call that is not live."""
    if mode is Mode.LIVE:
        return ""
    return f"【{label(mode)}】" if lang == "ja" else f"[{label(mode, 'en').upper()}] "
