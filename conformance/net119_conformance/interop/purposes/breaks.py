"""The line between the two breaks, or one of them dies, in the middle of a call."""

import asyncio

from net119_simulators.errors import SimulatorError

from net119_conformance.catalogue import Role
from net119_conformance.drivers.actors import HandsetCall
from net119_conformance.interop.blame import Side
from net119_conformance.interop.purposes.words import ADVICE, ASKED, FIRST, MORE
from net119_conformance.interop.world import PairWorld
from net119_conformance.purpose import purpose
from net119_conformance.trial import Trial
from net119_conformance.world.needs import Needs

LATER = "いま、救急車の音が聞こえます"


@purpose(
    id="PAIR-LINK",
    requirements=("TOM-03", "CTS-12"),
    interfaces="ABC",
    role=Role.BOTH,
    needs=Needs(partner=True),
    title_ja="二つのシステムの間の接続が切れても、つながり直した後に、双方の文が一つも失われていない",
    title_en="The connections between the two break, and no line is lost once they are back",
    stimulus_ja="通報の途中で、二つのシステムの間の接続をすべて切る。通報者と指令員が書き続ける。",
    stimulus_en="In mid-call every connection between the two is cut; caller and dispatcher write "
    "on.",
    expected_ja="つながり直した後、切れている間の文も含め、すべての文が一度ずつ、同じ順序で双方にあ"
    "る。",
    expected_en="Once they are connected again, every line is there once and in one order on both "
    "sides, those written meanwhile among them.",
    why_ja="回線は切れるものであり、切れたときの一文が住所のこともある。",
    why_en="Lines do break, and the line that was under way may be the address.",
    timeout_s=120.0,
)
async def link(t: Trial, w: PairWorld) -> None:
    """See the texts."""
    call, console = await w.owned_there()
    await w.caller_says(call, console, FIRST)
    await w.dispatcher_says(call, console, ASKED)
    await w.cut_link()
    await w.caller_says(call, console, MORE, meanwhile=True)
    await w.cut_link()
    await w.dispatcher_says(call, console, ADVICE, meanwhile=True)
    await w.confirmed(call.id, MORE)
    await w.agree(call, console)


@purpose(
    id="PAIR-CRASH-ORIGINATING",
    requirements=("TOM-03",),
    interfaces="ABC",
    role=Role.BOTH,
    needs=Needs(partner=True),
    title_ja="送る側が異常終了して再起動しても、通報は一つの指令台のもので、確認済みの文は失われない",
    title_en="The originating system dies and comes back: one owner, and no acknowledged line lost",
    stimulus_ja="通報の途中で、最後の文が確認された直後、相手に届く前に送る側を強制終了し、すぐに起"
    "動する。通報者の端末がつなぎ直す。",
    stimulus_en="In mid-call the originating system is killed and started again, after a line was "
    "acknowledged and before it got to the other; the handset connects again.",
    expected_ja="双方がつなぎ直す。通報の担当は一つだけで、その指令台から通報者に文が届き、前の文もす"
    "べてある。",
    expected_en="The two connect again. Exactly one console owns the call, its line reaches the "
    "caller, and every earlier line is there.",
    why_ja="確認された文は、どちらのシステムが止まっても残らなければならない。",
    why_en="An acknowledged line must survive whichever of the two dies.",
    timeout_s=150.0,
)
async def crash_originating(t: Trial, w: PairWorld) -> None:
    """See the texts."""
    await _crash(t, w, Side.ORIGINATING)


@purpose(
    id="PAIR-CRASH-RECEIVING",
    requirements=("TOM-03", "ASO-18"),
    interfaces="ABC",
    role=Role.BOTH,
    needs=Needs(partner=True),
    title_ja="受ける側が異常終了して再起動しても、通報は一つの指令台のもので、確認済みの文は失われない",
    title_en="The receiving system dies and comes back: one owner, and no acknowledged line lost",
    stimulus_ja="通報の途中で、確認された文が届く前に受ける側を強制終了し、すぐに起動する。両方の指令"
    "台を開き直す。",
    stimulus_en="In mid-call the receiving system is killed and started again, before an "
    "acknowledged line got there; both consoles are opened again.",
    expected_ja="双方がつなぎ直す。通報は受ける側に残るか、登録地に戻るかのどちらか一つで、その指令台"
    "から通報者に文が届き、前の文もすべてある。",
    expected_en="The two connect again. The call stays there or comes home, one of the two; that "
    "console's line reaches the caller, and every earlier line is there.",
    why_ja="担当が二つあれば誰も動かず、一つもなければ誰も見ていない。",
    why_en="With two owners each leaves it to the other; with none nobody looks.",
    timeout_s=150.0,
)
async def crash_receiving(t: Trial, w: PairWorld) -> None:
    """See the texts."""
    await _crash(t, w, Side.RECEIVING)


async def _crash(t: Trial, w: PairWorld, side: Side) -> None:
    w.needs_crash(side)
    call, console = await w.owned_there()
    said = {
        FIRST: await w.caller_says(call, console, FIRST),
        ASKED: await w.dispatcher_says(call, console, ASKED),
    }
    await w.confirmed(call.id, FIRST)
    under_way = 0
    if await w.hold_link():
        under_way = said[MORE] = await w.caller_writes(call, MORE)
    await w.crash_of(side)
    await w.linked_again(killed=side)
    if side is Side.ORIGINATING:
        with t.waiting("the handset to connect again"):
            await _resumed(call, w)
    # The dispatcher's own console is still there, unless it was that system that died.
    there = console if side is Side.ORIGINATING else await w.there_console()
    here = await w.console() if w.has_console_at_home else None
    owner = await w.one_owner(call.id, here, there, "after the crash", "異常終了の後")
    desk = there if owner is Side.RECEIVING else here
    if owner is None or desk is None:
        return
    await w.takes(owner, desk, call.id, new=desk is not console)
    if under_way:
        await w.owner_reads(owner, desk, call.id, under_way, MORE)
    acknowledged = [text for text, number in said.items() if number]
    await w.owner_goes_on(owner, desk, call, LATER, acknowledged)
    await w.one_owner(call.id, here, there, "after the next line", "その後の文の後にも")


async def _resumed(call: HandsetCall, w: PairWorld) -> None:
    """Have the handset connect again; it may take a few attempts."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + w.again_s
    while True:
        try:
            await call.resume(within=w.patience)
            return
        except SimulatorError:
            if loop.time() >= deadline:
                raise
            await asyncio.sleep(0.2)
