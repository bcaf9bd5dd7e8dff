"""Days and moments on paper: by the Japanese calendar in Japanese, as English writes them else."""

from datetime import date, datetime

from net119_protocol.labels import Language
from net119_protocol.profile.wareki import in_wareki

from net119_reference.web.pages.rendering import JAPAN, day


def dated(lang: Language, value: date) -> str:
    """A day on paper: 令和8年11月30日."""
    return in_wareki(value) if lang == "ja" else day(lang, value)


def dated_when(lang: Language, moment: datetime) -> str:
    """A moment on paper, in Japan's time: 令和8年11月30日 12時05分."""
    local = moment.astimezone(JAPAN)
    clock = f" {local.hour}時{local.minute:02d}分" if lang == "ja" else f", {local:%H:%M}"
    return dated(lang, local.date()) + clock
