"""Home alarms at the center: test, hail, dispatch, helpers (articles 7 and 10)."""

import contextlib

from net119_protocol.alarms.codes import Accident, Finding, HelperAnswer, IncidentState
from net119_protocol.alarms.incident import Incident
from net119_protocol.api import alarms as api
from net119_simulators.alarms import Answering

from net119_conformance.at_alarms import HELPERS, Kyoto, kyoto, refusal_of
from net119_conformance.catalogue import Role
from net119_conformance.checks import CheckLevel
from net119_conformance.purpose import purpose
from net119_conformance.trial import Trial
from net119_conformance.world.alarm_settings import HAIL_S, HELPER_S, LONGEST_S, TALK_S
from net119_conformance.world.needs import Needs
from net119_conformance.world.world import World

ALARMS = Needs(alarms=True, once=True)
CREW = "中京救急1（訓練）"
NOBODY_SENT = "nobody is sent"
NOBODY_SENT_JA = "出動は命じられない"


@purpose(
    id="ALARM-TEST",
    requirements=("KYO-04",),
    derived=("KYO-04",),
    interfaces="HC",
    role=Role.ALARM,
    needs=ALARMS,
    title_ja="試験の通報では機器の作動を確かめ、出動しない",
    title_en="A test alarm has the center's equipment checked, and dispatches nothing",
    stimulus_ja="発信設備が試験の通報を送る。だれも応答しない。指令員が災害と決めようとし、次に機器の異常を記録する。",
    stimulus_en="A unit sends a test alarm and nobody speaks; the dispatcher tries to dispatch, "
    "then notes that a device did not work.",
    expected_ja="「機器確認中」として受信席に出て、どの待ち時間を過ぎても出動せず、"
    "出動の指示は断られ、確認の結果が残る。",
    expected_en="It stands at the desk as a check, is not dispatched after any time, a dispatch is "
    "refused, and how the equipment worked is recorded.",
    why_ja="試験で隊が出れば、本当の通報に向かえなくなる。確認を記録しなければ試験の意味がない。",
    why_en="Crews sent by a test are missing elsewhere, and a test without a check shows nothing.",
)
async def test_alarm(t: Trial, w: World) -> None:
    async with kyoto(t, w) as k:
        _, unit = await k.put_up()
        taken = await unit.test()
        incident = await k.incident(taken)
        t.check(
            "it waits for a check of the equipment",
            incident.state is IncidentState.CHECKING,
            expected="checking",
            seen=incident.state.value,
            ja="機器の確認を待っている",
        )
        await t.observe_nothing(
            NOBODY_SENT,
            k.sent(incident.incident_id),
            LONGEST_S + 1.0,
            expected="no dispatch",
            level=CheckLevel.DERIVED,
            ja=NOBODY_SENT_JA,
        )
        decision = api.DecideIncident(finding=Finding.DISASTER, units=CREW)
        refused = await refusal_of(k.desk.decide(incident.incident_id, decision))
        t.check(
            "a dispatch for a test is refused",
            refused == "wrong-state",
            expected="wrong-state",
            seen=refused,
            level=CheckLevel.DERIVED,
            ja="試験の通報での出動は断られる",
        )
        faulty = api.CheckEquipment(good=False, note="表示盤③")
        ended = await k.desk.check_equipment(incident.incident_id, faulty)
        t.check(
            "how the equipment worked is recorded",
            ended.outcome is not None
            and ended.outcome.value == "equipment-faulty"
            and "表示盤③" in ended.reason,
            expected="equipment-faulty: 表示盤③",
            seen=f"{ended.outcome}: {ended.reason}",
            ja="機器の作動状況が記録される",
        )
        t.check(
            "it ends without a dispatch",
            not ended.dispatches,
            expected="none",
            seen=ended.dispatches,
            level=CheckLevel.DERIVED,
            ja="出動のないまま終わる",
        )


