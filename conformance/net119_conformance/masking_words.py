"""Finds names, numbers and mail addresses however a person writes them: with or without blanks, in
full-width characters, with any hyphen, as a number abroad.

Only words that somebody has listed are found, besides what looks like a telephone number or a mail
address. A name in running text looks like any other word, and so do an address and a date of birth.
"""

import re
import unicodedata
from collections.abc import Callable, Collection, Iterable
from functools import partial
from pathlib import Path

from net119_conformance.catalogue import Text
from net119_conformance.errors import ConformanceError

SHORTEST = 2
"""Characters of a word that can be listed, and of a part of a name that is found alone."""
SHORTEST_NUMBER = 6
"""Digits of a number that can be listed: a shorter one would blot out innocent text."""

LONGEST_AROUND = 200
"""Characters of a value that the suite made up and in which a listed word is left alone."""

_GAP = r"[\s\u3000・]{0,2}"
_DASHES = "-\u2010-\u2015\u2212\u30fc\uff0d"
_BETWEEN = rf"[{_DASHES}\s\u3000・()（）]{{0,2}}"
_DIGIT = "[0-9０-９]"
_LATIN = "[0-9A-Za-z０-９Ａ-Ｚａ-ｚ]"
_BEGIN = rf"(?:[+＋]{_BETWEEN}[8８]{_BETWEEN}[1１]|[0０])"
# Minutes of a time, and the fraction of a number, begin no telephone number.
_PHONE = re.compile(
    rf"(?<!{_DIGIT})(?<!{_DIGIT}[:：.．]){_BEGIN}(?:{_BETWEEN}{_DIGIT}){{8,10}}(?!{_DIGIT})"
)
_MAIL = re.compile(r"(?<![\w.+-])[\w.+-]++[@＠][\w-]++(?:[.．][\w-]++)+")


def as_written(text: str) -> str:
    """`text` in one form: full-width letters and digits as ASCII, small, without blanks."""
    return "".join(unicodedata.normalize("NFKC", text).split()).casefold()


def digits_of(text: str) -> str:
    """The digits of a number, as it is dialled in Japan."""
    plain = unicodedata.normalize("NFKC", text)
    digits = "".join(each for each in plain if each.isdecimal())
    return f"0{digits[2:]}" if plain.lstrip().startswith("+") and digits[:2] == "81" else digits


def looks_like(
    text: str, numbers: Collection[str], known: Collection[str], mask: str
) -> tuple[str, list[str]]:
    """`text` without what looks like a telephone number or a mail address, and what that was.

    ``numbers`` (digits alone) and ``known`` stay, in any spelling.
    """
    found: list[str] = []

    def number(match: re.Match[str]) -> str:
        if digits_of(match[0]) in numbers:
            return match[0]
        found.append(match[0])
        return mask

    def mail(match: re.Match[str]) -> str:
        plain = as_written(match[0])
        if any(as_written(each) == plain for each in known):
            return match[0]
        found.append(match[0])
        return mask

    return _MAIL.sub(mail, _PHONE.sub(number, text)), found


class Listed:
    """Words that are masked wherever they stand, in any spelling.

    Of a name that is listed with a blank, each part is found alone, too, if it has two characters:
    people write "Yamada says" and seldom the whole name.
    """

    def __init__(self) -> None:
        self._patterns: dict[str, re.Pattern[str]] = {}

    def add(self, words: Iterable[str], known: Collection[str]) -> None:
        """List words. ``known``: values that the suite made up, which stay readable: one that is
        such a value, and places where a word is a part of one, are left alone."""
        listed = list(words)
        if not listed:
            return  # what is known is thousands of values
        written = {as_written(each): each for each in known}
        for word in listed:
            parts = word.split() if _is_worded(word) else ()
            for part in dict.fromkeys((word, *parts)):
                plain = as_written(part)
                if len(plain) < SHORTEST or plain in written:
                    continue
                around = [
                    each
                    for short, each in written.items()
                    if plain in short and len(short) <= LONGEST_AROUND
                ]
                self._patterns[plain] = _pattern(part, around)

    def steps(self, mask: str) -> list[tuple[int, Callable[[str], str]]]:
        """For each word its length and what puts ``mask`` in its place. To be done longest first,
        with all else that is masked: of a name in which a shorter one stands nothing must remain.
        """
        return [(len(plain), partial(_replaced, p, mask)) for plain, p in self._patterns.items()]


