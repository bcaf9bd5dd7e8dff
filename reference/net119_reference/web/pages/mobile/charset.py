"""What a feature phone can show, and what it sends: text and bytes of its charset.

docomo, au and Willcom write Shift_JIS, which on phones always means Microsoft's table, cp932;
SoftBank and others UTF-8 (jpmobile, ``lib/jpmobile/mobile``).  Nothing is dropped: a character
survives, or is replaced by something that is seen to be a replacement, and is named to whoever
wrote it (CNB-30).
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from net119_reference.web.pages.mobile.spelling import CLUSTER, EMOJI, GETA, PRIVATE, spelled


class Charset(StrEnum):
    """Charsets of pages; the value is what the header Content-Type says."""

    SHIFT_JIS = "Shift_JIS"
    UTF_8 = "UTF-8"

    @property
    def codec(self) -> str:
        """Python's name of it."""
        return "cp932" if self is Charset.SHIFT_JIS else "utf-8"


def _rows_of_ibm() -> Iterator[tuple[str, bytes]]:
    for lead in (0xFA, 0xFB, 0xFC):
        for trail in (*range(0x40, 0x7F), *range(0x80, 0xFD)):
            raw = bytes((lead, trail))
            character = raw.decode("cp932", "ignore")
            if character:
                yield character, raw


_IBM = dict(_rows_of_ibm())
_DOUBLES = (0xED, 0xEE)


@dataclass(frozen=True)
class Converted:
    """A text as it came out, with the characters that did not; each of them once."""

    text: str
    replaced: tuple[str, ...] = ()


SAME = {
    "\u301c": "\uff5e",  # wave dash and full-width tilde
    "\u2212": "\uff0d",  # minus
    "\u2016": "\u2225",  # double bar
    "\u2014": "\u2015",  # dash
    "\u00a2": "\uffe0",
    "\u00a3": "\uffe1",
    "\u00ac": "\uffe2",
    "\u00a5": "\uffe5",  # yen: half width would be shown as a backslash
    "\u00a6": "\uffe4",
    "\u00a0": " ",
}
"""Characters that one table of Shift_JIS has in place of another table's; readers see no
difference, so they are no replacements."""

_VOICED = re.compile("[\u3040-\u30ff][\u3099\u309a]")
"""A kana with its mark apart, as Apple's keyboards and file names write it."""
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_SURROGATE = re.compile("[\ud800-\udfff]")
# Of cp932 in Python: single bytes that no phone means.
_STRAY = re.compile("[\uf8f0-\uf8f3]")
_WEBCODE = re.compile("\x1b\\$[A-Z]?([!-z]+)\x0f?")
"""SoftBank's emoji: an escape, a page, one byte for each, and the end."""
_ENTITY = re.compile(r"&#(?:([0-9]{1,7})|[xX]([0-9A-Fa-f]{1,6}));")
_PAIR = re.compile("([\ud800-\udbff])([\udc00-\udfff])")


def shown(text: str, charset: Charset) -> Converted:
    """A text as a phone of this charset can show it; all of it can be encoded."""
    # Only kana: composing everything would exchange variants of kanji that names are written in.
    text = _VOICED.sub(lambda found: unicodedata.normalize("NFC", found[0]), text)
    if charset is Charset.SHIFT_JIS:
        text = "".join(SAME.get(each, each) for each in text)
    out: list[str] = []
    replaced: list[str] = []
    at = 0
    while at < len(text):
        found = CLUSTER.match(text, at)
        cluster = found.group() if found else text[at]
        at += len(cluster)
        if all(_shows(each, charset) for each in cluster):
            out.append(cluster)
        else:
            out.append(spelled(cluster))
            replaced.append(cluster)
    return Converted("".join(out), tuple(dict.fromkeys(replaced)))


# Asked for each character of each page: 2 % of the processor's time of a whole conformance run.
@lru_cache(maxsize=20_000)
def _shows(character: str, charset: Charset) -> bool:
    if _CONTROL.match(character) or _SURROGATE.match(character) or PRIVATE.match(character):
        return False
    if charset is Charset.UTF_8:
        return True
    try:
        return character.encode("cp932").decode("cp932") == character
    except UnicodeEncodeError:
        return False


def encoded(text: str, charset: Charset) -> tuple[bytes, tuple[str, ...]]:
    """The bytes for a phone, and the characters that it does not show."""
    converted = shown(text, charset)
    if charset is Charset.UTF_8:
        return converted.text.encode(), converted.replaced
    return b"".join(map(_cp932, converted.text)), converted.replaced


def _cp932(character: str) -> bytes:
    """As Microsoft and browsers write it: the rows of IBM, not their doubles among those of NEC.

    Python writes the doubles (0xED, 0xEE), which phones need not have.
    """
    raw = character.encode("cp932")
    return _IBM.get(character, raw) if raw[0] in _DOUBLES else raw


def received(raw: bytes, charset: Charset) -> Converted:
    """What a phone sent in a field of a form; any bytes give a text.

    Bytes that are nothing in the charset, and controls, become ``〓``; a carrier's emoji become
    words; a numeric reference becomes its character where a browser must have written it, as the
    charset does not have the character (HTML, "encode a string with an error mode html").
    """
    text = raw.decode(charset.codec, "replace")
    replaced: list[str] = []
    if charset is Charset.SHIFT_JIS:
        text = _PAIR.sub(_joined, _ENTITY.sub(_dereferenced, text))
    text = _WEBCODE.sub(lambda found: "\ue000" * len(found[1]), text)
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    out: list[str] = []
    for each in text:
        if PRIVATE.match(each) and not _STRAY.match(each):
            out.append(EMOJI)
            replaced.append(EMOJI)
        elif (
            each == "\ufffd" or _CONTROL.match(each) or _SURROGATE.match(each) or _STRAY.match(each)
        ):
            out.append(GETA)
            replaced.append(GETA)
        else:
            out.append(each)
    return Converted("".join(out), tuple(dict.fromkeys(replaced)))


def _dereferenced(found: "re.Match[str]") -> str:
    code = int(found[1]) if found[1] else int(found[2], 16)
    if code > 0x10FFFF:
        return found[0]
    character = chr(code)
    # Half of a pair waits for the other half; what the charset has was typed as it stands.
    if _SURROGATE.match(character) or not _shows(character, Charset.SHIFT_JIS):
        return found[0] if _CONTROL.match(character) else character
    return found[0]


def _joined(found: "re.Match[str]") -> str:
    high, low = ord(found[1]) - 0xD800, ord(found[2]) - 0xDC00
    return chr(0x10000 + (high << 10) + low)
