"""A dispatcher who asks what the checklist has, whatever the scenario's own lines are."""

from collections.abc import Awaitable, Callable, Sequence
from functools import partial

from net119_protocol.chat import ChatLine
from net119_protocol.codes import CallState, SenderRole
from net119_simulators.dispatcher import Dispatcher as Console
from net119_simulators.errors import CallRefused, Waited

from net119_scenarios.acted.drill_part import Item
from net119_scenarios.acted.shown import shown
from net119_scenarios.acted.troupe import Placed
from net119_scenarios.acted.understanding import mentions, questions

_ACK_S = 20.0


async def ask_all(
    console: Console,
    placed: Placed,
    items: Sequence[Item],
    takes: Callable[[str], Awaitable[None]],
    *,
    patience_s: float,
) -> None:
    """Ask one thing at a time, and read the reply before the next; what was told is not asked.

    A reply is waited for ``patience_s``. Ends quietly once the call is closed or somebody else's.

    Raises:
        CallRefused, NotConnected, Waited: a line was not taken.
    """
    for item in items:
        call = console.call(placed.id)
        if call.view is None or not call.view.mine or call.view.state is CallState.CLOSED:
            return
        lines = call.log.lines
        said = [shown(line, lines) for line in lines if line.sender is SenderRole.CALLER]
        if item.told and any(mentions(text, item.told) for text in said):
            continue
        await takes(item.ask)
        try:
            asked = await console.say(placed.id, item.ask, within=_ACK_S)
        except CallRefused:
            return  # closed or handed on in the same moment
        if not questions(item.ask):
            continue
        try:
            await console.wait_for_line(placed.id, partial(_replies, asked.seq), patience_s)
        except Waited:
            continue  # silent or gone: the next question may reach the caller


def _replies(asked: int, line: ChatLine) -> bool:
    return line.sender is SenderRole.CALLER and line.seq > asked
