"""The page of a callback mail's URL, in a browser and at a feature phone."""

from urllib.parse import urlsplit

from net119_protocol.codes import CloseOutcome
from net119_simulators.lookout import Lookout
from net119_simulators.pages import NotOnPage, Page
from net119_simulators.registration.urls import mistyped

from net119_conformance.at_callbacks import BACK, leading_back
from net119_conformance.at_calls import WRITE, Calling, other_means
from net119_conformance.at_pages import lacking, offers
from net119_conformance.at_phones import DOCOMO, NO_WAY_ON, STEP_S, walking
from net119_conformance.catalogue import Role
from net119_conformance.drivers.actors import Console, HandsetCall
from net119_conformance.listed import rightly_listed
from net119_conformance.looking import looking
from net119_conformance.purpose import purpose
from net119_conformance.purposes.callback import answered, called_back, mailed_url, with_contacts
from net119_conformance.trial import Trial
from net119_conformance.world.needs import Needs
from net119_conformance.world.world import World

SAID, ASKED = "髙橋です。戻りました①", "いまはどこですか"
MARK = "試験"
"""Marks everything of a call in test mode."""


async def _closed_and_called_back(
    t: Trial, w: World
) -> tuple[Console, HandsetCall, str | None, int]:
    """A closed call, the URL by which its caller is called back, and the call's epoch."""
    who = await w.register(person=with_contacts(w))
    console, _phone, call = await answered(t, w, who)
    await console.close(call.id, CloseOutcome.PRACTICE_DONE)
    with t.waiting("the console to see that the call is closed"):
        closed = await console.wait_for_call(
            call.id, w.patience, lambda seen: seen.state.value == "closed"
        )
    await called_back(t, w, console, call.id, "after the close", "終了後")
    return console, call, await mailed_url(t, w, who, 1, "after the close", "終了後"), closed.epoch


async def _looked(
    t: Trial, w: World, console: Console, call: HandsetCall, epoch: int, since: Lookout
) -> None:
    """Check that looking at the page has changed nothing, and changes nothing later either."""
    await rightly_listed(
        t,
        w,
        console,
        call.id,
        "looking at the page changes nothing",
        lambda seen: (seen.state, seen.epoch) == ("closed", epoch),
        expected=f"closed, epoch {epoch}",
        ja="画面を見るだけでは何も変わらない",
    )
    left = since.left()
    await t.observe_nothing(
        "looking at the page changes nothing later either",
        console.wait_for_call(
            call.id, left + 1.0, lambda seen: (seen.state.value, seen.epoch) != ("closed", epoch)
        ),
        left,
        expected=f"closed, epoch {epoch}",
        ja="画面を見るだけでは、後になっても何も変わらない",
    )


async def _rings(t: Trial, w: World, console: Console, call: HandsetCall, epoch: int) -> None:
    shown = await t.observe(
        "with the button pressed the call rings again",
        console.wait_for_call(
            call.id,
            w.patience,
            lambda seen: seen.mine and (seen.state.value, seen.epoch) == ("ringing", epoch + 1),
        ),
        w.patience + 1,
        expected=f"ringing, epoch {epoch + 1}",
        ja="ボタンを押すと、通報がまた鳴る",
    )
    if shown is not None:
        await console.answer(call.id)


def _one_button(t: Trial, page: Page) -> None:
    found = leading_back(page)
    t.check(
        "the page has one button that leads back",
        len(found) == 1,
        expected=BACK,
        seen=[each.shown() for each in found] or page.described(),
        ja="画面に、戻るボタンが一つある",
    )


def _says(t: Trial, w: World, page: Page) -> None:
    missing = lacking(page, (w.home.name_ja, MARK))
    t.check(
        "the page says who calls back, and that it is no real call",
        not missing,
        expected=(w.home.name_ja, MARK),
        seen=f"missing: {missing}",
        ja="画面に、誰の呼び返しかと、本当の通報でないことがある",
    )


