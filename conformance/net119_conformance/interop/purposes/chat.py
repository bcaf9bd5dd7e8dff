"""Both sides write, both read the same, and the end of the call is the end for both."""

from net119_protocol.codes import CallState, CloseOutcome

from net119_conformance.catalogue import Role
from net119_conformance.interop import steps
from net119_conformance.interop.blame import Side
from net119_conformance.interop.purposes.words import ADVICE, ASKED, FIRST, MORE
from net119_conformance.interop.world import PairWorld
from net119_conformance.purpose import purpose
from net119_conformance.trial import Trial
from net119_conformance.world.needs import Needs


@purpose(
    id="PAIR-CHAT",
    requirements=("TOM-03", "CTS-12"),
    interfaces="ABC",
    role=Role.BOTH,
    needs=Needs(partner=True),
    title_ja="双方の文が、文字も順序もそのまま届き、確認され、両方の記録が同じになる",
    title_en="Lines pass both ways unchanged and confirmed, and both records agree",
    stimulus_ja="相手の管内からの通報に指令員が応答し、双方が二言ずつ書く。文には 髙・𠮷・① を"
    "含む。",
    stimulus_en="The dispatcher answers a call from the other system's area, and each side writes "
    "two lines, with characters that systems lose.",
    expected_ja="どの文も、相手に同じ番号と同じ文字で届く。通報者の文は chat.receipt で確認され"
    "る。通報者の画面と指令台の記録が一致する。",
    expected_en="Every line gets there under its number and unchanged; the caller's lines are "
    "confirmed by chat.receipt; the caller's chat and the console's record agree.",
    why_ja="声の代わりに文字だけで救助が決まる。一文も失われてはならない。",
    why_en="These lines stand in for a voice: none may be lost, changed or out of order.",
    timeout_s=90.0,
)
async def chat(t: Trial, w: PairWorld) -> None:
    """See the texts."""
    call, console = await w.owned_there()
    for ours, theirs in ((FIRST, ASKED), (MORE, ADVICE)):
        await w.caller_says(call, console, ours)
        await w.dispatcher_says(call, console, theirs)
    for text in (FIRST, MORE):
        await w.confirmed(call.id, text)
    await w.agree(call, console)


@purpose(
    id="PAIR-CLOSE",
    requirements=("TOM-03",),
    interfaces="ABC",
    role=Role.BOTH,
    needs=Needs(partner=True),
    title_ja="受けた指令員が終了した通報が、送った側でも終了する",
    title_en="A call that the receiving dispatcher closes is closed at the other system, too",
    stimulus_ja="相手の管内からの通報に応答した指令員が、結果を付けて通報を終了する。",
    stimulus_en="The dispatcher who answered a call of the other system closes it with an outcome.",
    expected_ja="受ける側の call.close に送る側が答え、指令台でも通報者の画面でも終了になる。",
    expected_en="The receiving system's call.close is answered; console and caller see the end.",
    why_ja="片方だけで終わった通報は、誰も見ていない通報になる。",
    why_en="A call that has ended on one side only is one that nobody looks at.",
    timeout_s=60.0,
)
async def close(t: Trial, w: PairWorld) -> None:
    """See the texts."""
    call, console = await w.owned_there()
    closing = w.start(console.close(call.id, CloseOutcome.NO_EMERGENCY, within=w.patience))
    # Both people may see an end that the two systems did not agree on.
    await w.close_answered(call.id)
    await w.shows(
        "the dispatcher can close the call",
        w.ended(closing),
        w.patience + 1,
        expected="closed",
        side=Side.RECEIVING,
        steps=lambda: steps.closed(w.wire, call.id),
        ja="指令員が通報を終了できる",
    )
    await w.shows(
        "the caller sees that the call is closed",
        call.wait_for_view(lambda view: view.state is CallState.CLOSED, w.patience),
        w.patience + 1,
        expected="state closed",
        side=Side.ORIGINATING,
        steps=lambda: steps.closed(w.wire, call.id),
        ja="終了が通報者に見える",
    )
