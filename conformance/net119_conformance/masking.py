"""Keeps the data of real people out of the evidence of a system that is not ours.

The suite's own people are fictional and their data stay readable. Whatever personal a system says
that the suite did not say to it first (a registrant of its own in a list, a dispatcher's name) is
replaced by `[masked]`, and from then on wherever the same value shows. Chat lines are kept: they
are what is judged, and a system under test must hold no real calls. What the profile lists is
masked everywhere, and what a person writes in free words is gone through for numbers and mail
addresses in any spelling.
"""

import json
import re
from collections.abc import Iterable
from functools import partial

from net119_conformance.masking_words import Listed, digits_of, looks_like

MASKED = "[masked]"

FIELDS = [
    "name",
    "kana",
    "birthDate",
    "street",
    "flat",
    "autoLock",
    "address",
    "phone",
    "fax",
    "mail",
    "disability",
    "history",
    "medication",
    "allergy",
    "hospital",
    "doctor",
    "bloodType",
    "remarks",
    "lat",
    "lon",
    "registrantName",
    "senderName",
]
"""Names of fields that hold something personal, as our APIs and the hook spell them."""

_VALUE = r'"(?:[^"\\]|\\.)*"|-?[0-9]+(?:\.[0-9]+)?'
_FIELD = re.compile(rf'("(?:{"|".join(FIELDS)})"\s*:\s*)({_VALUE})')
_NAMED = re.compile(rf'"(?:name|kana|registrantName|senderName)"\s*:\s*({_VALUE})')
_ANY_VALUE = re.compile(_VALUE)
_NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")
# Begun at the beginning of a word only, and never given back: a long text is gone through once.
_MAIL = re.compile(r"(?<![\w.+-])[\w.+-]++@[\w-]++(?:\.[\w-]++)+")
_PHONE = re.compile(r"(?<![\w.-])(?:0[0-9]{1,4}-[0-9]{1,4}-[0-9]{3,4}|0[0-9]{9,10})(?![\w-])")
SHORTEST = 4
"""A masked value is replaced elsewhere, too, if it has so many characters; a shorter one (a sex,
a flat's number) would blot out innocent text."""


class Masker:
    """What the suite said, and by it what must be masked."""

    def __init__(self) -> None:
        self._known: set[str] = set()
        self._names: set[str] = set()
        self._masked: set[str] = set()
        self._numbers: set[str] = set()
        self._listed = Listed()
        self.typed: set[str] = set()
        """Names that people typed and that were masked."""

    def mask_listed(self, words: Iterable[str]) -> None:
        """Mask words wherever they stand and however they are spelt, unless the suite made them
        up; it has to have learnt that before."""
        self._listed.add(words, self._known)

    def free(self, text: str) -> str:
        """What a person wrote in free words, without what looks personal or is known to be."""
        text, found = looks_like(text, self._numbers, self._known, MASKED)
        for each in found:
            self._remember(each)
        return self(text)

    def learn(self, text: str) -> None:
        """Take what the suite said, or what it knows to be fictional: its values stay readable."""
        for value in _ANY_VALUE.findall(text):
            self._known.add(_plain(value))
        self._names.update(_joined(_plain(value)) for value in _NAMED.findall(text))
        self._known.update(_MAIL.findall(text))
        numbers = _PHONE.findall(text)
        self._known.update(numbers)
        self._numbers.update(map(digits_of, numbers))
        # Said by the suite after all: it is readable from now on.
        self._masked -= self._known

    def learn_typed_name(self, name: str) -> None:
        """Mask a name that a person read off a screen and typed, unless the suite made it up.

        Blanks do not count, and a part of a name that the suite made up is one, too. Only a single
        character (ASCII) is too little to be masked: it would blot out innocent text.
        """
        joined = _joined(name)
        known = self._names | {_joined(each) for each in self._known}
        if len(joined) < 1 + joined.isascii() or joined in known:
            return
        if len(joined) > 1 and any(joined in each for each in self._names):
            return
        self._masked |= {name.strip(), joined}
        self.typed.add(name.strip())
        self._listed.add([name], self._known)

    def __call__(self, text: str) -> str:
        """`text` without what is personal and was not said by the suite."""
        text = _FIELD.sub(self._field, text)
        for pattern in (_MAIL, _PHONE):
            text = pattern.sub(self._pattern, text)
        steps = self._listed.steps(MASKED)
        steps += [(len(_joined(value)), partial(_without, value)) for value in self._masked]
        for _, step in sorted(steps, key=lambda each: each[0], reverse=True):
            text = step(text)
        return text

    def _field(self, found: re.Match[str]) -> str:
        value = _plain(found[2])
        if not value or value in self._known or value == MASKED:
            return found[0]
        self._remember(value)
        return f'{found[1]}"{MASKED}"'

    def _pattern(self, found: re.Match[str]) -> str:
        if found[0] in self._known or digits_of(found[0]) in self._numbers:
            return found[0]
        self._remember(found[0])
        return MASKED

    def _remember(self, value: str) -> None:
        if len(value) >= SHORTEST or (len(value) > 1 and not value.isascii()):
            self._masked.add(value)


def _joined(name: str) -> str:
    return "".join(name.split())


def _without(value: str, text: str) -> str:
    """`text` with a masked value blotted out; JSON in it stays JSON."""
    if value.isascii() and len(value) < SHORTEST and not _NUMBER.fullmatch(value):
        # A short name stands in many words.
        return re.sub(rf"(?<!\w){re.escape(value)}(?!\w)", MASKED, text)
    if not _NUMBER.fullmatch(value):
        return text.replace(value, MASKED)
    number = rf"(?<![0-9.-]){re.escape(value)}(?![0-9.])"
    value_of = rf"([:,\[]\s*){number}(?=\s*[,}}\]])"
    text = re.sub(value_of, rf'\1"{MASKED}"', text)
    return re.sub(number, MASKED, text)


def _plain(value: str) -> str:
    """A JSON value as text: a name read once as text and once as a number is one."""
    try:
        read = json.loads(value)
    except ValueError:
        return value.strip('"')
    return str(read)
