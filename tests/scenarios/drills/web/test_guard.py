"""The leader's pages answer to this machine's browsers, and take forms from themselves only."""

import pytest
from net119_scenarios.drills.web.guard import COOKIE, Guard, form_token, is_own_form
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from tests.scenarios.drills.web.browsing import Visitor

HERE = "http://localhost:8119"


async def show(request: Request) -> PlainTextResponse:
    return PlainTextResponse(form_token(request))


async def take(request: Request) -> PlainTextResponse:
    form = await request.form()
    own = is_own_form(request, form.get("csrf"))
    return PlainTextResponse("taken" if own else "refused", 200 if own else 403)


@pytest.fixture
def client() -> Visitor:
    app = Starlette(routes=[Route("/", show), Route("/", take, methods=["POST"])])
    return Visitor(Guard(app, hosts=["192.0.2.20"]), HERE)


@pytest.mark.parametrize(
    ("host", "answered"),
    [
        ("localhost:8119", True),
        ("leader.localhost", True),
        ("127.0.0.1:8119", True),
        ("[::1]:8119", True),
        ("192.0.2.20:8119", True),
        ("192.0.2.21:8119", False),
        ("evil.example", False),
        ("localhost.evil.example", False),
        ("localhost@evil.example", False),
        ("", False),
    ],
)
def test_only_names_of_this_machine_are_answered(
    client: Visitor, host: str, answered: bool
) -> None:
    answer = client.get("/", headers={"Host": host})
    assert answer.status_code == (200 if answered else 421)
    assert (COOKIE in answer.headers.get("set-cookie", "")) is answered


def test_a_form_of_these_pages_is_taken(client: Visitor) -> None:
    token = client.get("/").text
    answer = client.post("/", data={"csrf": token}, headers={"Origin": HERE})
    assert answer.text == "taken"
    # The cookie is given once and goes to this site alone.
    assert "set-cookie" not in answer.headers
    client.cookies.clear()
    assert "SameSite=Strict" in client.get("/").headers["set-cookie"]


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://localhost:8120"},
        {"Origin": HERE, "Sec-Fetch-Site": "same-site"},
        {"Origin": HERE, "Sec-Fetch-Site": "cross-site"},
    ],
)
def test_a_form_from_elsewhere_is_refused_unread(client: Visitor, headers: dict[str, str]) -> None:
    token = client.get("/").text
    answer = client.post("/", data={"csrf": token}, headers=headers)
    assert (answer.status_code, "not sent from these pages" in answer.text) == (403, True)


@pytest.mark.parametrize("token", ["", "0" * 32, "ｆ" * 32])
def test_a_form_without_this_browsers_token_is_not_its_own(client: Visitor, token: str) -> None:
    client.get("/")
    assert client.post("/", data={"csrf": token}, headers={"Origin": HERE}).text == "refused"
    other = Visitor(client.app, HERE).get("/").text
    assert client.post("/", data={"csrf": other}, headers={"Origin": HERE}).text == "refused"
