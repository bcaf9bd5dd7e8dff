"""Feature phones with which no call can be made, or only a risky one: what their pages say."""

from urllib.parse import urlsplit

from net119_protocol.codes import CloseOutcome, Kind, LinkSecurity
from net119_simulators.handsets.position_link import NoPosition
from net119_simulators.handsets.walk_mobile import KINDS
from net119_simulators.handsets.walking import landed_on
from net119_simulators.pages import Page

from net119_conformance.at_phones import (
    DOCOMO,
    DOCOMO_WITHOUT_SHA2,
    NO_WAY_ON,
    OTHER_MEANS,
    STEP_S,
    ended_of,
    logged_in,
    names_other_means,
    walking,
    without_position,
    words_of,
)
from net119_conformance.catalogue import Role
from net119_conformance.checks import CheckLevel
from net119_conformance.new_calls import NewCalls, no_other_came
from net119_conformance.purpose import purpose
from net119_conformance.trial import Trial
from net119_conformance.world.needs import Needs
from net119_conformance.world.world import World

_WRONG = "wrong-password-1"
_WORDS = " / ".join(OTHER_MEANS)


@purpose(
    id="MOBILE-POSITIONING-OFF",
    requirements=("ASO-10", "CNB-13"),
    derived=("ASO-10", "CNB-38"),
    interfaces="AC",
    role=Role.HOME,
    needs=Needs(phones=True, profile="aso"),
    timeout_s=120.0,
    title_ja="測位を切ったフィーチャーフォンは、通報できない理由と、有効にする方法を示される",
    title_en="With positioning off a feature phone learns why it cannot call, and how to enable it",
    stimulus_ja="測位を切った端末で現在地から通報しようとし、位置情報がオフだと答える。続けて、測位を"
    "有効にして通報する。",
    stimulus_en="With positioning off, a phone tries to call from where it is, and says that it is "
    "off; then positioning is switched on and it calls.",
    expected_ja="オフの間の通報は後からも鳴らず、有効にする方法、相談先、ほかの手段が示される。有効にすれば"
    "通報できる。",
    expected_en="While it is off no call rings, not even later; the page tells how to switch "
    "it on, whom to ask and the other means. Once it is on the call is taken.",
    why_ja="理由がわからなければ、直せるはずの設定のために助けを呼べない。",
    why_en="Without the reason, a setting that could be changed at once keeps help away.",
)
async def positioning_off(t: Trial, w: World) -> None:
    console = await w.console()
    new = await NewCalls.since_now(w, console)
    who = await w.register()
    walk = await walking(w, without_position(DOCOMO))
    browser = walk.phone.browser

    async def refused() -> Page:
        await logged_in(w, walk, who)
        landed_on(await browser.follow("/new"), "m-kind")
        landed_on(await browser.follow(KINDS[Kind.AMBULANCE]), "m-place")
        landed_on(await browser.follow("/current"), "m-locate")
        try:
            return await walk.phone.tell_position()
        except NoPosition:
            return await browser.follow("/off")

    page = await t.observe(
        "with positioning off the phone gets an answer",
        refused(),
        STEP_S,
        expected="a page",
        refusals=NO_WAY_ON,
        ja="測位を切った端末に、画面が示される",
    )
    if page is None:
        return
    rung = await new.now()
    t.check(
        "with positioning off the phone is refused a call",
        page.name == "m-refused" and not rung,
        expected="m-refused, and no call at the console",
        seen=f"{page.described()}; {len(rung)} calls",
        ja="測位を切った端末の通報は断られる",
    )
    said = page.text
    t.check(
        "the page tells how to switch positioning on",
        any(each in said for each in ("位置情報", "GPS", "位置提供"))
        and any(each in said for each in ("オン", "有効")),
        expected="位置情報 / GPS, オン / 有効",
        seen=said,
        level=CheckLevel.DERIVED,
        ja="測位を有効にする方法が示される",
    )
    asks = words_of(page, "#contact")
    t.check(
        "the page tells whom to ask",
        bool(asks) and any(each.isdigit() for each in asks),
        expected="a contact with a number",
        seen=asks or "none",
        level=CheckLevel.DERIVED,
        ja="相談先が示される",
    )
    t.check(
        "the page names another means of calling",
        names_other_means(page),
        expected=_WORDS,
        seen=said,
        level=CheckLevel.DERIVED,
        ja="ほかの手段が示される",
    )
    able = await walking(w, DOCOMO)

    async def taken() -> Page:
        await logged_in(w, able, who)
        # Of another kind, so that the one that was refused is not taken for it.
        return (await able.call(Kind.FIRE)).page

    chat = await t.observe(
        "with positioning on the call is taken",
        taken(),
        STEP_S,
        expected="the page of the chat",
        refusals=NO_WAY_ON,
        ja="測位を有効にすれば通報できる",
    )
    if chat is None:
        return
    call = await t.observe(
        "with positioning on the call rings",
        new.rung(lambda each: each.kind is Kind.FIRE),
        w.patience + 1,
        expected="a call",
        ja="測位を有効にした通報が鳴る",
    )
    if call is not None:
        await no_other_came(
            t,
            new,
            [call.call_id],
            "the call without positioning does not ring later, either",
            ja="測位を切った端末の通報は、後からも鳴らない",
        )


