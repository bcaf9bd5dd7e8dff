"""Readers who do not keep up: the others do not notice."""

import math

from net119_loadtests.scripts import Script
from net119_loadtests.shapes import Shape, Slow

from net119_conformance.capacity import Chat, Part
from net119_conformance.catalogue import Role
from net119_conformance.crowds import WORDS, Outcome, gathered, talked
from net119_conformance.crowds_judged import chat_claimed, in_time, kept_promises
from net119_conformance.purpose import purpose
from net119_conformance.purposes.load_chat import TIMEOUT_S
from net119_conformance.trial import Trial
from net119_conformance.world.needs import Needs
from net119_conformance.world.world import World

HANDSETS, CONSOLES = 0.1, 0.5
"""Shares of them that read slowly: of two consoles one."""
READS_S = 0.5
"""Before readers stop, and after they have gone on."""
BUFFERS_BYTES = 5_000_000
"""More than the kernel (Linux: 4 MiB, overhead included) and a server's TLS (512 KiB in asyncio)
hold for a connection that nobody reads, before the server's own code notices."""
AT_SLOW = 3
"""So many times as many callers are at a slow console as at another one."""
FELT_S = 240.0
"""Within this time the buffers must be full, or a run would take too long."""
STOOD_MS = 1000.0
"""What was shown so late had waited for its reader."""
ENOUGH = 0.9
"""Of what buffers hold: lines of the last second do not count, as they waited for less."""
ANSWERS = 10
LONG = 1900
"""Characters of a line (2,000 at most): what nobody reads must not fit into buffers."""


def _long(words: tuple[str, ...]) -> tuple[str, ...]:
    return tuple((f"{each}。" * (LONG // (len(each) + 1)))[:LONG] for each in words)


def shares_of(consoles: int) -> list[int]:
    """How many callers of a turn each console gets: most are at the slow ones."""
    slow = Slow(consoles=CONSOLES, every_s=2, stops_for_s=1)
    return [AT_SLOW if slow.console(number, consoles) else 1 for number in range(consoles)]


def stops_for(chat: Chat, consoles: int) -> tuple[float, float]:
    """How long it takes until buffers are full, and for how long readers stop, in seconds.

    Once the buffers are full, a system that waits for its slowest reader holds the others up: for
    longer than is claimed, or nobody could tell.
    """
    callers = chat.callers * AT_SLOW // sum(shares_of(consoles))
    full_s = BUFFERS_BYTES * chat.every_s / (callers * LONG * len("あ".encode()))
    return full_s, full_s + 1.5 * chat.seen_p99_ms / 1000


def shape_for(stops_s: float) -> Shape:
    """Readers that stop once for so long."""
    slow = Slow(
        handsets=HANDSETS,
        consoles=CONSOLES,
        every_s=READS_S + stops_s,
        stops_for_s=stops_s,
        small_buffers=True,
    )
    return Shape(ja="遅い受信者", en="slow readers", measure="answered", slow=slow)


def pressed(t: Trial, outcome: Outcome, consoles: int) -> None:
    """Require that readers really stood still, and slow consoles for as much as buffers hold.

    What the generator did is not taken for granted: it once slowed those down whom few wrote to.
    """
    waited = [
        taken for taken in outcome.series.get("slow_seen_by_dispatcher_ms", ()) if taken >= STOOD_MS
    ]
    are_slow = sum(share == AT_SLOW for share in shares_of(consoles))
    missed = len(waited) * LONG * len("あ".encode()) // are_slow
    t.require(
        f"each slow console left {ENOUGH * BUFFERS_BYTES:.0f} bytes unread (it was {missed})",
        missed >= ENOUGH * BUFFERS_BYTES,
        ja=f"遅い指令台が、それぞれ {ENOUGH * BUFFERS_BYTES:.0f} バイト以上を読まずにいた"
        f" (実際は {missed})",
    )
    t.require(
        "slow handsets stood still",
        (outcome.p99("slow_ack_ms", "slow_seen_by_caller_ms") or 0.0) >= STOOD_MS,
        ja="遅い端末が実際に受信を止めた",
    )


WORDY = Script(name="wordy", caller=_long(WORDS.caller), dispatcher=WORDS.dispatcher)


@purpose(
    id="LOAD-SLOW-READER",
    requirements=("CTS-09",),
    interfaces="AC",
    role=Role.HOME,
    needs=Needs(once=True, sibling=True, crowd=True, capacity=(Part.CHAT,)),
    title_ja="受信の遅い指令台や端末があっても、ほかの通報のやりとりは遅れない",
    title_en="Consoles and handsets that read slowly do not hold up the others",
    stimulus_ja="申告された人数の通報者が二か所以上の指令台と長い文でやりとりする間、指令台の半数と端末の一"
    "割が、申告された時間を超えて受信を止める。",
    stimulus_en="While as many callers as claimed write long lines to two or more consoles, half "
    "of the consoles and a tenth of the handsets stop reading for longer than the claimed time.",
    expected_ja="ほかの端末と指令台では、確認と到着が申告された時間内である。遅い側にも、文が失われず一度ずつ"
    "届く。",
    expected_en="At all others acknowledgements and lines come within the claimed times; the slow "
    "ones, too, get every line once.",
    why_ja="電波の悪い一台の端末のために、ほかの人の助けが遅れてはならない。",
    why_en="One handset with a bad link must not delay help for the others.",
    timeout_s=TIMEOUT_S,
)
async def slow_reader(t: Trial, w: World) -> None:
    chat = chat_claimed(t, w)
    grounds = (w.home, w.ground("sibling"), *w.estate.crowd)
    full_s, stops_s = stops_for(chat, len(grounds))
    t.require(
        f"so many callers write so much that slow readers are felt within {FELT_S:g} s (it takes "
        f"{full_s:.0f} s)",
        full_s <= FELT_S,
        ja=f"申告された人数と頻度で、遅い受信者の影響が {FELT_S:g} 秒以内に現れる",
    )
    plan = await gathered(
        w,
        chat.callers,
        grounds,
        shares=shares_of(len(grounds)),
        every_s=chat.every_s,
        measure_s=max(chat.measure_s, stops_s + 2 * READS_S),
        shape=shape_for(stops_s),
        # A slow console answers all it has missed at once: no more than a call's bound on lines.
        reply_every=max(1, math.ceil(stops_s / chat.every_s / ANSWERS)),
        words=WORDY,
    )
    outcome = await talked(w, plan)
    kept_promises(t, outcome)
    pressed(t, outcome, len(grounds))
    in_time(t, outcome, chat)
