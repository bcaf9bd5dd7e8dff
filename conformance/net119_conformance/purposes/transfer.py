"""A transfer asked for at the anchor: offered with all that is known, and done only by assignment.

Until the next department is assigned the owner and its epoch are what they were, and whatever goes
wrong is told to the dispatcher who asked.
"""

from net119_protocol.api.console_acts import Transfer
from net119_protocol.chat import ChatLine
from net119_protocol.codes import Kind, OfferCause, TransferFailure
from net119_protocol.interconnect import MessageType, bodies
from net119_protocol.person import RegistrantData
from net119_protocol.places import Fix
from net119_simulators.errors import CallRefused
from net119_simulators.lookout import LAST_LOOK_S
from net119_simulators.peer import Received, SimulatedPeer, TakenCall

from net119_conformance.catalogue import Role
from net119_conformance.drivers.actors import Console, HandsetCall
from net119_conformance.looking import looking
from net119_conformance.not_before import Since
from net119_conformance.purpose import purpose
from net119_conformance.purposes.offers import keeps_the_profile
from net119_conformance.still_offered import TO_LOOK, still_offered
from net119_conformance.trial import Trial
from net119_conformance.world.needs import Needs
from net119_conformance.world.plan import Ground
from net119_conformance.world.world import Registered, World

REASON = "通報者は管轄の外へ移動中"
KIND = Kind.FIRE
"""Not the kind that a system would take for granted."""


def said(lines: tuple[ChatLine, ...]) -> list[tuple[int, str]]:
    """Number and text of each line, in the order in which they came."""
    return [(line.seq, line.text) for line in lines]


async def answered_at_home(
    t: Trial,
    w: World,
    who: Registered | None = None,
    *,
    kind: Kind = Kind.AMBULANCE,
    fix: Fix | None = None,
) -> tuple[Console, HandsetCall]:
    """A call from the home area, answered there, with a line of each side."""
    console = await w.console()
    phone = await w.handset(who)
    call = await w.call_from(phone, w.home, kind=kind, fix=fix)
    with t.waiting("the call at the home console"):
        await console.wait_for_call(call.id, w.patience, lambda seen: seen.mine)
    await console.answer(call.id)
    await call.say("髙橋です。車の中です")
    await console.say(call.id, "どちらへ向かっていますか")
    return console, call


def measured(fix: Fix | None) -> tuple[float, float, float | None] | None:
    """A fix, as far as a handset tells it."""
    return None if fix is None else (fix.lat, fix.lon, fix.accuracy_m)


def identity(who: RegistrantData) -> dict[str, str]:
    """What every department has registered of a person."""
    return {
        "name": who.name,
        "birth date": who.birth_date.isoformat(),
        "sex": who.sex.value,
        "address": who.address.one_line(),
        "mail": who.mail,
    }


def names_the_reason(
    t: Trial, ended: Transfer | None, reason: TransferFailure, what: str, ja: str
) -> None:
    """Check that a transfer failed for this reason, and that the dispatcher can read it."""
    t.check(
        f"{what}: the dispatcher is told why",
        ended is not None and ended.failure is reason,
        expected=reason.value,
        seen=ended.failure if ended else "nothing",
        ja=f"{ja}: 理由が指令員に示される",
    )
    if ended is not None:
        t.check(
            f"{what}: the reason can be read in Japanese",
            any(ord(sign) > 0x3000 for sign in ended.text_ja),
            expected="a Japanese text",
            seen=ended.text_ja,
            ja=f"{ja}: 日本語で読める",
        )


def offer_tells_all(
    t: Trial,
    offer: Received,
    call: HandsetCall,
    giver: Ground,
    known: list[tuple[int, str]],
    fix: Fix,
    epoch: int,
) -> None:
    """Check what the next department is told before it decides."""
    body = offer.body_as(bodies.CallOffer)
    t.check(
        "the offer says that it is a transfer, from whom and why",
        (body.cause, body.transferred_from and body.transferred_from.code, body.transfer_reason)
        == (OfferCause.TRANSFER, giver.department, REASON),
        expected=("transfer", giver.department, REASON),
        seen=(body.cause.value, body.transferred_from, body.transfer_reason),
        offending=str(offer.message_id),
        ja="申し出に、転送であること、転送元、理由が書かれている",
    )
    t.check(
        "the offer has every line said so far",
        said(body.transcript) == known,
        expected=known,
        seen=said(body.transcript),
        offending=str(offer.message_id),
        ja="申し出に、それまでの文がすべてある",
    )
    t.check(
        "the offer has the caller's places",
        [point.number for point in body.trail] == [1],
        expected=[1],
        seen=[point.number for point in body.trail],
        offending=str(offer.message_id),
        ja="申し出に、通報者の位置の履歴がある",
    )
    t.check(
        "the offer has the kind that the caller chose",
        body.kind is KIND,
        expected=KIND.value,
        seen=body.kind.value,
        offending=str(offer.message_id),
        ja="申し出に、通報者の選んだ種類がある",
    )
    places = [measured(body.place.fix), *(measured(point.place.fix) for point in body.trail)]
    t.check(
        "the offer has the fix as measured, in the last place and in the trail",
        bool(body.trail) and set(places) == {measured(fix)},
        expected=measured(fix),
        seen=places,
        offending=str(offer.message_id),
        ja="申し出の最後の位置にも履歴にも、測位した位置がそのままある",
    )
    t.check(
        "the offer is made under the owner's epoch",
        offer.envelope.epoch == epoch,
        expected=epoch,
        seen=offer.envelope.epoch,
        offending=str(offer.message_id),
        ja="申し出は、いまの担当の epoch で行われる",
    )


