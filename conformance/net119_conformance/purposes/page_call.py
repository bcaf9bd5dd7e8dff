"""From the personal call page to the connected call on a smartphone, as its caller taps."""

from net119_protocol.api.console import ConsoleCall
from net119_protocol.codes import Kind, PlaceChoice
from net119_protocol.places import Fix, Point

from net119_conformance.at_calls import (
    CALL,
    CURRENT,
    FIRE,
    HOME,
    KINDS,
    OTHER,
    WRITE,
    at,
    caller,
    one_of,
    rings,
)
from net119_conformance.at_pages import offers
from net119_conformance.catalogue import Role
from net119_conformance.new_calls import NewCalls, no_other_came
from net119_conformance.purpose import purpose
from net119_conformance.purposes.page_places import SOURCE_WORDS
from net119_conformance.trial import Trial
from net119_conformance.world.needs import Needs
from net119_conformance.world.world import World

MOST_ACTIONS = 4
"""Actions from the personal call page to the connected call; the browser's own question whether
it may tell the position is not among those that a page decides."""
MAP_WORDS = ("地図",)
_STEP = 0.0004
"""Some 40 metres, degrees: the pin stays in the municipality of the fix."""


@purpose(
    id="PAGE-CALL-STEPS",
    requirements=("CTS-06", "CNB-26"),
    interfaces="AC",
    role=Role.HOME,
    needs=Needs(profile="chitose"),
    timeout_s=60.0,
    title_ja="通報ページから、種別、場所の順に選び、四回以内の操作で通報がつながる",
    title_en="From the call page a call is connected by kind, then place, in four actions at most",
    stimulus_ja="登録者がスマートフォンの通報ページで火事と現在地を選んで通報する。もう一度、その他と自宅で通報する。",
    stimulus_en="At the call page of a smartphone a registrant calls with “fire” and “where I am”, "
    "then once more with “other” and “home”.",
    expected_ja="火事・救急・その他が選べ、次に自宅と現在地が選べる。送るまで何も鳴らず、四回以内の操作で一件ずつ"
    "つながり、指令台に選んだ種別と場所が表示される。",
    expected_en="Fire, ambulance and other are offered, then home and the current position. "
    "Nothing rings before it is sent; in four actions at most it is connected, each as one "
    "call, and the console shows the kind and the place that were tapped.",
    why_ja="火や煙の中では、一つ多い操作や一つの押し間違いが命に関わる。",
    why_en="In smoke one action too many, or one wrong word at the center, costs a life.",
)
async def steps(t: Trial, w: World) -> None:
    phone = await caller(w)
    console = await w.console()
    new = await NewCalls.since_now(w, console)
    await phone.open()
    missing = phone.lacks(KINDS)
    t.check(
        "the call page offers fire, ambulance and other",
        not missing,
        expected="three kinds",
        seen=f"missing: {missing}",
        ja="通報ページで火事・救急・その他が選べる",
    )
    page = await phone.tap(FIRE)
    missing = phone.lacks((CURRENT, HOME))
    t.check(
        "after the kind the place is asked: home or the current position",
        not missing and not offers(page, CALL),
        expected="both places, and no button yet that calls",
        seen=f"missing: {missing}; {page.described()}",
        ja="種別の次に、自宅か現在地かを選ぶ",
    )
    await phone.tap(CURRENT if CURRENT.words[0] not in missing else HOME)
    early = await new.now()
    t.check(
        "nothing rings before the call is sent",
        not early,
        expected="no call",
        seen=[each.kind.value for each in early],
        ja="送るまで、指令台では何も鳴らない",
    )
    page = await phone.send(at(w.fix_at(w.home)))
    t.check(
        "the page that comes is the chat of the call",
        offers(page, WRITE),
        expected="a page on which one can write to the dispatcher",
        seen=page.described(),
        ja="送ると、指令員に書ける画面になる",
    )
    t.check(
        "four actions at most lead to the connected call",
        phone.actions <= MOST_ACTIONS,
        expected=f"{MOST_ACTIONS} at most",
        seen=phone.actions,
        ja="四回以内の操作でつながる",
    )
    first = await t.observe(
        "the call rings at the home department",
        rings(w, new),
        w.patience + 1,
        expected="a call",
        ja="登録地消防本部で鳴る",
    )
    if first is None:
        return
    _as_tapped(t, first, Kind.FIRE, PlaceChoice.CURRENT)
    await phone.open()
    await phone.tap(OTHER)
    await phone.tap(HOME)
    # How long a call takes to ring here is known by now.
    await no_other_came(
        t,
        new,
        [first.call_id],
        "nothing rings before the second call is sent, not even late",
        ja="二度目を送るまで、遅れてでも何も鳴らない",
    )
    await phone.send(at(w.fix_at(w.home)))
    second = await t.observe(
        "the second call rings, too",
        rings(w, new, before=1),
        w.patience + 1,
        expected="another call",
        ja="二度目の通報も鳴る",
    )
    if second is None:
        return
    _as_tapped(t, second, Kind.OTHER, PlaceChoice.HOME)
    await no_other_came(
        t,
        new,
        [first.call_id, second.call_id],
        "each call that is sent rings once",
        ja="送った通報は、一度ずつ鳴る",
    )


