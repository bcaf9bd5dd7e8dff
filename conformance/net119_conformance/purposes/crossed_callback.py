"""A callback that crosses a transfer at the anchor."""

from net119_protocol.codes import CallState
from net119_protocol.interconnect import MessageType, bodies
from net119_simulators.errors import CallRefused

from net119_conformance.catalogue import Role
from net119_conformance.purpose import purpose
from net119_conformance.purposes.crossed import heard_by_owner, refused_as_late, says_at_once
from net119_conformance.purposes.offers import keeps_the_profile
from net119_conformance.purposes.transfer_asked import answering, owned_by_peer
from net119_conformance.trial import Trial
from net119_conformance.world.needs import Needs
from net119_conformance.world.world import World


@purpose(
    id="CROSSED-CALLBACK",
    requirements=("CNB-31", "CNB-39"),
    interfaces="ABC",
    role=Role.HOME,
    needs=Needs(peer=True, once=True, profile="tomakomai"),
    title_ja="呼び返しと転送が行き違っても、どちらの求めにも答えが返り、通報は一つの持ち主のもの",
    title_en="When a callback meets a transfer both requests are answered, and the call has one "
    "owner",
    stimulus_ja="持ち主である相手が、呼び返しと登録地への転送を続けて求め、その後にもう一度呼び返しを求める。",
    stimulus_en="The owning peer asks for a callback and at once for a transfer home, then for a "
    "callback once more.",
    expected_ja="初めの二つには答えが返り、通報は登録地で鳴る。三つ目は持ち主でないとして断られる。登録地の"
    "指令員は呼び返しを求められる。",
    expected_en="The first two are answered, and the call rings at home; the third is refused, as "
    "the peer is the owner no more; the home dispatcher can call back.",
    why_ja="答えのない求めを待つ指令員は、ほかの手を打たない。",
    why_en="A dispatcher who waits for an answer that never comes tries nothing else.",
    timeout_s=45.0,
)
async def callback(t: Trial, w: World) -> None:
    console = await w.console()
    other = await w.peer()
    call, taken = await owned_by_peer(t, w, other)
    epoch = taken.epoch
    first = await says_at_once(
        other, call, epoch, bodies.CallbackRequest(requested_by="相手の指令員")
    )
    asked = bodies.TransferRequest(department=w.home.department, requested_by="相手の指令員")
    request = await says_at_once(other, call, epoch, asked)
    await t.observe(
        "the transfer that met a callback is done",
        other.expect(
            MessageType.TRANSFER_DONE,
            call_id=call.id,
            within=w.patience,
            where=answering(request.message_id),
        ),
        w.patience + 1,
        expected="transfer.done",
        ja="呼び返しと行き違った転送は成立する",
    )
    await t.observe(
        "the callback that met a transfer is answered, too",
        other.expect(
            {MessageType.CALLBACK_SENT, MessageType.CALLBACK_FAILED, MessageType.ERROR},
            call_id=call.id,
            within=w.patience,
            where=answering(first.message_id),
        ),
        w.patience + 1,
        expected="callback.sent, callback.failed or error",
        ja="転送と行き違った呼び返しにも答えが返る",
    )
    late = await says_at_once(
        other, call, epoch, bodies.CallbackRequest(requested_by="相手の指令員")
    )
    await refused_as_late(t, w, other, late, "callback of a former owner", "元の持ち主の呼び返し")
    shown = await t.observe(
        "the call rings at home",
        console.wait_for_call(
            call.id, w.patience, lambda seen: seen.mine and seen.state is CallState.RINGING
        ),
        w.patience + 1,
        expected="ringing",
        ja="登録地の指令台で鳴る",
    )
    if shown is None:
        return
    await console.answer(call.id)
    again = await t.observe(
        "the one owner can call back",
        console.call_back(call.id),
        w.patience + 10,
        expected="an answer",
        refusals=(CallRefused,),
        ja="ただ一つの持ち主は呼び返せる",
    )
    t.check(
        "and is told what came of it",
        again is not None and again.state == "sent",
        expected="sent",
        seen=again.state if again is not None else "nothing",
        ja="呼び返しがどうなったかが知らされる",
    )
    await heard_by_owner(t, w, console, call, "callback", "呼び返し")
    keeps_the_profile(t, other)
