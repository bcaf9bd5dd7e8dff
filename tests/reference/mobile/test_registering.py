"""Registration at a feature phone, from the mail to the log-in (CTS-02, CTS-15, TOM-08..16)."""

import re
from collections.abc import Iterator
from uuid import uuid4

import pytest

from tests.reference.mobile.applicant import Applicant, path_of, states, wrong
from tests.reference.mobile.phones import CHARSETS, MobilePage, MobilePhone
from tests.reference.pages.applying import card
from tests.reference.pages.site import Site, site
from tests.reference.registration.test_mailed_urls import account_token, returned_token
from tests.reference.web.live_server import Certificates

NAME = "髙橋　𠮷子①"
PERSON = {
    "data.name": NAME,
    "data.kana": "ﾀｶﾊｼ　ﾖｼｺ",
    "data.birth_date": "昭和55年2月29日",
    "data.sex": "female",
}
ADDRESS = {
    "data.address.municipality_code": "01213",
    "data.address.street": "旭町4丁目5番6号 ㈱青葉",
}
REASONS = {"basis": "lives", "data.reason": "音声で話せないため", "text_capable": "yes"}


@pytest.fixture
def town(page_certificates: Certificates) -> Iterator[Site]:
    """A provider of the test's own."""
    with site("tomakomai", page_certificates) as running:
        yield running


@pytest.fixture
def person(tomakomai: Site) -> Applicant:
    return Applicant(tomakomai, f"phone.{uuid4().hex[:12]}@phone.example")


def fill(phone: MobilePhone, *, measured: bool = False) -> MobilePage:
    """Everything that must be entered, from the first part on; the page of the confirmation."""
    assert phone.page.body["data-part"] == "person"
    assert phone.send("next", PERSON).body["data-part"] == "prefecture"
    assert phone.press("next").body["data-part"] == "address", "the department's own prefecture"
    assert phone.send("next", ADDRESS).name == "m-r-position"
    if measured:
        assert phone.measure("自宅の位置をここで測る").name == "m-r-measured"
        phone.press("take")
    else:
        phone.press("without")
    assert phone.page.body["data-part"] == "reasons"
    assert phone.send("next", REASONS).body["data-part"] == "phone"
    assert phone.send("next", {"data.optional.phone": "0000-12-3456"}).name == "m-r-part"
    assert phone.page.body["data-part"] == "contacts"
    assert phone.follow("次へ").body["data-part"] == "places"
    return phone.follow("次へ")


def test_a_whole_registration_at_a_docomo_phone(person: Applicant) -> None:
    """Shift_JIS, no cookie, no script, every page under 20 kB; the photo comes by mail."""
    url = person.url(agreed=False)
    with person.here.http() as client:
        phone = MobilePhone(client, "docomo")
        # The one URL that is mailed to everybody.
        page = phone.get(url)
        assert page.name == "m-r-terms"
        assert page.response.url.path == f"/m{url}/terms"
        assert "版: 2026-04" in page.text
        page = phone.press("next")
        assert (page.response.status_code, wrong(page)) == (422, {"agree": "terms"})
        page = phone.press("next", agree="yes")
        assert page.name == "m-r-form"
        assert states(page)["person"] == "empty"
        phone.follow("本人")
        page = fill(phone, measured=True)
        assert (page.name, page.body["data-image"]) == ("m-r-image", "none")
        assert "r.tomakomai@net119-aoba.example" in page.text
        person.send_photo(card(size=(2400, 1600)))
        assert "受け取りました" in person.letter("画像を受け取りました").text
        page = phone.follow("届いたか確かめる")
        assert page.body["data-image"] == "own"
        (picture,) = re.findall(r'<img src="([^"]+)"', page.text)
        small = client.get(picture)
        assert small.headers["content-type"] == "image/jpeg"
        assert len(small.content) < 20_000
        page = phone.follow("次へ")
        assert page.name == "m-r-confirm"
        # What the phone cannot show is spelled, and the page says so; nothing of it is lost.
        assert "髙橋　〔吉〕子①" in page.text
        assert 'id="unshown"' in page.text
        assert "ﾀｶﾊｼ　ﾖｼｺ" in page.text or "タカハシ　ヨシコ" in page.text
        assert "1980年2月29日（昭和55年）" in page.text
        assert "北海道苫小牧市旭町4丁目5番6号 ㈱青葉" in page.text
        assert phone.press("submit").name == "m-r-submitted"
        assert phone.get(url).body["data-used"] == "applied"
        row, record = person.applied()
        data = record.application.data
        assert data.name == NAME
        assert data.mail == person.mail
        assert data.address.position_is_confirmed
        assert (round(data.address.lat, 4), round(data.address.lon, 4)) == (42.634, 141.605)
        assert record.has_image
        town = person.here.town
        person.here.do(lambda: town.desk.approve(town.clerk, row.registrant_id, row.version))
        done = person.letter("登録が完了")
        words = dict(line.split(": ", 1) for line in done.text.splitlines() if ": " in line)
        (opened,) = [each for each in done.urls if "/my" in each]
        assert phone.get(opened).name == "m-log-in"
        page = phone.press(login_id=words["ID"], password=words["パスワード"])
        assert page.name == "m-menu"


