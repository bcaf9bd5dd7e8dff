"""What every page has: language, policy, refusals that people can read, nothing secret in logs."""

import re

import httpx
import pytest
from net119_reference.config.model import MailSettings
from playwright.sync_api import Browser
from structlog.testing import capture_logs

from tests.reference.pages.looking import look_in_both_languages, tab, tab_to
from tests.reference.pages.site import Site, site
from tests.reference.web.live_server import Certificates


def test_the_start_page_tells_how_to_apply(tomakomai: Site) -> None:
    with tomakomai.http() as client:
        answer = client.get("/")
    assert answer.status_code == 200
    assert 'data-page="start"' in answer.text
    assert "mailto:r.tomakomai@net119-aoba.example" in answer.text
    assert "register.tomakomai@net119-aoba.example" in answer.text


def test_paper_is_named_where_it_is_the_only_way(chita_nanbu: Site) -> None:
    with chita_nanbu.http() as client:
        answer = client.get("/")
    assert "申請書に書いて" in answer.text
    assert "mailto:" not in answer.text


def test_without_mail_nobody_is_sent_to_a_desk_that_takes_no_paper(
    page_certificates: Certificates,
) -> None:
    with (
        site("tomakomai", page_certificates, mail=MailSettings(enabled=False)) as running,
        running.http() as client,
    ):
        answer = client.get("/")
    assert "いまは、ここから申請できません" in answer.text
    assert "申請書に書いて" not in answer.text
    assert "mailto:" not in answer.text


def test_japanese_until_somebody_chooses_and_the_choice_stays(tomakomai: Site) -> None:
    with tomakomai.http(headers={"Accept-Language": "en-GB,en"}) as client:
        assert 'lang="ja"' in client.get("/").text
        assert 'lang="en"' in client.get("/?lang=en").text
        assert 'lang="en"' in client.get("/").text
        assert 'lang="ja"' in client.get("/?lang=xx&lang=ja").text


@pytest.mark.parametrize("path", ["//evil.example/x", "///evil.example/x"])
def test_the_language_switch_leads_to_no_other_site(tomakomai: Site, path: str) -> None:
    """Two slashes at the start of a link are the start of a host's name."""
    with tomakomai.http(headers={"Accept": "text/html"}) as client:
        answer = client.get(f"{client.base_url}".rstrip("/") + path)
    assert answer.status_code == 404
    (link,) = re.findall(r'href="([^"]*lang=en)"', answer.text)
    assert re.match(r"/[^/\\]", link)


def test_no_inline_script_no_other_site(tomakomai: Site) -> None:
    with tomakomai.http() as client:
        answer = client.get("/")
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_static_files_change_their_url_with_their_content(tomakomai: Site) -> None:
    with tomakomai.http() as client:
        sheet = httpx.URL(
            client.get("/").text.partition('rel="stylesheet" href="')[2].partition('"')[0]
        )
        answer = client.get(sheet)
        assert "immutable" in answer.headers["Cache-Control"]
        assert client.get("/static/net119.css").headers.get("Cache-Control") is None
        assert client.get("/static/../rendering.py").status_code == 404
        assert client.get("/static/%2e%2e/rendering.py").status_code == 404


@pytest.mark.parametrize("path", ["/nothing", "/static/none.css"])
def test_a_person_gets_a_page_where_nothing_is(tomakomai: Site, path: str) -> None:
    with tomakomai.http() as client:
        answer = client.get(path)
    assert answer.status_code == 404
    assert 'data-page="problem"' in answer.text
    assert 'data-code="not-found"' in answer.text


def test_a_program_gets_a_problem_document(tomakomai: Site) -> None:
    with tomakomai.http(headers={"Accept": "application/json"}) as client:
        answer = client.get("/nothing")
    assert answer.headers["Content-Type"] == "application/problem+json"
    with tomakomai.http() as client:
        answer = client.get("/api/handset/nothing")
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_too_much_is_refused_with_a_page(tomakomai: Site) -> None:
    with tomakomai.http() as client:
        answer = client.post("/", data={"x": "a" * 100_000})
    assert answer.status_code == 413
    assert 'data-code="too-large"' in answer.text


def test_no_secret_of_a_url_is_logged(tomakomai: Site) -> None:
    secrets = ["S3cretOfAMail", "S3cretOfAPage"]
    with capture_logs() as logged, tomakomai.http() as client:
        client.get(f"/r/{secrets[0]}/no/such/page")
        client.get(f"/c/{secrets[1]}/no/such/page")
    assert any(entry["event"] == "request" for entry in logged)
    assert not [entry for entry in logged if any(each in str(entry) for each in secrets)]


@pytest.mark.browser
def test_the_start_page_in_a_browser(tomakomai: Site, browser: Browser) -> None:
    with tab(browser, tomakomai.base_url) as page:
        page.goto("/")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.matches('.skip')")
        tab_to(page, "a[href='/my']")
        look_in_both_languages(page, "start")
        page.goto("/nothing")
        look_in_both_languages(page, "problem")
