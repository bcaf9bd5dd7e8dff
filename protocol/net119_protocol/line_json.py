"""A chat line as JSON, made by hand where that is simple: it is done once for every line."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache
from json.encoder import encode_basestring

from net119_protocol.chat import ChatLine

_quoted: Callable[[str], str] = encode_basestring
"""What ``json.dumps(text, ensure_ascii=False)`` gives."""


def line_document(line: ChatLine) -> str:
    """What ``line.model_dump_json(by_alias=True, exclude_none=True)`` gives.

    A text alone, as nearly every line is, is written here; the model is asked for all others.
    """
    if line.options or line.choice is not None:
        return line.model_dump_json(by_alias=True, exclude_none=True)
    return (
        f'{{"text":{_quoted(line.text)},"options":[],"seq":{line.seq},'
        f'"clientId":{_quoted(line.client_id)},"sender":"{line.sender.value}",'
        f'"senderName":{_quoted(line.sender_name)},"at":"{moment_text(line.at)}"}}'
    )


def quoted(text: str) -> str:
    """A text as a JSON string."""
    return _quoted(text)


@lru_cache(maxsize=256)  # a batch of lines has one moment, and writing it takes 7 µs
def moment_text(at: datetime) -> str:
    """A moment as it travels (:data:`net119_protocol.model.Timestamp`)."""
    if at.tzinfo is not UTC:
        at = at.astimezone(UTC)
    return at.isoformat(timespec="milliseconds")[:-6] + "Z"
