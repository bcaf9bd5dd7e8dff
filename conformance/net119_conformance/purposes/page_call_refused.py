"""What the pages of a call say before it, and where there is none or no position."""

import functools

from net119_protocol.codes import CloseOutcome, Kind, Positioning, ProviderState
from net119_simulators.gps import Position
from net119_simulators.pages import Page
from net119_simulators.pages.reading import attribute

from net119_conformance.at_calls import (
    AMBULANCE,
    BY_VOICE,
    CURRENT,
    FIRE,
    HOME,
    KINDS,
    NOT_CALLED,
    PRACTICE,
    WRITE,
    Calling,
    at,
    caller,
    one_of,
    other_means,
    rings,
)
from net119_conformance.at_pages import lacking, offers
from net119_conformance.catalogue import Role
from net119_conformance.new_calls import NewCalls, no_other_came
from net119_conformance.polling import until
from net119_conformance.purpose import purpose
from net119_conformance.trial import Trial
from net119_conformance.world.needs import Needs
from net119_conformance.world.profiles import read_profile
from net119_conformance.world.world import World

NEARBY = ("近く", "そば", "周り", "まわり")
ASK = ("頼", "お願い", "かけてもら")
POSITIONING = ("位置情報", "測位", "GPS")
TURN_ON = ("オンに", "有効に", "許可する", "「許可」")
ONLY = (
    "緊急のときだけ",
    "緊急のときのみ",
    "緊急時のみ",
    "緊急時だけ",
    "緊急通報以外",
    "緊急の通報以外",
    "緊急通報だけ",
    "緊急通報のみ",
)
TELL_PLACE = ("住所", "目印")
IN_CHAT = ("チャット", "書いて", "伝えて", "教えて")
ADVISED = ("ほかの方法", "別の方法", "ほかの手段", "別の手段", "他の方法", "他の手段")
STOPPED = ("止まっています", "停止", "休止", "使えません", "利用できません", "点検")


@purpose(
    id="PAGE-CALL-ADVICE",
    requirements=("CNB-45", "CNB-46", "ASO-29"),
    interfaces="A",
    role=Role.HOME,
    needs=Needs(profile="chita-nanbu"),
    timeout_s=60.0,
    title_ja="通報ページに、緊急のときだけ使うことと、近くの人に電話を頼むことが示される",
    title_en="The call page says that it is for emergencies only, and to ask somebody nearby first",
    stimulus_ja="緊急通報だけに使う消防本部の登録者が、通報ページを開く。",
    stimulus_en="A registrant of a department for emergencies only opens the call page.",
    expected_ja="緊急のときだけ使うこと、近くに話せる人がいれば電話を頼むことが書かれ、火事・救急・その他のほかには、"
    "練習も含めて何も通報できない。",
    expected_en="It says so, and to have somebody nearby phone; it offers fire, ambulance and "
    "other, and nothing else, practice included.",
    why_ja="声の通報は早く確かで、緊急でない通報は、別の人の助けを遅らせる。",
    why_en="A call by voice is quicker and surer, and one that is no emergency delays another.",
)
async def advice(t: Trial, w: World) -> None:
    phone = await caller(w)
    page = await phone.open()
    t.require("the page offers to call", not phone.lacks(KINDS))
    t.check(
        "the call page says that it is for emergencies only",
        bool(one_of(page, ONLY)),
        expected=f"one of {', '.join(ONLY)}",
        seen=page.text[:600],
        ja="緊急のときだけ使うことが書かれている",
    )
    t.check(
        "the call page asks to have somebody nearby phone",
        bool(_plea_to_ask(page)),
        expected="a sentence: somebody nearby, by voice or telephone, is to be asked",
        seen=_plea_to_ask(page) or page.text[:600],
        ja="近くの人に電話を頼むことが書かれている",
    )
    kinds = {attribute(each, "data-kind") for each in page.document.select("[data-kind]")}
    known = {each.value for each in KINDS}
    t.check(
        "it offers nothing else than emergency calls",
        kinds <= known and phone.found(PRACTICE) is None,
        expected=f"{sorted(known)}, no practice",
        seen=f"{sorted(map(str, kinds))}, practice: {phone.found(PRACTICE) is not None}",
        ja="緊急通報のほかの用途はない",
    )


def _plea_to_ask(page: Page) -> list[str]:
    """Sentences that have the caller ask somebody nearby to phone."""
    return [
        each
        for each in page.text.split("。")
        if all(any(word in each for word in of) for of in (NEARBY, BY_VOICE, ASK))
    ]


