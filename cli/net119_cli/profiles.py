"""`net119 profiles`: check, show and compare the profiles of departments."""

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from net119_cli.errors import UserError
from net119_cli.language import Language, current_language, text

if TYPE_CHECKING:
    from net119_protocol.labels import Label
    from net119_protocol.profile.compare import Admission, Comparison, Person
    from net119_protocol.profile.load import ProfileError
    from net119_protocol.profile.model import Item, Profile

_TITLE_WIDTH = 22
"""Columns of the titles that `show` prints before the values."""


def register(app: typer.Typer) -> None:
    """Add the commands to `app`."""
    profiles = typer.Typer(
        no_args_is_help=True,
        help=text(
            ja="消防本部ごとの登録の決まり（プロファイル）を調べ、比べます。",
            en="Check and compare the departments' rules of registration (profiles).",
        ),
    )
    app.add_typer(profiles, name="profiles")
    folder_option = typer.Option(
        "--folder",
        help=text(
            ja="プロファイル（*.toml）のあるフォルダー。指定がなければ付属のもの。",
            en="Folder with profiles (*.toml); without it, those that come with the testbed.",
        ),
    )
    json_option = typer.Option(
        "--json", help=text(ja="JSON で出力します。", en="Print JSON, for programs.")
    )

    @profiles.command(
        help=text(
            ja="プロファイルを検査し、誤りをすべて示します。終了状態は 0 が正しい、2 が誤りです。",
            en="Check profiles and show all that is wrong. Exit status 0 if nothing is, else 2.",
        )
    )
    def check(folder: Annotated[Path | None, typer.Argument(show_default=False)] = None) -> int:
        return _check(folder)

    @profiles.command(
        help=text(
            ja="一つの消防本部のプロファイルを示します。", en="Show one department's profile."
        )
    )
    def show(
        department: Annotated[str, typer.Argument(show_default=False)],
        folder: Annotated[Path | None, folder_option] = None,
        as_json: Annotated[bool, json_option] = False,
    ) -> int:
        profile = _find(_load(folder), department)
        if as_json:
            print(profile.model_dump_json(indent=2))
        else:
            print(*_shown(profile), sep="\n")
        return 0

    @profiles.command(
        help=text(
            ja="二つの消防本部の違いを示します。一方でしか登録できない人、受け取る側で足りない"
            "項目、使えないメールアドレスなどです。",
            en="Show in what two departments differ: who can register with one only, which items "
            "a receiving department will miss, which mail addresses break.",
        )
    )
    def diff(
        first: Annotated[str, typer.Argument(show_default=False)],
        second: Annotated[str, typer.Argument(show_default=False)],
        folder: Annotated[Path | None, folder_option] = None,
        as_json: Annotated[bool, json_option] = False,
    ) -> int:
        from net119_protocol.profile.compare import compare

        found = _load(folder)
        one, other = _find(found, first), _find(found, second)
        comparison = compare(one, other)
        if as_json:
            print(json.dumps(_document(one, other, comparison), ensure_ascii=False, indent=2))
        else:
            _print(_compared(one, other, comparison))
        return 0


def _load(folder: Path | None) -> "Mapping[str, Profile]":
    from net119_protocol.profile.load import ProfileError, load_profiles

    try:
        return load_profiles(folder)
    except ProfileError as wrong:
        raise _explained(wrong, folder) from None


def _explained(wrong: "ProfileError", folder: Path | None) -> UserError:
    lines = wrong.lines("ja" if current_language() is Language.JA else "en")
    return UserError(
        lines[0] if len(lines) == 1 else "\n  ".join((_count(len(lines)), *lines)),
        str(folder) if folder else text(ja="付属のプロファイル", en="the packaged profiles"),
        text(
            ja="すべて直して、もう一度 net119 profiles check を実行してください",
            en="mend all of it, then run net119 profiles check again",
        ),
    )


def _count(faults: int) -> str:
    return text(ja=f"{faults} 件の誤りがあります", en=f"{faults} faults")


