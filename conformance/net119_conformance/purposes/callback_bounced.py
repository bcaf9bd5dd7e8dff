"""Callback mails that a mail server took and gave back afterwards: whoever asked is told."""

from net119_protocol.api.console_acts import Callback
from net119_protocol.codes import CallbackFailure
from net119_protocol.interconnect import MessageType, bodies
from net119_simulators.mailbox import Outcome, Rule
from net119_simulators.peer import TakenCall

from net119_conformance.catalogue import Role
from net119_conformance.purpose import purpose
from net119_conformance.purposes.callback import answered, names_contacts_in_order, with_contacts
from net119_conformance.purposes.offers import keeps_the_profile
from net119_conformance.purposes.transfer_received import owned_by_sut
from net119_conformance.trial import Trial
from net119_conformance.world.needs import Needs
from net119_conformance.world.world import World


def _failed(each: Callback) -> bool:
    return (each.state, each.failure) == ("failed", CallbackFailure.UNDELIVERABLE)


async def _came_back(w: World, call: TakenCall) -> bodies.CallbackFailed:
    """The failure that the anchor tells the peer, which has asked for a callback.

    A letter may be back before the answer of the server that took it is known: then it is all
    that is told.
    """
    answer = await call.ask_callback(within=w.patience)
    if isinstance(answer, bodies.CallbackFailed):
        return answer
    returned = await call.expect(MessageType.CALLBACK_FAILED, within=w.patience)
    return returned.body_as(bodies.CallbackFailed)


@purpose(
    id="CALLBACK-BOUNCED",
    requirements=("CNB-20", "CNB-31"),
    interfaces="AMBC",
    role=Role.HOME,
    needs=Needs(peer=True, profile="tomakomai"),
    timeout_s=60.0,
    title_ja="受け取られた後に戻ってきた呼び返しメールは、求めた指令員に連絡先とともに知らされる",
    title_en="A callback mail that comes back after it was taken is told to the asking dispatcher",
    stimulus_ja="通報者のメールサーバーが、メールを受け取った後に配達できないと知らせてくる。登録地の指令員が、次に"
    "別の通報を受けた相手が、呼び返しを求める。",
    stimulus_en="The caller's mail server takes the letter and then reports that it could not be "
    "delivered. The home dispatcher calls back; then the peer that has another call asks for it.",
    expected_ja="指令員に失敗とその理由が知らされ、登録された順の緊急連絡先が示され、記録にも残る。相手には、同じ求めへの"
    "答えとして callback.failed が緊急連絡先とともに届く。",
    expected_en="The dispatcher is told that it failed and why, with the emergency contacts in "
    "their order, and so says the record. The peer gets callback.failed in reply to its request, "
    "with the contacts.",
    why_ja="届いたと聞いた指令員は待つ。戻ってきたと知らなければ、待ち続ける。",
    why_en="Told that it arrived the dispatcher waits, and goes on waiting if nobody says that it "
    "came back.",
)
async def bounced(t: Trial, w: World) -> None:
    who = await w.register(person=with_contacts(w))
    console, phone, call = await answered(t, w, who)
    address = who.person.mail or ""
    call.drop()
    await w.filter_mail(address, Rule(outcome=Outcome.BOUNCE))
    asked = await console.call_back(call.id)
    told = await t.observe(
        "the dispatcher is told that the letter came back",
        console.wait_for_callback(
            call.id, lambda each: each.number == asked.number and _failed(each), w.patience
        ),
        w.patience + 1,
        expected="failed, undeliverable",
        ja="メールが戻ってきたことが指令員に知らされる",
    )
    names_contacts_in_order(
        t, told.contacts if told is not None else (), "what the dispatcher is told", "知らせ"
    )
    kept = (await console.record(call.id)).callbacks
    t.check(
        "the record says so, too",
        [_failed(each) for each in kept] == [True],
        expected="failed, undeliverable",
        seen=[(each.state, each.failure) for each in kept],
        ja="記録にも残る",
    )
    there = w.ground("peer")
    other = await w.peer()
    away = await w.call_from(phone, there)
    with t.waiting("call.offer at the peer"):
        offer = await other.expect(MessageType.CALL_OFFER, call_id=away.id, within=w.patience)
    with t.waiting("call.assign"):
        taken = await other.take(offer, center=there.center, within=w.patience)
    await taken.ring()
    await taken.answer("相手の指令員")
    failed = await t.observe(
        "the peer is told that the letter came back",
        _came_back(w, taken),
        w.patience * 2 + 1,
        expected="callback.failed",
        ja="メールが戻ってきたことが相手に伝わる",
    )
    t.check(
        "the peer is told why",
        failed is not None and failed.reason is CallbackFailure.UNDELIVERABLE,
        expected="undeliverable",
        seen=failed,
        ja="相手に理由が伝わる",
    )
    names_contacts_in_order(
        t, failed.contacts if failed is not None else (), "callback.failed", "callback.failed"
    )
    await w.filter_mail(address, Rule())
    keeps_the_profile(t, other)


