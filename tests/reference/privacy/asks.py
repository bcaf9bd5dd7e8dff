"""How the routes of the application are asked: by whom, about whom, with whose secret."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from json import dumps
from typing import Any
from uuid import uuid4

from net119_protocol.profile.form import to_fields

from tests.reference.privacy.people import Marked
from tests.reference.privacy.world import DEPARTMENTS, PHONE, RECEIVED, Actor, World

STALE = 999
"""A version that no record has: what is asked with it is shown again, and nothing is done."""
UNKNOWN = "unknown-token-of-no-person"


@dataclass(frozen=True)
class Ask:
    """One request; ``holder`` is whose secret stands in it, ``about`` whose record it names."""

    method: str
    path: str
    holder: Marked | None = None
    about: Marked | None = None
    query: Mapping[str, str] = field(default_factory=dict)
    json: Any = None
    form: Mapping[str, str] | None = None
    content: bytes | None = None
    frames: tuple[Mapping[str, Any], ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)

    def said(self) -> str:
        """Everything that the request itself holds."""
        sent = dumps([self.json, dict(self.form or {}), dict(self.query)], ensure_ascii=False)
        return f"{self.path}\n{sent}"


Asks = Callable[[World, Actor], Iterable[Ask]]


def once(method: str, path: str, **more: Any) -> Asks:
    """The same for everybody."""

    def asks(world: World, actor: Actor) -> Iterator[Ask]:
        yield Ask(method, path, about=actor.person, **more)

    return asks


def mailed(method: str, path: str, *purposes: str, **more: Any) -> Asks:
    """With each mailed URL of the purposes by whoever holds nothing else, and with unknown ones.

    People who are logged in hold the URL of somebody else by chance.
    """

    def asks(world: World, actor: Actor) -> Iterator[Ask]:
        yield Ask(method, path.replace("{token}", UNKNOWN), **more)
        if actor.kind not in {"nobody", "registrant"}:
            return
        for person in world.people.values():
            for purpose, token in person.tokens.items():
                if purposes and purpose not in purposes:
                    continue
                if actor.person and (person.role != "plain" or person is actor.person):
                    continue
                yield Ask(method, path.replace("{token}", token), holder=person, **more)

    return asks


def recorded(
    method: str,
    path: str,
    *,
    json: Callable[[Actor], Any] | None = None,
    form: Mapping[str, str] | None = None,
    purposes: tuple[str, ...] = ("review",),
    states: tuple[str, ...] = (),
) -> Asks:
    """About each person on record; ``states`` restricts the own department's own staff to some."""

    def asks(world: World, actor: Actor) -> Iterator[Ask]:
        for person in world.records():
            own = actor.kind == "staff" and actor.unit == person.department
            # One or two people stand for all where an answer cannot differ much.
            own_ones = states or ((person.role,) if method == "GET" else ("plain", "changing"))
            if person.role not in (own_ones if own else ("plain",)):
                continue
            where = path.replace("{registrant_id}", str(person.registrant_id))
            for purpose in purposes:
                yield Ask(
                    method,
                    where,
                    about=person,
                    query={"purpose": purpose} if purpose else {},
                    json=json(actor) if json else None,
                    form={**form, "csrf": actor.csrf, "version": str(STALE)}
                    if form is not None
                    else None,
                )

    return asks


def called(method: str, path: str, json: Any = None) -> Asks:
    """About each call there is, and one that nobody knows."""

    def asks(world: World, actor: Actor) -> Iterator[Ask]:
        for call_id in (*world.calls, uuid4()):
            where = path.replace("{call_id}", str(call_id))
            yield Ask(method, where, about=world.calls.get(call_id), json=json)

    return asks


def pages(method: str, path: str, **more: Any) -> Asks:
    """The call page of each person: on the actor's own device, or the person's when it is them."""

    def asks(world: World, actor: Actor) -> Iterator[Ask]:
        for person in world.people.values():
            if person.page:
                yield Ask(method, path.replace("{secret}", person.page), about=person, **more)

    return asks


def paged(method: str, path: str, **more: Any) -> Asks:
    """Each call there is, and one that nobody knows, below the call page of each person."""

    def asks(world: World, actor: Actor) -> Iterator[Ask]:
        for call_id in (*world.calls, uuid4()):
            yield from pages(method, path.replace("{call_id}", str(call_id)), **more)(world, actor)

    return asks


