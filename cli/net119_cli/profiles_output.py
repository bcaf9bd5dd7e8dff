"""What `net119 profiles` prints."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from net119_cli.language import Language, current_language, text

if TYPE_CHECKING:
    from net119_protocol.labels import Label
    from net119_protocol.profile.compare import Admission, Comparison, Person
    from net119_protocol.profile.model import Item, Profile

_TITLE_WIDTH = 23
"""Columns of the titles that `shown` puts before the values."""


def in_use(label: "Label") -> str:
    """The text in the language in use."""
    return label.ja if current_language() is Language.JA else label.en


def print_lines(lines: Iterable[str]) -> None:
    """Print lines that fit a terminal; what goes on stands two columns further in."""
    from net119_scenarios.layout import WIDTH, wrap

    for line in lines:
        indent = " " * (len(line) - len(line.lstrip()))
        first, *rest = wrap(line.strip(), WIDTH - len(indent) - 2)
        print(indent + first, *(f"{indent}  {each}" for each in rest), sep="\n")


def _items(items: "Iterable[Item]") -> str:
    from net119_protocol.profile.words import ITEMS

    separator = text(ja="、", en=", ")
    return separator.join(in_use(ITEMS[item]) for item in items) or text(ja="なし", en="none")


def shown(profile: "Profile") -> "Iterator[str]":
    """One profile, in words."""
    from net119_protocol.directory import load_municipalities
    from net119_protocol.profile.model import Item
    from net119_protocol.profile.words import word
    from net119_scenarios.layout import WIDTH, columns

    known = load_municipalities()

    def place(code: str) -> str:
        found = known.get(code)
        return f"{text(ja=found.name_ja, en=found.name_en)} ({code})" if found else code

    def yes(value: bool) -> str:
        return text(ja="はい", en="yes") if value else text(ja="いいえ", en="no")

    def number(value: int, ja: str, en: str, none: str) -> str:
        return text(ja=f"{value}{ja}", en=f"{value} {en}".rstrip()) if value else none

    def words(codes: Iterable[object]) -> str:
        return text(ja="、", en=", ").join(in_use(word(code)) for code in codes)

    rule, validity = profile.eligibility, profile.validity
    days = text(ja="・", en=", ").join(map(str, validity.remind_days))
    name = text(ja=profile.name.ja, en=profile.name.en)
    yield f"{name} ({profile.department})"
    rows = (
        (text(ja="出典", en="source"), profile.source),
        (text(ja="問い合わせ先", en="contact"), text(ja=profile.contact.ja, en=profile.contact.en)),
        (text(ja="申請の方法", en="channel"), words(profile.channels)),
        (text(ja="対象になる人", en="eligible"), words(rule.bases)),
        (text(ja="障害者手帳", en="certificate"), words((rule.certificate,))),
        (text(ja="文字でのやりとり", en="must write"), yes(rule.text_capable)),
        (
            text(ja="保護者が申請", en="guardian applies"),
            text(ja=f"{rule.guardian_below_age}歳未満", en=f"below age {rule.guardian_below_age}")
            if rule.guardian_below_age
            else text(ja="定めなし", en="no rule"),
        ),
        (
            text(ja="市町村", en="municipalities"),
            text(ja="、", en=", ").join(place(code) for code in profile.municipalities),
        ),
        (text(ja="必須の項目", en="required"), _items(profile.required)),
        (text(ja="任意の項目", en="optional"), _items(profile.optional)),
        (
            text(ja="緊急連絡先の数", en="contacts at most"),
            number(profile.max_contacts, "人", "", "-") if profile.asks(Item.CONTACTS) else "-",
        ),
        (
            text(ja="よく行く場所の数", en="places at most"),
            number(profile.max_places, "か所", "", "-")
            if profile.asks(Item.FREQUENT_PLACES)
            else "-",
        ),
        (text(ja="アドレスの決まり", en="mail addresses"), words((profile.mail.rule,))),
        (text(ja="申請用アドレス", en="apply to"), profile.mail.application or "-"),
        (text(ja="登録の送信元", en="registration mail"), profile.mail.registration_sender),
        (text(ja="その他の送信元", en="other mail"), profile.mail.service_sender),
        (text(ja="結果のメール", en="result mails"), words(profile.mail.result)),
        (text(ja="継続の確認", en="renewal"), words((profile.validity.renewal,))),
        (
            text(ja="有効期間", en="valid for"),
            number(validity.months, "か月", "months", text(ja="期限なし", en="no expiry")),
        ),
        (
            text(ja="期限前のお知らせ", en="reminders"),
            text(
                ja=f"期限の {days} 日前" if days else "なし",
                en=f"{days} days before the expiry" if days else "none",
            ),
        ),
        (
            text(ja="期限から停止まで", en="suspended after"),
            number(validity.suspend_after_days, "日", "days", text(ja="期限の日", en="at once"))
            if validity.months
            else "-",
        ),
        (
            text(ja="停止から取消しまで", en="ended after"),
            number(validity.delete_after_days, "日", "days", text(ja="定めなし", en="no rule")),
        ),
        (text(ja="2台目の端末", en="second device"), words((profile.second_device,))),
        (text(ja="暗号化できない端末", en="insecure handset"), words((profile.insecure_handset,))),
        (text(ja="任意項目の閲覧", en="optional data"), words((profile.optional_visibility,))),
        (text(ja="練習通報", en="practice calls"), yes(profile.practice_calls)),
        (text(ja="呼び返しメール", en="callback mail"), yes(profile.callback_mail)),
        (text(ja="他機関に渡す定め", en="data passed on"), yes(profile.data_passed_on)),
        (
            text(ja="文書の保存", en="documents kept"),
            number(
                profile.retention.documents_fiscal_years,
                "年（最後に使った年度の次の4月1日から）",
                "years from 1 April after the fiscal year",
                number(profile.retention.registrant_days, "日", "days", "-"),
            ),
        ),
        (
            text(ja="通報の記録の保存", en="call records kept"),
            number(profile.retention.call_records_days, "日", "days", "-"),
        ),
        (
            text(ja="本人確認書類の画像", en="identity image kept"),
            number(
                profile.retention.identity_image_days,
                "日（審査のあと）",
                "days after the review",
                text(ja="審査のあと、すぐ消す", en="deleted at once after the review"),
            )
            if profile.asks(Item.IDENTITY_IMAGE)
            else "-",
        ),
        (
            text(ja="控えから消えるまで", en="gone from backups in"),
            number(profile.retention.backups_days, "日", "days", "-"),
        ),
        (text(ja="規約の版", en="terms"), f"{profile.terms.version} ({profile.terms.effective})"),
    )
    for title, value in rows:
        yield from columns(f"  {title}", value, left_width=_TITLE_WIDTH, width=WIDTH)
    yield ""
    yield text(ja="規約", en="Terms of use")
    for line in text(ja=profile.terms.text.ja, en=profile.terms.text.en).splitlines():
        mark, _, rest = line.partition(text(ja="・", en="- "))
        bullet = text(ja="・", en="- ")
        yield from columns(f"  {mark}{bullet}", rest or line, left_width=4, width=WIDTH)


def _person(person: "Person") -> str:
    from net119_protocol.profile.words import word

    parts = [in_use(word(person.basis))]
    parts.append(
        text(ja="手帳あり", en="with a certificate")
        if person.certificate
        else text(ja="手帳なし", en="without a certificate")
    )
    parts.append(
        text(ja="文字で話せる", en="can write")
        if person.text_capable
        else text(ja="文字で話せない", en="cannot write")
    )
    return text(ja="・", en=", ").join(parts)


def _admitted(admission: "Admission") -> str:
    return {
        "yes": text(ja="登録できる", en="can register"),
        "decision": text(ja="消防本部が認めれば登録できる", en="by the department's decision"),
        "no": text(ja="登録できない", en="cannot register"),
    }[admission.value]


def compared(one: "Profile", other: "Profile", found: "Comparison") -> Iterator[str]:
    """In what two profiles differ, in words."""
    from net119_protocol.profile.mail_address import TEXTS

    a, b = (text(ja=each.name.ja, en=each.name.en) for each in (one, other))
    none = text(ja="  違いはありません。", en="  No difference.")
    yield f"A: {a} ({one.department})"
    yield f"B: {b} ({other.department})"
    yield ""
    yield text(ja="登録できる人", en="Who can register")
    groups = sorted({(each.first, each.second) for each in found.persons})
    for first, second in groups:
        yield f"  A: {_admitted(first)}"
        yield f"  B: {_admitted(second)}"
        for each in found.persons:
            if (each.first, each.second) == (first, second):
                yield f"    {_person(each.person)}"
    if not found.persons:
        yield none
    yield ""
    yield text(ja="受け取る側で足りない項目", en="Items a receiving department will miss")
    missing = (
        (
            ("A", "B"),
            (found.missing_at_second, found.perhaps_at_second, found.unasked_at_second),
        ),
        (
            ("B", "A"),
            (found.missing_at_first, found.perhaps_at_first, found.unasked_at_first),
        ),
    )
    for (home, receiver), (never, perhaps, unasked) in missing:
        yield text(
            ja=f"  {home}の登録者の通報を{receiver}が受けるとき",
            en=f"  {receiver} takes a call of a registrant of {home}",
        )
        yield f"    {text(ja='必ず欠ける', en='always missing')}: {_items(never)}"
        yield f"    {text(ja='欠けることがある', en='may be missing')}: {_items(perhaps)}"
        label = text(ja="任意の項目で、いつもない", en="optional there, never asked here")
        yield f"    {label}: {_items(unasked)}"
    yield ""
    yield text(ja="一方でしか使えないメールアドレス", en="Mail addresses that work with one only")
    usable = text(ja="使える", en="works")
    for address in found.addresses:
        yield f"  {address.address}"
        for side, wrong in (("A", address.first), ("B", address.second)):
            yield f"    {side}: {in_use(TEXTS[wrong]) if wrong else usable}"
    if not found.addresses:
        yield none
    yield ""
    yield text(ja="そのほかの違い", en="Other differences")
    for setting in found.settings:
        yield f"  {in_use(setting.topic)}"
        yield f"    A: {in_use(setting.first)}"
        yield f"    B: {in_use(setting.second)}"
    if not found.settings:
        yield none


def document(one: "Profile", other: "Profile", found: "Comparison") -> dict[str, Any]:
    """In what two profiles differ, for programs."""
    return {
        "first": one.department,
        "second": other.department,
        "persons": [
            {
                "basis": each.person.basis.value,
                "certificate": each.person.certificate,
                "textCapable": each.person.text_capable,
                "first": each.first.value,
                "second": each.second.value,
            }
            for each in found.persons
        ],
        "missingAtFirst": list(found.missing_at_first),
        "perhapsMissingAtFirst": list(found.perhaps_at_first),
        "unaskedAtFirst": list(found.unasked_at_first),
        "missingAtSecond": list(found.missing_at_second),
        "perhapsMissingAtSecond": list(found.perhaps_at_second),
        "unaskedAtSecond": list(found.unasked_at_second),
        "addresses": [
            {"address": each.address, "first": each.first, "second": each.second}
            for each in found.addresses
        ],
        "settings": [
            {"topic": each.topic.en, "first": each.first.en, "second": each.second.en}
            for each in found.settings
        ],
    }
