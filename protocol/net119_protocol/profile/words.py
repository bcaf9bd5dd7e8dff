"""Words for the codes of profiles, in Japanese and English."""

from collections.abc import Mapping
from types import MappingProxyType

from net119_protocol.application import Basis
from net119_protocol.labels import Label
from net119_protocol.profile.model import (
    Certificate,
    Channel,
    InsecureHandset,
    Item,
    MailRule,
    OptionalVisibility,
    Renewal,
    SecondDevice,
)

ITEMS: Mapping[Item, Label] = MappingProxyType(
    {
        Item.NAME: Label("氏名", "name"),
        Item.KANA: Label("フリガナ", "name in kana"),
        Item.BIRTH_DATE: Label("生年月日", "date of birth"),
        Item.SEX: Label("性別", "sex"),
        Item.ADDRESS: Label("住所", "address"),
        Item.MAIL: Label("メールアドレス", "mail address"),
        Item.PHONE: Label("電話番号", "telephone number"),
        Item.FAX: Label("FAX番号", "fax number"),
        Item.DISABILITY: Label("障害の内容", "disability"),
        Item.REASON: Label("申請理由", "reason"),
        Item.DEVICE: Label("端末の種類", "kind of handset"),
        Item.IDENTITY_IMAGE: Label("本人確認書類の画像", "image that proves identity"),
        Item.CONTACTS: Label("緊急連絡先", "emergency contacts"),
        Item.FREQUENT_PLACES: Label("よく行く場所", "frequent places"),
        Item.MEDICAL: Label("医療情報", "medical data"),
        Item.HEARING_PERSON_AT_HOME: Label("同居の健聴者", "hearing person at home"),
        Item.SIGN_LANGUAGE: Label("手話", "sign language"),
        Item.WRITING: Label("筆談", "writing"),
        Item.REMARKS: Label("備考", "remarks"),
        Item.FLAT: Label("部屋番号", "number of the flat"),
        Item.AUTO_LOCK: Label("オートロック", "self-locking entrance"),
        Item.CONTACT_ADDRESS: Label("緊急連絡先の住所", "addresses of emergency contacts"),
        Item.CONTACT_REMARKS: Label("緊急連絡先の備考", "remarks on emergency contacts"),
        Item.PLACE_POSITION: Label("よく行く場所の位置", "positions of frequent places"),
        Item.RH: Label("Rh型", "Rh type"),
        Item.DEVICE_KIND: Label("端末の区分", "kind of handset from the list"),
    }
)
"""Names of the items of an application."""

# Keyed by list and value: members of two lists may have the same value and so be equal.
_WORDS: Mapping[tuple[str, str], Label] = MappingProxyType(
    {
        (type(code).__name__, str(code)): label
        for code, label in (
            (Basis.LIVES, Label("住んでいる", "lives there")),
            (Basis.WORKS, Label("働いている", "works there")),
            (Basis.STUDIES, Label("通学している", "studies there")),
            (Basis.ACCEPTED, Label("消防本部が認めた", "accepted by the department")),
            (Channel.MAIL_WEB, Label("空メールとWeb", "empty mail and web")),
            (Channel.PAPER, Label("紙", "paper")),
            (MailRule.SYMBOLS, Label("記号の位置と連続を制限", "symbols at edges or in a row")),
            (MailRule.WHITELIST, Label("使える文字を限定", "listed characters only")),
            (MailRule.NONE, Label("定めなし", "no rule")),
            (Certificate.NOT_ASKED, Label("手帳は問わない", "not asked")),
            (Certificate.REQUIRED, Label("手帳が必要", "required")),
            (
                Certificate.OR_DECISION,
                Label("手帳または消防本部の判断", "certificate, or the department's decision"),
            ),
            (Renewal.NONE, Label("定めなし", "none")),
            (Renewal.URL, Label("メールのURLを開く", "opening a mailed URL")),
            (Renewal.REPLY, Label("メールに返信する", "answering a mail")),
            (SecondDevice.REFUSED, Label("断る", "refused")),
            (SecondDevice.REPLACES, Label("前の端末と入れ替える", "replaces the first")),
            (InsecureHandset.REFUSED, Label("使えない", "refused")),
            (InsecureHandset.PLAINTEXT, Label("平文で使える", "served in plaintext")),
            (OptionalVisibility.REVIEWED, Label("審査のときから", "from the review on")),
            (OptionalVisibility.SEALED, Label("通報するまで見えない", "not before a call")),
        )
    }
)
_RESULTS: Mapping[str, Label] = MappingProxyType(
    {
        "approved": Label("登録完了", "completion"),
        "returned": Label("不備", "defects"),
        "refused": Label("登録できない", "refusal"),
        "cancelled": Label("取消し", "cancellation"),
    }
)


def word(code: object) -> Label:
    """The words for a code of a profile; the code itself where there are none."""
    found = _WORDS.get((type(code).__name__, str(code))) or _RESULTS.get(str(code))
    return found or Label(str(code), str(code))