@purpose(
    id="CALLBACK-BOUNCED-OWNER",
    requirements=("CNB-20", "CNB-31"),
    interfaces="BC",
    role=Role.RECEIVING,
    needs=Needs(peer=True),
    timeout_s=45.0,
    title_ja="登録地側が送信済みの後に失敗を伝えてきたら、指令員に連絡先とともに知らせる",
    title_en="A callback.failed after callback.sent is told to the dispatcher, with the contacts",
    stimulus_ja="割り当てられた通報で、指令員が呼び返す。登録地側は callback.sent を返し、続けて "
    "callback.failed を返す。",
    stimulus_en="The dispatcher of an assigned call calls back; the anchor answers callback.sent "
    "and then callback.failed.",
    expected_ja="はじめに送信済み、次に失敗とその理由が指令員に知らされ、緊急連絡先が順に示され、記録にも残る。",
    expected_en="The dispatcher is told first that it was sent, then that it failed and why, with "
    "the contacts in their order; the record says so, too.",
    why_ja="送信済みのまま示されると、指令員は届かない返事を待つ。",
    why_en="Shown as sent, the dispatcher waits for an answer that cannot come.",
)
async def owner(t: Trial, w: World) -> None:
    other = await w.peer()
    console, call = await owned_by_sut(t, w, other)
    optional = with_contacts(w).optional
    contacts = optional.contacts if optional is not None else ()
    asking = w.start(console.call_back(call.call_id))
    with t.waiting("callback.request"):
        request = await call.callback_requested(w.patience)
    await call.callback_sent(request)
    sent = await t.observe(
        "the dispatcher is told that the letter was sent",
        w.ended(asking),
        w.patience,
        expected="sent",
        ja="送信済みであることが指令員に知らされる",
    )
    t.check(
        "it is called sent first",
        sent is not None and sent.state == "sent",
        expected="sent",
        seen=sent.state if sent is not None else "nothing",
        ja="はじめは送信済みとされる",
    )
    await call.callback_failed(request, CallbackFailure.UNDELIVERABLE, "returned", contacts)
    told = await t.observe(
        "the dispatcher is told that the letter came back",
        console.wait_for_callback(call.call_id, _failed, w.patience),
        w.patience + 1,
        expected="failed, undeliverable",
        ja="メールが戻ってきたことが指令員に知らされる",
    )
    names_contacts_in_order(
        t, told.contacts if told is not None else (), "what the dispatcher is told", "知らせ"
    )
    kept = (await console.record(call.call_id)).callbacks
    t.check(
        "the record says so, too",
        [_failed(each) for each in kept] == [True],
        expected="failed, undeliverable",
        seen=[(each.state, each.failure) for each in kept],
        ja="記録にも残る",
    )
    keeps_the_profile(t, other)
