"""A smartphone out of coverage: it fails to be seen, at once, and the other means are named."""

import asyncio
from contextlib import suppress

from net119_conformance.at_calls import AMBULANCE, CURRENT, FIRE, HOME, NOT_CALLED, rings
from net119_conformance.at_smartphones import FAILS, Smartphone, on_smartphone
from net119_conformance.catalogue import Role
from net119_conformance.in_japanese import shown_in_japanese
from net119_conformance.looking import looking
from net119_conformance.new_calls import NewCalls, no_other_came
from net119_conformance.purpose import purpose
from net119_conformance.trial import Trial
from net119_conformance.world.needs import Needs
from net119_conformance.world.world import World

SILENCE_S = 12.0
"""In a call, within so many seconds: a page needs some to tell a short gap from a lost link."""
LOST = (*FAILS, "切れ", "つなぎ直")
"""Any of these on the chat page says that the connection is lost."""
_NOT_ARRIVED = ("届いていません", "まだ消防に届いて", *NOT_CALLED)
TOLD = "no connection in words, someone nearby asked to phone 119, and another means"


@purpose(
    id="CHROME-NO-COVERAGE",
    requirements=("CNB-36", "CNB-38", "ASO-29"),
    interfaces="A",
    role=Role.HOME,
    needs=Needs(profile="chitose", browser=True, once=True),
    timeout_s=90.0,
    title_ja="圏外で通報ページを開くと、つながらないことと他の手段がすぐに示される",
    title_en="Opened out of coverage, the call page says so at once and names the other means",
    stimulus_ja="登録者がChromeで通報ページを開き、圏外になってから、種別を選び、通報ページを開き直す。電波が戻ってから通報する。",
    stimulus_en="A registrant opens the call page in Chrome, loses coverage, taps a kind, and "
    "opens the call page anew; then calls when coverage is back.",
    expected_ja="どちらも、つながらないことと、近くの人に頼むなどの他の手段が示される。電波が戻れば通報できる。",
    expected_en="Both times the page says that there is no connection and names the other means. "
    "With coverage back the call can be made.",
    why_ja="通報できたと思って待つ人に、助けは来ない。",
    why_en="Nobody comes to who waits, believing to have called.",
)
async def no_coverage(t: Trial, w: World) -> None:
    phone = await on_smartphone(w)
    console = await w.console()
    new = await NewCalls.since_now(w, console)
    # The first visit is when a page may keep something for later.
    await phone.page.evaluate(
        """patience => Promise.race([
          navigator.serviceWorker ? navigator.serviceWorker.ready.then(() => true) : true,
          new Promise(done => setTimeout(done, patience))
        ])""",
        1000 * min(w.patience, 3.0),
    )
    await phone.coverage(there=False)
    await phone.tap(FIRE)
    await _told(t, phone, "tapping a kind out of coverage shows that, and the other means")
    await phone.open_anyway()
    await _told(t, phone, "opened out of coverage the call page says so and names the other means")
    await phone.coverage(there=True)
    await phone.open_anyway()
    await phone.call(FIRE, CURRENT)
    await t.observe(
        "with coverage back the call can be made",
        rings(w, new),
        w.patience + 1,
        expected="a call",
        ja="電波が戻れば通報できる",
    )


async def _told(t: Trial, phone: Smartphone, name: str, within: float | None = None) -> None:
    await t.observe(
        name,
        phone.tells_of_loss(within=within),
        (within or phone.w.patience) + 2,
        expected=TOLD,
        ja="つながらないことと、他の手段が示される",
    )


