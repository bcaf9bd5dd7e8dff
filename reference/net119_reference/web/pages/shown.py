"""An application in words, section by section: what a person confirms and what staff review."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from net119_protocol.application import Application
from net119_protocol.labels import Label, Language, label
from net119_protocol.person import Contact, FrequentPlace, Rh
from net119_protocol.profile.form_fields import FIELDS
from net119_protocol.profile.model import Item, Profile
from net119_protocol.profile.wareki import ERAS
from net119_protocol.profile.words import word

from net119_reference.registration.item_names import ADDRESS, HEADS, capital
from net119_reference.web.pages.rendering import day, pick

Texts = Iterator[tuple[str, Label, str]]
"""Path, label, and text in the reader's language; an empty text is shown as not entered."""
Place = Callable[[str], str]
"""Name of a municipality by its code."""

_HAS, _HAS_NOT = Label("あり", "Yes"), Label("なし", "No")
_CAN, _CANNOT = Label("できる", "Yes"), Label("できない", "No")
_USES, _USES_NOT = Label("使う", "Yes"), Label("使わない", "No")
_UNCONFIRMED = Label(
    "地図で確かめていません（市町村のどこかの点です）",
    "Not confirmed on a map (some point of the municipality)",
)
_NO_POSITION = Label("位置は地図で確かめていません", "The position has not been confirmed on a map")
_CONFIRMED = Label(
    "本人が確かめた位置（地図か、その場での測定）",
    "Confirmed by the person (on a map, or measured there)",
)
_PARTS: Mapping[str, Label] = {
    "label": Label("登録名", "Called"),
    "name": Label("氏名", "Name"),
    "kana": Label("フリガナ", "Kana"),
    "relation": Label("続柄", "Relation"),
    "phone": Label("電話", "Telephone"),
    "fax": Label("FAX", "Fax"),
    "mail": Label("メール", "Mail"),
    "address": Label("住所", "Address"),
    "note": Label("備考", "Note"),
    "remarks": Label("備考", "Remarks"),
}
_SAID: Mapping[str, tuple[Label, Label]] = {
    "hearing_person_at_home": (_HAS, _HAS_NOT),
    "sign_language": (_USES, _USES_NOT),
    "writing": (_USES, _USES_NOT),
}


@dataclass(frozen=True)
class Row:
    """One item: its path as in a FieldProblem, its name, and its text ("" where there is none)."""

    path: str
    label: str
    text: str


@dataclass(frozen=True)
class Section:
    """Items that belong together."""

    title: str
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Difference:
    """One item before and after a change, in words; "" where there was or is nothing."""

    path: str
    label: str
    before: str
    after: str


def differences(before: Iterable[Section], after: Iterable[Section]) -> tuple[Difference, ...]:
    """What a change changes, item by item (CNB-44)."""
    old, new = ({row.path: row for part in each for row in part.rows} for each in (before, after))
    found = []
    for path in dict.fromkeys((*old, *new)):
        was, becomes = old.get(path), new.get(path)
        texts = (was.text if was else "", becomes.text if becomes else "")
        shown = becomes or was
        if shown is not None and texts[0] != texts[1]:
            found.append(Difference(path, shown.label, *texts))
    return tuple(found)


def birth_day(lang: Language, value: date) -> str:
    """A birth date with its year in the Japanese calendar: 1980年2月29日（昭和55年）."""
    era = next((each for each in ERAS if value >= each.first), None)
    if era is None:
        return day(lang, value)
    count = value.year - era.first.year + 1
    if lang == "ja":
        return f"{day(lang, value)}（{era.name}{'元' if count == 1 else count}年）"
    return f"{day(lang, value)} ({era.letter}{count})"


def sections(
    application: Application, profile: Profile, lang: Language, place: Place = str
) -> tuple[Section, ...]:
    """Everything of an application that the profile asks for or that was entered."""
    parts = (
        (Label("本人", "The person"), _person(application, profile, lang)),
        (Label("住所", "Address"), _address(application, profile, lang)),
        (Label("連絡先と端末", "Mail and handset"), _means(application, profile, lang)),
        (Label("申請の理由", "Reasons"), _reasons(application, profile, lang, place)),
        (Label("保護者", "Guardian"), _guardian(application)),
        (Label("くわしい情報", "Further data"), _optional(application, profile, lang)),
    )
    found = []
    for title, texts in parts:
        rows = tuple(Row(path, _words(lang, name), text) for path, name, text in texts)
        if rows:
            found.append(Section(pick(lang, *title), rows))
    return tuple(found)


def _words(lang: Language, name: Label) -> str:
    return capital(pick(lang, *name))


def _name(path: str) -> Label:
    return HEADS.get(path) or FIELDS[path].label


def _yes_no(lang: Language, value: bool | None, yes: Label, no: Label) -> str:
    return "" if value is None else pick(lang, *(yes if value else no))


