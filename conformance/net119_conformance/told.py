"""What caller and dispatcher read of a call that came home, or that nobody took."""

import math
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from typing import Protocol

from net119_protocol.api.common import Notice
from net119_protocol.api.console import ConsoleCall
from net119_protocol.api.problems import Problem
from net119_simulators.errors import Waited

from net119_conformance.at_calls import MEANS, NEIGHBOUR, NOT_CALLED
from net119_conformance.checks import CheckLevel
from net119_conformance.drivers.actors import Console, HandsetCall
from net119_conformance.trial import Trial
from net119_conformance.world.world import World

AT_ONCE_OF_T1 = 0.5
"""Share of T1 within which a call is at home, once it is known that nobody else takes it."""
TRIES = 4
"""Calls that may be made until one is at home so soon: a busy machine is late now and then, a
system that waits for T1 always is."""
Made = Callable[[], Awaitable[tuple[HandsetCall, datetime]]]
"""Makes one more call, and tells since when its way home has been clear."""


class _Told(Protocol):
    """A call as somebody sees it, with what the machine tells of it."""

    @property
    def notices(self) -> Sequence[Notice]:
        """What the machine tells."""


def told(view: _Told | None) -> str:
    """All that the machine tells of a call, in Japanese."""
    return "" if view is None else "".join(notice.text_ja for notice in view.notices)


def one_says(view: _Told | None, *groups: Sequence[str]) -> bool:
    """Whether one notice alone says something of each group; what two say apart means less."""
    return view is not None and any(
        all(any(word in notice.text_ja for word in group) for group in groups)
        for notice in view.notices
    )


def soon(w: World) -> float:
    """Seconds within which a call is at home that waits for nobody."""
    return AT_ONCE_OF_T1 * (w.timers.t1_s or 5.0)


async def until_soon(w: World, first: float, again: Callable[[], Awaitable[float]]) -> list[float]:
    """How long the first call took to be at home, and more calls as long as none was soon."""
    took = [first]
    while min(took) > soon(w) and len(took) < TRIES:
        took.append(await again())
    return took


async def home_again(
    t: Trial,
    w: World,
    console: Console,
    make: Made,
    words: Sequence[str],
    what: str,
    ja: str,
) -> tuple[str, str]:
    """Check that a call comes home at once, and what both sides read of it.

    Any of the ``words`` tells the dispatcher why. Returns the dispatcher's text and the caller's.
    """
    there = w.ground("peer")
    call, since = await make()
    shown = await t.observe(
        f"{what}: the home console has the call",
        _home(w, console, call),
        w.t1_total + 1,
        expected="ringing",
        ja=f"{ja}: 登録地の指令台に届く",
    )
    if shown is None:
        return "", ""
    took = _since(since)
    dispatcher = told(shown)
    t.check(
        f"{what}: the dispatcher reads the reason, and whom to phone",
        one_says(shown, words, (there.name_ja,), (there.phone,)),
        expected=(" / ".join(words), there.name_ja, there.phone),
        seen=dispatcher or "nothing",
        level=CheckLevel.DERIVED,
        ja=f"{ja}: 理由と電話先が指令員に示される",
    )
    view = await t.observe(
        f"{what}: the caller reads who will be told",
        call.wait_for_view(lambda seen: there.name_ja in told(seen), w.patience),
        w.patience + 1,
        expected=there.name_ja,
        level=CheckLevel.DERIVED,
        ja=f"{ja}: どの本部に伝わるかが通報者に示される",
    )
    caller = told(view)
    t.check(
        f"{what}: the caller is not sent to the telephone",
        bool(caller) and there.phone not in caller,
        expected="no telephone number",
        seen=caller or "nothing",
        level=CheckLevel.DERIVED,
        ja=f"{ja}: 通報者に電話をかけさせない",
    )

    async def again() -> float:
        call, since = await make()
        try:
            await _home(w, console, call)
        except Waited:
            return math.inf
        return _since(since)

    all_took = await until_soon(w, took, again)
    t.check(
        f"{what}: the call is at home at once, without a wait for T1",
        min(all_took) <= soon(w),
        expected=f"at most {soon(w):g} s, at the soonest",
        seen=[f"{each:.2f} s" for each in all_took],
        ja=f"{ja}: T1を待たず、直ちに登録地に届く",
    )
    return dispatcher, caller


async def _home(w: World, console: Console, call: HandsetCall) -> ConsoleCall:
    return await console.wait_for_call(
        call.id, w.t1_total, lambda seen: seen.mine and seen.state.value == "ringing"
    )


def _since(moment: datetime) -> float:
    return (datetime.now(UTC) - moment).total_seconds()


def says_not_received(text: str) -> bool:
    """Whether a text says, in Japanese, that no call has arrived."""
    return any(each in text for each in NOT_CALLED)


def names_other_means(text: str) -> bool:
    """Whether a text has somebody nearby call, and names a way without a voice for who is alone."""
    return all(any(each in text for each in of) for of in (NEIGHBOUR, MEANS))


def refused_plainly(t: Trial, problem: Problem | None, words: Sequence[str], ja: str) -> None:
    """Check that a caller who is refused reads what happened and what else to do.

    Any of the ``words`` tells why; ``problem`` is ``None`` if the call was not refused.
    """
    said = "" if problem is None else problem.message_ja or ""
    means = "" if problem is None else problem.other_means_ja or ""
    t.check(
        "the refused caller reads in Japanese that no call has arrived",
        says_not_received(said),
        expected=" / ".join(NOT_CALLED),
        seen=said or "nothing",
        level=CheckLevel.DERIVED,
        ja=f"{ja}: 通報が届いていないことが、日本語で通報者に示される",
    )
    t.check(
        "the refused caller reads why",
        any(word in said for word in words),
        expected=" / ".join(words),
        seen=said or "nothing",
        level=CheckLevel.DERIVED,
        ja=f"{ja}: 理由が通報者に示される",
    )
    t.check(
        "the refused caller reads which other means there are, without a voice too",
        names_other_means(means),
        expected=(" / ".join(NEIGHBOUR), " / ".join(MEANS)),
        seen=means or "nothing",
        level=CheckLevel.DERIVED,
        ja=f"{ja}: 声を使わない方法を含め、ほかの手段が示される",
    )
