"""Peers of another minor version: an older one, and one whose messages have more fields."""

from net119_protocol.codes import (
    CallbackFailure,
    CallState,
    CloseOutcome,
    ProviderState,
    TransferFailure,
)
from net119_protocol.interconnect import MessageType, bodies
from net119_simulators.peer import OfferedCall, SimulatedPeer

from net119_conformance.catalogue import Role
from net119_conformance.drivers.actors import Console
from net119_conformance.purpose import purpose
from net119_conformance.purposes.transfer_received import owned_by_sut
from net119_conformance.trial import Trial
from net119_conformance.world.needs import Needs
from net119_conformance.world.world import World

_OF_MINOR_1 = (
    MessageType.TRANSFER_REQUEST,
    MessageType.CALLBACK_REQUEST,
    MessageType.LOCATION_REQUEST,
)
_TOLD, _ANSWERED = "歩けません", "救急車が向かっています"


async def _talks_on(
    t: Trial, w: World, console: Console, call: OfferedCall, what: str, ja: str
) -> None:
    """Check that both sides of a call that the peer anchors are still heard."""
    heard = await t.observe(
        f"{what}: the dispatcher's line gets its number",
        console.say(call.call_id, _ANSWERED, within=w.patience),
        w.patience + 1,
        expected="an acknowledgement",
        ja=f"{ja}: 指令員の文に番号が付く",
    )
    await t.observe(
        f"{what}: the caller's line is received",
        call.say_as_caller(_TOLD, within=w.patience),
        w.patience + 1,
        expected="chat.receipt",
        ja=f"{ja}: 通報者の文が受け取られる",
    )
    texts = [line.text for line in (await console.record(call.call_id)).lines]
    t.check(
        f"{what}: the record has both lines",
        heard is not None and {_TOLD, _ANSWERED} <= set(texts),
        expected=[_ANSWERED, _TOLD],
        seen=texts,
        ja=f"{ja}: 記録に双方の文がある",
    )


async def _reports_minor_0(other: SimulatedPeer) -> None:
    other.duties.minor = 0
    for sent in await other.report(ProviderState.NORMAL):
        await sent.confirmed()


@purpose(
    id="MINOR-OLDER-PEER",
    requirements=("CNB-31", "CNB-39"),
    interfaces="BC",
    role=Role.RECEIVING,
    needs=Needs(peer=True),
    title_ja="古い版の相手にできないことは、電文を送らずに直ちに示し、通報を続ける",
    title_en="What an older peer cannot do is told at once, and the call goes on",
    stimulus_ja="minor 0 と伝えた模擬事業者の通報で、指令員が転送と呼び返しを求める。",
    stimulus_en="In a call of a peer that reported minor 0 the dispatcher asks for a transfer and "
    "a callback.",
    expected_ja="どちらも unsupported として直ちに失敗し、電文は送られず、会話は続く。",
    expected_en="Both fail as 'unsupported' at once; the peer gets no message of a type that it "
    "does not know; the chat goes on.",
    why_ja="できないことを待たせれば、その間ほかの手を打てない。",
    why_en="Who is kept waiting for what cannot be done tries nothing else meanwhile.",
)
async def older(t: Trial, w: World) -> None:
    there = w.ground("peer").reference
    other = await w.peer()
    await _reports_minor_0(other)
    console, call = await owned_by_sut(t, w, other)
    transfer = await t.observe(
        "a transfer is answered without waiting for a time-out",
        console.transfer(call.call_id, there.code, "管轄が違うため"),
        0.8 * w.t1_total,
        expected="failed, unsupported",
        ja="転送は、時間切れを待たずに答えが返る",
    )
    t.check(
        "a transfer fails as unsupported",
        transfer is not None and transfer.failure is TransferFailure.UNSUPPORTED,
        expected=TransferFailure.UNSUPPORTED.value,
        seen=transfer.failure if transfer is not None else "nothing",
        ja="転送は unsupported として失敗する",
    )
    callback = await t.observe(
        "a callback is answered without waiting for a time-out",
        console.call_back(call.call_id),
        0.8 * w.t1_total,
        expected="failed, unsupported",
        ja="呼び返しは、時間切れを待たずに答えが返る",
    )
    t.check(
        "a callback fails as unsupported",
        callback is not None and callback.failure is CallbackFailure.UNSUPPORTED,
        expected=CallbackFailure.UNSUPPORTED.value,
        seen=callback.failure if callback is not None else "nothing",
        ja="呼び返しは unsupported として失敗する",
    )
    await _talks_on(t, w, console, call, "afterwards", "その後")
    sent = [got.type.value for kind in _OF_MINOR_1 for got in other.find(kind, call.call_id)]
    t.check(
        "the peer got no message of a type that it does not know",
        not sent,
        expected="none",
        seen=sent or "none",
        ja="相手の知らない種類の電文は送られていない",
    )