def phoned(method: str, path: str, **more: Any) -> Asks:
    """In the session of each person's feature phone: on that phone when it is them, else not.

    A path with a call is asked for each call there is, and one that nobody knows.
    """

    def asks(world: World, actor: Actor) -> Iterator[Ask]:
        for person in world.people.values():
            if person.mobile:
                own = actor.person is person
                headers = {"User-Agent": PHONE if own else "another phone"}
                where = path.replace("{session}", person.mobile)
                calls = (*world.calls, uuid4()) if "{call_id}" in path else ("",)
                for call_id in calls:
                    exact = where.replace("{call_id}", str(call_id))
                    yield Ask(method, exact, about=person, headers=headers, **more)

    return asks


def searches(world: World, actor: Actor) -> Iterator[Ask]:
    yield Ask("GET", "/staff/search")
    for person in world.records():
        yield Ask("GET", "/staff/search", about=person, query={"q": person.data.name})


def opened(world: World, actor: Actor) -> Iterator[Ask]:
    """A call page opened by a program: with the person's device, and with another."""
    for person in world.people.values():
        if person.page:
            own = actor.person is person
            device = person.device if own else "another-device-0123456789"
            body = {"secret": person.page, "device": device}
            yield Ask("POST", "/api/handset/v1/call-page/sessions", about=person, json=body)


def drafts(world: World, actor: Actor) -> Iterator[Ask]:
    """Whoever holds an application's URL keeps the draft that is there once more."""
    for ask in mailed("PUT", "/api/registration/v1/{token}/draft", "apply")(world, actor):
        body = (ask.holder or next(iter(world.people.values()))).application
        yield Ask(
            ask.method,
            ask.path,
            holder=ask.holder,
            json=body.model_dump(mode="json", by_alias=True, exclude_none=True),
        )


def typed(world: World, actor: Actor) -> Marked:
    unit = actor.unit if actor.unit in DEPARTMENTS else DEPARTMENTS[0]
    return world.people[f"{unit[0].upper()}-typed"]


def entered(world: World, actor: Actor) -> Iterator[Ask]:
    person = typed(world, actor)
    body = {"data": person.data.model_dump(mode="json", by_alias=True, exclude_none=True)}
    yield Ask("POST", "/api/staff/v1/registrants", about=person, json=body)


def paper(world: World, actor: Actor) -> Iterator[Ask]:
    """A paper form without its consent, so that nothing is stored."""
    person = typed(world, actor)
    body = {
        "application": person.application.model_dump(mode="json", by_alias=True, exclude_none=True),
        "consentSigned": False,
        "receivedOn": RECEIVED.isoformat(),
        "termsVersion": "2026-04",
    }
    yield Ask("POST", "/api/staff/v1/paper-applications", about=person, json=body)


def key_in(world: World, actor: Actor) -> Iterator[Ask]:
    person = typed(world, actor)
    form = {**to_fields(person.application), "csrf": actor.csrf, "action": "next"}
    yield Ask("POST", "/staff/key-in", about=person, form=form)


def paper_change(world: World, actor: Actor) -> Iterator[Ask]:
    for ask in recorded("POST", "/api/staff/v1/registrations/{registrant_id}/paper-changes")(
        world, actor
    ):
        entered_now = typed(world, actor)
        body = {
            "version": STALE,
            "application": entered_now.application.model_dump(
                mode="json", by_alias=True, exclude_none=True
            ),
            "lastFiled": {"name": "x", "birthDate": "2000-01-01", "mail": "x@x.example"},
            "receivedOn": RECEIVED.isoformat(),
        }
        yield Ask(ask.method, ask.path, about=ask.about, json=body)


def announcement(path: str) -> Asks:
    def asks(world: World, actor: Actor) -> Iterator[Ask]:
        for number in world.announcements.values():
            yield Ask("GET", path.replace("{announcement_id}", str(number)))

    return asks


def chat(world: World, actor: Actor) -> Iterator[Ask]:
    for call_id in (*world.calls, uuid4()):
        hello = {"type": "hello", "token": actor.token or "x" * 32, "after": 0}
        yield Ask(
            "WS",
            f"/api/handset/v1/calls/{call_id}/chat",
            about=world.calls.get(call_id),
            frames=(hello,),
        )


def feed(world: World, actor: Actor) -> Iterator[Ask]:
    hello = {"type": "hello", "token": actor.token or "x" * 32, "after": {}}
    yield Ask("WS", "/api/console/v1/feed", frames=(hello,))


def stale(**more: Any) -> Callable[[Actor], Any]:
    return lambda _actor: {"version": STALE, **more}
