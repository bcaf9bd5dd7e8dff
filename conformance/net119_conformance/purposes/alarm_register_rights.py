"""The register of home alarms and people's rights: inquiries, returns, opinions (2, 9, 14)."""

import json
from datetime import UTC, datetime

from net119_protocol.alarms.codes import Accident, Finding
from net119_protocol.alarms.incident import Incident
from net119_protocol.alarms.people import NewOpinion, NewVisit
from net119_protocol.api import alarm_register as register
from net119_protocol.api.alarms import DecideIncident
from net119_simulators.alarms import Answering
from net119_simulators.wiretap import WireEvent, Wiretap

from net119_conformance.at_alarms import (
    NEAR,
    OFFICE,
    OTHER_STATION,
    STATION,
    Kyoto,
    kyoto,
    private_of,
    refusal_of,
)
from net119_conformance.catalogue import Role
from net119_conformance.purpose import purpose
from net119_conformance.trial import Trial
from net119_conformance.world.needs import Needs
from net119_conformance.world.world import World

REGISTER = Needs(alarms=True, once=True)
SURVEY = "現地調査：玄関の鍵箱は𠮷田さん宅"
WORDS = "髙い所から落ちて、①動けません"


class Overheard:
    """A wiretap that keeps what it passes on: every field of an answer is looked at."""

    def __init__(self, onward: Wiretap) -> None:
        self._onward = onward
        self.last = ""

    def record(self, event: WireEvent) -> None:
        """Take one message."""
        self._onward.record(event)
        self.last = event.payload

    def text(self) -> str:
        """The last message, with its letters as people read them."""
        try:
            return json.dumps(json.loads(self.last), ensure_ascii=False)
        except ValueError:
            return self.last


def found_in(text: str, *private: str) -> list[str]:
    """Which of these stand in a text."""
    return [each for each in private if each in text]


