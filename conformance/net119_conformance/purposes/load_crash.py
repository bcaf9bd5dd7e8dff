"""Killed while many write: what was acknowledged is there."""

import asyncio

from net119_loadtests.crowd import Crowd

from net119_conformance.capacity import Part
from net119_conformance.catalogue import Role
from net119_conformance.crowds import gathered, talked
from net119_conformance.crowds_judged import chat_claimed, kept_promises, recovered
from net119_conformance.drivers.interface import Verb
from net119_conformance.purpose import purpose
from net119_conformance.purposes.chat_kept import RESTART_S
from net119_conformance.purposes.load_chat import TIMEOUT_S
from net119_conformance.trial import Trial
from net119_conformance.world.needs import Needs
from net119_conformance.world.world import World

WHEN = 0.5
"""Of the measured time, before the system is killed."""


@purpose(
    id="LOAD-CRASH",
    requirements=("CTS-09",),
    interfaces="AC",
    role=Role.HOME,
    needs=Needs(own_system=True, crowd=True, capacity=(Part.CHAT,)),
    title_ja="多くの人が書いている最中に強制終了しても、確認された文は一つも失われない",
    title_en="Killed while as many write as claimed, a system loses no acknowledged line",
    stimulus_ja="申告された人数と頻度のやりとりの最中に、試験対象を強制終了し、再び起動する。端末と指令台はつな"
    "ぎ直し、確認されていない文を同じ識別子で送り直す。",
    stimulus_en="While as many callers as claimed chat at the claimed rate the system is killed "
    "and started again; handsets and consoles connect again and repeat what was not acknowledged.",
    expected_ja="全員が戻り、確認された文がすべて同じ番号で双方と記録に一度だけあり、やりとりが続く。",
    expected_en="All come back; every acknowledged line is at both sides and in the record once, "
    "under its number, and the chats go on.",
    why_ja="まとめて書き込むと、失われるのも一度に多くの人の文になる。",
    why_en="What is stored in groups is lost in groups.",
    timeout_s=TIMEOUT_S,
)
async def crash(t: Trial, w: World) -> None:
    w.claimed(Verb.CRASH)
    chat = chat_claimed(t, w)
    plan = await gathered(
        w,
        chat.callers,
        (w.home, *w.estate.crowd),
        every_s=chat.every_s,
        measure_s=chat.cut_s,
        settle_s=RESTART_S,
    )
    acknowledged = 0

    async def kill(crowd: Crowd) -> None:
        nonlocal acknowledged
        await asyncio.sleep(chat.cut_s * WHEN)
        acknowledged = crowd.stage.acked
        t.evidence.note("the SUT is killed and started again")
        await w.crash()

    outcome = await talked(w, plan, kill)
    t.require(
        "lines had been acknowledged when the system was killed",
        acknowledged,
        ja="強制終了の前に確認された文がある",
    )
    kept_promises(t, outcome, connections_cut=True)
    recovered(t, outcome)
