"""A chat as a screen shows it, looked at again and again: what is new, and what is wrong."""

from collections.abc import Sequence

from net119_protocol.chat import ChatLine
from net119_simulators.line_log import LineLog, Violation


class ScreenLog(LineLog):
    """Takes whole screens instead of single lines.

    A line that stands twice on a screen breaks I4; one that was shown and is gone breaks I2, one
    that changed or stands out of order I3.
    """

    def __init__(self) -> None:
        super().__init__()
        self._last: tuple[ChatLine, ...] = ()

    def shown(self, lines: Sequence[ChatLine]) -> None:
        """The screen shows these lines now."""
        screen = tuple(lines)
        if screen == self._last:
            return
        known = {line.seq: line for line in self.lines}
        seen: set[int] = set()
        for line in screen:
            if line.seq in seen or known.get(line.seq) != line:
                self.take(line)
            seen.add(line.seq)
        if [line.seq for line in screen] != sorted(line.seq for line in screen):
            self._found("I3", f"lines stand in the order {[line.seq for line in screen]}")
        for gone in sorted({line.seq for line in self._last} - seen):
            self._found("I2", f"line {gone} was shown and is gone")
        self._last = screen

    def _found(self, rule: str, what: str) -> None:
        violation = Violation(rule, what)
        if violation not in self.violations:
            self.violations.append(violation)