@purpose(
    id="REGISTER-RIGHTS",
    requirements=("KYO-16",),
    derived=("KYO-16",),
    interfaces="HR",
    role=Role.ALARM,
    needs=REGISTER,
    title_ja="消防署は一覧を作れず、照会には氏名や会話を出さず、閲覧はすべて記録される",
    title_en="Stations get no list, inquiries give away nothing private, and access is recorded",
    stimulus_ja="利用者が通報して出動し、試験の通報もする。管轄の消防署が一覧を求め、目的を書いて台帳を読み、"
    "区役所の照会に答え、意見書を読む。別の消防署も台帳を求める。指令員が通報とその一覧を、市民安全課が台帳の"
    "一覧と監査記録を見る。",
    stimulus_en="A user's alarm is dispatched, and the unit is tested. The station in charge asks "
    "for the list, reads the ledger saying why, answers the ward office and reads its opinions; "
    "another station asks for the ledger, too. Dispatchers look at the incident and at the list; "
    "the city section at the list of ledgers and at the audit log.",
    expected_ja="一覧と他署の閲覧は断られ、回答には隊を出した活動だけが訓練・試験と分けてあり、氏名、住所、電話、病気、"
    "親族、協力員、会話はない。閲覧と回答はどれも監査記録に残る。",
    expected_en="List and other station are refused; the answer has what crews were sent for, with "
    "exercises apart, and no names, address, telephone, illnesses, relatives, helpers or words; "
    "every look stands in the audit log, readings and answers with their purpose.",
    why_ja="持ち出された一覧は、一人で暮らす弱い立場の人の居場所を知らせる。",
    why_en="A list that gets out tells where people live who are alone and defenceless.",
)
async def rights(t: Trial, w: World) -> None:
    async with kyoto(t, w) as k:
        number, unit = await k.put_up(Answering((WORDS,)))
        taken = await unit.press()
        answered = await k.incident(taken, lambda each: each.answered)
        decision = DecideIncident(
            finding=Finding.DISASTER, accident=Accident.INJURY, units="中京救急1（訓練）"
        )
        sent = await k.desk.decide(answered.incident_id, decision)
        tested = await unit.test()
        with t.waiting("the test alarm at the desk"):
            await k.incident(tested)
        station = await k.office(STATION)
        listed = await refusal_of(station.rows())
        t.check(
            "a station gets no list of users",
            listed == "forbidden",
            expected="forbidden",
            seen=listed,
            ja="消防署は利用者の一覧を得られない",
        )
        other = await refusal_of((await k.office(OTHER_STATION)).ledger(number, "興味"))
        t.check(
            "another station does not get the ledger",
            other in ("not-found", "forbidden"),
            expected="not-found or forbidden",
            seen=other,
            ja="別の消防署は台帳を得られない",
        )
        why_read, why_asked = f"防火安全指導 {number}", f"四半期の集計 {number}"
        await station.ledger(number, why_read)
        overheard = Overheard(t.evidence)
        writer = await k.stack.enter_async_context(
            await w.driver.alarm_side(overheard).office(STATION)
        )
        inquiry = register.Inquiry(by="中京区役所", purpose=why_asked)
        answer = await writer.inquiry(number, inquiry)
        text = overheard.text()
        told = [(e.number, e.dispatched) for e in (*answer.activities, *answer.exercises)]
        t.check(
            "the inquiry is answered with the activity",
            (sent.number, True) in told,
            expected=(sent.number, "dispatched"),
            seen=told,
            ja="照会には活動を答える",
        )
        t.check(
            "what nobody was sent for is not told",
            all(number == sent.number for number, _ in told),
            expected=f"nothing but {sent.number}",
            seen=told,
            ja="隊を出していない通報は答えない",
        )
        t.check(
            "an exercise is not told as real activity",
            not answer.activities,
            expected="none: the units of this run are tests",
            seen=answer.activities or "none",
            ja="試験を実際の活動として答えない",
        )
        private = found_in(text, *private_of(k.user(number)), WORDS, f"S-{number}")
        t.check(
            "the answer has no names and no words",
            sent.number in text and not private,
            expected="no name, address, telephone, illness, relative, helper or word",
            seen=private or "none",
            ja="回答に氏名も会話もない",
        )
        auditor = await k.stack.enter_async_context(await k.side.auditor())
        log = await auditor.accesses()
        for purpose_of, name, ja in (
            (why_read, "reading a ledger stands in the audit log", "台帳の閲覧が監査記録に残る"),
            (why_asked, "the inquiry stands in the audit log", "照会への回答が監査記録に残る"),
        ):
            entries = [each for each in log if each.purpose == purpose_of]
            t.check(
                name,
                any(str(number) in each.what and bool(each.actor) for each in entries),
                level="derived",
                expected=("who", number, purpose_of),
                seen=[(each.actor, each.what) for each in entries],
                ja=ja,
            )
        await _check_looks(t, k, sent)


async def _check_looks(t: Trial, k: Kyoto, sent: Incident) -> None:
    """Looks by people who do nothing else, each of whom must stand in the audit log."""
    enter = k.stack.enter_async_context
    reader, watcher = await enter(await k.side.desk()), await enter(await k.side.desk())
    lister, writer = await enter(await k.side.office()), await k.office(STATION)
    auditor = await enter(await k.side.auditor())
    await reader.incident(sent.incident_id)
    await watcher.incidents()
    await lister.rows()
    await writer.opinions()
    looks = (
        (
            reader.name,
            sent.number,
            "a dispatcher's look at an incident stands in the audit log",
            "指令員が通報を見たことが監査記録に残る",
        ),
        (
            watcher.name,
            sent.number,
            "a dispatcher's look at the list stands in the audit log",
            "指令員が通報の一覧を見たことが監査記録に残る",
        ),
        (
            lister.name,
            "",
            "the city section's list stands in the audit log",
            "市民安全課が台帳の一覧を見たことが監査記録に残る",
        ),
        (
            writer.name,
            "",
            "reading opinions stands in the audit log",
            "意見書の閲覧が監査記録に残る",
        ),
        (auditor.name, "", "reading the audit log stands in it", "監査記録の閲覧も残る"),
    )
    for actor, what, name, ja in looks:
        # The auditor comes last, and has read the log by then.
        seen = [each for each in await auditor.accesses(actor=actor) if each.actor == actor]
        t.check(
            name,
            any(what in each.what for each in seen),
            level="derived",
            expected=(actor, what or "what was read"),
            seen=[(each.action, each.what) for each in seen],
            ja=ja,
        )


