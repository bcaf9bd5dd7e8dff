"""Places at the pages of an application: from the prefecture down, on a map, with its licence."""

from net119_protocol.application import Application
from net119_simulators.pages import Page
from net119_simulators.pages.controls import ChoiceControl, Option
from net119_simulators.person import jurisdictions

from net119_conformance.at_pages import (
    BACK,
    BIRTH_DATE,
    LATITUDE,
    LONGITUDE,
    MUNICIPALITY,
    NEXT,
    PREFECTURE,
    SHOW_MUNICIPALITIES,
    SUBMIT,
    Applying,
    applying,
    control_of,
    form_with,
    maps_on,
    offers,
    told_beside,
)
from net119_conformance.catalogue import Role
from net119_conformance.newcomer import Newcomer, changed
from net119_conformance.purpose import purpose
from net119_conformance.trial import Trial
from net119_conformance.world.needs import Needs
from net119_conformance.world.world import World

PREFECTURES = 47
ELSEWHERE = ("沖縄県", "北海道")
"""The first that is not the own prefecture is looked at."""
SOURCE_WORDS = ("出典", "©", "著作権", "ライセンス", "利用規約に基づ")
"""What the conditions of map data start with, or hold, where they are shown."""


@purpose(
    id="PAGE-ADDRESS",
    requirements=("TOM-13",),
    interfaces="AMC",
    role=Role.REGISTRATION,
    needs=Needs(profile="tomakomai"),
    timeout_s=60.0,
    title_ja="住所は都道府県から選び、その位置を地図で確かめる",
    title_en="The address is entered from the prefecture down, its position confirmed on a map",
    stimulus_ja="別の都道府県を選んで市町村の一覧を見る。自分の住所に、遠く離れた位置を、次に市町村の中の位置を付けて"
    "先へ進み、申請する。",
    stimulus_en="Another prefecture is chosen and its municipalities are looked at. The own "
    "address is sent with a position far off, then with one inside the municipality, and then "
    "handed in.",
    expected_ja="選んだ都道府県の市町村だけがすべて並ぶ。離れた位置は断られ、正しい位置は確認画面の地図に示され、"
    "登録に残る。",
    expected_en="Exactly the municipalities of the prefecture are offered. The position far off is "
    "refused; the right one is shown on a map before submission, and is on record.",
    why_ja="位置のわからない通報では、登録した住所の位置に隊が向かう。",
    why_en="Where a call has no position, crews go to that of the registered address.",
)
async def address(t: Trial, w: World) -> None:
    person = await applying(Newcomer(w))
    told = person.person.application
    await person.begin()
    await person.agree()
    await _municipalities(t, person, told)
    await person.enter(changed(told, address=told.data.address.model_copy(update=_far_off(told))))
    page = await person.press(NEXT)
    back = offers(page, BIRTH_DATE)
    t.check(
        "a position far off is refused, and named",
        back and bool(_position_told(page)),
        expected="the form with a problem at the position",
        seen=page.described(),
        ja="離れた位置は、その項目の問題として断られる",
    )
    if not back:
        await person.press(BACK)
    await person.enter()
    page = await person.press(NEXT)
    drawn = maps_on(page)
    content = await person.browser.fetch(drawn[0]) if drawn else b""
    t.check(
        "the position is shown on a map before submission",
        offers(page, SUBMIT) and bool(content),
        expected="a confirmation with a map",
        seen=f"{page.described()}; maps: {drawn}, {len(content)} octets",
        ja="送る前に、位置が地図に示される",
    )
    if offers(page, SUBMIT):
        await person.press(SUBMIT)
        kept = (await person.person.record(await w.staff())).application.data.address
        own = told.data.address
        t.check(
            "the record holds the confirmed position",
            (round(kept.lat, 4), round(kept.lon, 4)) == (round(own.lat, 4), round(own.lon, 4))
            and kept.position_confirmed is not False,
            expected=f"{own.lat}, {own.lon}, confirmed",
            seen=f"{kept.lat}, {kept.lon}, confirmed: {kept.position_confirmed}",
            ja="確かめた位置が登録に残る",
        )


async def _municipalities(t: Trial, person: Applying, told: Application) -> None:
    form = person.form
    prefecture = control_of(form, PREFECTURE)
    offered = [each.text for each in _options(prefecture) if each.value]
    t.check(
        "the address starts with the prefecture",
        len(offered) == PREFECTURES,
        expected=f"a list of {PREFECTURES} prefectures",
        seen=f"{len(offered)}: {offered[:3]}",
        ja="住所は都道府県から始まる",
    )
    other = next(each for each in ELSEWHERE if each != told.data.address.prefecture)
    form.enter(prefecture.name, other)
    page = await person.press(SHOW_MUNICIPALITIES)
    shown = control_of(form_with(page, BIRTH_DATE), MUNICIPALITY)
    names = sorted(each.text for each in _options(shown) if each.value)
    rows = jurisdictions().municipalities
    right = sorted(row.name_ja for code in rows.codes if (row := rows[code]).prefecture == other)
    t.check(
        "the municipalities offered are those of the prefecture",
        names == right,
        expected=f"the {len(right)} of {other}",
        seen=f"{len(names)}: wrong {sorted(set(names) - set(right))[:5]}, "
        f"missing {sorted(set(right) - set(names))[:5]}",
        ja="選んだ都道府県の市町村だけがすべて並ぶ",
    )


def _options(control: object) -> list[Option]:
    return control.options if isinstance(control, ChoiceControl) else []


def _far_off(told: Application) -> dict[str, float]:
    """A position in Japan, hundreds of kilometres from the address."""
    rows = jurisdictions().municipalities
    north = told.data.address.lat > 36
    lat, lon = rows.some_point("47201" if north else "01100")
    return {"lat": lat, "lon": lon}


def _position_told(page: Page) -> str:
    form = form_with(page, BIRTH_DATE)
    return " ".join(told_beside(page, control_of(form, each)) for each in (LATITUDE, LONGITUDE))


@purpose(
    id="PAGE-MAP-LICENCE",
    requirements=("ASO-23",),
    interfaces="AM",
    role=Role.REGISTRATION,
    needs=Needs(profile="aso"),
    timeout_s=60.0,
    title_ja="地図のある申請画面に、地図データの出典が示される",
    title_en="Pages of the application that show a map show the conditions of its data",
    stimulus_ja="位置を付けて入力し、地図のある確認画面まで進む。",
    stimulus_en="An application with a position is filled in up to the confirmation with its map.",
    expected_ja="地図と同じ画面に、地図データの出典や利用条件が書かれている。",
    expected_en="The page that shows the map names the source or licence of its data.",
    why_ja="出典を示すことが、地図データを使う条件である。",
    why_en="To name the source is a condition of using the data.",
)
async def map_licence(t: Trial, w: World) -> None:
    person = await applying(Newcomer(w))
    page = await person.to_confirmation()
    t.require("the confirmation shows a map", maps_on(page), ja="確認画面に地図がある")
    found = [word for word in SOURCE_WORDS if word in page.text]
    t.check(
        "the page with the map names the source of its data",
        bool(found),
        expected=f"one of {', '.join(SOURCE_WORDS)}",
        seen=found or page.text[-300:],
        ja="地図のある画面に出典が示される",
    )
