"""The application form without scripts: what is wrong is said per field, what was typed stays."""

import html
import re

import pytest
from net119_protocol.directory import load_municipalities
from net119_reference.web.pages.prefectures import ENGLISH

from tests.reference.pages.applying import card, filled, mailed_url, page_of, send, wrong
from tests.reference.pages.site import Site


def test_every_wrong_field_is_told_at_once_and_nothing_is_lost(tomakomai: Site) -> None:
    url = mailed_url(tomakomai)
    fields = filled(
        tomakomai,
        data__name="",
        data__birth_date="昭和99年2月30日",
        data__kana="Yoshiko",
        data__reason="",
        data__address__lat="xyz",
    )
    with tomakomai.http() as client:
        answer = send(client, url, fields)
        assert answer.status_code == 422
        assert wrong(answer) == {
            "data.name": "missing",
            "data.kana": "not-kana",
            "data.birth_date": "no-such-date",
            "data.address.lat": "not-a-number",
            "data.reason": "missing",
            "image": "missing",
        }
        for each in wrong(answer):
            assert f'id="{each}-error"' in answer.text, each
            assert f'id="{each}"' in answer.text, each
        back = client.get(f"{url}/form").text
        for text in (
            "昭和99年2月30日",
            "Yoshiko",
            "xyz",
            "秘密町1丁目2番3号",
            "タカハシ　イチロウ",
        ):
            assert f'value="{text}"' in answer.text, text
            assert f'value="{text}"' in back, text


def test_an_empty_form_names_every_required_item(tomakomai: Site) -> None:
    """TOM-10."""
    url = mailed_url(tomakomai)
    with tomakomai.http() as client:
        answer = send(client, url, {})
        assert set(wrong(answer)) == {
            "data.name",
            "data.kana",
            "data.birth_date",
            "data.sex",
            "data.address.municipality_code",
            "data.address.prefecture",
            "data.address.street",
            "data.address.lat",
            "data.reason",
            "basis",
            "text_capable",
            "image",
        }


def test_where_the_map_starts_is_no_position_that_anybody_confirmed(tomakomai: Site) -> None:
    """A crew would be sent to a point that the map had put there."""
    url = mailed_url(tomakomai)
    lat, lon = load_municipalities().some_point("01213")
    start = {"data.address.lat": f"{lat:.6f}", "data.address.lon": f"{lon:.6f}"}
    fields = filled(tomakomai) | start
    with tomakomai.http(follow_redirects=True) as client:
        answer = send(client, url, fields, image=card())
        assert wrong(answer) == {"data.address.lat": "not-moved"}
        assert "「地図を使わない」" in answer.text
        unsaid = {n: t for n, t in fields.items() if n != "data.address.position_confirmed"}
        assert wrong(send(client, url, unsaid)) == {"data.address.lat": "not-moved"}
        beside = {**fields, "data.address.lat": f"{lat + 0.000002:.6f}"}
        assert page_of(send(client, url, beside)) == "confirm"


def test_no_tie_to_the_area_is_chosen_for_anybody(tomakomai: Site) -> None:
    """TOM-10: who has not said why they register has not said that they live there."""
    url = mailed_url(tomakomai)
    fields = filled(tomakomai)
    del fields["basis"]
    with tomakomai.http() as client:
        blank = client.get(f"{url}/form").text
        assert 'name="basis" value="lives"' in blank
        assert not re.search(r'name="basis"[^>]*checked', blank)
        answer = send(client, url, fields, image=card())
        assert wrong(answer) == {"basis": "missing"}
        assert "この消防本部の地域との関わりを選んでください。" in answer.text
        assert not re.search(r'name="basis"[^>]*checked', answer.text)
        # Where somebody lives who may work here is not judged before they say so.
        away = {**fields, "data.address.prefecture": "東京都"}
        away |= {"data.address.municipality_code": "13101"}
        away |= {"data.address.lat": "35.694", "data.address.lon": "139.754"}
        assert wrong(send(client, url, away)) == {"basis": "missing"}


