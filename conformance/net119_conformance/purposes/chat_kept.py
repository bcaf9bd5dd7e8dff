"""The chat is kept: over a lost connection, at another provider, through a crash."""

from uuid import UUID

from net119_protocol.interconnect import MessageType
from net119_simulators.errors import CallRefused, NotConnected, Unreachable

from net119_conformance.catalogue import Role
from net119_conformance.drivers.actors import HandsetCall
from net119_conformance.drivers.interface import Verb
from net119_conformance.errors import SutUnavailable
from net119_conformance.purpose import purpose
from net119_conformance.purposes.chat import same_lines, talking
from net119_conformance.trial import Trial
from net119_conformance.world.needs import Needs
from net119_conformance.world.world import World

TURNS = 2
"""Crashes of the SUT in one purpose: the second finds a database that a crash left behind."""


RESTART_S = 75.0
"""For the SUT to start again, on a machine that is busy with other purposes."""


async def _crashed(w: World) -> str:
    w.trial.evidence.note("the SUT is killed and started again")
    await w.crash()
    return "serving"


async def _returned(call: HandsetCall) -> UUID:
    await call.resume()
    return call.id


@purpose(
    id="CHAT-RESUME",
    requirements=("ASO-15",),
    interfaces="AC",
    role=Role.HOME,
    needs=Needs(),
    title_ja="接続が切れても、戻ったときに同じ通報が続き、その間の文がすべて一度ずつ届く",
    title_en="After a dropped connection the same call goes on, with every line in between, once",
    stimulus_ja="応答の後、端末の接続を切る。その間に指令員が書き、端末が同じ通報に戻って書く。",
    stimulus_en="After the answer the handset's connection is cut; the dispatcher writes "
    "meanwhile; the handset comes back to the same call and writes.",
    expected_ja="戻った端末に、切れていた間の文が順に一度ずつ届き、やりとりが続く。",
    expected_en="The lines in between arrive in order, once each, and the chat goes on.",
    why_ja="トンネルや電波の悪い所は、通報の起きる所でもある。",
    why_en="Tunnels and bad coverage are where accidents happen.",
)
async def resume(t: Trial, w: World) -> None:
    console, call = await talking(w)
    await call.say("トンネルの中です")
    call.drop()
    with t.waiting("the end of the handset's connection"):
        await call.wait_for_drop(w.patience)

    async def meanwhile_said() -> int:
        for number in range(3):
            await console.say(call.id, f"聞こえますか {number}")
        return 3

    await t.observe(
        "the dispatcher can write while the handset is away",
        meanwhile_said(),
        w.patience,
        expected="three acknowledgements",
        ja="端末が切れている間も、指令員は書ける",
    )
    back_again = await t.observe(
        "the handset comes back to the same call",
        _returned(call),
        w.patience,
        expected=f"call {call.id}",
        ja="端末が同じ通報に戻る",
    )
    if back_again is None:
        return
    await t.observe(
        "the last line written meanwhile arrives",
        call.wait_for_line(lambda line: line.text == "聞こえますか 2", w.patience),
        w.patience + 1,
        expected="聞こえますか 2",
        ja="切れていた間の最後の文が届く",
    )
    meanwhile = [line.text for line in call.lines if line.text.startswith("聞こえますか")]
    t.check(
        "every line written meanwhile arrives once, in order",
        meanwhile == [f"聞こえますか {number}" for number in range(3)],
        expected="聞こえますか 0, 1, 2",
        seen=meanwhile,
        ja="切れていた間の文が順に一度ずつ届く",
    )
    back = await call.say("出ました")
    await t.observe(
        "the chat goes on",
        console.wait_for_line(call.id, lambda line: line.seq == back.seq, w.patience),
        w.patience + 1,
        expected=f"line {back.seq}",
        ja="やりとりが続く",
    )
    await same_lines(t, w, console, call)