def _as_tapped(t: Trial, shown: ConsoleCall, kind: Kind, place: PlaceChoice) -> None:
    t.check(
        f"the console shows {kind.value} and {place.value}, as they were tapped",
        (shown.kind, shown.place.choice) == (kind, place),
        expected=f"{kind.value}, {place.value}",
        seen=f"{shown.kind.value}, {shown.place.choice.value}",
        ja="指令台に、選んだ種別と場所が表示される",
    )


@purpose(
    id="PAGE-CALL-POSITION",
    requirements=("CNB-28", "ASO-16", "CNB-27"),
    interfaces="AC",
    role=Role.HOME,
    needs=Needs(profile="chita-nanbu"),
    timeout_s=60.0,
    title_ja="画面で直した位置が指令台に表示され、測位そのものも別に残る",
    title_en="The position corrected at the page is what the console shows; the fix is kept apart",
    stimulus_ja="登録者が画面で位置を直して通報する。次に「自宅」を選び、直さずに通報する。",
    stimulus_en="A registrant corrects the position at the page and calls; then calls from “home” "
    "without a correction.",
    expected_ja="一度目は、直した位置が通報の位置となり、測位した位置と誤差はそのまま残る。二度目は、登録した住所と"
    "測位の両方が届き、直した位置はない。",
    expected_en="The first call's place is the corrected one, with the fix and its accuracy as "
    "measured. The second brings the registered address and the fix, and no correction.",
    why_ja="直した位置が届かなければ隊は誤った場所へ行き、測位が消えれば直し間違いに気づけない。",
    why_en="Without the correction crews go to the wrong place; without the fix nobody can see "
    "that the correction was the mistake.",
)
async def corrected(t: Trial, w: World) -> None:
    phone = await caller(w)
    console = await w.console()
    new = await NewCalls.since_now(w, console)
    fix = w.fix_at(w.home)
    pin = Point(lat=fix.lat + _STEP, lon=fix.lon - _STEP)
    await phone.open()
    await phone.tap(FIRE)
    page = await phone.tap(CURRENT)
    t.check(
        "the page before the call speaks of a map on which the place is corrected",
        bool(one_of(page, MAP_WORDS)),
        expected="地図",
        seen=page.described(),
        ja="通報の前の画面に、場所を直す地図がある",
    )
    await phone.send(at(fix), pin)
    shown = await t.observe(
        "the corrected call rings at the home department",
        rings(w, new),
        w.patience + 1,
        expected="a call",
        ja="位置を直した通報が鳴る",
    )
    if shown is not None:
        t.check(
            "the console shows the corrected position",
            _same(shown.place.point, pin) and _same(shown.place.corrected_pin, pin),
            expected=pin,
            seen=f"{shown.place.point}; corrected: {shown.place.corrected_pin}",
            ja="指令台に、直した位置が表示される",
        )
        _raw_fix(t, shown, fix)
    await phone.call(OTHER, HOME, at(fix))
    shown = await t.observe(
        "the call from home rings at the home department",
        rings(w, new, before=1),
        w.patience + 1,
        expected="another call",
        ja="自宅からの通報が鳴る",
    )
    if shown is None:
        return
    place = shown.place
    address = place.registered.address if place.registered else None
    t.check(
        "“home” brings the registered address, and no correction",
        place.choice is PlaceChoice.HOME and address is not None and place.corrected_pin is None,
        expected="home, with the address",
        seen=f"{place.choice.value}: {address}; corrected: {place.corrected_pin}",
        ja="「自宅」では登録した住所が届く",
    )
    _raw_fix(t, shown, fix, "from home ")


def _same(one: Point | Fix | None, other: Point | Fix) -> bool:
    return one is not None and (one.lat, one.lon) == (other.lat, other.lon)


def _raw_fix(t: Trial, shown: ConsoleCall, fix: Fix, where: str = "") -> None:
    seen = shown.place.fix
    t.check(
        f"the fix {where}is kept as it was measured",
        seen is not None and _same(seen, fix) and seen.accuracy_m == fix.accuracy_m,
        expected=f"{fix.lat}, {fix.lon}, {fix.accuracy_m} m",
        seen=seen,
        ja="測位した位置と誤差が、そのまま残る",
    )


@purpose(
    id="PAGE-CALL-MAP-LICENCE",
    requirements=("ASO-23",),
    interfaces="AM",
    role=Role.HOME,
    needs=Needs(profile="aso"),
    timeout_s=60.0,
    title_ja="位置を確かめる通報の画面に、地図データの出典が示される",
    title_en="The page of a call on which the position is seen shows the conditions of map data",
    stimulus_ja="登録者が種別と場所を選び、位置を確かめる画面まで進む。",
    stimulus_en="A registrant chooses kind and place, up to the page with the map.",
    expected_ja="地図の画面に、地図データの出典や利用条件が書かれている。",
    expected_en="The page with the map names the source or licence of its data.",
    why_ja="出典を示すことが、地図データを使う条件である。",
    why_en="To name the source is a condition of using the data.",
)
async def map_licence(t: Trial, w: World) -> None:
    phone = await caller(w)
    await phone.open()
    await phone.tap(FIRE)
    page = await phone.tap(CURRENT)
    t.require("the page is about a map", one_of(page, MAP_WORDS), ja="地図の画面である")
    found = one_of(page, SOURCE_WORDS)
    t.check(
        "the call's page with the map names the source of its data",
        bool(found),
        expected=f"one of {', '.join(SOURCE_WORDS)}",
        seen=found or page.text[-300:],
        ja="通報の地図の画面に出典が示される",
    )
