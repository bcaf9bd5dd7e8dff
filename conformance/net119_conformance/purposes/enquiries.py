"""What registrants are told and may ask: costs, duties, whom to contact, and their own data."""

import contextlib
import re
from collections.abc import Awaitable, Callable, Sequence
from typing import Any
from uuid import UUID

from net119_protocol.api.records import Decision
from net119_protocol.api.staff import RegistrationState
from net119_protocol.codes import Refusal
from net119_protocol.person import Contact, Medical, OptionalData, RegistrantData
from net119_simulators.errors import CallRefused, UnexpectedAnswer
from net119_simulators.registration import Account, Shown
from net119_simulators.registration.urls import mailed_url

from net119_conformance.catalogue import Role
from net119_conformance.checks import CheckLevel
from net119_conformance.drivers.staff import Staff
from net119_conformance.newcomer import Newcomer, alike, changed, is_link
from net119_conformance.paper_forms import OnPaper, address_of, registered_on_paper
from net119_conformance.purpose import purpose
from net119_conformance.purposes.paper import form, paper
from net119_conformance.trial import Trial
from net119_conformance.world.needs import Needs
from net119_conformance.world.profiles import read_profile
from net119_conformance.world.world import World

UNION = "chita-nanbu"
PAYMENT = re.compile(r"支払|お振込|[0-9０-９,，]+\s*円")
_OPTIONAL = OptionalData(
    phone="0000-12-3456",
    fax="0000-12-3457",
    contacts=(Contact(name="秘田　電一", relation="兄", phone="0000-55-0001"),),
    medical=Medical(history="一型糖尿病"),
    remarks="玄関の呼び鈴は光で知らせる",
)
Saying = tuple[str, str, Sequence[tuple[str, ...]]]
"""What must be said, in English and Japanese, and by which words: one of each group."""


def _says(t: Trial, w: World, text: str, sayings: Sequence[Saying]) -> None:
    """Check that the terms are shown whole, and that they say what the source asks to be told.

    The words are ours: a department may say the same in others, so that their lack alone warns.
    """
    written = read_profile(w.home).terms.text.ja
    t.check(
        "the terms are shown as the department wrote them",
        text.split() == written.split(),
        expected=written,
        seen=text,
        ja="消防本部が定めた規約の全文が示されている",
    )
    for en, ja, groups in sayings:
        lacking = [" / ".join(group) for group in groups if not any(w in text for w in group)]
        t.check(
            f"the terms say {en}",
            not lacking,
            expected=" + ".join(" / ".join(group) for group in groups),
            seen=f"without {', '.join(lacking)}" if lacking else "all of it",
            level=CheckLevel.DERIVED,
            ja=f"規約に、{ja}が書かれている",
        )


async def _logged_in(w: World, staff: Staff, name: str, **data: Any) -> tuple[OnPaper, Account]:
    told = form(w, mail=address_of(w, name), **data)
    person = await registered_on_paper(w, staff, paper(told))
    account = await w.account(person.keys)
    await account.log_in()
    return person, account


async def _account_page(w: World, person: OnPaper, account: Account) -> tuple[str, Shown]:
    """The mailed URL for a change, and what it shows."""
    await account.ask_account_mail()
    with w.trial.waiting("the mail with the URL for changes"):
        letter = await w.letter(person.application.data.mail, is_link)
    url = mailed_url(letter.urls)
    return url, await (await w.applicant()).open(url)


