"""The OpenAPI 3.1 description of a provider's HTTP operations."""

import re
from http import HTTPStatus

from pydantic import BaseModel

from net119_protocol import __version__
from net119_protocol.api.operations import OPERATIONS, Auth, Operation
from net119_protocol.api.problems import MEDIA_TYPE, Problem
from net119_protocol.spec.schema import Json, definitions, members, plain
from net119_protocol.spec.sockets import TALKS

PREFIX = "#/components/schemas/"

_TOKENS = {
    Auth.HANDSET: "Token of a logged-in handset, from `log_in`.",
    Auth.DISPATCHER: "Token of a dispatcher's account.",
    Auth.STAFF: "Token of a staff member's account.",
    Auth.UNIT: "Token of an alarm unit, from `install_unit`.",
    Auth.ADMIN: "The admin token of the configuration, from a loopback address only.",
}
_TAGS = {
    "handset": "Interface A for programs: what a handset does.",
    "registration": "Interface A for programs: what the holder of a mailed URL does.",
    "console": "Interface C for programs: what a dispatcher's console does.",
    "staff": "Interface C for programs: what a department's staff does.",
    "unit": "Interface H: what an alarm unit of the home alarm service sends and hears.",
    "alarms": "The alarm desk of the home alarm service: what dispatchers of its center do.",
    "admin": "Test-bed control; exists only where the configuration switches it on.",
    "provider": "The provider itself.",
}
_REFUSED = {
    400: "Not JSON, or not what this operation takes.",
    401: "No token, or not one that is valid here.",
    403: "The token is valid, but this is not allowed with it.",
    404: "There is no such thing for this token.",
    409: "Not possible in the present state.",
    410: "The URL has been used, has expired, or is no longer valid.",
    413: "Longer than is accepted.",
    422: "A value is wrong; `field` names it.",
    429: "Too many in a short time.",
    503: "Not now: overloaded, stopping, or not stored. Nothing was done.",
}
_TEXTS = ("token", "secret", "department")
"""Parameters of paths that are texts (mailed secrets, codes), not numbers of anything."""
_COUNTS = ("registration", "number")
"""Parameters of paths that are counts from 1."""


def openapi() -> Json:
    """The description, from the table of operations."""
    models: list[type[BaseModel]] = [Problem]
    paths: Json = {}
    for entry in OPERATIONS:
        models += [model for model in (entry.request, entry.response) if model is not None]
        paths.setdefault(entry.path, {})[entry.method.lower()] = _operation(entry)
    for talk in TALKS:
        models += [*members(talk.incoming.union), *members(talk.outgoing.union)]
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "NET119 testbed: API of a provider",
            "version": __version__,
            "description": "Handsets, consoles, staff and test-bed control over HTTPS."
            " Who says no answers with a problem document (RFC 9457). Absent values are left out"
            " of answers. The WebSockets stand under `x-websockets` and in asyncapi.json.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "tags": [{"name": name, "description": text} for name, text in sorted(_TAGS.items())],
        "paths": paths,
        "components": {
            "schemas": definitions(models, PREFIX),
            "securitySchemes": {
                role.value: {"type": "http", "scheme": "bearer", "description": text}
                for role, text in _TOKENS.items()
            },
        },
        "x-websockets": [
            {
                "name": talk.socket.name,
                "path": talk.socket.path,
                "summary": talk.socket.summary,
                "description": f"The first frame is `hello` with the {talk.socket.auth.value}'s"
                " token, within 5 seconds.",
                "incoming": _references(talk.incoming.union),
                "outgoing": _references(talk.outgoing.union),
            }
            for talk in TALKS
        ],
    }


def _references(union: object) -> list[Json]:
    return [_reference(model) for model in members(union)]


def _reference(model: type[BaseModel]) -> Json:
    return {"$ref": f"{PREFIX}{model.__name__}"}


def _content(media_type: str, model: type[BaseModel]) -> Json:
    return {media_type: {"schema": _reference(model)}}


def _tag(path: str) -> str:
    found = re.match(r"/api/([a-z]+)/", path)
    return found.group(1) if found else "provider"


def _operation(entry: Operation) -> Json:
    success: Json = {"description": HTTPStatus(entry.status).phrase}
    if entry.response is not None:
        success["description"] = plain(entry.response.__doc__).split("\n\n")[0]
        success["content"] = _content("application/json", entry.response)
    responses: Json = {str(entry.status): success}
    for status in sorted(set(entry.refusals)):
        responses[str(status)] = {
            "description": _REFUSED[status],
            "content": _content(MEDIA_TYPE, Problem),
        }
    described: Json = {
        "operationId": entry.name,
        "tags": [_tag(entry.path)],
        "summary": entry.summary,
        "responses": responses,
        "security": [] if entry.auth is Auth.NONE else [{entry.auth.value: []}],
    }
    parameters = [*_path_parameters(entry), *_query_parameters(entry)]
    if parameters:
        described["parameters"] = parameters
    if entry.request is not None:
        described["requestBody"] = {
            "required": True,
            "content": _content("application/json", entry.request),
        }
    elif entry.raw_request:
        described["requestBody"] = raw_body(entry)
    return described


def raw_body(entry: Operation) -> Json:
    """The description of a body that is no JSON."""
    schema = {"type": "string", "format": "binary"}
    return {
        "required": True,
        "content": {media_type: {"schema": dict(schema)} for media_type in entry.raw_request},
    }


def _path_parameters(entry: Operation) -> list[Json]:
    """IDs, and the secrets of mailed URLs, of which any other text is an unknown one."""
    return [
        {
            "name": name,
            "in": "path",
            "required": True,
            "schema": _path_schema(name),
        }
        for name in re.findall(r"\{(\w+)\}", entry.path)
    ]


def _path_schema(name: str) -> Json:
    if name in _COUNTS:
        return {"type": "integer", "minimum": 1, "maximum": 9_999_999}
    return {"type": "string"} | ({} if name in _TEXTS else {"format": "uuid"})


def _query_parameters(entry: Operation) -> list[Json]:
    count = {"type": "integer", "minimum": 0, "maximum": 2**53 - 1, "default": 0}
    text = {"type": "string", "maxLength": 200, "default": ""}
    return [
        {
            "name": name,
            "in": "query",
            "required": False,
            "description": meaning,
            "schema": schema,
        }
        for entries, schema in ((entry.query, count), (entry.text_query, text))
        for name, meaning in entries
    ]
