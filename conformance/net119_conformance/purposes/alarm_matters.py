"""What is no disaster: matters of the fire service, and the consultation button (article 10)."""

from net119_protocol.alarms.codes import AlarmOutcome, Finding, IncidentState, Recipient
from net119_protocol.alarms.sample import CENTER
from net119_protocol.api import alarms as api

from net119_conformance.at_alarms import Kyoto, kyoto, refusal_of
from net119_conformance.at_desk import Desk
from net119_conformance.catalogue import Role
from net119_conformance.purpose import purpose
from net119_conformance.purposes.alarm_handling import ALARMS
from net119_conformance.trial import Trial
from net119_conformance.world.alarm_settings import LONGEST_S
from net119_conformance.world.needs import Needs
from net119_conformance.world.world import World


@purpose(
    id="ALARM-MATTER",
    requirements=("KYO-08",),
    interfaces="HC",
    role=Role.ALARM,
    needs=ALARMS,
    title_ja="災害でない消防の用件には、調査の隊を出すか担当へ伝え、理由を残す",
    title_en="A matter for the fire service that is no disaster is looked into, with its reason",
    stimulus_ja="利用者が警報器の故障を告げ、指令員が理由を書かずに、次に書いて、調査の隊を出す。"
    "別の件では隊を出さず、だれにも伝えずに終えようとし、理由を書いて終える。次の件では担当へ伝える"
    "ことにして終えるが、あとで連絡がつかない。別の利用者の件は、消防の用件でないと決める。",
    stimulus_en="A user tells of a faulty detector; the dispatcher sends somebody to look, first "
    "without a reason, then with one. Upon another one nobody is sent or told, and it is to end, "
    "at last with a reason. A third ends while a section is to be told, which is not reached then. "
    "What another user tells of is decided to be none of the fire service's matters.",
    expected_ja="理由がなければ断られ、あれば調査の出動として記録され、災害の出動にならない。何もしない件は、"
    "理由がなければ終えられず、待っても出動にならず、措置なしと記録される。伝える件は関係先への連絡として終わり、"
    "連絡がつかなければそうでなくなって、受信席に残る。消防の用件でない件も、待っても出動にならない。",
    expected_en="Refused without a reason; with one it is recorded as a look, not as a disaster. "
    "Where nothing is done it cannot end without a reason, is not dispatched by itself, and ends "
    "as no action. The third ends as passed on; with nobody reached it is so no more, and stays at "
    "the desk. Nor is a matter dispatched by itself that is none of the fire service.",
    why_ja="災害の出動と調査を分けて残さないと、あとの報告が誤る。",
    why_en="A look that counts as a disaster makes every later report wrong.",
    timeout_s=60.0,
)
async def matter(t: Trial, w: World) -> None:
    async with kyoto(t, w) as k:
        incident, _ = await k.answered("警報器がピッピッと鳴っています。")
        this = incident.incident_id
        bare = api.DecideIncident(finding=Finding.FIRE_SERVICE, units="中京調査1（訓練）")
        refused = await refusal_of(k.desk.decide(this, bare))
        t.check(
            "without a reason it is refused",
            refused == "wrong-state",
            expected="wrong-state",
            seen=refused,
            ja="理由がなければ断られる",
        )
        with_reason = bare.model_copy(update={"reason": "警報器の故障"})
        looked = await k.desk.decide(this, with_reason)
        t.check(
            "somebody is sent to look, and no disaster is dispatched",
            [each.to_investigate for each in looked.dispatches] == [True]
            and looked.state is IncidentState.INVESTIGATING,
            expected=("one crew to look", "investigating"),
            seen=(looked.dispatches, looked.state.value),
            ja="調査の隊が出て、災害の出動にはならない",
        )
        ended = await k.desk.close_incident(this, api.CloseIncident())
        t.check(
            "the reason stays on record",
            ended.reason == "警報器の故障" and not ended.helpers,
            expected="警報器の故障, no helper asked",
            seen=(ended.reason, ended.helpers),
            ja="理由が記録に残る",
        )
        await _nothing_done_and_passed_on(t, k)


