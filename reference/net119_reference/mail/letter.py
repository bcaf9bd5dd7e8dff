"""One letter to one recipient, and its bytes: plain text, in the character set of the handset."""

import base64
import re
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from typing import Literal
from uuid import UUID, uuid4

from net119_reference.mail.address import domain_of, quoted
from net119_reference.mail.charsets import encode_for_handset, fitted

Charset = Literal["utf-8", "iso-2022-jp"]
_LINE = 990
"""Longest line that goes out as it is, in octets (RFC 5321 allows 998)."""
_WORD = 42
"""Octets in one encoded word, so that it stays within 75 characters (RFC 2047)."""
_PREFIX = "net119."


@dataclass(frozen=True)
class Letter:
    """What is sent; ``kind`` says what it is about, for staff and for statistics."""

    sender: str
    to: str
    subject: str
    text: str
    message_id: str
    kind: str
    department: str
    registrant_id: UUID | None = None
    charset: Charset = "utf-8"
    in_reply_to: str | None = None


def new_message_id(sender: str) -> str:
    """A Message-ID of ours, in the sender's domain; it cannot be guessed."""
    return f"<{_PREFIX}{uuid4().hex}@{domain_of(sender)}>"


_OURS = re.compile(rf"<{re.escape(_PREFIX)}[0-9a-f]{{32}}@[A-Za-z0-9.-]{{1,253}}>")


def our_message_ids(text: str) -> tuple[str, ...]:
    """Message-IDs in our form that stand in a text, each once."""
    return tuple(dict.fromkeys(_OURS.findall(text)))


def one_line(text: str) -> str:
    """A subject in one line; control characters would end or forge a header."""
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())


def to_bytes(letter: Letter, now: datetime) -> bytes:
    """The letter as it goes over the wire, its lines ending in CRLF.

    ``Auto-Submitted`` keeps auto-repliers quiet (RFC 3834).  The same letter and ``now`` give the
    same bytes, so that a letter sent again is the same letter.
    """
    headers = [
        ("Message-ID", letter.message_id),
        ("Date", format_datetime(now)),
        ("From", quoted(letter.sender)),
        ("To", quoted(letter.to)),
        ("Subject", encoded_subject(letter.subject, letter.charset)),
        ("Auto-Submitted", "auto-generated"),
        ("MIME-Version", "1.0"),
    ]
    if letter.in_reply_to and _is_id(letter.in_reply_to):
        headers += [("In-Reply-To", letter.in_reply_to), ("References", letter.in_reply_to)]
    lines = letter.text.replace("\r\n", "\n").replace("\r", "\n").rstrip("\n")
    if letter.charset == "iso-2022-jp":
        body = encode_for_handset(lines).content
    else:
        body = lines.encode("utf-8", errors="replace")
    body = body.replace(b"\n", b"\r\n") + b"\r\n"
    encoding = "7bit"
    if not body.isascii() or max(map(len, body.split(b"\r\n"))) > _LINE:
        encoding = "base64"
        body = base64.encodebytes(body).replace(b"\n", b"\r\n")
    headers += [
        ("Content-Type", f"text/plain; charset={letter.charset}"),
        ("Content-Transfer-Encoding", encoding),
    ]
    head = "".join(f"{name}: {value}\r\n" for name, value in headers)
    return head.encode("ascii") + b"\r\n" + body


def encoded_subject(subject: str, charset: Charset) -> str:
    """A subject as RFC 2047 encoded words, folded; plain ASCII stays as it is."""
    text = one_line(subject)
    if text.isascii() and "=?" not in text and len(text) <= 900:
        return text
    if charset == "iso-2022-jp":
        text = fitted(text)[0]
    codec = "iso2022_jp" if charset == "iso-2022-jp" else "utf-8"
    words: list[bytes] = []
    chunk = ""
    for char in text:
        if len((chunk + char).encode(codec, errors="replace")) > _WORD:
            words.append(chunk.encode(codec, errors="replace"))
            chunk = ""
        chunk += char
    words.append(chunk.encode(codec, errors="replace"))
    name = charset.upper()
    return "\r\n ".join(f"=?{name}?B?{base64.b64encode(word).decode()}?=" for word in words)


def _is_id(text: str) -> bool:
    # Nothing of a foreign header is copied that could end the line or fill it.
    return re.fullmatch(r"<[!-;=?-~]{1,240}>", text) is not None
