"""`net119 profiles`: check, show and compare the profiles of departments."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from net119_cli.errors import UserError
from net119_cli.language import Language, current_language, text
from net119_cli.profiles_output import compared, document, print_lines, shown

if TYPE_CHECKING:
    from net119_protocol.labels import Language as Tongue
    from net119_protocol.profile.load import ProfileError
    from net119_protocol.profile.model import Profile


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
            ja="付属のものに加える、プロファイル（*.toml）のあるフォルダー。"
            "同じ消防本部のものは、こちらが優先です。",
            en="Folder with profiles (*.toml) besides those that come with the testbed; of one "
            "department, the folder's counts.",
        ),
    )
    json_option = typer.Option(
        "--json", help=text(ja="JSON で出力します。", en="Print JSON, for programs.")
    )

    @profiles.command(
        help=text(
            ja="プロファイルを検査し、誤りと、確かめたほうがよいところを示します。"
            "終了状態は 0 が誤りなし、2 が誤りありです。",
            en="Check profiles and show what is wrong, and what is doubtful. Exit status 0 if "
            "nothing is wrong, else 2.",
        )
    )
    def check(
        folder: Annotated[Path | None, typer.Argument(show_default=False)] = None,
        strict: Annotated[
            bool,
            typer.Option(
                "--strict",
                help=text(
                    ja="確かめたほうがよいところも、誤りとします。",
                    en="Take what is doubtful for wrong.",
                ),
            ),
        ] = False,
    ) -> int:
        return _check(folder, strict)

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
            print(*shown(profile), sep="\n")
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
            print(json.dumps(document(one, other, comparison), ensure_ascii=False, indent=2))
        else:
            print_lines(compared(one, other, comparison))
        return 0


def _load(folder: Path | None) -> "Mapping[str, Profile]":
    """The packaged profiles, and over them those of a folder."""
    from net119_protocol.profile.load import ProfileError, load_profiles

    try:
        found = load_profiles()
        return dict(sorted({**found, **load_profiles(folder)}.items())) if folder else found
    except ProfileError as wrong:
        raise _explained(wrong, folder) from None


def _tongue() -> "Tongue":
    return "ja" if current_language() is Language.JA else "en"


def _explained(wrong: "ProfileError", folder: Path | None) -> UserError:
    lines = wrong.lines(_tongue())
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


def _check(folder: Path | None, strict: bool) -> int:
    from net119_protocol.directory import load_directory, load_municipalities
    from net119_protocol.profile.load import ProfileError
    from net119_protocol.profile.review import review_profiles

    known = load_municipalities()
    departments = {row.code for row in load_directory(known).content.departments}
    found = review_profiles(folder, known, departments)
    faults = found.faults + (found.doubts if strict else ())
    doubts = () if strict else found.doubts
    for doubt in doubts:
        print(f"{text(ja='注意', en='doubtful')}  {doubt.line(_tongue())}")
    if faults:
        raise _explained(ProfileError(faults), folder)
    if not found.profiles:
        raise UserError(
            text(ja="プロファイルが一つもありません", en="there is no profile"),
            str(folder),
            text(ja="*.toml を置いてください", en="put *.toml files there"),
        )
    for profile in found.profiles.values():
        items = len(profile.required), len(profile.optional)
        print(
            text(
                ja=f"よし  {profile.department}  {profile.name.ja}"
                f"（必須 {items[0]} 項目、任意 {items[1]} 項目）",
                en=f"ok  {profile.department}  {profile.name.en} "
                f"({items[0]} items required, {items[1]} optional)",
            )
        )
    count = len(found.profiles)
    if doubts:
        print(
            text(
                ja=f"{count} 件に誤りはありません。確かめたほうがよいところ: {len(doubts)} 件",
                en=f"Nothing is wrong in {count}; see to what is doubtful: {len(doubts)}",
            )
        )
    else:
        print(text(ja=f"{count} 件とも正しい形です。", en=f"All {count} are right."))
    return 0
