"""A call changes hands between the two systems, in either direction, with all that was said."""

from uuid import UUID

from net119_protocol.codes import CallState

from net119_conformance.catalogue import Role
from net119_conformance.drivers.actors import Console
from net119_conformance.interop import steps
from net119_conformance.interop.blame import Side, Step
from net119_conformance.interop.purposes.words import ADVICE, ASKED, FIRST, NOT_IN_OFFER, REASON
from net119_conformance.interop.world import PairWorld
from net119_conformance.purpose import purpose
from net119_conformance.purposes.transfer import said
from net119_conformance.sut.options import Option
from net119_conformance.trial import Trial
from net119_conformance.world.needs import Needs

TALKING = frozenset({CallState.ANSWERED, CallState.INTERRUPTED})
"""States of a call that somebody has answered, and that is going nowhere."""


@purpose(
    id="PAIR-TRANSFER",
    requirements=("CNB-39",),
    interfaces="ABC",
    role=Role.BOTH,
    needs=Needs(partner=True),
    title_ja="送る側の指令員が転送した通報を、相手の消防本部が、それまでの文とともに引き継ぐ",
    title_en="A call that the originating dispatcher transfers goes on at the other system",
    stimulus_ja="送る側の管内からの通報にその指令員が応答し、受ける側の消防本部へ転送する。初めは指"
    "令台が開いていない。開いた後、双方が書いてからもう一度転送し、受ける側の指令員が応答して書く。",
    stimulus_en="The originating dispatcher answers a call from the own area, and transfers it to "
    "the receiving system's department: first while no console is open there, then, with one open "
    "and lines of both, again. Its dispatcher answers and writes.",
    expected_ja="指令台が開いていない間は断られ、通報は送る側に残る。開いた後は受ける側の指令台で鳴"
    "り、それまでの文がすべてある。その指令員の文は通報者に届き、記録が一致する。",
    expected_en="While no console is open it is refused, and the call stays. Then the receiving "
    "console rings and has every line; its dispatcher's line reaches the caller, and the records "
    "agree.",
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
    here = await w.console()
    phone = await w.handset()
    call = await w.call_from(phone, w.home)
    with t.waiting("the call at the originating system's own console"):
        await here.wait_for_call(call.id, w.patience, lambda seen: seen.mine)
        await here.answer(call.id)
    if not await _refused(w, Side.ORIGINATING, here, call.id, w.there.department):
        return
    console = await w.there_console()
    with t.waiting("both to write"):
        await call.say(FIRST)
        await here.say(call.id, ASKED)
    again = w.wire.mark  # the offer that was rightly refused proves nothing about this one
    ended = await w.shows(
        "the originating dispatcher's transfer ends",
        here.transfer(call.id, w.there.department, REASON),
        w.patience + w.t1_total,
        expected="done",
        side=Side.ORIGINATING,
        steps=lambda: w.routed(call.id, again),
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
        steps=w.routed(call.id, again),
        ja="転送が行われる",
    )
    shown = await w.rings(call, console, again)
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
    stimulus_ja="相手の管内からの通報に指令員が応答し、登録地の消防本部への転送を求める。初めは登録"
    "地の指令台が開いていない。開いた後、双方が書いてからもう一度求める。",
    stimulus_en="The receiving dispatcher answers, and asks for a transfer to the home department: "
    "first while no console is open there, then, with one open and lines of both, again.",
    expected_ja="指令台が開いていない間は transfer.failed が返り、通報は受けた側に残る。開いた後は "
    "transfer.done が返り、登録地の指令台で鳴り、それまでの文がすべてある。",
    expected_en="While no console is open the answer is transfer.failed, and the call stays. Then "
    "it is transfer.done; the home console rings and has every line.",
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
    if not await _refused(w, Side.RECEIVING, console, call.id, w.home.department):
        return
    here = await w.console()
    await w.caller_says(call, console, FIRST)
    await w.dispatcher_says(call, console, ASKED)
    known = said(call.lines)
    again = w.wire.mark  # as above: the request that was rightly refused is none of this attempt
    ended = await w.shows(
        "the receiving dispatcher's transfer ends",
        console.transfer(call.id, w.home.department, REASON),
        w.patience + w.t1_total,
        expected="done",
        side=Side.RECEIVING,
        steps=lambda: steps.transfer_asked(w.wire.after(again), call.id),
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
        steps=steps.transfer_asked(w.wire.after(again), call.id),
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
        steps=lambda: steps.transfer_asked(w.wire.after(again), call.id),
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
    shows = said(here.lines(call.id))
    w.holds(
        "the home console has every line said before, in order",
        shows[: len(known)] == known,
        expected=known,
        seen=shows,
        side=Side.ORIGINATING,
        ja="それまでのすべての文が、順に登録地の指令台にある",
    )


async def _refused(
    w: PairWorld, owner: Side, console: Console, call_id: UUID, department: str
) -> bool:
    """A transfer to a department where no console is open is refused, and changes nothing."""
    ended = await w.shows(
        "nobody there: the dispatcher's transfer ends",
        console.transfer(call_id, department, REASON),
        w.patience + w.t1_total,
        expected="refused",
        side=owner,
        steps=lambda: steps.transfer_answered(w.wire, call_id, owner),
        ja="相手の指令台が開いていないとき: 指令員の転送が終わる",
    )
    if ended is None:
        return False
    refused = w.holds(
        "nobody there: the transfer is refused",
        ended.failure is not None,
        expected="refused, since no console is open there",
        seen=ended.failure or "done",
        side=owner,
        steps=steps.empty_room(w.wire, call_id, owner),
        ja="相手の指令台が開いていないとき: 転送は断られる",
    )
    still = await w.shows(
        "nobody there: the call is still its owner's",
        console.wait_for_call(
            call_id, w.patience, lambda seen: seen.mine and seen.state in TALKING
        ),
        w.patience + 1,
        expected="the same owner, who goes on talking",
        side=owner,
        steps=lambda: steps.still_there(w.wire, call_id) if owner is Side.RECEIVING else (),
        ja="相手の指令台が開いていないとき: 通報は元の担当のままである",
    )
    return refused and still is not None
