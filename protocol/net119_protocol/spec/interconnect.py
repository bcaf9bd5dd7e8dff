"""The JSON Schema and the page of ``net119-interconnect/1``."""

import json

from net119_protocol.interconnect import BODY_OF, MAX_BYTES, PROFILE, UNCOUNTED, MessageType
from net119_protocol.interconnect.envelope import MAX_DEPTH, Envelope, Header, encode
from net119_protocol.interconnect.types import CALL_FREE
from net119_protocol.spec.examples import examples
from net119_protocol.spec.messages import NOTES, SENDER_WORDS
from net119_protocol.spec.schema import DIALECT, Json, definitions, field_docs, plain

DEFS = "#/$defs/"


_RULES = (
    "## Transport",
    "",
    "- Each provider runs an endpoint (STOMP 1.2 over TLS 1.2 or later, port 61614). Who originates"
    " a call connects to the other's endpoint, sends to `/queue/{other}.callee` and subscribes to"
    " `/queue/{self}.caller`; nothing else may be sent to or subscribed to.",
    "- A peer is known by its source address, and by its own certificate besides where the"
    " endpoint asks for one. `login` and `passcode` are not used, nor are STOMP transactions."
    " `host` of CONNECT is the operator code of the endpoint's owner.",
    "- The endpoint stamps every MESSAGE with the operator code of who wrote it, in the header"
    " `net119-sender`; one without it, or with another code, is refused. `net119-type` repeats the"
    " message's type for whoever looks on, and binds nobody.",
    "- Both sides offer heart-beats and ask for them, well within T3 (10 s by default). Who offers"
    " none (`0`) is not cut off for its silence.",
    "- `via` names the sender and its queue of this session: `/queue/{sender}.caller` in what a"
    " client sends, `/queue/{sender}.callee` in what an endpoint delivers.",
    "- On each of the two sessions with a peer, a `status.report` is sent as soon as it is up.",
    "- A message is acknowledged (`client-individual`), and a `receipt` answered, once it is"
    " stored.",
    "- Where a peer has subscribed more than once, each message goes to one of its subscriptions,"
    " whichever that is. What a subscription has not acknowledged when it ends is delivered again,"
    " to one that is left, or when the peer is back.",
    "",
    "## Refused messages",
    "",
    "- A message that is not taken is answered by `error` and logged, with the operator code of the"
    " peer that sent it (I10). One whose `profile` is absent or another one is refused by"
    " `unsupported-profile`, whatever else is wrong with it.",
    "- A readable message that is refused counts in `n`: what follows it is not held back. One that"
    " cannot be read does not count, and its sender uses the number again; so that a receiver which"
    " counts it nevertheless loses nothing, it takes that number once more.",
    "",
    "## Ownership",
    "",
    "- The home provider is the anchor for the whole call: the handset stays connected to it, it"
    " alone numbers the chat and sends mail, and every transfer goes through it.",
    "- The owner is what the anchor has recorded, under an `epoch` that grows with each change."
    " A message under an older epoch is refused (`stale-epoch`), one under an epoch that was never"
    " assigned by `wrong-state`.",
    "- `call.accept` is willingness only; `call.assign` makes the owner. `call.answered` is always"
    " a human act.",
    "- An accept that comes too late gets `call.withdraw`. An offer past its `expiresAt` is"
    " rejected (`expired`).",
    "",
    "## What a provider may lack",
    "",
    "- Who transfers no calls answers `transfer.request` by `transfer.failed` `unsupported`, and"
    " refuses an offer with `cause: transfer` by `error` `invalid-body`, field `body.cause`. Who"
    " calls nobody back answers `callback.request` by `callback.failed` `unsupported`. Instead of"
    " `unsupported`, `error` `unknown-type` may be said.",
    "- Who takes no calls for a department rejects its offers (`unknown-department`); who takes"
    " none of a mode, those of that mode (`mode-not-accepted`).",
    "- Silence is no refusal: a dispatcher who waits for it tries nothing else meanwhile.",
    "",
    "## Timers",
    "",
    "- **T1**: how long an offer may stay without an answer. It is sent again under the same"
    " `messageId` for the set number of attempts; then the home department takes the call.",
    "- **T2**: how long a call may ring before console and caller are reminded. After twice T2 in"
    " another department's care the home department takes it.",
    "- **T3**: how long the link to the owner may be lost before the home department takes the"
    " call.",
    "",
    "## Compatibility",
    "",
    "- Within a major version only optional fields and new types are added. Unknown fields are"
    " ignored; an unknown type is answered by `error unknown-type` and holds nothing back.",
    "- `status.report` tells the sender's `minor`; what a peer is known not to know is not sent to"
    " it. [Versions](../sequences.md#versions) has the details.",
    "",
)
"""Rules of more than one message, by the names under which known-bad peers cite them."""


def rules_of(kind: MessageType, prefix: str) -> Json:
    """What holds for a message of this type beside the rules of every envelope."""
    properties: Json = {"body": {"$ref": f"{prefix}{BODY_OF[kind].__name__}"}}
    required = ["body"]
    if kind in UNCOUNTED:
        properties["n"] = {"const": 0}
    else:
        properties["n"] = {"minimum": 1}
        required.append("n")
    if kind not in CALL_FREE:
        properties["callId"] = {"type": "string"}
        required.append("callId")
    return {"properties": properties, "required": sorted(required)}


