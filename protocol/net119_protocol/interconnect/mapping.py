"""Mappings: what stands on the wire in place of the profile's own JSON.

The standard of this interface, TTC TS-1022, is not public.  Who holds it supplies its names, codes
and structure as a mapping; everything else stays as it is.  ``docs/mappings.md`` tells how.
"""

import json
from abc import ABC, abstractmethod
from importlib import import_module
from importlib.metadata import entry_points
from typing import Any, Final, Protocol

from net119_protocol.codes import ErrorCode
from net119_protocol.interconnect.envelope import (
    MAX_BYTES,
    Envelope,
    EnvelopeRefused,
    decode,
    encode,
    parse_json,
    read,
    readable,
)

GROUP: Final = "net119.mappings"
"""Entry-point group under which a distribution offers mappings by name."""
PROFILE_NAME: Final = "profile"
"""Name of the mapping that changes nothing."""


class Mapping(Protocol):
    """Translates between envelopes of the profile and octets on the wire; keeps no state."""

    @property
    def name(self) -> str:
        """By which it is chosen."""

    @property
    def version(self) -> str:
        """Shown in reports."""

    def to_wire(self, envelope: Envelope) -> bytes:
        """The body of the STOMP frame; every envelope of the profile can be written."""

    def from_wire(self, data: bytes) -> Envelope:
        """Read the body of a STOMP frame.

        Raises:
            EnvelopeRefused: it cannot be read; with as much of the envelope as could be.
        """


class UnknownMapping(ValueError):
    """There is no such mapping, or it cannot be loaded."""


class MappingFailed(Exception):
    """A mapping cannot write a message: a defect of the mapping."""


class JsonMapping(ABC):
    """A mapping between two JSON objects: the profile's and that of the wire.

    Octets, depth, names that stand twice and everything the profile demands are checked here; a
    subclass only renames and rearranges.  Both of its methods get and give plain JSON values, must
    not change what they get, and must pass on what they do not know: an unknown code as it is, so
    that it is refused as unknown; a field that is missing stays missing, so that it is refused by
    name.
    """

    name: str
    version: str

    @abstractmethod
    def to_json(self, message: dict[str, Any]) -> dict[str, Any]:
        """The wire's object for a message of the profile."""

    @abstractmethod
    def from_json(self, wire: dict[str, Any]) -> dict[str, Any]:
        """The profile's object for a message on the wire."""

    def wire_field(self, path: str) -> str:
        """What the wire calls a field of the profile (``via.operator``), for refusals."""
        return path

    def to_wire(self, envelope: Envelope) -> bytes:
        """See Mapping."""
        return _written(self.to_json(json.loads(encode(envelope))))

    def from_wire(self, data: bytes) -> Envelope:
        """See Mapping."""
        wire = parse_json(data, self._known)
        try:
            message = self.from_json(wire)
        except Exception as failure:
            raise EnvelopeRefused(
                ErrorCode.INVALID_ENVELOPE,
                f"not a message as {self.name} writes it ({type(failure).__name__})",
            ) from None
        try:
            return read(message)
        except EnvelopeRefused as refused:
            if refused.field is not None:
                refused.field = self.wire_field(refused.field)
            raise

    def altered(self, envelope: Envelope, fields: dict[str, Any]) -> bytes:
        """See ``Chosen.altered``."""
        return _written(self.to_json(_spoilt(envelope, fields)))

    def _known(self, wire: dict[str, Any]) -> dict[str, Any]:
        try:
            return readable(self.from_json(wire))
        except Exception:
            return {}


class ProfileMapping:
    """The profile as it is published."""

    name = PROFILE_NAME
    version = "1"

    def to_wire(self, envelope: Envelope) -> bytes:
        """See Mapping."""
        return encode(envelope)

    def from_wire(self, data: bytes) -> Envelope:
        """See Mapping."""
        return decode(data)

    def altered(self, envelope: Envelope, fields: dict[str, Any]) -> bytes:
        """See ``Chosen.altered``."""
        return _written(_spoilt(envelope, fields))


