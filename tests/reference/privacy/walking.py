"""Walking the whole surface: everybody asks everything, and each answer is judged."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import httpx
from fastapi.routing import APIRoute
from starlette.routing import BaseRoute, Mount, Route, WebSocketRoute

from tests.reference.privacy.asking import HOST, Answer, client_of, talk, told
from tests.reference.privacy.asks import Ask
from tests.reference.privacy.people import Marked, seen_in
from tests.reference.privacy.rights import may_see, must_see
from tests.reference.privacy.rows import Row
from tests.reference.privacy.surface import SURFACE
from tests.reference.privacy.world import Actor, World


def names_of(routes: Iterable[BaseRoute]) -> set[str]:
    """What the table calls each route: method and path."""
    found: set[str] = set()
    for route in routes:
        if isinstance(route, Mount):
            found.add(f"MOUNT {route.path}")
        elif isinstance(route, WebSocketRoute):
            found.add(f"WS {route.path}")
        elif isinstance(route, APIRoute | Route):
            found |= {f"{each} {route.path}" for each in (route.methods or set()) - {"HEAD"}}
        else:
            raise AssertionError(f"a kind of route that this test does not know: {route!r}")
    return found


@dataclass
class Walk:
    """One walk, and what it found."""

    world: World
    wrong: list[str] = field(default_factory=list)
    host: str = HOST
    """What the requests say the host is, in each header that can say so."""
    asked: int = 0
    _audited: int = 0

    async def run(
        self, actors: Iterable[Actor] | None = None, only: Callable[[str], bool] = bool
    ) -> "Walk":
        """Let the actors, or everybody, ask everything, or ``only`` some of the routes."""
        entries = await self.world.audited(0)
        self._audited = entries[-1].number if entries else 0
        chosen = self.world.actors if actors is None else list(actors)
        async with client_of(self.world.app) as client:
            for name, row in SURFACE.items():
                if not only(name):
                    continue
                for actor in chosen:
                    for ask in row.asks(self.world, actor):
                        answer = await self._answer(client, actor, ask)
                        await self._judge(name, row, actor, ask, answer)
        return self

    async def _answer(self, client: httpx.AsyncClient, actor: Actor, ask: Ask) -> Answer:
        self.asked += 1
        if ask.method == "WS":
            return await talk(self.world.app, ask.path, list(ask.frames), actor.headers)
        client.cookies.clear()
        body: dict[str, Any] = {"content": ask.content} if ask.content else {}
        if ask.json is not None:
            body = {"json": ask.json}
        elif ask.form is not None:
            body = {"data": dict(ask.form)}
        headers = {**actor.headers, **ask.headers}
        if self.host != HOST:
            name = self.host.removeprefix("https://")
            headers |= {"Host": name, "X-Forwarded-Host": name, "Forwarded": f"host={name}"}
        if ask.method != "GET":
            headers["Origin"] = self.host
        return told(
            await client.request(
                ask.method, ask.path, params=dict(ask.query), headers=headers, **body
            )
        )

    async def _judge(self, name: str, row: Row, actor: Actor, ask: Ask, answer: Answer) -> None:
        what = f"{name} by {actor.name}" + (f" about {ask.about.key}" if ask.about else "")
        if ask.holder:
            what += f" with the URL of {ask.holder.key}"
        what += f" -> {answer.status}"
        if answer.status >= 500:
            self.wrong.append(f"{what}: an error of the provider")
        if self.host != HOST and self.host.removeprefix("https://") in answer.text:
            self.wrong.append(f"{what}: repeats the host that the request named")
        seen = seen_in(answer.text, self.world.people)
        # What somebody sent comes back to them, and tells them nothing.
        news = seen - seen_in(ask.said(), self.world.people)
        if leaked := news - may_see(self.world, row, actor, ask):
            self.wrong.append(f"{what}: shows {sorted(leaked)}")
        if missing := must_see(self.world, row, actor, ask) - seen:
            self.wrong.append(f"{what}: does not show {sorted(missing)}")
        people = {self._record_of(self.world.people[key]) for key, _field in news}
        if actor.kind in {"staff", "dispatcher"}:
            await self._check_audit(what, actor, people)

    def _record_of(self, person: Marked) -> str:
        return person.author or person.key

    async def _check_audit(self, what: str, actor: Actor, people: set[str]) -> None:
        """Each person who was shown is in an entry with actor and purpose (CNB-40).

        What a call shows the center that it went to is the disclosure that the call itself wrote.
        """
        entries = await self.world.audited(self._audited)
        if entries:
            self._audited = entries[-1].number
        if people and actor.kind == "dispatcher" and "calls/{call_id} " not in what:
            entries = [each for each in await self.world.audited(0) if each.action == "disclosed"]
        for key in people:
            if self.world.people[key].registrant_id is None:
                continue  # entered on this walk, several times over
            number = str(self.world.people[key].registrant_id)
            if not any(
                (entry.actor == actor.name or entry.what == f"center {actor.unit}")
                and entry.department == actor.unit
                and entry.purpose.strip()
                and number in (entry.registrant_id or "", *entry.what.split())
                for entry in entries
            ):
                self.wrong.append(f"{what}: no entry of the audit log says that {key} was read")
