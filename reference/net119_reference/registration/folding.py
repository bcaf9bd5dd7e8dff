"""What two spellings of one text have in common, for looking people up."""

import unicodedata

_KATAKANA = range(0x30A1, 0x30F7)
_TO_HIRAGANA = {code: code - 0x60 for code in _KATAKANA}


def one_width(text: str) -> str:
    """The text without differences of width and spaces: ``山田　花子`` is ``山田 花子``."""
    return " ".join(unicodedata.normalize("NFKC", text).split())


def folded(text: str) -> str:
    """The text without differences of width, case, spaces and kind of kana.

    ``ﾀｶﾊｼ　ﾖｼｺ``, ``タカハシヨシコ`` and ``たかはし よしこ`` are one; ``髙`` and ``高`` are not.
    """
    plain = unicodedata.normalize("NFKC", text).casefold().translate(_TO_HIRAGANA)
    return "".join(plain.split())
