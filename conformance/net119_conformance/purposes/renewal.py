"""Going on after a year or two: asked by mail, answered in time, late and never."""

import asyncio
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from functools import partial

from net119_protocol.api.staff import RegistrationState
from net119_protocol.codes import Refusal
from net119_simulators.errors import CallRefused
from net119_simulators.mailbox import Draft, Letter
from net119_simulators.registration.urls import mailed_url

from net119_conformance.catalogue import Role
from net119_conformance.drivers.staff import Staff
from net119_conformance.looking import quiet_s
from net119_conformance.newcomer import DONE, answer_to, is_link, today
from net119_conformance.polling import until
from net119_conformance.purpose import purpose
from net119_conformance.purposes.retention import JAPAN, moment
from net119_conformance.trial import Trial
from net119_conformance.world.needs import Needs
from net119_conformance.world.profiles import read_profile
from net119_conformance.world.world import Registered, World

_LOOK_EVERY_S = 0.05
_WHOM = (
    ("", ""),
    (", also who will be late", "あとで遅れる人にも、"),
    (", also who will never answer", "応じないことになる人にも、"),
)


def last_valid_day(w: World, registered_on: date) -> date:
    """The same day so many years later, as a person with a calendar finds it."""
    years, months = divmod(read_profile(w.home).validity.months, 12)
    if months:
        raise ValueError("this purpose counts whole years")
    try:
        return registered_on.replace(year=registered_on.year + years)
    except ValueError:  # 29 February
        return date(registered_on.year + years, 2, 28)


async def state_of(staff: Staff, who: Registered) -> str:
    """The registration's state in the department's list."""
    wanted = who.credentials.registrant_id
    found = [row.state.value for row in await staff.rows() if row.registrant_id == wanted]
    return found[0] if found else "not in the list"


async def _state(
    t: Trial,
    w: World,
    staff: Staff,
    who: Registered,
    wanted: RegistrationState,
    name: str,
    ja: str,
    *,
    level: str | None = None,
) -> None:
    """The state that a day brings: a system may take a while for what is due on it.

    Who is to go on is looked at at once: somebody else's state has changed before.
    """
    if wanted is RegistrationState.APPROVED:
        seen = await state_of(staff, who)
        t.check(name, seen == wanted.value, expected=wanted.value, seen=seen, level=level, ja=ja)
        return
    await t.observe(
        name,
        until(w, partial(state_of, staff, who), lambda seen: seen == wanted.value),
        w.patience + 1,
        expected=wanted.value,
        level=level,
        ja=ja,
    )


async def _valid(t: Trial, w: World, staff: Staff, who: Registered, name: str, ja: str) -> None:
    """It is in force, nor does what is due on this day change that a while later."""
    wanted = RegistrationState.APPROVED.value
    await t.observe_nothing(
        name,
        until(w, partial(state_of, staff, who), lambda seen: seen != wanted),
        quiet_s(w),
        expected=wanted,
        ja=ja,
    )
    # An answer may take longer than the look, and silence is none.
    seen = await state_of(staff, who)
    t.check(
        f"{name}, as the list says",
        seen == wanted,
        expected=wanted,
        seen=seen,
        ja=f"{ja}（一覧で確かめる）",
    )


async def _asked(
    t: Trial, w: World, people: Sequence[Registered], read: Sequence[int], *, url: bool
) -> list[Letter | None]:
    """The mails that ask whether these people go on: with a URL, or without one.

    ``people``: who renews at once, who does it late, and who never does.
    """
    name = "a mail with a URL asks for the renewal" if url else "a mail asks whether to go on"
    ja = "更新を求めるURLがメールで届く" if url else "続ける意思を尋ねるメールが届く"
    return [
        await t.observe(
            f"{name}{whom}",
            w.letter(who.person.mail, lambda letter: is_link(letter) is url, after=after),
            w.patience,
            expected="a mail with one URL" if url else "a mail that is to be answered",
            ja=f"{whom_ja}{ja}",
        )
        for who, after, (whom, whom_ja) in zip(people, read, _WHOM, strict=True)
    ]


async def _log_in(w: World, who: Registered) -> str:
    try:
        await w.handset(who)
    except CallRefused as refusal:
        return refusal.code.value
    return "logged in"


async def _ended(t: Trial, w: World, staff: Staff, who: Registered) -> None:
    await _state(
        t,
        w,
        staff,
        who,
        RegistrationState.CANCELLED,
        "who never answered is ended at last",
        "応じなかった人の登録は、最後に抹消される",
    )
    seen = await _log_in(w, who)
    t.check(
        "who was ended cannot log in",
        seen == Refusal.NOT_AUTHENTICATED.value,
        expected=Refusal.NOT_AUTHENTICATED.value,
        seen=seen,
        ja="抹消された人はログインできない",
    )


async def _mails_so_far(w: World, who: Registered) -> int:
    """How many mails have come, once the one about the approval has."""
    await w.letter(who.person.mail)
    return len(await w.letters(who.person.mail))


