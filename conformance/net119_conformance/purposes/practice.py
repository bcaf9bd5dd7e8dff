"""Modes: a practice call keeps its mark and is never taken for a live one."""

from net119_protocol.codes import Kind, Mode, PlaceChoice, Refusal
from net119_protocol.interconnect import MessageType
from net119_simulators.errors import CallRefused

from net119_conformance.catalogue import Role
from net119_conformance.new_calls import NewCalls
from net119_conformance.purpose import purpose
from net119_conformance.purposes.admission import nothing_else_rings
from net119_conformance.trial import Trial
from net119_conformance.world.needs import Needs
from net119_conformance.world.world import World


@purpose(
    id="PRACTICE-MARK",
    requirements=("CTS-11", "ASO-11"),
    derived=("CTS-11",),
    interfaces="ABC",
    role=Role.HOME,
    needs=Needs(peer=True),
    title_ja="練習通報の印が、端末から指令台と相手の事業者まで保たれる",
    title_en="The practice mark is kept from handset to console and to the other provider",
    stimulus_ja="登録者が、管内と、模擬事業者の管内から、練習通報をする。",
    stimulus_en="A registrant makes practice calls from the home area and from the peer's area.",
    expected_ja="端末・指令台・相手への電文のすべてで練習と示され、それ以外の印の電文は一つもな"
    "い。",
    expected_en="Handset, console and every message to the peer say 'practice', none anything "
    "else.",
    why_ja="練習が本番に見えれば隊が出動し、本番が練習に見えれば誰も出動しない。",
    why_en="A practice call taken for a live one sends a crew out; the reverse sends nobody.",
)
async def practice_mark(t: Trial, w: World) -> None:
    console = await w.console()
    other = await w.peer()
    phone = await w.handset()
    near = await w.call_from(phone, w.home, mode=Mode.PRACTICE)
    shown = await t.observe(
        "the home console shows the practice call",
        console.wait_for_call(near.id, w.patience),
        w.patience + 1,
        expected=f"call {near.id}",
        ja="練習通報が指令台に表示される",
    )
    if shown is not None:
        t.check(
            "the console says practice",
            shown.mode is Mode.PRACTICE,
            expected=Mode.PRACTICE.value,
            seen=shown.mode.value,
            ja="指令台に練習と示される",
        )
    t.check(
        "the handset says practice",
        near.view.mode is Mode.PRACTICE,
        expected=Mode.PRACTICE.value,
        seen=near.view.mode.value,
        ja="端末に練習と示される",
    )
    far = await w.call_from(phone, w.ground("peer"), mode=Mode.PRACTICE)
    offer = await t.observe(
        "the practice call is offered to the peer",
        other.expect(MessageType.CALL_OFFER, call_id=far.id, within=w.patience),
        w.patience + 1,
        expected="call.offer",
        ja="練習通報が相手に申し出られる",
    )
    if offer is None:
        return
    stray = other.find(MessageType.CALL_OFFER, near.id)
    t.check(
        "the call from the home area is not offered to the peer",
        not stray,
        expected="no call.offer",
        seen=[each.label for each in stray],
        ja="管内からの練習通報は、相手に申し出られない",
    )
    taken = await other.take(offer, center=w.ground("peer").center)
    await taken.answer("練習の指令員")
    await far.say("これは練習です")
    await t.observe(
        "the line reaches the peer",
        taken.wait_for_line(lambda line: line.text == "これは練習です", w.patience),
        w.patience + 1,
        expected="これは練習です",
        ja="文が相手に届く",
    )
    modes = [got.envelope.mode.value for got in other.received if got.envelope.call_id == far.id]
    t.check(
        "every message of the call says practice",
        bool(modes) and set(modes) == {Mode.PRACTICE.value},
        expected=Mode.PRACTICE.value,
        seen=sorted(set(modes)),
        ja="その通報の電文がすべて練習である",
    )


@purpose(
    id="MODE-NOT-ACCEPTED",
    requirements=(),
    interfaces="AC",
    role=Role.HOME,
    needs=Needs(),
    title_ja="受け付けないモードの通報は断られる",
    title_en="A call in a mode that is not accepted is refused",
    stimulus_ja="試験用の試験対象（live を受け付けない設定）に、live の通報をする。続けて訓練の"
    "通報をする。",
    stimulus_en="A 'live' call is made to a system set up for tests only; then a drill call.",
    expected_ja="live は理由つきで断られ、指令台に現れない。訓練は受け付けられる。",
    expected_en="'live' is refused with the reason and appears on no console; the drill call "
    "is taken.",
    why_ja="試験と本番の回線が混ざる事故は、入口で止めるしかない。",
    why_en="A leak between test and live traffic can only be stopped at the door.",
)
async def mode_not_accepted(t: Trial, w: World) -> None:
    console = await w.console()
    new = await NewCalls.since_now(w, console)
    phone = await w.handset()
    try:
        call = await phone.call(
            Kind.FIRE, PlaceChoice.CURRENT, mode=Mode.LIVE, fix=w.fix_at(w.home)
        )
    except CallRefused as refusal:
        seen = refusal.code.value
    else:
        seen = f"call {call.id} was taken"
    t.check(
        "the live call is refused",
        seen == Refusal.MODE_NOT_ACCEPTED.value,
        expected=Refusal.MODE_NOT_ACCEPTED.value,
        seen=seen,
        ja="live の通報が断られる",
    )
    drill = await w.call_from(phone, w.home, mode=Mode.DRILL)
    shown = await t.observe(
        "the drill call is shown as a drill",
        console.wait_for_call(drill.id, w.patience),
        w.patience + 1,
        expected=f"call {drill.id}",
        ja="訓練の通報は表示される",
    )
    if shown is not None:
        t.check(
            "the console says drill",
            shown.mode is Mode.DRILL,
            expected=Mode.DRILL.value,
            seen=shown.mode.value,
            ja="指令台に訓練と示される",
        )
    await nothing_else_rings(t, new, drill)
