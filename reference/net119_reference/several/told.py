"""What office and relay tell each other, beside texts and numbers."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from net119_protocol.api.console import ConsoleOut
from net119_protocol.api.handset import HandsetOut
from net119_protocol.codes import LinkSecurity
from pydantic import TypeAdapter
from starlette.types import Scope

from net119_reference.ports import DispatcherIdentity, HandsetIdentity
from net119_reference.web.link import LINK_KEY, Link, link_of

HANDSET: TypeAdapter[HandsetIdentity] = TypeAdapter(HandsetIdentity)
DISPATCHER: TypeAdapter[DispatcherIdentity] = TypeAdapter(DispatcherIdentity)
HANDSET_OUT: TypeAdapter[Any] = TypeAdapter(HandsetOut)
CONSOLE_OUT: TypeAdapter[Any] = TypeAdapter(ConsoleOut)

_KEPT = ("type", "http_version", "scheme", "method", "path", "root_path", "client", "server")


@dataclass(frozen=True)
class PageIdentity(HandsetIdentity):
    """A caller at a page, which the office may end at any moment (CNB-10)."""


def scope_told(scope: Scope) -> dict[str, Any]:
    """A request, as far as the other side needs it."""
    link = link_of(scope)
    return {
        **{key: scope[key] for key in _KEPT if key in scope},
        "path_params": dict(scope.get("path_params", {})),
        "raw_path": _text(scope.get("raw_path") or b""),
        "query_string": _text(scope.get("query_string", b"")),
        "headers": [[_text(name), _text(value)] for name, value in scope["headers"]],
        "link": [link.security.value, link.tls_version, link.cipher],
    }


def scope_of(told: Mapping[str, Any]) -> Scope:
    """The request again, as :func:`scope_told` told it."""
    security, version, cipher = told["link"]
    scope: Scope = {key: told[key] for key in (*_KEPT, "path_params") if key in told}
    for key in ("client", "server"):
        if scope.get(key) is not None:
            scope[key] = tuple(scope[key])
    scope["asgi"] = {"version": "3.0"}
    scope["raw_path"] = _octets(told["raw_path"]) or None
    scope["query_string"] = _octets(told["query_string"])
    scope["headers"] = [(_octets(name), _octets(value)) for name, value in told["headers"]]
    scope["state"] = {LINK_KEY: Link(LinkSecurity(security), version, cipher)}
    if not scope["path_params"]:
        del scope["path_params"]
    return scope


def _text(octets: bytes) -> str:
    return octets.decode("latin-1")


def _octets(text: str) -> bytes:
    return text.encode("latin-1")
