"""Retention: what is kept how long, and what is gone afterwards, with a clock that is set.

Each purpose has a system of its own: a clock that others go by is not set.
"""

import asyncio
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from uuid import UUID
from zoneinfo import ZoneInfo

from net119_protocol.api.records import Decision
from net119_protocol.api.staff import RegistrationState
from net119_protocol.codes import CloseOutcome, Refusal
from net119_protocol.profile.load import load_profiles
from net119_simulators.errors import CallRefused

from net119_conformance.catalogue import Role
from net119_conformance.drivers.actors import Console
from net119_conformance.drivers.staff import Staff
from net119_conformance.looking import quiet_s
from net119_conformance.polling import until
from net119_conformance.purpose import purpose
from net119_conformance.trial import Trial
from net119_conformance.world.needs import Needs
from net119_conformance.world.world import Registered, World

JAPAN = ZoneInfo("Asia/Tokyo")
WITHDRAWN = "本人の申出により廃止"
NOON, LATE = time(12), time(23, 30)
SAID = "胸が苦しいと言っています"


def moment(day: date, at: time = NOON) -> datetime:
    """A time of day in Japan."""
    return datetime.combine(day, at, JAPAN)


def today() -> date:
    """The day it is in Japan before the clock is set."""
    return datetime.now(UTC).astimezone(JAPAN).date()


async def withdraw(staff: Staff, who: Registered) -> None:
    """End a registration, as on the person's paper request."""
    (row,) = await staff.rows(query=who.credentials.login_id)
    await staff.decide(row, Decision.CANCEL, WITHDRAWN)


async def in_list(staff: Staff, who: Registered) -> bool:
    """Whether the department's list has the person's name or mail address.

    The record itself is not read: that might count as a use of the data.
    """
    rows = await staff.rows()
    person = who.person
    return any(row.name == person.name or row.mail == person.mail for row in rows)


async def _kept(t: Trial, w: World, staff: Staff, who: Registered, name: str, ja: str) -> None:
    """The person is there, nor does what is due on this day change that a while later."""
    await t.observe_nothing(
        name,
        until(w, partial(in_list, staff, who), lambda there: not there),
        quiet_s(w),
        expected="the person stays in the list",
        ja=ja,
    )
    # An answer may take longer than the look, and silence is none.
    there = await in_list(staff, who)
    t.check(
        f"{name}, as the list says",
        there,
        expected="in the list",
        seen="in the list" if there else "not in the list",
        ja=f"{ja}（一覧で確かめる）",
    )


async def _gone(t: Trial, w: World, staff: Staff, who: Registered, name: str, ja: str) -> None:
    """The person is there no more: a system may take a while for what is due on a day."""
    await t.observe(
        name,
        until(w, partial(in_list, staff, who), lambda there: not there),
        w.patience + 1,
        level="derived",
        expected="neither name nor mail address in the list",
        ja=ja,
    )


@purpose(
    id="RETAIN-FISCAL-YEARS",
    requirements=("CNB-07",),
    derived=("CNB-07",),
    interfaces="C",
    role=Role.REGISTRATION,
    needs=Needs(own_system=True, profile="chita-nanbu"),
    timeout_s=120.0,
    title_ja="登録の文書を、翌年度の4月1日から三年間保存し、その後に廃棄する",
    title_en="Documents are kept three years from 1 April of the next fiscal year, then destroyed",
    stimulus_ja="時計を3月31日に進め、一人の登録を廃止する。翌日の4月1日に、もう一人の登録を廃止する。"
    "三年後と四年後の3月31日の夜と4月1日の昼に、登録の一覧を見る。",
    stimulus_en="The clock is set to a 31 March, and one registration ends; on 1 April another one "
    "does. The list of registrations is read late on 31 March and at noon on 1 April, three and "
    "four years later.",
    expected_ja="一人目は三年後の3月31日まで、二人目は四年後の3月31日まで一覧にあり、4月1日にはない。",
    expected_en="The first person is listed until 31 March three years later, the second until "
    "31 March four years later; on 1 April each is gone.",
    why_ja="一日の違いで年度が変わる。早く捨てれば確かめられず、残せば約束に反する。",
    why_en="One day decides the fiscal year. Destroyed early, nothing can be looked up; kept on, a "
    "promise is broken.",
)
async def fiscal_years(t: Trial, w: World) -> None:
    # The next 31 March that is at least two days off, whatever the day of the run.
    soon = today() + timedelta(days=2)
    year = soon.year if soon <= date(soon.year, 3, 31) else soon.year + 1
    await w.set_clock(moment(date(year, 3, 31)))
    staff = await w.staff()
    first = await w.register()
    await withdraw(staff, first)
    await w.set_clock(moment(date(year, 4, 1)))
    second = await w.register()
    await withdraw(staff, second)
    await w.set_clock(moment(date(year + 3, 3, 31), LATE))
    await _kept(
        t,
        w,
        staff,
        first,
        "last used on 31 March: kept until 31 March three years later",
        "3月31日に廃止した人の情報が、三年後の3月31日にまだある",
    )
    await w.set_clock(moment(date(year + 3, 4, 1)))
    await _gone(
        t,
        w,
        staff,
        first,
        "last used on 31 March: destroyed on 1 April three years later",
        "3月31日に廃止した人の情報が、三年後の4月1日にはない",
    )
    await w.set_clock(moment(date(year + 4, 3, 31), LATE))
    await _kept(
        t,
        w,
        staff,
        second,
        "last used on 1 April: kept until 31 March four years later",
        "4月1日に廃止した人の情報が、四年後の3月31日にまだある",
    )
    await w.set_clock(moment(date(year + 4, 4, 1)))
    await _gone(
        t,
        w,
        staff,
        second,
        "last used on 1 April: destroyed on 1 April four years later",
        "4月1日に廃止した人の情報が、四年後の4月1日にはない",
    )


