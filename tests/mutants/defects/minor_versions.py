"""Peers of another minor version."""

import json
from typing import Any

from net119_protocol.codes import ErrorCode
from net119_protocol.interconnect import Envelope, EnvelopeRefused, MessageType, mapping
from net119_reference.service.peers import Peers

from tests.mutants.registry import Patch, mutant


@mutant(
    "older-peer-asked",
    kills={"MINOR-OLDER-PEER": "a transfer is answered without waiting for a time-out"},
)
def older_peer_asked(patch: Patch) -> None:
    """Nobody looks at the minor version that a peer reported."""
    patch(Peers, "speaks", lambda *_: None)


@mutant(
    "unknown-fields-refused",
    kills={"MINOR-NEWER-FIELDS": "nothing is refused"},
)
def unknown_fields_refused(patch: Patch) -> None:
    """An answer with a field that this version does not know is refused as unreadable."""
    known = set(Envelope.model_json_schema(by_alias=True)["properties"])

    def decode(original: Any, data: bytes) -> Any:
        envelope = original(data)
        unknown = json.loads(data).keys() - known
        if unknown and envelope.type is MessageType.CALL_ANSWERED:
            raise EnvelopeRefused(
                ErrorCode.INVALID_ENVELOPE,
                f"unknown: {', '.join(unknown)}",
                message_id=envelope.message_id,
                call_id=envelope.call_id,
                type=envelope.type.value,
                via=envelope.via,
                mode=envelope.mode,
            )
        return envelope

    patch.around(mapping, "decode", decode)
