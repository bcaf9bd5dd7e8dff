"""The first page: a mailed URL that the phone cannot open is entered here (ASO-08, TOM-08)."""

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from net119_reference.web.application import create_app
from net119_reference.web.pages.mobile.start import mailed_path

from tests.reference.mobile.phones import USER_AGENTS, MobilePhone
from tests.reference.pages.person import Person
from tests.reference.pages.site import Site
from tests.reference.registration.support import run, town

TOKEN = "Zk3_x-0123456789abcdefABCDEF"


@pytest.mark.parametrize(
    ("entered", "path"),
    [
        (f"https://net119.example/r/{TOKEN}", f"/m/r/{TOKEN}"),
        (f"https://net119.example/r/{TOKEN}/terms?lang=en", f"/m/r/{TOKEN}"),
        (f"http://net119.example:8080/m/r/{TOKEN}", f"/m/r/{TOKEN}"),
        (f" https://net119.example/r/{TOKEN[:12]}\n{TOKEN[12:]} ", f"/m/r/{TOKEN}"),
        ("https://net119.example/my?department=aso", "/m/log-in"),
        ("https://net119.example/my", "/m/log-in"),
        ("https://net119.example/myself", None),
        ("https://net119.example/r/short", None),
        ("https://net119.example/r/" + "x" * 201, None),
        ("", None),
        ("🚑", None),
    ],
)
def test_the_same_page_is_found_for_feature_phones(entered: str, path: str | None) -> None:
    assert mailed_path(entered) == path


@given(st.text())
def test_nothing_leads_to_another_site(entered: str) -> None:
    found = mailed_path(entered)
    assert found is None or found == "/m/log-in" or found.startswith("/m/r/")


def test_a_pasted_url_opens_the_registration_without_encryption() -> None:
    async def story() -> None:
        async with town("aso") as here:
            token = await here.start_application()
            app = create_app(here.provider, here.provider.core.config)
            async with httpx.AsyncClient(
                transport=httpx.ASGITransport(app),
                base_url="http://127.0.0.1",
                headers={"User-Agent": USER_AGENTS["docomo"]},
            ) as client:
                answer = await client.post(
                    "/m",
                    data={"url": f"https://net119.example/r/{token}", "open": "x"},
                    follow_redirects=True,
                )
                page = answer.content.decode("cp932")
                assert answer.status_code == 200
                assert 'data-page="m-r-' in page
                assert 'id="plaintext"' in page

    run(story)


def test_what_is_no_url_of_ours_is_told_and_how_to_register_stands_there(tomakomai: Site) -> None:
    with tomakomai.http() as client:
        phone = MobilePhone(client, "docomo")
        phone.get("/m")
        assert "mailto:r.tomakomai@" in phone.page.response.content.decode("cp932")
        page = phone.press("open", url="https://shop.example/")
        assert (page.response.status_code, page.name) == (422, "m-start")
        assert "貼り付けてください" in page.text


def test_the_mail_for_change_or_stop_is_asked_for_in_the_menu(
    tomakomai: Site, person: Person
) -> None:
    """TOM-20, TOM-26: to the address on record."""
    with tomakomai.http() as client:
        phone = MobilePhone(client, "docomo")
        phone.log_in(person.login_id, person.password)
        seen = len(tomakomai.town.boxes.letters(person.mail))
        number = [form["id"] for form, _ in phone.page.forms].index("account-mail")
        page = phone.press("account-mail", number)
        assert (page.response.status_code, page.name) == (200, "m-menu")
        assert "メールを送りました" in page.text

        async def mailed() -> str:
            letter = await tomakomai.town.letter("変更・利用の停止", person.mail, after=seen)
            return await tomakomai.town.token(letter)

        assert phone.get(f"/m/r/{tomakomai.do(mailed)}").name.startswith("m-r-")
