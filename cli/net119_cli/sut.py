"""`net119 sut init|check|prepare`: describe a system to be judged, reach it, hand it its world."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from net119_cli import sut_init
from net119_cli.language import current_language, text

if TYPE_CHECKING:
    from net119_conformance.catalogue import Lang
    from net119_conformance.sut.findings import Finding
    from net119_conformance.sut.profile import SutProfile
    from rich.console import Console


def register(app: typer.Typer) -> None:
    """Add the group of commands to `app`."""
    group = typer.Typer(
        no_args_is_help=True,
        help=text(
            ja="試験対象のプロファイルを作り、接続を確かめ、読み込ませるものを準備します。",
            en="Describe a system to be judged, see whether it answers, prepare what it loads.",
        ),
    )
    sut_init.register(group)
    _register_prepare(group)
    _register_check(group)
    app.add_typer(group, name="sut")


def _register_prepare(group: typer.Typer) -> None:
    @group.command(
        help=text(
            ja="試験対象に読み込ませるもの (管轄表、模擬事業者、認証局と証明書、登録者など) を"
            "書き出します。判定の前に一度、プロファイルを変えたらもう一度実行してください。",
            en="Write what the system has to load: directory, simulated peers, authority and "
            "certificates, registrants. Once before judging, and again after a change of the "
            "profile.",
        )
    )
    def prepare(
        sut: Annotated[
            Path,
            typer.Option(
                "--sut",
                metavar="FILE",
                help=text(ja="試験対象のプロファイル (TOML)。", en="Profile of the system (TOML)."),
            ),
        ],
        out: Annotated[
            Path | None,
            typer.Option(
                metavar="DIR",
                show_default=False,
                help=text(
                    ja="書き出すフォルダー。既定はプロファイルの world.folder "
                    "(判定もそこを読みます)。",
                    en="Folder to write; by default world.folder of the profile, where a run "
                    "reads it.",
                ),
            ),
        ] = None,
    ) -> int:
        from net119_conformance import runner
        from net119_conformance.drivers.interface import Verb
        from net119_conformance.sut.preparing import prepare as write
        from net119_conformance.sut.reading import read_profile
        from net119_conformance.sut.verbs import asked_verbs, registers_people
        from net119_conformance.world.prepared import read_folder
        from rich.console import Console

        profile = read_profile(sut)
        folder = out if out is not None else read_folder(profile)
        purposes = runner.selected_purposes(modules=runner.ALL_PURPOSES)
        verbs, unasked = asyncio.run(asked_verbs(profile))
        made = write(profile, purposes, folder, with_people=not registers_people(profile, verbs))
        console = Console(soft_wrap=True)
        if unasked is not None and Verb.STAFF in verbs:
            console.print(_not_asked(), markup=False, highlight=False)
        peers = sum(estate.peer is not None for estate in made.estates.values())
        console.print(
            text(
                ja=f"{folder} に書き出しました: 試験 {len(made.estates)} 件分の消防本部、"
                f"模擬事業者 {peers}、登録者 {len(made.people)}。"
                "README.md に読み込ませ方があります。",
                en=f"Wrote {folder}: departments for {len(made.estates)} tests, {peers} simulated "
                f"peers, {len(made.people)} registrants. Its README.md says what to load.",
            ),
            markup=False,
            highlight=False,
        )
        if folder.absolute() != read_folder(profile):
            console.print(
                text(
                    ja=f'判定の前に、プロファイルの [world] に folder = "{folder}" と'
                    "書いてください。",
                    en=f'Before judging write folder = "{folder}" into [world] of the profile.',
                ),
                markup=False,
            )
        return 0


def _not_asked() -> str:
    return text(
        ja="フックはまだ応答しないため、登録 (register) に対応しているものとして準備します。"
        "対応していなければ、フックを動かしてからもう一度実行してください "
        "(net119 sut check でも分かります)。",
        en="The hook does not answer yet, so it is taken to register people (request `register`). "
        "If it does not, run this again while the hook runs; net119 sut check tells, too.",
    )


def _register_check(group: typer.Typer) -> None:
    @group.command(
        help=text(
            ja="プロファイルを検査し、試験対象に接続して、名前・TCP・TLS・HTTP・STOMP・メール・"
            "ドライバーのどこが応答しないかと、どうすればよいかを表示します。"
            "終了状態: 0 すべて応答、1 応答しないものあり、2 プロファイルの誤り。",
            en="Look the profile through, connect, and say what does not answer (name, TCP, TLS, "
            "HTTP, STOMP, mail, driver) and what to do. Exit status: 0 all answers; 1 something "
            "does not; 2 the profile is wrong.",
        )
    )
    def check(
        sut: Annotated[
            Path,
            typer.Option(
                "--sut",
                metavar="FILE",
                help=text(ja="試験対象のプロファイル (TOML)。", en="Profile of the system (TOML)."),
            ),
        ],
    ) -> int:
        from net119_conformance.sut.reading import read_profile
        from rich.console import Console

        return asyncio.run(_check(read_profile(sut), Console(soft_wrap=True)))


async def _check(profile: "SutProfile", console: "Console") -> int:
    from net119_conformance.sut.checking import check

    failed = 0
    async for finding in check(profile):
        failed += not finding.ok
        _show(finding, console)
    if failed:
        said = text(ja=f"応答しないものが {failed} 件あります。", en=f"{failed} did not answer.")
        console.print(said, style="bold red")
        return 1
    said = text(
        ja="すべて応答しました。net119 conformance run --sut で判定できます。",
        en="Everything answers. Judge it with net119 conformance run --sut.",
    )
    console.print(said, style="bold green")
    return 0


def _show(finding: "Finding", console: "Console") -> None:
    lang: Lang = current_language().value
    mark = "○" if finding.ok else "×"
    seen = finding.seen.get(lang)
    console.print(
        f"{mark} {finding.layer.value:<5} {finding.place}  {seen}", markup=False, highlight=False
    )
    if finding.remedy is not None:
        console.print(
            f"    → {finding.remedy.get(lang)} [{finding.key}]", markup=False, highlight=False
        )
