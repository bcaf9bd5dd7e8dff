"""The character sets that Japanese phones write their mail in, as phones write them.

Shift_JIS is what Windows calls cp932, with ①, ㈱ and 髙 in it. ISO-2022-JP is CP50221, which has
them too, in NEC's rows, and half-width kana after an escape of their own. Python knows neither by
the names that mails declare.
"""

import base64
from functools import cache

GETA = "〓"
"""What Japanese print puts where a character is missing; phones do the same."""
_ASCII, _KANA, _DOUBLE = b"\x1b(B", b"\x1b(I", b"\x1b$B"


def encode(text: str, charset: str) -> bytes:
    """A text in the charset of a phone; what it does not have becomes 〓.

    ``charset``: ``shift_jis``, ``iso-2022-jp``, or any other that Python knows.

    Raises:
        LookupError: no such charset.
    """
    name = charset.lower()
    if name == "iso-2022-jp":
        return _iso_2022_jp(text)
    codec = "cp932" if name == "shift_jis" else name
    return "".join(each if _fits(each, codec) else GETA for each in text).encode(codec, "replace")


def shown(text: str, charset: str) -> str:
    """A text as a phone with this charset shows it."""
    codec = {"shift_jis": "cp932", "iso-2022-jp": "cp932"}.get(charset.lower(), charset)
    return "".join(each if _fits(each, codec) else GETA for each in text)


def encoded_word(text: str, charset: str) -> str:
    """A header's text by RFC 2047 (base64), folded between characters; ASCII stays as it is."""
    if text.isascii():
        return text
    pieces: list[str] = []
    for char in text:
        # A word may be 75 characters long; the charset takes up to twelve of them.
        if pieces and len(encode(pieces[-1] + char, charset)) <= 40:
            pieces[-1] += char
        else:
            pieces.append(char)
    words = (base64.b64encode(encode(piece, charset)).decode() for piece in pieces)
    return "\r\n ".join(f"=?{charset}?B?{word}?=" for word in words)


def _fits(char: str, codec: str) -> bool:
    try:
        char.encode(codec)
    except UnicodeEncodeError:
        return False
    return True


def _iso_2022_jp(text: str) -> bytes:
    out = bytearray()
    mode = _ASCII
    for char in text:
        if not _fits(char, "cp932"):
            char = GETA
        octets = char.encode("cp932")
        if len(octets) == 2:
            wanted, octets = _DOUBLE, _jis(char)
        elif "｡" <= char <= "ﾟ":
            wanted, octets = _KANA, bytes((octets[0] - 0x80,))
        else:
            wanted = _ASCII
        if wanted != mode:
            out += wanted
            mode = wanted
        out += octets
    if mode != _ASCII:
        out += _ASCII
    return bytes(out)


def _jis(char: str) -> bytes:
    """Row and cell of a character, from where Shift_JIS has it."""
    lead, trail = _nec().get(char) or char.encode("cp932")
    row = (lead - (0x81 if lead < 0xA0 else 0xC1)) * 2 + 0x21
    if trail >= 0x9F:
        return bytes((row + 1, trail - 0x7E))
    return bytes((row, trail - (0x1F if trail < 0x7F else 0x20)))


@cache
def _nec() -> dict[str, bytes]:
    """IBM's characters where NEC has them, in rows that a 7-bit charset can name."""
    found = {}
    for lead in (0xED, 0xEE):
        for trail in (*range(0x40, 0x7F), *range(0x80, 0xFD)):
            octets = bytes((lead, trail))
            char = octets.decode("cp932", "ignore")
            if char and char.encode("cp932")[0] >= 0xFA:
                found[char] = octets
    return found
