"""`net119 conformance coverage`: which requirement is judged by what, and what proves that."""

import importlib
import sys
from pathlib import Path
from typing import Annotated

import typer

from net119_cli.language import current_language, text

ROOT = Path(__file__).resolve().parents[2]
"""The checkout, if this is one."""


def register_coverage(group: typer.Typer) -> None:
    """Add the command to the group `net119 conformance`."""

    @group.command(
        help=text(
            ja="要求ごとに、判定する試験と、その試験が見破る変異体 "
            "(システムに欠陥を一つ入れたもの) の数を表示します。終了状態: 0 不足なし、1 不足あり。",
            en="Show for each requirement the tests that judge it, and how many mutants (a system "
            "with one defect) each of them notices. Exit status: 0 no gaps, 1 gaps.",
        )
    )
    def coverage(
        gaps: Annotated[
            bool,
            typer.Option(
                "--gaps",
                help=text(ja="表を省き、不足だけを表示します。", en="Only the gaps, no table."),
            ),
        ] = False,
        json: Annotated[
            bool,
            typer.Option("--json", help=text(ja="JSON で出力します。", en="Print JSON.")),
        ] = False,
    ) -> int:
        from net119_conformance import coverage as covering
        from net119_conformance.runner import ALL_PURPOSES, load_suite
        from rich.console import Console

        purposes, catalogue, statuses = load_suite(ALL_PURPOSES)
        found = covering.cover(catalogue, statuses, purposes, kills(ROOT))
        if json:
            typer.echo(found.to_json())
        else:
            covering.show(found, Console(), current_language().value, gaps_only=gaps)
        return 1 if found.gaps() else 0


def kills(root: Path) -> dict[str, list[str]] | None:
    """By mutant of a checkout the purposes that it fails; None where ``root`` is no checkout.

    Mutants patch the reference, so they are of the repository and in no package. Those of the
    probes of claims are systems that have what they deny.
    """
    if not (root / "tests" / "mutants" / "registry.py").is_file():
        return None
    if str(root) not in sys.path:
        sys.path.insert(0, str(root))
    registry = importlib.import_module("tests.mutants.registry")
    lies = importlib.import_module("tests.conformance.foreign.lies").LIES
    mutants = {name: list(one.kills) for name, one in registry.load_mutants().items()}
    return mutants | {f"claims/{name}": list(one.kills) for name, one in lies.items()}