@purpose(
    id="CHAT-BOTH-SIDES",
    requirements=("CTS-09", "CTS-12"),
    interfaces="AB",
    role=Role.HOME,
    needs=Needs(peer=True),
    title_ja="別の事業者に渡した通報でも、双方の記録が同じで、番号は登録地側だけが付ける",
    title_en="With another provider too, both transcripts agree and the anchor alone numbers",
    stimulus_ja="通報を模擬事業者に渡し、通報者と相手の指令員が交互に書く。",
    stimulus_en="A call is given to the simulated peer; caller and peer write in turn.",
    expected_ja="通報者の画面と相手の記録が、同じ番号・同じ順で一致する。",
    expected_en="The caller's chat and the peer's transcript agree in numbers and order.",
    why_ja="引き継いだ消防本部は、この記録だけを頼りに話を続ける。",
    why_en="The department that took over knows only this transcript.",
)
async def both_sides(t: Trial, w: World) -> None:
    other = await w.peer()
    phone = await w.handset()
    call = await w.call_from(phone, w.ground("peer"))
    with t.waiting("call.offer"):
        offer = await other.expect(MessageType.CALL_OFFER, call_id=call.id, within=w.patience)
    taken = await other.take(offer, center=w.ground("peer").center)
    await taken.answer("佐々木")
    for number in range(4):
        await call.say(f"通報者 {number}")
        receipt = await t.observe(
            f"the peer's line {number} is numbered by the anchor",
            taken.say(f"指令員 {number}"),
            w.patience,
            expected="chat.receipt",
            ja="相手の文に番号が付けられる",
        )
        if receipt is None:
            return
    await t.observe(
        "the peer's last line reaches the caller",
        call.wait_for_line(lambda line: line.text == "指令員 3", w.patience),
        w.patience + 1,
        expected="指令員 3",
        ja="相手の最後の文が通報者に届く",
    )
    mine = [(line.seq, line.text) for line in call.lines]
    await t.observe(
        "the caller's last line reaches the peer",
        taken.wait_for_line(lambda line: line.text == "通報者 3", w.patience),
        w.patience + 1,
        expected="通報者 3",
        ja="通報者の最後の文が相手に届く",
    )
    theirs = [(line.seq, line.text) for line in taken.lines]
    t.check(
        "both transcripts agree",
        mine == theirs and len(mine) >= 8,
        expected=mine,
        seen=theirs,
        ja="双方の記録が一致する",
    )
    breaches = [str(each) for each in (*call.violations, *taken.violations)]
    t.check(
        "no line is missing, repeated or out of order",
        not breaches,
        expected="none",
        seen=breaches or "none",
        ja="抜け・重複・順序の乱れがない",
    )


@purpose(
    id="CHAT-ACK-DURABLE",
    requirements=("CTS-09",),
    interfaces="AC",
    role=Role.HOME,
    needs=Needs(own_system=True),
    title_ja="確認された文は、直後に試験対象が強制終了しても失われない",
    title_en="An acknowledged line survives a crash right after the acknowledgement",
    stimulus_ja="通報者の文が確認された直後に、試験対象を強制終了し、再び起動する。これを二度行"
    "う。",
    stimulus_en="Right after a line is acknowledged the SUT is killed and started again, twice.",
    expected_ja="確認された文がすべて、同じ番号で残り、同じ通報が続く。",
    expected_en="Every acknowledged line is still there under its number, and the call goes on.",
    why_ja="「届きました」と示された文が消えていたら、通報者は助けを待ち続ける。",
    why_en="A caller who was told 'received' waits for help that nobody knows of.",
    timeout_s=200.0,
)
async def ack_durable(t: Trial, w: World) -> None:
    w.claimed(Verb.CRASH)
    _, call = await talking(w)
    acknowledged: dict[int, str] = {}
    for turn in range(TURNS):
        text = f"確認された文 {turn}"
        stored = await call.say(text)
        acknowledged[stored.seq] = text
        serving = await t.observe(
            "the SUT serves again after the crash",
            _crashed(w),
            RESTART_S,
            expected="it starts on what it had stored",
            refusals=(SutUnavailable,),
            ja="強制終了の後、試験対象が再び動く",
        )
        if serving is None:
            return
        with t.waiting("the end of the handset's connection"):
            await call.wait_for_drop(w.patience)
        await t.observe(
            "the handset comes back to the same call",
            _returned(call),
            w.patience,
            expected=f"call {call.id}",
            refusals=(Unreachable,),
            ja="端末が同じ通報に戻る",
        )
    fresh = await w.console()
    record = await t.observe(
        "the record of the call is there",
        fresh.record(call.id),
        w.patience,
        expected=f"call {call.id}",
        ja="通報の記録が残っている",
    )
    if record is None:
        return
    kept = {line.seq: line.text for line in record.lines}
    missing = {seq: text for seq, text in acknowledged.items() if kept.get(seq) != text}
    t.check(
        "every acknowledged line is in the record under its number",
        not missing and len(acknowledged) == TURNS,
        expected=acknowledged,
        seen=kept,
        ja="確認された文がすべて、同じ番号で記録に残っている",
    )
    try:
        more = await call.say("まだ待っています")
        went_on, seen = more.seq > max(acknowledged), str(more.seq)
    except (CallRefused, NotConnected, Unreachable, TimeoutError) as error:
        went_on, seen = False, str(error)
    t.check(
        "the same call goes on",
        went_on,
        expected="a further line, with a greater number",
        seen=seen,
        ja="同じ通報が続く",
    )
    breaches = [str(each) for each in call.violations]
    t.check(
        "the handset saw no line twice and none out of order",
        not breaches,
        expected="none",
        seen=breaches or "none",
        ja="端末に重複や順序の乱れがない",
    )