class Chosen:
    """The mapping in use, guarded: whatever comes is read or refused (invariant I10)."""

    def __init__(self, mapping: Mapping) -> None:
        self._mapping = mapping
        self.name = mapping.name
        self.version = mapping.version

    @property
    def is_profile(self) -> bool:
        """Whether the wire has the profile's own form."""
        return isinstance(self._mapping, ProfileMapping)

    def to_wire(self, envelope: Envelope) -> bytes:
        """Write a message.

        Raises:
            MappingFailed: the mapping cannot.
        """
        try:
            data = self._mapping.to_wire(envelope)
        except Exception as failure:
            raise MappingFailed(
                f"mapping {self.name} {self.version} cannot write {envelope.type.value}: "
                f"{type(failure).__name__}. Mend the mapping; it must write every message"
            ) from failure
        if not isinstance(data, bytes):
            raise MappingFailed(f"mapping {self.name} wrote {type(data).__name__}, not bytes")
        return data

    def from_wire(self, data: bytes) -> Envelope:
        """Read a message.

        Raises:
            EnvelopeRefused: it cannot be read, for whatever reason.
        """
        if len(data) > MAX_BYTES:
            raise EnvelopeRefused(
                ErrorCode.TOO_LARGE, f"{len(data)} bytes; at most {MAX_BYTES} are accepted"
            )
        try:
            envelope = self._mapping.from_wire(data)
        except EnvelopeRefused:
            raise
        except Exception as failure:
            raise EnvelopeRefused(
                ErrorCode.INVALID_ENVELOPE,
                f"mapping {self.name} cannot read it ({type(failure).__name__})",
            ) from failure
        if not isinstance(envelope, Envelope):
            raise EnvelopeRefused(
                ErrorCode.INVALID_ENVELOPE, f"mapping {self.name} gave no envelope for it"
            )
        return envelope

    def altered(self, envelope: Envelope, **fields: Any) -> bytes:
        """The message with fields of its envelope replaced, for tests that send what is wrong.

        Fields are named as the profile names them; ``None`` leaves one out; nothing is checked.

        Raises:
            MappingFailed: the mapping has no method ``altered``, or it failed.
        """
        spoil = getattr(self._mapping, "altered", None)
        if spoil is None:
            raise MappingFailed(
                f"mapping {self.name} cannot write a wrong message: it has no method altered. "
                "Derive it from JsonMapping, or add one"
            )
        try:
            data = spoil(envelope, fields)
        except Exception as failure:
            raise MappingFailed(
                f"mapping {self.name} cannot write {envelope.type.value} with "
                f"{', '.join(fields)} altered: {type(failure).__name__}"
            ) from failure
        if not isinstance(data, bytes):
            raise MappingFailed(f"mapping {self.name} wrote {type(data).__name__}, not bytes")
        return data


def load_mapping(name: str = PROFILE_NAME) -> Chosen:
    """The mapping of this name, or the one that ``package.module:object`` names.

    The object is a mapping, or a class or function that makes one without arguments.

    Raises:
        UnknownMapping: there is none; says which there are.
    """
    if name == PROFILE_NAME:
        return Chosen(ProfileMapping())
    found = _imported(name) if ":" in name else _offered(name)
    try:
        mapping = found() if callable(found) else found
    except Exception as failure:
        raise UnknownMapping(
            f"mapping {name!r} cannot be made: {type(failure).__name__}: {failure}"
        ) from failure
    missing = [
        each for each in ("name", "version", "to_wire", "from_wire") if not hasattr(mapping, each)
    ]
    if missing:
        raise UnknownMapping(f"mapping {name!r} has no {', '.join(missing)}; see docs/mappings.md")
    return Chosen(mapping)


def _imported(path: str) -> Any:
    module, _, attribute = path.partition(":")
    try:
        return getattr(import_module(module), attribute)
    except Exception as failure:
        raise UnknownMapping(
            f"mapping {path!r} cannot be imported: {type(failure).__name__}: {failure}. "
            "Write package.module:object, importable by the Python that runs net119"
        ) from failure


def _offered(name: str) -> Any:
    offered = {each.name: each for each in entry_points(group=GROUP)}
    if name not in offered:
        known = ", ".join(sorted({PROFILE_NAME, *offered}))
        raise UnknownMapping(
            f"no mapping is called {name!r}; installed: {known}. "
            f"Install one with the entry-point group {GROUP}, or write package.module:object"
        )
    try:
        return offered[name].load()
    except Exception as failure:
        raise UnknownMapping(
            f"mapping {name!r} cannot be loaded: {type(failure).__name__}: {failure}"
        ) from failure


def _spoilt(envelope: Envelope, fields: dict[str, Any]) -> dict[str, Any]:
    message: dict[str, Any] = json.loads(encode(envelope))
    for name, value in fields.items():
        if value is None:
            message.pop(name, None)
        else:
            message[name] = value
    return message


def _written(wire: dict[str, Any]) -> bytes:
    return json.dumps(wire, ensure_ascii=False, separators=(",", ":")).encode()
