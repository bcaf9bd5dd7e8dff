"""The session in the URL: unguessable, bound to phone and link, short, kept over a restart."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from net119_reference.service.feature_phones import IDLE, session_token
from net119_reference.web.pages.mobile.phone import carrier_named
from structlog.testing import capture_logs

from tests.reference.mobile.phones import USER_AGENTS, MobilePhone
from tests.reference.pages.person import Person, registered
from tests.reference.pages.site import Site


@pytest.fixture(scope="module")
def person(tomakomai: Site) -> Person:
    return registered(tomakomai)


def secret_of(phone: MobilePhone) -> str:
    found = re.fullmatch(r"/m/s/([^/]+)", phone.page.response.url.path)
    assert found
    return found.group(1)


@pytest.mark.parametrize("kind", USER_AGENTS)
def test_every_carriers_phone_logs_in_without_a_cookie(
    tomakomai: Site, person: Person, kind: str
) -> None:
    with tomakomai.http() as client:
        phone = MobilePhone(client, kind)
        page = phone.log_in(person.login_id, person.password)
        assert page.name == "m-menu"
        assert ("〔吉〕子①" if phone.charset == "cp932" else "𠮷子①") in page.text
        assert ('id="unshown"' in page.text) == (phone.charset == "cp932")
        client.cookies.clear()
        assert phone.get(str(page.response.url)).name == "m-menu"
        assert len(secret_of(phone)) >= 32, "192 random bits"


def test_the_digits_of_the_id_are_enough_and_wide_ones_too(tomakomai: Site, person: Person) -> None:
    wide = person.login_id.removeprefix("n").translate(
        str.maketrans("0123456789", "０１２３４５６７８９")
    )
    with tomakomai.http() as client:
        assert MobilePhone(client, "docomo").log_in(wide, person.password).name == "m-menu"


def test_wrong_and_missing_entries_say_what_to_do(tomakomai: Site, person: Person) -> None:
    with tomakomai.http() as client:
        phone = MobilePhone(client, "au")
        page = phone.log_in(person.login_id, "wrong")
        assert (page.response.status_code, page.code) == (403, "wrong")
        assert person.login_id in page.text, "only the password must be typed again"
        assert "苫小牧市消防本部 NET119担当" in page.text
        assert "電話リレーサービス" in page.text
        page = phone.press(login_id=person.login_id, password="")
        assert (page.response.status_code, page.code) == (422, "missing")
        page = phone.press(login_id="x" * 300, password="髙🚑")
        assert page.code == "wrong"


def test_another_phone_or_link_opens_nothing(tomakomai: Site, person: Person) -> None:
    with tomakomai.http() as client:
        phone = MobilePhone(client, "docomo")
        phone.log_in(person.login_id, person.password)
        url = str(phone.page.response.url)
        other = MobilePhone(client, "docomo", user_agent="DoCoMo/2.0 P905i(c100;TB;W24H12)")
        page = other.get(url)
        assert (page.response.status_code, page.name, page.code) == (403, "m-log-in", "ended")
        assert person.mail not in page.text
        assert "子①" not in page.text
        serial = "DoCoMo/2.0 P903i(c100;TB;W24H12;ser012345678901234;icc01234567890123456789)"
        assert MobilePhone(client, "docomo", user_agent=serial).get(url).name == "m-menu"
        assert phone.get("/m/s/" + "x" * 32).code == "ended"
        assert phone.get("/m/s/%00%81").code == "ended"


def test_the_token_is_bound_to_the_link_as_well() -> None:
    made = {session_token("secret", f"{link}\nDoCoMo") for link in ("encrypted", "plaintext")}
    assert len(made) == 2


def test_it_slides_and_ends(tomakomai: Site, person: Person) -> None:
    clock = tomakomai.town.clock
    with tomakomai.http() as client:
        phone = MobilePhone(client, "willcom")
        phone.log_in(person.login_id, person.password)
        url = str(phone.page.response.url)
        for _ in range(3):
            clock.advance(IDLE.total_seconds() - 90)
            assert phone.get(url).name == "m-menu"
        clock.advance(IDLE.total_seconds() + 1)
        assert phone.get(url).code == "ended"
        assert phone.get(url).code == "ended", "asking again revives nothing"


def test_it_ends_with_the_log_out(tomakomai: Site, person: Person) -> None:
    with tomakomai.http() as client:
        phone = MobilePhone(client, "softbank")
        phone.log_in(person.login_id, person.password)
        url = str(phone.page.response.url)
        number = [form["id"] for form, _ in phone.page.forms].index("log-out")
        assert phone.press("log-out", number).name == "m-start"
        assert phone.get(url).code == "ended"


def test_it_survives_a_restart_of_the_provider(tomakomai: Site, person: Person) -> None:
    with tomakomai.http() as client:
        phone = MobilePhone(client, "docomo-1")
        phone.log_in(person.login_id, person.password)
        registry = tomakomai.town.provider._registry
        before = dict(registry._token_ends)
        assert before
        for each in (registry._tokens, registry._token_ends, registry._token_times):
            each.clear()
        registry._tokens_of.clear()
        tomakomai.do(registry.load)
        assert registry._token_ends == before
        assert phone.get(str(phone.page.response.url)).name == "m-menu"


def test_the_secret_is_in_no_log_and_goes_to_no_other_site(tomakomai: Site, person: Person) -> None:
    with tomakomai.http() as client, capture_logs() as logs:
        phone = MobilePhone(client, "docomo")
        phone.log_in(person.login_id, person.password)
        secret = secret_of(phone)
        assert phone.page.response.headers["Referrer-Policy"] == "same-origin"
        assert phone.page.response.headers["Cache-Control"] == "no-store"
        for path in (f"/m/s/{secret}/nothing", f"/m/S/{secret}", f"/m/s/{secret}"):
            phone.get(path)
            client.put(path)
    assert len(logs) >= 6
    assert secret not in str(logs)
    refused = str(tomakomai.do(lambda: tomakomai.town.provider.refused_inputs(0)))
    assert secret not in refused


def test_a_form_of_another_site_and_another_kind_of_form_are_refused(
    tomakomai: Site, person: Person
) -> None:
    with tomakomai.http() as client:
        phone = MobilePhone(client, "docomo")
        phone.log_in(person.login_id, person.password)
        url = str(phone.page.response.url) + "/log-out"
        headers = {"User-Agent": phone.user_agent}
        foreign = client.post(url, headers={**headers, "Origin": "https://evil.example"})
        assert foreign.status_code == 403
        strange = client.post(url, headers={**headers, "Content-Type": "text/plain"}, content=b"x")
        assert strange.status_code == 422
        for answer in (foreign, strange):
            assert 'data-page="m-refused"' in answer.content.decode("cp932")
        assert phone.get(str(phone.page.response.url)).name == "m-menu"


def test_refusals_of_the_guard_are_pages_of_the_phones_charset(tomakomai: Site) -> None:
    with tomakomai.http() as client:
        phone = MobilePhone(client, "au")
        page = phone.get("/m/nowhere")
        assert (page.response.status_code, page.name, page.code) == (404, "m-refused", "not-found")
        large = client.post(
            "/m/log-in",
            headers={"User-Agent": phone.user_agent, "Accept": "*/*"},
            content=b"x" * 70_000,
        )
        assert large.status_code == 413
        assert 'data-code="too-large"' in large.content.decode("cp932")


@given(st.text())
@settings(max_examples=200)
def test_any_name_is_somebodys_phone(name: str) -> None:
    assert carrier_named(name)


def test_carriers_by_their_names() -> None:
    for kind, name in USER_AGENTS.items():
        assert carrier_named(name).value == kind.removesuffix("-1")
    assert carrier_named("J-PHONE/3.0/J-SH07").value == "softbank"
    assert carrier_named("Mozilla/3.0(DDIPOCKET;JRC/AH-J3001V,AH-J3002V/1.0)").value == "willcom"