@pytest.mark.parametrize("kind", [each for each in CHARSETS if each != "docomo"])
def test_every_carriers_phone_registers(person: Applicant, kind: str) -> None:
    """Each in its charset, with what must be entered, the photo sent from the phone itself."""
    with person.here.http() as client:
        phone = MobilePhone(client, kind)
        phone.get(f"{person.base()}/form")
        phone.follow("本人")
        page = fill(phone)
        assert page.name == "m-r-image"
        answer = client.post(
            f"{page.response.url.path}",
            files={"image": ("card.jpg", card(), "image/jpeg")},
            headers={"User-Agent": phone.user_agent},
        )
        assert answer.status_code == 303
        page = phone.get(answer.headers["location"])
        assert page.body["data-image"] == "own"
        page = phone.follow("次へ")
        assert page.name == "m-r-confirm"
        assert ("〔吉〕" in page.text) == (phone.charset == "cp932")
        assert "住所の位置は測っていません" in page.text
        assert phone.press("submit").name == "m-r-submitted"
        _row, record = person.applied()
        assert record.application.data.name == NAME
        assert not record.application.data.address.position_is_confirmed


def test_what_a_phone_cannot_show_survives_its_forms(person: Applicant) -> None:
    where = person.base()
    with person.here.http() as client:
        phone = MobilePhone(client, "docomo")
        phone.get(f"{where}/form/person")
        phone.send("next", PERSON)
        phone.get(f"{where}/form/person")
        shown = {each.name: each.value for each in phone.page.forms[0][1]}
        assert shown["data.name"] == "髙橋　〔吉〕子①"
        # Sent back as it was shown, and with another part of it corrected.
        assert phone.press("next").response.status_code == 200
        assert person.entries(where)["data.name"] == NAME
        phone.get(f"{where}/form/person")
        phone.send("next", {"data.name": "高橋　〔吉〕子"})
        assert person.entries(where)["data.name"] == "高橋　𠮷子"


@pytest.mark.parametrize(
    ("kind", "emoji"), [("docomo", "🚑"), ("softbank", "\ue001"), ("au", "\ue488")]
)
def test_a_carriers_emoji_is_replaced_and_that_is_told(
    person: Applicant, kind: str, emoji: str
) -> None:
    where = person.base()
    with person.here.http() as client:
        phone = MobilePhone(client, kind)
        phone.get(f"{where}/form/reasons")
        phone.send("next", REASONS)
        phone.get(f"{where}/form/reasons")
        page = phone.send("next", {"data.reason": f"話せない{emoji}"})
        if kind == "docomo":
            # A character of everybody's, which the charset lacks: it is kept as it is.
            assert page.response.status_code == 200
            assert person.entries(where)["data.reason"] == "話せない🚑"
            return
        assert page.response.status_code == 422
        assert wrong(page) == {"data.reason": "characters"}
        assert "話せない〔絵文字〕" in page.text
        # Pressed again, the person has seen it.
        assert phone.press("next").response.status_code == 200
        assert person.entries(where)["data.reason"] == "話せない〔絵文字〕"


def test_a_smartphone_keeps_its_own_pages(person: Applicant) -> None:
    url = person.url(agreed=False)
    with person.here.http(follow_redirects=True) as client:
        for agent in ("Mozilla/5.0 (Linux; Android 14) Chrome/130.0 Mobile Safari/537.36", ""):
            answer = client.get(url, headers={"User-Agent": agent})
            assert answer.url.path == f"{url}/terms"


