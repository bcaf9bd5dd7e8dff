"""What the text of one form field means, or what is wrong with it."""

import re
import unicodedata

from net119_protocol.labels import Label
from net119_protocol.profile.form_fields import FieldKind, FormField
from net119_protocol.profile.mail_address import TEXTS
from net119_protocol.profile.phone import plain_number
from net119_protocol.profile.wareki import DateProblem, written_day

AGAIN = Label("ページを開き直して、入れ直してください。", "Open the page again and start anew.")
"""Advice where a page, not a person, must have gone wrong."""

_SMALL = 40
"""Longest text of anything but texts."""
_DEGREES = re.compile(r"[+-]?[0-9]{1,3}(\.[0-9]+)?([eE][+-]?[0-9]{1,3})?")
_MUNICIPALITY = re.compile(r"[0-9]{5}")
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_LEAST_MAIL = 3
_NUMBERS = (".phone", ".fax")
_TEXTS = frozenset({FieldKind.TEXT, FieldKind.LINES})
_CHOSEN = frozenset({FieldKind.CHOICE, FieldKind.YES_NO, FieldKind.DEGREES, FieldKind.MUNICIPALITY})


class FieldFault(Exception):
    """A field cannot be read: a stable ``code`` and what to tell the person.

    Codes: ``missing``, ``too-long``, ``invisible-character``, ``not-an-address``,
    ``not-a-choice``, ``not-a-number``, ``out-of-range``, and for a day those of
    `net119_protocol.profile.wareki.written_day`.
    """

    def __init__(self, code: str, ja: str, en: str) -> None:
        super().__init__(en)
        self.code = code
        self.ja = ja
        self.en = en


def missing(field: FormField) -> FieldFault:
    """A field that must not be blank is."""
    ja, en = field.label
    verb = "選んで" if field.kind in _CHOSEN else "入れて"
    return FieldFault("missing", f"{ja}を{verb}ください。", f"Give {en}.")


def read_field(field: FormField, text: str) -> object:
    """The value of a text without outer spaces, as the model takes it.

    Raises:
        FieldFault: it has none.
    """
    limit = field.limit if field.kind in _TEXTS else _SMALL
    if len(text) > limit:
        raise FieldFault(
            "too-long",
            f"{limit}文字までです（いま{len(text)}文字）。短くしてください。",
            f"At most {limit} characters (now {len(text)}). Shorten it.",
        )
    if found := _UNSTORABLE.search(text):
        shown = f"U+{ord(found.group()):04X}"
        raise FieldFault(
            "invisible-character",
            f"見えない文字（{shown}）が入っています。消して入れ直してください。",
            f"There is an invisible character ({shown}). Remove it and type the text again.",
        )
    if field.kind in _TEXTS:
        if field.name.endswith(".mail") and len(text) < _LEAST_MAIL:
            raise FieldFault("not-an-address", *TEXTS["not-an-address"])
        if field.name.endswith(_NUMBERS):
            # What is no number stays as typed: `check.problems` tells it.
            return plain_number(text) or text
        return text
    plain = unicodedata.normalize("NFKC", text)
    if field.kind is FieldKind.DAY:
        try:
            return written_day(text)
        except DateProblem as wrong:
            raise FieldFault(wrong.code, wrong.ja, wrong.en) from None
    if field.kind is FieldKind.DEGREES:
        return _degrees(field, plain)
    if field.kind is FieldKind.MUNICIPALITY:
        if not _MUNICIPALITY.fullmatch(plain):
            raise _no_choice(field)
        return plain
    return _choice(field, plain)


def _choice(field: FormField, plain: str) -> object:
    if field.choices is None:
        if plain not in ("yes", "no"):
            raise _no_choice(field)
        return plain == "yes"
    try:
        return field.choices(plain)
    except ValueError:
        raise _no_choice(field) from None


def _no_choice(field: FormField) -> FieldFault:
    ja, en = field.label
    return FieldFault(
        "not-a-choice",
        f"{ja}は、ページにある選択肢から選んでください。",
        f"Choose {en} from what the page offers.",
    )


def _degrees(field: FormField, plain: str) -> float:
    ja, en = field.label
    if not _DEGREES.fullmatch(plain):
        raise FieldFault(
            "not-a-number",
            f"{ja}が数字になっていません。地図で選び直してください。",
            f"This is no number. Choose {en} on the map again.",
        )
    value = float(plain)
    if not -field.limit <= value <= field.limit:
        raise FieldFault(
            "out-of-range",
            f"{ja}が地球の上にありません。地図で選び直してください。",
            f"This is no place on earth. Choose {en} on the map again.",
        )
    return value
