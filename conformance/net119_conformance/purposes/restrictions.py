"""What a department may do about a registrant: suspend, lift the suspension, strike off."""

from net119_protocol.api.records import Decision
from net119_protocol.api.staff import RegistrationState
from net119_protocol.codes import Kind, PlaceChoice, Refusal
from net119_simulators.errors import CallRefused, UnexpectedAnswer
from net119_simulators.mailbox import Letter
from net119_simulators.registration import CallPageKeys

from net119_conformance.catalogue import Role
from net119_conformance.drivers.actors import Handset
from net119_conformance.drivers.staff import Staff
from net119_conformance.paper_forms import OnPaper, address_of, registered_on_paper
from net119_conformance.purpose import purpose
from net119_conformance.purposes.paper import form, paper
from net119_conformance.trial import Trial
from net119_conformance.world.needs import Needs
from net119_conformance.world.profiles import read_profile
from net119_conformance.world.world import World

PROFILE = "chita-nanbu"
PRANK = "いたずらの通報が続いたため"
VOICE = "音声で通報できることが確認されたため"
DEVICE = "device-key-of-the-struck-off"
SUSPENDED = frozenset({Refusal.REGISTRANT_SUSPENDED.value, Refusal.REGISTRANT_REFUSED.value})
ENDED = frozenset({Refusal.NOT_AUTHENTICATED.value, Refusal.REGISTRANT_REFUSED.value})
"""The session may be gone with the registration, or still be known and call no more."""
REFUSED = frozenset(each.value for each in Refusal)


async def _person(w: World, staff: Staff, name: str) -> OnPaper:
    return await registered_on_paper(w, staff, paper(form(w, mail=address_of(w, name))))


async def _call(w: World, phone: Handset) -> tuple[str, str]:
    """What became of a call: taken or the code of the refusal; and other means, if named."""
    try:
        await phone.call(Kind.AMBULANCE, PlaceChoice.CURRENT, fix=w.fix_at(w.home))
    except CallRefused as refusal:
        return refusal.code.value, refusal.problem.other_means_ja or ""
    except UnexpectedAnswer as wrong:
        return str(wrong), ""
    return "taken", ""


async def _log_in(w: World, person: OnPaper) -> str:
    try:
        await w.handset(person.registered)
    except CallRefused as refusal:
        return refusal.code.value
    except UnexpectedAnswer as wrong:
        return str(wrong)
    return "logged in"


@purpose(
    id="RESTRICT-SUSPENDED",
    requirements=("CNB-34", "CNB-42", "ASO-20"),
    interfaces="ACM",
    role=Role.HOME,
    needs=Needs(profile=PROFILE),
    title_ja="利用を止められた登録者は理由と連絡先を知らされ、解除されると再び通報できる",
    title_en="A suspended registrant is told why and whom to ask, and can call again once it is "
    "lifted",
    stimulus_ja="職員が、本人の承諾なしに、理由を付けて一人の利用を一時停止する。本人が通報する。職員が停止を解き、"
    "本人が同じ端末でまた通報する。",
    stimulus_en="Staff suspend one registrant with a reason and without asking. The person calls. "
    "Staff lift the suspension, and the person calls again on the same handset.",
    expected_ja="停止中の通報は断られ、ほかの手段が示される。理由と消防本部の連絡先がメールで届き、"
    "読み直した記録に一時停止と理由が残っている。"
    "解除後の通報は受け付けられる。",
    expected_en="The call under suspension is refused with other means named. The reason and the "
    "department's contact come by mail, and the record, read anew, keeps the suspension and its "
    "reason. The later call is taken.",
    why_ja="理由も連絡先も知らされない人は、誤解を解くこともできない。",
    why_en="Who is not told why, and whom to ask, cannot clear up a mistake.",
)
async def suspended(t: Trial, w: World) -> None:
    staff = await w.staff()
    person = await _person(w, staff, "suspended")
    phone = await w.handset(person.registered)
    await staff.decide(person.record, Decision.SUSPEND, PRANK)
    stopped = await staff.record(person.record.registrant_id)
    t.check(
        "the record keeps the suspension and its reason",
        (stopped.state, stopped.reason) == (RegistrationState.SUSPENDED, PRANK),
        expected=f"suspended: {PRANK}",
        seen=f"{stopped.state.value}: {stopped.reason}",
        ja="記録に一時停止と理由が残る",
    )
    seen, means = await _call(w, phone)
    t.check(
        "the suspended registrant's call is refused",
        seen in SUSPENDED,
        expected=sorted(SUSPENDED),
        seen=seen,
        ja="停止中の通報が断られる",
    )
    t.check(
        "the refusal names other means",
        bool(means.strip()),
        expected="other means in Japanese",
        seen=means or "none",
        ja="断りに、ほかの手段が示される",
    )
    contact = read_profile(w.home).contact.ja

    def tells(letter: Letter) -> bool:
        return PRANK in letter.text and contact in letter.text

    await t.observe(
        "a mail tells the reason and whom to ask",
        w.letter(person.application.data.mail, tells),
        w.patience + 1,
        expected=f"{PRANK}; {contact}",
        ja="理由と連絡先がメールで届く",
    )
    await staff.decide(stopped, Decision.RESUME)
    again, _ = await _call(w, phone)
    t.check(
        "once it is lifted, the call is taken",
        again == "taken",
        expected="taken",
        seen=again,
        ja="解除後の通報が受け付けられる",
    )