def test_the_form_asks_what_the_profile_asks(aso: Site, tomakomai: Site) -> None:
    with aso.http() as client:
        asked = client.get(f"{mailed_url(aso)}/form").text
    for name in ("data.optional.medical.allergy", "data.disability", "data.device"):
        assert f'name="{name}"' in asked
    for name in ("image", "guardian.name", "data.reason", "certificate", "data.address.flat"):
        assert f'name="{name}"' not in asked
    with tomakomai.http() as client:
        asked = client.get(f"{mailed_url(tomakomai)}/form").text
    for name in ("image", "data.reason", "data.kana", "text_capable"):
        assert f'name="{name}"' in asked
    for name in ("data.optional.medical.allergy", "guardian.name", "data.device"):
        assert f'name="{name}"' not in asked


def test_entries_of_lists_are_added_and_removed_by_buttons(tomakomai: Site) -> None:
    url, one = mailed_url(tomakomai), "data.optional.contacts.0"
    two = "data.optional.contacts.1"
    with tomakomai.http(follow_redirects=True) as client:
        assert f'name="{one}.name"' not in client.get(f"{url}/form").text
        page = send(client, url, {"data.name": "花子"}, "add-contact")
        assert f'name="{one}.name"' in page.text
        assert 'value="花子"' in page.text
        first = {"count.data.optional.contacts": "1", f"{one}.name": "一郎", f"{one}.phone": "1"}
        page = send(client, url, first, "add-contact")
        second = {**first, "count.data.optional.contacts": "2", f"{two}.name": "二郎"}
        page = send(client, url, second, "remove-contact.0")
        assert f'name="{one}.name" type="text" value="二郎"' in page.text
        assert f'name="{two}.name"' not in page.text
        page = send(client, url, {}, "add-place")
        assert 'name="data.optional.frequent_places.0.lat"' in page.text
        # A button pressed twice, or a name made up, harms nothing.
        assert page_of(send(client, url, {}, "remove-place.7")) == "form"
        assert page_of(send(client, url, {}, "add-everything")) == "form"


def test_an_added_entry_left_blank_does_not_count(tomakomai: Site) -> None:
    url = mailed_url(tomakomai)
    blank = {
        "count.data.optional.frequent_places": "1",
        "data.optional.frequent_places.0.label": "",
        "data.optional.frequent_places.0.address": "",
    }
    with tomakomai.http(follow_redirects=True) as client:
        assert page_of(send(client, url, {**filled(tomakomai), **blank}, image=card())) == "confirm"


def test_a_contact_without_any_means_is_told(tomakomai: Site) -> None:
    """TOM-15."""
    url = mailed_url(tomakomai)
    fields = filled(tomakomai)
    del fields["data.optional.contacts.0.fax"]
    with tomakomai.http() as client:
        answer = send(client, url, fields, image=card())
    assert wrong(answer) == {"data.optional.contacts.0": "no-means"}
    assert 'id="data.optional.contacts.0-error"' in answer.text


def test_municipalities_of_another_prefecture_without_scripts(tomakomai: Site) -> None:
    url = mailed_url(tomakomai)
    with tomakomai.http(follow_redirects=True) as client:
        assert '<option value="01213">苫小牧市' in client.get(f"{url}/form").text
        page = send(client, url, {"data.address.prefecture": "東京都"}, "municipalities")
        assert '<option value="13101">千代田区' in page.text
        assert '<option value="東京都" selected>' in page.text
        listed = client.get("/places/municipalities", params={"prefecture": "東京都"}).json()
        assert {"code": "13101", "ja": "千代田区", "en": "Chiyoda City"} in listed
        assert client.get("/places/municipalities?prefecture=x").json() == []
        borders = client.get("/places/01213").json()
        assert borders["borders"][0]["properties"]["ja"] == "苫小牧市"
        assert client.get("/places/99999").status_code == 404