@purpose(
    id="REGISTER-RETURN",
    requirements=("KYO-15", "KYO-18"),
    interfaces="HR",
    role=Role.ALARM,
    needs=REGISTER,
    title_ja="設備が返されると、台帳に本人の情報が何も残らない",
    title_en="Once the unit is returned nothing of the person is left in the ledger",
    stimulus_ja="協議、現地調査、訪問、聞き取った変更のある利用者が設備を返す。返還の調査結果とともに手続を終える。",
    stimulus_en="A user with a consultation, a survey, a visit and a change that was heard of "
    "gives the unit back; the return goes back with the survey made for it.",
    expected_ja="台帳に氏名、住所、電話、病気、親族、協力員、世帯番号、設備番号、書き込みが残らず、"
    "返還の調査結果だけが残る。世帯番号を書いて手続を終えても台帳に戻らない。",
    expected_en="Name, address, telephone, illnesses, relatives, helpers, household and unit "
    "number and all that was written are gone; what the survey at the return showed stays with "
    "it. A household number given with the return does not come back into the ledger.",
    why_ja="終わった人の情報を持ち続ければ、守る理由のないまま漏れる。",
    why_en="Data of people who have left serve nobody any more, and can only get out.",
)
async def returned(t: Trial, w: World) -> None:
    async with kyoto(t, w) as k:
        number = k.number()
        user = k.user(number, (NEAR,))
        await k.section.enter(k.card(number, (NEAR,)))
        yes = register.AnswerConsultation(answer="弟の髙島が通う", accepted=True)
        await k.section.consulted(number, 1, yes)
        household, unit_id = f"S-{number}", f"K-{number}"
        back = register.GiveBack(household=household, on=k.today, survey=SURVEY)
        await k.section.give_back(number, 1, back)
        moves = register.LedgerMoves(on=k.today)
        await k.section.at_section(number, moves)
        await k.section.at_station(number, moves)
        await k.section.install(number, register.InstallUnit(unit_id=unit_id, on=k.today))
        seen = NewVisit(
            on=k.today,
            kind="survey",
            by="中京消防署",
            note="裏口が開く",
            changes_heard="携帯を替えた",
        )
        await k.section.visit(number, seen)
        overheard = Overheard(t.evidence)
        reader = await k.stack.enter_async_context(await w.driver.alarm_side(overheard).office())
        private = (*private_of(user), household, unit_id, SURVEY)
        private += ("弟の髙島が通う", "裏口が開く", "携帯を替えた")
        await reader.ledger(number, "返還の前")
        t.require(
            "the ledger held the person's data before",
            len(found_in(overheard.text(), *private)) == len(private),
            ja="返還の前は台帳に本人の情報がある",
        )
        before = {each.unit_id: each.registration for each in await k.desk.units(everyone=True)}
        t.require(
            "the unit was this user's at the alarm desk",
            before.get(unit_id) == number,
            ja="返還の前は受信席で設備がこの利用者のものである",
        )
        await k.section.unit_returned(number, register.ReturnUnit(received_on=k.today))
        ledger = await reader.ledger(number, "返還の後")
        left = found_in(overheard.text(), *private)
        t.check(
            "nothing of the person is left in the ledger",
            ledger.registration == number and ledger.user is None and not left,
            expected="nothing",
            seen=left or ledger.user or "nothing",
            ja="台帳に本人の情報が何も残らない",
        )
        t.check(
            "it does not count as somebody who cannot evacuate any more",
            not ledger.evacuation_record,
            expected=False,
            seen=ledger.evacuation_record,
            ja="在宅避難困難者としての扱いも終わる",
        )
        changes = (await k.section.work()).changes
        waiting = [each.to_tell for each in changes if each.registration == number]
        t.check(
            "nobody is to be told any more of changes that were heard of",
            not waiting,
            expected="nobody",
            seen=waiting or "nobody",
            ja="聞いた変更を伝える相手も残らない",
        )
        units = {each.unit_id: each.registration for each in await k.desk.units(everyone=True)}
        t.check(
            "the unit is nobody's at the alarm desk",
            units.get(unit_id) is None,
            expected="nobody's",
            seen=units.get(unit_id),
            ja="受信席でも設備に利用者がいない",
        )
        last = ledger.entries[-1].number
        done = register.GiveBack(on=k.today, survey="設備の取り外しを確認")
        numbered = done.model_copy(update={"household": household})
        if await refusal_of(k.section.give_back(number, last, numbered)) != "done":
            await k.section.give_back(number, last, done)
        entries = (await reader.ledger(number, "返還の手続の後")).entries
        back_again = found_in(overheard.text(), household)
        t.check(
            "the household number does not come back with the return",
            not back_again,
            expected="nothing",
            seen=back_again or "nothing",
            ja="返還の手続で世帯番号が戻らない",
        )
        t.check(
            "what the survey showed stays with the return",
            entries[-1].survey == "設備の取り外しを確認" and bool(entries[-1].returned_on),
            expected="設備の取り外しを確認",
            seen=entries[-1],
            ja="返還の調査の結果が残る",
        )


