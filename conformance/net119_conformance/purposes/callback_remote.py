"""Callbacks across providers: asked of the anchor by whoever owns the call, or owned it."""

from net119_protocol.codes import CallbackFailure, CloseOutcome, ErrorCode
from net119_protocol.interconnect import MessageType, bodies
from net119_protocol.person import Contact
from net119_simulators.errors import CallRefused
from net119_simulators.mailbox import Outcome, Rule
from net119_simulators.peer import OfferedCall, SimulatedPeer

from net119_conformance.catalogue import Role
from net119_conformance.drivers.actors import Console
from net119_conformance.looking import looking
from net119_conformance.purpose import purpose
from net119_conformance.purposes.callback import (
    mailed_url,
    names_contacts_in_order,
    with_contacts,
)
from net119_conformance.purposes.offers import keeps_the_profile, offer_to_sut
from net119_conformance.purposes.transfer_received import owned_by_sut
from net119_conformance.trial import Trial
from net119_conformance.world.needs import Needs
from net119_conformance.world.world import World


@purpose(
    id="CALLBACK-ASKED",
    requirements=("CNB-31", "CNB-20"),
    derived=("CNB-31",),
    interfaces="AMB",
    role=Role.HOME,
    needs=Needs(peer=True, profile="tomakomai"),
    title_ja="通報地の本部の求めでも登録地側が呼び返し、開かれた通報は同じ相手に割り当て直す",
    title_en="The anchor calls back for a remote owner, and gives the reopened call back to it",
    stimulus_ja="通報を受けた相手が、終了後に callback.request を送る。通報者がURLを開く。次に、"
    "メールが断られるようにして、もう一度求める。",
    stimulus_en="The peer that had the call asks by callback.request after the close; the caller "
    "opens the URL. Then the mail is refused, and the peer asks again.",
    expected_ja="メールが届いてから callback.sent が返る。開かれると、"
    "cause=reopened の call.assign が新しい epoch で相手に届く。"
    "断られると callback.failed が緊急連絡先を順に示す。",
    expected_en="callback.sent comes once the letter is there; opened, call.assign with cause "
    "'reopened' and a new epoch; refused, callback.failed with the contacts in order.",
    why_ja="通報者のアドレスを知るのは登録地側だけで、話の続きを知るのは受けた本部だけである。",
    why_en="Only the anchor knows the address, and only the owner knows what was said.",
    timeout_s=60.0,
)
async def asked(t: Trial, w: World) -> None:
    there = w.ground("peer")
    other = await w.peer()
    who = await w.register(person=with_contacts(w))
    phone = await w.handset(who)
    call = await w.call_from(phone, there)
    with t.waiting("call.offer at the peer"):
        offer = await other.expect(MessageType.CALL_OFFER, call_id=call.id, within=w.patience)
    with t.waiting("call.assign"):
        taken = await other.take(offer, center=there.center, within=w.patience)
    await taken.ring()
    await taken.answer("相手の指令員")
    await call.say("川の近くです")
    await taken.close(CloseOutcome.DISPATCHED, within=w.patience)
    epoch = taken.epoch
    sent = await t.observe(
        "the request is answered",
        taken.ask_callback(within=w.patience),
        w.patience + 1,
        expected="callback.sent",
        ja="求めに答えが返る",
    )
    t.check(
        "the answer is callback.sent",
        isinstance(sent, bodies.CallbackSent),
        expected="callback.sent",
        seen=sent,
        ja="callback.sent が返る",
    )
    url = await mailed_url(t, w, who, 1, "asked by the peer", "相手の求め")
    if url is None:
        return
    back = await t.observe(
        "the caller comes back to the call",
        phone.come_back(url),
        w.patience,
        expected=f"call {call.id}",
        refusals=(CallRefused,),
        ja="通報者が通報に戻る",
    )
    await t.observe(
        "the peer is assigned the call as reopened",
        taken.reopened(w.patience),
        w.patience + 1,
        expected="call.assign reopened",
        ja="相手に、再開として割り当てられる",
    )
    t.check(
        "it has a new epoch",
        taken.epoch == epoch + 1,
        expected=epoch + 1,
        seen=taken.epoch,
        ja="新しい epoch である",
    )
    await taken.ring()
    await taken.answer("相手の指令員")
    await taken.say("どうしましたか")
    if back is not None:
        await t.observe(
            "the caller reads the same department again",
            back.wait_for_line(lambda line: line.text == "どうしましたか", w.patience),
            w.patience + 1,
            expected="どうしましたか",
            ja="同じ本部の文が通報者に届く",
        )
    await w.filter_mail(who.person.mail or "", Rule(outcome=Outcome.REJECT))
    failed = await t.observe(
        "refused: the request is answered",
        taken.ask_callback(within=w.patience),
        w.patience + 1,
        expected="callback.failed",
        ja="拒否: 求めに答えが返る",
    )
    t.check(
        "refused: the answer is callback.failed, undeliverable",
        isinstance(failed, bodies.CallbackFailed)
        and failed.reason is CallbackFailure.UNDELIVERABLE,
        expected="callback.failed undeliverable",
        seen=failed,
        ja="拒否: 届かなかったことが callback.failed で返る",
    )
    contacts = failed.contacts if isinstance(failed, bodies.CallbackFailed) else ()
    names_contacts_in_order(t, contacts, "callback.failed", "callback.failed")
    await w.filter_mail(who.person.mail or "", Rule())
    keeps_the_profile(t, other)


