"""Mailed URLs: terms first, every step in its order, and URLs that do not open."""

import pytest
from net119_protocol.api.staff import RegistrationState

from tests.reference.pages.applying import card, filled, mailed_url, page_of, send, wrong
from tests.reference.pages.site import Site


def test_nothing_goes_on_before_the_terms_are_accepted(tomakomai: Site) -> None:
    """TOM-09."""
    url = mailed_url(tomakomai, agreed=False)
    with tomakomai.http(follow_redirects=True) as client:
        assert page_of(client.get(url)) == "terms"
        shown = client.get(f"{url}/terms").text
        assert "2026-04" in shown
        assert "2026年4月1日から有効" in shown
        for step in ("form", "confirm"):
            assert page_of(client.get(f"{url}/{step}")) == "terms"
        assert page_of(send(client, url, filled(tomakomai))) == "terms"
        for fields in ({"action": "next"}, {"agree": "no", "action": "next"}):
            answer = client.post(f"{url}/terms", data={"version": "2026-04", **fields})
            assert answer.status_code == 422
            assert wrong(answer) == {"agree": "terms"}
        old = {"version": "2020-01", "agree": "yes", "action": "next"}
        assert wrong(client.post(f"{url}/terms", data=old)) == {"agree": "terms-changed"}
        agreed = {"version": "2026-04", "agree": "yes", "action": "next"}
        assert page_of(client.post(f"{url}/terms", data=agreed)) == "form"
        assert page_of(client.get(url)) == "form"


def test_a_whole_application_to_its_last_page(tomakomai: Site) -> None:
    url = mailed_url(tomakomai)
    with tomakomai.http(follow_redirects=True) as client:
        confirm = send(client, url, filled(tomakomai), image=card())
        assert page_of(confirm) == "confirm"
        for text in (
            "髙橋　𠮷子①",
            "昭和55年",
            "秘密町1丁目2番3号",
            "タカハシ　イチロウ",
            "42.63400",
        ):
            assert text in confirm.text
        assert client.get(f"{url}/image").headers["content-type"] == "image/jpeg"
        drawn = client.get(f"{url}/map")
        assert drawn.headers["content-type"].startswith("image/svg+xml")
        assert "<circle" in drawn.text
        assert page_of(client.post(f"{url}/confirm", data={"action": "back"})) == "form"
        done = client.post(f"{url}/confirm", data={"action": "submit"})
        assert page_of(done) == "submitted"
        assert "審査の結果はメールで" in done.text
        # Reload, back and a second press do nothing, and say so.
        assert page_of(client.get(f"{url}/submitted")) == "submitted"
        again = client.post(f"{url}/confirm", data={"action": "submit"})
        assert again.status_code == 410
        assert 'data-used="applied"' in again.text
        assert 'data-code="used"' in client.get(url).text
        assert client.get(f"{url}/image").status_code == 410
    (row,) = tomakomai.do(tomakomai.town.rows)
    assert row.state is RegistrationState.APPLIED


def test_the_confirmation_page_needs_a_complete_form(tomakomai: Site) -> None:
    url = mailed_url(tomakomai)
    with tomakomai.http(follow_redirects=True) as client:
        assert page_of(client.get(f"{url}/confirm")) == "form"
        send(client, url, filled(tomakomai, data__name=""), "save")
        answer = client.get(f"{url}/confirm")
        assert page_of(answer) == "form"
        assert wrong(answer) == {"data.name": "missing", "image": "missing"}
        nothing = client.post(f"{url}/confirm", data={"action": "submit"})
        assert page_of(nothing) == "form"
        assert nothing.status_code == 422
    assert tomakomai.do(tomakomai.town.rows) == ()


def test_unknown_and_forged_urls(tomakomai: Site) -> None:
    url = mailed_url(tomakomai)
    with tomakomai.http(follow_redirects=True) as client:
        for path in ("/r/nothing", url[:-1], f"{url}x/form", "/r/%2e%2e%2fstaff", "/r/a%00b"):
            answer = client.get(path)
            assert answer.status_code == 404, path
        assert 'data-code="unknown"' in client.get(f"{url}x").text
        assert page_of(client.get(f"{url}x/submitted")) == "link-closed"
        assert client.get(f"{url}x/image").status_code == 404


def test_an_expired_url_says_how_to_get_a_new_one(tomakomai: Site) -> None:
    url = mailed_url(tomakomai)
    with tomakomai.http(follow_redirects=True) as client:
        tomakomai.town.clock.advance(25 * 3600)
        answer = client.get(url)
        assert answer.status_code == 410
        assert 'data-code="expired"' in answer.text
        assert "mailto:r.tomakomai@net119-aoba.example" in answer.text
        assert "0000-10-0119" in answer.text
        assert page_of(send(client, url, filled(tomakomai))) == "link-closed"


def test_a_newer_url_takes_the_place_of_the_older(tomakomai: Site) -> None:
    older = mailed_url(tomakomai)

    async def newer() -> str:
        await tomakomai.town.write()
        return await tomakomai.town.token(await tomakomai.town.letter("登録のご案内", after=1))

    url = f"/r/{tomakomai.do(newer)}"
    with tomakomai.http(follow_redirects=True) as client:
        assert 'data-code="revoked"' in client.get(older).text
        # What was done goes on at the newer URL: the consent, and what is sent late.
        assert page_of(client.get(url)) == "form"
        late = client.post(f"{older}/form", data={"data.name": "髙橋　𠮷子①", "action": "next"})
        assert 'data-code="revoked"' in late.text
        assert "髙橋　𠮷子①" not in late.text
        assert "髙橋　𠮷子①" in client.get(f"{url}/form").text


def test_a_form_from_another_site_is_refused(tomakomai: Site) -> None:
    url = mailed_url(tomakomai)
    with tomakomai.http(headers={"Origin": "https://elsewhere.example"}) as client:
        answer = send(client, url, filled(tomakomai))
    assert answer.status_code == 403


@pytest.mark.parametrize("step", ["account", "stop", "renew"])
def test_a_url_for_applying_does_nothing_else(tomakomai: Site, step: str) -> None:
    url = mailed_url(tomakomai)
    with tomakomai.http(follow_redirects=True) as client:
        assert page_of(client.get(f"{url}/{step}")) == "form"
        assert page_of(client.post(f"{url}/{step}", data={"action": step})) == "form"
        assert page_of(client.get(f"{url}/stopped")) == "form"
