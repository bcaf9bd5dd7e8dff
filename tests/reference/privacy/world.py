"""A provider with two departments that differ, people of both, and whoever might look at them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from net119_protocol.api.admin import AccountRole, NewAccount, StaffRole
from net119_protocol.api.handset import LogIn
from net119_protocol.api.registration import LinkPurpose
from net119_protocol.profile.check import FieldProblem
from net119_protocol.profile.load import load_profiles
from net119_reference.ports import StaffIdentity
from net119_reference.registration.ports import AnnouncementKind, PaperDetails
from net119_reference.registration.roles import Right, may
from net119_reference.service.provider import Provider
from net119_reference.store.registration_schema import audit_log
from net119_reference.web import create_app
from net119_reference.web.pages.sessions import csrf_of
from net119_simulators.mailbox import Draft
from net119_simulators.mailbox.rules import Outcome, Rule
from net119_simulators.network.config import toml
from starlette.applications import Starlette

from tests.reference.privacy.people import LOGIN, SEALED, Marked, marked
from tests.reference.registration.support import Town, town

CLOSED_ONE, OPEN_ONE = "chitose", "tomakomai"
"""The department from which optional data are sealed, and the one that reviews them."""
DEPARTMENTS = (CLOSED_ONE, OPEN_ONE)
PASSWORD = "a long pass phrase"
RECEIVED = date(2026, 4, 1)
PHONE = "a feature phone"
"""The User-Agent of the person's own."""


def write_profiles(folder: Path) -> None:
    """Two departments that ask for everything and differ in who sees what is optional."""
    packaged = load_profiles()
    base = packaged[OPEN_ONE].model_dump(mode="json", exclude_none=True)
    everything = [
        "phone", "fax", "contacts", "frequent-places", "place-position", "medical", "remarks",
        "flat", "auto-lock", "contact-address", "disability", "device", "writing",
    ]  # fmt: skip
    for department, visibility in ((CLOSED_ONE, "sealed"), (OPEN_ONE, "reviewed")):
        own = packaged[department].model_dump(mode="json", exclude_none=True)
        profile = {
            **base,
            "department": department,
            "channels": ["mail-web", "paper"],
            "municipalities": own["municipalities"],
            "name": own["name"],
            "contact": own["contact"],
            "optional": everything,
            "optional_visibility": visibility,
            "validity": packaged["aso"].validity.model_dump(mode="json", exclude_none=True),
            "mail": {
                **base["mail"],
                "application": f"r.{department}@net119-aoba.example",
                "registration_sender": f"register.{department}@net119-aoba.example",
                "service_sender": f"{department}@net119-aoba.example",
            },
        }
        (folder / f"{department}.toml").write_text(toml(profile), "utf-8")


@dataclass(frozen=True)
class Actor:
    """Somebody who asks: cookies and a token, and what they are to the provider."""

    name: str
    kind: str
    unit: str = ""
    roles: frozenset[StaffRole] = frozenset()
    person: Marked | None = None
    token: str = ""
    cookies: str = ""
    csrf: str = ""

    @property
    def headers(self) -> dict[str, str]:
        """What a request of theirs carries."""
        found = {"Accept": "text/html, application/json"}
        if self.token:
            found["Authorization"] = f"Bearer {self.token}"
        if self.cookies:
            found["Cookie"] = self.cookies
        return found

    def may(self, right: Right) -> bool:
        """Whether the role allows it."""
        return may(StaffIdentity(self.unit, self.name, self.roles), right)


