"""The fields of an application form: names, kinds, limits and words, for the codec and for pages.

A name is the dotted path of what the field fills, with ``*`` for the number of a list's entry.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, StrEnum, auto
from types import MappingProxyType

from net119_protocol.application import Basis
from net119_protocol.labels import Label
from net119_protocol.person import DeviceKind, Rh, Sex


class FieldKind(Enum):
    """How the text of a field is read."""

    TEXT = auto()
    """One line."""
    LINES = auto()
    """Text that may have several lines."""
    DAY = auto()
    """A date of birth, as people write it (`net119_protocol.profile.wareki`)."""
    CHOICE = auto()
    """A code of a list."""
    YES_NO = auto()
    """``yes``, ``no`` or nothing."""
    DEGREES = auto()
    """A latitude or longitude, decimal degrees."""
    MUNICIPALITY = auto()
    """A five-digit JIS code."""


@dataclass(frozen=True)
class FormField:
    """One field of the form."""

    name: str
    kind: FieldKind
    label: Label
    limit: int
    """Most characters; for degrees, the largest magnitude."""
    required: bool = False
    """Whether the model has no value for a blank one; what a department requires is more."""
    choices: type[StrEnum] | None = None


_TEXT, _LINES, _DAY = FieldKind.TEXT, FieldKind.LINES, FieldKind.DAY
_NAME, _SHORT, _MAIL, _SMALL = 80, 200, 254, 40


def _field(
    name: str,
    ja: str,
    en: str,
    kind: FieldKind = _TEXT,
    limit: int = _SHORT,
    *,
    required: bool = False,
) -> FormField:
    return FormField(name, kind, Label(ja, en), limit, required)


def _choice(
    name: str, ja: str, en: str, choices: type[StrEnum], *, required: bool = False
) -> FormField:
    return FormField(name, FieldKind.CHOICE, Label(ja, en), _SMALL, required, choices)


def _yes_no(name: str, ja: str, en: str) -> FormField:
    return FormField(name, FieldKind.YES_NO, Label(ja, en), _SMALL)


def _position(path: str, ja: str, en: str, *, required: bool = False) -> tuple[FormField, ...]:
    label = Label(ja, en)
    return (
        FormField(f"{path}.lat", FieldKind.DEGREES, label, 90, required),
        FormField(f"{path}.lon", FieldKind.DEGREES, label, 180, required),
    )


_O, _C, _P, _M = (
    "data.optional",
    "data.optional.contacts.*",
    "data.optional.frequent_places.*",
    "data.optional.medical",
)

FIELDS: Mapping[str, FormField] = MappingProxyType(
    {
        each.name: each
        for each in (
            _field("data.name", "氏名", "the name", limit=_NAME, required=True),
            _field("data.kana", "フリガナ", "the name in kana"),
            _field("data.birth_date", "生年月日", "the date of birth", _DAY, required=True),
            _choice("data.sex", "性別", "the sex", Sex, required=True),
            _field(
                "data.address.prefecture", "都道府県", "the prefecture", _TEXT, _NAME, required=True
            ),
            _field(
                "data.address.municipality",
                "市町村",
                "the municipality",
                _TEXT,
                _NAME,
                required=True,
            ),
            FormField(
                "data.address.municipality_code",
                FieldKind.MUNICIPALITY,
                Label("市町村", "the municipality"),
                _SMALL,
                required=True,
            ),
            _field("data.address.street", "町名・番地", "town and house number"),
            _field("data.address.flat", "部屋番号", "the number of the flat"),
            _field("data.address.auto_lock", "オートロック", "the self-locking entrance", _LINES),
            *_position("data.address", "住所の位置", "the position of the address", required=True),
            _yes_no(
                "data.address.position_confirmed",
                "位置を地図で確かめたか",
                "whether the position was confirmed on a map",
            ),
            _field("data.mail", "メールアドレス", "the mail address", limit=_MAIL, required=True),
            _field("data.disability", "障害の内容", "the disability", _LINES),
            _field("data.reason", "申請理由", "the reason", _LINES),
            _field("data.device", "端末の種類", "the kind of handset"),
            _choice("data.device_kind", "端末の区分", "the kind of handset", DeviceKind),
            _field(f"{_O}.phone", "電話番号", "the telephone number"),
            _field(f"{_O}.fax", "FAX番号", "the fax number"),
            _field(
                f"{_C}.name", "緊急連絡先の氏名", "the contact's name", limit=_NAME, required=True
            ),
            _field(f"{_C}.kana", "緊急連絡先のフリガナ", "the contact's name in kana"),
            _field(f"{_C}.relation", "緊急連絡先の続柄", "the contact's relation to you"),
            _field(f"{_C}.phone", "緊急連絡先の電話番号", "the contact's telephone number"),
            _field(f"{_C}.fax", "緊急連絡先のFAX番号", "the contact's fax number"),
            _field(
                f"{_C}.mail",
                "緊急連絡先のメールアドレス",
                "the contact's mail address",
                limit=_MAIL,
            ),
            _field(f"{_C}.address", "緊急連絡先の住所", "the contact's address"),
            _field(f"{_C}.remarks", "緊急連絡先の備考", "the remarks on the contact", _LINES),
            _field(f"{_P}.label", "よく行く場所の登録名", "the label of the place"),
            _field(f"{_P}.address", "よく行く場所の住所", "the address of the place"),
            _field(f"{_P}.note", "よく行く場所の備考", "the note on the place", _LINES),
            *_position(_P, "よく行く場所の位置", "the position of the place"),
            _field(f"{_M}.blood_type", "血液型", "the blood type", _LINES),
            _choice(f"{_M}.rh", "Rh型", "the Rh type", Rh),
            _field(f"{_M}.history", "病歴", "the illnesses", _LINES),
            _field(f"{_M}.medication", "服用している薬", "the medicines", _LINES),
            _field(f"{_M}.allergy", "アレルギー", "the allergies", _LINES),
            _field(f"{_M}.hospital", "かかりつけの病院", "the usual hospital", _LINES),
            _field(f"{_M}.doctor", "担当の医師", "the doctor", _LINES),
            _yes_no(
                f"{_O}.hearing_person_at_home",
                "同居の健聴者の有無",
                "whether a hearing person lives in the home",
            ),
            _yes_no(f"{_O}.sign_language", "手話", "sign language"),
            _yes_no(f"{_O}.writing", "筆談", "writing"),
            _field(f"{_O}.remarks", "備考", "the remarks", _LINES),
            _choice(
                "basis",
                "この消防本部の地域との関わり",
                "what ties you to this department's area",
                Basis,
                required=True,
            ),
            FormField(
                "basis_municipality",
                FieldKind.MUNICIPALITY,
                Label("勤め先・学校の市町村", "the municipality of work or school"),
                _SMALL,
            ),
            _yes_no("certificate", "身体障害者手帳の有無", "whether you hold a certificate"),
            _yes_no("text_capable", "文字でのやりとり", "whether you can communicate in writing"),
            _field(
                "guardian.name", "保護者の氏名", "the guardian's name", limit=_NAME, required=True
            ),
            _field("guardian.kana", "保護者のフリガナ", "the guardian's name in kana"),
            _field("guardian.relation", "保護者の続柄", "the guardian's relation to the user"),
            _field("guardian.phone", "保護者の電話番号", "the guardian's telephone number"),
        )
    }
)
"""Every field by name."""

LISTS: Mapping[str, Label] = MappingProxyType(
    {
        "data.optional.contacts": Label("緊急連絡先", "emergency contacts"),
        "data.optional.frequent_places": Label("よく行く場所", "frequent places"),
    }
)
"""The lists, whose entries are numbered from 0 without a gap."""

BLOCKS = ("guardian", "data.optional", "data.optional.medical", *(f"{each}.*" for each in LISTS))
"""Blocks that may be absent.  A block with all its fields blank is absent, unless a field of the
block's own name says ``yes``."""
