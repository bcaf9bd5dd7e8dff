"""Frequent places at a feature phone: one key each, measured or not (TOM-14, CNB-26)."""

from urllib.parse import urlsplit

from net119_protocol.codes import Kind, PlaceChoice
from net119_protocol.person import FrequentPlace, OptionalData

from tests.reference.mobile.answering import Desk, call_of, entered
from tests.reference.mobile.phones import MobilePhone
from tests.reference.pages.person import Person
from tests.reference.pages.site import Site

HOSPITAL = FrequentPlace(label="ﾋﾞｮｳｲﾝ", address="苫小牧市架空9")
SCHOOL = FrequentPlace(label="学校①", address="苫小牧市架空町𠮷丁目", lat=42.65, lon=141.61)
WORK = FrequentPlace(label="髙橋工場", address="苫小牧市架空2", lat=42.66, lon=141.62)


def somebody(site: Site, mail: str, *places: FrequentPlace) -> Person:
    return entered(site, mail, optional=OptionalData(frequent_places=places))


def at_places(phone: MobilePhone, person: Person) -> MobilePhone:
    phone.log_in(person.login_id, person.password)
    for words in ("通報する", "救急"):
        phone.follow(words)
    assert phone.page.name == "m-place"
    return phone


def shown_place(phone: MobilePhone) -> dict[str, str]:
    assert phone.page.name == "m-confirm"
    (place,) = [each for each in phone.page.tagged if each.get("id") == "place"]
    return place


def test_each_with_a_position_has_its_key(tomakomai: Site) -> None:
    person = somebody(tomakomai, "keys@phone.example", HOSPITAL, SCHOOL, WORK)
    with tomakomai.http() as client:
        page = at_places(MobilePhone(client, "docomo"), person).page
        keys = {each["text"]: each.get("accesskey") for each in page.links}
        assert (keys["学校①"], keys["髙橋工場"]) == ("4", "5")
        assert "ﾋﾞｮｳｲﾝ" not in keys, "no position was confirmed for it"
        assert len(set(keys.values())) == len(keys)
        assert "苫小牧市架空町〔吉〕丁目" in page.text
        assert "学校" not in page.link("学校①"), "nothing personal in the URL"


def test_more_places_than_keys_stay_within_reach(tomakomai: Site) -> None:
    many = [WORK.model_copy(update={"label": f"場所{number}"}) for number in range(8)]
    person = somebody(tomakomai, "many@phone.example", *many)
    with tomakomai.http() as client:
        page = at_places(MobilePhone(client, "au"), person).page
        found = [each.get("accesskey") for each in page.links if each["text"].startswith("場所")]
        assert found == ["4", "5", "6", "7", "8", "0", None, None]


def test_a_call_from_there_without_measuring(tomakomai: Site, desk: Desk) -> None:
    person = somebody(tomakomai, "work@phone.example", HOSPITAL, SCHOOL, WORK)
    with tomakomai.http() as client:
        phone = at_places(MobilePhone(client, "docomo-1"), person)
        phone.follow("学校①")
        assert phone.page.name == "m-locate"
        phone.follow("測らずに学校①で通報")
        assert shown_place(phone)["data-place"] == "frequent"
        assert "学校① 苫小牧市架空町〔吉〕丁目" in phone.page.text
        call = desk.call(call_of(phone.press("call")))
        assert call_of(phone.again()) == call.call_id
    assert (call.kind, call.place.choice) == (Kind.AMBULANCE, PlaceChoice.CURRENT)
    assert call.place.fix is None
    assert call.place.frequent is not None
    assert (call.place.frequent.label, call.place.frequent.lat) == ("学校①", 42.65)


def test_a_measured_position_goes_with_it(tomakomai: Site, desk: Desk) -> None:
    person = somebody(tomakomai, "measured@phone.example", WORK)
    with tomakomai.http() as client:
        phone = at_places(MobilePhone(client, "softbank"), person)
        phone.follow("髙橋工場")
        phone.measure()
        assert shown_place(phone)["data-place"] == "frequent"
        assert "（電話の位置: 北海道苫小牧市" in phone.page.text
        call = desk.call(call_of(phone.press("call")))
    assert call.place.fix is not None
    assert call.place.frequent is not None
    assert call.place.frequent.label == "髙橋工場"


def test_a_place_that_is_not_registered_as_seen_makes_no_call(tomakomai: Site, desk: Desk) -> None:
    """The list may have changed meanwhile: another place is never put in its stead."""
    person = somebody(tomakomai, "changed@phone.example", WORK)
    before = desk.calls()
    with tomakomai.http() as client:
        phone = at_places(MobilePhone(client, "au"), person)
        path = urlsplit(phone.page.link("髙橋工場")).path
        phone.follow("髙橋工場")
        phone.follow("測らずに")
        url, body = phone.filled("call", 0, {})
        stale = "frequent-0-000000000000"
        phone.last = (url.replace(path.rpartition("/")[2], stale), body)
        page = phone.again()
        assert (page.name, page.code, page.response.status_code) == ("m-refused", "invalid", 422)
        assert phone.follow("もう一度").name == "m-place"
        assert phone.get(f"{path.rpartition('/')[0]}/frequent-1").code == "not-found"
    assert desk.calls() == before