@purpose(
    id="ALARM-HAIL",
    requirements=("KYO-05",),
    interfaces="HC",
    role=Role.ALARM,
    needs=ALARMS,
    title_ja="通報を受けると、ほかの何よりも先に利用者へ呼び掛ける",
    title_en="On an alarm the user is called out to before anything else",
    stimulus_ja="利用者がボタンを押す。指令員は何もしない。",
    stimulus_en="A user presses the button; no dispatcher does anything.",
    expected_ja="発信設備から呼び掛けが聞こえ、受信席では「呼び掛け中」である。出動も協力員への依頼も、"
    "呼び掛けより後である。",
    expected_en="The hail comes out of the unit, and the desk shows that the user is being hailed. "
    "Crews are ordered and helpers asked after it.",
    why_ja="最初の数秒の応答が、出動の内容を決める。人が席に着くのを待っていられない。",
    why_en="The answer of the first seconds decides what is sent; it cannot wait for a free hand.",
)
async def hail(t: Trial, w: World) -> None:
    async with kyoto(t, w) as k:
        number, unit = await k.put_up()
        taken = await unit.press()
        # Before the words are waited for: the hail is over once nobody has answered for HAIL_S.
        incident = await k.incident(taken)
        heard = await t.observe(
            "the user hears the hail at once",
            unit.wait_for_words(hail=True, within=HAIL_S),
            HAIL_S + 0.5,
            expected="a hail out of the unit",
            ja="直ちに呼び掛けが聞こえる",
        )
        t.check(
            "the desk shows that the user is being hailed",
            incident.state is IncidentState.HAILING or _dispatched_after(incident) >= 0.9 * HAIL_S,
            expected=IncidentState.HAILING.value,
            seen=incident.state.value,
            ja="受信席に「呼び掛け中」と示される",
        )
        t.check(
            "the desk shows whose alarm it is",
            incident.registration == number,
            expected=number,
            seen=incident.registration,
            ja="だれの通報かが受信席に示される",
        )
        if heard is not None:
            t.check(
                "the hail belongs to this alarm",
                heard.incident == incident.number,
                expected=incident.number,
                seen=heard.incident,
                ja="呼び掛けはこの通報のものである",
            )
        # Whether anything is done without anybody's act is judged elsewhere; here only when.
        with contextlib.suppress(TimeoutError):
            incident = await k.incident(
                taken, lambda each: each.dispatched and each.helpers, after=HAIL_S
            )
        done = [each.at for each in incident.dispatches]
        done += [each.asked_at for each in incident.helpers]
        t.check(
            "nothing comes before the hail",
            bool(incident.hails) and all(incident.hails[0].at <= each for each in done),
            expected="a hail before any dispatch, and before any helper is asked",
            seen=(incident.hails, incident.dispatches, incident.helpers),
            ja="呼び掛けより前に何も行われない",
        )


def _dispatched_after(incident: Incident) -> float:
    """Seconds from the alarm to the first dispatch; none without one."""
    sent = [(each.at - incident.raised_at).total_seconds() for each in incident.dispatches]
    return min(sent, default=0.0)


@purpose(
    id="ALARM-DISASTER",
    requirements=("KYO-06", "KYO-10"),
    interfaces="HC",
    role=Role.ALARM,
    needs=ALARMS,
    title_ja="災害と確かめると出動を命じ、近隣協力員に登録順に協力を頼む",
    title_en="A confirmed disaster is dispatched, and helpers are asked in their order",
    stimulus_ja="利用者が火事と答え、指令員が災害と決める。一人目の協力員は行けない。二人目は向かう。",
    stimulus_en="The user says that it burns, the dispatcher decides so; the first helper cannot "
    "come, the second goes.",
    expected_ja="隊の出動が記録され、協力員は登録順に一人ずつ頼まれ、一人目が行けないと二人目が頼まれる。"
    "二人目が向かうと、後になっても三人目には頼まれない。",
    expected_en="Crews are ordered; helpers are asked one after the other in their order. Once the "
    "second goes the third is not asked, and not later either.",
    why_ja="近い人から順に頼むために登録順がある。",
    why_en="The order was registered because the nearest is to be asked first.",
)
async def disaster(t: Trial, w: World) -> None:
    async with kyoto(t, w) as k:
        incident, _ = await k.answered("台所が燃えています！")
        this = incident.incident_id
        decision = api.DecideIncident(finding=Finding.DISASTER, accident=Accident.FIRE, units=CREW)
        sent = await k.desk.decide(this, decision)
        t.check(
            "the crews are ordered",
            [each.units for each in sent.dispatches if not each.to_investigate] == [CREW]
            and sent.state is IncidentState.DISPATCHED,
            expected=(CREW, "dispatched"),
            seen=(sent.dispatches, sent.state.value),
            ja="出動が命じられる",
        )
        asked = await t.observe(
            "the first helper is asked",
            k.incident_is(this, lambda each: each.helpers),
            w.patience,
            expected=HELPERS[0].name,
            ja="一人目の協力員に頼む",
        )
        if asked is None:
            return
        t.check(
            "one helper is asked at a time",
            len(asked.helpers) == 1 or _next_asked_after(asked) >= 0.9 * HELPER_S,
            expected=HELPERS[0].name,
            seen=asked.helpers,
            ja="協力員には一人ずつ頼む",
        )
        answer = api.HelperSays(order=1, answer=HelperAnswer.CANNOT)
        after = await k.desk.helper_says(this, answer)
        t.check(
            "helpers are asked in their registered order",
            [each.name for each in after.helpers] == [each.name for each in HELPERS[:2]],
            expected=[each.name for each in HELPERS[:2]],
            seen=[each.name for each in after.helpers],
            ja="協力員には登録順に頼む",
        )
        goes = api.HelperSays(order=2, answer=HelperAnswer.GOES)
        t.check(
            "nobody else is asked once somebody goes",
            len((await k.desk.helper_says(this, goes)).helpers) == 2,
            expected="2 asked",
            seen=len((await k.now(this)).helpers),
            ja="向かう人がいれば、次の人には頼まない",
        )
        # Whoever is on the way may be late: the time for the next answer must not run on.
        await t.observe_nothing(
            "nobody else is asked later either, once somebody goes",
            k.incident_is(this, lambda each: len(each.helpers) > 2, after=HELPER_S + 1.0),
            HELPER_S + 1.0,
            expected="2 asked",
            ja="向かう人がいれば、後になっても次の人には頼まない",
        )


