"""Differences between the contract and what a provider's framework says of itself."""

import re
from collections.abc import Iterator
from typing import Any

from net119_protocol.api.problems import MEDIA_TYPE
from net119_protocol.spec.schema import Json

METHODS = ("get", "put", "post", "delete", "patch", "head", "options", "trace")


def compare_openapi(app_openapi: Json, ours: Json) -> list[str]:
    """Where ``app_openapi`` departs from ``ours``, in words; empty if nowhere.

    Compared are paths and methods, parameters, statuses with the model of each body, the fields
    of every model that ``ours`` uses, their types and, for models that are sent to the provider,
    which of them are required.  Not compared are texts, limits (lengths, ranges, patterns),
    defaults, security and the models that only ``app_openapi`` has.  Models are compared by name;
    ``-Input`` and ``-Output``, which FastAPI adds to tell the two directions apart, are dropped.
    """
    found = [*_paths(app_openapi, ours)]
    schemas = ours.get("components", {}).get("schemas", {})
    sent = _reachable(_request_models(ours), schemas)
    wanted = _reachable(_request_models(ours) | _response_models(ours), schemas)
    theirs = _by_plain_name(app_openapi.get("components", {}).get("schemas", {}))
    for name in sorted(wanted):
        if name in theirs:
            for variant in theirs[name]:
                found += _model(name, variant, schemas[name], required=name in sent)
        else:
            found.append(f"model {name} is missing in the app")
    return list(dict.fromkeys(found))


def _paths(app: Json, ours: Json) -> Iterator[str]:
    ours_by, app_by = _operations(ours), _operations(app)
    for key in sorted(ours_by.keys() | app_by.keys()):
        where = f"{key[0].upper()} {key[1]}"
        if key not in app_by:
            yield f"{where} is missing in the app"
        elif key not in ours_by:
            yield f"{where} is not in the contract"
        else:
            yield from _operation(where, app_by[key], ours_by[key])


def _operations(document: Json) -> dict[tuple[str, str], Json]:
    return {
        (method, path): {**item[method], "parameters": _all_parameters(item, method)}
        for path, item in document.get("paths", {}).items()
        for method in METHODS
        if method in item
    }


def _all_parameters(item: Json, method: str) -> list[Json]:
    return [*item.get("parameters", []), *item[method].get("parameters", [])]


def _operation(where: str, app: Json, ours: Json) -> Iterator[str]:
    yield from _parameters(where, app["parameters"], ours["parameters"])
    app_body = _body(app.get("requestBody", {}))
    our_body = _body(ours.get("requestBody", {}))
    yield from _unlike(f"{where}: request body", app_body, our_body)
    app_answers, our_answers = app.get("responses", {}), ours.get("responses", {})
    for status in sorted(app_answers.keys() | our_answers.keys()):
        if status not in app_answers:
            yield f"{where}: answer {status} is missing in the app"
        elif status not in our_answers:
            yield f"{where}: answer {status} is not in the contract"
        else:
            yield from _unlike(
                f"{where}: answer {status}",
                _body(app_answers[status]),
                _body(our_answers[status]),
            )


def _unlike(what: str, app: str, ours: str) -> Iterator[str]:
    if app != ours:
        yield f"{what} is {app} in the app, {ours} in the contract"


def _body(holder: Json) -> str:
    """Media type and model of a body in words."""
    content = holder.get("content", {})
    if not content:
        return "empty"
    media_type = MEDIA_TYPE if MEDIA_TYPE in content else sorted(content)[0]
    # FastAPI writes the model of a refusal under application/json, and what a handler really
    # sends beside it, without schema.
    entries = [content[media_type], *content.values()]
    schema: Any = next((each["schema"] for each in entries if each.get("schema")), None)
    return f"{media_type} {_type(schema)}"


