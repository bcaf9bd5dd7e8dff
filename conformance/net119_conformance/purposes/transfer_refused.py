"""A transfer that comes to nothing: the dispatcher is told why, and has the call as before."""

from net119_protocol.codes import RejectReason, TransferFailure
from net119_protocol.interconnect import MessageType

from net119_conformance.catalogue import Role
from net119_conformance.drivers.actors import Console, HandsetCall
from net119_conformance.not_before import Since
from net119_conformance.purpose import purpose
from net119_conformance.purposes.messages import again_of
from net119_conformance.purposes.offers import keeps_the_profile
from net119_conformance.purposes.transfer import REASON, answered_at_home, names_the_reason
from net119_conformance.trial import Trial
from net119_conformance.world.needs import Needs
from net119_conformance.world.world import World


async def stays(
    t: Trial, w: World, console: Console, call: HandsetCall, epoch: int, text: str, ja: str
) -> None:
    """Check that the home department has the call as before, and that the chat goes on."""
    said_now = await t.observe(
        f"{text}: the caller can still write",
        call.say(f"まだ話しています（{ja}）"),
        w.patience,
        expected="an acknowledgement",
        ja=f"{ja}: 通報者は書き続けられる",
    )
    shown = await console.wait_for_call(call.id, w.patience)
    t.check(
        f"{text}: owner, epoch and state are unchanged",
        (shown.mine, shown.owner.code, shown.epoch, shown.state.value)
        == (True, w.home.department, epoch, "answered"),
        expected=(True, w.home.department, epoch, "answered"),
        seen=(shown.mine, shown.owner.code, shown.epoch, shown.state.value),
        ja=f"{ja}: 担当も epoch も状態も変わらない",
    )
    if said_now is not None:
        await t.observe(
            f"{text}: the dispatcher sees it",
            console.wait_for_line(call.id, lambda line: line.seq == said_now.seq, w.patience),
            w.patience + 1,
            expected=f"line {said_now.seq}",
            ja=f"{ja}: 指令員に届く",
        )


@purpose(
    id="TRANSFER-REFUSED",
    requirements=("CNB-39",),
    interfaces="ABC",
    role=Role.HOME,
    needs=Needs(peer=True, unadopted=True),
    title_ja="できない転送は、理由とともに直ちに失敗とされ、担当は変わらない",
    title_en="A transfer that cannot be is failed at once with its reason; the owner is unchanged",
    stimulus_ja="知らない消防本部、NET119のない消防本部、断る相手、止まった相手へ、順に転送を求め"
    "る。",
    stimulus_en="Transfers are asked for to an unknown department, one without NET119, a peer that "
    "rejects, and a peer that has stopped.",
    expected_ja="それぞれ理由が示され、担当・epoch・状態はそのままで、チャットは続く。",
    expected_en="Each names its reason; owner, epoch and state stay, and the chat goes on.",
    why_ja="転送したつもりの指令員は、もう読んでいない。",
    why_en="A dispatcher who believes the call is gone no longer reads it.",
    timeout_s=60.0,
)
async def refused(t: Trial, w: World) -> None:
    there, bare = w.ground("peer"), w.ground("unadopted")
    other = await w.peer()
    console, call = await answered_at_home(t, w)
    epoch = (await console.wait_for_call(call.id, w.patience)).epoch
    for department, reason, what, ja in (
        ("nowhere", TransferFailure.UNKNOWN_DEPARTMENT, "unknown department", "知らない消防本部"),
        (bare.department, TransferFailure.NOT_ADOPTED, "no NET119 there", "NET119のない消防本部"),
    ):
        ended = await t.observe(
            f"{what}: the dispatcher gets an answer",
            console.transfer(call.id, department, REASON),
            w.patience,
            expected="failed",
            ja=f"{ja}: 答えが返る",
        )
        names_the_reason(t, ended, reason, what, ja)
    asking = w.start(console.transfer(call.id, there.department, REASON))
    with t.waiting("call.offer at the peer"):
        offer = await other.expect(MessageType.CALL_OFFER, call_id=call.id, within=w.patience)
    await other.reject(offer, RejectReason.NO_CONSOLE)
    ended = await t.observe(
        "rejected: the dispatcher is told without waiting for T1",
        w.ended(asking),
        0.8 * w.t1_total,
        expected="failed",
        ja="断られた: T1を待たずに知らされる",
    )
    names_the_reason(t, ended, TransferFailure.REJECTED, "rejected", "断られた")
    t.check(
        "rejected: the other side's reason is passed on",
        ended is not None and RejectReason.NO_CONSOLE.value in ended.detail,
        expected=RejectReason.NO_CONSOLE.value,
        seen=ended.detail if ended else "nothing",
        ja="断られた: 相手の理由も伝えられる",
    )
    await stays(t, w, console, call, epoch, "rejected", "断られた")
    await other.endpoint_off()
    await other.client_off()
    await w.seen_not_running(other.operator)
    ended = await t.observe(
        "not running: the dispatcher gets an answer",
        console.transfer(call.id, there.department, REASON),
        w.patience,
        expected="failed",
        ja="止まっている: 答えが返る",
    )
    names_the_reason(t, ended, TransferFailure.NOT_RUNNING, "not running", "止まっている")
    await stays(t, w, console, call, epoch, "not running", "止まっている")
    record = await console.record(call.id)
    t.check(
        "the record keeps every attempt and why it failed",
        [each.failure for each in record.transfers]
        == [
            TransferFailure.UNKNOWN_DEPARTMENT,
            TransferFailure.NOT_ADOPTED,
            TransferFailure.REJECTED,
            TransferFailure.NOT_RUNNING,
        ],
        expected="unknown-department, not-adopted, rejected, not-running",
        seen=[each.failure.value if each.failure else "done" for each in record.transfers],
        ja="すべての試みと失敗の理由が記録に残る",
    )


