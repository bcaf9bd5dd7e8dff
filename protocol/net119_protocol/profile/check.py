"""What is wrong with an application, by the department's profile: one problem for each field."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from net119_protocol.application import Application, Basis
from net119_protocol.person import Contact, OptionalData
from net119_protocol.profile.mail_address import TEXTS, address_problem
from net119_protocol.profile.model import Certificate, Item, Profile
from net119_protocol.profile.wareki import DateProblem, checked_birth_date

_KANA = re.compile(r"[\u3041-\u3096\u309d\u309e\u30a1-\u30fe\uff66-\uff9f・\s]+")
_INVISIBLE = frozenset({"Cc", "Cf", "Co", "Cn", "Cs"})


@dataclass(frozen=True)
class FieldProblem:
    """One field's problem; ``path`` is dotted, for example ``data.birth_date`` or ``image``."""

    path: str
    code: str
    ja: str
    en: str


_ITEM_PATH: dict[Item, tuple[str, str, str]] = {
    Item.NAME: ("data.name", "氏名", "the name"),
    Item.KANA: ("data.kana", "フリガナ", "the name in kana"),
    Item.BIRTH_DATE: ("data.birth_date", "生年月日", "the date of birth"),
    Item.SEX: ("data.sex", "性別", "the sex"),
    Item.ADDRESS: ("data.address.street", "住所", "the address"),
    Item.MAIL: ("data.mail", "メールアドレス", "the mail address"),
    Item.PHONE: ("data.optional.phone", "電話番号", "the telephone number"),
    Item.FAX: ("data.optional.fax", "FAX番号", "the fax number"),
    Item.DISABILITY: ("data.disability", "障害の内容", "the disability"),
    Item.REASON: ("data.reason", "申請理由", "the reason"),
    Item.DEVICE: ("data.device", "端末の種類", "the kind of handset"),
    Item.IDENTITY_IMAGE: ("image", "本人確認書類の画像", "the image that proves identity"),
    Item.CONTACTS: ("data.optional.contacts", "緊急連絡先", "an emergency contact"),
    Item.FREQUENT_PLACES: ("data.optional.frequent_places", "よく行く場所", "a frequent place"),
    Item.MEDICAL: ("data.optional.medical", "医療情報", "the medical data"),
    Item.HEARING_PERSON_AT_HOME: (
        "data.optional.hearing_person_at_home",
        "同居の健聴者の有無",
        "whether a hearing person lives in the home",
    ),
    Item.SIGN_LANGUAGE: ("data.optional.sign_language", "手話", "sign language"),
    Item.WRITING: ("data.optional.writing", "筆談", "writing"),
    Item.REMARKS: ("data.optional.remarks", "備考", "the remarks"),
}


def path_of(item: Item) -> str:
    """Where an item stands in an application, as in `FieldProblem.path`."""
    return _ITEM_PATH[item][0]


def problems(
    profile: Profile, application: Application, today: date, *, has_image: bool = False
) -> tuple[FieldProblem, ...]:
    """Everything that keeps an application from being handed in; empty if nothing does.

    ``today`` is the day in Japan.  Whether the claims are true, staff decide at the review.
    """
    return (
        *_missing(profile, application, has_image),
        *_texts(application),
        *_details(profile, application, today),
        *_eligibility(profile, application, today),
    )


def age_on(birth: date, today: date) -> int:
    """Age in years; who was born on 29 February is a year older on 1 March in other years."""
    return today.year - birth.year - ((today.month, today.day) < (birth.month, birth.day))


def _missing(profile: Profile, application: Application, has_image: bool) -> Iterator[FieldProblem]:
    data = application.data
    extra = data.optional or OptionalData()
    present: dict[Item, object] = {
        Item.NAME: data.name.strip(),
        Item.KANA: data.kana.strip(),
        Item.ADDRESS: data.address.street.strip(),
        Item.MAIL: data.mail.strip(),
        Item.PHONE: extra.phone,
        Item.FAX: extra.fax,
        Item.DISABILITY: data.disability.strip(),
        Item.REASON: data.reason.strip(),
        Item.DEVICE: data.device.strip(),
        Item.IDENTITY_IMAGE: has_image,
        Item.CONTACTS: extra.contacts,
        Item.FREQUENT_PLACES: extra.frequent_places,
        Item.MEDICAL: extra.medical,
        Item.HEARING_PERSON_AT_HOME: extra.hearing_person_at_home is not None,
        Item.SIGN_LANGUAGE: extra.sign_language is not None,
        Item.WRITING: extra.writing is not None,
        Item.REMARKS: extra.remarks.strip(),
    }
    for item in profile.required:
        if item in present and not present[item]:
            path, ja, en = _ITEM_PATH[item]
            verb = "選んで" if item is Item.IDENTITY_IMAGE else "入れて"
            yield FieldProblem(path, "missing", f"{ja}を{verb}ください。", f"Give {en}.")


