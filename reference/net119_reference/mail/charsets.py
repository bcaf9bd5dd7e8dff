"""Japanese character sets as mail uses them; what cannot be read or written stays visible.

Python has no CP50221 (ISO-2022-JP with NEC row 13 and half-width kana), and its ``shift_jis``
lacks what every Windows and handset has, so that ISO-2022-JP is read here by hand and Shift_JIS
as cp932.
"""

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

UNREADABLE: Final = "\ufffd"
GETA: Final = "〓"
"""What Japanese print puts where a character is missing."""

_SHIFT_JIS: Final = frozenset(
    {"shift_jis", "shift-jis", "shiftjis", "sjis", "x-sjis", "ms_kanji", "windows-31j", "cp932"}
    | {"x-ms-cp932", "csshiftjis", "ms932"}
)
_ISO_2022_JP: Final = frozenset(
    {"iso-2022-jp", "iso-2022-jp-1", "iso-2022-jp-2", "iso-2022-jp-3", "iso-2022-jp-ms"}
    | {"iso-2022-jp-2004", "iso-2022-jp-ext", "cp50220", "cp50221", "cp50222", "csiso2022jp"}
)
_EUC_JP: Final = frozenset({"euc-jp", "eucjp", "x-euc-jp", "eucjp-ms", "cp51932", "ujis"})
_ASCII: Final = frozenset({"", "us-ascii", "ascii", "ansi_x3.4-1968", "7bit", "8bit", "none"})
_OTHERS: Final = re.compile(
    r"utf-?8|utf-16(le|be)?|iso-8859-\d{1,2}|windows-125\d|latin-?1|koi8-[ru]|gb2312|gbk|gb18030"
    r"|big5|euc-kr|ks_c_5601-1987"
)
"""Others that may be asked of Python's codecs; some of its codecs are no character sets."""


@dataclass(frozen=True)
class Decoded:
    """A text with what was wrong; ``charset`` is the one that was used."""

    text: str
    charset: str
    defects: tuple[str, ...] = ()


def decode(content: bytes, declared: str | None) -> Decoded:
    """Read text in the character set that its mail declares; never raises.

    Defects: ``undecodable`` (some bytes became U+FFFD), ``charset-guessed`` (8-bit text without
    a declaration), ``unknown-charset`` (declared one is not known; guessed as well).
    """
    name = (declared or "").strip().strip("\"'").lower()
    if name in _ASCII:
        if content.isascii() and b"\x1b" not in content:
            return Decoded(content.decode("ascii"), "us-ascii")
        return _guessed(content, ("charset-guessed",))
    if name in _SHIFT_JIS:
        return _with(content, "cp932")
    if name in _ISO_2022_JP:
        return _flagged(_from_iso_2022_jp(content), "iso-2022-jp")
    if name in _EUC_JP:
        return _with(content, "euc-jp")
    if _OTHERS.fullmatch(name):
        return _with(content, name)
    return _guessed(content, ("unknown-charset",))


_NO_CP932: Final = str.maketrans(dict.fromkeys("\x80\uf8f0\uf8f1\uf8f2\uf8f3", UNREADABLE))
"""What Python's cp932 makes of octets that are no character of it."""


def _with(content: bytes, codec: str) -> Decoded:
    try:
        text = content.decode(codec, errors="replace")
        return _flagged(text.translate(_NO_CP932) if codec == "cp932" else text, codec)
    except LookupError:
        return _guessed(content, ("unknown-charset",))


def _flagged(text: str, charset: str, defects: tuple[str, ...] = ()) -> Decoded:
    if UNREADABLE in text:
        defects = (*defects, "undecodable")
    return Decoded(text, charset, defects)


def _guessed(content: bytes, defects: tuple[str, ...]) -> Decoded:
    if b"\x1b$" in content or b"\x1b(" in content:
        return _flagged(_from_iso_2022_jp(content), "iso-2022-jp", defects)
    for codec in ("utf-8", "cp932", "euc-jp"):
        try:
            text = content.decode(codec)
        except UnicodeDecodeError:
            continue
        if codec != "cp932" or text == text.translate(_NO_CP932):
            return Decoded(text, codec, defects)
    text = "".join(chr(byte) if byte < 0x80 else UNREADABLE for byte in content)
    return _flagged(text, "us-ascii", defects)


# --- ISO-2022-JP ------------------------------------------------------------------------------

_ESCAPES: Final = {
    b"\x1b(B": "ascii",
    b"\x1b(J": "roman",
    b"\x1b(H": "roman",
    b"\x1b(I": "kana",
    b"\x1b$@": "0208",
    b"\x1b$B": "0208",
    b"\x1b$(@": "0208",
    b"\x1b$(B": "0208",
    b"\x1b$(D": "0212",
    b"\x1b$(O": "0213",
    b"\x1b$(Q": "0213",
    b"\x1b$(P": "0213-2",
}
_SHIFTS: Final = re.compile(
    b"(" + b"|".join(re.escape(escape) for escape in _ESCAPES) + b"|\x0e|\x0f|\r?\n)"
)
_DOUBLE: Final = {
    "0212": ("iso2022_jp_2", b"\x1b$(D"),
    "0213": ("iso2022_jp_2004", b"\x1b$(Q"),
    "0213-2": ("iso2022_jp_2004", b"\x1b$(P"),
}