def _replaced(pattern: re.Pattern[str], mask: str, text: str) -> str:
    return pattern.sub(lambda match: match[0] if match["known"] else mask, text)


def _pattern(word: str, around: Iterable[str]) -> re.Pattern[str]:
    kept = "|".join(map(_spelt, sorted(around, key=len, reverse=True))) or "(?!)"
    return re.compile(f"(?P<known>{kept})|{_found(word)}")


def _found(word: str) -> str:
    digits = digits_of(word)
    plain = as_written(word)
    if len(digits) >= SHORTEST_NUMBER and not _is_worded(word):
        at_home = digits[0] == "0"
        parts = [_BEGIN] if at_home else []
        parts += map(_letter, digits[1:] if at_home else digits)
        return rf"(?<!{_DIGIT}){_BETWEEN.join(parts)}(?!{_DIGIT})"
    spelt = _spelt(word)
    # A name in Latin letters stands in many words; Japanese has no such borders, and may follow.
    return rf"(?<!{_LATIN})(?:{spelt})(?!{_LATIN})" if plain.isascii() else spelt


def _is_worded(word: str) -> bool:
    """Whether it is a name or a mail address, and no mere number."""
    return any(each.isalpha() for each in word)


def _spelt(text: str) -> str:
    """A pattern for a text with any blanks, in ASCII or full-width characters, of any case."""
    return _GAP.join(_letter(each) for each in as_written(text))


def _letter(letter: str) -> str:
    forms = {letter, letter.upper()}
    forms |= {chr(ord(each) + 0xFEE0) for each in forms if "!" <= each <= "~"}
    return "(?:" + "|".join(re.escape(each) for each in sorted(forms)) + ")"


def read_listed(path: Path) -> tuple[str, ...]:
    """The words of a file: one a line, ``#`` begins a comment.

    Raises:
        ConformanceError: it cannot be read, or a word is too short.
    """
    where = f"masking.file {path}"
    try:
        lines = path.read_text("utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as problem:
        why = getattr(problem, "strerror", None) or problem
        raise ConformanceError(
            Text(
                en=f"the list of what is masked cannot be read: {why}",
                ja=f"伏せるものの一覧を読めません: {why}",
            ),
            where,
            Text(
                en="name a text file in UTF-8 with one name, number or mail address a line",
                ja="氏名、番号、メールアドレスを 1 行に一つずつ書いた UTF-8 のテキストファイルを"
                "指定してください",
            ),
        ) from problem
    words = tuple(word for line in lines if (word := line.partition("#")[0].strip()))
    for number, line in enumerate(lines, 1):
        word = line.partition("#")[0].strip()
        if word and not _long_enough(word):
            raise ConformanceError(
                Text(
                    en=f"line {number} is too short to be masked: it would blot out other words",
                    ja=f"{number} 行目は短すぎて伏せられません。ほかの言葉まで消えてしまいます",
                ),
                where,
                Text(
                    en=f"write {SHORTEST} characters of a name, {SHORTEST_NUMBER} digits of a "
                    "number",
                    ja=f"氏名は {SHORTEST} 文字以上、番号は {SHORTEST_NUMBER} 桁以上を"
                    "書いてください",
                ),
            )
    return words


def _long_enough(word: str) -> bool:
    if _is_worded(word):
        return len(as_written(word)) >= SHORTEST
    return len(digits_of(word)) >= SHORTEST_NUMBER
