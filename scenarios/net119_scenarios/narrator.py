"""Tells happenings to people: who does what, at which second of the call, in 80 columns."""

from datetime import datetime

from net119_protocol.codes import SenderRole
from net119_protocol.labels import Language
from rich.cells import cell_len

from net119_scenarios.happening import Happening, Role, What
from net119_scenarios.layout import WIDTH, columns, wrap
from net119_scenarios.phrases import Phrases
from net119_scenarios.prologue import Prologue
from net119_scenarios.result import Result
from net119_scenarios.words import ROLES

_TIME_WIDTH = 8
_ROLE_WIDTH = 17
_SENDERS = {SenderRole.CALLER.value: Role.CALLER, SenderRole.SYSTEM.value: Role.HOME_PROVIDER}


class Narrator:
    """Writes lines of text of at most ``width`` columns.

    ``began``, to be set before anything of the call is told, is its second 0.00.
    """

    def __init__(self, language: Language, width: int = WIDTH) -> None:
        self.language = language
        self.width = width
        self.phrases = Phrases(language)
        self.began: datetime | None = None
        self._prologue = Prologue(self.phrases, width)
        # Who of the two dispatchers speaks: the one who pressed the button.
        self._speaker = Role.HOME_DISPATCHER

    def heading(self, *, ja: str, en: str) -> list[str]:
        """A heading with an empty line before it."""
        return ["", f"■ {self.phrases.say(ja=ja, en=en)}"]

    def tell(self, happening: Happening) -> list[str]:
        """The lines of something that happened in the call."""
        if happening.at is None:
            return self._prologue.tell(happening)
        role = happening.role
        if happening.what is What.ANSWER_PRESSED:
            self._speaker = role
        if happening.what is What.LINE:
            role = _SENDERS.get(happening.details["sender"], self._speaker)
        left = self._time(happening.at) + "  " + ROLES[role].of(self.language)
        first, *more = self.phrases.of(happening)
        width = _TIME_WIDTH + 2 + _ROLE_WIDTH
        lines = columns(left, first, left_width=width, width=self.width)
        for text in more:
            lines += columns("", text, left_width=width, width=self.width)
        return lines

    def plain(self, happening: Happening) -> str:
        """The same as one text, without times and columns."""
        if happening.at is None:
            return " ".join(" ".join(self._prologue.tell(happening)).split())
        return " ".join(self.phrases.of(happening))

    def seconds(self, at: datetime | None) -> float | None:
        """Seconds since the call began."""
        if at is None or self.began is None:
            return None
        return round((at - self.began).total_seconds(), 3)

    def _time(self, at: datetime | None) -> str:
        seconds = self.seconds(at)
        if seconds is None:
            return " " * _TIME_WIDTH
        text = self.phrases.say(ja=f"{seconds:.2f}秒", en=f"{seconds:.2f} s")
        return " " * (_TIME_WIDTH - cell_len(text)) + text

    def conclusion(self, result: Result) -> list[str]:
        """The checks, each with what was seen where it failed, and the end in one line."""
        say = self.phrases.say
        lines = self.heading(ja="確認", en="Checks")
        marks = {True: say(ja="  よし", en="  ok"), False: say(ja="  不可", en="  FAIL")}
        for check in result.checks:
            text = check.words.of(self.language)
            lines += columns(marks[check.held], text, left_width=8, width=self.width)
            if not check.held:
                seen = say(ja=f"実際: {check.seen}", en=f"seen: {check.seen}")
                lines += columns("", seen, left_width=8, width=self.width)
        failed = sum(not check.held for check in result.checks)
        end = result.summary.of(self.language)
        if not result.ok:
            end = say(
                ja=f"あるべきとおりに終わりませんでした（{failed}件）。",
                en=f"It did not end as it must ({failed} failed).",
            )
        return [*lines, "", *wrap(end, self.width)]
