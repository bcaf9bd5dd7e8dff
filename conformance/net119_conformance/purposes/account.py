"""A registrant's log-in, and the personal call page of one device."""

from dataclasses import replace
from uuid import UUID

from net119_protocol.api.problems import Problem
from net119_protocol.api.records import Decision
from net119_protocol.api.staff import Credentials
from net119_protocol.codes import Refusal
from net119_simulators.registration import CallPageKeys, MailedKeys, secret_of
from net119_simulators.registration.urls import mistyped

from net119_conformance.catalogue import Role
from net119_conformance.drivers.actors import Console, Handset, HandsetCall
from net119_conformance.newcomer import DONE, Newcomer, answer_to, is_address_of, refusal_of
from net119_conformance.purpose import purpose
from net119_conformance.trial import Trial
from net119_conformance.world.needs import Needs
from net119_conformance.world.profiles import read_profile
from net119_conformance.world.world import Registered, World

DEVICE, SECOND_DEVICE = "device-key-of-the-first", "device-key-of-the-second"
PAGES = 6
LEAST_SECRET = 22
"""Characters that hold 128 bits if each is one of 64."""


async def handset_of(w: World, person: Newcomer, keys: MailedKeys) -> Handset:
    """A handset that logs in with what the completion mail says."""
    log_in = Credentials(registrant_id=UUID(int=0), login_id=keys.login_id, password=keys.password)
    return await w.handset(Registered(person.application.data, log_in, w.home.department))


async def _call(w: World, url: str, device: str) -> HandsetCall:
    return await w.call_from(await w.call_page(CallPageKeys(url, device)), w.home)


async def from_page(w: World, url: str, device: str = DEVICE) -> str:
    """What comes of a call from a call page: done, or the code of the refusal."""
    return await answer_to(_call(w, url, device))


@purpose(
    id="ACCOUNT-LOG-IN",
    requirements=("TOM-18",),
    interfaces="AMC",
    role=Role.REGISTRATION,
    needs=Needs(profile="tomakomai"),
    title_ja="登録完了メールのURL、ID、パスワードで使い始められる",
    title_en="URL, ID and password of the completion mail open the service",
    stimulus_ja="承認された人が、メールのIDと誤ったパスワードで、次に正しいパスワードでログインし、通報する。",
    stimulus_en="An approved person logs in with a wrong password, then with what the mail says, "
    "and "
    "calls.",
    expected_ja="メールにURLとID、パスワードがある。誤ったパスワードは断られ、正しいもので通報できる。",
    expected_en="The mail holds URL, ID and password; the wrong password is refused, with the "
    "right "
    "one the call is taken.",
    why_ja="通報できるのは、このIDとパスワードを持つ人だけである。",
    why_en="Only who has these keys can call.",
)
async def log_in(t: Trial, w: World) -> None:
    staff = await w.staff()
    person = Newcomer(w)
    keys = await person.registered(staff)
    t.check(
        "the completion mail holds URL, ID and password",
        keys.url.startswith("https://") and bool(keys.login_id and keys.password),
        expected="a URL with https, an ID and a password",
        seen=f"{keys.url}, {len(keys.login_id)} and {len(keys.password)} characters",
        ja="登録完了メールにURLとID、パスワードがある",
    )
    wrong = await w.account(replace(keys, password=f"{keys.password}x"))
    refused = await answer_to(wrong.log_in())
    t.check(
        "a wrong password is refused",
        refused == Refusal.NOT_AUTHENTICATED.value,
        expected=Refusal.NOT_AUTHENTICATED.value,
        seen=refused,
        ja="誤ったパスワードは断られる",
    )
    account = await w.account(keys)
    right = await answer_to(account.log_in())
    t.check(
        "the mailed password logs in",
        right == DONE,
        expected=DONE,
        seen=right,
        ja="メールのパスワードでログインできる",
    )
    shown = await t.observe(
        "the account is that of the person",
        account.account(),
        w.patience,
        expected=person.mail,
        ja="ログインした人の登録である",
    )
    if shown is not None:
        t.check(
            "the account has the address that applied",
            is_address_of(shown.mail, person.mail),
            expected=person.mail,
            seen=shown.mail,
            ja="申請したアドレスの登録である",
        )
    phone = await handset_of(w, person, keys)
    called = await answer_to(w.call_from(phone, w.home))
    t.check("a call is taken", called == DONE, expected=DONE, seen=called, ja="通報できる")


