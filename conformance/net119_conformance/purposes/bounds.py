"""A caller who calls again and again: how many calls are taken is the system's matter, how it says
no is not."""

from uuid import uuid4

from net119_protocol.api.problems import Problem
from net119_protocol.codes import CloseOutcome, Kind, PlaceChoice, Refusal
from net119_simulators.errors import CallRefused

from net119_conformance.capacity import REFERENCE
from net119_conformance.catalogue import Role
from net119_conformance.drivers.actors import Console, Handset, HandsetCall
from net119_conformance.new_calls import NewCalls, no_other_came
from net119_conformance.purpose import purpose
from net119_conformance.told import refused_plainly
from net119_conformance.trial import Trial
from net119_conformance.world.needs import Needs
from net119_conformance.world.world import World

PRESSES = 12
"""More calls than anybody makes in a row who needs help."""
BOUNDS = (Refusal.TOO_MANY, Refusal.OVERLOAD)
"""The codes of the handset API for a call that is one too many: of this registrant, or of all."""
WHY = ("短い間", "何度も", "続けて", "回数", "件数", "待って", "多すぎ", "すぎです", "混み合")
FULL = "the system was full: whether another registrant is served was not judged"
STILL_HERE = "つながっていますか"


def presses(w: World) -> int:
    """How many, so that the system need not shed anybody: all of them and one more may be open.

    The suite's own providers take only as many as `REFERENCE` claims where a purpose is about that.
    """
    claimed = w.capacity.open_calls
    # Not `is`: a worker process has a copy.
    if isinstance(claimed, str) or w.capacity == REFERENCE:
        return PRESSES
    return min(PRESSES, claimed - 1)


async def _press(w: World, phone: Handset, press: str) -> HandsetCall | Problem:
    """A call under this name of the press, or why it was refused."""
    try:
        return await phone.call(
            Kind.AMBULANCE, PlaceChoice.CURRENT, fix=w.fix_at(w.home), client_call_id=press
        )
    except CallRefused as refusal:
        return refusal.problem


def _seen(answer: HandsetCall | Problem) -> str:
    return f"refused: {answer.code.value}" if isinstance(answer, Problem) else f"call {answer.id}"


async def _closed(console: Console, taken: list[HandsetCall]) -> None:
    """Leave no open call behind: others are judged at the same system."""
    for call in taken:
        await console.answer(call.id)
        await console.close(call.id, CloseOutcome.PRACTICE_DONE)


@purpose(
    id="BOUND-PLAIN",
    requirements=("ASO-20", "CNB-38"),
    derived=("CNB-38",),
    interfaces="AC",
    role=Role.HOME,
    needs=Needs(alone=True),
    timeout_s=60.0,
    title_ja="何度も通報する人がいても、一回の操作は一つの通報で、断るときは理由とほかの手段が示される",
    title_en="However often somebody calls, a press is one call, and a refusal is plain",
    stimulus_ja=f"一人の登録者が、{PRESSES}回まで、断られるまで続けて通報する。"
    "最初の通報の操作をもう一度送る。続けて別の登録者が通報する。申告された同時通報数には達しないようにする。",
    stimulus_en=f"One registrant calls up to {PRESSES} times in a row, until refused. The first "
    "press is sent once more. Then another registrant calls. No more calls are open than claimed.",
    expected_ja="操作の繰り返しは、いつでも同じ通報になる。断るときは too-many"
    "（全体の混雑なら overload）で、通報が届いていないこと、理由、ほかの手段が示され、"
    "指令台に現れない。つながっている通報は続き、別の登録者の"
    "通報は届く（全体の混雑のときを除く）。何回で断るかは問わず、断らなくてもよい。",
    expected_en="A repeated press is the same call at any time. A refusal says too-many (or "
    "overload, if that is it), tells that no call has arrived, why, and other means, and shows at "
    "no console. Open calls go on, and unless the system is full the other registrant's call "
    "arrives. After how many calls, or whether at all, is not judged.",
    why_ja="続けて押すのは、いたずらだけでなく、返事のない人でもある。断られたことが分からなければ、待ち続ける。",
    why_en="Not only pranksters press again and again, but also whoever gets no answer; who is not "
    "told of the refusal goes on waiting.",
)
async def plain(t: Trial, w: World) -> None:
    console = await w.console()
    new = await NewCalls.since_now(w, console)
    phone, other = await w.handset(), await w.handset()
    first_press = f"press-{uuid4().hex}"
    first = await _press(w, phone, first_press)
    if isinstance(first, Problem):
        t.require("the first call is taken", None)
        return
    taken: list[HandsetCall] = [first]
    refused: Problem | None = None
    for _ in range(presses(w) - 1):
        answer = await _press(w, phone, f"press-{uuid4().hex}")
        if isinstance(answer, Problem):
            refused = answer
            break
        taken.append(answer)
    ids = [call.id for call in taken]
    t.check(
        "each press that is taken is a call of its own",
        len(set(ids)) == len(ids),
        expected=f"{len(ids)} calls",
        seen=ids,
        ja="受け付けられた操作は、それぞれ別の通報である",
    )
    again = await _press(w, phone, first_press)
    t.check(
        "a repeat of the first press is the first call",
        not isinstance(again, Problem) and again.id == first.id,
        expected=f"call {first.id}",
        seen=_seen(again),
        ja="最初の操作の繰り返しは、最初の通報である",
    )
    if refused is None:
        t.evidence.note(f"{len(ids)} calls in a row were taken: no refusal was to be judged")
    else:
        t.check(
            "a refusal says that it is one call too many",
            refused.code in BOUNDS,
            expected=" / ".join(BOUNDS),
            seen=refused.code.value,
            ja="断るときは、通報が多すぎるためであることが示される",
        )
        refused_plainly(t, refused, WHY, "多すぎる通報")
    # A second connection of a handset may have taken the place of the first.
    at_hand = first if isinstance(again, Problem) else again
    await t.observe(
        "an open call goes on",
        at_hand.say(STILL_HERE),
        w.patience,
        expected="an acknowledgement",
        refusals=(CallRefused,),
        ja="つながっている通報は続く",
    )
    if refused is not None and refused.code is Refusal.OVERLOAD:
        t.evidence.note(FULL)
    else:
        await _another_is_served(t, w, console, other, taken)
    await no_other_came(
        t,
        new,
        [call.id for call in taken],
        "no refused press is at the center",
        "断られた操作は指令センターに現れない",
    )
    await _closed(console, taken)


async def _another_is_served(
    t: Trial, w: World, console: Console, other: Handset, taken: list[HandsetCall]
) -> None:
    """Check that another registrant's call is taken and shown; it is added to ``taken``.

    A system may have no bound but that of all calls, and that may be reached.
    """
    honest = await _press(w, other, f"press-{uuid4().hex}")
    if isinstance(honest, Problem) and honest.code is Refusal.OVERLOAD:
        t.evidence.note(FULL)
        return
    if t.check(
        "another registrant's call is taken",
        not isinstance(honest, Problem),
        expected="a call",
        seen=_seen(honest),
        ja="別の登録者の通報は受け付けられる",
    ) and not isinstance(honest, Problem):
        await t.observe(
            "another registrant's call is shown",
            console.wait_for_call(honest.id, w.patience, lambda seen: seen.mine),
            w.patience + 1,
            expected=f"call {honest.id}",
            ja="別の登録者の通報が指令台に表示される",
        )
        taken.append(honest)
