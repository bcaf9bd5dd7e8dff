"""Whom to tell of a matter that is not the fire service's: by office hours and urgency (KYO-09)."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from net119_protocol.alarms.codes import Desk, Recipient
from net119_protocol.alarms.incident import Incident
from net119_protocol.api import alarms as api
from net119_protocol.directory.model import JAPAN

from net119_conformance.at_alarms import OPENS, Kyoto, at, kyoto, the_23rd
from net119_conformance.catalogue import Role
from net119_conformance.drivers.interface import Verb
from net119_conformance.purpose import purpose
from net119_conformance.trial import Trial
from net119_conformance.world.needs import Needs
from net119_conformance.world.world import World


async def _told(k: Kyoto, this: UUID, *, urgent: bool) -> Incident:
    asked = api.TellOfIncident(
        recipient=Recipient.WARD_OFFICE, what="ヘルパーが来ない", urgent=urgent
    )
    return await k.desk.tell(this, asked)


def _ways(incident: Incident) -> list[str]:
    return [each.desk.value for each in incident.tellings]


@purpose(
    id="ALARM-TELL",
    requirements=("KYO-09",),
    interfaces="HC",
    role=Role.ALARM,
    needs=Needs(alarms=True, own_system=True),
    title_ja="消防以外の用件は、開庁時間と緊急性により、決められた先へ伝える",
    title_en="Other matters go where office hours and urgency say",
    stimulus_ja="休日の昼に消防以外の用件が二件ある。一件は緊急で、課長に連絡がつかない。"
    "もう一件は急がない。次の開庁日の午前2時と昼にも、緊急のものと急がないものがある。"
    "午前2時に課長へ伝えることにした件は、開庁後になって課長に連絡がつかない。",
    stimulus_en="On a holiday's noon there are two matters of others: one is urgent and the "
    "section chief is not reached, one can wait. At two in the morning and at noon of the next "
    "working day there is one of each again. The chief who was to be told at two is not reached "
    "once the office is open.",
    expected_ja="休日と夜間は、緊急のものは課長の自宅、次に部長の自宅へ、急がないものは次の開庁時刻に"
    "窓口へ伝える。開庁中は、緊急のものも、課長に連絡のつかなかったものも、窓口へ伝える。"
    "警察には時刻によらず直ちに伝える。",
    expected_en="On holidays and at night the urgent one goes to the chief's home and then the "
    "director's, and the other waits until the office opens; in its hours the office is told, of "
    "what is urgent and of what the chief was not reached for, too; the police at any hour.",
    why_ja="休日の自宅への電話は、急ぐときだけのものである。急がない用件も、忘れてはならない。",
    why_en="Calls to somebody's home are for what is urgent; what can wait must not be forgotten.",
    timeout_s=60.0,
)
async def tell(t: Trial, w: World) -> None:
    w.claimed(Verb.CLOCK)
    holiday = the_23rd(datetime.now(UTC))
    opens = datetime.combine(holiday + timedelta(days=1), OPENS, JAPAN).astimezone(UTC)
    async with kyoto(t, w) as k:
        await w.driver.set_clock(at(holiday, 12))
        k.today = holiday
        urgent = await _told(k, await k.another_matter("独りで動けない"), urgent=True)
        t.check(
            "on a holiday an urgent matter goes to the section chief's home",
            _ways(urgent) == [Desk.CHIEF_AT_HOME.value],
            expected="chief-at-home",
            seen=_ways(urgent),
            ja="休日の緊急の用件は課長の自宅へ伝える",
        )
        tried = api.TellingTried(number=1, reached=False)
        on = await k.desk.tried(urgent.incident_id, tried)
        t.check(
            "a chief who is not reached is followed by the director",
            _ways(on)[1:] == [Desk.DIRECTOR_AT_HOME.value],
            expected="director-at-home",
            seen=_ways(on)[1:],
            ja="課長に連絡がつかなければ部長の自宅へ伝える",
        )
        waits = await _told(k, await k.another_matter("急がない"), urgent=False)
        due = [each.due for each in waits.tellings]
        t.check(
            "what can wait is due when the office opens next",
            _ways(waits) == [Desk.OFFICE.value] and due == [opens],
            expected=("office", opens),
            seen=(_ways(waits), due),
            ja="急がない用件は次の開庁時刻に窓口へ伝える",
        )
        police = api.TellOfIncident(
            recipient=Recipient.POLICE,
            what="不審者",
            urgent=False,
            name="中京署",
            phone="075-000-0110",
        )
        direct = await k.desk.tell(waits.incident_id, police)
        t.check(
            "the police are told directly whatever the hour",
            _ways(direct)[1:] == [Desk.DIRECT.value] and direct.tellings[-1].due < opens,
            expected="direct, now",
            seen=(_ways(direct)[1:], direct.tellings[-1].due),
            ja="警察には時刻によらず直接伝える",
        )
        await _at_night_and_by_day(t, w, k, holiday + timedelta(days=1), waits.incident_id)


async def _at_night_and_by_day(t: Trial, w: World, k: Kyoto, day: date, this: UUID) -> None:
    """On a working day, of one more matter and of one from before."""
    await w.driver.set_clock(at(day, 2))
    chief = await _told(k, this, urgent=True)
    t.check(
        "at night before a working day an urgent matter goes to the section chief's home",
        _ways(chief)[-1] == Desk.CHIEF_AT_HOME.value,
        expected="chief-at-home",
        seen=_ways(chief)[-1],
        ja="開庁日の夜中の緊急の用件は課長の自宅へ伝える",
    )
    can_wait = (await _told(k, this, urgent=False)).tellings[-1]
    opens = datetime.combine(day, OPENS, JAPAN).astimezone(UTC)
    t.check(
        "what can wait at night is due when the office opens in the morning",
        (can_wait.desk, can_wait.due) == (Desk.OFFICE, opens),
        expected=("office", opens),
        seen=(can_wait.desk.value, can_wait.due),
        ja="夜中の急がない用件は、その朝の開庁時刻に窓口へ伝える",
    )
    await w.driver.set_clock(at(day, 12))
    k.today = day
    now = await _told(k, await k.another_matter("昼の用件"), urgent=False)
    t.check(
        "in its hours the office is told at once",
        _ways(now) == [Desk.OFFICE.value] and now.tellings[0].due < at(day, 13),
        expected=("office", "now"),
        seen=(_ways(now), now.tellings[0].due),
        ja="開庁時間には直ちに窓口へ伝える",
    )
    urgent = (await _told(k, now.incident_id, urgent=True)).tellings[-1]
    t.check(
        "in its hours the office is told of an urgent matter, too, and nobody at home",
        urgent.desk is Desk.OFFICE and urgent.due < at(day, 13),
        expected=("office", "now"),
        seen=(urgent.desk.value, urgent.due),
        ja="開庁時間には緊急の用件も、自宅でなく窓口へ伝える",
    )
    tried = api.TellingTried(number=chief.tellings[-1].number, reached=False)
    on = (await k.desk.tried(this, tried)).tellings[-1]
    t.check(
        "a chief who is not reached is followed by the office once it is open",
        on.desk is Desk.OFFICE and on.number > can_wait.number,
        expected="office",
        seen=on.desk.value,
        ja="開庁後は、課長に連絡がつかなければ部長の自宅でなく窓口へ伝える",
    )