@dataclass
class World:
    """The provider and everybody around it."""

    town: Town
    app: Starlette
    people: dict[str, Marked] = field(default_factory=dict)
    actors: list[Actor] = field(default_factory=list)
    announcements: dict[str, UUID] = field(default_factory=dict)
    calls: dict[UUID, Marked] = field(default_factory=dict)
    """Calls that were placed, and whose they are."""
    answered: bool = False
    """Whether a dispatcher has taken the calls."""

    @property
    def provider(self) -> Provider:
        return self.town.provider

    @property
    def desk(self) -> Any:
        return self.town.desk

    def of(self, department: str) -> list[Marked]:
        """The people of a department who are in its records."""
        found = (each for each in self.people.values() if each.department == department)
        return [each for each in found if each.registrant_id is not None]

    def records(self) -> list[Marked]:
        """Everybody who is in a department's records."""
        return [each for each in self.people.values() if each.registrant_id is not None]

    def readable(self, person: Marked, name: str) -> bool:
        """Whether the department reads this field of the person before a call (I6)."""
        return person.department == OPEN_ONE or person.keyed_in or name not in SEALED

    def actor(self, name: str) -> Actor:
        (found,) = [each for each in self.actors if each.name == name]
        return found

    async def audited(self, after: int) -> list[Any]:
        """Entries of the audit log with a greater number."""
        query = sa.select(audit_log).where(audit_log.c.number > after).order_by(audit_log.c.number)
        return await self.provider.core.database.read(lambda c: list(c.execute(query)))

    def versions(self) -> dict[UUID, int]:
        """The version of each record."""
        registry = self.desk.office.registry
        ids = [each.registrant_id for each in self.records()]
        return {each: registry.registrant(each).version for each in ids if each is not None}


@asynccontextmanager
async def world(folder: Path) -> AsyncIterator[World]:
    """Both departments with their people; no call has been placed yet."""
    write_profiles(folder)
    async with town(OPEN_ONE, profiles=folder) as here:
        app = create_app(here.provider, here.provider.core.config)
        found = World(here, app)
        for offset, department in enumerate(DEPARTMENTS):
            await _populate(found, department, offset * 16)
        await _hire(found)
        await here.settled()
        yield found


async def _populate(world: World, department: str, first: int) -> None:
    here = replace(world.town, department=department)
    letter = department[0].upper()

    def person(role: str, number: int, **flags: Any) -> Marked:
        found = marked(f"{letter}-{role}", department, first + number, **flags)
        world.people[found.key] = found
        return found

    # One of them cannot be reached later on: what is said of the letter is staff's to read.
    plain = await _registered(here, person("plain", 0))
    await account_link(here, plain)
    await _draft(here, plain, person("draft", 1, filed=False, author=plain.key), "account")
    await _under_review(here, person("applied", 2))
    changing = await _registered(here, person("changing", 3))
    await account_link(here, changing)
    proposal = person("proposal", 4, author=changing.key)
    await _draft(here, changing, proposal, "account")
    await here.desk.submit(changing.tokens.pop("account"))
    paper = await _keyed_in(here, person("paper", 5, keyed_in=True))
    await _renewal(here, paper)
    await _start(here, person("starting", 6, filed=False))
    await _returned(here, person("returned", 7))
    here.boxes.set_rule(plain.data.mail, Rule(Outcome.REJECT))
    told = await here.desk.announce(
        here.clerk, "お知らせ", f"{department} の点検", AnnouncementKind.MAINTENANCE, "k" * 16
    )
    world.announcements[department] = told.announcement_id
    person("typed", 8, keyed_in=True)


async def _start(here: Town, person: Marked) -> Marked:
    """The mailed URL of an application, with a draft that lacks its image."""
    mail = person.data.mail
    await here.write(Draft(sender=mail, to=here.desk.profile(here.department).mail.application))
    token = await here.token(await here.letter("登録のご案内", mail))
    await here.desk.accept_terms(token, here.desk.profile(here.department).terms.version)
    await here.desk.keep_draft(token, person.application)
    person.tokens["apply"] = token
    person.keep_secret(token)
    return person


async def _under_review(here: Town, person: Marked) -> Marked:
    await _start(here, person)
    token = person.tokens.pop("apply")
    await here.desk.attach_image(token, person.photo())
    assert await here.desk.draft_problems(token) == ()
    await here.desk.submit(token)
    found = await here.desk.applications(here.clerk, None, person.data.mail, 1)
    person.registrant_id = found.rows[0].registrant_id
    return person


