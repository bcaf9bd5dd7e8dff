"""A mail as a phone shows it: subject and text decoded from whatever charset it came in."""

import re
from dataclasses import dataclass
from datetime import datetime
from email import policy
from email.header import decode_header
from email.message import EmailMessage
from email.parser import BytesParser

URL = re.compile(r"https?://[!#-&(-;=?-~]+")
"""As phones find them in a text: up to the first character that is not ASCII, or ends a quote."""
# The harmless file that virus filters agreed to find (eicar.org), in pieces for their sake.
_EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-" + b"ANTIVIRUS-TEST-FILE!"
_CODECS = {"shift_jis": "cp932", "shift-jis": "cp932", "x-sjis": "cp932", "windows-31j": "cp932"}


@dataclass(frozen=True)
class Letter:
    """One mail in a mailbox.

    ``envelope_from`` is the sender of the SMTP dialogue, ``sender`` that of the header; ``raw``
    holds the octets as they came.
    """

    address: str
    envelope_from: str
    sender: str
    subject: str
    text: str
    message_id: str
    received_at: datetime
    raw: bytes

    @property
    def urls(self) -> tuple[str, ...]:
        """Every URL in the text, in order."""
        return tuple(URL.findall(self.text))

    @property
    def headers(self) -> tuple[tuple[str, str], ...]:
        """Names and values of the headers, in order, as they came (not decoded)."""
        message = BytesParser(policy=policy.compat32).parsebytes(self.raw, headersonly=True)
        return tuple((name, str(value)) for name, value in message.raw_items())


@dataclass(frozen=True)
class Content:
    """What a filter sees in a mail: every URL in any of its texts, and what it carries."""

    urls: tuple[str, ...]
    html: bool
    virus: bool


def read_content(raw: bytes) -> Content:
    """Look through all parts of a mail, decoded; never raises."""
    urls: list[str] = []
    html, virus = False, False
    for part in BytesParser(policy=policy.default).parsebytes(raw).walk():
        payload = part.get_payload(decode=True)
        if not isinstance(payload, bytes):
            continue
        virus = virus or _EICAR in payload
        if part.get_content_maintype() == "text":
            html = html or part.get_content_subtype() == "html"
            urls += URL.findall(_decoded(payload, part.get_content_charset() or "utf-8"))
    return Content(tuple(urls), html, virus)


def read_letter(raw: bytes, address: str, envelope_from: str, received_at: datetime) -> Letter:
    """Decode a mail; what cannot be decoded shows replacement characters, it never raises."""
    message = BytesParser(policy=policy.default).parsebytes(raw)
    return Letter(
        address=address,
        envelope_from=envelope_from,
        sender=_address(str(message.get("From", ""))),
        subject=_subject(message),
        text=_text(message),
        message_id=str(message.get("Message-ID", "")).strip(),
        received_at=received_at,
        raw=raw,
    )


def _address(header: str) -> str:
    found = re.search(r"<([^<>]+)>", header)
    return (found.group(1) if found else header).strip()


def _subject(message: EmailMessage) -> str:
    raw = next((value for name, value in message.raw_items() if name.lower() == "subject"), "")
    parts = decode_header(str(raw))
    return "".join(
        part if isinstance(part, str) else _decoded(part, charset or "ascii")
        for part, charset in parts
    ).strip()


def _text(message: EmailMessage) -> str:
    body = message.get_body(("plain", "html"))
    if body is None:
        return ""
    payload = body.get_payload(decode=True)
    if not isinstance(payload, bytes):
        return ""
    text = _decoded(payload, body.get_content_charset() or "utf-8")
    return text.replace("\r\n", "\n").strip()


def _decoded(octets: bytes, charset: str) -> str:
    codec = _CODECS.get(charset.lower(), charset)
    try:
        return octets.decode(codec, "replace")
    except LookupError:
        return octets.decode("utf-8", "replace")