@purpose(
    id="TRANSFER-DONE",
    requirements=("ASO-19", "CNB-39"),
    interfaces="ABC",
    role=Role.HOME,
    needs=Needs(peer=True),
    title_ja="転送は、登録情報・位置の履歴・すべての文とともに申し出られ、割り当てで初めて成立する",
    title_en="A transfer is offered with everything known, and done by the assignment alone",
    stimulus_ja="応答した登録地の指令員が、相手の消防本部へ転送を求める。その間も通報者は書く。"
    "相手は承諾して応答する。その後、元の指令員が書こうとする。",
    stimulus_en="The home dispatcher asks for a transfer to the peer's department; the caller "
    "writes on; the peer accepts and answers; the former dispatcher tries to write.",
    expected_ja="割り当てまで担当は変わらない。割り当てで epoch が一つ増え、次の本部はすべての文"
    "を持つ。通報者のチャットは一つのまま続き、元の指令員の文は目に見えて断られる。",
    expected_en="The owner is unchanged until the assignment, which raises the epoch by one; the "
    "next department has every line; the caller's one chat goes on; the former dispatcher's line "
    "is refused visibly.",
    why_ja="転送の間に通報が宙に浮けば、通報者は誰にも読まれない画面に書くことになる。",
    why_en="A call between two owners leaves the caller writing to nobody.",
    timeout_s=45.0,
)
async def done(t: Trial, w: World) -> None:
    there = w.ground("peer")
    other = await w.peer()
    fix = w.fix_at(w.home, 23.0)
    who = await w.register()
    console, call = await answered_at_home(t, w, who, kind=KIND, fix=fix)
    before = await console.wait_for_call(call.id, w.patience)
    known = said(call.lines)
    offered = looking(w)
    asking = w.start(console.transfer(call.id, there.department, REASON))
    offer = await t.observe(
        "the call is offered to the department asked for",
        other.expect(MessageType.CALL_OFFER, call_id=call.id, within=w.patience),
        w.patience + 1,
        expected="call.offer",
        ja="求められた消防本部に通報が申し出られる",
    )
    if offer is None:
        return
    since = Since()
    offer_tells_all(t, offer, call, w.home, known, fix, before.epoch)
    registrant = offer.body_as(bodies.CallOffer).registrant
    t.check(
        "the offer has the registrant's data",
        identity(registrant) == identity(who.person),
        expected=identity(who.person),
        seen=identity(registrant),
        offending=str(offer.message_id),
        ja="申し出に登録情報がある",
    )
    meanwhile = await call.say("煙が増えてきました")
    await t.observe(
        "until then the caller's lines go to the owner",
        console.wait_for_line(call.id, lambda line: line.seq == meanwhile.seq, w.patience),
        w.patience + 1,
        expected=f"line {meanwhile.seq}",
        ja="それまでの文は、いまの担当に届く",
    )
    # The peer has to accept before the offer's time is over.
    left = max(LAST_LOOK_S, min(offered.left(), TO_LOOK * w.t1_total - since.passed()))
    await t.observe_nothing(
        "the owner is unchanged until the assignment",
        console.wait_for_call(
            call.id, left + 1, lambda seen: not seen.mine or seen.epoch != before.epoch
        ),
        left,
        expected=f"mine, epoch {before.epoch}",
        ja="割り当てまで、担当は変わらない",
    )
    still_offered(t, since.passed(), "the peer accepts only", "相手が承諾する")
    t.check(
        "until then the dispatcher is not told that it is done",
        not asking.done(),
        expected="under way",
        seen="done" if asking.done() else "under way",
        ja="それまで、指令員に転送が済んだとは知らされない",
    )
    taken = await _taken_over(t, w, other, console, call, offer, before.epoch)
    ended = await t.observe(
        "the dispatcher who asked is told that it is done",
        w.ended(asking),
        w.patience,
        expected="done",
        ja="求めた指令員に、転送の成立が知らされる",
    )
    t.check(
        "it has not failed",
        ended is not None and ended.failure is None,
        expected="no failure",
        seen=ended.failure if ended else "nothing",
        ja="失敗とされていない",
    )
    await _released(t, w, console, call, there, taken)
    keeps_the_profile(t, other)


