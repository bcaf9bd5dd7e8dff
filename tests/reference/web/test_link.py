"""What a page is told of its connection, over real connections and without a server."""

import json
import ssl
import warnings
from pathlib import Path

import pytest
from net119_protocol.codes import LinkSecurity
from net119_reference.config import Config
from net119_reference.web.link import LINK_KEY, Link, link_of
from starlette.responses import JSONResponse
from starlette.types import Receive, Scope, Send

from tests.reference.web.fake_service import FakeService
from tests.reference.web.live_server import Certificates, LiveServer


async def tell(scope: Scope, receive: Receive, send: Send) -> None:
    """An application that says what its link is."""
    link = link_of(scope)
    told = [link.security.value, link.tls_version, link.cipher]
    if scope["type"] == "http":
        await JSONResponse(told)(scope, receive, send)
        return
    await receive()
    await send({"type": "websocket.accept"})
    await send({"type": "websocket.send", "text": json.dumps({"link": told})})
    await send({"type": "websocket.close"})


def test_http_and_websocket_learn_version_and_cipher(
    certificates: Certificates, tmp_path: Path
) -> None:
    config = Config(operator="aoba", data_dir=tmp_path)
    live = LiveServer(FakeService(), config, certificates, tell)
    with live.running(), live.http() as client:
        security, version, cipher = client.get("/").json()
        with live.socket("/") as talk:
            assert talk.receive() == {"link": [security, version, cipher]}
    assert (security, version) == ("encrypted", "TLSv1.3")
    assert cipher.startswith("TLS_")


def test_an_old_version_is_told_as_it_is(certificates: Certificates, tmp_path: Path) -> None:
    config = Config(operator="aoba", data_dir=tmp_path)
    live = LiveServer(FakeService(), config, certificates, tell)
    old = live.client_context()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        old.minimum_version = old.maximum_version = ssl.TLSVersion.TLSv1
    old.set_ciphers("ALL:@SECLEVEL=0")
    live.client_context = lambda: old  # type: ignore[method-assign]  # this phone speaks TLS 1.0
    with live.running(), live.http() as client:
        security, version, cipher = client.get("/").json()
    assert (security, version) == ("encrypted", "TLSv1")
    assert cipher.endswith("-SHA")


@pytest.mark.parametrize(
    ("scheme", "security"),
    [
        ("https", LinkSecurity.ENCRYPTED),
        ("wss", LinkSecurity.ENCRYPTED),
        ("http", LinkSecurity.PLAINTEXT),
        ("ws", LinkSecurity.PLAINTEXT),
    ],
)
def test_without_word_from_the_server_the_scheme_decides(
    scheme: str, security: LinkSecurity
) -> None:
    headers = [(b"x-forwarded-proto", b"https")]
    assert link_of({"scheme": scheme, "headers": headers}) == Link(security)
    assert link_of({"scheme": scheme, "state": {LINK_KEY: "tampered"}}) == Link(security)


def test_nothing_known_is_plaintext() -> None:
    assert link_of({}).plaintext
