"""What a department mails to all its registrants, and mail that does not arrive."""

from datetime import time, timedelta
from functools import partial
from uuid import UUID

from net119_protocol.api.records import (
    AnnouncementKind,
    AnnouncementView,
    Decision,
    NewAnnouncement,
)
from net119_protocol.codes import Kind, PlaceChoice, Refusal
from net119_simulators.errors import CallRefused, UnexpectedAnswer
from net119_simulators.mailbox import Letter, Outcome, Rule

from net119_conformance.catalogue import Role
from net119_conformance.drivers.staff import Staff
from net119_conformance.looking import looking
from net119_conformance.newcomer import Newcomer
from net119_conformance.paper_forms import OnPaper, address_of, registered_on_paper
from net119_conformance.polling import until
from net119_conformance.purpose import purpose
from net119_conformance.purposes.paper import form, paper
from net119_conformance.purposes.retention import moment
from net119_conformance.purposes.terms import OUT_OF_SERVICE
from net119_conformance.trial import Trial
from net119_conformance.world.needs import Needs
from net119_conformance.world.profiles import read_profile
from net119_conformance.world.world import World

NOTICES = (
    NewAnnouncement(
        kind=AnnouncementKind.DEVICE,
        subject="NET119 Android 5をお使いの方へ",
        text="来月の更新から、Android 5の端末では通報できません。新しい端末をご用意ください。",
    ),
    NewAnnouncement(
        kind=AnnouncementKind.MAINTENANCE,
        subject="NET119 メンテナンスのお知らせ",
        text="7月1日の2時から4時まで、メンテナンスのため通報できません。",
    ),
    NewAnnouncement(
        kind=AnnouncementKind.OTHER,
        subject="NET119 サービス終了のお知らせ",
        text="このサービスは3月31日で終了します。そのあとは通報できません。",
    ),
)
ENDS_IN_DAYS = 14
TAKEN = "taken"
LATE, EARLY = time(23, 55), time(0, 5)
"""So close to midnight in Japan that by another clock it is the day before, or the day after."""
_WORDS = {
    AnnouncementKind.DEVICE: ("the end of support for a device", "端末の対応終了"),
    AnnouncementKind.MAINTENANCE: ("the maintenance", "メンテナンス"),
    AnnouncementKind.OTHER: ("the end of the service", "サービスの終了"),
}


async def _person(w: World, staff: Staff, name: str) -> OnPaper:
    return await registered_on_paper(w, staff, paper(form(w, mail=address_of(w, name))))


def _is(notice: NewAnnouncement, letter: Letter) -> bool:
    return letter.subject == notice.subject and notice.text in letter.text


async def _progress(staff: Staff, announcement: UUID) -> AnnouncementView:
    views = await staff.announcements()
    return next(each for each in views if each.announcement_id == announcement)


