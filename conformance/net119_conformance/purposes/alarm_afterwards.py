"""After a home alarm: what is reported from the house, and the reports afterwards."""

from datetime import UTC, datetime, timedelta

from net119_protocol.alarms.codes import (
    Accident,
    Finding,
    HelperAnswer,
    SceneEvent,
)
from net119_protocol.api import alarms as api
from net119_protocol.directory.model import JAPAN

from net119_conformance.at_alarms import (
    CORPS,
    NEAR,
    OPENS,
    at,
    kyoto,
    refusal_of,
    the_23rd,
)
from net119_conformance.catalogue import Role
from net119_conformance.drivers.interface import Verb
from net119_conformance.purpose import purpose
from net119_conformance.purposes.alarm_handling import ALARMS, CREW
from net119_conformance.trial import Trial
from net119_conformance.world.alarm_settings import HAIL_S
from net119_conformance.world.needs import Needs
from net119_conformance.world.world import World

OWN = Needs(alarms=True, own_system=True)


@purpose(
    id="ALARM-WARD-REPORT",
    requirements=("KYO-12",),
    interfaces="HC",
    role=Role.ALARM,
    needs=OWN,
    title_ja="災害出動のたびに、区役所への連絡が要る内容で用意され、送るまで残る",
    title_en="Every disaster dispatch owes the ward office a report, until it is sent",
    stimulus_ja="夜、応答のない通報で出動し、協力員が着き、急病とわかって終わる。別の通報は誤報で終わる。",
    stimulus_en="At night an unanswered alarm is dispatched, a helper arrives, it is an illness, "
    "and it ends. Another alarm ends as a mistake.",
    expected_ja="連絡には日時、登録番号、氏名、種別、協力員の活動があり、期限は翌朝の開庁時刻で、"
    "終わったあとも送るまで受信席に残る。誤報には連絡がない。",
    expected_en="The report has time, number, name, kind and whether helpers acted; it is due when "
    "the office opens, and stays at the desk until sent. A mistake owes none.",
    why_ja="夜の出動を区役所が翌朝知らなければ、利用者の見守りが途切れる。",
    why_en="A ward office that does not hear of the night cannot look after its people.",
    timeout_s=60.0,
)
async def ward_report(t: Trial, w: World) -> None:
    w.claimed(Verb.CLOCK)
    day = the_23rd(datetime.now(UTC)) + timedelta(days=1)
    async with kyoto(t, w) as k:
        await w.driver.set_clock(at(day, 1, 30))
        k.today = day
        number, unit = await k.put_up()
        taken = await unit.press()
        with t.waiting("the dispatch for no answer"):
            sent = await k.incident(
                taken, lambda each: each.dispatched and each.helpers, after=HAIL_S
            )
        this = sent.incident_id
        await k.desk.helper_says(this, api.HelperSays(order=1, answer=HelperAnswer.ARRIVED))
        found = api.NewSceneReport(event=SceneEvent.ARRIVED, by=CREW, accident=Accident.ILLNESS)
        await k.desk.report(this, found)
        ended = await k.desk.close_incident(this, api.CloseIncident())
        report = ended.ward_report
        t.check(
            "a dispatch owes the ward office a report",
            report is not None,
            expected="a report",
            seen=report,
            ja="出動したら区役所への連絡がある",
        )
        if report is None:
            return
        name = k.user(number).name
        said = (report.happened_at, report.registration, report.name, report.accident)
        t.check(
            "it tells when, who, under which number, and what",
            said == (ended.raised_at, number, name, Accident.ILLNESS),
            expected=(ended.raised_at, number, name, "illness"),
            seen=said,
            ja="発生日時、登録番号、氏名、事故の種別がある",
        )
        t.check(
            "it tells that a helper acted",
            report.helpers_acted,
            expected="helpers acted",
            seen=report.helpers_acted,
            ja="協力員の活動の有無がある",
        )
        opens = datetime.combine(day, OPENS, JAPAN).astimezone(UTC)
        t.check(
            "it is due when the office opens next",
            report.due == opens,
            expected=opens,
            seen=report.due,
            ja="期限は次の開庁時刻である",
        )
        owed = [each.incident_id for each in await k.desk.incidents()]
        t.check(
            "an ended incident stays at the desk until its report is sent",
            this in owed,
            expected=ended.number,
            seen=owed,
            ja="終わった件も、連絡を送るまで受信席に残る",
        )
        await k.desk.report_sent(this)
        left = [each.incident_id for each in await k.desk.incidents()]
        t.check(
            "and no longer",
            this not in left,
            expected="not there",
            seen=left,
            ja="送れば残らない",
        )
        incident, _ = await k.answered("間違えました。")
        mistake = api.DecideIncident(finding=Finding.MISTAKE, reason="本人が応答、異状なし")
        nothing = await k.desk.decide(incident.incident_id, mistake)
        t.check(
            "a mistake owes no report",
            nothing.ward_report is None and not nothing.open,
            expected="none",
            seen=nothing.ward_report,
            ja="誤報に連絡はない",
        )


