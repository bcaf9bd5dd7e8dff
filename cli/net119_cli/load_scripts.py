"""What callers and dispatchers say under load: the words of the scenario library."""

from typing import TYPE_CHECKING, Any

import typer

from net119_cli.language import text

if TYPE_CHECKING:
    from net119_loadtests.scripts import Script


def greeting_option() -> Any:
    """``--greeting``."""
    return typer.Option(
        metavar="TEXT",
        show_default=False,
        help=text(
            ja="試験対象が指令員の名で自動的に送る行の全文。この行は、誰も書いていない行とは"
            "みなしません。繰り返し指定できます。",
            en="Whole text of a line that the system sends by itself in the dispatcher's name, so "
            "that it is not taken for one that nobody wrote. May be repeated.",
        ),
    )


def library_scripts() -> "tuple[Script, ...]":
    """One script for each caller of the library who speaks with a dispatcher, in order of names.

    Words that several callers share are those of each; what a dispatcher asks with answers to tap
    is asked as plain text.
    """
    from net119_loadtests.scripts import Script
    from net119_scenarios.acted import library
    from net119_scenarios.acted.deeds import Say

    scripts = []
    for name in library.names():
        scenario = library.load(name)
        said = [step for step in scenario.timeline if isinstance(step, Say) and step.actor]
        roles = {actor: cast.role for actor, cast in scenario.actors.items()}
        asked = tuple(step.text for step in said if roles[str(step.actor)] == "dispatcher")
        for actor, role in roles.items():
            told = tuple(step.text for step in said if step.actor == actor)
            if role == "caller" and told and asked:
                scripts.append(Script(name=f"{name}/{actor}", caller=told, dispatcher=asked))
    return tuple(scripts)