async def _taken_over(
    t: Trial,
    w: World,
    other: SimulatedPeer,
    console: Console,
    call: HandsetCall,
    offer: Received,
    epoch: int,
) -> TakenCall | None:
    """The peer takes the call, answers and writes; the caller sees one chat."""
    there = w.ground("peer")
    taken = await t.observe(
        "the acceptance is answered by call.assign",
        other.take(offer, center=there.center, within=w.patience),
        w.patience + 1,
        expected="call.assign",
        ja="承諾に call.assign が返る",
    )
    if taken is None:
        return None
    t.check(
        "the assignment raises the epoch by one",
        taken.epoch == epoch + 1,
        expected=epoch + 1,
        seen=taken.epoch,
        ja="割り当てで epoch が一つ増える",
    )
    await taken.ring()
    await taken.answer("次の指令員")
    await taken.say("消防です。引き継ぎました")
    last = await call.say("まだ車の中です")
    await t.observe(
        "the caller's next line reaches the next department",
        taken.wait_for_line(lambda line: line.seq == last.seq, w.patience),
        w.patience + 1,
        expected=f"line {last.seq}",
        ja="次の文は次の消防本部に届く",
    )
    await t.observe(
        "the caller sees who has the call now",
        call.wait_for_view(
            lambda view: (
                view.state.value == "answered"
                and view.receiver is not None
                and view.receiver.code == there.department
            ),
            w.patience,
        ),
        w.patience + 1,
        expected=there.department,
        ja="誰が受けているかが通報者に示される",
    )
    await t.observe(
        "the caller reads the next dispatcher in the same chat",
        call.wait_for_line(lambda line: line.text == "消防です。引き継ぎました", w.patience),
        w.patience + 1,
        expected="消防です。引き継ぎました",
        ja="次の指令員の文が、同じチャットに届く",
    )
    t.check(
        "the next department has every line that the caller has",
        said(taken.lines) == said(call.lines),
        expected=said(call.lines),
        seen=said(taken.lines),
        ja="次の消防本部は、通報者の見ているすべての文を持つ",
    )
    numbers = [line.seq for line in call.lines]
    t.check(
        "the caller's chat is one, without gap or repetition",
        numbers == list(range(1, len(numbers) + 1)) and not call.violations,
        expected=list(range(1, len(numbers) + 1)),
        seen=(numbers, list(call.violations)),
        ja="通報者のチャットは、抜けも重複もなく一つのまま続く",
    )
    return taken


async def _released(
    t: Trial,
    w: World,
    console: Console,
    call: HandsetCall,
    there: Ground,
    taken: TakenCall | None,
) -> None:
    """The former owner's console: sees who has the call, and its late line is refused."""
    await t.observe(
        "the former owner sees who has the call now",
        console.wait_for_call(
            call.id,
            w.patience,
            lambda seen: not seen.mine and seen.owner.code == there.department,
        ),
        w.patience + 1,
        expected=f"not owned, {there.department}",
        ja="元の担当に、いま誰が受けているかが示される",
    )
    since = looking(w)
    try:
        late = await console.say(call.id, "元の指令員の文")
        refused = f"taken as line {late.seq}"
    except CallRefused as refusal:
        refused = "refused"
        t.check(
            "the refusal can be read",
            bool(str(refusal)),
            expected="a reason",
            seen=str(refusal),
            ja="断った理由が示される",
        )
    t.check(
        "a late line of the former owner is refused visibly",
        refused == "refused",
        expected="refused",
        seen=refused,
        ja="元の担当の遅れた文は、目に見えて断られる",
    )
    if taken is not None:
        await taken.say("そのまま続けてください")
        await t.observe(
            "the caller goes on reading the next dispatcher",
            call.wait_for_line(lambda line: line.text == "そのまま続けてください", w.patience),
            w.patience + 1,
            expected="そのまま続けてください",
            ja="次の指令員の文は、通報者に届き続ける",
        )
    left = since.left()
    await t.observe_nothing(
        "the caller never saw it",
        call.wait_for_line(lambda line: line.text == "元の指令員の文", left + 1),
        left,
        expected="not shown",
        ja="通報者には表示されない",
    )