def _parameters(where: str, app: list[Json], ours: list[Json]) -> Iterator[str]:
    app_by = {(each["in"], each["name"]): each for each in app if each["in"] in ("path", "query")}
    our_by = {(each["in"], each["name"]): each for each in ours}
    for key in sorted(app_by.keys() | our_by.keys()):
        what = f"{where}: {key[0]} parameter {key[1]}"
        if key not in app_by:
            yield f"{what} is missing in the app"
        elif key not in our_by:
            yield f"{what} is not in the contract"
        else:
            mine, theirs = our_by[key], app_by[key]
            if bool(theirs.get("required")) != bool(mine.get("required")):
                word = "required" if theirs.get("required") else "optional"
                yield f"{what} is {word} in the app, not so in the contract"
            yield from _unlike(what, _type(theirs.get("schema", {})), _type(mine["schema"]))


def _model(name: str, app: Json, ours: Json, *, required: bool) -> Iterator[str]:
    if "properties" not in ours:
        yield from _unlike(f"model {name}", _type(app), _type(ours))
        return
    app_fields, our_fields = app.get("properties", {}), ours["properties"]
    for field in sorted(app_fields.keys() | our_fields.keys()):
        what = f"model {name}: field {field}"
        if field not in app_fields:
            yield f"{what} is missing in the app"
        elif field not in our_fields:
            yield f"{what} is not in the contract"
        else:
            yield from _unlike(what, _type(app_fields[field]), _type(our_fields[field]))
    if not required:
        return
    app_needs, our_needs = set(app.get("required", ())), set(ours.get("required", ()))
    for field in sorted(app_needs ^ our_needs):
        word = "required" if field in app_needs else "optional"
        yield f"model {name}: field {field} is {word} in the app, not so in the contract"


def _type(schema: Any) -> str:
    """The shape of a value in words, without limits and texts."""
    if not isinstance(schema, dict) or not schema:
        return "anything"
    if "$ref" in schema:
        return _plain_name(schema["$ref"].rsplit("/", 1)[-1])
    for union in ("anyOf", "oneOf"):
        if union in schema:
            return " or ".join(sorted(_type(each) for each in schema[union]))
    if len(schema.get("allOf", ())) == 1:
        return _type(schema["allOf"][0])
    if "const" in schema:
        return f"constant {schema['const']!r}"
    if "enum" in schema:
        return "one of " + ", ".join(sorted(map(str, schema["enum"])))
    kind = str(schema.get("type", "anything"))
    if kind == "array":
        return f"array of {_type(schema.get('items'))}"
    extra = schema.get("additionalProperties")
    if kind == "object" and isinstance(extra, dict):
        return f"object of {_type(extra)}"
    return f"{kind} ({schema['format']})" if "format" in schema else kind


def _plain_name(name: str) -> str:
    return re.sub(r"-(Input|Output)$", "", name)


def _by_plain_name(schemas: Json) -> dict[str, list[Json]]:
    found: dict[str, list[Json]] = {}
    for name, schema in schemas.items():
        found.setdefault(_plain_name(name), []).append(schema)
    return found


def _request_models(document: Json) -> set[str]:
    operations = _operations(document).values()
    return set().union(*(_references(each.get("requestBody", {})) for each in operations))


def _response_models(document: Json) -> set[str]:
    operations = _operations(document).values()
    return set().union(*(_references(each.get("responses", {})) for each in operations))


def _references(value: Any) -> set[str]:
    """Names of the models that ``value`` refers to, at any depth."""
    if isinstance(value, dict):
        own = {value["$ref"].rsplit("/", 1)[-1]} if isinstance(value.get("$ref"), str) else set()
        return own.union(*(_references(each) for each in value.values()))
    if isinstance(value, list):
        return set().union(*(_references(each) for each in value))
    return set()


def _reachable(names: set[str], schemas: Json) -> set[str]:
    found: set[str] = set()
    waiting = set(names)
    while waiting:
        name = waiting.pop()
        found.add(name)
        waiting |= _references(schemas.get(name, {})) - found
    return found & schemas.keys()