@purpose(
    id="ALARM-SCENE",
    requirements=("KYO-11", "KYO-25", "KYO-26"),
    interfaces="HC",
    role=Role.ALARM,
    needs=ALARMS,
    title_ja="現場からの速報、先着の協力員の情報、破壊の立会い、消防団員の活動が残る",
    title_en="Reports from the house reach the center at once and are kept with who saw it",
    stimulus_ja="出動のあと、先着の協力員（消防団員）の情報、窓の破壊、協力員の負傷、緊急の連絡、"
    "空き家の引継ぎが報告される。出動していない件にも報告しようとする。",
    stimulus_en="After a dispatch come what a helper (of the volunteer corps) found, a forced "
    "window, an injured helper, an urgent contact, and the handing over of the empty house; "
    "and a report on an incident to which nobody was sent.",
    expected_ja="三つの速報は速報として、ほかは報告として、立会いとともに残り、団員であることがわかる。"
    "出動していない件の報告は断られる。",
    expected_en="Three are marked as told at once, the others kept, with the witness; the corps "
    "member can be told; a report from where nobody was sent is refused.",
    why_ja="破壊や負傷は、あとで必ず問われる。その場で残っていなければ答えられない。",
    why_en="Damage and injuries are asked about later: what is not kept at once is lost.",
)
async def scene(t: Trial, w: World) -> None:
    async with kyoto(t, w) as k:
        _, unit = await k.put_up(helpers=(CORPS, NEAR))
        taken = await unit.press()
        with t.waiting("the dispatch"):
            sent = await k.incident(
                taken, lambda each: each.dispatched and each.helpers, after=HAIL_S
            )
        this = sent.incident_id
        asked = sent.helpers[0]
        t.check(
            "it can be told that the helper is of the volunteer corps",
            asked.corps_member and asked.name == CORPS.name,
            expected=(CORPS.name, "corps member"),
            seen=(asked.name, asked.corps_member),
            ja="消防団員である協力員だとわかる",
        )
        reports = (
            (SceneEvent.HELPER_TOLD, "台所で倒れている", "", False),
            (SceneEvent.FORCED_ENTRY, "北側の窓", "交番の警察官", True),
            (SceneEvent.HELPER_INJURED, "手を切った", "", True),
            (SceneEvent.URGENT_CONTACT, "長女へ", "", True),
            (SceneEvent.HANDED_OVER, "管理人に引継ぎ", "", False),
        )
        for event, text, witness, _ in reports:
            told = api.NewSceneReport(event=event, by=CREW, text=text, witness=witness)
            await k.desk.report(this, told)
        after = await k.now(this)
        kept = [(each.event, each.text, each.witness) for each in after.scene]
        t.check(
            "every report is kept in order, with its witness",
            kept == [each[:3] for each in reports],
            expected=[each[:3] for each in reports],
            seen=kept,
            ja="報告はすべて、立会いとともに順に残る",
        )
        at_once = [each.event for each in after.scene if each.at_once]
        t.check(
            "forced entry, an injured helper and an urgent contact are told at once",
            at_once == [each[0] for each in reports if each[3]],
            expected=[each[0].value for each in reports if each[3]],
            seen=[each.value for each in at_once],
            ja="破壊、協力員の負傷、緊急の連絡は速報である",
        )
        nobody_there = await k.another_matter("相談")
        broken = api.NewSceneReport(event=SceneEvent.FORCED_ENTRY, by=CREW)
        refused = await refusal_of(k.desk.report(nobody_there, broken))
        t.check(
            "nothing is reported from where nobody was sent",
            refused == "wrong-state",
            expected="wrong-state",
            seen=refused,
            ja="出動していない件に現場の報告はない",
        )
