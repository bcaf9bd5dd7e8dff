"""What a center lists of a call, be its list a moment behind."""

import functools
from collections.abc import Callable
from typing import NamedTuple, cast
from uuid import UUID

from net119_protocol.api.console import ConsoleCall

from net119_conformance.drivers.actors import Console
from net119_conformance.polling import until
from net119_conformance.trial import Trial
from net119_conformance.world.world import World


class Listed(NamedTuple):
    """State and epoch of a call as its center lists it, and whether the center owns it."""

    state: str
    epoch: int
    mine: bool


async def listed(console: Console, call_id: UUID) -> Listed | None:
    """What is listed of a call now; ``None`` if it is not listed, which tells nothing."""
    for each in await console.center_calls():
        if each.call_id == call_id:
            return Listed(each.state.value, each.epoch, each.mine)
    return None


async def shown_in_list(
    w: World, console: Console, call_id: UUID, wanted: Callable[[ConsoleCall], bool]
) -> ConsoleCall:
    """How a center lists a call, once that is as wanted, be the list a moment behind.

    Raises:
        TimeoutError: it was not, within the world's patience; the text tells how it was.
    """

    async def ask() -> ConsoleCall | None:
        every = await console.center_calls()
        return next((each for each in every if each.call_id == call_id), None)

    found = await until(w, ask, lambda seen: seen is not None and wanted(seen))
    return cast(ConsoleCall, found)


async def rightly_listed(
    t: Trial,
    w: World,
    console: Console,
    call_id: UUID,
    name: str,
    right: Callable[[Listed], bool],
    *,
    expected: object,
    ja: str,
) -> None:
    """Check that a call is listed as it ought to be, if it is listed.

    A list that is behind shows for a moment what was; what has changed wrongly stays so.
    """
    await t.observe(
        name,
        until(
            w,
            functools.partial(listed, console, call_id),
            lambda seen: seen is None or right(seen),
        ),
        w.patience + 1,
        expected=expected,
        ja=ja,
    )
