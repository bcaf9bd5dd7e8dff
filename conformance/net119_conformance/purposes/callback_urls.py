"""The URL of a callback mail: until when it opens, which call, and who has the call then."""

import re
from datetime import UTC, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from net119_protocol.codes import CloseOutcome, Refusal
from net119_simulators.errors import CallRefused
from net119_simulators.registration.urls import callback_url, has_callback_url, mistyped

from net119_conformance.at_callbacks import BACK, leading_back
from net119_conformance.catalogue import Role
from net119_conformance.drivers.actors import Console, Handset, HandsetCall
from net119_conformance.listed import rightly_listed
from net119_conformance.looking import looking
from net119_conformance.purpose import purpose
from net119_conformance.purposes.callback import answered, called_back, mailed_url, with_contacts
from net119_conformance.trial import Trial
from net119_conformance.world.needs import Needs
from net119_conformance.world.world import Registered, World

_JAPAN = ZoneInfo("Asia/Tokyo")
_END = re.compile(r"(\d{1,2})月(\d{1,2})日\s*(\d{1,2})(?::|時)(\d{2})分?\s*まで")
_MINUTE = timedelta(minutes=1)


def stated_end(text: str, now: datetime) -> datetime | None:
    """Until when a letter says that its URL is good: 「11月29日 20:15まで」, in Japan's time.

    No year stands there: it is the next such moment.  ``None`` if the letter does not say.
    """
    found = _END.search(text)
    if found is None:
        return None
    month, day, hour, minute = map(int, found.groups())
    here = now.astimezone(_JAPAN)
    for year in (here.year, here.year + 1):
        try:
            end = datetime(year, month, day, hour, minute, tzinfo=_JAPAN)
        except ValueError:
            continue
        if end > here:
            return end
    return None


async def came(phone: Handset, url: str) -> tuple[str, HandsetCall | None]:
    """What came of opening a URL: the call, or the code of the refusal."""
    try:
        call = await phone.come_back(url)
    except CallRefused as refused:
        return refused.code.value, None
    return f"call {call.id}", call


@purpose(
    id="CALLBACK-EXPIRES",
    requirements=("CNB-31",),
    derived=("CNB-31",),
    interfaces="AMC",
    role=Role.HOME,
    needs=Needs(own_system=True, profile="tomakomai"),
    timeout_s=120.0,
    title_ja="呼び返しメールのURLは書かれた時刻まで使え、過ぎると開かず、新しい呼び返しで戻れる",
    title_en="A callback's URL is good until the time that its mail says, and opens nothing after",
    stimulus_ja="終了した通報に呼び返す。時計を、メールに書かれた時刻の1分前に、次に1分後に進め、その"
    "たびにURLを開く。もう一度呼び返し、新しいURLを開く。",
    stimulus_en="The dispatcher calls back a closed call. The clock is set to a minute before the "
    "time that the mail says, then to a minute after it, and each time the URL is opened. Then the "
    "dispatcher calls back again, and the new URL is opened.",
    expected_ja="メールに、いつまで使えるかが書かれている。1分前には戻るボタンがある。1分後にはボタンがなく、"
    "開いても期限切れと断られ、通報は、後になっても終了したままである。新しいURLで同じ通報に戻れ、"
    "指令台で鳴る。",
    expected_en="The mail says until when. A minute before there is the button that leads back; a "
    "minute after there is none, opening is refused as expired, and the call stays closed, later "
    "too. The new URL leads back to it, and it rings at the console.",
    why_ja="いつまでも使えるURLは、拾った人に通報を渡す。早く切れるURLは、本人を締め出す。",
    why_en="A URL that never ends gives the call to whoever finds it; one that ends early shuts "
    "the caller out.",
)
async def expires(t: Trial, w: World) -> None:
    who = await w.register(person=with_contacts(w))
    console, phone, call = await answered(t, w, who)
    await console.close(call.id, CloseOutcome.PRACTICE_DONE)
    await called_back(t, w, console, call.id, "first", "一度目")
    url = await mailed_url(t, w, who, 1, "first", "一度目")
    if url is None:
        return
    letters = await w.letters(who.person.mail or "")
    text = next(each.text for each in letters if has_callback_url(each.urls))
    end = stated_end(text, datetime.now(UTC))
    t.check(
        "the mail says until when its URL is good",
        end is not None,
        expected="a day and a time, and まで",
        seen=text.replace(url, "(URL)"),
        ja="メールに、URLがいつまで使えるかが書かれている",
    )
    if end is None:
        return
    browser = await w.browser()
    await w.set_clock(end - _MINUTE)
    page = await browser.open(url)
    t.check(
        "a minute before the end the URL still leads back",
        bool(leading_back(page)),
        expected=BACK,
        seen=page.described(),
        ja="書かれた時刻の1分前には、まだ戻れる",
    )
    # The mail says minutes; within the last one it may end.
    await w.set_clock(end + 2 * _MINUTE)
    with t.waiting("the console to see that the call is closed"):
        await console.wait_for_call(call.id, w.patience, lambda seen: seen.state.value == "closed")
    since = looking(w)
    page = await browser.open(url)
    t.check(
        "after the end the page has no button that leads back",
        not leading_back(page),
        expected="no such button",
        seen=page.described(),
        ja="過ぎると、画面に戻るボタンがない",
    )
    opened, _ = await came(phone, url)
    t.check(
        "after the end the URL opens nothing",
        opened == Refusal.LINK_EXPIRED.value,
        expected=Refusal.LINK_EXPIRED.value,
        seen=opened,
        ja="過ぎると、URLを開いても期限切れと断られる",
    )
    await rightly_listed(
        t,
        w,
        console,
        call.id,
        "after the end the call stays closed",
        lambda seen: seen.state == "closed",
        expected="closed",
        ja="過ぎると、通報は終了したままである",
    )
    await called_back(t, w, console, call.id, "again", "二度目")
    newer = await mailed_url(t, w, who, 2, "again", "二度目")
    await _stays_closed(
        t,
        console,
        call.id,
        since.left(),
        "after the end the call does not open later either",
        ja="過ぎると、後になっても通報は終了したままである",
    )
    if newer is None:
        return
    opened, _ = await came(phone, newer)
    t.check(
        "a new callback leads back to the call",
        opened == f"call {call.id}",
        expected=f"call {call.id}",
        seen=opened,
        ja="新しい呼び返しで、同じ通報に戻れる",
    )
    # What a console that heard nothing for all that time would not show.
    await t.observe(
        "the console is told that the call is open again",
        console.wait_for_call(call.id, w.patience, lambda seen: seen.state.value == "ringing"),
        w.patience + 1,
        expected="ringing",
        ja="通報が再開したことが、指令台に知らされる",
    )


