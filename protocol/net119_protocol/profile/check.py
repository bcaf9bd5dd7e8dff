"""What is wrong with an application, by the department's profile: one problem for each field."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from net119_protocol.application import Application, Basis
from net119_protocol.person import (
    ADDRESS_LIMIT,
    Contact,
    DeviceKind,
    FrequentPlace,
    OptionalData,
    RegistrantData,
)
from net119_protocol.profile.mail_address import TEXTS, address_problem
from net119_protocol.profile.model import Certificate, Item, MailRule, Profile
from net119_protocol.profile.phone import plain_number
from net119_protocol.profile.wareki import DateProblem, checked_birth_date

# U+3099 and U+309A: the marks of が and ぱ as some keyboards send them, apart from their kana.
_KANA = re.compile(r"[\u3041-\u3096\u3099-\u309d\u309e\u30a1-\u30fe\uff66-\uff9f・\s]+")
_INVISIBLE = frozenset({"Cc", "Cf", "Co", "Cs"})
_INVISIBLE_LETTERS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2028\u2029\u2800\u3164\uffa0")
"""Shown as nothing, though Unicode counts them as letters, marks or separators."""
_LINE_BREAKS = frozenset("\r\n\t")


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
    Item.FLAT: ("data.address.flat", "部屋番号", "the number of the flat"),
    Item.AUTO_LOCK: (
        "data.address.auto_lock",
        "オートロックの有無と入り方",
        "whether the entrance locks itself, and how to get in",
    ),
    Item.CONTACT_ADDRESS: (
        "data.optional.contacts",
        "緊急連絡先の住所",
        "the address of the emergency contact",
    ),
    Item.CONTACT_REMARKS: (
        "data.optional.contacts",
        "緊急連絡先の備考",
        "the remarks on the emergency contact",
    ),
    Item.PLACE_POSITION: (
        "data.optional.frequent_places",
        "よく行く場所の地図上の位置",
        "the position of the frequent place",
    ),
    Item.RH: ("data.optional.medical.rh", "Rh型", "the Rh type"),
    Item.DEVICE_KIND: ("data.device_kind", "端末の区分", "the kind of handset"),
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
        Item.PHONE: (extra.phone or "").strip(),
        Item.FAX: (extra.fax or "").strip(),
        Item.DISABILITY: data.disability.strip(),
        Item.REASON: data.reason.strip(),
        Item.DEVICE: _device_is_told(data),
        Item.IDENTITY_IMAGE: has_image,
        Item.CONTACTS: extra.contacts,
        Item.FREQUENT_PLACES: extra.frequent_places,
        Item.MEDICAL: extra.medical and any(extra.medical.model_dump().values()),
        Item.HEARING_PERSON_AT_HOME: extra.hearing_person_at_home is not None,
        Item.SIGN_LANGUAGE: extra.sign_language is not None,
        Item.WRITING: extra.writing is not None,
        Item.REMARKS: extra.remarks.strip(),
        Item.FLAT: (data.address.flat or "").strip(),
        Item.AUTO_LOCK: (data.address.auto_lock or "").strip(),
        Item.RH: extra.medical and extra.medical.rh,
        Item.DEVICE_KIND: data.device_kind,
    }
    for item in profile.required:
        if item in present and not present[item]:
            yield _absent(item, path_of(item))
        elif item in (Item.CONTACT_ADDRESS, Item.CONTACT_REMARKS):
            name = "address" if item is Item.CONTACT_ADDRESS else "remarks"
            for number, contact in enumerate(extra.contacts):
                if not (getattr(contact, name) or "").strip():
                    yield _absent(item, f"{path_of(item)}.{number}.{name}")
        elif item is Item.PLACE_POSITION:
            for number, place in enumerate(extra.frequent_places):
                if place.lat is None:
                    yield _absent(item, f"{path_of(item)}.{number}.lat")
    unnamed = data.device_kind is DeviceKind.OTHER and not _device_is_told(data)
    if unnamed and Item.DEVICE not in profile.required:
        yield _absent(Item.DEVICE, path_of(Item.DEVICE))


_CHOSEN = frozenset({Item.IDENTITY_IMAGE, Item.PLACE_POSITION, Item.RH, Item.DEVICE_KIND, Item.SEX})


def _absent(item: Item, path: str) -> FieldProblem:
    _, ja, en = _ITEM_PATH[item]
    verb = "選んで" if item in _CHOSEN else "入れて"
    return FieldProblem(path, "missing", f"{ja}を{verb}ください。", f"Give {en}.")


def _device_is_told(data: RegistrantData) -> bool:
    """In words, or by a kind that needs none."""
    return bool(data.device.strip()) or data.device_kind not in (None, DeviceKind.OTHER)


def _texts(application: Application) -> Iterator[FieldProblem]:
    for path, text, lines in _written(application):
        hidden = sorted({f"U+{ord(c):04X}" for c in text if _is_invisible(c, lines)})
        if hidden:
            shown = ", ".join(hidden)
            yield FieldProblem(
                path,
                "invisible-character",
                f"見えない文字（{shown}）が入っています。消して入れ直してください。",
                f"There is an invisible character ({shown}). Remove it and type the text again.",
            )
        elif path.endswith("kana") and text.strip() and not _KANA.fullmatch(text):
            yield FieldProblem(
                path,
                "not-kana",
                "フリガナは、ひらがなかカタカナで入れてください。",
                "Write the name in hiragana or katakana.",
            )
        elif path.endswith((".phone", ".fax")) and text.strip() and plain_number(text) is None:
            ja, en = ("FAX番号", "fax") if path.endswith(".fax") else ("電話番号", "telephone")
            yield FieldProblem(
                path,
                "not-a-number",
                f"{ja}は、数字で入れてください（ハイフン・かっこ・+も使えます）。",
                f"Write the {en} number in digits; hyphens, parentheses and + may stand in it.",
            )


def _is_invisible(character: str, lines: bool) -> bool:
    """Control, zero-width, bidirectional or private; line breaks are fine in longer texts."""
    if lines and character in _LINE_BREAKS:
        return False
    return character in _INVISIBLE_LETTERS or unicodedata.category(character) in _INVISIBLE


def _written(application: Application) -> Iterator[tuple[str, str, bool]]:
    """Every text of an application: path, text, whether it may have several lines."""
    data, guardian = application.data, application.guardian
    yield "data.name", data.name, False
    yield "data.kana", data.kana, False
    yield "data.address.prefecture", data.address.prefecture, False
    yield "data.address.municipality", data.address.municipality, False
    yield "data.address.street", data.address.street, False
    yield "data.address.flat", data.address.flat or "", False
    yield "data.address.auto_lock", data.address.auto_lock or "", True
    yield "data.disability", data.disability, True
    yield "data.reason", data.reason, True
    yield "data.device", data.device, False
    if guardian is not None:
        for name in ("name", "kana", "relation", "phone"):
            yield f"guardian.{name}", getattr(guardian, name), False
    extra = data.optional
    if extra is None:
        return
    yield "data.optional.phone", extra.phone or "", False
    yield "data.optional.fax", extra.fax or "", False
    yield "data.optional.remarks", extra.remarks, True
    for number, contact in enumerate(extra.contacts):
        for name in ("name", "kana", "relation", "phone", "fax", "address", "remarks"):
            path = f"data.optional.contacts.{number}.{name}"
            yield path, getattr(contact, name) or "", name == "remarks"
    for number, place in enumerate(extra.frequent_places):
        for name in ("label", "address", "note"):
            path = f"data.optional.frequent_places.{number}.{name}"
            yield path, getattr(place, name), name == "note"
    for name in type(extra.medical).model_fields if extra.medical else ():
        if name != "rh":
            yield f"data.optional.medical.{name}", getattr(extra.medical, name) or "", True


def _details(profile: Profile, application: Application, today: date) -> Iterator[FieldProblem]:
    data = application.data
    if data.mail.strip() and (wrong := address_problem(profile.mail.rule, data.mail)):
        yield FieldProblem("data.mail", wrong, *TEXTS[wrong])
    try:
        checked_birth_date(data.birth_date, today)
    except DateProblem as day:
        yield FieldProblem("data.birth_date", day.code, day.ja, day.en)
    if (length := len(data.address.one_line())) > ADDRESS_LIMIT:
        yield FieldProblem(
            "data.address.street",
            "too-long",
            f"住所は、都道府県から部屋番号まであわせて{ADDRESS_LIMIT}文字までです"
            f"（いま{length}文字）。短くしてください。",
            f"The address may have {ADDRESS_LIMIT} characters from the prefecture to the flat"
            f" (now {length}). Shorten it.",
        )
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
        yield from _place(f"data.optional.frequent_places.{number}", place)


def _place(path: str, place: FrequentPlace) -> Iterator[FieldProblem]:
    for name, text, ja in (
        ("label", place.label, "登録名"),
        ("address", place.address, "住所"),
    ):
        if not text.strip():
            yield FieldProblem(
                f"{path}.{name}",
                "missing",
                f"よく行く場所の{ja}を入れてください。",
                f"Give the {name} of the place.",
            )


def no_means(path: str) -> FieldProblem:
    """A contact at ``path`` cannot be reached at all (TOM-15)."""
    return FieldProblem(
        path,
        "no-means",
        "電話番号・FAX番号・メールアドレスのどれか一つを入れてください。",
        "Give at least one of telephone, fax and mail.",
    )


def _contact(path: str, contact: Contact) -> Iterator[FieldProblem]:
    if not any((each or "").strip() for each in (contact.phone, contact.fax, contact.mail)):
        yield no_means(path)
    # The department's rule is for those who register; a contact only has to be reachable.
    if contact.mail and (wrong := address_problem(MailRule.NONE, contact.mail)):
        yield FieldProblem(f"{path}.mail", wrong, *TEXTS[wrong])


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
    asks_certificate = rule.certificate is not Certificate.NOT_ASKED and basis is not Basis.ACCEPTED
    if asks_certificate and application.certificate is None:
        yield FieldProblem(
            "certificate",
            "missing",
            "身体障害者手帳を持っているかどうかを選んでください。",
            "Say whether you hold a disability certificate.",
        )
    if (
        asks_certificate
        and rule.certificate is Certificate.REQUIRED
        and application.certificate is False
    ):
        accepted = Basis.ACCEPTED in rule.bases
        ja, en = (
            ("消防本部の判断を求める理由を選んでください。", "ask for the department's decision.")
            if accepted
            else ("この消防本部では登録できません。", "this department cannot register you.")
        )
        yield FieldProblem(
            "certificate",
            "certificate-needed",
            f"身体障害者手帳をお持ちでない方は、{ja}",
            f"Without a disability certificate, {en}",
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


__all__ = ["FieldProblem", "age_on", "no_means", "path_of", "problems"]
