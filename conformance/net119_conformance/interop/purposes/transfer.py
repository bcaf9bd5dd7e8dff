"""A call changes hands between the two systems, in either direction, with all that was said."""

from net119_protocol.codes import CallState

from net119_conformance.catalogue import Role
from net119_conformance.interop import steps
from net119_conformance.interop.blame import Side, Step
from net119_conformance.interop.purposes.words import ADVICE, ASKED, FIRST, NOT_IN_OFFER, REASON
from net119_conformance.interop.world import PairWorld
from net119_conformance.purpose import purpose
from net119_conformance.sut.options import Option
from net119_conformance.trial import Trial
from net119_conformance.world.needs import Needs


@purpose(
    id="PAIR-TRANSFER",
    requirements=("CNB-39",),
    interfaces="ABC",
    role=Role.BOTH,
    needs=Needs(partner=True),
    title_ja="送る側の指令員が転送した通報を、相手の消防本部が、それまでの文とともに引き継ぐ",
    title_en="A call that the originating dispatcher transfers goes on at the other system",
    stimulus_ja="送る側の管内からの通報にその指令員が応答し、双方が書いた後、受ける側の消防本部へ"
    "転送する。受ける側の指令員が応答して書く。",
    stimulus_en="The originating dispatcher answers a call from the own area, both write, and it "
    "is transferred to the receiving system's department, whose dispatcher answers and writes.",
    expected_ja="受ける側の指令台で鳴り、それまでの文がすべてある。その指令員の文は通報者に届き、記"
    "録が一致する。",
    expected_en="The receiving console rings and has every line; its dispatcher's line reaches the "
    "caller, and the records agree.",
    why_ja="車で移動する通報者の担当は途中で変わる。聞き直させてはならない。",
    why_en="A caller on the move changes departments, and must not have to say it all again.",
    timeout_s=90.0,
)
async def transfer(t: Trial, w: PairWorld) -> None:
    """See the texts."""
    for side in Side:
        w.claims_option(side, Option.TRANSFERS)
    w.needs_real(Side.ORIGINATING)
    await w.linked()
    here, console = await w.console(), await w.there_console()
    phone = await w.handset()
    call = await w.call_from(phone, w.home)
    with t.waiting("the call at the originating system's own console"):
        await here.wait_for_call(call.id, w.patience, lambda seen: seen.mine)
        await here.answer(call.id)
        await call.say(FIRST)
        await here.say(call.id, ASKED)
    ended = await w.shows(
        "the originating dispatcher's transfer ends",
        here.transfer(call.id, w.there.department, REASON),
        w.patience + w.t1_total,
        expected="done",
        side=Side.ORIGINATING,
        steps=lambda: steps.routed(w.wire, call.id, w.there.department),
        ja="送る側の指令員の転送が終わる",
    )
    if ended is None:
        return
    w.holds(
        "the transfer is done",
        ended.failure is None,
        expected="done",
        seen=ended.failure or "done",
        side=Side.ORIGINATING,
        steps=steps.routed(w.wire, call.id, w.there.department),
        ja="転送が行われる",
    )
    shown = await w.rings(call, console)
    w.holds(
        "the receiving console rings",
        shown.state is CallState.RINGING,
        expected="ringing",
        seen=shown.state,
        side=Side.RECEIVING,
        ja="受ける側の指令台で鳴る",
    )
    offer = w.offer_of(call.id)
    told = [line.text for line in offer.transcript] if offer is not None else []
    w.holds(
        "the offer has every line said so far",
        [text for text in told if text in (FIRST, ASKED)] == [FIRST, ASKED],
        expected=[FIRST, ASKED],
        seen=told,
        side=Side.ORIGINATING,
        steps=(Step(Side.ORIGINATING, False, NOT_IN_OFFER),),
        ja="申し出に、それまでの文がすべてある",
    )
    await w.answered(call, console)
    await w.dispatcher_says(call, console, ADVICE)
    await w.agree(call, console)


@purpose(
    id="PAIR-TRANSFER-ASKED",
    requirements=("CNB-39",),
    interfaces="ABC",
    role=Role.BOTH,
    needs=Needs(partner=True),
    title_ja="受けた側の指令員の求めで、通報が登録地の消防本部に移り、文もすべて引き継がれる",
    title_en="Upon the receiving dispatcher's request the call goes to the home department",
    stimulus_ja="相手の管内からの通報に指令員が応答し、双方が書いた後、登録地の消防本部への転送を求"
    "める。",
    stimulus_en="The receiving dispatcher answers, both write, and a transfer to the home "
    "department is asked for.",
    expected_ja="transfer.request に transfer.done が返り、登録地の指令台で鳴り、それまでの文がすべ"
    "てある。",
    expected_en="transfer.request is answered by transfer.done; the home console rings and has "
    "every line.",
    why_ja="担当を決めるのは登録地側の記録で、求めた側はその答えを待つほかない。",
    why_en="Only the anchor makes an owner: whoever asks depends on its answer.",
    timeout_s=90.0,
)
async def asked(t: Trial, w: PairWorld) -> None:
    """See the texts."""
    for side in Side:
        w.claims_option(side, Option.TRANSFERS)
        w.needs_real(side)
    call, console = await w.owned_there()
    here = await w.console()
    await w.caller_says(call, console, FIRST)
    await w.dispatcher_says(call, console, ASKED)
    ended = await w.shows(
        "the receiving dispatcher's transfer ends",
        console.transfer(call.id, w.home.department, REASON),
        w.patience + w.t1_total,
        expected="done",
        side=Side.RECEIVING,
        steps=lambda: steps.transfer_asked(w.wire, call.id),
        ja="受ける側の指令員の転送が終わる",
    )
    if ended is None:
        return
    w.holds(
        "the transfer is done",
        ended.failure is None,
        expected="done",
        seen=ended.failure or "done",
        side=Side.RECEIVING,
        steps=steps.transfer_asked(w.wire, call.id),
        ja="転送が行われる",
    )
    await w.shows(
        "the home console has the call, ringing",
        here.wait_for_call(
            call.id, w.patience, lambda seen: seen.mine and seen.state is CallState.RINGING
        ),
        w.patience + 1,
        expected="ringing",
        side=Side.ORIGINATING,
        steps=lambda: steps.transfer_asked(w.wire, call.id),
        ja="登録地の指令台で鳴る",
    )
    await w.shows(
        "the home console has what was said before",
        here.wait_for_line(call.id, lambda line: line.text == ASKED, w.patience),
        w.patience + 1,
        expected=ASKED,
        side=Side.ORIGINATING,
        steps=lambda: steps.line_of_dispatcher(w.wire, call.id, ASKED),
        ja="それまでの文が登録地の指令台にある",
    )
