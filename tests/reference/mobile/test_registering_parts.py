"""What lies under the registration at a feature phone: texts put back, pages cut, plaintext."""

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from net119_protocol.gps import Carrier, CarrierFix, Datum, Dialect
from net119_protocol.profile.form_fields import FIELDS
from net119_protocol.profile.load import load_profiles
from net119_protocol.profile.model import Item
from net119_reference.service.jurisdiction import japan
from net119_reference.web import create_app
from net119_reference.web.pages.application_view import ApplicationView
from net119_reference.web.pages.mobile.charset import Charset, encoded, shown
from net119_reference.web.pages.mobile.form import MobileForm
from net119_reference.web.pages.mobile.registering.measured import EXACT_M, spot_of
from net119_reference.web.pages.mobile.registering.parts import entry, parts
from net119_reference.web.pages.mobile.registering.reading import asked_leaf, leaves
from net119_reference.web.pages.mobile.registering.typed import put

from tests.reference.mobile.phones import USER_AGENTS
from tests.reference.registration.support import run, town

TEXTS = st.text(
    st.sampled_from("髙橋𠮷①〜～ｶﾅ🚑👍🏽㈱aé〓〔〕\u200d\u3099か\n ") | st.characters(codec="utf-8")
)


@given(TEXTS, st.sampled_from(Charset))
def test_a_text_sent_back_as_it_was_shown_stays_what_it_was(text: str, charset: Charset) -> None:
    body, _ = encoded(text, charset)
    back = MobileForm({"data.name": body.decode(charset.codec)})
    fields, problems = put({"data.name": text}, back, ["data.name"], charset)
    assert fields == {"data.name": text}
    assert problems == ()


@given(TEXTS, TEXTS)
def test_only_the_fields_of_the_page_change(name: str, other: str) -> None:
    form = MobileForm({"data.name": name, "basis": other, "next": "x"})
    before = {"data.reason": "理由", "data.name": "以前"}
    fields, _ = put(before, form, ["data.name"], Charset.UTF_8)
    assert fields.keys() == {"data.reason", "data.name"}
    assert fields["data.reason"] == "理由"


def test_a_character_without_a_spelling_is_told_when_the_text_around_it_changes() -> None:
    before = {"data.name": "𩸽子"}
    assert shown("𩸽子", Charset.SHIFT_JIS).text == "〓子"
    fields, problems = put(
        before, MobileForm({"data.name": "〓　子"}), ["data.name"], Charset.SHIFT_JIS
    )
    assert fields == {"data.name": "〓　子"}
    assert [(each.path, each.code) for each in problems] == [("data.name", "characters")]


@given(st.lists(st.text(max_size=60), max_size=40), st.integers(1, 200))
def test_no_text_is_lost_between_pages(texts: list[str], most: int) -> None:
    found = leaves(texts, most)
    assert [each for leaf in found for each in leaf] == texts
    for leaf in found:
        assert len(leaf) <= 1 or sum(len(each.encode()) for each in leaf) <= most


@given(st.text(max_size=6), st.integers(1, 30))
def test_any_page_number_is_one_of_the_pages(given_number: str, count: int) -> None:
    assert 1 <= asked_leaf(given_number, count) <= count


@pytest.mark.parametrize(
    ("accuracy_m", "taken"), [(None, False), (10.0, True), (EXACT_M / 1.6, True), (70.0, False)]
)
def test_only_a_position_that_finds_a_house_is_taken(accuracy_m: float | None, taken: bool) -> None:
    fix = CarrierFix(Dialect.DOCOMO_GPS, Datum.WGS84, 42.6, 141.6, 42.6, 141.6, accuracy_m)
    assert fix.carrier is Carrier.DOCOMO
    assert (spot_of(fix) is not None) == taken


@pytest.mark.parametrize("department", ["tomakomai", "chitose", "aso"])
def test_the_pages_ask_for_everything_that_the_profile_asks_for(department: str) -> None:
    """Each item of the profile has a control on one page, and on one only."""
    profile = load_profiles()[department]
    view = ApplicationView(
        profile=profile,
        lang="ja",
        values={},
        index=japan(),
        fixed_mail="a@a.example",
        asks_image=profile.asks(Item.IDENTITY_IMAGE),
    )
    found = parts(view)
    names = [each.name for one in found for each in one.controls]
    assert len(names) == len(set(names))
    keys = {each.key for each in found}
    paths = {
        Item.NAME: "data.name",
        Item.KANA: "data.kana",
        Item.BIRTH_DATE: "data.birth_date",
        Item.SEX: "data.sex",
        Item.ADDRESS: "data.address.street",
        Item.PHONE: "data.optional.phone",
        Item.FAX: "data.optional.fax",
        Item.DISABILITY: "data.disability",
        Item.REASON: "data.reason",
        Item.DEVICE: "data.device",
        Item.REMARKS: "data.optional.remarks",
        Item.MEDICAL: "data.optional.medical.history",
    }
    in_parts = {
        Item.CONTACTS: "contacts",
        Item.FREQUENT_PLACES: "places",
        Item.IDENTITY_IMAGE: "image",
        Item.MEDICAL: "medical",
    }
    for item in Item:
        if item in paths:
            assert (paths[item] in names) == profile.asks(item), item
        if item in in_parts:
            assert (in_parts[item] in keys) == profile.asks(item), item
    required = {each.name for one in found for each in one.controls if each.required}
    for item in profile.required:
        if item in paths:
            assert paths[item] in required, item
    # Every problem of a field has a page that shows it.
    general = {name for name in FIELDS if "*" not in name and name != "data.mail"}
    asked = {name for name in general if any(one.shows(name) for one in found)}
    assert {"data.address.lat", "data.address.municipality_code", "basis", "data.name"} <= asked
    for key in keys & {"contacts", "places"}:
        assert entry(view, key, 0).controls


@pytest.mark.parametrize(("department", "allowed"), [("tomakomai", False), ("aso", True)])
def test_without_encryption_only_where_the_department_allows_it(
    department: str, allowed: bool
) -> None:
    """ASO-08, CNB-11: warned on every page, or told what to do instead."""

    async def story() -> None:
        async with town(department) as here:
            token = await here.start_application()
            app = create_app(here.provider, here.provider.core.config)
            async with httpx.AsyncClient(
                transport=httpx.ASGITransport(app),
                base_url="http://127.0.0.1",
                headers={"User-Agent": USER_AGENTS["docomo"]},
            ) as client:
                for step in ("form", "form/person", "terms", "confirm"):
                    answer = await client.get(f"/m/r/{token}/{step}", follow_redirects=True)
                    page = answer.content.decode("cp932")
                    assert 'id="plaintext"' in page
                    assert (answer.status_code, 'data-code="plaintext-not-allowed"' in page) == (
                        (200, False) if allowed else (403, True)
                    )
                before = (await here.desk.open_link(token)).entries
                answer = await client.post(
                    f"/m/r/{token}/form/person", data={"data.name": "x", "next": "x"}
                )
                assert (answer.status_code == 403) != allowed
                after = (await here.desk.open_link(token)).entries
                assert (after == before) != allowed

    run(story)
