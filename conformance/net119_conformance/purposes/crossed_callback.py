"""A callback that crosses a transfer at the anchor."""

from net119_protocol.codes import CallState, Presence
from net119_protocol.interconnect import MessageType, bodies
from net119_simulators.errors import CallRefused

from net119_conformance.catalogue import Role
from net119_conformance.drivers.actors import Console, Handset, HandsetCall
from net119_conformance.purpose import purpose
from net119_conformance.purposes.callback import mailed_url, with_contacts
from net119_conformance.purposes.crossed import heard_by_owner, refused_as_late, says_at_once
from net119_conformance.purposes.offers import keeps_the_profile
from net119_conformance.purposes.transfer_asked import answering, owned_by_peer
from net119_conformance.trial import Trial
from net119_conformance.world.needs import Needs
from net119_conformance.world.world import Registered, World


@purpose(
    id="CROSSED-CALLBACK",
    requirements=("CNB-31", "CNB-39"),
    interfaces="ABMC",
    role=Role.HOME,
    needs=Needs(peer=True, once=True, profile="tomakomai"),
    title_ja="呼び返しと転送が行き違っても、どちらの求めにも答えが返り、通報は一つの担当のもの",
    title_en="When a callback meets a transfer both requests are answered, and the call has one "
    "owner",
    stimulus_ja="担当である相手が、呼び返しと登録地への転送を続けて求め、その後にもう一度呼び返しを求める。"
    "途切れた通報者が、届いたURLを開く。",
    stimulus_en="The owning peer asks for a callback and at once for a transfer home, then for a "
    "callback once more. The caller, who was gone, opens the mailed URL.",
    expected_ja="初めの二つは送信済み、成立と答えられ、通報は登録地で鳴る。三つ目は担当でないとして"
    "断られる。メールは登録した消防本部のドメインから届き、URLは同じ通報に、登録地の担当のまま戻す。"
    "登録地の指令員も呼び返せて、そのURLも同じ通報に戻す。",
    expected_en="The first two are answered by sent and done, and the call rings at home; the "
    "third is refused, as the peer is the owner no more. The letter comes from the home "
    "department's domain, and its URL leads back to the same call, which home goes on owning; so "
    "does that of the home dispatcher's own callback.",
    why_ja="答えのない求めを待つ指令員は、ほかの手を打たない。",
    why_en="A dispatcher who waits for an answer that never comes tries nothing else.",
    timeout_s=60.0,
)
async def callback(t: Trial, w: World) -> None:
    console = await w.console()
    other = await w.peer()
    who = await w.register(person=with_contacts(w))
    phone = await w.handset(who)
    call, taken = await owned_by_peer(t, w, other, phone)
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
            MessageType.CALLBACK_SENT,
            call_id=call.id,
            within=w.patience,
            where=answering(first.message_id),
        ),
        w.patience + 1,
        expected="callback.sent",
        ja="転送と行き違った呼び返しにも答えが返る",
    )
    late = await says_at_once(
        other, call, epoch, bodies.CallbackRequest(requested_by="相手の指令員")
    )
    await refused_as_late(t, w, other, late, "callback of a former owner", "元の担当の呼び返し")
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
    call.drop()
    with t.waiting("the console to see that the caller is gone"):
        await console.wait_for_call(call.id, w.patience, lambda seen: seen.presence.value == "gone")
    back = await _comes_back(t, w, console, phone, call, who, 1)
    again = await t.observe(
        "the one owner can call back",
        console.call_back(call.id),
        w.patience + 10,
        expected="an answer",
        refusals=(CallRefused,),
        ja="ただ一つの担当は呼び返せる",
    )
    t.check(
        "and is told what came of it",
        again is not None and again.state == "sent",
        expected="sent",
        seen=again.state if again is not None else "nothing",
        ja="呼び返しがどうなったかが知らされる",
    )
    back = await _comes_back(t, w, console, phone, call, who, 2) or back
    await heard_by_owner(t, w, console, back or call, "callback", "呼び返し")
    keeps_the_profile(t, other)


_WHOSE = {
    1: ("the former owner's callback", "元の担当の呼び返し"),
    2: ("the owner's callback", "担当の呼び返し"),
}
"""By the number of the callback mail."""


async def _comes_back(
    t: Trial,
    w: World,
    console: Console,
    phone: Handset,
    call: HandsetCall,
    who: Registered,
    number: int,
) -> HandsetCall | None:
    """Check that the mail of a callback is there, and that its URL leads back to the call."""
    what, ja = _WHOSE[number]
    before = await console.wait_for_call(call.id, w.patience)
    url = await mailed_url(t, w, who, number, what, ja)
    if url is None:
        return None
    back = await t.observe(
        f"{what}: the URL leads back to the call",
        phone.come_back(url),
        w.patience,
        expected=f"call {call.id}",
        refusals=(CallRefused,),
        ja=f"{ja}: URLで通報に戻る",
    )
    if back is None:
        return None
    shown = await t.observe(
        f"{what}: the owner sees that the caller is back",
        console.wait_for_call(
            call.id, w.patience, lambda seen: seen.mine and seen.presence is Presence.CONNECTED
        ),
        w.patience + 1,
        expected="connected",
        ja=f"{ja}: 戻ったことが担当に示される",
    )
    if shown is not None:
        t.check(
            f"{what}: it is the same call, with owner and epoch unchanged",
            (back.id, shown.epoch, shown.owner.code) == (call.id, before.epoch, w.home.department),
            expected=(call.id, before.epoch, w.home.department),
            seen=(back.id, shown.epoch, shown.owner.code),
            ja=f"{ja}: 同じ通報で、担当も epoch も変わらない",
        )
    return back