@purpose(
    id="RESTRICT-STRUCK-OFF",
    requirements=("CNB-08", "CNB-42"),
    interfaces="ACM",
    role=Role.REGISTRATION,
    needs=Needs(profile=PROFILE),
    title_ja="登録を抹消された人は、ログインでも通報ページでも通報できない",
    title_en="A person struck off can call neither by log-in nor by the call page",
    stimulus_ja="登録者がログインし、通報ページを作り、変更用のURLをメールで受け取る。職員が、音声で通報できることを"
    "理由に登録を抹消する。本人が、そのままの端末、通報ページ、新しいログイン、メールのURLを順に試す。",
    stimulus_en="A registrant logs in, makes a call page and is mailed the URL for changes. Staff "
    "strike the registration off because the person can call by voice. The person tries the "
    "handset as it is, the call page, a new log-in and the mailed URL.",
    expected_ja="どれも断られ、通報には、ほかの手段が示される。読み直した記録に、抹消と理由が残っている。",
    expected_en="Everything is refused, and the call with other means named. The record, read "
    "anew, keeps what was done and why.",
    why_ja="一つでも使えるままだと、抹消したはずの古い登録情報で出動することになる。",
    why_en="Whatever goes on working sends crews by the data of a registration that has ended.",
)
async def struck_off(t: Trial, w: World) -> None:
    staff = await w.staff()
    person = await _person(w, staff, "struck")
    mail = person.application.data.mail
    account = await w.account(person.keys)
    await account.log_in()
    page = await account.new_call_page(DEVICE)
    phone = await w.handset(person.registered)
    await account.ask_account_mail()
    with t.waiting("the mail with the URL for changes"):
        letter = await w.letter(mail, lambda one: any("/r/" in url for url in one.urls))
    url = next(url for url in letter.urls if "/r/" in url)
    record = await staff.record(person.record.registrant_id)
    await staff.decide(record, Decision.CANCEL, VOICE)
    gone = await staff.record(person.record.registrant_id)
    t.check(
        "the record keeps what was done and why",
        (gone.state, gone.reason) == (RegistrationState.CANCELLED, VOICE),
        expected=f"cancelled: {VOICE}",
        seen=f"{gone.state.value}: {gone.reason}",
        ja="記録に抹消と理由が残る",
    )
    seen, means = await _call(w, phone)
    t.check(
        "a call with the open session is refused",
        seen in ENDED,
        expected=sorted(ENDED),
        seen=seen,
        ja="開いたままの端末からの通報が断られる",
    )
    t.check(
        "the refusal names other means",
        bool(means.strip()),
        expected="other means in Japanese",
        seen=means or "none",
        ja="断りに、ほかの手段が示される",
    )
    for name, ja, attempt in (
        ("the call page no longer opens", "通報ページが開かない", "page"),
        ("the log-in no longer works", "ログインできない", "log-in"),
        ("the mailed URL no longer opens", "メールのURLが開かない", "url"),
    ):
        outcome = await _attempt(w, person, attempt, page, url)
        t.check(
            name,
            outcome in REFUSED,
            expected="a refusal",
            seen=outcome,
            ja=ja,
        )


async def _attempt(w: World, person: OnPaper, way: str, page: str, url: str) -> str:
    """Try one of the ways that were open before; the code of the refusal, if it is one."""
    if way == "log-in":
        return await _log_in(w, person)
    try:
        if way == "page":
            await w.call_page(CallPageKeys(page, DEVICE))
        else:
            await (await w.applicant()).open(url)
    except CallRefused as refusal:
        return refusal.code.value
    except UnexpectedAnswer as wrong:
        return f"unexpected answer: {wrong}"
    return "opened"