def _texts(application: Application) -> Iterator[FieldProblem]:
    data = application.data
    fields = [("data.name", data.name), ("data.kana", data.kana), ("data.mail", data.mail)]
    fields += [("data.address.street", data.address.street), ("data.reason", data.reason)]
    if application.guardian is not None:
        fields.append(("guardian.name", application.guardian.name))
    for number, contact in enumerate(data.optional.contacts if data.optional else ()):
        fields.append((f"data.optional.contacts.{number}.name", contact.name))
    for path, text in fields:
        hidden = sorted({f"U+{ord(c):04X}" for c in text if unicodedata.category(c) in _INVISIBLE})
        if hidden:
            shown = ", ".join(hidden)
            yield FieldProblem(
                path,
                "invisible-character",
                f"見えない文字（{shown}）が入っています。消して入れ直してください。",
                f"There is an invisible character ({shown}). Remove it and type the text again.",
            )
    if data.kana.strip() and not _KANA.fullmatch(data.kana):
        yield FieldProblem(
            "data.kana",
            "not-kana",
            "フリガナは、ひらがなかカタカナで入れてください。",
            "Write the name in hiragana or katakana.",
        )


def _details(profile: Profile, application: Application, today: date) -> Iterator[FieldProblem]:
    data = application.data
    if data.mail.strip() and (wrong := address_problem(profile.mail.rule, data.mail)):
        yield FieldProblem("data.mail", wrong, *TEXTS[wrong])
    try:
        checked_birth_date(data.birth_date, today)
    except DateProblem as day:
        yield FieldProblem("data.birth_date", day.code, day.ja, day.en)
    extra = data.optional
    if extra is None:
        return
    if len(extra.contacts) > profile.max_contacts:
        yield FieldProblem(
            "data.optional.contacts",
            "too-many",
            f"緊急連絡先は{profile.max_contacts}件までです。",
            f"At most {profile.max_contacts} emergency contacts.",
        )
    if len(extra.frequent_places) > profile.max_places:
        yield FieldProblem(
            "data.optional.frequent_places",
            "too-many",
            f"よく行く場所は{profile.max_places}件までです。",
            f"At most {profile.max_places} frequent places.",
        )
    for number, contact in enumerate(extra.contacts):
        yield from _contact(f"data.optional.contacts.{number}", contact)
    for number, place in enumerate(extra.frequent_places):
        for name, text, ja in (
            ("label", place.label, "登録名"),
            ("address", place.address, "住所"),
        ):
            if not text.strip():
                yield FieldProblem(
                    f"data.optional.frequent_places.{number}.{name}",
                    "missing",
                    f"よく行く場所の{ja}を入れてください。",
                    f"Give the {name} of the place.",
                )


def _contact(path: str, contact: Contact) -> Iterator[FieldProblem]:
    if not (contact.phone or contact.fax or contact.mail):
        yield FieldProblem(
            path,
            "no-means",
            "電話番号・FAX番号・メールアドレスのどれか一つを入れてください。",
            "Give at least one of telephone, fax and mail.",
        )


def _eligibility(profile: Profile, application: Application, today: date) -> Iterator[FieldProblem]:
    rule, basis, area = profile.eligibility, application.basis, profile.municipalities
    if basis not in rule.bases:
        yield FieldProblem(
            "basis",
            "not-eligible",
            "この消防本部では、その理由での登録はできません。",
            "This department does not register people for that reason.",
        )
    elif basis is Basis.LIVES:
        if application.data.address.municipality_code not in area:
            yield FieldProblem(
                "data.address.municipality_code",
                "outside-area",
                f"住所が{profile.name.ja}の登録の対象の地域の外です。",
                f"The address lies outside the area that {profile.name.en} registers people of.",
            )
    elif (
        basis is not Basis.ACCEPTED and application.basis_municipality not in profile.municipalities
    ):
        yield FieldProblem(
            "basis_municipality",
            "outside-area",
            f"勤め先・学校の市町村が{profile.name.ja}の登録の対象の地域の外です。",
            f"The place of work or school lies outside the area of {profile.name.en}.",
        )
    needs_certificate = rule.certificate is Certificate.OR_DECISION and basis is not Basis.ACCEPTED
    if needs_certificate and application.certificate is None:
        yield FieldProblem(
            "certificate",
            "missing",
            "身体障害者手帳を持っているかどうかを選んでください。",
            "Say whether you hold a disability certificate.",
        )
    if rule.text_capable and application.text_capable is not True:
        yield FieldProblem(
            "text_capable",
            "text-needed",
            "文字でやりとりできる方が対象です。できるときは「はい」を選んでください。",
            "The service is for people who can communicate in writing. If you can, choose yes.",
        )
    # A date of birth in the future is a problem of its own, not a minor's.
    minor = 0 <= age_on(application.data.birth_date, today) < rule.guardian_below_age
    if minor and application.guardian is None:
        yield FieldProblem(
            "guardian",
            "guardian-needed",
            f"{rule.guardian_below_age}歳未満の方は、保護者の方が申請者になります。"
            "保護者の氏名を入れてください。",
            f"For a person under {rule.guardian_below_age} a guardian applies. Name the guardian.",
        )


__all__ = ["FieldProblem", "age_on", "path_of", "problems"]
