"""`net119 load`: measure and check under load."""

import typer

from net119_cli.language import text
from net119_cli.load_compare import register_compare
from net119_cli.load_registrations import register_registrations
from net119_cli.load_run import register_run


def register(app: typer.Typer) -> None:
    """Add the group of commands to `app`."""
    group = typer.Typer(
        no_args_is_help=True,
        help=text(ja="負荷をかけて測定・検査します。", en="Measure and check under load."),
    )
    register_run(group)
    register_compare(group)
    register_registrations(group)
    app.add_typer(group, name="load")
