"""The OpenAPI 3.1 description of a hook, from the table of its requests."""

from typing import Any

from net119_protocol.spec.schema import definitions, plain

from net119_conformance.drivers.http_hook_requests import REQUESTS, Request
from net119_conformance.drivers.http_hook_wire import HOOK, Offered, Refused

PREFIX = "#/components/schemas/"
TEXT = """\
What a vendor's system answers so that the suite can operate it: every request is a POST with a
small JSON body, answered with 200 and the answer, with 409 where the system refuses, or with 501
where the hook does not offer the request. Screens are polled. Time limits are given with each
request as `x-within-s`, in seconds; requests come at the same time, so a hook that works on one
must answer others. Unknown fields are ignored, absent values may be left out. In words:
docs/http-hook.md; a complete example: docs/examples/hook_adapter.py."""


def openapi() -> dict[str, Any]:
    """The description."""
    models = {each.body for each in REQUESTS.values()} | {each.answer for each in REQUESTS.values()}
    paths: dict[str, Any] = {
        "/": {
            "get": {
                "operationId": "look",
                "summary": plain(Offered.__doc__),
                "responses": {"200": _answer(Offered)},
                "x-within-s": 5,
            }
        }
    }
    for each in REQUESTS.values():
        paths[f"/{each.name}"] = {"post": _operation(each)}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "NET119 testbed: hook of a system under test",
            "version": HOOK.partition("/")[2],
            "description": " ".join(TEXT.split()),
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "http://127.0.0.1:9119"}],
        "tags": [
            {"name": verb, "description": f"All that is needed to claim `{verb}`: {needed}."}
            for verb, needed in _needed().items()
        ],
        "paths": paths,
        "components": {"schemas": definitions([*models, Offered, Refused], PREFIX)},
    }


def _needed() -> dict[str, str]:
    found: dict[str, list[str]] = {}
    for each in REQUESTS.values():
        names = found.setdefault(each.verb.value, [])
        if each.needed:
            names.append(f"`{each.name}`")
    return {verb: ", ".join(names) for verb, names in sorted(found.items())}


def _operation(request: Request) -> dict[str, Any]:
    summary, _, rest = plain(request.body.__doc__).partition("\n\n")
    if request.body.__name__ == "Empty":
        summary = {
            "health": "What is the system's state, and which peers count as running?",
            "restart": "Stop the system in good order, start it again, and wait until it serves.",
            "crash": "Kill the system without warning, start it again, and wait until it serves.",
        }[request.name]
        rest = ""
    described: dict[str, Any] = {
        "operationId": request.name,
        "tags": [request.verb.value],
        "summary": summary,
        "requestBody": {"required": True, "content": _content(request.body.__name__)},
        "responses": {
            "200": _answer(request.answer),
            "409": {
                "description": "The system under test refuses.",
                "content": _content("Refused"),
            },
            "501": {"description": "The hook does not offer this request; a sentence says so."},
        },
        "x-within-s": request.within_s,
        "x-needed": request.needed,
    }
    if rest:
        described["description"] = rest
    return described


def _answer(model: type[Any]) -> dict[str, Any]:
    return {
        "description": plain(model.__doc__).split("\n\n")[0],
        "content": _content(model.__name__),
    }


def _content(name: str) -> dict[str, Any]:
    return {"application/json": {"schema": {"$ref": f"{PREFIX}{name}"}}}