@purpose(
    id="TRANSFER-SILENT",
    requirements=("CNB-39",),
    interfaces="ABC",
    role=Role.HOME,
    needs=Needs(peer=True),
    title_ja="黙る相手への転送はT1×回数で失敗とされ、その間の二つ目は busy、遅れた承諾は退けられる",
    title_en="A transfer to a silent peer fails after T1 x attempts; a second one meanwhile is "
    "busy; a late acceptance is withdrawn",
    stimulus_ja="相手は転送の申し出に答えない。その間に、もう一度転送を求める。失敗の後に承諾が"
    "届く。",
    stimulus_en="The peer does not answer the offer; meanwhile another transfer is asked for; "
    "after the failure the acceptance comes.",
    expected_ja="二つ目は busy で断られる。回数が二以上なら申し出は繰り返される。一つ目はT1×回数で"
    " silent で失敗し、それより早くは失敗しない。遅れた承諾には call.withdraw が返り、"
    "担当は変わらない。",
    expected_en="The second fails as 'busy'; the offer is repeated, unless one attempt is all. The "
    "first fails as 'silent' after T1 x attempts, not before; the late acceptance is answered by "
    "call.withdraw; the owner is unchanged.",
    why_ja="二つの本部が同じ通報を自分のものと思えば、どちらかが手を引く。",
    why_en="Two departments that both believe they own a call send two crews, or none.",
    timeout_s=45.0,
)
async def silent(t: Trial, w: World) -> None:
    there = w.ground("peer")
    other = await w.peer()
    console, call = await answered_at_home(t, w)
    epoch = (await console.wait_for_call(call.id, w.patience)).epoch
    since = Since()
    asking = w.start(console.transfer(call.id, there.department, REASON))
    ended_after = since.at_end_of(asking)
    with t.waiting("call.offer at the peer"):
        offer = await other.expect(MessageType.CALL_OFFER, call_id=call.id, within=w.patience)
    second = await t.observe(
        "a second request gets an answer while the first is under way",
        console.transfer(call.id, there.department, "もう一度"),
        0.8 * w.t1_total,
        expected="failed, busy",
        ja="一つ目の間に、二つ目に答えが返る",
    )
    names_the_reason(t, second, TransferFailure.BUSY, "second request", "二つ目の求め")
    over = since.passed() + w.t1_total + 2.0
    if (w.timers.offer_attempts or 2) > 1:
        await t.observe(
            "the offer is repeated",
            again_of(other, offer, over - since.passed()),
            over - since.passed() + 1,
            expected="the same call.offer once more",
            ja="申し出が繰り返される",
        )
    ended = await t.observe(
        "the silence ends after T1 x attempts",
        w.ended(asking),
        max(0.5, over - since.passed()),
        expected="failed, silent",
        ja="T1×回数で待つのをやめる",
    )
    since.not_before(
        t,
        "it does not end before T1 x attempts",
        w.t1_total,
        passed_s=ended_after(),
        ja="T1×回数がたつ前には、待つのをやめない",
    )
    names_the_reason(t, ended, TransferFailure.SILENT, "silence", "返事がない")
    late = await other.accept(offer, center=there.center)
    answer = await t.observe(
        "a late acceptance is answered",
        other.expect(
            {MessageType.CALL_WITHDRAW, MessageType.CALL_ASSIGN},
            call_id=call.id,
            within=w.patience,
            where=lambda got: (
                got.type is MessageType.CALL_ASSIGN or got.envelope.in_reply_to == late.accept_id
            ),
        ),
        w.patience + 1,
        expected="call.withdraw",
        ja="遅れた承諾に答えが返る",
    )
    t.check(
        "it is answered by call.withdraw",
        answer is not None and answer.type is MessageType.CALL_WITHDRAW,
        expected="call.withdraw",
        seen=answer.type.value if answer else "nothing",
        ja="call.withdraw が返る",
    )
    await stays(t, w, console, call, epoch, "silence", "返事がない")
    keeps_the_profile(t, other)