def _person(application: Application, profile: Profile, lang: Language) -> Texts:
    data = application.data
    yield "data.name", _name("data.name"), data.name
    if data.kana or profile.asks(Item.KANA):
        yield "data.kana", _name("data.kana"), data.kana
    yield "data.birth_date", _name("data.birth_date"), birth_day(lang, data.birth_date)
    yield "data.sex", _name("data.sex"), label(data.sex, lang)


def _address(application: Application, profile: Profile, lang: Language) -> Texts:
    address = application.data.address
    line = f"{address.prefecture}{address.municipality}{address.street}"
    yield "data.address.street", ADDRESS, line
    if address.flat or profile.asks(Item.FLAT):
        yield "data.address.flat", _name("data.address.flat"), address.flat or ""
    if address.auto_lock or profile.asks(Item.AUTO_LOCK):
        yield "data.address.auto_lock", _name("data.address.auto_lock"), address.auto_lock or ""
    how = pick(lang, *(_CONFIRMED if address.position_is_confirmed else _UNCONFIRMED))
    where = f"{how}\n{address.lat:.5f}, {address.lon:.5f}"
    yield "data.address.lat", _name("data.address.lat"), where


def _means(application: Application, profile: Profile, lang: Language) -> Texts:
    data = application.data
    yield "data.mail", _name("data.mail"), data.mail
    if data.device_kind or profile.asks(Item.DEVICE_KIND):
        kind = label(data.device_kind, lang) if data.device_kind else ""
        yield "data.device_kind", _name("data.device_kind"), kind
    if data.device or profile.asks(Item.DEVICE):
        yield "data.device", _name("data.device"), data.device


def _reasons(application: Application, profile: Profile, lang: Language, place: Place) -> Texts:
    data = application.data
    yield "basis", _name("basis"), pick(lang, *word(application.basis))
    if application.basis_municipality:
        text = place(application.basis_municipality)
        yield "basis_municipality", _name("basis_municipality"), text
    if data.disability or profile.asks(Item.DISABILITY):
        yield "data.disability", _name("data.disability"), data.disability
    if data.reason or profile.asks(Item.REASON):
        yield "data.reason", _name("data.reason"), data.reason
    if application.certificate is not None:
        has = _yes_no(lang, application.certificate, _HAS, _HAS_NOT)
        yield "certificate", _name("certificate"), has
    if application.text_capable is not None or profile.eligibility.text_capable:
        can = _yes_no(lang, application.text_capable, _CAN, _CANNOT)
        yield "text_capable", _name("text_capable"), can


def _guardian(application: Application) -> Texts:
    guardian = application.guardian
    if guardian is not None:
        for part in ("name", "kana", "relation", "phone"):
            path = f"guardian.{part}"
            yield path, _name(path), getattr(guardian, part)


def _optional(application: Application, profile: Profile, lang: Language) -> Texts:
    optional = application.data.optional
    if optional is None:
        return
    base = "data.optional"
    for part in ("phone", "fax"):
        if text := getattr(optional, part):
            yield f"{base}.{part}", _name(f"{base}.{part}"), text
    for number, contact in enumerate(optional.contacts):
        head = _numbered(f"{base}.contacts.*", number)
        yield f"{base}.contacts.{number}", head, _entry(contact, lang)
    for number, place in enumerate(optional.frequent_places):
        head = _numbered(f"{base}.frequent_places.*", number)
        # Who was asked for the position and has none has not confirmed it (TOM-14).
        none = pick(lang, *_NO_POSITION) if profile.asks(Item.PLACE_POSITION) else ""
        confirmed = pick(lang, *_CONFIRMED) if place.lat is not None else none
        text = "\n".join(filter(None, (_entry(place, lang), confirmed)))
        yield f"{base}.frequent_places.{number}", head, text
    if optional.medical is not None:
        for part in type(optional.medical).model_fields:
            value = getattr(optional.medical, part)
            if value:
                path = f"{base}.medical.{part}"
                yield path, _name(path), label(value, lang) if isinstance(value, Rh) else value
    for part in ("hearing_person_at_home", "sign_language", "writing"):
        said = getattr(optional, part)
        if said is not None:
            path = f"{base}.{part}"
            yield path, _name(path), _yes_no(lang, said, *_SAID[part])
    if optional.remarks:
        yield f"{base}.remarks", _name(f"{base}.remarks"), optional.remarks


def _numbered(general: str, number: int) -> Label:
    ja, en = HEADS[general]
    return Label(f"{ja} {number + 1}", f"{en} {number + 1}")


def _entry(entry: Contact | FrequentPlace, lang: Language) -> str:
    """A list's entry, a line for each part that has a text."""
    return "\n".join(
        f"{pick(lang, *name)}: {text}"
        for part, name in _PARTS.items()
        if (text := getattr(entry, part, None))
    )