@purpose(
    id="PAGE-CALLBACK",
    requirements=("CNB-31", "CNB-38"),
    derived=("CNB-31",),
    interfaces="AMC",
    role=Role.HOME,
    needs=Needs(profile="tomakomai"),
    timeout_s=60.0,
    title_ja="呼び返しのURLの画面は見るだけでは何も変えず、一つのボタンで通報者をチャットに戻す",
    title_en="The page of a callback's URL changes nothing by a look; one button leads back",
    stimulus_ja="終了した通報に呼び返す。通報者のものでないブラウザーで、URLを三度開き、ボタンを押し、チャットに"
    "書く。別のブラウザーで、押さずにチャットの画面を開く。一字違うURLを開く。",
    stimulus_en="A closed call is called back. A browser without any key of the caller opens the "
    "URL three times, presses the button and writes. Another browser opens the chat's address "
    "without pressing, and a URL with one letter changed.",
    expected_ja="画面に、誰の呼び返しかと戻るボタンが一つある。見るだけでは通報は終了したままである。押すとチャットが開き、"
    "指令台でまた鳴り、双方の文が届く。押していないブラウザーではチャットは開かない。違うURLの画面には戻る"
    "ボタンがなく、他の手段がある。",
    expected_en="The page says who calls back and has one button. Looks leave the call closed; "
    "pressed, the chat opens, the call rings again, and both are read. Where nobody pressed, there "
    "is no chat. The changed URL offers no button, and names other means.",
    why_ja="メールの検査装置もURLを開く。それで鳴る指令台は、本人のいない通報に応答する。",
    why_en="Mail scanners open URLs, too: a console that rings for them answers nobody.",
)
async def page_callback(t: Trial, w: World) -> None:
    console, call, url, epoch = await _closed_and_called_back(t, w)
    if url is None:
        return
    browser = await w.browser()
    since = looking(w)
    page = await browser.open(url)
    for _ in range(2):
        page = await browser.open(url)
    await _looked(t, w, console, call, epoch, since)
    _says(t, w, page)
    _one_button(t, page)
    forged = await w.browser()
    nothing = await forged.open(mistyped(url))
    t.check(
        "a URL that was never mailed has no button, and names other means",
        not leading_back(nothing) and bool(other_means(nothing)),
        expected="no button, and other means",
        seen=nothing.described(),
        ja="メールに書かれていないURLには戻るボタンがなく、他の手段がある",
    )
    if not leading_back(page):
        return
    chat = await browser.press(leading_back(page)[0])
    t.check(
        "the button leads to the chat",
        offers(chat, WRITE),
        expected="the chat",
        seen=chat.described(),
        ja="ボタンでチャットに戻れる",
    )
    t.check(
        "the chat says above all that it is no real call",
        any(MARK in each for each in (chat.title, *chat.headings)),
        expected=f"{MARK} in title or heading",
        seen=(chat.title, chat.headings),
        ja="チャットの見出しに、本当の通報でないことがある",
    )
    await _rings(t, w, console, call, epoch)
    if not offers(chat, WRITE):
        return
    caller = Calling(w, browser, url)
    await caller.say(SAID)
    await t.observe(
        "what is written at the page reaches the console",
        console.wait_for_line(call.id, lambda line: line.text == SAID, w.patience),
        w.patience + 1,
        expected=SAID,
        ja="画面で書いた文が指令台に届く",
    )
    await console.say(call.id, ASKED)
    await t.observe(
        "what the dispatcher writes is seen on the page",
        caller.sees(ASKED),
        w.patience + 1,
        expected=ASKED,
        refusals=(NotOnPage,),
        ja="指令員の文が画面に表示される",
    )
    elsewhere = await (await w.browser()).open(browser.page.url)
    t.check(
        "where nobody pressed the button there is no chat",
        not offers(elsewhere, WRITE) and bool(lacking(elsewhere, (SAID,))),
        expected="no chat",
        seen=elsewhere.described(),
        ja="ボタンを押していないブラウザーでは、チャットは開かない",
    )


@purpose(
    id="MOBILE-CALLBACK",
    requirements=("CNB-31", "CTS-02"),
    derived=("CNB-31",),
    interfaces="AMC",
    role=Role.HOME,
    needs=Needs(phones=True, profile="chitose"),
    timeout_s=90.0,
    title_ja="呼び返しのURLはフィーチャーフォンでも、見るだけでは何も変えず、一つのボタンでチャットに戻す",
    title_en="At a feature phone, too, a look changes nothing, and one button leads back",
    stimulus_ja="終了した通報に呼び返す。Shift_JISしか表示できないドコモの端末で、メールのURLを開き、ボタンを押し、"
    "チャットに書く。",
    stimulus_en="A closed call is called back. A docomo phone that shows Shift_JIS only opens the "
    "mailed URL, presses the button, and writes.",
    expected_ja="同じURLで、この端末で読める画面が開き、誰の呼び返しかと戻るボタンが一つある。見るだけでは通報は終了した"
    "ままである。押すとチャットが開き、指令台でまた鳴り、書いた文が一字も変わらずに届く。",
    expected_en="The same URL shows a page that this phone can read, with who calls back and one "
    "button. A look leaves the call closed; pressed, the chat opens, the call rings again, and "
    "what is written arrives letter by letter.",
    why_ja="メールは、どの端末で開かれるかを選べない。",
    why_en="A mail cannot choose the phone on which it is opened.",
)
async def mobile_callback(t: Trial, w: World) -> None:
    console, call, url, epoch = await _closed_and_called_back(t, w)
    if url is None:
        return
    walk = await walking(w, DOCOMO)
    since = looking(w)
    page = await t.observe(
        "the mailed URL shows a page at this phone",
        walk.phone.browser.open(url),
        STEP_S,
        expected="a page",
        refusals=NO_WAY_ON,
        ja="メールのURLで、この端末に画面が開く",
    )
    if page is None:
        return
    t.check(
        "the page is one that this phone can read",
        page.charset.lower().replace("-", "_") in ("shift_jis", "windows_31j", "cp932"),
        expected="Shift_JIS",
        seen=f"{page.charset}: {page.described()}",
        ja="この端末で読める画面である",
    )
    await _looked(t, w, console, call, epoch, since)
    _says(t, w, page)
    _one_button(t, page)
    placed = await t.observe(
        "the button leads to the chat",
        walk.come_back(urlsplit(url).path),
        STEP_S,
        expected="the page of the chat",
        refusals=NO_WAY_ON,
        ja="ボタンでチャットに戻れる",
    )
    await _rings(t, w, console, call, epoch)
    if placed is None:
        return
    await t.observe(
        "the phone can send a line",
        walk.say(SAID),
        STEP_S,
        expected="the page says that the line arrived",
        refusals=NO_WAY_ON,
        ja="文を送れる",
    )
    await t.observe(
        "the line reaches the console letter by letter",
        console.wait_for_line(call.id, lambda line: line.text == SAID, w.patience),
        w.patience + 1,
        expected=SAID,
        ja="文が一字も変わらずに指令台に届く",
    )
