"""What registers with one department and breaks with another (gap D1)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from itertools import product

from net119_protocol.application import Basis
from net119_protocol.labels import Label
from net119_protocol.profile.mail_address import address_problem
from net119_protocol.profile.model import Certificate, Item, Profile
from net119_protocol.profile.words import word


class Admission(StrEnum):
    """Whether a person can register."""

    YES = "yes"
    DECISION = "decision"
    """Only by the department's own decision."""
    NO = "no"


@dataclass(frozen=True)
class Person:
    """A kind of person, by what departments ask of eligibility; the area is always their own."""

    basis: Basis
    certificate: bool
    text_capable: bool


@dataclass(frozen=True)
class PersonDifference:
    """A kind of person whom the two departments treat differently."""

    person: Person
    first: Admission
    second: Admission


@dataclass(frozen=True)
class AddressDifference:
    """A mail address that the two departments treat differently; None where it can be used."""

    address: str
    first: str | None
    second: str | None


@dataclass(frozen=True)
class SettingDifference:
    """Another setting in which they differ, in words."""

    topic: Label
    first: Label
    second: Label


@dataclass(frozen=True)
class Comparison:
    """All differences between two profiles.

    ``missing_at_second`` are items that the second department requires and the first does not
    ask for: it receives such people's calls without them (fact A21); ``perhaps_at_second``, those
    that the first asks for as optional; ``unasked_at_second``, those that the second asks for as
    optional and the first never.  ``..._at_first`` likewise the other way round.
    """

    persons: tuple[PersonDifference, ...]
    missing_at_first: tuple[Item, ...]
    perhaps_at_first: tuple[Item, ...]
    unasked_at_first: tuple[Item, ...]
    missing_at_second: tuple[Item, ...]
    perhaps_at_second: tuple[Item, ...]
    unasked_at_second: tuple[Item, ...]
    addresses: tuple[AddressDifference, ...]
    settings: tuple[SettingDifference, ...]


SAMPLES = (
    "hanako@mail.example",
    "hanako.y@mail.example",
    "a--b@mail.example",
    ".a@mail.example",
    "a.@mail.example",
    "a..b@mail.example",
    "a+b@mail.example",
    "a/b@mail.example",
    "-a@mail.example",
    "a._b@mail.example",
)
"""One address for each way in which rules are known to differ (facts A53, A54)."""


def admission(profile: Profile, person: Person) -> Admission:
    """Whether such a person can register with a department."""
    rule = profile.eligibility
    if rule.text_capable and not person.text_capable:
        return Admission.NO
    exception = Admission.DECISION if Basis.ACCEPTED in rule.bases else Admission.NO
    if person.basis not in rule.bases:
        return exception
    if person.certificate or rule.certificate is Certificate.NOT_ASKED:
        return Admission.YES
    return Admission.DECISION if rule.certificate is Certificate.OR_DECISION else exception


def compare(first: Profile, second: Profile) -> Comparison:
    """Everything in which two departments differ."""
    return Comparison(
        persons=tuple(_persons(first, second)),
        missing_at_first=_lacking(second, first),
        perhaps_at_first=_perhaps(second, first),
        unasked_at_first=_unasked(second, first),
        missing_at_second=_lacking(first, second),
        perhaps_at_second=_perhaps(first, second),
        unasked_at_second=_unasked(first, second),
        addresses=tuple(_addresses(first, second)),
        settings=tuple(_settings(first, second)),
    )


def _persons(first: Profile, second: Profile) -> list[PersonDifference]:
    kinds = product((Basis.LIVES, Basis.WORKS, Basis.STUDIES), (True, False), (True, False))
    found = (
        PersonDifference(person, admission(first, person), admission(second, person))
        for person in (Person(*kind) for kind in kinds)
    )
    return [each for each in found if each.first is not each.second]


def _lacking(home: Profile, receiver: Profile) -> tuple[Item, ...]:
    return tuple(item for item in receiver.required if not home.asks(item))


def _perhaps(home: Profile, receiver: Profile) -> tuple[Item, ...]:
    return tuple(item for item in receiver.required if item in home.optional)


def _unasked(home: Profile, receiver: Profile) -> tuple[Item, ...]:
    return tuple(item for item in receiver.optional if not home.asks(item))


def _addresses(first: Profile, second: Profile) -> list[AddressDifference]:
    found = (
        AddressDifference(
            address,
            address_problem(first.mail.rule, address),
            address_problem(second.mail.rule, address),
        )
        for address in SAMPLES
    )
    return [each for each in found if (each.first is None) is not (each.second is None)]