@purpose(
    id="PAGE-CALL-POSITIONING-OFF",
    requirements=("ASO-10", "CNB-38", "ASO-29"),
    derived=("ASO-10", "CNB-38"),
    interfaces="AC",
    role=Role.HOME,
    needs=Needs(profile="chita-nanbu"),
    timeout_s=60.0,
    title_ja="測位が使えない端末には、通報できないこと、直し方、相談先、ほかの方法が示される",
    title_en="With positioning off or denied the page says so, how to mend it, whom to ask, and "
    "the other means",
    stimulus_ja="登録者が、測位を切った端末、測位を許可しない端末、測位を入れた端末の画面で通報する。",
    stimulus_en="At the pages a registrant calls with positioning off, then denied, then on.",
    expected_ja="初めの二つでは、後からも何も鳴らず、画面に、通報できていないこと、位置情報をオンにすること、相談先、"
    "近くの人に頼むなどの方法がある。オンにすると通報できる。",
    expected_en="The first two ring nowhere, not even later; the page says that there is no call, "
    "to turn positioning on, whom to ask, and other means. With positioning on the call rings.",
    why_ja="通報できたと思い込んだ人と、直し方を知らない人には、助けが来ない。",
    why_en="Nobody comes to who believes in a call that was refused, or cannot mend it.",
)
async def positioning_off(t: Trial, w: World) -> None:
    phone = await caller(w)
    console = await w.console()
    new = await NewCalls.since_now(w, console)
    contact = read_profile(w.home).contact.ja
    for state, ja in ((Positioning.OFF, "測位オフ"), (Positioning.DENIED, "測位の不許可")):
        page = await phone.call(AMBULANCE, CURRENT, Position(state))
        said = f"positioning {state.value}: the page"
        t.check(
            f"{said} says that there is no call",
            bool(one_of(page, NOT_CALLED)) and not offers(page, WRITE),
            expected=f"one of {', '.join(NOT_CALLED)}",
            seen=page.described(),
            ja=f"{ja}では、通報できていないことが示される",
        )
        t.check(
            f"{said} says to turn it on",
            bool(one_of(page, POSITIONING)) and bool(one_of(page, TURN_ON)),
            expected=f"one of {', '.join(POSITIONING)}, and one of {', '.join(TURN_ON)}",
            seen=page.text[:600],
            ja=f"{ja}では、オンにすることが示される",
        )
        t.check(
            f"{said} says whom to ask",
            not lacking(page, (contact,)),
            expected=contact,
            seen=page.text[:600],
            ja=f"{ja}では、相談先が示される",
        )
        t.check(
            f"{said} names other means",
            bool(other_means(page)),
            expected="somebody nearby, and a way for who is alone",
            seen=other_means(page) or page.text[:600],
            ja=f"{ja}では、ほかの方法が示される",
        )
    early = await new.now()
    t.check(
        "without positioning no call rings",
        not early,
        expected="no call",
        seen=[each.state.value for each in early],
        ja="測位なしでは、何も鳴らない",
    )
    # Of another kind, so that none of those that were refused is taken for it.
    await phone.call(FIRE, CURRENT)
    call = await t.observe(
        "with positioning on the call rings",
        new.rung(lambda each: each.kind is Kind.FIRE),
        w.patience + 1,
        expected="a call",
        ja="測位を入れると通報できる",
    )
    if call is not None:
        await no_other_came(
            t,
            new,
            [call.call_id],
            "no call without positioning rings later, either",
            ja="測位なしの通報は、後からも鳴らない",
        )


@purpose(
    id="PAGE-CALL-PLACE-UNKNOWN",
    requirements=("CNB-33",),
    interfaces="AC",
    role=Role.HOME,
    needs=Needs(profile="chita-nanbu", sibling=True),
    timeout_s=60.0,
    title_ja="場所がわからない通報では、場所を伝えるよう求められ、別の手段の案内が画面に届く",
    title_en="Where the place is unknown or far off the page asks for it, and shows other means "
    "that are advised",
    stimulus_ja="登録者が、位置が得られないまま通報する。指令員が別の手段を案内して終える。次に、自宅から離れた位置で"
    "「自宅」を選んで通報する。",
    stimulus_en="A registrant calls without a fix; the dispatcher advises another means and "
    "closes. Then “home” is chosen while the fix is far from home.",
    expected_ja="どちらの画面でも、場所を伝えるよう求められる。終えた画面には、案内の文と、別の手段が案内されたことがある。",
    expected_en="Both pages ask where help is needed. The closed one shows the advice, and says "
    "that another means was advised.",
    why_ja="場所を知らせないまま待つ人にも、NET119で待っていても無駄な人にも、助けは来ない。",
    why_en="Nobody finds who waits without telling the place, or waits here when it is in vain.",
)
async def place_unknown(t: Trial, w: World) -> None:
    phone = await caller(w)
    console = await w.console()
    new = await NewCalls.since_now(w, console)
    page = await phone.call(FIRE, CURRENT, Position(Positioning.ON))
    _asked_for_place(t, page.text, "without a fix", "位置のない通報")
    call = await rings(w, new)
    await console.answer(call.call_id)
    told = "場所がわからないため、近くの人に119番の電話を頼んでください"
    await console.say(call.call_id, told)
    await t.observe(
        "the page shows what the dispatcher advises",
        phone.sees(told),
        w.patience + 1,
        expected=told,
        ja="指令員の案内が画面に届く",
    )
    await console.close(call.call_id, CloseOutcome.OTHER_MEANS_ADVISED)
    page = await phone.reload()
    state = page.text.replace(told, "")
    t.check(
        "the closed page says that another means was advised",
        any(word in state for word in ADVISED),
        expected=f"one of {', '.join(ADVISED)}",
        seen=state,
        ja="終えた画面に、別の手段が案内されたことがある",
    )
    far = await phone.call(FIRE, HOME, at(w.fix_at(w.ground("sibling"))))
    _asked_for_place(t, far.text, "far from home", "自宅から離れた通報")


