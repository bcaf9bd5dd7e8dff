"""The readable part of a mail: its text, its subject, and what was attached."""

import re
from dataclasses import dataclass, field
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message

from net119_reference.mail.charsets import UNREADABLE, Decoded, decode
from net119_reference.mail.html import text_of_html

TEXT_LIMIT = 50_000
"""Characters of a mail's text that are kept; nobody writes us more."""
SUBJECT_LIMIT = 500
_OCTETS = 300_000
"""Octets of one part that are decoded: markup takes more room than the text in it."""
_PARTS = 200
"""Parts of a mail that are looked at."""


@dataclass(frozen=True)
class Attached:
    """An attachment: its name, its type as declared, and its size in octets.

    ``content`` may be anything, whatever the type says; it is in memory only, as long as the mail
    is handled, and never shown where this is printed.  ``in_text`` says that the text's HTML shows
    it in its place (RFC 2392): an emoji or the picture of a signature, mostly.
    """

    name: str
    media_type: str
    size: int
    content: bytes = field(default=b"", repr=False, compare=False)
    in_text: bool = False


@dataclass(frozen=True)
class Body:
    """The text of a mail and what was wrong with it (stable codes)."""

    text: str
    charset: str
    attachments: tuple[Attached, ...]
    defects: tuple[str, ...]


def read_body(message: Message) -> Body:
    """The text a reader would see; HTML only where there is no plain text.

    Defects, besides those of :func:`net119_reference.mail.charsets.decode`: ``text-cut`` and
    ``parts-cut`` (longer than what is kept), ``malformed`` (structure that the standard forbids).
    """
    plain: list[Decoded] = []
    markup: list[Decoded] = []
    files: list[tuple[Message, str, bytes]] = []
    defects: list[str] = []
    for seen, part in enumerate(_leaves(message)):
        if seen >= _PARTS:
            defects.append("parts-cut")
            break
        if part.defects:
            defects.append("malformed")
        kind = part.get_content_type()
        content = _content(part)
        name = _file_name(part)
        if part.get_content_disposition() == "attachment" or name or not kind.startswith("text/"):
            files.append((part, name, content))
        else:
            if len(content) > _OCTETS:
                defects.append("text-cut")
            found = decode(content[:_OCTETS], _charset(part))
            (markup if kind == "text/html" else plain).append(found)
    used = plain if any(each.text.strip() for each in plain) or not markup else markup
    shown = "".join(each.text for each in markup).casefold()
    attached = tuple(_attached(*each, shown) for each in files)
    texts = [each.text if used is plain else text_of_html(each.text) for each in used]
    text = _clean("\n".join(texts))
    if len(text) > TEXT_LIMIT:
        text = text[:TEXT_LIMIT]
        defects.append("text-cut")
    for each in used:
        defects.extend(each.defects)
    charset = next((each.charset for each in used if each.charset != "us-ascii"), "us-ascii")
    return Body(text, charset, attached, tuple(dict.fromkeys(defects)))


def _attached(part: Message, name: str, content: bytes, markup: str) -> Attached:
    content_id = str(part.get("Content-ID", "")).strip().strip("<>").casefold()
    in_text = bool(content_id) and f"cid:{content_id}" in markup
    return Attached(name, part.get_content_type(), len(content), content, in_text)


def decoded_header(message: Message, name: str) -> tuple[str, tuple[str, ...]]:
    """A header's text, decoded (RFC 2047, or raw bytes), with defects as stable codes."""
    raw = next((str(v) for n, v in message.raw_items() if n.lower() == name.lower()), "")
    text, defects = _decoded_words(raw[: 20 * SUBJECT_LIMIT])
    return _clean(text).replace("\n", " ")[:SUBJECT_LIMIT].strip(), defects


def _decoded_words(raw: str) -> tuple[str, tuple[str, ...]]:
    unfolded = re.sub(r"\r?\n(?=[ \t])", "", raw)
    octets = unfolded.encode("ascii", errors="surrogateescape")
    if not octets.isascii() or b"\x1b" in octets:
        # Old handsets put their character set into headers as it is.
        found = decode(octets, None)
        return found.text, found.defects
    try:
        pieces = decode_header(unfolded)
    except HeaderParseError:
        return unfolded, ("malformed",)
    defects: list[str] = []
    out: list[str] = []
    for content, charset in pieces:
        if isinstance(content, str):
            out.append(content)
            continue
        if charset is None:
            out.append(content.decode("ascii", errors="replace"))
            continue
        found = decode(content, charset)
        out.append(found.text)
        defects.extend(found.defects)
    return "".join(out), tuple(dict.fromkeys(defects))


def _leaves(message: Message) -> list[Message]:
    """The parts that hold something, in order; a mail within the mail is one of them."""
    waiting: list[Message] = [message]
    found: list[Message] = []
    while waiting and len(found) <= _PARTS:
        part = waiting.pop(0)
        payload = part.get_payload()
        if isinstance(payload, list) and part.get_content_maintype() == "multipart":
            waiting[:0] = [each for each in payload if isinstance(each, Message)]
        else:
            found.append(part)
    return found


def _content(part: Message) -> bytes:
    payload = part.get_payload(decode=True)
    if isinstance(payload, bytes):
        return payload
    inner = part.get_payload()
    if isinstance(inner, list) and inner and isinstance(inner[0], Message):
        return inner[0].as_bytes()
    return b""


def _charset(part: Message) -> str | None:
    found = part.get_param("charset")
    if isinstance(found, tuple):
        found = found[2]
    return str(found) if found else None


def _file_name(part: Message) -> str:
    found = part.get_filename()
    if not found:
        return ""
    text = str(found)
    # RFC 2231 names come decoded; the others are ASCII, or bytes that nobody declared.
    if all(char < "\x80" or "\udc80" <= char <= "\udcff" for char in text):
        text, _ = _decoded_words(text)
    return _clean(text).replace("\n", " ")[:200]


def _clean(text: str) -> str:
    """Line ends as newlines; other control characters, and what cannot be stored, made visible."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    kept = re.sub(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]", UNREADABLE, lines)
    return kept.strip()