@purpose(
    id="TERMS-TOLD-UNION",
    requirements=("CNB-19", "CNB-52", "CNB-54", "CNB-55"),
    interfaces="AM",
    role=Role.REGISTRATION,
    needs=Needs(profile=UNION),
    title_ja="規約で、費用、端末とGPS、緊急連絡先の同意、個人情報の扱いが伝えられる",
    title_en="The terms tell costs, care of the handset, consent of contacts, and use of data",
    stimulus_ja="登録者が、メールで届いたURLを開き、示される規約を読む。",
    stimulus_en="A registrant opens the mailed URL and reads the terms that it shows.",
    expected_ja="無料で通信料は本人の負担であること、端末のロックとGPS、緊急連絡先に載せる人の同意、個人情報の使い道と"
    "開示・訂正・削除の受け付け先が書かれている。",
    expected_en="They say that use is free and communication at one's own cost, to lock the "
    "handset and keep GPS on, that contacts must have agreed, what the data are used for, "
    "and who takes requests for disclosure, correction and deletion.",
    why_ja="これらは利用者が守ることなので、読めるように示すほかに方法がない。",
    why_en="All of this lies with the users; it can only be told, where they read it.",
)
async def told_union(t: Trial, w: World) -> None:
    person, account = await _logged_in(w, await w.staff(), "reader")
    _, shown = await _account_page(w, person, account)
    _says(
        t,
        w,
        shown.terms,
        (
            (
                "that use is free and communication at the user's cost",
                "無料であることと通信費の負担",
                (("料金はかかりません", "無料"), ("通信料", "通信費")),
            ),
            (
                "to lock the handset and to keep GPS on",
                "端末のロックとGPSを有効にしておくこと",
                (("ロック",), ("GPS", "ＧＰＳ")),
            ),
            (
                "that emergency contacts must have agreed",
                "緊急連絡先に載せる人の同意",
                (("緊急連絡先",), ("同意",)),
            ),
            (
                "who takes requests for disclosure, correction and deletion",
                "開示・訂正・削除の求めの受け付け先",
                (("開示",), ("訂正",), ("削除",)),
            ),
        ),
    )


@purpose(
    id="CONTACT-TOLD",
    requirements=("ASO-31", "ASO-32"),
    interfaces="AM",
    role=Role.REGISTRATION,
    needs=Needs(profile="aso"),
    title_ja="申請から登録後まで、どの案内にも消防本部の連絡先があり、規約に費用と案内の範囲がある",
    title_en="From application to account everything names the department to ask; the terms tell "
    "costs and what it cannot advise on",
    stimulus_ja="空メールから申請、登録、ログインまで進み、届いたメール、開いたURL、アカウント、規約を読む。",
    stimulus_en="A person goes from the empty mail to the log-in and reads each mail, the opened "
    "URL, the account and the terms.",
    expected_ja="どれにも消防本部の連絡先がある。規約に、無料であること、通信料の負担、端末の操作は案内できないことがある。"
    "支払いはどこでも求められない。",
    expected_en="Each names the department's contact. The terms say that use is free, "
    "communication at one's own cost, and that the handset itself is not advised on. Nothing is "
    "asked to be paid.",
    why_ja="困ったときに聞く先がわからない人は、登録をあきらめる。",
    why_en="Who does not know whom to ask gives up.",
)
async def contact_told(t: Trial, w: World) -> None:
    staff = await w.staff()
    contact = read_profile(w.home).contact.ja
    person = Newcomer(w)
    shown = await person.begin()
    t.check(
        "the mailed URL names the contact",
        shown.contact == contact,
        expected=contact,
        seen=shown.contact,
        ja="メールのURLの画面に連絡先がある",
    )
    view = await (await person.logged_in(staff)).account()
    t.check(
        "the account names the contact",
        view.contact_ja == contact,
        expected=contact,
        seen=view.contact_ja,
        ja="アカウントに連絡先がある",
    )
    letters = await person.letters()
    silent = [letter.subject for letter in letters if contact not in letter.text]
    t.check(
        "every mail names the contact",
        bool(letters) and not silent,
        expected=f"{contact} in each of {len(letters)} mails",
        seen=f"not in {silent}" if silent else "in each",
        ja="どのメールにも連絡先がある",
    )
    _says(
        t,
        w,
        shown.terms,
        (
            (
                "that use is free and communication at the user's cost",
                "無料であることと通信費の負担",
                (("料金はかかりません", "無料"), ("通信料", "通信費")),
            ),
            (
                "that the department cannot advise on the handset itself",
                "端末そのものの操作は案内できないこと",
                (("端末",), ("案内できません", "案内することができません")),
            ),
        ),
    )
    asked = [letter.subject for letter in letters if PAYMENT.search(letter.text)]
    t.check(
        "no mail asks for a payment",
        not asked,
        expected="none",
        seen=asked or "none",
        ja="支払いを求めるメールがない",
    )