@purpose(
    id="CALLBACK-OWNER",
    requirements=("CNB-31", "CNB-20"),
    interfaces="BC",
    role=Role.RECEIVING,
    needs=Needs(peer=True),
    title_ja="登録地側に呼び返しを求め、その答えだけを指令員に伝え、再開した通報をまた鳴らす",
    title_en="The owner asks the anchor to call back, shows its answer only, and rings anew",
    stimulus_ja="割り当てられた通報で、指令員が呼び返す。登録地側は、知らない、届かない、送った、の順に"
    "答える。終了後の最後の呼び返しで、通報が再開として割り当てられる。",
    stimulus_en="The dispatcher of an assigned call calls back; the anchor answers that it does "
    "not know that, that it cannot be delivered, and that it was sent. The last time is after the "
    "close, and the call is assigned as reopened.",
    expected_ja="callback.request が届き、答えの前に送信済みとされない。失敗では理由と緊急連絡先が"
    "順に示される。再開した通報は鳴り、人が応答してから call.answered が届く。",
    expected_en="callback.request comes; nothing is called sent before the answer; a failure names "
    "reason and contacts in order; the reopened call rings, and call.answered follows the human.",
    why_ja="送られていないメールを待つ指令員は、ほかの手を打たない。",
    why_en="A dispatcher who waits for a mail that was never sent tries nothing else.",
    timeout_s=45.0,
)
async def owner(t: Trial, w: World) -> None:
    other = await w.peer()
    console, call = await owned_by_sut(t, w, other)
    contacts = with_contacts(w).optional
    named = contacts.contacts if contacts is not None else ()
    await _fails(t, w, other, console, call, named)
    await console.close(call.call_id, CloseOutcome.PRACTICE_DONE)
    epoch = call.epoch
    since = looking(w)
    asking = w.start(console.call_back(call.call_id))
    with t.waiting("callback.request after the close"):
        request = await call.callback_requested(w.patience)
    beside = await offer_to_sut(w, other)
    await t.observe(
        "another call, offered meanwhile, is accepted",
        beside.expect(MessageType.CALL_ACCEPT, within=w.patience),
        w.patience + 1,
        expected="call.accept",
        ja="その間に申し出た別の通報は承諾される",
    )
    await beside.withdraw()
    await t.observe_nothing(
        "nothing is called sent before the anchor says so",
        w.ended(asking),
        since.left(),
        expected="no answer yet",
        ja="登録地側が言う前に、送信済みとされない",
    )
    await call.callback_sent(request)
    sent = await t.observe(
        "the dispatcher is told that the letter was sent",
        w.ended(asking),
        w.patience,
        expected="sent",
        ja="送信済みであることが指令員に知らされる",
    )
    t.check(
        "it is called sent",
        sent is not None and sent.state == "sent",
        expected="sent",
        seen=sent.state if sent is not None else "nothing",
        ja="送信済みとされる",
    )
    since = looking(w)
    await call.reopen()
    shown = await t.observe(
        "the reopened call rings again at the same center",
        console.wait_for_call(
            call.call_id, w.patience, lambda seen: seen.mine and seen.state.value == "ringing"
        ),
        w.patience + 1,
        expected="ringing",
        ja="再開した通報が、同じ指令台でまた鳴る",
    )
    t.check(
        "it is the same call under the new epoch",
        shown is not None and shown.epoch == epoch + 1,
        expected=epoch + 1,
        seen=shown.epoch if shown is not None else "nothing",
        ja="同じ通報で、新しい epoch である",
    )
    await t.observe(
        "the caller's line is received while the call rings again",
        call.say_as_caller("戻りました", within=w.patience),
        w.patience,
        expected="chat.receipt",
        ja="また鳴っている間に、通報者の文が受け取られる",
    )
    left = since.left()
    await t.observe_nothing(
        "there is no call.answered before a human answers again",
        call.expect(
            MessageType.CALL_ANSWERED,
            within=left + 5.0,
            where=lambda got: got.envelope.epoch == epoch + 1,
        ),
        left,
        expected="nothing yet",
        ja="人がまた応答するまで call.answered が届かない",
    )
    await console.answer(call.call_id)
    await t.observe(
        "call.answered follows the human act",
        call.expect(
            MessageType.CALL_ANSWERED,
            within=w.patience,
            where=lambda got: got.envelope.epoch == epoch + 1,
        ),
        w.patience + 1,
        expected="call.answered",
        ja="人が応答すると call.answered が届く",
    )
    keeps_the_profile(t, other)