@purpose(
    id="ALARM-NO-ANSWER",
    requirements=("KYO-07", "KYO-10"),
    interfaces="HC",
    role=Role.ALARM,
    needs=ALARMS,
    title_ja="呼び掛けに応答がなければ、人の操作がなくても災害とみなして出動する",
    title_en="No answer counts as a disaster and is dispatched, though nobody does anything",
    stimulus_ja="利用者がボタンを押し、呼び掛けに答えない。指令員も協力員も何もしない。",
    stimulus_en="A user presses the button and does not answer; dispatcher and helpers do nothing.",
    expected_ja="設定した時間の後に出動が命じられ、協力員は設定した時間のうちに返事がなければ次の人へ移る。",
    expected_en="After the time that is set crews are ordered; helpers who do not answer within "
    "theirs are followed by the next.",
    why_ja="倒れた人は答えられない。答えないことが、助けが要ることの印である。",
    why_en="Who has collapsed cannot answer: silence is the sign that help is needed.",
)
async def no_answer(t: Trial, w: World) -> None:
    async with kyoto(t, w) as k:
        _, unit = await k.put_up()
        taken = await unit.press()
        sent = await t.observe(
            "crews are ordered although nobody decided it",
            k.incident(taken, lambda each: each.dispatched, after=HAIL_S),
            HAIL_S + w.patience + 1.0,
            expected="a dispatch for no answer",
            ja="だれも決めなくても出動が命じられる",
        )
        if sent is None:
            return
        t.check(
            "it is recorded that nobody answered",
            sent.finding is Finding.NO_ANSWER,
            expected="no-answer",
            seen=sent.finding,
            ja="応答がなかったことが記録される",
        )
        after = _dispatched_after(sent)
        t.check(
            "the user had the time that is set to answer",
            after >= HAIL_S * 0.9,
            expected=f"{HAIL_S:g} s",
            seen=f"{after:.1f} s",
            ja="設定した時間は応答を待つ",
        )
        second = await t.observe(
            "a helper who does not answer is followed by the next in order",
            k.incident_is(sent.incident_id, lambda each: len(each.helpers) > 1, after=HELPER_S),
            HELPER_S + w.patience + 1.0,
            expected=[each.name for each in HELPERS[:2]],
            ja="返事のない協力員の次は、登録順の次の人である",
        )
        if second is not None:
            t.check(
                "they are the first two of the card",
                [each.name for each in second.helpers[:2]] == [each.name for each in HELPERS[:2]],
                expected=[each.name for each in HELPERS[:2]],
                seen=[each.name for each in second.helpers[:2]],
                ja="登録票の一人目と二人目である",
            )
            waited = _next_asked_after(second)
            t.check(
                "the first helper had the time that is set to answer",
                waited >= 0.9 * HELPER_S,
                expected=f"{HELPER_S:g} s",
                seen=f"{waited:.1f} s",
                ja="一人目の協力員の返事を、設定した時間は待つ",
            )