def interconnect_schema() -> Json:
    """JSON Schema 2020-12 of a message: the envelope, its body by its type."""
    schemas = definitions([Header, *BODY_OF.values()], DEFS)
    header = schemas.pop("Header")
    body = {"type": "object", "description": field_docs(Envelope)["body"]}
    return {
        "$schema": DIALECT,
        "title": f"Message of {PROFILE}",
        "description": plain(Envelope.__doc__),
        "type": "object",
        "properties": {
            **header["properties"],
            "body": body,
        },
        "required": sorted([*header["required"], "body"]),
        "allOf": [
            {
                "if": {"properties": {"type": {"const": kind.value}}, "required": ["type"]},
                "then": rules_of(kind, DEFS),
            }
            for kind in MessageType
        ],
        "$defs": schemas,
    }


def interconnect_page() -> str:
    """The page for people, in Markdown."""
    schema = interconnect_schema()
    known = schema["$defs"]
    lines = [
        f"# Interface B: messages of `{PROFILE}`",
        "",
        "Generated by `python -m net119_protocol.spec`; edit the models, not this page.",
        "",
        "The profile is this project's own. It is not the text of any standard. The transport is"
        " STOMP 1.2 over TLS 1.2 or later; the machine-readable forms are"
        " [interconnect.schema.json](interconnect.schema.json) and [asyncapi.json](asyncapi.json).",
        "",
        "## Rules for every message",
        "",
        f"- JSON in UTF-8, at most {MAX_BYTES:,} bytes, nested at most {MAX_DEPTH} deep, no name"
        " twice in one object, no NaN, no Infinity.",
        "- Texts hold neither NUL (U+0000) nor half of a surrogate pair.",
        "- Unknown fields are ignored, at every level: a later minor version may add some. An"
        " unknown `type` is answered by `error`.",
        "- Numbers and truth values are not written in quotes. Times are those of RFC 3339 with"
        " their offset; finer parts than a millisecond are cut off.",
        "- Absent values are left out; `null` is read as absent.",
        "- A message sent again has the same `messageId`. It is answered again, not done again.",
        "",
        *_RULES,
        "## Envelope",
        "",
        *_fields(
            {
                "properties": schema["properties"],
                "required": schema["required"],
            },
            known,
        ),
        "",
        "## Messages",
        "",
        "| type | sender | counted in `n` |",
        "| --- | --- | --- |",
        *(
            f"| [`{kind.value}`](#{_anchor(kind)}) | {NOTES[kind].sender.value} |"
            f" {'no' if kind in UNCOUNTED else 'yes'} |"
            for kind in MessageType
        ),
    ]
    sample = examples()
    for kind in MessageType:
        body = BODY_OF[kind]
        note = NOTES[kind]
        lines += [
            "",
            f"### {kind.value}",
            "",
            plain(body.__doc__),
            "",
            f"**Sent by** {SENDER_WORDS[note.sender]}.",
            "",
            f"**When.** {note.when}",
            "",
            f"**Answer.** {note.answer}",
            "",
            *_fields(known[body.__name__], known),
            "",
            "```json",
            json.dumps(json.loads(encode(sample[kind])), ensure_ascii=False, indent=2),
            "```",
        ]
    lines += ["", "## Parts", "", *_parts(known)]
    return "\n".join(lines) + "\n"


def _parts(known: Json) -> list[str]:
    """Tables of what bodies and envelope refer to: objects first, then code lists."""
    bodies = {body.__name__ for body in BODY_OF.values()}
    lines: list[str] = []
    names = sorted(name for name in known if name not in bodies and name != "MessageType")
    for name in sorted(names, key=lambda each: ("enum" in known[each], each)):
        part = known[name]
        lines += [f"### {name}", "", part.get("description", ""), ""]
        if "enum" in part:
            lines += ["One of: " + ", ".join(f"`{value}`" for value in part["enum"]), ""]
        else:
            lines += [*_fields(part, known), ""]
    return lines[:-1]


def _fields(schema: Json, known: Json) -> list[str]:
    required = set(schema.get("required", ()))
    rows = ["| field | required | value | meaning |", "| --- | --- | --- | --- |"]
    for name, value in schema.get("properties", {}).items():
        need = "yes" if name in required else "no"
        meaning = value.get("description", "").replace("\n\n", " ")
        rows.append(f"| `{name}` | {need} | {_value(value, known)} | {meaning} |")
    return rows


def _value(schema: Json, known: Json) -> str:
    """What a field may hold, in a few words."""
    if "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[-1]
        if name == "MessageType":
            return "one of the [types](#messages)"
        return f"[{name}](#{name.lower()})" if name in known else name
    if "anyOf" in schema:
        return " or ".join(
            _value(each, known) for each in schema["anyOf"] if each.get("type") != "null"
        )
    if "const" in schema:
        return f"`{schema['const']}`"
    if schema.get("type") == "array":
        most = f", at most {schema['maxItems']}" if "maxItems" in schema else ""
        return f"list of {_value(schema['items'], known)}{most}"
    return _scalar(schema)


def _scalar(schema: Json) -> str:
    kind: str = schema.get("type", "any")
    formats = {"date-time": "time", "date": "day", "uuid": "UUID"}
    words: str = formats.get(schema.get("format", ""), {"string": "text"}.get(kind, kind))
    low, high = schema.get("minimum"), schema.get("maximum")
    if low is not None and high is not None and high < 2**53 - 1:
        words += f", {low:g} to {high:g}"
    elif low is not None:
        words += f" from {low:g}"
    if "maxLength" in schema:
        words += f", {schema.get('minLength', 0)} to {schema['maxLength']:,} characters"
    return words


def _anchor(kind: MessageType) -> str:
    """The address that Markdown renderers give a heading."""
    return kind.value.replace(".", "")


__all__ = ["interconnect_page", "interconnect_schema", "rules_of"]
