"""A frequent place at the pages of an application: its position is confirmed on the map."""

from net119_protocol.application import Application
from net119_protocol.person import FrequentPlace, OptionalData
from net119_simulators.pages import Page
from net119_simulators.pages.reading import text_of

from net119_conformance.at_pages import (
    NEXT,
    SUBMIT,
    Applying,
    applying,
    lacking,
    maps_on,
    offers,
)
from net119_conformance.catalogue import Role
from net119_conformance.newcomer import Newcomer, changed
from net119_conformance.purpose import purpose
from net119_conformance.trial import Trial
from net119_conformance.world.needs import Needs
from net119_conformance.world.world import World

LABEL, ADDRESS, NOTE = "図書館", "表町3丁目1番1号", "平日の昼、二階の奥"
ELSEWHERE = "髙橋さんの畑"
"""A place whose position the person does not know on a map."""
UNCONFIRMED = ("確かめていません", "確かめていない", "未確認", "位置なし", "位置がありません")
"""Any of these words says that nobody has confirmed a position."""


@purpose(
    id="PAGE-FREQUENT-PLACE",
    requirements=("TOM-14",),
    interfaces="AMC",
    role=Role.REGISTRATION,
    needs=Needs(profile="tomakomai"),
    timeout_s=60.0,
    title_ja="よく行く場所の位置は、送る前に地図に示され、確かめられる",
    title_en="The position of a frequent place is shown on a map before submission",
    stimulus_ja="よく行く場所を、一つは住所と違う位置を決め、一つは決めずに入力して先へ進み、申請する。",
    stimulus_en="Two frequent places are entered, one with a position other than that of the "
    "address and one without, and handed in.",
    expected_ja="登録名、住所、メモと、住所の地図とは別の、その場所の地図が確認画面にあり、登録に残る。位置を決めない場所には地図がなく、"
    "確かめていないと書かれ、登録にも位置がない。",
    expected_en="The confirmation shows label, address, note and a map of the place beside another "
    "of the address, and all of it is on record. The other place has no map, is said not to be "
    "confirmed, and has no position on record.",
    why_ja="住所の文字だけでは、通報のときその場所へすぐに向かえない。",
    why_en="The letters of an address alone do not lead a crew there at once.",
)
async def frequent_place(t: Trial, w: World) -> None:
    person = await applying(Newcomer(w))
    told = person.person.application
    await person.begin()
    await person.agree()
    # Another position than that of the address, which must not pass for it; well inside the area.
    lat, lon = round(w.home.lat, 4), round(w.home.lon, 4)
    set_place = FrequentPlace(label=LABEL, address=ADDRESS, note=NOTE, lat=lat, lon=lon)
    unset_place = FrequentPlace(label=ELSEWHERE, address=ADDRESS)
    page = await _next(person, told, set_place, unset_place)
    maps = maps_on(page)
    drawn = [await person.browser.fetch(each) for each in maps]
    missing = lacking(page, (LABEL, ADDRESS, NOTE))
    t.check(
        "the confirmation shows the place, and its position on a map of its own",
        offers(page, SUBMIT) and not missing and len(drawn) > 1 and all(drawn),
        expected="label, address, note; maps of the address and of the place",
        seen=f"not shown: {missing}; {len(maps)} maps; {page.described()}",
        ja="確認画面に、その場所と、その位置の地図がある",
    )
    t.check(
        "the map of the place is another one than that of the address",
        len(drawn) > 1 and len(set(drawn)) == len(drawn),
        expected="two maps that differ, of two positions",
        seen=f"{len(drawn)} maps, {len(set(drawn))} different",
        ja="その場所の地図は、住所の地図とは別のものである",
    )
    about = _about(page, ELSEWHERE)
    t.check(
        "a place without a position is not taken as confirmed",
        len(drawn) == 2 and any(each in about for each in UNCONFIRMED),
        expected=f"two maps, and one of {', '.join(UNCONFIRMED)} beside the place",
        seen=f"{len(drawn)} maps; {about or page.described()}",
        ja="位置を決めない場所は、確かめたことにならない",
    )
    if not offers(page, SUBMIT):
        return
    await person.press(SUBMIT)
    kept = (await person.person.record(await w.staff())).application.data.optional
    places = kept.frequent_places if kept else ()
    t.check(
        "the record holds the place with its position",
        [_rounded(each) for each in places[:1]] == [_rounded(set_place)],
        expected=_rounded(set_place),
        seen=[_rounded(each) for each in places],
        ja="登録に、その場所と位置が残る",
    )
    t.check(
        "the record holds no position of the place without one",
        [_rounded(each) for each in places[1:]] == [_rounded(unset_place)],
        expected=_rounded(unset_place),
        seen=[_rounded(each) for each in places],
        ja="位置を決めない場所は、登録にも位置がない",
    )


async def _next(person: Applying, told: Application, *places: FrequentPlace) -> Page:
    await person.enter(changed(told, optional=OptionalData(frequent_places=places)))
    return await person.press(NEXT)


def _about(page: Page, label: str) -> str:
    """The smallest passage of the page that holds the label."""
    found = [text_of(tag) for tag in page.document.select("dd, td, li, p, section")]
    return min((each for each in found if label in each), key=len, default="")


def _rounded(place: FrequentPlace) -> tuple[object, ...]:
    spot = (place.lat, place.lon)
    return (place.label, place.address, place.note, *(each and round(each, 4) for each in spot))
