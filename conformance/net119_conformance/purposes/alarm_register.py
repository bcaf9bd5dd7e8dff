"""The register of home alarms: cards, helpers, order (articles 3, 4 and 8)."""

from datetime import UTC, date, datetime, time, timedelta

from net119_protocol.alarms.people import EntryState, HelperProblem
from net119_protocol.api import alarm_register as register
from net119_protocol.directory.model import JAPAN

from net119_conformance.at_alarms import FAR, NEAR, kyoto, refusal_of
from net119_conformance.catalogue import Role
from net119_conformance.purpose import purpose
from net119_conformance.trial import Trial
from net119_conformance.world.needs import Needs
from net119_conformance.world.world import World

REGISTER = Needs(alarms=True, once=True)
ALSO_FAR = FAR.model_copy(update={"name": "森　一", "phone": "075-000-0009"})


def spring_holidays(year: int) -> frozenset[date]:
    """National holidays from 28 April to 20 May, after the holiday law's articles 2 and 3.

    29 April and 3 to 5 May; for one on a Sunday, the next day that is none.
    """
    fixed = {date(year, 4, 29), *(date(year, 5, day) for day in (3, 4, 5))}
    moved = set()
    for day in fixed:
        if day.isoweekday() == 7:
            later = day + timedelta(days=1)
            while later in fixed:
                later += timedelta(days=1)
            moved.add(later)
    return frozenset(fixed | moved)


def fifth_working_day(year: int) -> date:
    """The fifth working day after 28 April."""
    days = [date(year, 4, 28) + timedelta(days=count) for count in range(1, 23)]
    work = [each for each in days if each.isoweekday() <= 5 and each not in spring_holidays(year)]
    return work[4]


@purpose(
    id="REGISTER-DUE",
    requirements=("KYO-01", "KYO-14"),
    interfaces="HR",
    role=Role.ALARM,
    needs=Needs(alarms=True, own_system=True),
    timeout_s=90.0,
    title_ja="登録票と変更は、休日を除く五日以内に返し、遅れれば遅れたことが残る",
    title_en="Cards and changes go back within five working days, and what is late shows it",
    stimulus_ja="時計を4月28日に進め、二人の登録票と、一人の変更届を受け付ける。一人分は期限の日に返し、"
    "もう一人分は期限の翌日に返す。",
    stimulus_en="The clock is set to a 28 April. The cards of two users and a change of one come. "
    "One user's card goes back on the day it is due, the other's a day later.",
    expected_ja="期限は、土日と祝日を数えない五日目。当日は期限切れでなく、翌日は期限切れとして示され、遅れが記録に残る。",
    expected_en="Due is the fifth day without weekends and holidays. On that day nothing is "
    "overdue, the next day it is shown so, and what went back late is recorded as late.",
    why_ja="連休を数え間違えれば、設備を待つ人への手続が止まったことに気付けない。",
    why_en="Counted wrongly over holidays, nobody notices that somebody waits for a unit in vain.",
)
async def due(t: Trial, w: World) -> None:
    soon = datetime.now(UTC).astimezone(JAPAN).date() + timedelta(days=2)
    year = soon.year if soon <= date(soon.year, 4, 28) else soon.year + 1
    came, last = date(year, 4, 28), fifth_working_day(year)

    async def day_is(day: date) -> None:
        await w.set_clock(datetime.combine(day, time(12), JAPAN))

    await day_is(came)
    async with kyoto(t, w) as k:
        k.today = came
        punctual, late = k.number(), k.number()
        entries = [(await k.section.enter(k.card(each))).entries[-1] for each in (punctual, late)]
        t.check(
            "a card is due back on the fifth working day",
            [each.due for each in entries] == [last, last],
            expected=last,
            seen=[each.due for each in entries],
            ja="登録票の期限は五日目の開庁日",
        )
        told = register.ChangeLedger(kind="change", user=k.user(late), received_on=came)
        changed = (await k.section.change(late, told)).entries[-1]
        t.check(
            "a change is due on the fifth working day",
            changed.due == last,
            expected=last,
            seen=changed.due,
            ja="変更の期限も五日目の開庁日",
        )
        await day_is(last)
        waiting = {each.registration: each.overdue for each in (await k.section.work()).entries}
        t.check(
            "on the day itself it waits and is not overdue",
            waiting == {punctual: False, late: False},
            expected={punctual: False, late: False},
            seen=waiting,
            ja="期限の当日は待ちであり、期限切れではない",
        )
        back = register.GiveBack(household=f"S-{punctual}", on=last)
        entry = (await k.section.give_back(punctual, 1, back)).entries[0]
        t.check(
            "what goes back on that day is not late",
            (entry.state, entry.late, entry.returned_on) == (EntryState.RETURNED, False, last),
            expected=("returned", False, last),
            seen=(entry.state.value, entry.late, entry.returned_on),
            ja="期限の日に返したものは遅れではない",
        )
        after = last + timedelta(days=1)
        await day_is(after)
        overdue = [
            (each.registration, each.number)
            for each in (await k.section.work()).entries
            if each.overdue
        ]
        t.check(
            "the day after, what did not go back is overdue",
            overdue == [(late, 1), (late, 2)],
            expected=[(late, 1), (late, 2)],
            seen=overdue,
            ja="翌日には返していないものが期限切れとして示される",
        )
        back = register.GiveBack(household=f"S-{late}", on=after)
        entry = (await k.section.give_back(late, 1, back)).entries[0]
        t.check(
            "what goes back late is recorded as late",
            entry.late and entry.returned_on == after,
            expected=("late", after),
            seen=("late" if entry.late else "in time", entry.returned_on),
            ja="遅れて返したことが記録に残る",
        )


