"""Telephone and fax numbers as people write them."""

import re
import unicodedata

_DASHES = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u30fc", "-"))
"""What keyboards give in the place of a hyphen, the long vowel mark of kana among them."""
_NUMBER = re.compile(r"[0-9+() -]*[0-9][0-9+() -]*")


def plain_number(text: str) -> str | None:
    """A number in half-width characters; ``None`` if the text is no number.

    Digits, hyphens, parentheses, plus and spaces make one, with at least one digit.
    """
    # The long vowel mark of half-width kana becomes the full-width one first.
    plain = unicodedata.normalize("NFKC", text).translate(_DASHES).strip()
    return plain if _NUMBER.fullmatch(plain) else None


__all__ = ["plain_number"]
