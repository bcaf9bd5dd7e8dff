"""Messages of `net119-interconnect/1`: written, and read against docs/reference.

What a body holds is read from `interconnect.schema.json`, as any vendor could do.
"""

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

PROFILE = "net119-interconnect/1"
MOST_BYTES = 262_144
MOST_DEPTH = 32
UNCOUNTED = frozenset({"chat.resume", "status.report", "error"})
WITHOUT_CALL = frozenset({"status.report", "error"})

Json = dict[str, Any]
_TYPES = {
    "string": str,
    "object": dict,
    "array": list,
    "boolean": bool,
    "null": type(None),
    "number": (int, float),
    "integer": int,
}
_RFC3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)", re.ASCII)


class Refused(Exception):
    """A message that is not taken: the code of the `error`, and what was wrong."""

    def __init__(self, code: str, detail: str, field: str = "", epoch: int | None = None) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail
        self.field = field
        self.epoch = epoch


def now() -> str:
    """The present moment as messages write it."""
    return stamp(datetime.now(UTC))


def stamp(moment: datetime) -> str:
    """A moment as messages write it."""
    return f"{moment.astimezone(UTC).isoformat(timespec='milliseconds')[:-6]}Z"


def moment(text: str) -> datetime:
    """The moment that a message wrote."""
    return datetime.fromisoformat(text.replace("Z", "+00:00").replace("z", "+00:00"))


class Contract:
    """Reads messages; ``folder`` holds the files of docs/reference."""

    def __init__(self, folder: Path) -> None:
        self._schema = json.loads((folder / "interconnect.schema.json").read_text("utf-8"))
        self.types: frozenset[str] = frozenset(self._schema["$defs"]["MessageType"]["enum"])

    def raw(self, data: bytes) -> Json:
        """The JSON object of a message, with ``null`` left out; Refused if it is none."""
        if len(data) > MOST_BYTES:
            raise Refused("too-large", f"{len(data)} bytes; send at most {MOST_BYTES}")
        try:
            value = json.loads(
                data.decode(), object_pairs_hook=_no_name_twice, parse_constant=_no_constant
            )
        except (ValueError, RecursionError) as wrong:
            raise Refused("malformed-json", f"not JSON in UTF-8: {wrong}; mend it") from None
        if not isinstance(value, dict) or _depth(value) > MOST_DEPTH:
            raise Refused("malformed-json", f"no object nested at most {MOST_DEPTH} deep")
        found: Json = _without_null(value)
        return found

    def check(self, message: Json) -> None:
        """Refuse what is no message of the profile."""
        if message.get("profile") != PROFILE:
            raise Refused("unsupported-profile", f"profile must be {PROFILE!r}", "profile")
        kind = message.get("type")
        if isinstance(kind, str) and kind not in self.types:
            self._envelope(
                {**message, "type": "error", "n": 0, "body": {"code": "temporary", "detail": ""}}
            )
            raise Refused("unknown-type", f"type {kind[:60]!r} is not known here", "type")
        self._envelope(message)

    def _envelope(self, message: Json) -> None:
        field = self._wrong(message, self._schema, "")
        if field is not None:
            inside = field[0].partition(".")[0] == "body" and isinstance(message.get("body"), dict)
            code = "invalid-body" if inside else "invalid-envelope"
            raise Refused(code, f"{field[0] or 'message'}: {field[1]}", field[0])

    def _wrong(self, value: Any, schema: Json, path: str) -> tuple[str, str] | None:
        """The first field that does not fit, and why."""
        if "$ref" in schema:
            name = schema["$ref"].rpartition("/")[2]
            return self._wrong(value, self._schema["$defs"][name], path)
        if "const" in schema and value != schema["const"]:
            return path, f"must be {schema['const']!r}"
        if "enum" in schema and value not in schema["enum"]:
            return path, f"must be one of {', '.join(schema['enum'])}"
        if "type" in schema and not _is(value, schema["type"]):
            return path, f"must be {schema['type']}"
        if "anyOf" in schema:
            tried = [self._wrong(value, each, path) for each in schema["anyOf"]]
            if all(tried):
                return tried[0]
        for each in schema.get("allOf", ()):
            if "if" not in each:
                wrong = self._wrong(value, each, path)
            elif self._wrong(value, each["if"], path) is None:
                wrong = self._wrong(value, each["then"], path)
            else:
                continue
            if wrong:
                return wrong
        return _simple(value, schema, path) or self._inside(value, schema, path)

    def _inside(self, value: Any, schema: Json, path: str) -> tuple[str, str] | None:
        if isinstance(value, list) and "items" in schema:
            for number, each in enumerate(value):
                if wrong := self._wrong(each, schema["items"], f"{path}.{number}"):
                    return wrong
        if not isinstance(value, dict):
            return None
        for name in schema.get("required", ()):
            if name not in value:
                return f"{path}.{name}".lstrip("."), "is missing"
        for name, inner in schema.get("properties", {}).items():
            if name in value:
                wrong = self._wrong(value[name], inner, f"{path}.{name}".lstrip("."))
                if wrong:
                    return wrong
        return None


