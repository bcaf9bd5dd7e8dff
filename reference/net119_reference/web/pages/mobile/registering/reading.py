"""Long texts in pages that a phone can hold."""

from collections.abc import Iterable

MOST_OCTETS = 9_000
"""Text on one page, in octets of UTF-8; with the page around it well under 20 kB."""


def leaves(texts: Iterable[str], most: int = MOST_OCTETS) -> tuple[tuple[str, ...], ...]:
    """The texts page by page, in order; at least one page.  A text alone may be longer."""
    found: list[tuple[str, ...]] = []
    here: list[str] = []
    size = 0
    for text in texts:
        length = len(text.encode("utf-8", "replace"))
        if here and size + length > most:
            found.append(tuple(here))
            here, size = [], 0
        here.append(text)
        size += length
    return (*found, tuple(here))


def asked_leaf(given: str, count: int) -> int:
    """The number of the page that is asked for, from 1; the first where that is none."""
    known = given.isascii() and given.isdigit() and len(given) <= 3 and 1 <= int(given) <= count
    return int(given) if known else 1