@purpose(
    id="NOTICE-TO-ALL",
    requirements=("CNB-12", "CNB-37", "CNB-53"),
    interfaces="CM",
    role=Role.OPERATION,
    needs=Needs(profile="chita-nanbu"),
    timeout_s=60.0,
    title_ja="端末の対応終了、保守、サービスの終了を、登録者全員に、その人たちだけにメールで知らせる",
    title_en="The end of support for a device, maintenance and the end of the service are mailed "
    "to all registrants and to nobody else",
    stimulus_ja="登録者二人、審査待ちの一人、登録を取り消された一人がいる。職員が三つのお知らせを送る。",
    stimulus_en="There are two registrants, one applicant still to be reviewed and one whose "
    "registration was cancelled. Staff send the three announcements.",
    expected_ja="登録者二人に、どのお知らせも、案内された送信元のアドレスから一通ずつ届く。ほかの二人には届かない。"
    "職員には、二通とも送られたことが示される。",
    expected_en="Both registrants get each announcement once, from the sender they were told to "
    "let through; the other two get none. Staff see that both mails were sent.",
    why_ja="知らされないまま使えなくなると、緊急のときに初めて気付くことになる。",
    why_en="Who is not told finds out in an emergency that the service does not work.",
)
async def to_all(t: Trial, w: World) -> None:
    staff = await w.staff()
    one, two = await _person(w, staff, "one"), await _person(w, staff, "two")
    ended = await _person(w, staff, "ended")
    await staff.decide(ended.record, Decision.CANCEL, "対象でなくなったため")
    await staff.key_in(paper(form(w, mail=address_of(w, "waiting"))))
    sender = read_profile(w.home).mail.service_sender
    for notice in NOTICES:
        en, ja = _WORDS[notice.kind]
        sent = await staff.announce(notice)
        for number, person in enumerate((one, two), start=1):
            address = person.application.data.mail
            letter = await t.observe(
                f"registrant {number} is told of {en}",
                w.letter(address, partial(_is, notice)),
                w.patience + 1,
                expected=notice.subject,
                ja=f"登録者{number}に{ja}が知らされる",
            )
            if letter is not None:
                t.check(
                    f"registrant {number}'s mail on {en} comes from the sender of the profile",
                    letter.sender == sender,
                    expected=sender,
                    seen=letter.sender,
                    ja=f"登録者{number}への{ja}のメールが、案内された送信元から届く",
                )
        view = await t.observe(
            f"staff see that the mails on {en} are on no way any more",
            until(w, partial(_progress, staff, sent.announcement_id), lambda one: one.waiting == 0),
            w.patience + 1,
            expected="none waiting",
            ja=f"{ja}のメールの送信が終わったことが職員に示される",
        )
        if view is not None:
            t.check(
                f"staff see that {en} was mailed to both",
                (view.total, view.sent) == (2, 2),
                expected="2 of 2 sent",
                seen=f"{view.sent} of {view.total} sent",
                ja=f"{ja}が二人に送られたことが職員に示される",
            )
    since = looking(w)
    for name, en, ja in (
        ("ended", "whose registration was cancelled", "登録を取り消された人"),
        ("waiting", "who waits for review", "審査待ちの人"),
    ):
        await t.observe_nothing(
            f"the person {en} is told nothing",
            w.letter(address_of(w, name), lambda got: any(_is(each, got) for each in NOTICES)),
            since.left(),
            expected="no announcement",
            ja=f"{ja}には送られない",
        )
    # By now a second one would have come, too.
    await _counted(t, w, (one, two))


async def _counted(t: Trial, w: World, people: tuple[OnPaper, ...]) -> None:
    """Each got each announcement once."""
    for number, person in enumerate(people, start=1):
        letters = await w.letters(person.application.data.mail)
        counts = {each.subject: sum(_is(each, letter) for letter in letters) for each in NOTICES}
        t.check(
            f"registrant {number} gets each announcement once",
            set(counts.values()) == {1},
            expected="1 each",
            seen=counts,
            ja=f"登録者{number}にどのお知らせも一通ずつ届く",
        )


