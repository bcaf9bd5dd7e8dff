"""`net119 interop`: do systems work together? Every ordered pair, as a matrix."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from net119_cli.language import current_language, text

if TYPE_CHECKING:
    from net119_conformance.interop.members import Source


def register(app: typer.Typer) -> None:
    """Add the command to `app`."""

    @app.command(
        help=text(
            ja="いくつかのシステムを互いにつなぎ、送る側と受ける側のすべての組み合わせを判定して、"
            "結果表 (HTML・JSON・JUnit) を書き出します。うまくいかない所は、双方の電文から、"
            "どちらの側の原因かを示します。終了状態は net119 conformance run と同じです。",
            en="Connect several systems, judge every pair of them both ways, and write a matrix "
            "(HTML, JSON, JUnit). Where something fails, the messages between the two tell whose "
            "fault it is. Exit status as of net119 conformance run.",
        )
    )
    def interop(
        sut: Annotated[
            list[Path] | None,
            typer.Option(
                metavar="FILE",
                show_default=False,
                help=text(
                    ja="稼働中のシステムのプロファイル (TOML)。繰り返し指定できます。",
                    en="Profile (TOML) of a system that runs already; may be repeated.",
                ),
            ),
        ] = None,
        images: Annotated[
            list[str] | None,
            typer.Option(
                metavar="NAME,...",
                show_default=False,
                help=text(
                    ja="コンテナーイメージ (コンマ区切り)。起動して加え、終わったら取り除きます "
                    "(docs/containers.ja.md)。",
                    en="Container images, separated by commas, which are started and removed "
                    "(docs/containers.md).",
                ),
            ),
        ] = None,
        reference: Annotated[
            list[str] | None,
            typer.Option(
                metavar="CODE",
                show_default=False,
                help=text(
                    ja="参照実装を、この事業者コードで起動して加えます。繰り返し指定できます。",
                    en="Start the reference as the operator of this code, as one more system; may "
                    "be repeated.",
                ),
            ),
        ] = None,
        simulated: Annotated[
            list[str] | None,
            typer.Option(
                metavar="NAME",
                show_default=False,
                help=text(
                    ja="試験側が演じる相手を加えます: good (正しい相手)、または不具合のある相手 "
                    "silence、late、lost-lines、no-receipts、never-closes、forgetful、stays-away、"
                    "spoofed-via。"
                    "繰り返し指定できます。",
                    en="Add a partner that the suite plays: good, or one with a defect: silence, "
                    "late, lost-lines, no-receipts, never-closes, forgetful, stays-away, "
                    "spoofed-via; may be repeated.",
                ),
            ),
        ] = None,
        only: Annotated[
            list[str] | None,
            typer.Option(
                metavar="ID",
                show_default=False,
                help=text(
                    ja="この試験だけを実行します (例: PAIR-ROUTE、PAIR-*)。繰り返し指定できます。",
                    en="Run only these purposes (such as PAIR-ROUTE or PAIR-*); may be repeated.",
                ),
            ),
        ] = None,
        strict: Annotated[
            bool,
            typer.Option(
                "--strict",
                help=text(ja="「注意」も不適合として扱います。", en="Warnings fail, too."),
            ),
        ] = False,
        out: Annotated[
            Path,
            typer.Option(
                metavar="DIR",
                help=text(ja="結果表を書き出すフォルダー。", en="Folder for the matrix."),
            ),
        ] = Path("build/interop"),
    ) -> int:
        from net119_conformance.interop.run import Options, run
        from rich.console import Console

        options = Options(
            sources=_sources(
                sut or [],
                [name for each in images or () for name in each.split(",") if name],
                reference or [],
                simulated or [],
                out,
            ),
            only=tuple(only or ()),
            strict=strict,
            lang=current_language().value,
            out=out,
        )
        return run(options, Console())


def _sources(
    profiles: list[Path],
    images: list[str],
    references: list[str],
    simulated: list[str],
    out: Path,
) -> "list[Source]":
    from net119_conformance.interop.contained import contained
    from net119_conformance.interop.members import Played, Standing
    from net119_conformance.interop.reference import Reference
    from net119_conformance.sut.reading import read_profile

    return [
        *(Standing(read_profile(file), file) for file in profiles),
        *(contained(images, out.absolute()) if images else ()),
        *(Reference(code) for code in references),
        *(Played(name) for name in simulated),
    ]