async def _fails(
    t: Trial,
    w: World,
    other: SimulatedPeer,
    console: Console,
    call: OfferedCall,
    contacts: tuple[Contact, ...],
) -> None:
    """The anchor does not know callbacks; then it cannot deliver one."""
    for reason, what, ja in (
        (CallbackFailure.UNSUPPORTED, "unknown type", "知らない種類"),
        (CallbackFailure.UNDELIVERABLE, "undeliverable", "届かない"),
    ):
        asking = w.start(console.call_back(call.call_id))
        request = await t.observe(
            f"{what}: the anchor is asked by callback.request",
            call.callback_requested(w.patience),
            w.patience + 1,
            expected="callback.request",
            ja=f"{ja}: 登録地側に callback.request が届く",
        )
        if request is None:
            return
        if reason is CallbackFailure.UNSUPPORTED:
            await other.send_error(request, ErrorCode.UNKNOWN_TYPE, "no such type", field="type")
        else:
            await call.callback_failed(request, reason, "550 unknown user", contacts)
        failed = await t.observe(
            f"{what}: the dispatcher is told at once",
            w.ended(asking),
            w.patience,
            expected="failed",
            ja=f"{ja}: 指令員に直ちに知らされる",
        )
        t.check(
            f"{what}: the dispatcher is told why",
            failed is not None and (failed.state, failed.failure) == ("failed", reason),
            expected=("failed", reason.value),
            seen=(failed.state, failed.failure) if failed is not None else "nothing",
            ja=f"{ja}: 理由が指令員に示される",
        )
        if reason is CallbackFailure.UNDELIVERABLE:
            names_contacts_in_order(t, failed.contacts if failed is not None else ())
