"""Change and stop through mailed URLs."""

from net119_protocol.api.records import Decision
from net119_protocol.api.registration import LinkPurpose
from net119_protocol.api.staff import RegistrationState
from net119_protocol.application import Application
from net119_protocol.codes import Refusal
from net119_simulators.applications import moved
from net119_simulators.registration import Account, CallPageKeys

from net119_conformance.catalogue import Role
from net119_conformance.drivers.staff import Staff
from net119_conformance.looking import looking
from net119_conformance.newcomer import DONE, Newcomer, alike, answer_to, changed, listed
from net119_conformance.purpose import purpose
from net119_conformance.purposes.account import DEVICE, from_page, handset_of
from net119_conformance.trial import Trial
from net119_conformance.world.needs import Needs
from net119_conformance.world.world import World

REASON = "新しい住所を確認できないため"


async def applied_for(person: Newcomer, url: str, application: Application) -> None:
    """Apply for a change at a mailed URL."""
    await person.open(url)
    hand = await person.hand()
    wrong = (*await hand.fill(application), *await hand.submit())
    person.w.trial.require(f"the change is taken {listed(wrong)}", not wrong)


async def _state(t: Trial, person: Newcomer, staff: Staff, name: str, ja: str, new: str) -> None:
    """The record has this street."""
    record = await person.record(staff)
    t.check(
        name,
        record.application.data.address.street == new,
        expected=new,
        seen=record.application.data.address.street,
        ja=ja,
    )


@purpose(
    id="CHANGE-REVIEWED",
    requirements=("TOM-20", "TOM-26"),
    interfaces="AMC",
    role=Role.REGISTRATION,
    needs=Needs(profile="tomakomai"),
    title_ja="変更は登録済みのアドレスに届くURLから申請し、審査を経て、結果がメールで届く",
    title_en="A change goes by a URL mailed to the address on record, is reviewed, and told by "
    "mail",
    stimulus_ja="メニューから変更のメールを求め、URLから住所の変更を申請する。職員が却下する。"
    "もう一度申請し、職員が承認する。",
    stimulus_en="From the menu a person asks for the mail and applies for a new address at its "
    "URL; "
    "staff reject it. The same again, and staff approve it.",
    expected_ja="審査の前と却下の後は前の住所のままで、承認の後は新しい住所になる。職員には変更の前後が見え、"
    "どちらの結果もメールで届く。",
    expected_en="Before the review and after the rejection the old address stands, after the "
    "approval "
    "the new one; staff see before and after, and both results are mailed.",
    why_ja="確かめていない住所に変わると、誤った場所へ出動する。",
    why_en="An address that nobody checked sends the crew to the wrong place.",
)
async def reviewed(t: Trial, w: World) -> None:
    staff = await w.staff()
    person = Newcomer(w)
    account = await person.logged_in(staff)
    url = await person.account_url(account)
    shown = await person.open(url)
    t.check(
        "the URL shows what is registered",
        shown.purpose is LinkPurpose.ACCOUNT and alike(shown.application, person.application),
        expected="the registered data, to be changed or stopped",
        seen=f"{shown.purpose.value}, "
        f"{'the same' if alike(shown.application, person.application) else 'other'} data",
        ja="URLで登録内容が見える",
    )
    hand = await person.hand()
    same = (*await hand.fill(person.application), *await hand.submit())
    t.check(
        "a change that changes nothing is refused",
        bool(same),
        expected="a problem",
        seen=listed(same),
        level="should",
        ja="何も変えない変更は断られる",
    )
    bad = await hand.fill(changed(person.application, mail="a--b@m.phone.example"))
    t.check(
        "a new address that breaks the rule is refused",
        any(each.path == "data.mail" for each in bad),
        expected="a problem at data.mail",
        seen=listed(bad),
        ja="決まりに合わない新しいアドレスは断られる",
    )
    new = moved(person.application, "change")
    before, after = (each.data.address.street for each in (person.application, new))
    await applied_for(person, url, new)
    record = await person.settled(staff)
    seen = [(each.path, each.before, each.after) for each in record.changes]
    t.check(
        "staff see the changed item before and after",
        record.state is RegistrationState.CHANGE_PENDING
        and ("data.address.street", before, after) in seen,
        expected=f"change-pending, data.address.street: {before} -> {after}",
        seen=f"{record.state.value}, {seen}",
        ja="職員に、変わる項目の前後が見える",
    )
    name, ja = "before the review the old address stands", "審査の前は前の住所のままである"
    await _state(t, person, staff, name, ja, before)
    await person.decided(staff, Decision.REFUSE, REASON)
    await t.observe(
        "the rejection is mailed with its reason",
        person.next_letter(lambda letter: REASON in letter.text),
        w.patience + 1,
        expected=f"a mail with: {REASON}",
        ja="却下が理由とともにメールで届く",
    )
    name, ja = "after the rejection the old address stands", "却下の後は前の住所のままである"
    await _state(t, person, staff, name, ja, before)
    await applied_for(person, await person.account_url(account), new)
    await person.decided(staff, Decision.APPROVE)
    await t.observe(
        "the approval is mailed",
        person.next_letter(),
        w.patience + 1,
        expected="a mail",
        ja="承認がメールで届く",
    )
    name, ja = "after the approval the new address stands", "承認の後は新しい住所になる"
    await _state(t, person, staff, name, ja, after)