@purpose(
    id="SERVICE-ENDS",
    requirements=("CNB-53",),
    interfaces="ACM",
    role=Role.OPERATION,
    needs=Needs(profile="chita-nanbu", own_system=True, ends_in_days=ENDS_IN_DAYS),
    timeout_s=90.0,
    title_ja="予告した最後の日まで通報でき、そのあとは断られてほかの手段が示される",
    title_en="Calls are taken up to the announced last day, and refused with other means after it",
    stimulus_ja=f"職員が、{ENDS_IN_DAYS}日後の終了を登録者に知らせる。登録者が、最後の日の"
    "終わる直前と、その翌日になった直後に通報する。",
    stimulus_en=f"Staff tell a registrant that the service ends in {ENDS_IN_DAYS} days. The person "
    "calls just before the last day is over, and just after.",
    expected_ja="お知らせが届く。最後の日の通報は受け付けられる。翌日の通報は、サービスを"
    "使えないことを理由に断られ、ほかの手段が示される。",
    expected_en="The notice arrives. The call on the last day is taken; that of the day after is "
    "refused for want of the service, with other means named.",
    why_ja="終わったサービスが通報を受けたように見えると、誰も助けに行かない。",
    why_en="A service that has ended and still seems to take calls sends nobody.",
)
async def ends(t: Trial, w: World) -> None:
    staff = await w.staff()
    person = await _person(w, staff, "last")
    last = t.require("the department has a last day", w.home.last_day)
    notice = NewAnnouncement(
        kind=AnnouncementKind.OTHER,
        subject="NET119 サービス終了のお知らせ",
        text=f"このサービスは{last.year}年{last.month}月{last.day}日で終了します。",
    )
    await staff.announce(notice)
    await t.observe(
        "the registrant is told of the last day",
        w.letter(person.application.data.mail, partial(_is, notice)),
        w.patience + 1,
        expected=notice.text,
        ja="最後の日が登録者に知らされる",
    )
    await w.set_clock(moment(last, LATE))
    seen, _ = await _call(w, person)
    t.check(
        "a call on the last day is taken",
        seen == TAKEN,
        expected=TAKEN,
        seen=seen,
        ja="最後の日の通報が受け付けられる",
    )
    await w.set_clock(moment(last + timedelta(days=1), EARLY))
    seen, means = await _call(w, person)
    t.check(
        "a call on the day after is refused",
        seen in OUT_OF_SERVICE,
        expected=f"one of {', '.join(sorted(OUT_OF_SERVICE))}",
        seen=seen,
        ja="翌日の通報が断られる",
    )
    t.check(
        "the refusal names other means",
        bool(means.strip()),
        expected="other means in Japanese",
        seen=means or "none",
        ja="断りに、ほかの手段が示される",
    )


async def _call(w: World, person: OnPaper) -> tuple[str, str]:
    """What became of log-in and call: taken, or the code of the refusal; and other means."""
    try:
        phone = await w.handset(person.registered)
        await phone.call(Kind.AMBULANCE, PlaceChoice.CURRENT, fix=w.fix_at(w.home))
    except CallRefused as refusal:
        return refusal.code.value, refusal.problem.other_means_ja or ""
    except UnexpectedAnswer as wrong:
        return f"unexpected answer: {wrong}", ""
    return TAKEN, ""


@purpose(
    id="NOTICE-TERMS",
    requirements=("ASO-30",),
    interfaces="ACM",
    role=Role.REGISTRATION,
    needs=Needs(profile="aso"),
    title_ja="掲示中の規約だけが利用条件となり、改訂は登録者に知らせられる",
    title_en="The posted terms, and no others, are the conditions of use; registrants can be told",
    stimulus_ja="申請者が、前の版の規約に同意しようとし、次に掲示中の版に同意して登録される。"
    "職員が規約の改訂を知らせる。",
    stimulus_en="An applicant tries to agree to an earlier version of the terms, then agrees to "
    "the one that is posted, and is registered. Staff announce a revision.",
    expected_ja="前の版への同意は断られる。登録とアカウントには掲示中の版が記録される。お知らせが登録者に届く。",
    expected_en="The earlier version is refused. Registration and account name the posted one. The "
    "announcement reaches the registrant.",
    why_ja="同意した版がわからないと、どの条件で利用しているのか誰にも示せない。",
    why_en="Without the version nobody can show on which conditions somebody uses the service.",
)
async def terms(t: Trial, w: World) -> None:
    staff = await w.staff()
    posted = read_profile(w.home).terms
    person = Newcomer(w)
    shown = await person.begin()
    t.check(
        "the posted version is offered with its text",
        (shown.terms_version, shown.terms.strip()) == (posted.version, posted.text.ja.strip()),
        expected=f"{posted.version}: {posted.text.ja[:40]}",
        seen=f"{shown.terms_version}: {shown.terms[:40]}",
        ja="掲示中の版が本文とともに示される",
    )
    try:
        await (await person.hand()).accept_terms("1999-01")
    except CallRefused as refusal:
        seen = refusal.code.value
    else:
        seen = "taken"
    t.check(
        "an earlier version cannot be agreed to",
        seen == Refusal.INVALID.value,
        expected=Refusal.INVALID.value,
        seen=seen,
        ja="前の版には同意できない",
    )
    account = await w.account(await person.registered(staff))
    await account.log_in()
    record, view = await person.record(staff), await account.account()
    t.check(
        "registration and account name the posted version",
        (record.terms_version, view.terms_accepted) == (posted.version, posted.version),
        expected=posted.version,
        seen=(record.terms_version, view.terms_accepted),
        ja="登録とアカウントに掲示中の版が記録される",
    )
    notice = NewAnnouncement(
        kind=AnnouncementKind.TERMS,
        subject="NET119 規約の改訂のお知らせ",
        text="規約を改めました。案内サイトに掲示した時から、新しい規約が利用条件となります。",
    )
    await staff.announce(notice)
    await t.observe(
        "the registrant is told of the revision",
        person.next_letter(partial(_is, notice)),
        w.patience + 1,
        expected=notice.subject,
        ja="登録者に改訂が知らされる",
    )