def _asked_for_place(t: Trial, text: str, where: str, ja: str) -> None:
    places = (*TELL_PLACE, "来てほしい場所", "今いる場所")
    t.check(
        f"{where} the page asks to tell the place",
        any(each in text for each in places) and any(each in text for each in IN_CHAT),
        expected=f"one of {', '.join(places)}, and one of {', '.join(IN_CHAT)}",
        seen=text,
        ja=f"{ja}では、場所を伝えるよう求められる",
    )


@purpose(
    id="PAGE-CALL-STOPPED",
    requirements=("ASO-22", "CNB-38"),
    derived=("ASO-22", "CNB-38"),
    interfaces="AB",
    role=Role.OPERATION,
    needs=Needs(own_system=True, peer=True, profile="aso"),
    timeout_s=90.0,
    title_ja="停止中であることが、通報ページと相手の事業者の両方から見える",
    title_en="A stop shows on the call page and to the other provider",
    stimulus_ja="試験対象を計画停止（保守）と非常停止の状態にし、通報ページを開き、相手の事業者で状態を見る。"
    "最後に通常に戻す。",
    stimulus_en="The system is put into maintenance, then into stopping; the call page is opened, "
    "and the peer looks at the state. At last it is back to normal.",
    expected_ja="停止中のページに、止まっていることとほかの方法が示され、相手に状態が届く。通常に戻ると、止まっている"
    "とは示されない。",
    expected_en="While it is stopped the page says so with other means, and the peer is told the "
    "state. Back to normal, the page says nothing of it.",
    why_ja="止まっていることを知らない人は、届かない通報を待ち続け、相手の事業者は止まった先へ転送し続ける。",
    why_en="Who does not know of it waits for nothing, and peers go on sending calls there.",
)
async def stopped(t: Trial, w: World) -> None:
    other = await w.peer()
    phone = await caller(w)
    for state, ja in (
        (ProviderState.MAINTENANCE, "計画停止"),
        (ProviderState.STOPPING, "非常停止"),
    ):
        told = len(other.sut_states)
        await w.set_state(state)
        page = await phone.open()
        t.check(
            f"in {state.value} the call page says that the service is stopped",
            bool(_stop_told(phone)),
            expected=f"one of {', '.join(STOPPED)}",
            seen=page.text[:400],
            ja=f"{ja}中の通報ページに、止まっていることが示される",
        )
        t.check(
            f"in {state.value} the call page names other means",
            bool(other_means(page)),
            expected="somebody nearby, and a way for who is alone",
            seen=other_means(page) or page.text[:400],
            ja=f"{ja}中の通報ページに、ほかの方法が示される",
        )

        async def new_states(after: int = told) -> list[ProviderState]:
            return [each.state for each in other.sut_states[after:]]

        await t.observe(
            f"the peer is told {state.value}",
            until(w, new_states, functools.partial(_among, state)),
            w.patience + 1,
            expected=state.value,
            ja=f"相手の事業者に{ja}が知らされる",
        )
    await w.set_state(ProviderState.NORMAL)
    page = await phone.open()
    t.check(
        "back to normal the page says nothing of a stop, and offers to call",
        not _stop_told(phone) and not phone.lacks(KINDS),
        expected="the kinds, and no stop",
        seen=_stop_told(phone) or page.text[:400],
        ja="通常に戻ると、止まっているとは示されない",
    )


def _among(wanted: ProviderState, seen: list[ProviderState]) -> bool:
    return wanted in seen


def _stop_told(phone: Calling) -> list[str]:
    """What the page says of a stop, above the ways to call and in what is marked as a notice."""
    notices = phone.page.document.select(".notice, [role=alert], [role=status]")
    text = " ".join(each.get_text() for each in notices)
    return [word for word in STOPPED if word in text]