def test_problems_stand_at_their_fields_and_the_list_leads_there(person: Applicant) -> None:
    where = person.base()
    with person.here.http() as client:
        phone = MobilePhone(client, "au")
        phone.get(f"{where}/form/person")
        page = phone.send("next", PERSON | {"data.name": "", "data.birth_date": "きのう"})
        assert page.response.status_code == 422
        assert set(wrong(page)) == {"data.name", "data.birth_date"}
        assert 'id="data.name-error" data-code="missing"' in page.text
        assert 'aria-describedby="data.birth_date-error"' in page.text
        typed = {each.name: each.value for each in page.forms[0][1]}
        assert typed["data.birth_date"] == "きのう", "nothing has to be typed twice"
        # Kept as it is, and told again before it can be submitted.
        page = phone.press("list")
        assert page.name == "m-r-form"
        page = phone.follow("次へ: 内容を確認する")
        assert (page.name, page.response.url.query) == ("m-r-form", b"check=yes")
        found = wrong(page)
        assert {"data.name", "data.birth_date", "basis", "image"} <= set(found)
        marked = states(page)
        assert marked["person"] == marked["address"] == marked["image"] == "wrong"
        assert phone.follow("本人").body["data-part"] == "person"
        assert set(wrong(phone.page)) == {"data.name", "data.birth_date"}


def test_another_prefecture_has_other_municipalities(person: Applicant) -> None:
    where = person.base()
    with person.here.http() as client:
        phone = MobilePhone(client, "softbank")
        phone.get(f"{where}/form/address")
        phone.send("next", ADDRESS)
        phone.get(f"{where}/form/prefecture")
        page = phone.send("next", {"data.address.prefecture": "熊本県"})
        (codes,) = [each for each in page.forms[0][1] if each.kind == "select"]
        assert codes.value == ""
        assert "43214" in codes.options
        assert "01213" not in codes.options
        street = next(each for each in page.forms[0][1] if each.name == "data.address.street")
        assert street.value == ADDRESS["data.address.street"]


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ("lat=%2B42.38.02.400&lon=%2B141.36.18.000&geo=wgs84&x-acc=1", "too-coarse"),
        ("lat=%2B40.00.00.000&lon=%2B000.00.00.000&geo=wgs84&x-acc=3", "outside-japan"),
        ("lat=x&lon=y", "unreadable"),
        ("", "unreadable"),
    ],
)
def test_a_position_that_says_nothing_of_a_house_is_not_taken(
    person: Applicant, answer: str, code: str
) -> None:
    with person.here.http() as client:
        phone = MobilePhone(client, "docomo")
        phone.get(f"{person.base()}/position")
        page = phone.measure("自宅の位置をここで測る", answer)
        assert (page.name, page.code, page.response.status_code) == ("m-r-measured", code, 422)
        assert not page.forms
        assert "もう一度測る" in page.text


def test_a_position_elsewhere_is_told_and_can_be_done_without(person: Applicant) -> None:
    where = person.base()
    with person.here.http() as client:
        phone = MobilePhone(client, "docomo")
        phone.get(f"{where}/form/address")
        phone.send("next", ADDRESS)
        sapporo = "lat=%2B43.03.43.500&lon=%2B141.21.15.000&geo=wgs84&x-acc=3"
        page = phone.measure("自宅の位置をここで測る", sapporo)
        assert "札幌市" in page.text
        page = phone.press("take")
        assert (page.name, page.response.status_code) == ("m-r-position", 422)
        assert wrong(page) == {"data.address.lat": "outside-municipality"}
        page = phone.press("without")
        assert page.body["data-part"] == "reasons"
        page = phone.get(f"{where}/position")
        assert page.body["data-position"] == "unconfirmed"
        assert wrong(page) == {}