@purpose(
    id="CHROME-UNSENT",
    requirements=("CNB-36", "CNB-38", "ASO-21", "ASO-29"),
    interfaces="AC",
    role=Role.HOME,
    needs=Needs(profile="aso", browser=True, once=True),
    timeout_s=90.0,
    title_ja="通報を送る時に圏外なら、届いていないことと他の手段がすぐに示される",
    title_en="A call sent out of coverage is said at once not to have arrived, with other means",
    stimulus_ja="登録者がChromeで種別と場所を選び、圏外になってから「通報する」を押す。",
    stimulus_en="A registrant chooses kind and place in Chrome, loses coverage and presses “call”.",
    expected_ja="通報が届いていないことと他の手段が日本語で示され、指令台では何も鳴らない。電波が戻って鳴る通報は、一件だけである。",
    expected_en="The page says in Japanese that the call has not arrived, and names the other "
    "means; nothing rings. Once coverage is back, one call rings and no second one.",
    why_ja="届かない通報を届いたと思わせてはならない。",
    why_en="A call that did not arrive must not look like one that did.",
)
async def unsent(t: Trial, w: World) -> None:
    phone = await on_smartphone(w)
    console = await w.console()
    new = await NewCalls.since_now(w, console)
    await phone.to_map(AMBULANCE, HOME)
    # A page may say in other words that it has measured, or measure out of coverage as well.
    with suppress(TimeoutError):
        await phone.shows(lambda text: "位置がわかりました" in text or "誤差" in text)
    await phone.coverage(there=False)
    await phone.send()
    await t.observe(
        "the page says that there is no connection, and names the other means",
        phone.tells_of_loss(),
        w.patience + 2,
        expected=TOLD,
        ja="つながらないことと、他の手段が示される",
    )
    await shown_in_japanese(t, phone, "page of the call", "通報の画面")
    await t.observe(
        "the page says that the call has not arrived",
        phone.shows(lambda text: any(each in text for each in _NOT_ARRIVED)),
        w.patience + 1,
        expected="届いていません",
        ja="通報が届いていないことが示される",
    )
    early = await new.now()
    t.check(
        "nothing rings while there is no coverage",
        not early,
        expected="no call",
        seen=len(early),
        ja="圏外の間は何も鳴らない",
    )
    await phone.coverage(there=True)
    await phone.send_again(within=3.0)
    call = await t.observe(
        "with coverage back the call arrives",
        rings(w, new),
        w.patience + 1,
        expected="one call",
        ja="電波が戻ると通報が届く",
    )
    if call is not None:
        # What the page or the browser has kept may go out once more, later than the first.
        await no_other_came(t, new, [call.call_id], "it is one call", "届いた通報は一件である")


@purpose(
    id="CHROME-CUT-OFF",
    requirements=("CNB-36", "CNB-38", "ASO-21", "ASO-29"),
    interfaces="AC",
    role=Role.BOTH,
    needs=Needs(profile="chita-nanbu", browser=True, once=True),
    timeout_s=90.0,
    title_ja="チャットの途中で圏外になると、すぐに示され、他の手段が示され、戻ると続きが届く",
    title_en="Coverage lost in a chat is shown at once, other means follow, and the chat goes on",
    stimulus_ja="登録者がChromeで通報し、指令員が応答した後に圏外になり、双方が文字を書いてから電波が戻る。",
    stimulus_en="A registrant calls in Chrome and is answered, and loses coverage. Each side "
    "writes a line. Then coverage is back.",
    expected_ja="つながっていないことがすぐに示され、12秒以内に他の手段が示される。どれも日本語である。電波が戻ると、圏外で書いた文字は指令台に一度だけ届き、その間の指令員の文字もChromeに出る。",
    expected_en="That there is no connection is shown at once, the other means within 12 s, "
    "all in Japanese. When coverage is back, what was written without it reaches the console once, "
    "and what the dispatcher wrote meanwhile appears in Chrome.",
    why_ja="切れたことを知らない人は、返事のない画面を見つめ続ける。",
    why_en="Who does not know of the break goes on looking at a page that says nothing.",
)
async def cut_off(t: Trial, w: World) -> None:
    phone = await on_smartphone(w)
    console = await w.console()
    new = await NewCalls.since_now(w, console)
    await phone.call(AMBULANCE, CURRENT)
    call = await rings(w, new)
    await console.answer(call.call_id)
    first, later, missed = (
        "どうしましたか",
        "圏外で書いた文字です",
        "隊が向かっています。見えますか",
    )
    await console.say(call.call_id, first)
    await phone.shows(lambda text: first in text)
    await phone.coverage(there=False)
    await t.observe(
        "the chat shows at once that the connection is lost",
        phone.tells_of_loss(LOST, means=False),
        w.patience + 1,
        expected=f"one of {', '.join(LOST)}",
        ja="切れたことがすぐに示される",
    )
    await phone.say(later)
    await console.say(call.call_id, missed)
    await _told(t, phone, "in a call out of coverage the other means are named", SILENCE_S)
    await shown_in_japanese(t, phone, "chat", "チャットの画面")
    await phone.coverage(there=True)
    await t.observe(
        "what was written out of coverage arrives when coverage is back",
        console.wait_for_line(call.call_id, lambda line: line.text == later, w.patience),
        w.patience + 1,
        expected=later,
        ja="圏外で書いた文字が、電波が戻ると届く",
    )
    # From here on, since the connection may have come back late.
    again = looking(w)
    await t.observe(
        "what the dispatcher wrote meanwhile appears when coverage is back",
        phone.shows(lambda text: missed in text),
        w.patience + 1,
        expected=missed,
        ja="その間に指令員が書いた文字が、電波が戻ると出る",
    )
    # What waited may go out once more, later than the first time.
    await asyncio.sleep(again.left())
    came = [line.text for line in console.lines(call.call_id)].count(later)
    t.check(
        "what was written out of coverage came once",
        came == 1,
        expected="once",
        seen=came,
        ja="圏外で書いた文字は、一度だけ届く",
    )