@purpose(
    id="ACCOUNT-WHOM-TO-ASK",
    requirements=("CNB-15",),
    interfaces="AMC",
    role=Role.HOME,
    needs=Needs(profile="chita-nanbu"),
    title_ja="認証できない利用者に、連絡先を示す",
    title_en="Whoever cannot be authenticated is told whom to contact",
    stimulus_ja="誤ったパスワードでログインし、通報ページを別の端末で開き、一時停止された人が通報し、"
    "取り消された人がログインする。",
    stimulus_en="A log-in with a wrong password, a call page on another device, a call after a "
    "suspension, and a log-in after a cancellation.",
    expected_ja="どれも断られ、消防本部の連絡先が示される。",
    expected_en="Each is refused, with the department's contact.",
    why_ja="理由がわからないまま通報できない人は、誰に聞けばよいかを知る必要がある。",
    why_en="Who cannot call and does not know why has to know whom to ask.",
)
async def whom_to_ask(t: Trial, w: World) -> None:
    staff = await w.staff()
    person = Newcomer(w)
    keys = await person.registered_on_paper(staff)
    account = await w.account(keys)
    await account.log_in()
    page = await account.new_call_page(DEVICE)
    phone = await handset_of(w, person, keys)
    wrong = await w.account(replace(keys, password=f"{keys.password}x"))
    _told(t, w, "a wrong password", "誤ったパスワード", await refusal_of(wrong.log_in()))
    other = w.call_page(CallPageKeys(page, SECOND_DEVICE))
    _told(t, w, "a call page on another device", "別の端末の通報ページ", await refusal_of(other))
    await person.decided(staff, Decision.SUSPEND, "確認のため")
    call = w.call_from(phone, w.home)
    _told(t, w, "a suspended registration", "一時停止された登録", await refusal_of(call))
    await person.decided(staff, Decision.CANCEL, "転居のため")
    again = await w.account(keys)
    _told(t, w, "a cancelled registration", "取り消された登録", await refusal_of(again.log_in()))


def _told(t: Trial, w: World, what: str, ja: str, refused: Problem | None) -> None:
    contact = read_profile(w.home).contact.ja
    t.check(
        f"{what} is refused with whom to contact",
        refused is not None and refused.contact_ja == contact,
        expected=f"a refusal, contact: {contact}",
        seen="no refusal" if refused is None else f"{refused.code.value}: {refused.contact_ja}",
        ja=f"{ja}は断られ、連絡先が示される",
    )


@purpose(
    id="CALLPAGE-FROM-MENU",
    requirements=("TOM-19",),
    interfaces="AMC",
    role=Role.HOME,
    needs=Needs(profile="tomakomai"),
    title_ja="自分専用の通報ページを作り、そのURLから何度でも通報できる",
    title_en="A personal call page is made, and its URL is good for calls again and again",
    stimulus_ja="ログインして通報ページを作り、ログアウトする。そのURLを開いて通報し、開き直してもう一度通報する。",
    stimulus_en="Somebody logs in, makes a call page and logs out; then opens its URL and calls, "
    "and "
    "opens it once more and calls.",
    expected_ja="ログインしていなくても、二度とも通報が受け付けられる。",
    expected_en="Both calls are taken without a log-in.",
    why_ja="緊急のときにIDとパスワードを打ち込む余裕はない。",
    why_en="In an emergency nobody has the time to type an ID and a password.",
)
async def from_menu(t: Trial, w: World) -> None:
    account = await Newcomer(w).logged_in(await w.staff())
    page = await account.new_call_page(DEVICE)
    await account.log_out()
    left = await answer_to(account.account())
    t.check(
        "the log-in has ended",
        left == Refusal.NOT_AUTHENTICATED.value,
        expected=Refusal.NOT_AUTHENTICATED.value,
        seen=left,
        ja="ログアウトしている",
    )
    for number, ja in (("first", "一度目"), ("second", "二度目")):
        called = await from_page(w, page)
        t.check(
            f"the {number} call from the page is taken",
            called == DONE,
            expected=DONE,
            seen=called,
            ja=f"{ja}の通報が受け付けられる",
        )


