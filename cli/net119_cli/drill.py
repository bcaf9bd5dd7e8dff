"""`net119 drill`: what a department needs to rehearse."""

import typer

from net119_cli import drill_files, drill_report, drill_run, drill_serve, drill_show
from net119_cli.language import text

# Modules with `register(drill)`, in the order of the help page.
PARTS = (drill_files, drill_show, drill_run, drill_report, drill_serve)


def register(app: typer.Typer) -> None:
    """Add the commands to `app`."""
    drill = typer.Typer(
        no_args_is_help=True,
        help=text(
            ja="消防本部の訓練（シナリオを人が演じ、あとで振り返る）を用意し、進めます。",
            en="Prepare and lead drills of a department: people play a scenario and look back.",
        ),
    )
    app.add_typer(drill, name="drill")
    for part in PARTS:
        part.register(drill)