@purpose(
    id="RENEW-BY-URL",
    requirements=("ASO-13",),
    interfaces="ACM",
    role=Role.REGISTRATION,
    needs=Needs(own_system=True, profile="aso"),
    timeout_s=120.0,
    title_ja="登録には期限があり、メールのURLを開くと延びる",
    title_en="A registration has an expiry, and opening the mailed URL extends it",
    stimulus_ja="三人が登録する。時計を期限の30日前に進め、一人だけが届いたURLを開く。時計を期限の翌日に進め、"
    "もう一人が最後に届いたURLを開く。三人目は開かない。時計を停止の日、抹消の日に進める。",
    stimulus_en="Three people register. The clock is set to 30 days before the expiry, and one of "
    "them opens the URL that comes. The clock is set to the day after the expiry, and the second "
    "opens the URL that came last; the third never does. The clock is set on to the days of "
    "suspension and end.",
    expected_ja="どの人にもURLのあるメールが届く。開いた人の期限は、定めた期間を超えずに延び、"
    "遅れて開いた人も登録が続く。開かなかった"
    "人の登録は、期限の最後の日まで有効で、翌日に期限切れ、その後に停止、抹消となる。",
    expected_en="All get a mail with a URL. Who opens it goes on with a later expiry, no more than "
    "one period after the old one, also who opens it late; who does not is valid through the last "
    "day, then expired, suspended and ended.",
    why_ja="使われていない登録の古い情報で出動しないためであり、使う人を失わないためでもある。",
    why_en="Nobody should be sent out on stale data, and nobody who still needs it should be lost.",
)
async def by_url(t: Trial, w: World) -> None:
    rule = read_profile(w.home).validity
    willing, late, silent = await w.register(), await w.register(), await w.register()
    staff = await w.staff()
    last = last_valid_day(w, today())
    people = (willing, late, silent)
    read = [await _mails_so_far(w, who) for who in people]
    await w.set_clock(moment(last - timedelta(days=max(rule.remind_days))))
    letter, of_late, _ = await _asked(t, w, people, read, url=True)
    if letter is not None:
        hand = await w.applicant()
        await hand.open(next(url for url in letter.urls if "/r/" in url))
        expires = await hand.renew()
        old = datetime.combine(last + timedelta(days=1), time(), JAPAN)
        t.check(
            "opening the URL extends the registration",
            expires >= old + timedelta(days=300),
            expected=f"an expiry long after {last}",
            seen=expires.isoformat(),
            ja="URLを開くと期限が延びる",
        )
        # From the old expiry at most, and the clock of a system may not be to the day.
        latest = datetime.combine(last_valid_day(w, last) + timedelta(days=2), time(), JAPAN)
        t.check(
            "the new expiry is no later than one period after the old one",
            expires <= latest,
            expected=f"{latest.isoformat()} at the latest ({rule.months} months)",
            seen=expires.isoformat(),
            ja="新しい期限は、前の期限から定めた期間よりも先にはならない",
        )
    await w.set_clock(moment(last, time(23, 30)))
    await _valid(
        t,
        w,
        staff,
        silent,
        "who did not renew is valid through the last day",
        "更新しなかった人の登録も、期限の日までは有効である",
    )
    await w.set_clock(moment(last + timedelta(days=1)))
    await _state(
        t,
        w,
        staff,
        silent,
        RegistrationState.EXPIRED,
        "who did not renew has expired the day after",
        "更新しなかった人の登録は、期限の翌日に期限切れになる",
    )
    if of_late is not None:
        await _renews_late(t, w, staff, late)
    suspended = last + timedelta(days=1 + rule.suspend_after_days)
    await w.set_clock(moment(suspended))
    # First what shows that all that is due on the day was done.
    await _state(
        t,
        w,
        staff,
        silent,
        RegistrationState.SUSPENDED,
        "who did not renew is suspended after the period of the profile",
        "更新しなかった人の登録は、定めた日に停止になる",
    )
    if of_late is not None:
        await _state(
            t,
            w,
            staff,
            late,
            RegistrationState.APPROVED,
            "who opened the URL late still goes on when the others are suspended",
            "遅れてURLを開いた人の登録は、ほかの人が停止になる日にも続いている",
            level="derived",
        )
    await w.set_clock(moment(suspended + timedelta(days=rule.delete_after_days)))
    await _ended(t, w, staff, silent)
    await _state(
        t,
        w,
        staff,
        willing,
        RegistrationState.APPROVED,
        "who renewed goes on",
        "更新した人の登録は続く",
    )


