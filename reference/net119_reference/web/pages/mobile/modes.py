"""In which mode a phone's calls are made, and how the pages say so (invariant I5)."""

from net119_protocol.codes import Mode
from net119_protocol.labels import Language, label

from net119_reference.web.pages.rendering import pick


def mark_of(mode: Mode, lang: Language) -> str:
    """What stands before everything that belongs to a call that is not live."""
    if mode is Mode.LIVE:
        return ""
    return f"【{label(mode)}】" if lang == "ja" else f"[{label(mode, 'en').upper()}] "


def banner_of(mode: Mode, lang: Language) -> tuple[str, str]:
    """Mark and words of the banner on each page of a call that is not live; else empty."""
    words = {
        Mode.LIVE: ("", ""),
        Mode.PRACTICE: (
            "練習です。消防車・救急車は来ません。",
            "This is practice. No fire engine or ambulance will come.",
        ),
        Mode.DRILL: ("訓練の通報です。", "A call of a drill."),
        Mode.TEST: ("試験用のシステムです。", "A system under test."),
    }
    return mark_of(mode, lang), pick(lang, *words[mode])