@purpose(
    id="REGISTER-HELPERS",
    requirements=("KYO-02",),
    interfaces="HR",
    role=Role.ALARM,
    needs=REGISTER,
    title_ja="近隣協力員が足りなければ区役所と協議し、同意があるまで登録票を返さない",
    title_en="Without enough helpers the ward office is consulted before the card goes back",
    stimulus_ja="協力員が足りる人、一人だけの人、遠い人しかいない人、同じ人を二度書いた人を登録する。"
    "区役所は一度断り、次に認める。",
    stimulus_en="Users are entered with enough helpers, with one, with none who is near, and with "
    "one who stands there twice. The ward office first says no, then agrees.",
    expected_ja="足りない三人は理由とともに「協議中」となり、返すことは断られ、区役所が認めると返せる。",
    expected_en="The three without enough are being consulted about, each with the reason; giving "
    "back is refused until the ward office has agreed.",
    why_ja="駆け付ける人がいないまま登録すれば、設備は誰にも届かない音になる。",
    why_en="Without anybody who can come, the unit is a sound that reaches no one.",
)
async def helpers(t: Trial, w: World) -> None:
    async with kyoto(t, w) as k:
        enough = (await k.section.enter(k.card(k.number(), (NEAR, FAR)))).entries[0]
        t.check(
            "two helpers with one near are enough",
            enough.state is EntryState.RECEIVED and enough.consultation is None,
            expected="received, nobody consulted",
            seen=(enough.state.value, enough.consultation),
            ja="二名でうち一名が近ければ協議は要らない",
        )
        cases = (
            ("one helper is too few", (NEAR,), HelperProblem.TOO_FEW, "一名では足りない"),
            (
                "nobody near is not enough",
                (FAR, ALSO_FAR),
                HelperProblem.NOBODY_NEAR,
                "近い人がいなければ足りない",
            ),
            (
                "the same person twice is one",
                (NEAR, NEAR),
                HelperProblem.TOO_FEW,
                "同じ人を二度書いても一名である",
            ),
        )
        number = 0
        for name, given, problem, ja in cases:
            number = k.number()
            entry = (await k.section.enter(k.card(number, given))).entries[0]
            asked = entry.consultation
            t.check(
                name,
                entry.state is EntryState.CONSULTING
                and asked is not None
                and problem in asked.problems,
                expected=("consulting", problem.value),
                seen=(entry.state.value, asked and asked.problems),
                ja=ja,
            )
        back = register.GiveBack(household=f"S-{number}", on=k.today)
        refused = [await refusal_of(k.section.give_back(number, 1, back))]
        no = register.AnswerConsultation(answer="もう一人探す", accepted=False)
        await refusal_of(k.section.consulted(number, 1, no))
        refused.append(await refusal_of(k.section.give_back(number, 1, back)))
        t.check(
            "the card does not go back before the ward office agrees",
            refused == ["wrong-state", "wrong-state"],
            expected="refused before the answer and after a no",
            seen=refused,
            ja="区役所が認める前に登録票は返せない",
        )
        yes = register.AnswerConsultation(answer="親族が隣に住む", accepted=True)
        await refusal_of(k.section.consulted(number, 1, yes))
        await refusal_of(k.section.give_back(number, 1, back))
        done = (await k.section.ledger(number, "協議の確認")).entries[0]
        t.check(
            "once it agrees the card goes back, and its answer stays",
            done.state is EntryState.RETURNED
            and done.consultation is not None
            and done.consultation.accepted
            and done.consultation.answer == "親族が隣に住む",
            expected=("returned", "親族が隣に住む"),
            seen=(done.state.value, done.consultation),
            ja="区役所が認めれば返せ、その答えが残る",
        )