async def _renews_late(t: Trial, w: World, staff: Staff, who: Registered) -> None:
    """Open the newest mailed URL after the expiry, and be registered as before."""
    # The mail about the expiry may be under way, and may put its URL in place of the older one.
    before = len(await w.letters(who.person.mail))
    await w.letters(who.person.mail, quiet_s(w), after=before)
    newest = [each for each in await w.letters(who.person.mail) if is_link(each)][-1]
    hand = await w.applicant()

    async def renew() -> None:
        await hand.open(mailed_url(newest.urls))
        await hand.renew()

    said = await answer_to(renew())
    seen = await state_of(staff, who)
    t.check(
        "who opens the URL after the expiry goes on",
        said == DONE and seen == RegistrationState.APPROVED.value,
        expected=RegistrationState.APPROVED.value,
        seen=f"{said}, then {seen}",
        level="derived",
        ja="期限のあとにURLを開いた人の登録も続く",
    )


async def _reply(w: World, who: Registered, letter: Letter) -> None:
    """Answer a mail, and give the SUT time to act on it: it may confirm, and need not."""
    before = len(await w.letters(who.person.mail))
    await w.send_mail(
        Draft(sender=who.person.mail, to=letter.sender, subject=f"Re: {letter.subject}")
    )
    await w.letters(who.person.mail, w.patience, after=before)


async def _goes_on(staff: Staff, who: Registered) -> str:
    """Wait until the registration is in force; bounded by whoever waits."""
    while True:
        state = await state_of(staff, who)
        if state == RegistrationState.APPROVED.value:
            return state
        await asyncio.sleep(_LOOK_EVERY_S)


@purpose(
    id="RENEW-BY-REPLY",
    requirements=("CNB-24",),
    interfaces="ACM",
    role=Role.REGISTRATION,
    needs=Needs(own_system=True, profile="chita-nanbu"),
    timeout_s=120.0,
    title_ja="続ける意思をメールで確かめ、返信がないと停止、抹消となる",
    title_en="People are asked by mail whether they go on; silence ends the registration",
    stimulus_ja="三人が登録する。時計を期限の30日前に進め、一人が返信する。期限の翌日に、もう一人が返信する。"
    "三人目は返信しない。時計を停止の日、抹消の日に進める。",
    stimulus_en="Three people register. The clock is set to 30 days before the expiry, and one "
    "answers the mail; the second answers on the day after the expiry; the third never does. The "
    "clock is set on to the days of suspension and end.",
    expected_ja="三人にメールが届く。返信した人の登録は、遅れた人も含めて、ほかの人が停止になる日にも続いている。"
    "返信しない人の登録は、期限切れ、停止、抹消となる。",
    expected_en="All get the mail. Who answers goes on, also who answers late, and still does "
    "when the others are suspended; who never answers expires, is suspended and ended.",
    why_ja="返信だけで続けられるので、操作の苦手な人も登録を失わない。",
    why_en="A plain answer is enough, so that nobody loses the registration over a form.",
)
async def by_reply(t: Trial, w: World) -> None:
    rule = read_profile(w.home).validity
    prompt, late, silent = await w.register(), await w.register(), await w.register()
    staff = await w.staff()
    last = last_valid_day(w, today())
    people = (prompt, late, silent)
    read = [await _mails_so_far(w, who) for who in people]
    await w.set_clock(moment(last - timedelta(days=max(rule.remind_days))))
    letter, of_late, _ = await _asked(t, w, people, read, url=False)
    if letter is None:
        return
    await _reply(w, prompt, letter)
    await w.set_clock(moment(last + timedelta(days=1)))
    for who, wanted, name, ja in (
        (
            silent,
            RegistrationState.EXPIRED,
            "who did not answer has expired",
            "返信しない人の登録は期限切れになる",
        ),
        (prompt, RegistrationState.APPROVED, "who answered goes on", "返信した人の登録は続く"),
    ):
        await _state(t, w, staff, who, wanted, name, ja)
    if of_late is not None:
        await _reply(w, late, of_late)
        await t.observe(
            "who answered late goes on",
            _goes_on(staff, late),
            w.patience,
            expected=RegistrationState.APPROVED.value,
            ja="遅れて返信した人の登録も続く",
        )
    suspended = last + timedelta(days=1 + rule.suspend_after_days)
    await w.set_clock(moment(suspended))
    await _state(
        t,
        w,
        staff,
        silent,
        RegistrationState.SUSPENDED,
        "who never answered is suspended after the period of the profile",
        "返信しない人の登録は、定めた日に停止になる",
    )
    # Not at the end: by then any renewal of these is over.
    await _state(
        t,
        w,
        staff,
        prompt,
        RegistrationState.APPROVED,
        "who answered in time still goes on when the others are suspended",
        "期限の前に返信した人の登録は、ほかの人が停止になる日にも続いている",
    )
    if of_late is not None:
        await _state(
            t,
            w,
            staff,
            late,
            RegistrationState.APPROVED,
            "who answered late still goes on when the others are suspended",
            "遅れて返信した人の登録は、ほかの人が停止になる日にも続いている",
        )
    await w.set_clock(moment(suspended + timedelta(days=rule.delete_after_days)))
    await _ended(t, w, staff, silent)
