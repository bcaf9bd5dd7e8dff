"""More calls than the system takes: a plain refusal, and whole calls for those who are in one."""

import asyncio

from net119_loadtests.crowd import Crowd
from net119_protocol.api.problems import Problem
from net119_protocol.codes import Kind, PlaceChoice, Refusal
from net119_simulators.errors import CallRefused

from net119_conformance.capacity import Part
from net119_conformance.catalogue import Role
from net119_conformance.crowds import gathered, talked
from net119_conformance.crowds_judged import kept_promises
from net119_conformance.drivers.actors import Handset
from net119_conformance.purpose import purpose
from net119_conformance.purposes.load_chat import TIMEOUT_S
from net119_conformance.purposes.not_received import BUSY
from net119_conformance.told import refused_plainly
from net119_conformance.trial import Trial
from net119_conformance.world.needs import Needs
from net119_conformance.world.world import World

TOO_MANY = 3
"""Callers beyond the limit, at once."""
EVERY_S = 1.0
MEASURE_S = 4.0
TAKEN_AGAIN = "once calls have ended a call is taken"
REFUSED = "each call beyond the claimed number is refused as overload"


@purpose(
    id="LOAD-LIMIT",
    requirements=("ASO-20", "CNB-38"),
    derived=("CNB-38",),
    interfaces="AC",
    role=Role.HOME,
    needs=Needs(own_system=True, crowd=True, call_limit=True, capacity=(Part.LIMIT,)),
    title_ja="申告された数を超える通報は理由とほかの手段を示して断り、続いている通報は損なわない",
    title_en="Calls beyond the claimed number are refused plainly, and open ones stay whole",
    stimulus_ja="申告された数の通報が続き、全員が書いているときに、さらに 3 人が同時に通報する。"
    "通報が終わった後でもう一度通報する。",
    stimulus_en="While as many calls as claimed are open and everybody writes, three more callers "
    "call at once; after calls have ended one of them calls again.",
    expected_ja="3 人とも overload として断られ、届いていないこと、理由、ほかの手段が日本語で示され"
    "る。続いている通報では、文が失われず、重ならず、接続も切れない。通報が終われば新しい通報を受け付ける。",
    expected_en="All three are refused as 'overload' and read that nothing was received, why, and "
    "other means. In the open calls nothing is lost, doubled or cut off. After calls have ended, "
    "a call is taken.",
    why_ja="受けきれないときに黙って遅くなると、つながっている人も助からない。",
    why_en="A system that takes more than it can carry fails those who have got through, too.",
    timeout_s=TIMEOUT_S,
)
async def limit(t: Trial, w: World) -> None:
    claimed = w.capacity.open_calls
    calls = t.require(
        "the profile claims a limit of open calls", None if isinstance(claimed, str) else claimed
    )
    more = [await w.handset() for _ in range(TOO_MANY)]
    plan = await gathered(w, calls, (w.home, *w.estate.crowd), every_s=EVERY_S, measure_s=MEASURE_S)
    refusals: list[CallRefused | str] = []

    async def too_many(_crowd: Crowd) -> None:
        refusals.extend(await asyncio.gather(*(_refusal(w, phone) for phone in more)))

    outcome = await talked(w, plan, too_many)
    seen = [each if isinstance(each, str) else each.code.value for each in refusals]
    t.check(
        REFUSED,
        seen == [Refusal.OVERLOAD.value] * TOO_MANY,
        expected=[Refusal.OVERLOAD.value] * TOO_MANY,
        seen=seen or "no answer",
        ja="申告された数を超える通報は、どれも overload として断られる",
    )
    problem: Problem | None = None
    for each in refusals:
        if isinstance(each, CallRefused):
            problem = each.problem
    refused_plainly(t, problem, BUSY, "通報が多すぎるとき")
    kept_promises(t, outcome)
    await t.observe(
        TAKEN_AGAIN,
        w.call_from(more[0], w.home),
        w.patience,
        expected="a call",
        refusals=(CallRefused,),
        ja="通報が終われば、新しい通報が受け付けられる",
    )


async def _refusal(w: World, phone: Handset) -> CallRefused | str:
    """How a call is refused, or in words what came of it instead."""
    try:
        async with asyncio.timeout(w.patience):
            taken = await phone.call(Kind.AMBULANCE, PlaceChoice.CURRENT, fix=w.fix_at(w.home))
    except CallRefused as refusal:
        return refusal
    except TimeoutError:
        return f"no answer within {w.patience:g} s"
    return f"call {taken.id} was taken"
