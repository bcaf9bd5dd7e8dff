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


def timed(lang: Language, moment: datetime, of: datetime) -> str:
    """A moment to the second, with its day only where that is another one than ``of`` has."""
    local, same = moment.astimezone(JAPAN), of.astimezone(JAPAN).date()
    clock = f"{local.hour}時{local:%M分%S秒}" if lang == "ja" else f"{local:%H:%M:%S}"
    if local.date() == same:
        return clock
    return f"{dated(lang, local.date())}{' ' if lang == 'ja' else ', '}{clock}"