def _settings(first: Profile, second: Profile) -> list[SettingDifference]:
    shown = ((topic, say(first), say(second)) for topic, say in _TOPICS)
    return [SettingDifference(topic, a, b) for topic, a, b in shown if a != b]


def _flag(value: bool) -> Label:
    return Label("あり", "yes") if value else Label("なし", "no")


def _words(values: Sequence[object]) -> Label:
    found = [word(value) for value in values]
    return Label("、".join(each.ja for each in found), ", ".join(each.en for each in found))


def _senders(profile: Profile) -> Label:
    both = sorted({profile.mail.registration_sender, profile.mail.service_sender})
    return Label("、".join(both), ", ".join(both))


def _validity(profile: Profile) -> Label:
    months = profile.validity.months
    said = word(profile.validity.renewal)
    if not months:
        return said
    return Label(f"{said.ja}（{months}か月ごと）", f"{said.en} (every {months} months)")


def _terms(profile: Profile) -> Label:
    terms = profile.terms
    points = len([line for line in terms.text.ja.splitlines() if line.strip()])
    # Too long to be shown; texts that differ in nothing else must not look the same.
    mark = sha256(terms.text.ja.encode()).hexdigest()[:6]
    return Label(
        f"{terms.version} 版（{terms.effective}から、{points}項目、本文の照合記号 {mark}）",
        f"version {terms.version} (from {terms.effective}, {points} points, text {mark})",
    )


def _days(count: int) -> Label:
    return Label(f"{count}日", f"{count} days") if count else Label("すぐに消す", "deleted at once")


def _guardian(profile: Profile) -> Label:
    age = profile.eligibility.guardian_below_age
    return Label(f"{age}歳未満", str(age)) if age else Label("定めなし", "none")


def _documents(profile: Profile) -> Label:
    years = profile.retention.documents_fiscal_years
    if years:
        return Label(f"年度の終わりから{years}年", f"{years} years from the end of the fiscal year")
    days = profile.retention.registrant_days
    return Label(f"登録の終わりから{days}日", f"{days} days from the end of the registration")


_TOPICS: tuple[tuple[Label, Callable[[Profile], Label]], ...] = (
    (Label("申請の方法", "channel"), lambda p: _words(p.channels)),
    (Label("送信元アドレス", "sender addresses"), _senders),
    (Label("結果のメール", "result mails"), lambda p: _words(p.mail.result)),
    (Label("継続の確認", "renewal"), _validity),
    (Label("2台目の端末", "second device"), lambda p: word(p.second_device)),
    (
        Label("機種変更の申請で前の端末を止める", "device change blocks the old device"),
        lambda p: _flag(p.device_change_blocks_old),
    ),
    (Label("暗号化できない端末", "insecure handset"), lambda p: word(p.insecure_handset)),
    (Label("任意の項目の閲覧", "reading optional data"), lambda p: word(p.optional_visibility)),
    (Label("練習通報", "practice calls"), lambda p: _flag(p.practice_calls)),
    (Label("呼び返しメール", "callback mail"), lambda p: _flag(p.callback_mail)),
    (Label("情報を他機関に渡す定め", "rule on passing data on"), lambda p: _flag(p.data_passed_on)),
    (Label("障害者手帳", "disability certificate"), lambda p: word(p.eligibility.certificate)),
    (Label("保護者が申請する年齢", "age below which a guardian applies"), _guardian),
    (
        Label("緊急連絡先の上限", "most emergency contacts"),
        lambda p: Label(f"{p.max_contacts}件", str(p.max_contacts)),
    ),
    (
        Label("よく行く場所の上限", "most frequent places"),
        lambda p: Label(f"{p.max_places}件", str(p.max_places)),
    ),
    (Label("規約", "terms of use"), _terms),
    (Label("文書の保存", "documents kept"), _documents),
    (
        Label("通報の記録の保存", "call records kept"),
        lambda p: _days(p.retention.call_records_days),
    ),
    (
        Label("審査のあとの本人確認書類の画像", "identity image after the review"),
        lambda p: _days(p.retention.identity_image_days),
    ),
)

__all__ = [
    "SAMPLES",
    "AddressDifference",
    "Admission",
    "Comparison",
    "Person",
    "PersonDifference",
    "SettingDifference",
    "admission",
    "compare",
]
