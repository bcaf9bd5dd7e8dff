"""Who mail comes from: two fixed addresses, or one domain."""

from collections.abc import Callable

from net119_protocol.api.records import AnnouncementKind, Decision, NewAnnouncement
from net119_protocol.profile.model import Mail
from net119_simulators.lookout import Lookout
from net119_simulators.mailbox import Letter

from net119_conformance.catalogue import Role
from net119_conformance.drivers.staff import Staff
from net119_conformance.looking import looking, timed
from net119_conformance.newcomer import Newcomer, application_address, holds_keys
from net119_conformance.purpose import purpose
from net119_conformance.purposes.paper import paper as on_paper
from net119_conformance.trial import Trial
from net119_conformance.world.needs import Needs
from net119_conformance.world.profiles import read_profile
from net119_conformance.world.world import World

NOTICE = "あす22時から23時まで、点検のため通報できません。"
SUSPENSION = "確認のため"


async def announced(w: World, staff: Staff) -> None:
    """Have staff announce maintenance to all registrants."""
    made = await staff.announce(
        NewAnnouncement(
            kind=AnnouncementKind.MAINTENANCE, subject="NET119 点検のお知らせ", text=NOTICE
        )
    )
    w.trial.require("the announcement goes to somebody", made.total)


def profile_mail(w: World) -> Mail:
    """The mail addresses of the purpose's department."""
    return read_profile(w.home).mail


@purpose(
    id="MAIL-SENDERS",
    requirements=("TOM-07", "TOM-23"),
    derived=("TOM-07",),
    interfaces="MAC",
    role=Role.REGISTRATION,
    needs=Needs(profile="tomakomai"),
    title_ja="メールは決まった二つのアドレスから届き、申請用アドレスはそのどちらでもない",
    title_en="All mail comes from two fixed addresses, neither of them the one for applications",
    stimulus_ja="空メールから登録、お知らせ、利用停止までを一通り行い、届いたメールすべての差出人を調べる。",
    stimulus_en="One person's way from the empty mail over an announcement to the stop; the "
    "senders of all mails are looked at.",
    expected_ja="登録の手続のメールは一方のアドレスから、お知らせはもう一方から届く。"
    "申請用アドレスから届くものはない。",
    expected_en="Mail of the procedure comes from the one address, the announcement from the "
    "other, none from the application address.",
    why_ja="利用者は、この二つのアドレスだけを受信できるように設定する。",
    why_en="Users let exactly these two addresses through their filters.",
)
async def senders(t: Trial, w: World) -> None:
    staff = await w.staff()
    person = Newcomer(w)
    account = await person.logged_in(staff)
    await announced(w, staff)
    notice = await timed(w, person.next_letter(lambda letter: NOTICE in letter.text))
    url = await person.account_url(account)
    await person.open(url)
    await person.all_read()
    own = profile_mail(w)
    both = {own.registration_sender, own.service_sender}
    since = looking(w)
    await (await person.hand()).stop()
    with t.waiting("the mail about the stop"):
        await timed(w, person.next_letter())
    await _no_more_from_elsewhere(t, person, since, lambda sender: sender in both)
    got = await person.letters()
    seen = sorted({sender for each in got for sender in (each.sender, each.envelope_from)})
    t.check(
        "all mail comes from the two addresses",
        set(seen) <= both,
        expected=sorted(both),
        seen=seen,
        ja="すべて二つのアドレスから届く",
    )
    t.check(
        "the address for applications sends nothing",
        application_address(w) not in seen,
        expected=f"not {application_address(w)}",
        seen=seen,
        ja="申請用アドレスからは届かない",
    )
    t.check(
        "mail of the service comes from the service's address",
        notice.sender == own.service_sender,
        expected=own.service_sender,
        seen=notice.sender,
        level="derived",
        ja="サービスのメールはサービス用のアドレスから届く",
    )
    procedure = {each.sender for each in got if each.raw != notice.raw}
    t.check(
        "mail of the procedure comes from the address for it",
        procedure == {own.registration_sender},
        expected=own.registration_sender,
        seen=sorted(procedure),
        level="derived",
        ja="手続のメールは手続用のアドレスから届く",
    )


@purpose(
    id="MAIL-ONE-DOMAIN",
    requirements=("CNB-14",),
    derived=("CNB-14",),
    interfaces="MC",
    role=Role.REGISTRATION,
    needs=Needs(profile="chita-nanbu"),
    title_ja="メールはすべて、事業者の一つのドメインから届く",
    title_en="All mail comes from the provider's one domain",
    stimulus_ja="登録申請書を入力して承認し、お知らせを送り、登録を一時停止し、再開する。"
    "届いたメールすべての差出人を調べる。",
    stimulus_en="A form is keyed in and approved, an announcement sent, the registration suspended "
    "and resumed; the senders of all mails are looked at.",
    expected_ja="承認・お知らせ・一時停止（その理由）・再開のそれぞれがメールで知らされ、どの差出人"
    "のドメインも同じである。",
    expected_en="Approval, announcement, suspension (with its reason) and resumption are each told "
    "by mail, and every sender has the same domain.",
    why_ja="利用者は、このドメインだけを受信できるように設定する。",
    why_en="Users let exactly this domain through their filters.",
)
async def one_domain(t: Trial, w: World) -> None:
    staff = await w.staff()
    person = Newcomer(w)
    await staff.key_in(on_paper(person.application))
    await person.decided(staff, Decision.APPROVE)
    await _mailed(
        t, person, "the approval, with ID and password", "承認（IDとパスワード）", holds_keys
    )
    await announced(w, staff)
    with t.waiting("the mail of the announcement"):
        await person.next_letter(lambda letter: NOTICE in letter.text)
    await person.decided(staff, Decision.SUSPEND, SUSPENSION)
    await _mailed(
        t,
        person,
        "the suspension, with its reason",
        "一時停止（その理由）",
        lambda letter: SUSPENSION in letter.text,
    )
    before = await person.settled(staff)
    since = looking(w)
    await staff.decide(before, Decision.RESUME)
    await _mailed(t, person, "the resumption", "再開", lambda _: True)
    await person.settled(staff)
    await _no_more_from_elsewhere(
        t, person, since, lambda sender: sender.rpartition("@")[2] == w.home.mail_domain
    )
    got = await person.letters()
    domains = {
        sender.rpartition("@")[2] for each in got for sender in (each.sender, each.envelope_from)
    }
    t.check(
        "all mail comes from one domain",
        domains == {w.home.mail_domain},
        expected=w.home.mail_domain,
        seen=f"{len(got)} mails from {sorted(domains)}",
        ja="すべて一つのドメインから届く",
    )


async def _no_more_from_elsewhere(
    t: Trial, person: Newcomer, since: Lookout, right: Callable[[str], bool]
) -> None:
    """Nor does mail from elsewhere come a moment later."""

    async def elsewhere() -> tuple[str, str]:
        found = await person.w.letter(
            person.mail, lambda each: not (right(each.sender) and right(each.envelope_from))
        )
        return found.sender, found.envelope_from

    await t.observe_nothing(
        "nor does mail from elsewhere come a moment later",
        elsewhere(),
        since.left(),
        expected="none",
        ja="しばらくあとにも、ほかから届くメールはない",
    )


async def _mailed(
    t: Trial, person: Newcomer, what: str, ja: str, wanted: Callable[[Letter], bool]
) -> None:
    """What was just done with the registration is told to the person by mail."""
    await t.observe(
        f"a mail tells {what}",
        person.next_letter(wanted),
        person.w.patience + 1,
        expected=f"a mail: {what}",
        ja=f"メールで{ja}が知らされる",
    )