async def _approve(here: Town, person: Marked) -> None:
    assert person.registrant_id is not None
    version = await here.version(person.registrant_id)
    made = await here.desk.review.approve(here.clerk, person.registrant_id, version)
    person.marks[LOGIN] = (made.login_id,)
    session = await here.provider.log_in(LogIn(login_id=made.login_id, password=made.password))
    who = await here.provider.handset_identity(session.token)
    person.session, person.device = session.token, f"device-{person.key}-0123456789"
    person.page = (await here.desk.new_call_page(who, person.device)).secret
    person.mobile = await here.provider.phones.log_in(
        LogIn(login_id=made.login_id, password=made.password), f"encrypted\n{PHONE}"
    )
    person.keep_secret(made.password, session.token, person.device, person.page, person.mobile)


async def _registered(here: Town, person: Marked) -> Marked:
    await _under_review(here, person)
    await _approve(here, person)
    return person


async def _keyed_in(here: Town, person: Marked) -> Marked:
    paper = PaperDetails(True, RECEIVED, here.desk.profile(here.department).terms.version)
    person.registrant_id = await here.desk.key_in(here.clerk, person.application, paper)
    await _approve(here, person)
    return person


async def account_link(here: Town, person: Marked) -> None:
    """The mailed URL for a change."""
    who = await here.provider.handset_identity(person.session)
    await here.desk.ask_account_mail(who)
    person.tokens["account"] = await here.token(
        await here.letter("変更・利用の停止", person.data.mail)
    )
    person.keep_secret(person.tokens["account"])


async def _draft(here: Town, person: Marked, entered: Marked, purpose: str) -> None:
    """Keep what the person means to change, and hand nothing in."""
    await here.desk.keep_draft(person.tokens[purpose], entered.application)


async def _renewal(here: Town, person: Marked) -> None:
    office = here.desk.office
    url, _link = await office.kernel.run(
        lambda tx: office.issue(
            tx,
            LinkPurpose.RENEW,
            person.department,
            person.data.mail,
            registrant_id=person.registrant_id,
        )
    )
    person.tokens["renew"] = url.rpartition("/r/")[2]
    person.keep_secret(person.tokens["renew"])


async def _returned(here: Town, person: Marked) -> None:
    await _under_review(here, person)
    await return_to(here, person)


async def return_to(here: Town, person: Marked) -> None:
    """Return an application; the person is mailed a URL to correct it."""
    assert person.registrant_id is not None
    version = await here.version(person.registrant_id)
    defect = FieldProblem("data.kana", "staff", "フリガナを直してください。", "Correct the kana.")
    await here.desk.return_(here.clerk, person.registrant_id, version, (defect,))
    person.tokens["correct"] = await here.token(await here.letter("修正のお願い", person.data.mail))
    person.keep_secret(person.tokens["correct"])


async def _hire(world: World) -> None:
    provider = world.provider
    for department in DEPARTMENTS:
        for role in StaffRole:
            name = f"{department} {role.value}"
            await provider.add_account(
                NewAccount(
                    role=AccountRole.STAFF,
                    unit=department,
                    name=name,
                    password=PASSWORD,
                    roles=(role,),
                )
            )
            session = await world.desk.staff_log_in(department, name, PASSWORD, "127.0.0.9")
            world.actors.append(
                Actor(
                    name,
                    "staff",
                    department,
                    frozenset({role}),
                    cookies=f"net119_staff={session.token}",
                    csrf=session.csrf,
                )
            )
        # A program of the department's has every role (design of interface C).
        name = f"{department} program"
        made = await provider.add_account(
            NewAccount(role=AccountRole.STAFF, unit=department, name=name)
        )
        every = frozenset(StaffRole)
        world.actors.append(Actor(name, "staff", department, every, token=made.token))
        name = f"{department} dispatcher"
        desk = await provider.add_account(
            NewAccount(role=AccountRole.DISPATCHER, unit=department, name=name)
        )
        world.actors.append(Actor(name, "dispatcher", department, token=desk.token))
    for person in world.people.values():
        if person.role in {"plain", "paper"}:
            cookies = f"net119_session={person.session}; net119_device={person.device}"
            world.actors.append(
                Actor(
                    person.key,
                    "registrant",
                    person.department,
                    person=person,
                    token=person.session,
                    cookies=cookies,
                    csrf=csrf_of(person.session),
                )
            )
    world.actors.append(Actor("nobody", "nobody"))
