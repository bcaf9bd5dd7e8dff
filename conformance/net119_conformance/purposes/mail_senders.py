"""Who mail comes from: two fixed addresses, or one domain."""

from net119_protocol.api.records import AnnouncementKind, Decision, NewAnnouncement
from net119_protocol.profile.model import Mail

from net119_conformance.catalogue import Role
from net119_conformance.drivers.staff import Staff
from net119_conformance.newcomer import Newcomer, application_address
from net119_conformance.purpose import purpose
from net119_conformance.purposes.paper import paper as on_paper
from net119_conformance.trial import Trial
from net119_conformance.world.needs import Needs
from net119_conformance.world.profiles import read_profile
from net119_conformance.world.world import World

NOTICE = "あす22時から23時まで、点検のため通報できません。"


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
    notice = await person.next_letter(lambda letter: NOTICE in letter.text)
    url = await person.account_url(account)
    await person.open(url)
    await person.all_read()
    await (await person.hand()).stop()
    await person.next_letter()
    got = await person.letters()
    own = profile_mail(w)
    both = {own.registration_sender, own.service_sender}
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
    expected_ja="それぞれのことがメールで知らされ、どの差出人のドメインも同じである。",
    expected_en="Mail comes of each of it, and every sender has the same domain.",
    why_ja="利用者は、このドメインだけを受信できるように設定する。",
    why_en="Users let exactly this domain through their filters.",
)
async def one_domain(t: Trial, w: World) -> None:
    staff = await w.staff()
    person = Newcomer(w)
    await staff.key_in(on_paper(person.application))
    for decision, reason in (
        (Decision.APPROVE, ""),
        (Decision.SUSPEND, "確認のため"),
        (Decision.RESUME, ""),
    ):
        if decision is Decision.SUSPEND:
            await announced(w, staff)
            await person.next_letter(lambda letter: NOTICE in letter.text)
        await person.decided(staff, decision, reason)
    await person.settled(staff)
    got = await person.letters()
    domains = {
        sender.rpartition("@")[2] for each in got for sender in (each.sender, each.envelope_from)
    }
    t.check(
        "all mail comes from one domain",
        len(got) >= 4 and domains == {w.home.mail_domain},
        expected=f"4 mails or more, all from {w.home.mail_domain}",
        seen=f"{len(got)} mails from {sorted(domains)}",
        ja="すべて一つのドメインから届く",
    )
