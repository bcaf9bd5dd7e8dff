"""The claimed capacity of the chat is verified: at a steady rate, and after all links broke."""

from net119_loadtests.shapes import Shape

from net119_conformance.capacity import Part
from net119_conformance.catalogue import Role
from net119_conformance.crowds import gathered, talked
from net119_conformance.crowds_judged import chat_claimed, in_time, kept_promises, recovered
from net119_conformance.purpose import purpose
from net119_conformance.trial import Trial
from net119_conformance.world.needs import Needs
from net119_conformance.world.world import World

TIMEOUT_S = 600.0
"""A claim may be of thousands of callers, who are registered one by one."""
STORM = Shape(ja="再接続", en="reconnect storm", measure="answered", storms=("50%",))


@purpose(
    id="LOAD-STEADY",
    requirements=("CTS-09",),
    interfaces="AC",
    role=Role.HOME,
    needs=Needs(once=True, crowd=True, capacity=(Part.CHAT,)),
    title_ja="申告された人数と頻度のチャットで、文が失われず、重ならず、順に、申告された時間内に届く",
    title_en="A chat of as many callers as claimed loses, doubles and reorders nothing, in time",
    stimulus_ja="申告された人数の通報者が同時に通報し、申告された頻度で文を書く。指令員は一文ごとに返事"
    "を書く。",
    stimulus_en="As many callers as the profile claims are in a call at once and write at the "
    "claimed rate; dispatchers answer each line.",
    expected_ja="すべての文が一度ずつ確認され、相手に一度ずつ順に届き、双方と記録で番号が同じである。"
    "確認と到着の 99 パーセンタイルが申告以内である。",
    expected_en="Every line is acknowledged once, reaches the other side once and in order, and "
    "has the same number at both and in the record; the 99th percentiles are as claimed.",
    why_ja="災害のときは多くの人が同時に通報する。一人のときに正しいだけでは足りない。",
    why_en="In a disaster many call at once; being right for one caller is not enough.",
    timeout_s=TIMEOUT_S,
)
async def steady(t: Trial, w: World) -> None:
    chat = chat_claimed(t, w)
    plan = await gathered(
        w,
        chat.callers,
        (w.home, *w.estate.crowd),
        every_s=chat.every_s,
        measure_s=chat.measure_s,
    )
    outcome = await talked(w, plan)
    kept_promises(t, outcome)
    in_time(t, outcome, chat)


@purpose(
    id="LOAD-RECONNECT",
    requirements=("ASO-15",),
    interfaces="AC",
    role=Role.HOME,
    needs=Needs(once=True, crowd=True, capacity=(Part.CHAT, Part.RECOVERY)),
    title_ja="全員の接続が同時に切れても、文が失われず、重ならず、申告された時間内に全員が戻る",
    title_en="When all connections break at once nothing is lost or doubled, and all are back in "
    "time",
    stimulus_ja="申告された人数の通報者と指令台がやりとりしている最中に、すべての接続を同時に切り、すぐに"
    "つなぎ直す。",
    stimulus_en="While as many callers as claimed chat, all connections of handsets and consoles "
    "break at the same moment and are opened again at once.",
    expected_ja="申告された時間内にすべての接続が回復し、文が失われず、重複もない。",
    expected_en="All connections stand again within the claimed time; no line is lost or doubled.",
    why_ja="基地局や回線が止まると、全員が同時に切れ、同時に戻ってくる。",
    why_en="When a base station or a line fails everybody is cut off at once, and comes back at "
    "once.",
    timeout_s=TIMEOUT_S,
)
async def reconnect(t: Trial, w: World) -> None:
    chat = chat_claimed(t, w)
    claimed = w.capacity.recovery_s
    within_s = t.require(
        "the profile claims a time of recovery", None if isinstance(claimed, str) else claimed
    )
    plan = await gathered(
        w,
        chat.callers,
        (w.home, *w.estate.crowd),
        every_s=chat.every_s,
        measure_s=chat.cut_s,
        shape=STORM,
        # Longer than claimed, so that it is seen how much longer it takes.
        settle_s=2 * within_s + 2 * w.patience,
    )
    outcome = await talked(w, plan)
    kept_promises(t, outcome, connections_cut=True)
    recovered(t, outcome, within_s=within_s)