def _is(value: Any, name: str) -> bool:
    if isinstance(value, bool) and name != "boolean":
        return False
    return isinstance(value, _TYPES[name])  # type: ignore[arg-type]  # a type or a tuple of types


def _simple(value: Any, schema: Json, path: str) -> tuple[str, str] | None:
    if isinstance(value, str):
        if len(value) > schema.get("maxLength", len(value)):
            return path, f"is longer than {schema['maxLength']} characters"
        if len(value) < schema.get("minLength", 0):
            return path, f"is shorter than {schema['minLength']} characters"
        if any(letter == "\0" or "\ud800" <= letter <= "\udfff" for letter in value):
            return path, "holds NUL or half of a surrogate pair"
        if "pattern" in schema and not re.search(schema["pattern"], value):
            return path, f"must match {schema['pattern']}"
        return _format(value, schema.get("format", ""), path)
    if isinstance(value, int | float) and not isinstance(value, bool):
        low, high = schema.get("minimum", value), schema.get("maximum", value)
        if not low <= value <= high:
            return path, f"must lie between {low} and {high}"
    if isinstance(value, list) and len(value) > schema.get("maxItems", len(value)):
        return path, f"has more than {schema['maxItems']} entries"
    return None


def _format(value: str, name: str, path: str) -> tuple[str, str] | None:
    try:
        if name == "uuid":
            UUID(value)
        elif name == "date-time":
            if not _RFC3339.fullmatch(value):
                raise ValueError
            moment(value)
        elif name == "date":
            datetime.strptime(value, "%Y-%m-%d")  # noqa: DTZ007  # a day has no zone
    except ValueError:
        return path, f"is no {name}"
    return None


def _no_name_twice(pairs: list[tuple[str, Any]]) -> Json:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice in one object")
    return found


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is no number of JSON")


def _without_null(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without_null(each) for name, each in value.items() if each is not None}
    if isinstance(value, list):
        return [_without_null(each) for each in value]
    return value


def _depth(value: Any) -> int:
    if isinstance(value, dict):
        return 1 + max((_depth(each) for each in value.values()), default=0)
    if isinstance(value, list):
        return 1 + max((_depth(each) for each in value), default=0)
    return 0


def message(
    kind: str,
    body: Json,
    *,
    me: str,
    answers_to: str,
    mode: str,
    call_id: str | None = None,
    epoch: int = 0,
    n: int = 0,
    in_reply_to: str | None = None,
) -> Json:
    """A new message; ``answers_to`` is our own queue."""
    made: Json = {
        "profile": PROFILE,
        "messageId": str(uuid4()),
        "type": kind,
        "epoch": epoch,
        "n": n,
        "mode": mode,
        "sentAt": now(),
        "via": {"destination": answers_to, "operator": me},
        "body": body,
    }
    if call_id is not None:
        made["callId"] = call_id
    if in_reply_to is not None:
        made["inReplyTo"] = in_reply_to
    return made


def written(made: Json) -> bytes:
    """A message as it travels."""
    return json.dumps(made, ensure_ascii=False, separators=(",", ":")).encode()
