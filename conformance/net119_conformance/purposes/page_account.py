"""A registrant's own pages: whom to contact, and the personal call page of one device."""

from urllib.parse import urljoin

from net119_simulators.errors import UnexpectedAnswer
from net119_simulators.pages import Browser, Page
from net119_simulators.registration import MailedKeys, secret_of

from net119_conformance.at_pages import (
    LOG_IN,
    LOG_OUT,
    LOGIN_ID,
    MAKE_CALL_PAGE,
    PASSWORD,
    REPLACE,
    button_of,
    control_of,
    form_with,
    lacking,
    offers,
)
from net119_conformance.catalogue import Role
from net119_conformance.newcomer import Newcomer
from net119_conformance.purpose import purpose
from net119_conformance.trial import Trial
from net119_conformance.world.needs import Needs
from net119_conformance.world.profiles import read_profile
from net119_conformance.world.world import World

WORKS = 400
"""HTTP status from which on a page is an answer that says no."""


async def log_in(browser: Browser, keys: MailedKeys, password: str | None = None) -> Page:
    """Open the URL of the completion mail, and log in there."""
    page = await browser.open(keys.url)
    form = form_with(page, PASSWORD)
    form.fill(control_of(form, LOGIN_ID).name, keys.login_id)
    form.fill(control_of(form, PASSWORD).name, password or keys.password)
    return await browser.press(button_of(form, LOG_IN), form, force=True)


async def make_call_page(browser: Browser) -> str:
    """Make the call page from the menu, also where another stops working; empty if refused."""
    page = browser.page
    form = form_with(page, MAKE_CALL_PAGE)
    page = await browser.press(button_of(form, MAKE_CALL_PAGE), form)
    if offers(page, REPLACE):
        form = form_with(page, REPLACE)
        await browser.press(button_of(form, REPLACE), form)
    return _link_to_it(browser)


def _link_to_it(browser: Browser) -> str:
    """The URL of the call page that was made, from the page that tells it; empty if none does."""
    page = browser.page
    for link in page.links:
        url = urljoin(page.url, link.url)
        try:
            secret = secret_of(url)
        except UnexpectedAnswer:
            continue
        browser.keep_secret(secret)
        return url
    return ""


def _contact(w: World) -> str:
    return read_profile(w.home).contact.ja


@purpose(
    id="PAGE-WHOM-TO-ASK",
    requirements=("CNB-15",),
    interfaces="AM",
    role=Role.HOME,
    needs=Needs(profile="chita-nanbu"),
    timeout_s=60.0,
    title_ja="ログインできない画面に、連絡先が示される",
    title_en="The page of a failed log-in says whom to contact",
    stimulus_ja="登録された人が、誤ったパスワードでログインする。次に、通報ページのURLを別の端末で開く。",
    stimulus_en="A registrant logs in with a wrong password; then the URL of the call page is "
    "opened on another device.",
    expected_ja="どちらの画面にも、消防本部の連絡先がある。正しいパスワードではログインできる。",
    expected_en="Both pages show the department's contact. The right password logs in.",
    why_ja="理由がわからないまま使えない人は、誰に聞けばよいかを知る必要がある。",
    why_en="Who is locked out and does not know why has to know whom to ask.",
)
async def whom_to_ask(t: Trial, w: World) -> None:
    keys = await Newcomer(w).registered_on_paper(await w.staff())
    browser = await w.browser()
    page = await log_in(browser, keys, f"{keys.password[:-1]}!")
    t.check(
        "a wrong password is refused with whom to contact",
        offers(page, PASSWORD) and not lacking(page, (_contact(w),)),
        expected=f"the log-in again, with {_contact(w)}",
        seen=page.described(),
        ja="誤ったパスワードの画面に連絡先がある",
    )
    page = await log_in(browser, keys)
    t.check(
        "the right password logs in",
        offers(page, MAKE_CALL_PAGE),
        expected="the menu",
        seen=page.described(),
        ja="正しいパスワードでログインできる",
    )
    url = t.require("a call page is made", await make_call_page(browser))
    elsewhere = await (await w.browser()).open(url)
    t.check(
        "a call page on another device is refused with whom to contact",
        elsewhere.status >= WORKS and not lacking(elsewhere, (_contact(w),)),
        expected=f"a refusal, with {_contact(w)}",
        seen=elsewhere.described(),
        ja="別の端末で開いた通報ページに連絡先がある",
    )