@purpose(
    id="REQUEST-OWN-DATA",
    requirements=("CNB-52",),
    interfaces="ACM",
    role=Role.REGISTRATION,
    needs=Needs(profile=UNION),
    timeout_s=60.0,
    title_ja="開示、訂正、削除の求めに応じられ、用途を告げない閲覧は断られる",
    title_en="Requests for disclosure, correction and deletion can be met; reading for no stated "
    "use is refused",
    stimulus_ja="職員が、用途を告げずに、次に開示の求めのために登録情報を見る。本人が訂正を申請し、職員が承認する。"
    "職員が、求めに応じて登録情報を削除する。",
    stimulus_en="Staff read a registration for no stated use, then for a request for disclosure. "
    "The person applies for a correction, which staff approve. On request staff delete the data.",
    expected_ja="用途のない閲覧は断られる。開示には登録されたすべてが示され、用途が記録に残る。訂正は登録に反映される。"
    "削除の後は、職員が探しても見つからず、氏名、住所、障害、連絡先などの何も残らず、ログインもできない。",
    expected_en="The reading for no stated use is refused. The disclosure shows all that is "
    "registered and is on record. The correction is in the record. After the deletion staff find "
    "nothing of the person, be it address, disability or contacts, and the log-in is refused.",
    why_ja="本人の情報を、本人の求めのとおりに扱えなければ、預かることはできない。",
    why_en="Data that cannot be shown, mended and removed on request must not be kept.",
)
async def own_data(t: Trial, w: World) -> None:
    staff = await w.staff()
    person, account = await _logged_in(w, staff, "asking", optional=_OPTIONAL)
    wanted = person.record.registrant_id
    try:
        await staff.record(wanted, "")
    except CallRefused as refusal:
        seen = refusal.code.value
    except UnexpectedAnswer as wrong:
        seen = str(wrong)
    else:
        seen = "shown"
    t.check(
        "reading for no stated use is refused",
        seen == Refusal.INVALID.value,
        expected=Refusal.INVALID.value,
        seen=seen,
        ja="用途のない閲覧が断られる",
    )
    use = "本人からの開示の求め"
    record = await staff.record(wanted, use)
    told = person.application
    t.check(
        "disclosure shows all that is registered",
        alike(record.application, told),
        expected=told,
        seen=record.application,
        ja="開示に、登録されたすべてが示される",
    )
    noted = [each.purpose for each in await staff.accesses(wanted)]
    t.check(
        "the disclosure is on record with its use",
        use in noted,
        expected=use,
        seen=noted,
        ja="開示とその用途が記録に残る",
    )
    await _corrected(t, w, staff, person, account)
    await _deleted(t, w, staff, person)


async def _corrected(t: Trial, w: World, staff: Staff, person: OnPaper, account: Account) -> None:
    url, _ = await _account_page(w, person, account)
    hand = await w.applicant()
    await hand.open(url)
    right = changed(person.application, disability="聴覚障害 1級")
    await hand.fill(right)
    t.require("the correction is taken", not await hand.submit())
    pending = await staff.record(person.record.registrant_id)
    t.require("it waits for review", pending.state is RegistrationState.CHANGE_PENDING)
    mended = await staff.decide(pending, Decision.APPROVE)
    t.check(
        "the correction is in the record",
        alike(mended.application, right),
        expected=right.data.disability,
        seen=mended.application.data.disability,
        ja="訂正が登録に反映される",
    )


def _personal(data: RegistrantData) -> set[str]:
    """Texts that name a person, or are said of one; none that could stand there otherwise."""
    optional = data.optional or OptionalData()
    illness = optional.medical.history if optional.medical is not None else None
    texts = (
        *(data.name, data.kana, data.mail, data.address.street, data.disability),
        *(optional.phone, optional.fax, optional.remarks, illness),
        *(text for each in optional.contacts for text in (each.name, each.phone)),
    )
    return {text for text in texts if text}