@purpose(
    id="MOBILE-PLAINTEXT-WARNING",
    derived=("ASO-08",),
    interfaces="AC",
    role=Role.HOME,
    needs=Needs(phones=True, profile="aso"),
    timeout_s=120.0,
    title_ja="暗号化できないフィーチャーフォンの画面は、通報の前から、そのことを警告する",
    title_en="On a feature phone that cannot encrypt, every page warns of it, before the call too",
    stimulus_ja="SHA-2の証明書を確かめられない端末で、平文でログインし通報する。暗号化できる端末でも"
    "同じようにする。",
    stimulus_en="A phone that cannot verify SHA-2 certificates logs in and calls in plaintext; one "
    "that can encrypt does the same.",
    expected_ja="平文では、最初の画面、ログイン、メニュー、チャットのどれにも警告があり、指令台に平文と"
    "示される。暗号化した画面に警告はなく、指令台に暗号化と示される。",
    expected_en="In plaintext the first page, the log-in, the menu and the chat each warn, and the "
    "console shows the mark. The encrypted pages do not warn, and the console shows no mark.",
    why_ja="盗み見られることを知らずに、病気や住所を書いてしまう。",
    why_en="People would write of illness and address without knowing that others can read it.",
)
async def plaintext_warning(t: Trial, w: World) -> None:
    console = await w.console()
    new = await NewCalls.since_now(w, console)
    who = await w.register()
    walk = await walking(w, DOCOMO_WITHOUT_SHA2, plaintext=True)
    browser = walk.phone.browser
    base = t.require("the SUT has a plaintext link for handsets", w.handset_side().plaintext_url)
    for what, ja, path in (("first page", "最初の画面", "/m"), ("log-in", "ログイン", "/m/log-in")):
        _warns(t, await browser.open(f"{base}{path}"), what, ja)

    async def called() -> Page:
        menu = await logged_in(w, walk, who)
        _warns(t, menu, "menu", "メニュー")
        return (await walk.call(Kind.AMBULANCE)).page

    page = await t.observe(
        "the phone can log in and call in plaintext, warned on each page",
        called(),
        STEP_S,
        expected="the page of the chat",
        refusals=NO_WAY_ON,
        ja="平文で、どの画面でも警告されながら、ログインし通報できる",
    )
    if page is not None:
        _warns(t, page, "chat", "チャット")
        links = [each.link.value for each in await new.once_rung()]
        t.check(
            "the console marks the call as plaintext",
            links == [LinkSecurity.PLAINTEXT.value],
            expected=[LinkSecurity.PLAINTEXT.value],
            seen=links,
            ja="指令台に平文と示される",
        )
    await _encrypted(t, w, new)


async def _encrypted(t: Trial, w: World, new: NewCalls) -> None:
    """A mark that is always there tells nothing: a phone that can encrypt gets none."""
    who = await w.register()
    walk = await walking(w, DOCOMO)
    browser = walk.phone.browser
    base = w.handset_side().encrypted_url
    _does_not_warn(t, await browser.open(f"{base}/m"), "first page", "最初の画面")
    _does_not_warn(t, await browser.open(f"{base}/m/log-in"), "log-in", "ログイン")

    async def called() -> Page:
        # The walk looks at the menu and at the chat, and goes no further where they warn.
        await logged_in(w, walk, who)
        # Of another kind, so that the call in plaintext is not taken for it.
        return (await walk.call(Kind.FIRE)).page

    chat = await t.observe(
        "a phone that can encrypt can log in and call, warned on no page",
        called(),
        STEP_S,
        expected="the page of the chat",
        refusals=NO_WAY_ON,
        ja="暗号化できる端末で、どの画面でも警告されずに、ログインし通報できる",
    )
    if chat is None:
        return
    call = await t.observe(
        "the console shows the encrypted call",
        new.rung(lambda each: each.kind is Kind.FIRE),
        w.patience + 1,
        expected="a call",
        ja="指令台に、暗号化された通報が表示される",
    )
    if call is not None:
        t.check(
            "the console shows the encrypted call as encrypted",
            call.link is LinkSecurity.ENCRYPTED,
            expected=LinkSecurity.ENCRYPTED.value,
            seen=call.link.value,
            ja="指令台に、暗号化された通報は暗号化と示される",
        )


