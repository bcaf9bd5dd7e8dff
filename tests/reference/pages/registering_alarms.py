"""Staff of the home alarm service at the register's pages in tests."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

import httpx
from net119_protocol.alarms.people import Ledger
from net119_protocol.alarms.sample import kyoto
from net119_reference.config.alarms import Alarms
from net119_reference.ports import StaffIdentity

from tests.reference.pages.site import Site, site
from tests.reference.pages.staffing import PASSWORD, Staff, hire
from tests.reference.web.live_server import Certificates

SECTION, STATION, OTHER = "kyoto-section", "nakagyo", "ukyo"
NAMES = {SECTION: "市民安全課 髙田", STATION: "中京 𠮷村", OTHER: "右京 中西"}
HOME = "/staff/alarms"
CARD = {
    "registration": "2001",
    "name": "髙橋　キヌ",
    "kana": "タカハシ　キヌ",
    "birth_date": "昭和13年4月1日",
    "sex": "female",
    "ward": "26104",
    "street": "烏丸通①番地",
    "ward_office": "nakagyo",
    "house": "勝手口の鍵は𠮷田さん",
    "helpers.1.name": "𠮷田　花子",
    "helpers.1.phone": "075-000-0001",
    "helpers.1.minutes": "3",
    "helpers.1.available": "平日の夜",
    "helpers.1.has_key": "yes",
    "helpers.2.name": "髙島　一郎",
    "helpers.2.phone": "075-000-0002",
    "helpers.2.minutes": "15",
    "relatives.1.name": "髙橋　太郎",
    "relatives.1.relation": "長男",
    "relatives.1.phone": "075-000-0009",
}


@contextmanager
def alarm_site(certificates: Certificates) -> Iterator[Site]:
    """A provider with Kyoto's service, and one of staff at the section and at two stations."""
    with site("tomakomai", certificates, alarms=Alarms.model_validate(kyoto())) as running:
        for unit, name in NAMES.items():
            hire(running, name, department=unit)
        yield running


@contextmanager
def at_register(here: Site, unit: str = STATION) -> Iterator[Staff]:
    """A logged-in staff member of a station or of the section."""
    with here.http() as client:
        someone = Staff(client)
        fields = {"department": unit, "name": NAMES[unit], "password": PASSWORD}
        page = someone.send(someone.get(HOME), "log-in", "log-in", fields)
        assert page.status_code == 200, page.text
        yield someone


def ledger_of(here: Site, registration: int) -> Ledger:
    """A ledger as the service has it."""
    who = StaffIdentity(SECTION, "test")
    register = here.town.provider.alarms.register
    return here.do(lambda: register.ledger(who, registration, "test"))


def today(here: Site) -> date:
    """The day at the provider, whose clock stands at noon in Japan or before."""
    return here.town.clock.now().date()


def opened(clerk: Staff, registration: int, what: str = "", more: str = "") -> httpx.Response:
    """A ledger's page, or one below it."""
    path = f"{HOME}/ledgers/{registration}" + (f"/{what}" if what else "")
    return clerk.get(f"{path}?purpose=processing{more}")


def acted(
    clerk: Staff, registration: int, act: str, fields: dict[str, str], more: str = ""
) -> httpx.Response:
    """An act's form, sent with these fields."""
    return clerk.send(opened(clerk, registration, act, more), "act-form", "next", fields)


def enter_card(clerk: Staff, **changed: str) -> httpx.Response:
    """A card, entered and confirmed; fields of the form by name, dots as two underscores."""
    fields = {**CARD, **{name.replace("__", "."): text for name, text in changed.items()}}
    sure = clerk.send(clerk.get(f"{HOME}/cards/new"), "card", "next", fields)
    assert sure.status_code == 200, sure.text
    return clerk.send(sure, "confirm", "enter")