@purpose(
    id="REGISTER-ORDER",
    requirements=("KYO-03",),
    interfaces="HR",
    role=Role.ALARM,
    needs=REGISTER,
    title_ja="個別台帳は登録番号の順に並び、登録票は住宅世帯番号なしには返せない",
    title_en="Ledgers stand in order of number; no card goes back without household number",
    stimulus_ja="三人を番号の順でなく入力し、市民安全課の一覧を見る。登録票を住宅世帯番号なしで、次に番号を書いて返す。",
    stimulus_en="Three users are entered out of order and the city section's list is read. A card "
    "is given back without, then with a household number.",
    expected_ja="一覧は番号の順。番号のない登録票は断られ、書いた番号は登録票と個別台帳に残る。",
    expected_en="The list is in order of number. Without household number it is refused; with one, "
    "the number stands on card and ledger.",
    why_ja="番号の順でない台帳では、通報の最中に目当ての一枚が見つからない。",
    why_en="In ledgers out of order the right one is not found while somebody waits.",
)
async def order(t: Trial, w: World) -> None:
    async with kyoto(t, w) as k:
        first, second, third = k.number(), k.number(), k.number()
        for number in (third, first, second):
            await k.section.enter(k.card(number))
        rows = [each.registration for each in (await k.section.rows(first - 1)).ledgers]
        t.check(
            "ledgers are listed in order of registration number",
            rows[:3] == [first, second, third] and rows == sorted(rows),
            expected=(first, second, third),
            seen=rows[:6],
            ja="台帳は登録番号の順に並ぶ",
        )
        refused = await refusal_of(k.section.give_back(first, 1, register.GiveBack(on=k.today)))
        t.check(
            "a card without household number does not go back",
            refused == "wrong-state",
            expected="wrong-state",
            seen=refused,
            ja="住宅世帯番号のない登録票は返せない",
        )
        back = register.GiveBack(household="S-0042", on=k.today)
        await refusal_of(k.section.give_back(first, 1, back))
        ledger = await k.section.ledger(first, "台帳の確認")
        t.check(
            "the household number stands on the card and in the ledger",
            (ledger.household, ledger.entries[0].household) == ("S-0042", "S-0042"),
            expected="S-0042",
            seen=(ledger.household, ledger.entries[0].household),
            ja="住宅世帯番号が登録票と台帳に残る",
        )
