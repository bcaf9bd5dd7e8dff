"""A registrant at the pages: registered, logged in, with a device of their own."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import httpx
from net119_reference.registration.ports import PaperDetails

from tests.reference.pages.site import Site
from tests.reference.registration.support import application


@dataclass(frozen=True)
class Person:
    """An approved registrant, with what the completion mail told."""

    registrant_id: UUID
    login_id: str
    password: str
    mail: str


def registered(site: Site, **changes: Any) -> Person:
    """Somebody whom the site's department has registered, as its profile says: by mail or paper."""

    async def register() -> Person:
        town = site.town
        if town.department != "chita-nanbu":
            row, login_id, password = await town.approved(**changes)
            return Person(row.registrant_id, login_id, password, row.mail)
        paper = PaperDetails(
            consent_signed=True,
            received_on=date(2026, 4, 1),
            terms_version=town.desk.profile(town.department).terms.version,
        )
        entered = application(town.department, **changes)
        key = await town.desk.key_in(town.clerk, entered, paper)
        await town.desk.approve(town.clerk, key, await town.version(key))
        letter = await town.letter("登録が完了", entered.data.mail)
        given = re.search(r"^ID: (\S+)\s+パスワード: (\S+)$", letter.text, re.MULTILINE)
        assert given
        return Person(key, given.group(1), given.group(2), entered.data.mail)

    return site.do(register)


@contextmanager
def logged_in(site: Site, person: Person) -> Iterator[httpx.Client]:
    """A browser without JavaScript in which the person has logged in."""
    with site.http(follow_redirects=True) as client:
        answer = log_in(client, person.login_id, person.password)
        assert page_of(answer) == "menu"
        yield client


def log_in(client: httpx.Client, login_id: str, password: str) -> httpx.Response:
    """Send the form of the log-in."""
    return client.post("/my", data={"login_id": login_id, "password": password, "action": "log-in"})


def press(client: httpx.Client, button: str) -> httpx.Response:
    """Press a button of the menu."""
    token = csrf(client.get("/my"))
    return client.post("/my", data={"csrf": token, "action": button})


def csrf(answer: httpx.Response) -> str:
    """The hidden token of a page's form."""
    found = re.search(r'name="csrf" value="([0-9a-f]+)"', answer.text)
    assert found, answer.text
    return found.group(1)


def page_of(answer: httpx.Response) -> str:
    """Name of the page."""
    found = re.search(r'<body data-page="([^"]*)"', answer.text)
    assert found, answer.text[:500]
    return found.group(1)


def codes_of(answer: httpx.Response) -> set[str]:
    """Codes of what the page tells."""
    return set(re.findall(r'data-code="([^"]+)"', answer.text))


def call_page(client: httpx.Client) -> str:
    """Make a call page on this device; its path."""
    answer = press(client, "call-page")
    assert page_of(answer) == "call-page-made"
    found = re.search(r'id="call-url" href="([^"]+)"', answer.text)
    assert found
    return found.group(1)