def _next_asked_after(incident: Incident) -> float:
    """Seconds from the first helper to the second, of those who were asked."""
    first, second = incident.helpers[:2]
    return (second.asked_at - first.asked_at).total_seconds()


@purpose(
    id="ALARM-UNCLEAR",
    requirements=("KYO-07",),
    interfaces="HC",
    role=Role.ALARM,
    needs=ALARMS,
    title_ja="応答はあっても内容を確かめられなければ、災害とみなして出動する",
    title_en="An answer from which nothing can be confirmed is dispatched",
    stimulus_ja="利用者がうめき声だけを返して黙る。別の利用者は答えず、指令員が誤報として終えようとする。"
    "三人目は用件を告げた後にもう一度押して黙り、指令員が前の答えを基に誤報として終えようとする。",
    stimulus_en="A user groans and is then silent. Another does not answer at all, and the "
    "dispatcher tries to end that one as a mistake. A third tells of a matter, presses again and "
    "is silent, and the dispatcher tries to end that as a mistake upon the answer before.",
    expected_ja="内容を確認できないものとして出動し、応答のない通報を誤報で終えることは断られる。"
    "もう一度押せば改めて呼び掛けられ、前の答えは新しい通報の応答にならない。",
    expected_en="The first is dispatched as not to be made out; the second cannot be ended as a "
    "mistake. Who presses again is hailed anew, and what was answered before is no answer to it.",
    why_ja="確かめられないことを「何もない」と読めば、助けの要る人を置き去りにする。",
    why_en="Reading what cannot be made out as nothing leaves behind whoever needs help.",
    timeout_s=45.0,
)
async def unclear(t: Trial, w: World) -> None:
    async with kyoto(t, w) as k:
        _, unit = await k.put_up(Answering(("うう……",)))
        taken = await unit.press()
        _, other = await k.put_up()
        silent = await k.incident(await other.press())
        mistake = api.DecideIncident(finding=Finding.MISTAKE, reason="たぶん誤報")
        refused = await refusal_of(k.desk.decide(silent.incident_id, mistake))
        t.check(
            "an alarm without an answer cannot be ended as a mistake",
            refused == "wrong-state",
            expected="wrong-state",
            seen=refused,
            ja="応答のない通報は誤報として終えられない",
        )
        sent = await t.observe(
            "what cannot be made out is dispatched",
            k.incident(taken, lambda each: each.dispatched, after=TALK_S),
            TALK_S + w.patience + 1.0,
            expected="a dispatch, unclear",
            ja="内容を確認できない通報で出動が命じられる",
        )
        if sent is not None:
            t.check(
                "it is recorded that somebody answered and it was not clear",
                sent.finding is Finding.UNCLEAR,
                expected="unclear",
                seen=sent.finding,
                ja="応答はあったが不明だったことが記録される",
            )
        await _pressed_again(t, k)


async def _pressed_again(t: Trial, k: Kyoto) -> None:
    """Somebody who was told that nobody comes presses again, and does not answer any more."""
    told, unit = await k.answered("ヘルパーさんが来ないのです。")
    other = api.DecideIncident(finding=Finding.OTHER, reason="福祉の用件")
    before = await k.desk.decide(told.incident_id, other)
    pressed = await unit.press()
    again = await k.incident(pressed)
    # An incident of its own is as good as the old one hailed anew.
    had = len(before.hails) if again.incident_id == before.incident_id else 0
    await t.observe(
        "a new press is hailed anew",
        k.incident(pressed, lambda each: len(each.hails) > had),
        k.world.patience + 1.0,
        expected=f"more than {had} hails",
        ja="もう一度押すと改めて呼び掛けられる",
    )
    mistake = api.DecideIncident(finding=Finding.MISTAKE, reason="たぶん誤報")
    refused = await refusal_of(k.desk.decide(again.incident_id, mistake))
    t.check(
        "an answer to the press before is no answer to the new one",
        refused == "wrong-state",
        expected="wrong-state",
        seen=refused,
        ja="前の答えは新しい通報の応答にならない",
    )