def test_every_prefecture_has_its_english_name() -> None:
    rows = load_municipalities().values()
    assert tuple(dict.fromkeys(row.prefecture for row in rows)) == tuple(ENGLISH)


def test_the_position_lies_in_the_chosen_municipality(tomakomai: Site) -> None:
    """TOM-13."""
    url = mailed_url(tomakomai)
    sapporo = filled(tomakomai, data__address__lat="43.06", data__address__lon="141.35")
    with tomakomai.http() as client:
        answer = send(client, url, sapporo, image=card())
    assert wrong(answer) == {"data.address.lat": "outside-municipality"}


def test_without_the_map_the_position_is_marked_as_not_confirmed(tomakomai: Site) -> None:
    """Fact A37."""
    url = mailed_url(tomakomai)
    fields = filled(tomakomai, data__address__position_confirmed="no")
    del fields["data.address.lat"], fields["data.address.lon"]
    with tomakomai.http(follow_redirects=True) as client:
        confirm = send(client, url, fields, image=card())
        assert page_of(confirm) == "confirm"
        assert "地図で確かめていません" in confirm.text
        client.post(f"{url}/confirm", data={"action": "submit"})
    (row,) = tomakomai.do(tomakomai.town.rows)

    async def address() -> object:
        town = tomakomai.town
        return (await town.desk.application(town.clerk, row.registrant_id, "test")).application

    found = tomakomai.do(address)
    known = load_municipalities()
    assert found.data.address.position_confirmed is False  # type: ignore[attr-defined]  # an Application
    here = (found.data.address.lat, found.data.address.lon)  # type: ignore[attr-defined]  # an Application
    assert here == pytest.approx(known.some_point("01213"), abs=1e-5)


def test_somebody_who_works_in_the_area_and_lives_elsewhere(tomakomai: Site) -> None:
    url = mailed_url(tomakomai)
    elsewhere = {
        "data.address.prefecture": "北海道",
        "data.address.municipality_code": "01224",
        "data.address.lat": "42.82",
        "data.address.lon": "141.65",
    }
    with tomakomai.http(follow_redirects=True) as client:
        answer = send(client, url, {**filled(tomakomai), **elsewhere}, image=card())
        assert wrong(answer) == {"data.address.municipality_code": "outside-area"}
        works = {"basis": "works", "basis_municipality": "01213"}
        answer = send(client, url, {**filled(tomakomai), **elsewhere, **works})
        assert page_of(answer) == "confirm"
        assert "北海道苫小牧市" in answer.text


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"\x00\x00\x00\x18ftypheic" + b"\x00" * 64, "heic"),
        (b"%PDF-1.7 ...", "not-taken"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "not-taken"),
        (b"\xff\xd8\xff\xe0 no picture", "damaged"),
        (b"\xff\xd8" + b"\x00" * (10 * 1024 * 1024), "too-large"),
    ],
)
def test_an_image_that_cannot_be_taken(tomakomai: Site, content: bytes, code: str) -> None:
    url = mailed_url(tomakomai)
    with tomakomai.http(follow_redirects=True) as client:
        answer = send(client, url, filled(tomakomai), image=content)
        found = wrong(answer)
        assert found == {"image": code if code != "damaged" else found["image"]}
        assert answer.status_code == 422
        assert 'value="秘密町1丁目2番3号"' in answer.text
        assert client.get(f"{url}/image").status_code == 404


def test_a_file_above_every_limit_is_refused_with_a_page(tomakomai: Site) -> None:
    url = mailed_url(tomakomai)
    with tomakomai.http() as client:
        send(client, url, {"data.name": "保存した名前"}, "save")
        answer = send(client, url, filled(tomakomai), image=b"\xff\xd8" + bytes(12 * 1024 * 1024))
        assert answer.status_code == 413
        assert page_of(answer) == "image-too-large"
        assert 'data-code="too-large"' in answer.text
        assert "10MB" in answer.text
        assert f'href="{url}/form"' in answer.text
        assert 'value="保存した名前"' in client.get(f"{url}/form").text


