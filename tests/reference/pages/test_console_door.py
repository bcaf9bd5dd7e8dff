"""Who gets in at the console's page, and what its scripts are given."""

import re
from collections.abc import Iterator

import httpx
import pytest
from net119_protocol.codes import Mode
from net119_protocol.labels import Language
from net119_reference.ports import Refused
from net119_reference.web.pages.console import ready_texts, words
from net119_reference.web.pages.rendering import STATIC
from net119_reference.web.pages.sessions import STAFF

from tests.reference.pages.consoles import PASSWORD, SATO, SUZUKI, hire
from tests.reference.pages.site import Site, site
from tests.reference.pages.staffing import CLERK, staff
from tests.reference.pages.staffing import hire as hire_staff
from tests.reference.web.live_server import Certificates

PAGE_BYTES = 400_000
"""What the console may weigh, without map data."""


@pytest.fixture(scope="module")
def town(page_certificates: Certificates) -> Iterator[Site]:
    with site("tomakomai", page_certificates) as running:
        hire(running, SATO, SUZUKI)
        hire_staff(running)
        yield running


def log_in(client: httpx.Client, name: str = SATO, password: str = PASSWORD) -> httpx.Response:
    fields = {"center": "tomakomai", "name": name, "password": password, "action": "log-in"}
    return client.post("/console/log-in", data=fields, follow_redirects=True)


def csrf_of(page: httpx.Response) -> str:
    return page.text.split('"csrf": "', 1)[1].split('"', 1)[0]


def api(client: httpx.Client, token: str, path: str = "center") -> httpx.Response:
    headers = {"Authorization": f"Bearer {token}"}
    return client.get(f"/api/console/v1/{path}", headers=headers)


def test_the_page_gets_a_short_token_for_its_memory_only(town: Site) -> None:
    with town.http() as client:
        assert client.get("/console").headers["location"] == "/console/log-in"
        page = log_in(client)
        assert page.status_code == 200
        assert page.headers["content-security-policy"].startswith("default-src 'none'")
        cookie = client.cookies["net119_console"]
        assert cookie not in page.text
        answer = client.post("/console/token", data={"csrf": csrf_of(page)})
        token = answer.json()["token"]
        assert answer.headers["cache-control"] == "no-store"
        found = api(client, token)
        assert found.status_code == 200
        assert found.json()["dispatcher"] == SATO
        assert [each["code"] for each in found.json()["departments"]] == ["tomakomai"]
        # The cookie is no token, and no token outlives its ten minutes.
        assert api(client, cookie).status_code == 401
        town.town.clock.advance(11 * 60)
        assert api(client, token).status_code == 401
        again = client.post("/console/token", data={"csrf": csrf_of(page)}).json()["token"]
        assert api(client, again).status_code == 200
        client.post("/console/log-out", data={})
        assert api(client, again).status_code == 401
        client.cookies.set("net119_console", cookie, domain="127.0.0.1")
        assert client.post("/console/token", data={"csrf": csrf_of(page)}).status_code == 401


def test_no_other_site_and_no_forged_form_gets_a_token(town: Site) -> None:
    with town.http() as client:
        page = log_in(client)
        forged = client.post("/console/token", data={"csrf": "forged"})
        foreign = client.post(
            "/console/token",
            data={"csrf": csrf_of(page)},
            headers={"Origin": "https://elsewhere.example"},
        )
        assert {forged.status_code, foreign.status_code} == {403}
        assert "access-control-allow-origin" not in foreign.headers


def test_dispatchers_and_staff_have_doors_of_their_own(town: Site) -> None:
    with town.http() as client:
        page = log_in(client)
        client.cookies.set(STAFF, client.cookies["net119_console"], domain="127.0.0.1")
        assert client.get("/staff").headers["location"].startswith("/staff/log-in")
        for department in ("@tomakomai", "tomakomai"):
            fields = {"department": department, "name": SATO, "password": PASSWORD}
            assert client.post("/staff/log-in", data=fields).status_code == 401
        assert page.status_code == 200
    with staff(town) as auditor:
        log = auditor.get(f"/staff/audit?actor={SATO}").text
        assert SATO in log
        assert "指令台" in log
    with town.http() as client:
        assert log_in(client, CLERK).status_code == 401
        fields = {"department": "tomakomai", "name": CLERK, "password": PASSWORD}
        client.post("/staff/log-in", data=fields)
        client.cookies.set("net119_console", client.cookies[STAFF], domain="127.0.0.1")
        assert client.get("/console").headers["location"] == "/console/log-in"


def test_wrong_passwords_lock_and_a_name_is_given_once(town: Site) -> None:
    with town.http() as client:
        pages = [log_in(client, SUZUKI, "wrong-one") for _ in range(5)]
        assert {page.status_code for page in pages} == {401}
        assert 'data-code="locked"' in pages[-1].text
        assert 'data-code="locked"' in log_in(client, SUZUKI).text
    with pytest.raises(Refused, match="dispatcher of this name"):
        hire(town, SATO)


def test_every_ready_text_has_its_english_meaning() -> None:
    """A61: one data file a language; what is tapped must mean the same in both."""
    assert [each.id for each in ready_texts.texts()] == list(ready_texts.glosses())
    for each in ready_texts.texts():
        assert len(each.options) == len(ready_texts.glosses()[each.id].options), each.id
    on_the_way = next(each for each in ready_texts.texts() if each.id == "on-the-way")
    assert set(on_the_way.modes) == {Mode.LIVE, Mode.DRILL}, "nobody comes in practice (I5)"


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_the_scripts_have_every_word_they_ask_for(lang: Language) -> None:
    known = words.for_script(lang)["text"]
    scripts = "".join(path.read_text() for path in (STATIC / "console").glob("*.js"))
    asked = {part.split('"', 1)[0] for part in scripts.split('C.t("')[1:]}
    earnest = {part.split('"', 1)[0] for part in re.split(r"C\.earnest\([^\"]+\"", scripts)[1:]}
    assert len(earnest) == 4
    asked |= earnest | {f"{key}-not" for key in earnest}
    asked = {key for key in asked if not key.endswith("-")}
    assert len(asked) > 100
    assert asked <= known.keys(), asked - known.keys()


def test_the_page_weighs_little(town: Site) -> None:
    with town.http() as client:
        page = log_in(client)
        paths = {part.split('"', 1)[0] for part in page.text.split('="/static/')[1:]} | {
            "vendor/leaflet/leaflet.js",
            "vendor/leaflet/leaflet.css",
        }
        sizes = {path: len(client.get(f"/static/{path}").content) for path in paths}
    weight = len(page.content) + sum(sizes.values())
    assert len(sizes) > 18
    assert weight < PAGE_BYTES, f"{weight} bytes: {sizes}"
