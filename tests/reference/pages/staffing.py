"""Staff at their pages in tests: accounts, log-in, forms sent as a browser would."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from html.parser import HTMLParser
from typing import Any

import httpx
from net119_protocol.api.admin import AccountRole, NewAccount, StaffRole
from playwright.sync_api import Page

from tests.reference.pages.site import Site

PASSWORD = "a long pass phrase"
CLERK = "山田 係長"


def hire(site: Site, name: str = CLERK, *roles: StaffRole, department: str | None = None) -> None:
    """Give a staff member of the department an account; without roles, with all of them."""
    body = NewAccount(
        role=AccountRole.STAFF,
        unit=department or site.department,
        name=name,
        password=PASSWORD,
        roles=roles or tuple(StaffRole),
    )
    site.do(lambda: site.town.provider.add_account(body))


class FormOf(HTMLParser):
    """The fields of one form of a page, as a browser would send them untouched."""

    def __init__(self, page: str, form_id: str) -> None:
        super().__init__()
        self.fields: dict[str, str] = {}
        self.buttons: list[str] = []
        self.action = ""
        self._wanted = form_id
        self._inside = False
        self._area: str | None = None
        self._select: str | None = None
        self.found = False
        self.feed(page)
        assert self.found, f"the page has no form #{form_id}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag == "form" and values.get("id") == self._wanted:
            self._inside = self.found = True
            self.action = values.get("action", "")
        if not self._inside:
            return
        name, kind = values.get("name", ""), values.get("type", "text")
        if tag == "button":
            self.buttons.append(values.get("value", ""))
        elif tag == "input" and name:
            if kind not in {"checkbox", "radio"} or "checked" in values:
                self.fields[name] = values.get("value", "")
        elif tag == "textarea":
            self._area = name
            self.fields[name] = ""
        elif tag == "select":
            self._select = name
        elif self._select and tag == "option" and self._chosen(values):
            self.fields[self._select] = values.get("value", "")

    def _chosen(self, option: Mapping[str, str]) -> bool:
        return "selected" in option or self._select not in self.fields

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._inside = False
        elif tag == "textarea":
            self._area = None
        elif tag == "select":
            self._select = None

    def handle_data(self, data: str) -> None:
        if self._inside and self._area is not None:
            # HTML drops the line break right after the tag.
            self.fields[self._area] += data
            self.fields[self._area] = self.fields[self._area].removeprefix("\n")


class Staff:
    """A staff member with a browser without JavaScript."""

    def __init__(self, client: httpx.Client) -> None:
        self.client = client

    def get(self, path: str) -> httpx.Response:
        """Open a page, redirects followed."""
        return self.client.get(path, follow_redirects=True)

    def send(
        self,
        page: httpx.Response,
        form_id: str,
        button: str,
        fields: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        """Fill in a form of the page and press one of its buttons."""
        form = FormOf(page.text, form_id)
        assert button in form.buttons, form.buttons
        data: dict[str, Any] = {**form.fields, **(fields or {}), "action": button}
        where = form.action or str(page.url.path)
        return self.client.post(where, data=data, follow_redirects=True)


@contextmanager
def staff(site: Site, name: str = CLERK, department: str | None = None) -> Iterator[Staff]:
    """A logged-in staff member."""
    with site.http() as client:
        someone = Staff(client)
        fields = {
            "department": department or site.department,
            "name": name,
            "password": PASSWORD,
        }
        page = someone.send(someone.get("/staff"), "log-in", "log-in", fields)
        assert page.status_code == 200, page.text
        yield someone


def log_in(page: Page, site: Site, name: str = CLERK) -> None:
    """Log in with a real browser."""
    page.goto("/staff")
    page.locator("#department").select_option(site.department)
    page.locator("#name").fill(name)
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("#log-in button[value=log-in]").click()
    page.wait_for_url("**/staff")