@purpose(
    id="PAGE-CALL-PAGE",
    requirements=("TOM-19",),
    interfaces="AM",
    role=Role.HOME,
    needs=Needs(profile="tomakomai"),
    timeout_s=60.0,
    title_ja="メニューから作った通報ページは、ログアウトしても、そのURLで開く",
    title_en="The call page made from the menu opens by its URL, logged out or not",
    stimulus_ja="ログインしてメニューから通報ページを作り、開いて、ログアウトし、同じURLをもう一度開く。別の端末でも"
    "開いてみる。",
    stimulus_en="Somebody makes the call page from the menu, opens it, logs out and opens the same "
    "URL again. It is tried on another device, too.",
    expected_ja="本人の端末では、ログアウトしたあとも同じURLで本人の通報ページが開く。別の端末では開かず、"
    "氏名も示されない。",
    expected_en="On the own device the same URL opens the person's page, after the log-out too. "
    "On another device it does not open, and shows no name.",
    why_ja="緊急のときは、ホーム画面のアイコンから一度で開けなければならない。",
    why_en="In an emergency one press on the home screen has to be enough.",
)
async def call_page(t: Trial, w: World) -> None:
    person = Newcomer(w)
    keys = await person.registered(await w.staff())
    browser = await w.browser()
    await log_in(browser, keys)
    url = await make_call_page(browser)
    t.check(
        "the menu makes a call page with a URL of its own",
        bool(url),
        expected="a link to the call page",
        seen=url or browser.page.described(),
        ja="メニューから通報ページを作れる",
    )
    if not url:
        return
    menu = await browser.open(keys.url)
    form = form_with(menu, LOG_OUT)
    await browser.press(button_of(form, LOG_OUT), form)
    page = await browser.open(url)
    name = person.application.data.name
    t.check(
        "its URL opens the person's page after the log-out",
        page.status < WORKS and page.url == url and not lacking(page, (name,)),
        expected=f"the page of {name} at the same URL",
        seen=f"{page.url}: {page.described()}",
        ja="ログアウトしたあとも、同じURLで本人の通報ページが開く",
    )
    other = await (await w.browser()).open(url)
    t.check(
        "on another device it does not open",
        other.status >= WORKS and bool(lacking(other, (name,))),
        expected="a refusal without the name",
        seen=other.described(),
        ja="別の端末では開かない",
    )


@purpose(
    id="PAGE-SECOND-DEVICE",
    requirements=("CNB-10",),
    interfaces="AM",
    role=Role.HOME,
    needs=Needs(profile="tomakomai"),
    timeout_s=60.0,
    title_ja="二台目の端末で通報ページを作る前に聞かれ、前の端末にはそのことが示される",
    title_en="A second device is asked before it takes the call page; the first one is told",
    stimulus_ja="一台目で通報ページを作り、二台目でログインして作ろうとし、そのまま進め、できた通報ページを開く。"
    "一台目で通報ページを開く。",
    stimulus_en="The first device makes the call page, the second one logs in and goes on to make "
    "it, and opens it; then the first opens its page.",
    expected_ja="二台目では、一台目が使えなくなることが先に示される。作ると二台目で開き、一台目では、別の端末に"
    "移ったことが示される。",
    expected_en="The second device is first told that the other stops working. Then its page "
    "opens, and the first one's says that it has moved.",
    why_ja="使えなくなったことを知らない端末では、いざというとき通報できない。",
    why_en="A device that does not know that it is out cannot call when it matters.",
)
async def second_device(t: Trial, w: World) -> None:
    person = Newcomer(w)
    keys = await person.registered(await w.staff())
    first, second = await w.browser(), await w.browser()
    await log_in(first, keys)
    url = t.require("the first device has a call page", await make_call_page(first))
    menu = await log_in(second, keys)
    form = form_with(menu, MAKE_CALL_PAGE)
    asked = await second.press(button_of(form, MAKE_CALL_PAGE), form)
    t.check(
        "the second device is asked before the first one stops working",
        offers(asked, REPLACE) and not lacking(asked, ("ほかの端末",)),
        expected="a question that names the other device",
        seen=asked.described(),
        ja="二台目では、前の端末が使えなくなることが先に示される",
    )
    still = await first.open(url)
    t.check(
        "until then the first device's page opens",
        still.status < WORKS,
        expected="the call page",
        seen=still.described(),
        ja="それまでは、一台目の通報ページが開く",
    )
    if offers(asked, REPLACE):
        form = form_with(asked, REPLACE)
        await second.press(button_of(form, REPLACE), form)
    taken = _link_to_it(second)
    page = await second.open(taken) if taken else second.page
    name = person.application.data.name
    t.check(
        "the call page opens on the second device",
        bool(taken) and page.status < WORKS and not lacking(page, (name,)),
        expected=f"the page of {name}",
        seen=page.described(),
        ja="二台目で、通報ページが開く",
    )
    told = await first.open(url)
    t.check(
        "the first device is told that the call page has moved",
        told.status >= WORKS and not lacking(told, ("別の端末",)),
        expected="a page that says so",
        seen=told.described(),
        ja="一台目に、別の端末に移ったことが示される",
    )
