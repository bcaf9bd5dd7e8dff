"""How a browser writes what is submitted: urlencoded or multipart, in the page's charset."""

import codecs
import functools
import re
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import quote_plus, urljoin, urlsplit, urlunsplit

from net119_simulators.pages.controls import Entry, Upload

URLENCODED = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data"

_CODECS = {
    # The Encoding standard's labels: browsers read and write these as their supersets.
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "sjis": "cp932",
    "x-sjis": "cp932",
    "windows-31j": "cp932",
    "ms932": "cp932",
    "iso-8859-1": "cp1252",
    "latin1": "cp1252",
    "ascii": "cp1252",
    "us-ascii": "cp1252",
}
_UNSAFE = re.compile(r'["\r\n]')
_ESCAPED = {'"': "%22", "\r": "%0D", "\n": "%0A"}


@dataclass(frozen=True)
class Submission:
    """A request that a form makes; ``entries`` is what it says, for the record."""

    method: str
    url: str
    content_type: str = ""
    body: bytes = field(default=b"", repr=False)
    entries: tuple[Entry, ...] = field(default=(), repr=False)


def codec_of(charset: str) -> str:
    """The codec that browsers use for a charset's name; UTF-8 for one that nobody knows."""
    name = charset.strip().lower()
    try:
        return codecs.lookup(_CODECS.get(name, name)).name
    except LookupError:
        return "utf-8"


def encoded(text: str, charset: str) -> bytes:
    """The text in a charset; what it cannot hold as ``&#12345;``, as browsers send it."""
    codec = codec_of(charset)
    if codec != "cp932":
        return text.encode(codec, "xmlcharrefreplace")
    extended = _ibm_extensions()
    return b"".join(extended.get(each) or each.encode(codec, "xmlcharrefreplace") for each in text)


@functools.cache
def _ibm_extensions() -> Mapping[str, bytes]:
    """Characters such as 髙 that Shift_JIS has twice.

    Browsers and Windows send IBM's place (FA40 and up), Python's codec NEC's (ED40 and up); the
    Encoding standard's Shift_JIS encoder leaves NEC's out.
    """
    found: dict[str, bytes] = {}
    for lead in (0xFA, 0xFB, 0xFC):
        for trail in range(0x40, 0xFD):
            octets = bytes((lead, trail))
            character = octets.decode("cp932", "ignore")
            if len(character) == 1 and character.encode("cp932", "ignore")[:1] in (
                b"\xed",
                b"\xee",
            ):
                found[character] = octets
    return found


def urlencoded(entries: Iterable[Entry], charset: str) -> bytes:
    """``application/x-www-form-urlencoded``; of files the names only."""
    pairs = []
    for name, value in entries:
        text = value.filename if isinstance(value, Upload) else value
        pairs.append(f"{_quoted(name, charset)}={_quoted(text, charset)}")
    return "&".join(pairs).encode("ascii")


def _quoted(text: str, charset: str) -> str:
    # The standard leaves "*-._" as they are; Python leaves "_.-~".
    return quote_plus(encoded(text, charset), safe="*").replace("~", "%7E")


def multipart(entries: Iterable[Entry], charset: str, boundary: str) -> bytes:
    """``multipart/form-data`` as browsers write it (names with quotes escaped as ``%22``)."""
    body = bytearray()
    for name, value in entries:
        head = f'form-data; name="{_header(name)}"'
        if isinstance(value, Upload):
            head += f'; filename="{_header(value.filename)}"'
            head += f"\r\nContent-Type: {value.media_type or 'application/octet-stream'}"
            content = value.content
        else:
            content = encoded(value, charset)
        body += f"--{boundary}\r\nContent-Disposition: ".encode("ascii")
        body += encoded(head, charset) + b"\r\n\r\n" + content + b"\r\n"
    return bytes(body + f"--{boundary}--\r\n".encode("ascii"))


def _header(text: str) -> str:
    return _UNSAFE.sub(lambda found: _ESCAPED[found.group()], text)


def submission(
    method: str, url: str, enctype: str, entries: Sequence[Entry], charset: str
) -> Submission:
    """The request for these entries; a GET replaces the URL's query."""
    if method == "get":
        query = urlencoded(entries, charset).decode("ascii")
        return Submission(
            "GET", urlunsplit(urlsplit(url)._replace(query=query)), entries=tuple(entries)
        )
    if enctype == MULTIPART:
        boundary = f"----simulated{secrets.token_hex(12)}"
        content_type = f"{MULTIPART}; boundary={boundary}"
        body = multipart(entries, charset, boundary)
    else:
        content_type, body = URLENCODED, urlencoded(entries, charset)
    return Submission("POST", url, content_type, body, tuple(entries))


def resolved(base: str, target: str) -> str:
    """A link's absolute URL, without its fragment."""
    return urlunsplit(urlsplit(urljoin(base, target.strip()))._replace(fragment=""))
