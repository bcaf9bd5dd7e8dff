"""Lines of text for a terminal in which a Japanese character takes two columns."""

import re

from rich.cells import cell_len

WIDTH = 80
"""Columns of a narration."""

# A token is what is not torn apart: a Latin word, or one character, with the brackets before it
# and the punctuation after it (Japanese lines do not begin with a full stop).
_TOKEN = re.compile(r"\s+|[「『（【［(\[]*(?:[!-~]+|\S)[、。，．：」』）】］！？ー…]*")


def wrap(text: str, width: int) -> list[str]:
    """The text in lines of at most ``width`` columns; at least one, the first for an empty text.

    Breaks after any Japanese character and at spaces, never inside a Latin word unless the word
    alone is too long.
    """
    lines = [""]
    for token in _TOKEN.findall(text):
        if cell_len(lines[-1] + token) <= width:
            lines[-1] += token
        elif token.isspace():
            lines.append("")
        else:
            pieces = _cut(token, width)
            last = lines.pop().rstrip()
            lines += [last, *pieces] if last else pieces
    return lines if len(lines) == 1 or lines[-1] else lines[:-1]


def pad(text: str, width: int) -> str:
    """The text filled up with spaces to ``width`` columns."""
    return text + " " * max(0, width - cell_len(text))


def columns(left: str, text: str, *, left_width: int, width: int) -> list[str]:
    """``left`` in a column of its own, the text beside it, wrapped under itself."""
    first, *rest = wrap(text, width - left_width)
    return [pad(left, left_width) + first, *(" " * left_width + line for line in rest)]


def _cut(token: str, width: int) -> list[str]:
    pieces = [""]
    for character in token:
        if pieces[-1] and cell_len(pieces[-1] + character) > width:
            pieces.append("")
        pieces[-1] += character
    return pieces
