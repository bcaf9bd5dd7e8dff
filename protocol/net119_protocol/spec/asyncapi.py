"""The AsyncAPI 3.0 description of interface B and of the WebSockets."""

import json
from collections.abc import Iterable
from typing import Literal, get_args

from pydantic import BaseModel

from net119_protocol import __version__
from net119_protocol.interconnect import (
    BODY_OF,
    PORT,
    PROFILE,
    SENDER_HEADER,
    MessageType,
    callee_queue,
    caller_queue,
    encode,
)
from net119_protocol.interconnect.envelope import Header
from net119_protocol.spec.examples import examples
from net119_protocol.spec.interconnect import rules_of
from net119_protocol.spec.messages import NOTES, Sender
from net119_protocol.spec.schema import Json, definitions, members, plain
from net119_protocol.spec.sockets import TALKS, Frames, Talk

PREFIX = "#/components/schemas/"


def asyncapi() -> Json:
    """The description, seen from a provider: what it receives and what it sends."""
    frames: dict[str, type[BaseModel]] = {}
    channels = _queues()
    operations = _queue_operations()
    for talk in TALKS:
        channels[talk.socket.name] = _socket_channel(talk)
        operations |= _socket_operations(talk)
        for direction in (talk.incoming, talk.outgoing):
            frames |= {model.__name__: model for model in members(direction.union)}
    schemas = definitions([Header, *BODY_OF.values(), *frames.values()], PREFIX)
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "NET119 testbed: interface B and the WebSockets of a provider",
            "version": __version__,
            "description": f"Interface B carries `{PROFILE}`, a profile of this project and not the"
            " text of any standard. The WebSockets serve handsets and consoles.",
            "license": {"name": "Apache-2.0"},
        },
        "defaultContentType": "application/json",
        "servers": {
            "endpoint": {
                "host": "{address}:" + str(PORT),
                "protocol": "stomps",
                "protocolVersion": "1.2",
                "description": "The STOMP endpoint of a provider, TLS 1.2 or later. A peer is known"
                " by its source address, may subscribe to its own queues only, and uses no"
                f" transactions. Every MESSAGE bears the sender's code in `{SENDER_HEADER}`.",
                "variables": {"address": {"description": "The provider's own address."}},
            },
            "web": {
                "host": "{address}:8443",
                "protocol": "wss",
                "description": "The HTTPS address of a provider.",
                "variables": {"address": {"description": "The provider's own address."}},
            },
        },
        "channels": channels,
        "operations": operations,
        "components": {
            "schemas": schemas,
            "messages": {
                **{kind.value: _message(kind) for kind in MessageType},
                **{name: _frame(model) for name, model in frames.items()},
            },
        },
    }


def _sent_by(role: Sender) -> list[MessageType]:
    return [kind for kind in MessageType if NOTES[kind].sender in (role, Sender.BOTH)]


def _queues() -> Json:
    return {
        "callee": {
            "address": callee_queue("{receiver}"),
            "servers": [{"$ref": "#/servers/endpoint"}],
            "description": "Hosted by its owner's endpoint. For a call that is anchored elsewhere"
            " it carries all that the anchor sends.",
            "parameters": {"receiver": {"description": "Operator code of the endpoint's owner."}},
            "messages": _listed(kind.value for kind in _sent_by(Sender.ANCHOR)),
        },
        "caller": {
            "address": caller_queue("{anchor}"),
            "servers": [{"$ref": "#/servers/endpoint"}],
            "description": "Hosted by the endpoint of the provider that was asked. The anchor"
            " subscribes to it with client-individual acknowledgement and names it in `via`.",
            "parameters": {"anchor": {"description": "Operator code of the anchor."}},
            "messages": _listed(kind.value for kind in _sent_by(Sender.RECEIVER)),
        },
    }


def _listed(names: Iterable[str]) -> Json:
    return {name: {"$ref": f"#/components/messages/{name}"} for name in names}


def _queue_operations() -> Json:
    """A provider is anchor of some calls and receiver of others, so it does all four."""
    anchor, receiver = _sent_by(Sender.ANCHOR), _sent_by(Sender.RECEIVER)
    return {
        "sendAsAnchor": _doing("send", "callee", anchor, "What the anchor sends to a peer."),
        "receiveAsAnchor": _doing("receive", "caller", receiver, "What comes back to the anchor."),
        "sendAsReceiver": _doing("send", "caller", receiver, "What the provider asked sends back."),
        "receiveAsReceiver": _doing(
            "receive", "callee", anchor, "What a peer sends as the anchor of a call."
        ),
    }


def _doing(
    action: Literal["send", "receive"], channel: str, kinds: list[MessageType], summary: str
) -> Json:
    return {
        "action": action,
        "channel": {"$ref": f"#/channels/{channel}"},
        "summary": summary,
        "messages": [{"$ref": f"#/channels/{channel}/messages/{kind.value}"} for kind in kinds],
    }


def _message(kind: MessageType) -> Json:
    note = NOTES[kind]
    rules = rules_of(kind, PREFIX)
    properties = {"type": {"const": kind.value}, **rules["properties"]}
    return {
        "name": kind.value,
        "title": plain(BODY_OF[kind].__doc__).split("\n\n")[0],
        "summary": f"Sent by: {note.sender.value}. {note.when}",
        "description": f"{plain(BODY_OF[kind].__doc__)}\n\nAnswer: {note.answer}",
        "contentType": "application/json",
        "payload": {
            "allOf": [
                {"$ref": f"{PREFIX}Header"},
                {
                    "type": "object",
                    "properties": properties,
                    "required": rules["required"],
                },
            ]
        },
        "examples": [{"name": "example", "payload": _payload(kind)}],
    }


def _payload(kind: MessageType) -> Json:
    payload: Json = json.loads(encode(examples()[kind]))
    return payload


def _frame(model: type[BaseModel]) -> Json:
    text = plain(model.__doc__)
    return {
        "name": get_args(model.model_fields["type"].annotation)[0],
        "title": model.__name__,
        "summary": text.split("\n\n")[0],
        "contentType": "application/json",
        "payload": {"$ref": f"{PREFIX}{model.__name__}"},
    }


def _socket_channel(talk: Talk) -> Json:
    models = {**_named(talk.incoming), **_named(talk.outgoing)}
    channel: Json = {
        "address": talk.socket.path,
        "servers": [{"$ref": "#/servers/web"}],
        "description": f"{talk.socket.summary}. The first frame is `hello` with the"
        f" {talk.socket.auth.value}'s token, within 5 seconds.",
        "messages": _listed(models),
    }
    if "{call_id}" in talk.socket.path:
        channel["parameters"] = {"call_id": {"description": "The call."}}
    return channel


def _socket_operations(talk: Talk) -> Json:
    name = talk.socket.name.capitalize()
    return {
        f"receive{name}": _talking("receive", talk, talk.incoming),
        f"send{name}": _talking("send", talk, talk.outgoing),
    }


def _talking(action: str, talk: Talk, frames: Frames) -> Json:
    channel = f"#/channels/{talk.socket.name}"
    return {
        "action": action,
        "channel": {"$ref": channel},
        "summary": f"{frames.title}. {frames.description}",
        "messages": [{"$ref": f"{channel}/messages/{name}"} for name in _named(frames)],
    }


def _named(frames: Frames) -> dict[str, type[BaseModel]]:
    return {model.__name__: model for model in members(frames.union)}