async def _record(console: Console, call_id: UUID) -> str:
    """The call record as text; the refusal's code if there is none."""
    try:
        record = await console.record(call_id)
    except CallRefused as refusal:
        return refusal.code.value
    return record.model_dump_json()


@purpose(
    id="RETAIN-CALLS",
    requirements=("CNB-41", "ASO-05"),
    interfaces="AC",
    role=Role.REGISTRATION,
    needs=Needs(own_system=True, profile="chita-nanbu"),
    timeout_s=120.0,
    title_ja="退会の後も、通報の記録と通信履歴を、定めた期間だけ保管する",
    title_en="After withdrawal, calls and communication history are kept for the period set",
    stimulus_ja="登録者が通報してチャットをし、通報が終わった後に登録を廃止する。登録情報の保存期間が終わった後、"
    "通報の記録の保管期間が終わる前の日と終わった日に、通報の記録と閲覧の記録を見る。",
    stimulus_en="A registrant calls and chats, and withdraws after the call. Call record and audit "
    "log are read after the registrant's data were due to go, on the day before the period of "
    "call records ends, and when it has ended.",
    expected_ja="保管期間の最後の日まで、登録者の情報を含む通報の記録と、閲覧の記録がある。"
    "期間が終わると、通報の記録はない。",
    expected_en="Until the last day the call record is there with the registrant's data in it, and "
    "so is the audit log; afterwards the call record is gone.",
    why_ja="事故の後に通報を調べられ、しかも必要以上に残さない。",
    why_en="A call can be looked into after an accident, and is not kept longer than needed.",
)
async def calls(t: Trial, w: World) -> None:
    days = load_profiles()["chita-nanbu"].retention.call_records_days
    console = await w.console()
    who = await w.register()
    phone = await w.handset(who)
    call = await w.call_from(phone, w.home)
    await console.wait_for_call(call.id, within=w.patience)
    await console.answer(call.id, within=w.patience)
    await call.say(SAID, within=w.patience)
    await console.close(call.id, CloseOutcome.PRACTICE_DONE, within=w.patience)
    staff = await w.staff()
    await withdraw(staff, who)
    ended = today()
    last = ended + timedelta(days=days - 1)
    # A day of grace: the withdrawal may have fallen into the next day.
    for name, day, ja in (
        ("long after the registrant's data were due", ended + timedelta(days=days - 200), "途中"),
        ("on the last day of the period", last, "保管期間の最後の日"),
    ):
        await w.set_clock(moment(day))
        # What is due on this day may be done a while later.
        await asyncio.sleep(quiet_s(w))
        seen = await _record(console, call.id)
        t.check(
            f"the call record with the chat is there {name}",
            SAID in seen,
            expected=f"a record with the line {SAID}",
            seen=seen[:200],
            ja=f"{ja}に、チャットを含む通報の記録がある",
        )
        t.check(
            f"the registrant's data in the call record are there {name}",
            who.person.name in seen,
            expected="the name of the registrant",
            seen="there" if who.person.name in seen else seen[:200],
            ja=f"{ja}に、通報の記録に登録者の情報がある",
        )
    # Of the days of the call: the reading of its record just now leaves entries, too.
    entries = [
        entry
        for entry in await staff.accesses(who.credentials.registrant_id)
        if entry.at < moment(ended + timedelta(days=2))
    ]
    t.check(
        "the history of disclosures is there on the last day of the period",
        any(str(call.id) in f"{entry.actor} {entry.purpose} {entry.what}" for entry in entries),
        expected=f"an entry of {ended} about call {call.id}",
        seen=[(entry.action, entry.actor) for entry in entries],
        ja="保管期間の最後の日に、情報を渡した履歴がある",
    )
    await w.set_clock(moment(last + timedelta(days=2)))
    await t.observe(
        "the call record is gone after the period",
        until(
            w,
            partial(_record, console, call.id),
            lambda seen: seen == Refusal.UNKNOWN_CALL.value,
        ),
        w.patience + 1,
        expected=Refusal.UNKNOWN_CALL.value,
        ja="保管期間の後には、通報の記録がない",
    )