def test_contacts_and_places_are_added_corrected_and_removed(person: Applicant) -> None:
    where = person.base()
    with person.here.http() as client:
        phone = MobilePhone(client, "docomo")
        phone.get(f"{where}/form/contacts")
        page = phone.page
        for number, name in enumerate(("父", "母", "𠮷田")):
            page = phone.follow("1件追加する")
            assert page.body["data-part"] == f"contacts.{number}"
            at = f"data.optional.contacts.{number}"
            page = phone.send("next", {f"{at}.name": name})
            assert wrong(page) == {at: "no-means"}, "a telephone, a fax or a mail address"
            page = phone.send("next", {f"{at}.fax": "0000-11-1111"})
            assert page.body["data-part"] == "contacts"
        assert "1件追加する" not in page.text, "three at most here"
        assert phone.get(f"{where}/form/contacts.3").name == "m-refused"
        phone.get(f"{where}/form/contacts.1")
        page = phone.press("remove")
        assert [each["text"] for each in page.links[:2]] == ["父", "〔吉〕田"]
        # Emptied, an entry is none, and the next one takes its place.
        phone.follow("父")
        at = "data.optional.contacts.0"
        page = phone.send("next", {f"{at}.name": "", f"{at}.fax": ""})
        assert [each["text"] for each in page.links[:1]] == ["〔吉〕田"]
        phone.get(f"{where}/form/places")
        phone.follow("1件追加する")
        place = {"label": "会社", "address": "苫小牧市表町1", "note": "平日 🚑"}
        at = "data.optional.frequent_places.0"
        page = phone.send("next", {f"{at}.{name}": text for name, text in place.items()})
        assert page.body["data-part"] == "places"
        phone.follow("会社")
        page = phone.measure("この場所の位置をここで測る")
        assert page.name == "m-r-measured"
        page = phone.press("take")
        assert "位置は入っています" in page.text
        fields = person.entries(where)
        assert fields["data.optional.contacts.0.name"] == "𠮷田"
        assert fields[f"{at}.note"] == "平日 🚑"
        assert fields[f"{at}.lat"] == "42.634000"


def test_what_is_typed_at_a_replaced_url_can_be_noted_down(person: Applicant) -> None:
    where = person.base()
    with person.here.http() as client:
        phone = MobilePhone(client, "docomo")
        phone.get(f"{where}/form/person")
        person.url(agreed=False)
        page = phone.send("next", PERSON)
        assert (page.name, page.code, page.response.status_code) == ("m-r-closed", "revoked", 410)
        assert "昭和55年2月29日" in page.text
        page = phone.get("/m/r/unknown-token-of-nobody")
        assert (page.code, page.response.status_code) == ("unknown", 404)


def test_an_image_that_cannot_be_taken_says_why(person: Applicant) -> None:
    where = person.base()
    with person.here.http() as client:
        phone = MobilePhone(client, "docomo")
        headers = {"User-Agent": phone.user_agent}
        for files, code in (
            ({"image": ("a.pdf", b"%PDF-1.7", "application/pdf")}, "not-taken"),
            ({"image": ("", b"", "application/octet-stream")}, "empty"),
        ):
            answer = client.post(f"{where}/image", files=files, headers=headers)
            assert answer.status_code == 422
            assert f'data-code="{code}"' in answer.content.decode("cp932")


def test_a_correction_a_change_and_the_end_at_a_phone(town: Site) -> None:
    async def returned() -> str:
        row = await town.town.apply()
        return await returned_token(town.town, row)

    async def change() -> str:
        (row,) = await town.town.rows()
        version = await town.town.version(row.registrant_id)
        await town.town.desk.approve(town.town.clerk, row.registrant_id, version)
        done = await town.town.letter("登録が完了")
        words = dict(line.split(": ", 1) for line in done.text.splitlines() if ": " in line)
        return await account_token(town.town, words["ID"], words["パスワード"])

    with town.http() as client:
        phone = MobilePhone(client, "docomo")
        page = phone.get(f"/r/{town.do(returned)}")
        assert page.name == "m-r-form"
        assert wrong(page) == {"data.name": "reviewer"}
        assert states(page)["person"] == "wrong"
        page = phone.follow("本人")
        assert wrong(page) == {"data.name": "reviewer"}
        phone.send("next", {"data.name": "髙橋　𠮷子"})
        phone.get(f"{path_of(page)}/position")
        phone.press("without")
        page = phone.get(f"{path_of(page)}/confirm")
        assert page.name == "m-r-confirm"
        assert phone.press("submit").body["data-used"] == "corrected"

        page = phone.get(f"/r/{town.do(change)}")
        assert page.name == "m-r-account"
        phone.press("change")
        assert phone.page.name == "m-r-form"
        phone.follow("電話・FAX")
        phone.send("next", {"data.optional.phone": "0000-99-9999"})
        page = phone.get(f"{path_of(phone.page)}/confirm")
        assert page.name == "m-r-confirm"
        assert 'data-change="data.optional.phone"' in page.text
        page = phone.get(f"{path_of(page)}/stop")
        # Enter, which presses the first button, does not stop.
        assert phone.press().name == "m-r-account"
        phone.press("stop")
        assert phone.press("stop").name == "m-r-stopped"
        assert town.do(lambda: town.town.letter("利用を停止しました")).text