async def _deleted(t: Trial, w: World, staff: Staff, person: OnPaper) -> None:
    data = person.application.data
    record = await staff.record(person.record.registrant_id)
    told = {*_personal(data), *_personal(record.application.data)}
    left = (await staff.decide(record, Decision.DELETE)).model_dump_json()
    # That there is no record any more is as good.
    with contextlib.suppress(CallRefused, UnexpectedAnswer):
        left += (await staff.record(person.record.registrant_id)).model_dump_json()
    found = [row.name for word in (data.name, data.mail) for row in await staff.rows(query=word)]
    kept = sorted(text for text in told if text in left)
    t.check(
        "after the deletion staff find nothing",
        not found and not kept,
        expected="nothing that names the person, or was said of them and their contact",
        seen=[*found, *kept] or "nothing",
        ja="削除の後は、職員が探しても見つからず、何も残らない",
    )
    try:
        await w.handset(person.registered)
    except CallRefused as refusal:
        seen = refusal.code.value
    else:
        seen = "logged in"
    t.check(
        "after the deletion the log-in is refused",
        seen == Refusal.NOT_AUTHENTICATED.value,
        expected=Refusal.NOT_AUTHENTICATED.value,
        seen=seen,
        ja="削除の後は、ログインできない",
    )


@purpose(
    id="RECORD-OTHER-DEPARTMENT",
    requirements=("CNB-40",),
    derived=("CNB-40",),
    interfaces="C",
    role=Role.REGISTRATION,
    needs=Needs(profile=UNION, sibling=True),
    title_ja="登録情報を見られるのは登録地の職員だけで、一覧で見たことも記録に残る",
    title_en="Only the person's own department reads a registration, and a list leaves its entry, "
    "too",
    stimulus_ja="ほかの消防本部の職員が、登録情報と閲覧の記録を見ようとし、名前で探す。登録地の職員が一覧を見る。",
    stimulus_en="Staff of another department try to read a registration and its audit log, and "
    "search for the name. Staff of the person's own department read the list.",
    expected_ja="ほかの消防本部には何も示されない。登録地の記録には、一覧で見たことが、見た人の名前とともに残る。",
    expected_en="The other department is shown nothing. In the own one's log there is an entry for "
    "the list with the reader's name.",
    why_ja="保守と記録の保全のほかに、ほかの人の情報を見る理由はない。",
    why_en="Beyond maintenance and the keeping of records nobody has a reason to look.",
)
async def other_department(t: Trial, w: World) -> None:
    person = await w.register()
    wanted = person.credentials.registrant_id
    stranger = await w.staff(w.ground("sibling"))
    asked: tuple[tuple[str, str, Callable[[UUID], Awaitable[object]]], ...] = (
        ("another department cannot read the registration", "登録情報", stranger.record),
        ("another department cannot read its audit log", "閲覧の記録", stranger.accesses),
    )
    for name, ja, ask in asked:
        try:
            seen: object = await ask(wanted)
        except CallRefused as refusal:
            seen = refusal.code
        except UnexpectedAnswer as wrong:
            seen = str(wrong)
        t.check(
            name,
            isinstance(seen, Refusal),
            expected="a refusal",
            seen=seen,
            ja=f"ほかの消防本部は{ja}を見られない",
        )
    found = await stranger.rows(query=person.person.name)
    t.check(
        "another department's search does not find the person",
        wanted not in [row.registrant_id for row in found],
        expected="not found",
        seen=[row.name for row in found],
        ja="ほかの消防本部の検索では見つからない",
    )
    own = await w.staff()
    before = {entry.number for entry in await own.accesses(wanted)}
    listed = await own.rows()
    t.require("the list shows the person", [r for r in listed if r.registrant_id == wanted])
    new = [each for each in await own.accesses(wanted) if each.number not in before]
    lists = [each for each in new if each.action not in ("read", "audited") and each.actor.strip()]
    t.check(
        "reading the list is on record with the reader",
        bool(lists),
        expected="an entry with the reader's name",
        seen=[(each.action, each.actor) for each in new],
        ja="一覧で見たことが、見た人の名前とともに残る",
    )