@purpose(
    id="REGISTER-OPINION",
    requirements=("KYO-17",),
    interfaces="HR",
    role=Role.ALARM,
    needs=REGISTER,
    title_ja="設備が必要な人を知った消防署の意見が、区役所あてに送られて記録に残る",
    title_en="A station's opinion that somebody needs a unit is sent and stays on record",
    stimulus_ja="消防署が意見書を送り、次に、無い区役所あてに送ろうとする。別の消防署も自署の意見書を見る。",
    stimulus_en="A station sends an opinion, then tries one to a ward office that does not exist; "
    "another station reads its own opinions.",
    expected_ja="意見書は送った署、宛先、理由、日時とともに残り、無い宛先は断られ、別の消防署には見えない。",
    expected_en="It stands there with station, office, reason and time; the unknown office is "
    "refused, and the other station does not see it.",
    why_ja="まだ利用者でない人のことは、送った記録がなければ誰も引き継がない。",
    why_en="Of somebody who is no user yet nobody takes care, unless it is on record.",
)
async def opinion(t: Trial, w: World) -> None:
    async with kyoto(t, w) as k:
        station = await k.office(STATION)
        name = f"𠮷川　ハル{k.number()}"
        given = NewOpinion(
            name=name, address="中京区御池通①", ward_office=OFFICE, why="一人暮らしで転倒が続く"
        )
        began = datetime.now(UTC)
        sent = await station.send_opinion(given)
        found = [each for each in await station.opinions() if each.name == name]
        t.check(
            "the opinion stands on record as it was sent",
            [(e.number, e.ward_office, e.why, e.station) for e in found]
            == [(sent.number, OFFICE, given.why, STATION)]
            and bool(found[0].by),
            expected=(sent.number, OFFICE, given.why, STATION),
            seen=found,
            ja="意見書が送ったとおりに残る",
        )
        t.check(
            "it says when it was sent",
            abs((sent.sent_at - began).total_seconds()) < 600.0,
            expected=began,
            seen=sent.sent_at,
            ja="送った日時が残る",
        )
        nowhere = given.model_copy(update={"ward_office": "atlantis"})
        refused = await refusal_of(station.send_opinion(nowhere))
        t.check(
            "an opinion to an unknown ward office is refused",
            refused == "invalid",
            expected="invalid",
            seen=refused,
            ja="無い区役所あての意見書は断られる",
        )
        others = [each.name for each in await (await k.office(OTHER_STATION)).opinions()]
        t.check(
            "another station does not see it",
            name not in others,
            expected="not there",
            seen="there" if name in others else "not there",
            ja="別の消防署には見えない",
        )
