"""What caller and dispatcher read of a call that came home, or that nobody took."""

from collections.abc import Sequence
from typing import Protocol

from net119_protocol.api.common import Notice
from net119_protocol.api.problems import Problem

from net119_conformance.at_calls import MEANS, NEIGHBOUR, NOT_CALLED
from net119_conformance.checks import CheckLevel
from net119_conformance.drivers.actors import Console, HandsetCall
from net119_conformance.trial import Trial
from net119_conformance.world.plan import Ground
from net119_conformance.world.world import World


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


async def home_again(
    t: Trial,
    w: World,
    console: Console,
    call: HandsetCall,
    words: Sequence[str],
    what: str,
    ja: str,
    there: Ground | None = None,
) -> tuple[str, str]:
    """Check what both sides read of a call that came home; returns the dispatcher's text and the
    caller's.

    Any of the ``words`` tells the dispatcher why; ``there`` is the responsible department
    (default: the peer's).
    """
    there = there or w.ground("peer")
    within = 0.8 * w.t1_total
    shown = await t.observe(
        f"{what}: the home console has the call at once",
        console.wait_for_call(
            call.id, within, lambda seen: seen.mine and seen.state.value == "ringing"
        ),
        within + 1,
        expected="ringing",
        ja=f"{ja}: 直ちに登録地の指令台に届く",
    )
    if shown is None:
        return "", ""
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
    return dispatcher, caller


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