@purpose(
    id="STOP-BY-MAIL",
    requirements=("TOM-21", "TOM-22", "TOM-26"),
    interfaces="AMC",
    role=Role.REGISTRATION,
    needs=Needs(profile="tomakomai"),
    title_ja="停止はURLを開いただけでは起こらず、確かめた後に審査なしで効力を生じる",
    title_en="A stop needs more than opening the URL, then takes effect without review",
    stimulus_ja="ログインした端末と通報ページを開いたまま、メニューから停止のメールを求め、URLを開き、どちらからも"
    "通報する。次に停止を確定する。通報ページ、ログイン、開いたままの通報ページと端末からの通報、"
    "開いたままの画面を試す。",
    stimulus_en="With a handset logged in and a call page open, a person asks for the mail from "
    "the menu, opens its URL, and calls from both; then confirms the stop. The call page, the "
    "log-in, calls from the page and the handset that stayed open, and the open session are tried.",
    expected_ja="開いただけでは通報できるままである。確定すると、職員の操作なしに停止してメールが届き、"
    "どの方法でも通報できない。",
    expected_en="Opened only, everything works as before. Confirmed, the registration has stopped "
    "without any act of staff, a mail says so, and no way is left to call.",
    why_ja="やめた人の古い情報で出動することも、まちがって押しただけで通報できなくなることも防ぐ。",
    why_en="Neither outdated data nor a slip of the finger may decide whether a crew comes.",
)
async def stop(t: Trial, w: World) -> None:
    staff = await w.staff()
    person = Newcomer(w)
    keys = await person.registered(staff)
    account = await w.account(keys)
    await account.log_in()
    page = await account.new_call_page(DEVICE)
    phone = await handset_of(w, person, keys)
    at_page = await w.call_page(CallPageKeys(page, DEVICE))
    url = await person.account_url(account)
    await person.open(url)
    called = tuple([await answer_to(w.call_from(each, w.home)) for each in (phone, at_page)])
    t.check(
        "the opened URL alone stops nothing",
        called == (DONE, DONE),
        expected="both calls are taken",
        seen=called,
        ja="URLを開いただけでは停止しない",
    )
    await person.settled(staff)
    hand = await person.hand()
    stopped = await answer_to(hand.stop())
    t.check("the stop is taken", stopped == DONE, expected=DONE, seen=stopped, ja="停止できる")
    record = await person.record(staff)
    t.check(
        "the registration has stopped without an act of staff",
        record.state is RegistrationState.STOPPED,
        expected="stopped",
        seen=record.state.value,
        ja="職員の操作なしに停止している",
    )
    await t.observe(
        "the stop is mailed",
        person.next_letter(),
        w.patience + 1,
        expected="a mail",
        ja="停止がメールで届く",
    )
    again = await answer_to((await w.account(keys)).log_in())
    tries = (
        ("the call page no longer works", "通報ページは使えない", await from_page(w, page)),
        (
            "a call page that was open no longer calls",
            "開いたままの通報ページから通報できない",
            await answer_to(w.call_from(at_page, w.home)),
        ),
        (
            "a handset that was logged in no longer calls",
            "ログインしたままの端末から通報できない",
            await answer_to(w.call_from(phone, w.home)),
        ),
        ("the ID no longer works", "IDは使えない", again),
        (
            "the open session no longer works",
            "開いた画面は使えない",
            await answer_to(_use(account)),
        ),
    )
    for name, ja, seen in tries:
        t.check(name, seen != DONE, expected="a refusal", seen=seen, level="derived", ja=ja)


async def _use(account: Account) -> None:
    await account.account()