def _from_iso_2022_jp(content: bytes) -> str:
    out: list[str] = []
    mode, shifted = "ascii", False
    for piece in _SHIFTS.split(content):
        if piece in _ESCAPES:
            mode = _ESCAPES[piece]
        elif piece in (b"\x0e", b"\x0f"):
            shifted = piece == b"\x0e"
        elif piece in (b"\n", b"\r\n"):
            # Every line begins in ASCII, also after one that was cut off in the middle.
            mode, shifted = "ascii", False
            out.append(piece.decode("ascii"))
        elif shifted or mode in ("ascii", "roman", "kana"):
            kana = shifted or mode == "kana"
            out.extend(_single(byte, kana=kana, roman=mode == "roman") for byte in piece)
        else:
            out.append(_doubles(piece, mode))
    return "".join(out)


def _single(byte: int, *, kana: bool, roman: bool) -> str:
    if kana and 0x21 <= byte <= 0x5F:
        return chr(0xFF40 + byte)
    if 0xA1 <= byte <= 0xDF:
        return chr(0xFEC0 + byte)
    if byte >= 0x80 or byte == 0x1B or (kana and byte > 0x20):
        return UNREADABLE
    if roman and byte in (0x5C, 0x7E):
        return "¥" if byte == 0x5C else "‾"
    return chr(byte)


def _doubles(piece: bytes, mode: str) -> str:
    out: list[str] = []
    place = 0
    while place < len(piece):
        lead = piece[place]
        if lead <= 0x20:
            out.append(chr(lead) if lead != 0x1B else UNREADABLE)
            place += 1
            continue
        pair = piece[place : place + 2]
        place += 2
        if len(pair) < 2 or not all(0x21 <= byte <= 0x7E for byte in pair):
            out.append(UNREADABLE)
        elif mode == "0208":
            out.append(_jis_0208(*pair))
        else:
            codec, escape = _DOUBLE[mode]
            out.append((escape + pair + b"\x1b(B").decode(codec, errors="replace"))
    return "".join(out)


def _jis_0208(row: int, cell: int) -> str:
    try:
        return bytes((row | 0x80, cell | 0x80)).decode("euc-jp")
    except UnicodeDecodeError:
        pass
    # Not in the standard: NEC row 13 and IBM's extensions, which cp932 has at the same places.
    lead = (row - 0x21) // 2 + (0x81 if row < 0x5F else 0xC1)
    trail = cell + (0x1F if cell < 0x60 else 0x20) if row % 2 else cell + 0x7E
    return bytes((lead, trail)).decode("cp932", errors="replace")


# --- for handsets that read ISO-2022-JP only --------------------------------------------------

_SAME: Final = {
    "\uff5e": "\u301c",
    "\uff0d": "\u2212",
    "\u2225": "\u2016",
    "\uffe0": "\u00a2",
    "\uffe1": "\u00a3",
    "\uffe2": "\u00ac",
    "\u2014": "\u2015",
    "\u2011": "\u2010",
    "\u00a0": " ",
}
"""Characters that Windows and JIS write differently and readers do not tell apart."""
_VARIANTS: Final = {
    "髙": "高",
    "﨑": "崎",
    "𠮷": "吉",
    "栁": "柳",
    "濵": "浜",
    "德": "徳",
    "瀨": "瀬",
}
"""Variants of characters in names, and the form that old handsets have."""


@dataclass(frozen=True)
class Written:
    """Text in ISO-2022-JP; ``replaced`` lists each character that did not fit, once."""

    content: bytes
    text: str
    """What the reader sees."""
    replaced: tuple[str, ...]


def fitted(text: str) -> tuple[str, tuple[str, ...]]:
    """The text with what ISO-2022-JP cannot hold replaced visibly, and what that was.

    Half-width kana become full-width, which readers take for the same; ① becomes (1), 髙 becomes
    高, and what has no such form becomes 〓.
    """
    out: list[str] = []
    replaced: dict[str, None] = {}
    for part in re.split("([\uff61-\uff9f]+)", text):
        if part and "\uff61" <= part[0] <= "\uff9f":
            part = unicodedata.normalize("NFKC", part)
        for char in part:
            plain, lost = _fitted(char)
            out.append(plain)
            if lost:
                replaced[char] = None
    return "".join(out), tuple(replaced)


def _fitted(char: str) -> tuple[str, bool]:
    if _fits(char):
        return char, False
    if char in _SAME:
        return _SAME[char], False
    if char in _VARIANTS:
        return _VARIANTS[char], True
    if unicodedata.category(char) in ("Cf", "Mn"):
        return "", True
    plain = unicodedata.normalize("NFKC", char)
    if plain.strip() and all(_fits(each) for each in plain):
        return (f"({plain})" if "①" <= char <= "⑳" else plain), True
    return GETA, True


def _fits(char: str) -> bool:
    if char in "\x1b\x0e\x0f":
        return False
    try:
        char.encode("iso2022_jp")
    except UnicodeEncodeError:
        return False
    return True


def encode_for_handset(text: str) -> Written:
    """Write text as ISO-2022-JP (RFC 1468)."""
    plain, replaced = fitted(text)
    return Written(plain.encode("iso2022_jp"), plain, replaced)
