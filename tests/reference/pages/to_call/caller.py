"""A caller at the call page in a browser without JavaScript, who fills in what a script would."""

import itertools
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import httpx
from bs4 import Tag
from net119_protocol.api.common import CallView
from net119_protocol.api.console import CloseCall, ConsoleCall
from net119_protocol.api.staff import NewRegistrant
from net119_protocol.codes import CloseOutcome
from net119_protocol.person import Address, FrequentPlace, OptionalData
from net119_protocol.places import Fix
from net119_reference.calls.model import Call
from net119_reference.ports import DispatcherIdentity, StaffIdentity
from net119_simulators.pages.page import Page

from tests.reference.pages.person import Person, call_page, logged_in
from tests.reference.pages.site import Site
from tests.reference.registration.support import application

TOMAKOMAI = Fix(lat=42.634123456789, lon=141.6055, accuracy_m=12.5)
CHITOSE = Fix(lat=42.8210, lon=141.6509, accuracy_m=30.0)
SEOUL = Fix(lat=37.5665, lon=126.9780, accuracy_m=30.0)
HOME = Address(
    prefecture="北海道",
    municipality="苫小牧市",
    municipality_code="01213",
    street="見本町1丁目２番③号 ハイツ髙𠮷",
    lat=42.6400,
    lon=141.6000,
)
SCHOOL = FrequentPlace(label="学校①", address="苫小牧市架空町𠮷丁目", lat=42.65, lon=141.61)
PLACES = (FrequentPlace(label="ﾋﾞｮｳｲﾝ", address="苫小牧市架空9"), SCHOOL)
CENTER = {"tomakomai": "tomakomai", "chita-nanbu": "chita", "aso": "aso"}


@dataclass
class Caller:
    """Somebody at their own call page; ``path`` is its URL."""

    site: Site
    client: httpx.Client
    path: str
    person: Person
    asked: list[str] = field(default_factory=list)

    def open(self, rest: str = "", **headers: str) -> Page:
        """Open a page below the call page."""
        return page(self.client.get(f"{self.path}{rest}", headers=headers))

    def follow(self, here: Page, marker: str) -> Page:
        """Tap the link with this attribute."""
        tag = here.document.select(f"a[{marker}]")[0]
        return page(self.client.get(str(tag["href"])))

    def map(
        self, kind: str = "fire", place: str = "current", *, practice: bool = False, number: int = 1
    ) -> Page:
        """From the personal page to the map by taps alone."""
        start = self.open("?practice=1" if practice else "").expect("call")
        where = self.follow(start, f"data-kind={kind}").expect("call-place")
        marker = f"data-place={place}"
        if place == "frequent":
            marker += f"][data-number='{number}'"
        return self.follow(where, marker).expect("call-map")

    def send(self, here: Page, **fields: str) -> httpx.Response:
        """Press the button on the map; ``fields`` are those of the form, ``__`` for the dot."""
        form = here.form("call")
        values = {name: form.value(name) for name in form.names}
        values |= {name.replace("__", "."): text for name, text in fields.items()}
        return self.client.post(f"{self.path}/calls", data={**values, "action": "call"})

    def call(self, fix: Fix | None = TOMAKOMAI, *, here: Page | None = None, **fields: str) -> UUID:
        """The call that is placed from a map."""
        answer = self.send(here or self.map(), **{**measured(fix), **fields})
        assert answer.status_code == 303, page(answer).described()
        return call_id_of(answer.headers["location"])

    def calls(self) -> tuple[CallView, ...]:
        """The caller's calls, newest first."""

        async def look() -> tuple[CallView, ...]:
            session = await self.site.town.desk.open_call_page(
                self.path.removeprefix("/c/"), self.client.cookies["net119_device"]
            )
            return (await self.site.town.provider.calls_of(session.identity)).calls

        return self.site.do(look)


def look_of(here: Page) -> list[str]:
    """The classes of the page's body."""
    body = here.document.find("body")
    found = body.get("class") if isinstance(body, Tag) else None
    return list(found or [])


def page(answer: httpx.Response) -> Page:
    """An answer as its reader has it."""
    return Page(
        str(answer.url),
        answer.content,
        status=answer.status_code,
        content_type=answer.headers.get("content-type", ""),
    )


def call_id_of(location: str) -> UUID:
    """The call's ID in the path of its chat."""
    found = re.fullmatch(r"/c/[A-Za-z0-9_-]+/calls/([0-9a-f-]{36})", location)
    assert found, location
    return UUID(found.group(1))


def measured(fix: Fix | None, positioning: str = "on") -> dict[str, str]:
    """What the script puts into the form."""
    found = {"positioning": positioning}
    if fix is not None:
        found |= {"fix__lat": repr(fix.lat), "fix__lon": repr(fix.lon)}
        if fix.accuracy_m is not None:
            found["fix__accuracy_m"] = repr(fix.accuracy_m)
    return found


def known(site: Site, call_id: UUID) -> Call:
    """The call as the provider holds it."""

    async def look() -> Call:
        return site.town.provider.core.live(call_id).known()

    return site.do(look)


def at_console(site: Site, call_id: UUID) -> ConsoleCall:
    """The call as its dispatcher sees it."""

    async def look() -> ConsoleCall:
        who = DispatcherIdentity(CENTER[site.department], "指令員 佐藤")
        found = await site.town.provider.call_record(who, call_id)
        return found.call

    return site.do(look)


def close(site: Site, call_id: UUID) -> None:
    """A dispatcher answers the call and closes it."""

    async def finish() -> None:
        who = DispatcherIdentity(CENTER[site.department], "指令員 佐藤")
        provider = site.town.provider
        await provider.answer(who, call_id)
        outcome = CloseCall(outcome=CloseOutcome.PRACTICE_DONE, note="終わり")
        await provider.close(who, call_id, outcome)

    site.do(finish)


@contextmanager
def caller(site: Site, **changes: Any) -> Iterator[Caller]:
    """Somebody registered with a home in Tomakomai and two frequent places, at their page."""
    told: dict[str, Any] = {
        "address": HOME,
        "optional": OptionalData(frequent_places=PLACES),
        "mail": f"caller{next(_numbers)}@phone.example",
        **changes,
    }
    data = application("tomakomai", **told).data

    async def register() -> Person:
        # As a program of the department's does: without mail, so that sites can be shared.
        provider = site.town.provider
        clerk = StaffIdentity(site.department, "山田 係長")
        entered = await provider.enter_registrant(clerk, NewRegistrant(data=data))
        made = await provider.approve_registrant(clerk, entered.registrant_id)
        return Person(entered.registrant_id, made.login_id, made.password, data.mail)

    person = site.do(register)
    with logged_in(site, person) as client:
        path = call_page(client)
        client.follow_redirects = False
        yield Caller(site, client, path, person)


_numbers = itertools.count(1)
