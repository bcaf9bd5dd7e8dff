"""A form as a phone sends it: percent-encoded bytes of the page's charset, or of another one.

Every form of these pages carries a known text in a hidden field (:data:`PROBE`), by whose bytes
the charset is recognised in which the phone answered.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from net119_reference.web.pages.mobile.charset import Charset, received

PROBE_FIELD = "enc"
PROBE = "漢字かなｶﾅ①髙～"
"""Full and half width, and three characters that only cp932 has, as phones do."""
MOST_FIELDS = 200
_PERCENT = re.compile(rb"%([0-9A-Fa-f]{2})")


class UnreadableForm(Exception):
    """The form cannot be read; the text says why, in English."""


@dataclass(frozen=True)
class MobileForm:
    """A submitted form: one text for each name.

    ``replaced`` names, for each field, what had to be replaced; ``charset`` is the one in which
    the phone wrote, ``None`` where nothing showed it.
    """

    fields: Mapping[str, str]
    replaced: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    charset: Charset | None = None
    probe: bytes | None = None
    """The bytes of the known text as they came back; ``None`` if it was not sent."""

    def get(self, name: str) -> str:
        """A field's text without surrounding space; empty if it was not sent."""
        return self.fields.get(name, "").strip()

    def pressed(self, *names: str) -> str:
        """The first of these buttons that was pressed; empty if none was."""
        return next((name for name in names if name in self.fields), "")


def parse_form(body: bytes, page: Charset) -> MobileForm:
    """Read ``application/x-www-form-urlencoded`` bytes; ``page`` is the charset of our page.

    Raises:
        UnreadableForm: too many fields, or one of them twice.
    """
    pairs = [part.partition(b"=") for part in body.split(b"&") if part]
    if len(pairs) > MOST_FIELDS:
        raise UnreadableForm(f"the form has more than {MOST_FIELDS} fields")
    raw: dict[str, bytes] = {}
    for name, _, value in pairs:
        key = _plain(name).decode("ascii", "replace")
        if key in raw:
            raise UnreadableForm("the form has a field twice; reload the page")
        raw[key] = _plain(value)
    probe = raw.pop(PROBE_FIELD, None)
    spoken = charset_of(probe)
    charset = spoken or _guessed(raw.values(), page)
    fields: dict[str, str] = {}
    replaced: dict[str, tuple[str, ...]] = {}
    for key, value in raw.items():
        converted = received(value, charset)
        fields[key] = converted.text
        if converted.replaced:
            replaced[key] = converted.replaced
    return MobileForm(fields, replaced, spoken, probe)


def charset_of(probe: bytes | None) -> Charset | None:
    """The charset in which the known text came back unharmed, if it did.

    Text is compared, not bytes: Shift_JIS has 髙 twice, and browsers send the other place.
    """
    if probe is None:
        return None
    return next((each for each in Charset if probe.decode(each.codec, "replace") == PROBE), None)


def _guessed(values: Iterable[bytes], page: Charset) -> Charset:
    """The page's charset, unless the bytes fit only into the other one."""
    joined = b" ".join(values)
    for charset in (page, *(each for each in Charset if each is not page)):
        try:
            joined.decode(charset.codec)
        except UnicodeDecodeError:
            continue
        return charset
    return page


def _plain(part: bytes) -> bytes:
    """Percent-encoding and ``+`` undone; a percent sign that begins no code stands for itself."""
    return _PERCENT.sub(lambda found: bytes((int(found[1], 16),)), part.replace(b"+", b" "))
