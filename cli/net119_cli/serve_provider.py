"""The one provider of a settings file, as one process or as several."""

from pathlib import Path
from typing import Annotated, TypeAlias

import typer

from net119_cli.errors import UserError
from net119_cli.language import text

Relays: TypeAlias = Annotated[
    int | None,
    typer.Option(
        metavar="N",
        min=1,
        max=64,
        show_default=False,
        help=text(
            ja="--config の事業者を、事務のプロセス 1 つと、端末や指令台の接続を受け持つ"
            "プロセス N 個に分けて動かします。設定 database.url に PostgreSQL の指定が"
            "必要です。",
            en="Run the provider of --config as one office process and N processes that "
            "hold the connections of handsets and consoles. Needs PostgreSQL in the "
            "setting database.url.",
        ),
    ),
]


def serve_provider(config: Path, relays: int | None) -> int:
    """Run the provider of a settings file until it is told to stop."""
    from net119_reference.app import run_provider
    from net119_reference.config import load_config

    settings = load_config(config)
    if relays is None:
        return run_provider(settings)
    from net119_reference.several.supervisor import run_several

    return run_several(settings, relays)


def refuse_relays(relays: int | None) -> None:
    """UserError if relays are asked for without a provider's settings."""
    if relays is not None:
        raise UserError(
            text(
                ja="--relays は --config の事業者にだけ使えます",
                en="--relays is for the provider of --config only",
            ),
            "--relays",
            text(
                ja="--config FILE も指定するか、--relays を外してください",
                en="Give --config FILE as well, or leave --relays out",
            ),
        )