async def _nothing_done_and_passed_on(t: Trial, k: Kyoto) -> None:
    """Two more matters of one user, for which nobody is sent to look."""
    incident, unit = await k.answered("電池が切れそうです。", "まだ鳴っています。")
    decided = api.DecideIncident(finding=Finding.FIRE_SERVICE, reason="警報器の電池切れ")
    idle = (await k.desk.decide(incident.incident_id, decided)).incident_id
    refused = await refusal_of(k.desk.close_incident(idle, api.CloseIncident()))
    t.check(
        "what was only decided does not end without a reason of its own",
        refused == "wrong-state",
        expected="wrong-state",
        seen=refused,
        ja="決めただけで何もしない件は、理由がなければ終えられない",
    )
    if refused != "wrong-state":
        return
    elsewhere = await k.another_matter("福祉の用件")
    # The users have said nothing more since: without the decision that would be an unclear answer.
    await t.observe_nothing(
        "what was decided to be no disaster is not dispatched later as unclear",
        k.sent(idle),
        LONGEST_S + 1.0,
        expected="no dispatch",
        ja="災害でないと決めた件は、後になっても内容不明として出動にならない",
    )
    sent = (await k.now(elsewhere)).dispatches
    t.check(
        "what was decided to be somebody else's matter is not dispatched later either",
        not sent,
        expected="no dispatch",
        seen=sent or "no dispatch",
        ja="消防の用件でないと決めた件も、後になって出動にならない",
    )
    why = api.CloseIncident(reason="業者がもう来ている①")
    ended = await k.desk.close_incident(idle, why)
    t.check(
        "where nothing was done it ends as no action, with the reason",
        (ended.outcome, ended.reason) == (AlarmOutcome.NO_ACTION, why.reason),
        expected=("no-action", why.reason),
        seen=(ended.outcome, ended.reason),
        ja="何もしなかった件は、措置なしとして理由とともに終わる",
    )
    taken = await unit.press()
    with t.waiting("the user's answer to the next hail"):
        next_one = await k.incident(taken, lambda each: each.answered)
    this = next_one.incident_id
    await k.desk.decide(this, decided)
    section = api.TellOfIncident(
        recipient=Recipient.OTHER_AGENCY, what="警報器の交換", urgent=False, name="予防課（訓練）"
    )
    told = await k.desk.tell(this, section)
    passed_on = await k.desk.close_incident(this, api.CloseIncident())
    t.check(
        "where a section is told it ends as passed on",
        passed_on.outcome is AlarmOutcome.PASSED_ON and not passed_on.dispatches,
        expected="passed-on, nobody sent",
        seen=(passed_on.outcome, passed_on.dispatches),
        ja="担当へ伝える件は、関係先への連絡として終わる",
    )
    tried = api.TellingTried(number=told.tellings[-1].number, reached=False)
    nobody = await k.desk.tried(this, tried)
    listed = [each.incident_id for each in await k.desk.incidents()]
    t.check(
        "with nobody reached it was not passed on, and stays at the desk",
        nobody.outcome is not AlarmOutcome.PASSED_ON and this in listed,
        expected=("no-action", "at the desk"),
        seen=(nobody.outcome, "at the desk" if this in listed else "gone"),
        ja="連絡がつかなければ関係先への連絡とはならず、受信席に残る",
    )


@purpose(
    id="ALARM-CONSULTATION",
    requirements=("KYO-23",),
    interfaces="HC",
    role=Role.ALARM,
    needs=ALARMS,
    title_ja="相談ボタンは緊急でない用件として受け、放っておいても出動にならない",
    title_en="The consultation button is taken as no emergency, and never dispatches by itself",
    stimulus_ja="利用者が相談ボタンを押し、続けて通報ボタンも押す。",
    stimulus_en="A user presses the consultation button, and then the alarm button too.",
    expected_ja="相談は「相談対応中」で出動にならず、通報は別の件として呼び掛けが始まる。",
    expected_en="The consultation stays one and dispatches nothing; the alarm is one of its own "
    "and is hailed.",
    why_ja="相談に紛れて本当の通報が見えなくなってはならない。",
    why_en="An alarm must not drown in a consultation.",
)
async def consultation(t: Trial, w: World) -> None:
    async with kyoto(t, w) as k:
        _, unit = await k.put_up()
        talk = await k.incident(await unit.consult())
        t.check(
            "it is taken as a consultation",
            talk.state is IncidentState.CONSULTING,
            expected="consulting",
            seen=talk.state.value,
            ja="相談として受ける",
        )
        pressed = await unit.press()
        await t.observe(
            "an alarm meanwhile is one of its own, and is hailed",
            k.incident(
                pressed,
                lambda each: each.incident_id != talk.incident_id and bool(each.hails),
            ),
            w.patience + 1.0,
            expected=f"another incident than {talk.number}, with a hail",
            ja="相談中の通報は別の件として呼び掛ける",
        )
        await t.observe_nothing(
            "the consultation dispatches nothing",
            k.sent(talk.incident_id),
            LONGEST_S + 1.0,
            expected="no dispatch",
            ja="相談では出動にならない",
        )


async def _there(desk: Desk, number: str) -> str:
    """The number, once it is seen on the page."""
    await desk.page.get_by_text(number).first.wait_for(state="visible")
    return number


@purpose(
    id="ALARM-NAME",
    requirements=("KYO-27",),
    interfaces="HC",
    role=Role.ALARM,
    needs=Needs(alarms=True, once=True, browser=True),
    title_ja="受信席の画面は、この事業を「あんしんネット119」と呼ぶ",
    title_en="The page of the alarm desk calls the service あんしんネット119",
    stimulus_ja="通報のあった受信席を、指令員がブラウザで開く。",
    stimulus_en="A dispatcher opens the alarm desk in a browser while there is an alarm.",
    expected_ja="通報が画面にあり、愛称が書かれている。",
    expected_en="The alarm stands on the page, under the service's name.",
    why_ja="指導や案内で使う愛称と画面の言葉が違えば、同じものだとわからない。",
    why_en="A page that calls it otherwise than everybody else is not known for the same thing.",
    timeout_s=60.0,
)
async def name(t: Trial, w: World) -> None:
    async with kyoto(t, w) as k:
        _, unit = await k.put_up()
        incident = await k.incident(await unit.press())
        desk = await w.desk(CENTER)
        await t.observe(
            "the alarm stands on the page",
            _there(desk, incident.number),
            w.patience * 2,
            expected=incident.number,
            ja="通報が画面にある",
        )
        text = await desk.page.locator("body").inner_text()
        t.check(
            "the page names the service",
            "あんしんネット119" in text.replace(" ", ""),
            expected="あんしんネット119",
            seen=text[:400],
            ja="画面に愛称がある",
        )