@purpose(
    id="MINOR-NEWER-FIELDS",
    requirements=("CTS-12",),
    interfaces="ABC",
    role=Role.BOTH,
    needs=Needs(peer=True),
    title_ja="知らない項目のある電文も、知っている項目のとおりに扱う",
    title_en="Messages with unknown fields are handled by the fields that are known",
    stimulus_ja="模擬事業者が、すべての電文の封筒と本文の各所に、どの版にもない項目を書く。通報を申し出て"
    "会話し、次にSUTの通報を受けて会話し、終了する。",
    stimulus_en="In every message the peer writes fields of no version, in the envelope and all "
    "parts of the body. It offers a call and talks; then it takes one of the SUT's and closes it.",
    expected_ja="どちらの通報も、項目がないときと同じように進む。error は返らない。",
    expected_en="Both calls go as they would without them; no error comes back.",
    why_ja="新しい版の相手が一社でもあれば、そこから先の通報がすべて止まってしまう。",
    why_en="Otherwise one newer peer is enough to stop every call with it.",
)
async def newer_fields(t: Trial, w: World) -> None:
    other = await w.peer()
    other.duties.newer_fields = True
    console, offered = await owned_by_sut(t, w, other)
    await _talks_on(t, w, console, offered, "offered by the peer", "申し出られた通報")
    call = await w.call_from(await w.handset(), w.ground("peer"))
    with t.waiting("the SUT's offer"):
        offer = await other.expect(MessageType.CALL_OFFER, call.id, within=w.patience)
    taken = await t.observe(
        "given to the peer: its acceptance counts",
        other.take(offer, w.ground("peer").center, within=w.patience),
        w.patience + 1,
        expected="call.assign",
        ja="相手に渡す通報: 承諾が認められる",
    )
    if taken is not None:
        await taken.answer("新版　指令員")
        await t.observe(
            "given to the peer: its answer reaches the caller",
            call.wait_for_view(lambda view: view.state is CallState.ANSWERED, w.patience),
            w.patience + 1,
            expected=CallState.ANSWERED.value,
            ja="相手に渡す通報: 応答が通報者に伝わる",
        )
        await t.observe(
            "given to the peer: its dispatcher's line gets its number",
            taken.say(_ANSWERED, within=w.patience),
            w.patience + 1,
            expected="chat.receipt",
            ja="相手に渡す通報: 指令員の文に番号が付く",
        )
        await t.observe(
            "given to the peer: its close ends the call",
            taken.close(CloseOutcome.DISPATCHED, within=w.patience),
            w.patience + 1,
            expected="closed",
            ja="相手に渡す通報: 終了が伝わる",
        )
    errors = [got.body_as(bodies.ErrorReport).detail for got in other.find(MessageType.ERROR)]
    t.check(
        "nothing is refused",
        not errors,
        expected="no error",
        seen=errors or "no error",
        ja="何も断られない",
    )