@purpose(
    id="CALLPAGE-SECRET",
    requirements=("CNB-25", "ASO-14"),
    derived=("CNB-25",),
    interfaces="AMC",
    role=Role.REGISTRATION,
    needs=Needs(profile="aso"),
    title_ja="通報ページのURLは本人を表し、推測できず、無効にできる",
    title_en="A call page's URL stands for its person, cannot be guessed, and can be revoked",
    stimulus_ja=f"二人が通報ページを作る。一人は{PAGES}回作り直す。URLを一文字変えて開き、無効にした後に開き、"
    "もう一人のページを開く。",
    stimulus_en=f"Two people make call pages, one of them {PAGES} in turn. One opens the URL with "
    "a "
    "character changed, then after revoking it, then the other's page is opened.",
    expected_ja="作られたURLはどれも異なり、十分に長い。変えたURLと無効にしたURLは断られ、"
    "もう一人のページでは通報できる。どちらの通報も、指令台にはページを作った本人のものとして出る。",
    expected_en="All URLs are different and long enough; the changed and the revoked one are "
    "refused, the other person's page goes on to work. Each call is at the console as that of "
    "whoever made its page.",
    why_ja="URLを知った他人が、本人として通報できてしまう。",
    why_en="Whoever knows the URL calls in that person's name.",
)
async def secret(t: Trial, w: World) -> None:
    staff, console = await w.staff(), await w.console()
    person, neighbour = Newcomer(w, "1"), Newcomer(w, "2")
    account = await person.logged_in(staff)
    other = await (await neighbour.logged_in(staff)).new_call_page(DEVICE)
    made = [await account.new_call_page(DEVICE) for _ in range(PAGES)]
    secrets = [secret_of(url) for url in (*made, other)]
    shortest = min(map(len, secrets))
    starts = {each[:8] for each in secrets}
    t.check(
        "the URLs have nothing in common, and are too long to be guessed",
        len(starts) == len(secrets) and shortest >= LEAST_SECRET,
        expected=f"{len(secrets)} different beginnings, {LEAST_SECRET} characters or more",
        seen=f"{len(starts)} different beginnings, {shortest} characters",
        level="derived",
        ja="URLはどれも異なり、推測できない長さである",
    )
    page = made[-1]
    await _calls_for(t, w, console, page, person, "the page calls", "通報ページから通報できる")
    for name, ja, url in (
        ("a URL with one character changed is refused", "一文字変えたURL", mistyped(page)),
        ("the URL of an earlier page is refused", "前に作ったURL", made[0]),
    ):
        seen = await from_page(w, url)
        t.check(name, seen != DONE, expected="a refusal", seen=seen, ja=f"{ja}は断られる")
    await account.revoke_call_page()
    seen = await from_page(w, page)
    t.check(
        "a revoked URL is refused",
        seen != DONE,
        expected="a refusal",
        seen=seen,
        level="derived",
        ja="無効にしたURLは断られる",
    )
    name, ja = "another person's page goes on to work", "別の人のページは使える"
    await _calls_for(t, w, console, other, neighbour, name, ja)


async def _calls_for(
    t: Trial, w: World, console: Console, url: str, person: Newcomer, name: str, ja: str
) -> None:
    """Check that a call page calls, and that the console has the call as this person's."""
    calls: list[HandsetCall] = []

    async def call() -> None:
        calls.append(await _call(w, url, DEVICE))

    seen = await answer_to(call())
    t.check(name, seen == DONE, expected=DONE, seen=seen, ja=ja)
    if not calls:
        return
    with t.waiting("the call at the console"):
        shown = await console.wait_for_call(calls[0].id, w.patience)
    t.check(
        f"{name}, and stands for its own person",
        is_address_of(shown.registrant.mail, person.mail),
        expected=person.mail,
        seen=shown.registrant.mail,
        ja=f"{ja}。通報は、そのページを作った人のものである",
    )


@purpose(
    id="CALLPAGE-ONE-DEVICE",
    requirements=("CNB-10",),
    interfaces="AMC",
    role=Role.REGISTRATION,
    needs=Needs(profile="chita-nanbu"),
    title_ja="一つの登録を使えるのは、一台の端末だけである",
    title_en="A registration serves one device",
    stimulus_ja="一台目で通報ページを作る。二台目で作ろうとし、一台目のURLを二台目で開く。一台目で通報する。",
    stimulus_en="A call page is made on one device; a second device asks for one, and opens the "
    "first one's URL; then the first one calls.",
    expected_ja="二台目ではどちらもできず、一台目で通報できる。",
    expected_en="The second device gets neither; the first one calls.",
    why_ja="一つの登録から複数の端末が通報すると、消防本部は誰を探せばよいかわからない。",
    why_en="Calls of several devices under one name leave it open whom to look for.",
)
async def one_device(t: Trial, w: World) -> None:
    account = await Newcomer(w).logged_in(await w.staff(), on_paper=True)
    page = await account.new_call_page(DEVICE)
    second = await answer_to(account.new_call_page(SECOND_DEVICE))
    t.check(
        "a second device gets no call page",
        second != DONE,
        expected="a refusal",
        seen=second,
        ja="二台目では通報ページを作れない",
    )
    elsewhere = await from_page(w, page, SECOND_DEVICE)
    t.check(
        "the URL does not work on the second device",
        elsewhere != DONE,
        expected="a refusal",
        seen=elsewhere,
        ja="一台目のURLは二台目で使えない",
    )
    called = await from_page(w, page)
    t.check(
        "the first device calls",
        called == DONE,
        expected=DONE,
        seen=called,
        ja="一台目で通報できる",
    )
