"""Makes text of a system under test fit to be shown: nothing invisible, nothing that reorders."""

import re
import unicodedata

# Controls (but tab and line feed), surrogates, non-characters, and the marks that turn the
# direction of the text around them, with which a message could be made to read as another.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060\u2066-\u2069\ufeff"
    "\ud800-\udfff\ufffe\uffff]"
)


def visible(text: str) -> str:
    """`text` with unseen characters written as `\\u202e`; CR LF counts as one line feed."""
    text = text.replace("\r\n", "\n")
    return _UNSEEN.sub(lambda found: f"\\u{ord(found.group()):04x}", text)


def width(text: str) -> int:
    """How wide `text` is in half-width columns: Japanese characters take two."""
    return sum(2 if unicodedata.east_asian_width(char) in "WFA" else 1 for char in text)


def fit(text: str, columns: int) -> str:
    """`text` in one line, shortened with "…" to at most `columns` half-width columns."""
    text = " ".join(text.split())
    if width(text) <= columns:
        return text
    kept, used = [], 1
    for char in text:
        used += width(char)
        if used > columns:
            break
        kept.append(char)
    return "".join(kept) + "…"
