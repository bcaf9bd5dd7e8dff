"""`net119 scenario`: the library of scenarios, and acting one out on this machine."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from net119_cli.errors import UserError
from net119_cli.language import current_language, text

if TYPE_CHECKING:
    from net119_protocol.labels import Language
    from net119_scenarios.acted.model import Scenario


def register(app: typer.Typer) -> None:
    """Add the commands to `app`."""
    scenario = typer.Typer(
        no_args_is_help=True,
        help=text(
            ja="シナリオ（だれがどこで何をし、何が成り立つべきか）を一覧・確認・実演します。",
            en="List, check and act out scenarios: who is where, who does what, what must hold.",
        ),
    )
    app.add_typer(scenario, name="scenario")

    @scenario.command(
        "list", help=text(ja="用意されたシナリオの一覧。", en="List the scenarios that come along.")
    )
    def list_() -> int:
        from net119_scenarios.acted import library

        language = _language()
        for name in library.names():
            print(f"{name:<34} {library.load(name).title.of(language)}")
        return 0

    @scenario.command(
        help=text(ja="シナリオのファイルを表示します。", en="Print the file of a scenario.")
    )
    def show(name: Annotated[str, typer.Argument(metavar="NAME", show_default=False)]) -> int:
        from net119_scenarios.acted import library

        if name not in library.names():
            raise _unknown(name)
        print(library.text_of(name), end="")
        return 0

    @scenario.command(
        help=text(
            ja="シナリオのファイルを調べ、誤りがあれば行と桁を示します。\n\n"
            "終了状態: 0 誤りなし、1 誤りあり。",
            en="Check the file of a scenario; errors are shown with line and column.\n\n"
            "Exit status: 0 nothing is wrong; 1 something is.",
        )
    )
    def check(
        file: Annotated[str, typer.Argument(metavar="NAME|FILE", show_default=False)],
    ) -> int:
        from net119_scenarios.acted import library
        from net119_scenarios.acted.reading import read_file
        from net119_scenarios.acted.source import ScenarioError

        try:
            found = library.load(file) if file in library.names() else read_file(Path(file))
        except ScenarioError as wrong:
            print(*(each.shown(_language()) for each in wrong.problems), sep="\n")
            return 1
        print(
            text(ja="誤りはありません", en="nothing is wrong"), f"({found.title.of(_language())})"
        )
        return 0

    @scenario.command(
        help=text(
            ja="シナリオを実演し、経過を表示して判定します。事業者のシステムはこの機器の中だけで"
            "起動し、終わると止めます。通報はすべて訓練などの扱いです。\n\n"
            "例: net119 scenario run traveller-falls-ill --html timeline.html\n\n"
            "終了状態: 0 すべて成り立った、1 成り立たないことがある、2 指定の誤り、3 --against の"
            "システムでは演じられない、130 中断。",
            en="Act a scenario out, tell what happens, and judge it. The providers are started on "
            "this machine and stopped at the end; no call is a real one.\n\n"
            "Example: net119 scenario run traveller-falls-ill --html timeline.html\n\n"
            "Exit status: 0 everything held; 1 something did not; 2 wrong options; "
            "3 not applicable to the system of --against; 130 interrupted.",
        )
    )
    def run(
        which: Annotated[
            str,
            typer.Argument(
                metavar="NAME|FILE",
                show_default=False,
                help=text(
                    ja="net119 scenario list の名前か、.yaml のファイル。",
                    en="A name of `net119 scenario list`, or a .yaml file.",
                ),
            ),
        ],
        html: Annotated[
            Path | None,
            typer.Option(
                metavar="OUT",
                show_default=False,
                help=text(
                    ja="経過と判定を一つのHTMLファイルに書きます。",
                    en="Write timeline and verdict into one HTML file.",
                ),
            ),
        ] = None,
        pace: Annotated[
            float,
            typer.Option(
                min=0.0,
                max=1.0,
                help=text(
                    ja="時刻（at）の守り方: 1 で実時間、0 で順序だけ守って最速。",
                    en="How the times (`at`) are kept: 1 in real time, 0 the order only.",
                ),
            ),
        ] = 0.0,
        against: Annotated[
            Path | None,
            typer.Option(
                metavar="FILE",
                show_default=False,
                help=text(
                    ja="動いているシステムを記した TOML ファイル（docs/scenarios.md）。"
                    "そのシステムでは演じられないシナリオは、理由を示して 3 で終わります。",
                    en="TOML file that describes a running system (docs/scenarios.md). A scenario "
                    "that it cannot be tried by ends with 3 and the reasons.",
                ),
            ),
        ] = None,
    ) -> int:
        from net119_cli.scenario_running import perform

        return perform(_read(which), _language(), html, pace, against)


def _language() -> "Language":
    return "ja" if current_language().value == "ja" else "en"


def _read(which: str) -> "Scenario":
    """The scenario of a name or a file; UserError with all problems."""
    from net119_scenarios.acted import library
    from net119_scenarios.acted.reading import read_file
    from net119_scenarios.acted.source import ScenarioError

    if which in library.names():
        return library.load(which)
    if not which.endswith((".yaml", ".yml")):
        raise _unknown(which)
    try:
        return read_file(Path(which))
    except ScenarioError as wrong:
        raise UserError(
            "\n  ".join(
                (
                    text(ja="シナリオに誤りがあります", en="the scenario is wrong"),
                    *(each.shown(_language()) for each in wrong.problems),
                )
            ),
            which,
            text(ja="直してから、もう一度実行してください", en="mend the file and try again"),
        ) from None


def _unknown(name: str) -> UserError:
    from net119_scenarios.acted import library
    from net119_scenarios.acted.source import near

    return UserError(
        text(ja=f"そのようなシナリオはありません: {name}", en=f"no such scenario: {name}"),
        "NAME",
        near(name, library.names()).of(_language()),
    )
