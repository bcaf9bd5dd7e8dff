"""How long must be looked for what must not come, so that its absence says something."""

import asyncio
from collections.abc import Callable

LEAST_S = 1.5
"""Nothing is believed to stay away after less."""
LAST_LOOK_S = 0.2
"""For one more look at a screen, where the time is over already."""


class Lookout:
    """Made when that begins which might have something forbidden come of it.

    Between its making and the last look the system is to be seen doing something later in the same
    place: showing the next call at the same console, say, or answering the next message on the same
    connection. ``longest`` tells, when it is asked, how many seconds the whole look takes: what is
    slow with everything is looked at for longer.
    """

    def __init__(self, longest: Callable[[], float]) -> None:
        self._longest = longest
        self._clock = asyncio.get_running_loop().time
        self._since = self._clock()

    def left(self) -> float:
        """Seconds for which it must still be looked for."""
        return max(LAST_LOOK_S, self._since + self._longest() - self._clock())


def long_enough(slowest_s: float, patience_s: float) -> float:
    """How long a look for something forbidden takes at a system, seconds.

    Twice the slowest that it took to show what it had to; its patience (all that it promises to do
    is done by then) at most, and `LEAST_S` at least, if it does not promise to be faster.
    """
    return min(patience_s, max(LEAST_S, 2 * slowest_s))