def _warning(page: Page) -> str:
    return words_of(page, "#plaintext")


def _warns(t: Trial, page: Page, what: str, ja: str) -> None:
    said = _warning(page)
    t.check(
        f"the {what} warns that it is not encrypted",
        urlsplit(page.url).scheme == "http" and "暗号" in said,
        expected="a warning with the word 暗号",
        seen=said or page.described(),
        ja=f"{ja}に、暗号化していないという警告がある",
    )


def _does_not_warn(t: Trial, page: Page, what: str, ja: str) -> None:
    t.check(
        f"the encrypted {what} does not warn",
        page.name.startswith("m-") and not _warning(page),
        expected="a page of the phone, without a warning",
        seen=_warning(page) or page.described(),
        ja=f"暗号化した{ja}に警告はない",
    )


@purpose(
    id="MOBILE-ADVICE",
    requirements=("ASO-29",),
    derived=("CNB-38",),
    interfaces="AC",
    role=Role.HOME,
    needs=Needs(phones=True, profile="aso"),
    timeout_s=120.0,
    title_ja="フィーチャーフォンの画面は、必要な場面で、ほかの手段と電源のことを示す",
    title_en="On a feature phone, other means and “leave it on” show when they are needed",
    stimulus_ja="通報する前の画面、通報中と通報後の画面、ログインに失敗したとき、利用を停止された"
    "ときの画面を開く。",
    stimulus_en="The pages before, during and after a call, after a failed log-in, and of a "
    "registrant who is suspended.",
    expected_ja="通報の前に、話せる人に頼むことが示される。通報中と通報後に、電源を切らないことが示さ"
    "れる。通報できないときは、ほかの手段が示される。",
    expected_en="Before the call: to ask somebody who can speak. During and after it: to leave the "
    "phone on. Where no call is possible: the other means.",
    why_ja="緊急のときに規約は読み返せない。その場の画面が伝えなければ、伝わらない。",
    why_en="Nobody reads the terms again in an emergency: the page at hand must say it.",
)
async def advice(t: Trial, w: World) -> None:
    console = await w.console()
    new = await NewCalls.since_now(w, console)
    who, barred = await w.register(), await w.register()
    await w.suspend(barred, "住所を確かめています。")
    walk = await walking(w, DOCOMO)
    browser = walk.phone.browser
    first = await browser.open(f"{w.handset_side().encrypted_url}/m")
    t.check(
        "before the call the page says to ask somebody who can speak",
        "話せる人" in first.text and "119" in first.text,
        expected="話せる人, 119",
        seen=first.text,
        ja="通報の前に、話せる人に頼むことが示される",
    )

    async def called() -> Page:
        await logged_in(w, walk, who)
        return (await walk.call(Kind.AMBULANCE)).page

    page = await t.observe(
        "the phone can log in and call",
        called(),
        STEP_S,
        expected="the page of the chat",
        refusals=NO_WAY_ON,
        ja="ログインし通報できる",
    )
    if page is not None:
        _left_on(t, page, "during", "通報中")
        rung = await new.once_rung()
        call = t.require("the call rings at the console", rung)[0].call_id
        await console.answer(call, within=w.patience)
        await console.close(call, CloseOutcome.PRACTICE_DONE, within=w.patience)
        _left_on(t, await ended_of(w, browser), "after", "通報後")
    for what, ja, login_id, password in (
        ("a log-in that failed", "ログインに失敗したとき", who.credentials.login_id, _WRONG),
        (
            "a suspension",
            "利用を停止されたとき",
            barred.credentials.login_id,
            barred.credentials.password,
        ),
    ):
        t.evidence.redact.hide(password)
        fresh = (await walking(w, DOCOMO)).phone.browser
        page = await fresh.open(f"{w.handset_side().encrypted_url}/m/log-in")
        form = page.form("log-in")
        form.fill("login_id", login_id)
        form.fill("password", password)
        page = await fresh.press(form.buttons[0], form)
        t.check(
            f"after {what} the page names another means of calling",
            bool(words_of(page, "#errors")) and names_other_means(page),
            expected=f"what is wrong, and {_WORDS}",
            seen=page.text,
            level=CheckLevel.DERIVED,
            ja=f"{ja}、ほかの手段が示される",
        )


def _left_on(t: Trial, page: Page, when: str, ja: str) -> None:
    t.check(
        f"{when} the call the page says to leave the phone on",
        "電源" in page.text and page.name in ("m-chat", "m-ended"),
        expected="電源",
        seen=page.text,
        ja=f"{ja}に、電源を切らないことが示される",
    )