def test_the_image_stays_when_other_fields_are_wrong(tomakomai: Site) -> None:
    url = mailed_url(tomakomai)
    with tomakomai.http(follow_redirects=True) as client:
        answer = send(client, url, filled(tomakomai, data__name=""), image=card("PNG"))
        assert wrong(answer) == {"data.name": "missing"}
        assert f'src="{url}/image"' in answer.text
        assert page_of(send(client, url, filled(tomakomai))) == "confirm"
    with tomakomai.http() as stranger:
        # The URL is the key: whoever does not know it sees nothing.
        assert stranger.get(f"{url[:-2]}xx/image").status_code == 404


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("<script>alert(1)</script>", None),
        ("\u202e子花\u202c", "invisible-character"),
        ("花\u200b子", "invisible-character"),
        ("髙橋　𠮷子①", None),
        ("あ" * 81, "too-long"),
        ("花\x00子", "invisible-character"),
        ("'; DROP TABLE registrants; --", None),
        ("{{ 7*7 }}", None),
    ],
)
def test_hostile_names(tomakomai: Site, name: str, code: str | None) -> None:
    url = mailed_url(tomakomai)
    with tomakomai.http(follow_redirects=True) as client:
        answer = send(client, url, filled(tomakomai, data__name=name), image=card())
        assert "<script>alert" not in answer.text
        assert html.escape(name) in answer.text.replace("&#34;", "&quot;").replace(
            "&#39;", "&#x27;"
        )
        if code is None:
            assert page_of(answer) == "confirm"
        else:
            assert answer.status_code == 422
            assert wrong(answer) == {"data.name": code}


def test_fields_that_no_form_of_ours_has(tomakomai: Site) -> None:
    url = mailed_url(tomakomai)
    with tomakomai.http(follow_redirects=True) as client:
        many = {f"data.x{number}": "1" for number in range(600)}
        answer = send(client, url, {**filled(tomakomai), **many})
        assert answer.status_code == 422
        assert page_of(answer) == "problem"
        strange = send(client, url, {**filled(tomakomai), "data.<b>": "1"}, image=card())
        assert wrong(strange) == {"data.&lt;b&gt;": "unknown-field"}
        assert "<b>" not in strange.text
        long = send(client, url, filled(tomakomai, data__reason="a" * 40_000), image=card())
        assert long.status_code == 413
        twice = client.post(
            f"{url}/form",
            content="data.name=a&data.name=b&action=next",
            headers={"Content-Type": "application/x-www-form-urlencoded"},
        )
        assert twice.status_code == 422
        garbage = client.post(
            f"{url}/form",
            content=b"--x\r\nnothing",
            headers={"Content-Type": "multipart/form-data; boundary=y"},
        )
        assert garbage.status_code in (303, 422)


def test_a_file_in_the_place_of_a_text(tomakomai: Site) -> None:
    url, fields = mailed_url(tomakomai), filled(tomakomai)
    del fields["data.name"]
    with tomakomai.http() as client:
        answer = client.post(
            f"{url}/form",
            data={**fields, "action": "next"},
            files={"data.name": ("a.txt", b"secret", "text/plain"), "image": ("c.jpg", card())},
        )
    assert wrong(answer) == {"data.name": "not-text"}
    assert "secret" not in answer.text


def test_the_language_can_be_switched_in_the_middle(tomakomai: Site) -> None:
    url = mailed_url(tomakomai)
    with tomakomai.http(follow_redirects=True) as client:
        page = send(client, url, {"data.name": "途中　花子", "check": "yes"}, "lang-en")
        assert 'lang="en"' in page.text
        assert 'value="途中　花子"' in page.text
        assert "data.birth_date" in wrong(page)
        assert "1213" in page.text
        assert "Tomakomai City" in page.text