async def _stays_closed(
    t: Trial, console: Console, call_id: UUID, left: float, name: str, *, ja: str
) -> None:
    """Check that a call that the console has seen closed does not open for a while."""
    await t.observe_nothing(
        name,
        console.wait_for_call(call_id, left + 1.0, lambda seen: seen.state.value != "closed"),
        left,
        expected="closed",
        ja=ja,
    )


async def _calls_back_refused(t: Trial, console: Console, call_id: UUID) -> None:
    seen: str
    try:
        seen = (await console.call_back(call_id)).state
    except CallRefused as refused:
        seen = refused.code.value
    t.check(
        "who gave the call away cannot call back",
        seen == Refusal.OWNED_BY_OTHER.value,
        expected=Refusal.OWNED_BY_OTHER.value,
        seen=seen,
        ja="通報を渡した側は呼び返せない",
    )


async def _newest_url(w: World, who: Registered) -> str:
    letters = await w.letters(who.person.mail or "")
    return callback_url([each for each in letters if has_callback_url(each.urls)][-1].urls)


@purpose(
    id="CALLBACK-ONE-CALL",
    requirements=("CNB-31",),
    derived=("CNB-31",),
    interfaces="AMC",
    role=Role.HOME,
    needs=Needs(sibling=True, profile="tomakomai"),
    timeout_s=60.0,
    title_ja="呼び返しのURLはその通報だけを開き、転送された通報は最後に受けた本部でまた鳴る",
    title_en="A callback's URL opens its own call alone; a transferred one rings where it was last",
    stimulus_ja="同じ人の二つの通報を、一つは登録地で、一つは別の本部に転送してから終える。それぞれの本部が呼び返し、"
    "転送した側も転送した通報に呼び返そうとする。一字違うURLと、二つのURLを開く。",
    stimulus_en="Of two calls of one person one is closed at home, the other after its transfer to "
    "another department. Each department calls back, and the home department tries to call back "
    "what it gave away. A URL with one letter changed is opened, then both URLs.",
    expected_ja="渡した側の呼び返しは断られる。一字違うURLは開かない。二つのURLはそれぞれの通報を開き、転送された"
    "通報は転送先で新しい epoch で鳴り、登録地では後になっても鳴らない。その間、もう一つの通報は"
    "終了したままである。片方の呼び返しは、もう片方のURLを終わらせない。",
    expected_en="The home department is refused, and so is the changed URL. Each URL opens its own "
    "call: the transferred one rings at the other department under a new epoch, and not at home, "
    "not even later; the other call stays closed meanwhile. The callback of one call does not end "
    "the URL of the other.",
    why_ja="呼び返しの話の続きを知るのは、最後に受けた本部である。",
    why_en="What is to be asked is known to the department that had the call last.",
)
async def one_call(t: Trial, w: World) -> None:
    there = w.ground("sibling")
    who = await w.register(person=with_contacts(w))
    console, phone, kept = await answered(t, w, who)
    other = await w.console(there)
    await console.close(kept.id, CloseOutcome.PRACTICE_DONE)
    given = await w.call_from(phone, w.home)
    with t.waiting("the second call at the console"):
        await console.wait_for_call(given.id, w.patience, lambda seen: seen.mine)
    await console.answer(given.id)
    moved = await console.transfer(given.id, there.department, "通報者は管轄の外へ移動中")
    t.require("the second call is transferred", moved.failure is None)
    with t.waiting("the transferred call at the other console"):
        shown = await other.wait_for_call(given.id, w.patience, lambda seen: seen.mine)
    await other.answer(given.id)
    await other.close(given.id, CloseOutcome.PRACTICE_DONE)
    await _calls_back_refused(t, console, given.id)
    await called_back(t, w, console, kept.id, "the call kept", "手元の通報")
    own = await mailed_url(t, w, who, 1, "the call kept", "手元の通報")
    await called_back(t, w, other, given.id, "the call given away", "渡した通報")
    if own is None or await mailed_url(t, w, who, 2, "the call given away", "渡した通報") is None:
        return
    moved_url = await _newest_url(w, who)
    forged, _ = await came(phone, mistyped(own))
    t.check(
        "a URL that was never mailed opens nothing",
        forged == Refusal.LINK_UNKNOWN.value,
        expected=Refusal.LINK_UNKNOWN.value,
        seen=forged,
        ja="メールに書かれていないURLは開かない",
    )
    with t.waiting("the console to see that the call kept is closed"):
        await console.wait_for_call(kept.id, w.patience, lambda seen: seen.state.value == "closed")
    since = looking(w)
    opened, _ = await came(phone, moved_url)
    t.check(
        "the transferred call's URL opens that call",
        opened == f"call {given.id}",
        expected=f"call {given.id}",
        seen=opened,
        ja="転送された通報のURLは、その通報を開く",
    )
    await t.observe(
        "it rings again at the department that had it last",
        other.wait_for_call(
            given.id,
            w.patience,
            lambda seen: (
                (seen.mine, seen.state.value, seen.epoch) == (True, "ringing", shown.epoch + 1)
            ),
        ),
        w.patience + 1,
        expected=f"ringing, owned, epoch {shown.epoch + 1}",
        ja="最後に受けた本部で、新しい epoch でまた鳴る",
    )
    await rightly_listed(
        t,
        w,
        console,
        given.id,
        "it is not given back to the home department",
        lambda seen: not seen.mine,
        expected="not owned",
        ja="登録地の通報にはならない",
    )
    await rightly_listed(
        t,
        w,
        console,
        kept.id,
        "the other call stays closed meanwhile",
        lambda seen: seen.state == "closed",
        expected="closed",
        ja="その間、もう一つの通報は終了したままである",
    )
    await _stays_closed(
        t,
        console,
        kept.id,
        since.left(),
        "the other call does not open later either",
        ja="もう一つの通報は、後になっても終了したままである",
    )
    opened, _ = await came(phone, own)
    t.check(
        "the kept call's URL still opens its own call",
        opened == f"call {kept.id}",
        expected=f"call {kept.id}",
        seen=opened,
        ja="手元の通報のURLは、もう一つの呼び返しの後も、その通報を開く",
    )
    await t.observe(
        "the kept call rings at home",
        console.wait_for_call(
            kept.id, w.patience, lambda seen: seen.mine and seen.state.value == "ringing"
        ),
        w.patience + 1,
        expected="ringing",
        ja="手元の通報は登録地で鳴る",
    )
    left = since.left()
    await t.observe_nothing(
        "it is not given back to the home department later either",
        # As the console was told before the transfer, the call was its own.
        console.wait_for_call(
            given.id, left + 1.0, lambda seen: seen.mine and seen.epoch > shown.epoch
        ),
        left,
        expected="not owned",
        ja="後になっても登録地の通報にはならない",
    )