@purpose(
    id="RETAIN-DELETED",
    requirements=("ASO-06",),
    derived=("ASO-06",),
    interfaces="AC",
    role=Role.REGISTRATION,
    needs=Needs(profile="aso"),
    title_ja="本人が求めたら、情報を直ちに消し、控えから消す期限を一か月ほどに定める",
    title_en="On request data are deleted at once, and backups have about a month to lose them",
    stimulus_ja="二人が登録する。職員が一人の情報を、本人の求めにより削除する。一覧と記録を見て、"
    "その人がログインを試み、削除の台帳を読む。",
    stimulus_en="Two people register. Staff delete one's data on request. List and record are "
    "read, the person tries to log in, and the ledger of deletions is read.",
    expected_ja="その人の氏名もメールアドレスも、どこにも出てこない。ログインもできない。"
    "台帳に、32日以内の期限とともに番号がある。もう一人の情報はそのままである。",
    expected_en="Neither name nor mail address shows anywhere, and the log-in fails. The ledger "
    "has the number with a day within 32 days. The other person's data are as before.",
    why_ja="消したはずの情報が控えから戻ってくると、求めに応えたことにならない。",
    why_en="Data that come back with a backup have not been deleted.",
)
async def deleted(t: Trial, w: World) -> None:
    who, other = await w.register(), await w.register()
    staff = await w.staff()
    (row,) = await staff.rows(query=who.credentials.login_id)
    asked = datetime.now(UTC)
    await staff.decide(row, Decision.DELETE)
    deleted_by = datetime.now(UTC)
    there = await in_list(staff, who)
    t.check(
        "the live list has lost the person at once",
        not there,
        level="derived",
        expected="neither name nor mail address in the list",
        seen="still there" if there else "gone",
        ja="一覧から直ちに消えている",
    )
    record = (await staff.record(row.registrant_id, "check")).model_dump_json()
    left = [
        text
        for text in (who.person.name, who.person.mail, who.person.address.street)
        if text and text in record
    ]
    t.check(
        "the record has lost the person's data at once",
        not left and RegistrationState.DESTROYED.value in record,
        level="derived",
        expected="a destroyed record without name, mail and street",
        seen=left or record[:200],
        ja="記録から本人の情報が直ちに消えている",
    )
    try:
        await w.handset(who)
    except CallRefused as refusal:
        seen = refusal.code.value
    else:
        seen = "logged in"
    t.check(
        "the log-in no longer works",
        seen == Refusal.NOT_AUTHENTICATED.value,
        level="derived",
        expected=Refusal.NOT_AUTHENTICATED.value,
        seen=seen,
        ja="ログインできない",
    )
    ledger = [each for each in await staff.deletions() if each.registrant_id == row.registrant_id]
    # A month of 31 days, to the end of its last one.
    within = timedelta(days=32)
    t.check(
        "backups are to lose the data within about a month",
        len(ledger) == 1 and asked <= ledger[0].backups_by <= deleted_by + within,
        expected="one entry, due within 32 days",
        seen=[each.backups_by.isoformat() for each in ledger],
        ja="控えから消す期限が一か月ほどの内にある",
    )
    await _kept(
        t,
        w,
        staff,
        other,
        "the other person's data are untouched",
        "もう一人の情報はそのままである",
    )