@purpose(
    id="MAIL-UNDELIVERED",
    requirements=("ASO-09",),
    derived=("ASO-09",),
    interfaces="CM",
    role=Role.REGISTRATION,
    needs=Needs(profile="aso"),
    timeout_s=60.0,
    title_ja="受信拒否で届かなかったメールが消防本部に示され、設定を解除すると届く",
    title_en="Mail that a filter stops is shown to the department, and arrives once it is lifted",
    stimulus_ja="登録者の携帯電話会社がメールを拒否する間に、職員が登録を一時停止する。設定を解除してから再開する。",
    stimulus_en="While the registrant's carrier refuses the mail, staff suspend the registration; "
    "once the filter is lifted, they resume it.",
    expected_ja="一時停止のメールだけが、宛先と理由とともに不達の一覧とその人の記録に示される。再開のメールは届く。",
    expected_en="The mail on the suspension, and no other, is in the list of undelivered mail and "
    "in the person's record, with address and reason. The mail on the resumption arrives.",
    why_ja="届いていないことを知らなければ、消防本部は別の方法で連絡できない。",
    why_en="A department that does not know of it will not try another way.",
)
async def undelivered(t: Trial, w: World) -> None:
    staff = await w.staff()
    person = Newcomer(w)
    await person.registered(staff)
    before = await person.settled(staff)
    t.check(
        "what arrived is not in the list",
        not await staff.failed_mails(),
        expected="no mail",
        seen=[(each.kind, each.recipient) for each in await staff.failed_mails()],
        ja="届いたメールは一覧にない",
    )
    await w.filter_mail(person.mail, Rule(outcome=Outcome.REJECT))
    await staff.decide(before, Decision.SUSPEND, "確認のため")
    failed = await t.observe(
        "the refused mail is in the list of undelivered mail",
        until(w, staff.failed_mails, len),
        w.patience + 1,
        expected=f"a mail to {person.mail}",
        ja="拒否されたメールが不達の一覧にある",
    )
    if failed is not None:
        t.check(
            "the list names address, person and reason",
            [(each.recipient, each.registrant_id) for each in failed]
            == [(person.mail, before.registrant_id)]
            and bool(failed[0].reason.strip()),
            expected=f"{person.mail}, {before.registrant_id}, and why",
            seen=[(each.recipient, each.registrant_id, each.reason) for each in failed],
            ja="一覧に宛先、本人、理由がある",
        )
        record = await person.record(staff)
        delivered = {each.status for each in before.mails}
        last = record.mails[-1]
        t.check(
            "the person's record tells it from the mail that arrived",
            last.recipient == person.mail and last.status not in delivered,
            expected=f"another status than {sorted(delivered)}",
            seen=(last.kind, last.status, last.reason),
            ja="本人の記録で、届いたメールと区別されている",
        )
    await w.filter_mail(person.mail, Rule())
    await person.all_read()
    await staff.decide(await person.record(staff), Decision.RESUME)
    await t.observe(
        "mail arrives once the filter is lifted",
        person.next_letter(),
        w.patience + 1,
        expected="the mail on the resumption",
        ja="設定を解除すると届く",
    )