@purpose(
    id="CHANGE-DEVICE-BLOCKS",
    requirements=("ASO-12",),
    interfaces="AMC",
    role=Role.REGISTRATION,
    needs=Needs(profile="aso"),
    title_ja="機種変更を申請した時から、前の端末では通報できない",
    title_en="From the application for a change of device on, the old device cannot call",
    stimulus_ja="前の端末で、ログインした画面と通報ページから通報する。機種変更を申請し、審査の前に"
    "もう一度、同じ方法とログインを試みる。",
    stimulus_en="The old device calls from an open session and from its call page. A change of "
    "device "
    "is applied for; before the review both are tried again, and a log-in.",
    expected_ja="申請の前は通報でき、申請した後はどの方法でもできない。",
    expected_en="Before the application the calls are taken, from then on nothing of it.",
    why_ja="手放した端末を手にした他人が、本人として通報できてしまう。",
    why_en="Whoever gets hold of the old device would call in that person's name.",
)
async def device_blocks(t: Trial, w: World) -> None:
    staff = await w.staff()
    person = Newcomer(w)
    keys = await person.registered(staff)
    account = await w.account(keys)
    await account.log_in()
    page = await account.new_call_page(DEVICE)
    phone = await handset_of(w, person, keys)
    before = (await answer_to(w.call_from(phone, w.home)), await from_page(w, page))
    t.check(
        "before the application the old device calls",
        before == (DONE, DONE),
        expected="both calls taken",
        seen=before,
        ja="申請の前は、前の端末で通報できる",
    )
    new = changed(person.application, device="別の会社のスマートフォン")
    await applied_for(person, await person.account_url(account), new)
    record = await person.record(staff)
    t.require("the change waits for review", record.state is RegistrationState.CHANGE_PENDING)
    tries = (
        (
            "the open session can no longer call",
            "開いた画面から通報できない",
            await answer_to(w.call_from(phone, w.home)),
        ),
        (
            "the call page can no longer call",
            "通報ページから通報できない",
            await from_page(w, page),
        ),
        (
            "the ID no longer logs in",
            "ログインできない",
            await answer_to((await w.account(keys)).log_in()),
        ),
    )
    refused = {
        Refusal.NOT_AUTHENTICATED.value,
        Refusal.REGISTRANT_REFUSED.value,
        Refusal.CALL_PAGE_DEVICE_CHANGE.value,
    }
    for name, ja, seen in tries:
        t.check(name, seen in refused, expected=sorted(refused), seen=seen, ja=ja)


@purpose(
    id="CHANGE-MAIL-AT-ONCE",
    requirements=("CNB-32",),
    derived=("CNB-32",),
    interfaces="AMC",
    role=Role.HOME,
    needs=Needs(profile="chita-nanbu"),
    title_ja="メールアドレスの変更が承認されたら、直ちに新しいアドレスを使う",
    title_en="Once a new mail address is approved, it is used at once",
    stimulus_ja="メールアドレスの変更を申請する。承認した直後に、登録を一時停止する。",
    stimulus_en="A change of the mail address is applied for; right after its approval the "
    "registration is suspended.",
    expected_ja="承認までのメールは前のアドレスに、一時停止のメールは新しいアドレスに届く。",
    expected_en="Mail until the approval reaches the old address, that of the suspension the new "
    "one.",
    why_ja="前のアドレスに送られた呼び返しメールは、通報した人に届かない。",
    why_en="A callback mail to the old address never reaches the caller.",
)
async def mail_at_once(t: Trial, w: World) -> None:
    staff = await w.staff()
    person = Newcomer(w)
    account = await person.logged_in(staff, on_paper=True)
    address = f"new@{w.home.department}.phone.example"
    new = changed(person.application, mail=address)
    url = await person.account_url(account)
    applied = looking(w)
    await applied_for(person, url, new)
    early = await w.letters(address, applied.left())
    t.check(
        "until the approval nothing goes to the new address",
        not early,
        expected="no mail",
        seen=[letter.subject for letter in early],
        ja="承認まで、新しいアドレスには何も届かない",
    )
    approved = await person.decided(staff, Decision.APPROVE)
    reason = "確認のため"
    suspended = looking(w)
    await staff.decide(approved, Decision.SUSPEND, reason)
    await t.observe(
        "mail goes to the new address at once",
        w.letter(address, lambda letter: reason in letter.text),
        w.patience + 1,
        expected=f"a mail with: {reason}",
        ja="直ちに新しいアドレスに届く",
    )
    await t.observe_nothing(
        "no more mail goes to the old address",
        person.next_letter(lambda letter: reason in letter.text),
        suspended.left(),
        expected="no mail about the suspension",
        ja="前のアドレスには届かない",
    )
