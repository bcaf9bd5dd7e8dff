"""A made-up form of the messages with other names, codes and structure than the profile's.

It stands for what a vendor derives from a standard that is not public, and is like none.
"""

from typing import Any

from net119_protocol.codes import Mode, SenderRole
from net119_protocol.interconnect import PROFILE, MessageType
from net119_protocol.interconnect.mapping import JsonMapping

FORM = "F2"
HEAD = {
    "messageId": "mid",
    "type": "knd",
    "callId": "cas",
    "epoch": "gen",
    "n": "no",
    "mode": "md",
    "sentAt": "ts",
    "inReplyTo": "re",
}
TYPES = {kind.value: f"{number:03d}" for number, kind in enumerate(MessageType, 101)}
MODES = {mode.value: str(number) for number, mode in enumerate(Mode, 1)}
ROLES = {role.value: role.value[0].upper() for role in SenderRole}
NAMES = {
    "text": "bun",
    "sender": "who",
    "senderName": "whoName",
    "clientId": "mark",
    "seq": "line",
    "lastSeq": "lastLine",
    "department": "dep",
    "registrant": "reg",
    "expiresAt": "until",
    "reason": "why",
    "code": "cd",
}
"""Names in bodies; all others get a prefix."""
PREFIX = "x-"
UNKNOWN = "?"
"""Before a name on the wire that is none of ours, so that it is not taken for one."""
GEO = "geo"
"""A position is one array on the wire, an object in the profile."""


def _back(table: dict[str, str]) -> dict[str, str]:
    return {there: here for here, there in table.items()}


class SecondMapping(JsonMapping):
    """``{"v": "F2", "hd": {...}, "ret": [queue, operator], "ct": {...}}``."""

    name = "second"
    version = "0.2"

    def to_json(self, message: dict[str, Any]) -> dict[str, Any]:
        """See JsonMapping."""
        head = {there: message[here] for here, there in HEAD.items() if here in message}
        _recode(head, "knd", TYPES)
        _recode(head, "md", MODES)
        wire: dict[str, Any] = {"hd": head}
        if "profile" in message:
            wire["v"] = FORM if message["profile"] == PROFILE else message["profile"]
        if "via" in message:
            via = message["via"]
            wire["ret"] = [via["destination"], via["operator"]] if _is_via(via) else via
        if "body" in message:
            wire["ct"] = _renamed(message["body"])
        return wire

    def from_json(self, wire: dict[str, Any]) -> dict[str, Any]:
        """See JsonMapping."""
        given = wire.get("hd")
        head = given if isinstance(given, dict) else {}
        message = {here: head[there] for here, there in HEAD.items() if there in head}
        _recode(message, "type", _back(TYPES))
        _recode(message, "mode", _back(MODES))
        if "v" in wire:
            message["profile"] = PROFILE if wire["v"] == FORM else wire["v"]
        if "ret" in wire:
            match wire["ret"]:
                case [destination, operator]:
                    message["via"] = {"destination": destination, "operator": operator}
                case other:
                    message["via"] = other
        if "ct" in wire:
            message["body"] = _original(wire["ct"])
        return message

    def wire_field(self, path: str) -> str:
        """See JsonMapping."""
        first, *rest = path.split(".")
        if first in HEAD:
            return ".".join(("hd", HEAD[first], *rest))
        if first == "body":
            return ".".join(("ct", *(_name(each) for each in rest)))
        return {"via": "ret", "profile": "v"}.get(first, first)


def _is_via(value: Any) -> bool:
    return isinstance(value, dict) and {"destination", "operator"} <= value.keys()


def _recode(values: dict[str, Any], name: str, codes: dict[str, str]) -> None:
    """Change a code; one that is not known is passed on, marked if it looks like one of ours."""
    value = values.get(name)
    if not isinstance(value, str):
        return
    if value in codes:
        values[name] = codes[value]
    elif value in codes.values():
        values[name] = f"{UNKNOWN}{value}"


def _name(name: str) -> str:
    if name.isdecimal():  # a place in an array
        return name
    return NAMES.get(name) or f"{PREFIX}{name}"


def _renamed(value: Any) -> Any:
    match value:
        case {"lat": lat, "lon": lon} if len(value) == 2:
            return {GEO: [lat, lon]}
        case dict():
            found = {_name(name): _renamed(each) for name, each in value.items()}
            _recode(found, "who", ROLES)
            _recode(found, "x-offendingType", TYPES)
            return found
        case list():
            return [_renamed(each) for each in value]
        case _:
            return value


def _original(value: Any) -> Any:
    match value:
        case {"geo": [lat, lon]} if len(value) == 1:
            return {"lat": lat, "lon": lon}
        case dict():
            found = {_old_name(name): _original(each) for name, each in value.items()}
            _recode(found, "sender", _back(ROLES))
            _recode(found, "offendingType", _back(TYPES))
            return found
        case list():
            return [_original(each) for each in value]
        case _:
            return value


def _old_name(name: str) -> str:
    known = _back(NAMES).get(name)
    if known is not None:
        return known
    return name.removeprefix(PREFIX) if name.startswith(PREFIX) else f"{UNKNOWN}{name}"
