"""What a relay does not serve itself: the office answers, or the relay says that it is away."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from net119_protocol.api.console import PingFrame, PongFrame
from net119_protocol.api.problems import MEDIA_TYPE
from net119_protocol.codes import LinkSecurity, Refusal
from net119_reference.app import CannotStart, main
from net119_reference.metrics import Metrics
from net119_reference.several.relay_app import RelayContext, create_relay_app
from net119_reference.several.running import check_several
from net119_reference.several.told import scope_of, scope_told
from net119_reference.web.access import LogInBrake
from net119_reference.web.feed import Feed
from net119_reference.web.guard import Refusals
from net119_reference.web.link import LINK_KEY, Link, link_of
from starlette.types import ASGIApp, Receive, Scope, Send

from tests.postgres.several import House, house
from tests.reference.service.conftest import _read_polygons_once
from tests.reference.service.support import config


def over_tls(app: ASGIApp) -> ASGIApp:
    """As the server does, which says how the connection is protected."""

    async def told(scope: Scope, receive: Receive, send: Send) -> None:
        scope["state"] = {LINK_KEY: Link(LinkSecurity.ENCRYPTED, "TLSv1.3", "TLS_AES_128")}
        await app(scope, receive, send)

    return told


async def passing(made: House) -> None:
    settings = config("aoba", made.folder)
    post = made.posts[0]
    app = over_tls(create_relay_app(post.relay, settings, Metrics("aoba")))
    transport = httpx.ASGITransport(app, client=("127.0.0.7", 40_000))
    async with httpx.AsyncClient(transport=transport, base_url="https://a.example") as client:
        health = (await client.get("/health")).json()
        assert (health["operator"], health["status"]) == ("aoba", "normal")

        wrong = await client.get("/api/handset/v1/calls", headers={"Authorization": "Bearer no"})
        assert (wrong.status_code, wrong.headers["content-type"]) == (401, MEDIA_TYPE)
        page = await client.get("/", headers={"Accept": "text/html"})
        assert page.status_code == 200
        assert page.headers["content-security-policy"]

        async def endless() -> AsyncIterator[bytes]:
            for _ in range(3):
                yield b"x" * 40_000

        for body in (b"x" * 100_000, endless()):
            large = await client.post("/api/handset/v1/session", content=body)
            assert (large.status_code, large.json()["code"]) == (413, "too-large")
        # Both by whom they came from: the office aggregates what is refused.
        refused = made.site.service.core.refusals.after(0)
        assert {each.source for each in refused.entries} == {"127.0.0.7"}

        for name, own in (("relay", True), ("office", False)):
            text = (await client.get("/metrics", params={"process": name})).text
            assert ('name="health"' not in text) == own

        # A console at a relay counts the time by the same clock as one at the office.
        relay: Any = post.relay
        ahead = relay.now() + timedelta(hours=3)
        relay.core.clock.ahead += timedelta(hours=3)
        brake = LogInBrake(1, 1, 1.0)
        metrics = Metrics("aoba")
        context = RelayContext(relay, settings, metrics, Refusals(relay, metrics), brake)
        pong = await Feed(context).act(PingFrame())
        assert isinstance(pong, PongFrame)
        assert abs(pong.now - ahead) < timedelta(minutes=1)

        await made.close_office()
        away = await client.get("/health")
        assert (away.status_code, away.json()["code"]) == (503, Refusal.STORAGE_FAILED.value)
        shown = await client.get("/", headers={"Accept": "text/html"})
        assert shown.status_code == 503
        assert "<html" in shown.text
        await made.open_office()
        await post.link.wait()
        assert (await client.get("/health")).status_code == 200


@pytest.mark.usefixtures("on_postgres")
def test_a_relay_passes_requests_on_to_the_office() -> None:
    async def run() -> None:
        async with asyncio.timeout(60), house(posts=1) as made:
            await passing(made)

    asyncio.run(run())


def test_a_request_is_the_same_at_the_office() -> None:
    scope: Scope = {
        "type": "http",
        "http_version": "1.1",
        "scheme": "https",
        "method": "POST",
        "path": "/r/é",
        "raw_path": b"/r/%C3%A9",
        "query_string": b"a=%E3%81%82&b=\xff",
        "headers": [(b"cookie", b"a=b"), (b"x-odd", b"\xe9\x00")],
        "client": ("2001:db8::1", 5),
        "server": ("127.0.0.2", 443),
        "state": {LINK_KEY: Link(LinkSecurity.PLAINTEXT)},
    }
    found = scope_of(scope_told(scope))
    assert link_of(found) == link_of(scope)
    assert {key: found[key] for key in scope} == scope


def test_several_processes_are_refused_on_sqlite(tmp_path: Path) -> None:
    with pytest.raises(CannotStart, match="need PostgreSQL") as refused:
        check_several(config("aoba", tmp_path))
    assert refused.value.where == "database.url"


@pytest.mark.parametrize("number", ["0", "65", "two", "-1"])
def test_a_number_of_relays_that_makes_no_sense_is_refused(
    number: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as left:
        main(["--config", str(tmp_path / "any.toml"), "--relays", number])
    assert left.value.code == 2
    assert "--relays" in capsys.readouterr().err


__all__ = ["_read_polygons_once"]