def _find(found: "Mapping[str, Profile]", department: str) -> "Profile":
    if department not in found:
        raise UserError(
            text(
                ja=f"{department!r} のプロファイルはありません",
                en=f"there is no profile of {department!r}",
            ),
            "DEPARTMENT",
            text(ja=f"次から選んでください: {', '.join(found)}", en=f"use {', '.join(found)}"),
        )
    return found[department]


def _check(folder: Path | None) -> int:
    from net119_protocol.directory import load_municipalities
    from net119_protocol.profile.load import ProfileError, unknown_municipalities

    found = _load(folder)
    if not found:
        raise UserError(
            text(ja="プロファイルが一つもありません", en="there is no profile"),
            str(folder),
            text(ja="*.toml を置いてください", en="put *.toml files there"),
        )
    known = load_municipalities()
    faults = [
        fault for profile in found.values() for fault in unknown_municipalities(profile, known)
    ]
    if faults:
        raise _explained(ProfileError(tuple(faults)), folder)
    for profile in found.values():
        items = len(profile.required), len(profile.optional)
        print(
            text(
                ja=f"よし  {profile.department}  {profile.name.ja}"
                f"（必須 {items[0]} 項目、任意 {items[1]} 項目）",
                en=f"ok  {profile.department}  {profile.name.en} "
                f"({items[0]} items required, {items[1]} optional)",
            )
        )
    print(text(ja=f"{len(found)} 件とも正しい形です。", en=f"All {len(found)} are right."))
    return 0


def _in(label: "Label") -> str:
    return label.ja if current_language() is Language.JA else label.en


def _print(lines: Iterable[str]) -> None:
    """Print lines that fit a terminal; what goes on stands two columns further in."""
    from net119_scenarios.layout import WIDTH, wrap

    for line in lines:
        indent = " " * (len(line) - len(line.lstrip()))
        first, *rest = wrap(line.strip(), WIDTH - len(indent) - 2)
        print(indent + first, *(f"{indent}  {each}" for each in rest), sep="\n")


def _items(items: "Iterable[Item]") -> str:
    from net119_protocol.profile.words import ITEMS

    separator = text(ja="、", en=", ")
    return separator.join(_in(ITEMS[item]) for item in items) or text(ja="なし", en="none")


def _shown(profile: "Profile") -> "Iterator[str]":
    from net119_protocol.directory import load_municipalities
    from net119_protocol.profile.words import word
    from net119_scenarios.layout import WIDTH, columns

    known = load_municipalities()

    def place(code: str) -> str:
        found = known.get(code)
        return f"{text(ja=found.name_ja, en=found.name_en)} ({code})" if found else code

    def yes(value: bool) -> str:
        return text(ja="はい", en="yes") if value else text(ja="いいえ", en="no")

    def number(value: int, ja: str, en: str, none: str) -> str:
        return text(ja=f"{value}{ja}", en=f"{value} {en}") if value else none

    def words(codes: Iterable[object]) -> str:
        return text(ja="、", en=", ").join(_in(word(code)) for code in codes)

    rule = profile.eligibility
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
        (text(ja="アドレスの決まり", en="mail addresses"), words((profile.mail.rule,))),
        (text(ja="申請用アドレス", en="apply to"), profile.mail.application or "-"),
        (text(ja="登録の送信元", en="registration mail"), profile.mail.registration_sender),
        (text(ja="その他の送信元", en="other mail"), profile.mail.service_sender),
        (text(ja="結果のメール", en="result mails"), words(profile.mail.result)),
        (text(ja="継続の確認", en="renewal"), words((profile.validity.renewal,))),
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

    parts = [_in(word(person.basis))]
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


def _compared(one: "Profile", other: "Profile", found: "Comparison") -> Iterator[str]:
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
            yield f"    {side}: {_in(TEXTS[wrong]) if wrong else usable}"
    if not found.addresses:
        yield none
    yield ""
    yield text(ja="そのほかの違い", en="Other differences")
    for setting in found.settings:
        yield f"  {_in(setting.topic)}"
        yield f"    A: {_in(setting.first)}"
        yield f"    B: {_in(setting.second)}"
    if not found.settings:
        yield none


def _document(one: "Profile", other: "Profile", found: "Comparison") -> dict[str, Any]:
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
