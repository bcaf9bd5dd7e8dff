"""`net119 conformance run|list|explain|...`: judge a system, see what is judged, and why."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from net119_cli.conformance_coverage import register_coverage
from net119_cli.conformance_files import register_files
from net119_cli.conformance_review import register_review
from net119_cli.language import current_language, text


class OrderChoice(StrEnum):
    """The orders of a run."""

    RANDOM = "random"
    LISTED = "listed"


class DriverChoice(StrEnum):
    """The suite's drivers, whose own list is not loaded for a page of help."""

    API = "api"
    PAGES = "pages"


def register(app: typer.Typer) -> None:
    """Add the group of commands to `app`."""
    group = typer.Typer(
        no_args_is_help=True,
        help=text(
            ja="NET119 システムが要件に合っているかを判定します。",
            en="Judge whether a NET119 system meets the requirements.",
        ),
    )
    _register_run(group)
    _register_list(group)
    _register_explain(group)
    register_coverage(group)
    register_files(group)
    register_review(group)
    app.add_typer(group, name="conformance")


def _register_run(group: typer.Typer) -> None:
    @group.command(
        help=text(
            ja="参照実装の事業者を二つ起動して (--sut か --image があれば、その試験対象に"
            "対して) 試験を実行し、結果の表を表示して報告書 (JSON・JUnit・HTML) を書き出します。"
            "終了状態: 0 適合、1 不適合または確認できず、2 指定や準備の誤り、130 中断。",
            en="Start two reference providers (or take the system of --sut or --image), run the "
            "tests against them, print the results and write a report (JSON, JUnit, HTML). Exit "
            "status: 0 conforms; 1 does not, or is not shown to; 2 wrong options or set-up; "
            "130 interrupted.",
        )
    )
    def run(
        workers: Annotated[
            int | None,
            typer.Option(
                "--workers",
                "-n",
                min=1,
                show_default=False,
                help=text(
                    ja="試験を進めるプロセスの数。既定は CPU 数 (最大 4)。",
                    en="How many processes run tests; by default the processors, at most 4.",
                ),
            ),
        ] = None,
        hands: Annotated[
            int | None,
            typer.Option(
                min=1,
                show_default=False,
                help=text(
                    ja="プロセス一つが同時に進める試験の数。既定は 4 までで、全体で 8 になるように"
                    "分けます。-n 1 のときは 1。",
                    en="How many tests each process has in hand at once; by default 4 at most, so "
                    "that all have 8, and 1 with -n 1.",
                ),
            ),
        ] = None,
        only: Annotated[
            list[str] | None,
            typer.Option(
                metavar="ID",
                show_default=False,
                help=text(
                    ja="この試験だけを実行します。試験 ID、そのパターン (CHAT-*)、"
                    "または要求 ID。繰り返し指定できます。",
                    en="Run only these: a test purpose, a pattern (CHAT-*) or a requirement ID; "
                    "may be repeated.",
                ),
            ),
        ] = None,
        interface: Annotated[
            str,
            typer.Option(
                metavar="LETTERS",
                show_default=False,
                help=text(
                    ja="この接点に触れる試験だけを実行します (例: AB)。",
                    en="Run only tests that touch one of these interfaces (such as AB).",
                ),
            ),
        ] = "",
        driver: Annotated[
            DriverChoice,
            typer.Option(
                help=text(
                    ja="試験対象の操作のしかた。api はプログラム用の接点で操作します。"
                    "pages は、申請者・登録者・職員の画面があるところでは画面で操作します。",
                    en="How the system is operated: through its API, or, where applicants, "
                    "registrants and staff have pages, at the pages.",
                ),
            ),
        ] = DriverChoice.API,
        mapping: Annotated[
            str,
            typer.Option(
                metavar="NAME",
                help=text(
                    ja="事業者間の電文の書き方。導入済みの名前、または package.module:object。",
                    en="How messages between providers are written: an installed name, or "
                    "package.module:object.",
                ),
            ),
        ] = "profile",
        sut: Annotated[
            Path | None,
            typer.Option(
                metavar="FILE",
                show_default=False,
                help=text(
                    ja="試験対象のプロファイル (TOML)。稼働中のその試験対象を判定します "
                    "(作り方: net119 sut init)。表 \\[capacity] だけのファイルは、"
                    "起動する参照実装の収容能力の申告です。",
                    en="Profile of the system to judge (TOML), which runs already; have "
                    "net119 sut init write one. A file with the table \\[capacity] alone says what "
                    "is claimed for the reference providers that are started.",
                ),
            ),
        ] = None,
        image: Annotated[
            str,
            typer.Option(
                metavar="NAME",
                show_default=False,
                help=text(
                    ja="試験対象のコンテナーイメージ。起動して判定し、終わったら取り除きます "
                    "(イメージの決まり: docs/containers.ja.md)。",
                    en="Container image of the system to judge, which is started, judged and "
                    "removed; docs/containers.md says what an image has to do.",
                ),
            ),
        ] = "",
        baseline: Annotated[
            Path | None,
            typer.Option(
                metavar="FILE",
                show_default=False,
                help=text(
                    ja="既知の不適合の一覧 (TOML)。載っている不適合は終了状態に数えません。"
                    "実際と合わなくなった行があれば不適合として扱います。",
                    en="File of known failures (TOML). They do not count for the exit status; a "
                    "line that is out of date does.",
                ),
            ),
        ] = None,
        order: Annotated[
            OrderChoice,
            typer.Option(
                help=text(
                    ja="実行順。既定はランダムで、シードが表示されます。listed は一覧の順です。",
                    en="Order of the tests: random, with the seed printed, or as listed.",
                ),
            ),
        ] = OrderChoice.RANDOM,
        seed: Annotated[
            int | None,
            typer.Option(
                metavar="N",
                min=0,
                show_default=False,
                help=text(
                    ja="このシードを表示した実行と同じ順にします。",
                    en="Repeat the order of the run that printed this seed.",
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
        require_browser: Annotated[
            bool,
            typer.Option(
                "--require-browser",
                help=text(
                    ja="ブラウザーがないために判定できない試験があれば、不適合として扱います。",
                    en="Fail where tests cannot be judged for lack of a browser.",
                ),
            ),
        ] = False,
        out: Annotated[
            Path,
            typer.Option(
                metavar="DIR",
                help=text(ja="報告書を書き出すフォルダー。", en="Folder for the report."),
            ),
        ] = Path("build/conformance"),
    ) -> int:
        from net119_conformance import runner
        from net119_conformance.baseline import NO_BASELINE, read_baseline
        from net119_conformance.order import Order
        from net119_conformance.workers import default_hands, default_workers
        from rich.console import Console

        from net119_cli.conformance_sut import by_hand, chosen_environment, people_at

        console = Console()
        chosen = tuple(only or ()), interface.upper()
        environment, modules, claimed = chosen_environment(
            sut,
            *chosen,
            image=image,
            out=out,
            driver=driver,
            mapping=mapping,
            require_browser=require_browser,
            people=people_at(console),
        )
        options = runner.Options(
            environment=environment,
            purposes=modules,
            only=chosen[0],
            interfaces=chosen[1],
            workers=workers if workers is not None else default_workers(),
            hands=hands if hands is not None else default_hands(workers),
            strict=strict,
            baseline=NO_BASELINE
            if baseline is None
            else read_baseline(baseline, runner.load_suite(modules)[0]),
            claimed=claimed,
            lang=current_language().value,
            out=out,
            order=Order.chosen(order, seed),
            live=not by_hand(sut),
        )
        return runner.run(options, console)


def _register_list(group: typer.Typer) -> None:
    @group.command(
        "list",
        help=text(
            ja="試験の一覧を、判定する要求とともに表示します。",
            en="List the tests with the requirements they judge.",
        ),
    )
    def list_command(
        only: Annotated[
            list[str] | None,
            typer.Option(
                metavar="ID",
                show_default=False,
                help=text(
                    ja="試験 ID、そのパターン、または要求 ID。",
                    en="A test purpose, a pattern or a requirement ID.",
                ),
            ),
        ] = None,
        interface: Annotated[
            str,
            typer.Option(
                metavar="LETTERS",
                show_default=False,
                help=text(
                    ja="この接点に触れる試験だけ (例: AB)。",
                    en="Only tests that touch one of these interfaces (such as AB).",
                ),
            ),
        ] = "",
    ) -> None:
        from net119_conformance.explain import list_purposes
        from rich.console import Console

        list_purposes(
            Console(),
            current_language().value,
            only=tuple(only or ()),
            interfaces=interface.upper(),
        )


def _register_explain(group: typer.Typer) -> None:
    @group.command(
        help=text(
            ja="試験が何を与え、何を期待し、なぜそうなのかを、要求の文とともに表示します。"
            "要求 ID を指定すると、その内容と、判定する試験を表示します。",
            en="Say what a test stimulates, expects and why, with the text of its requirements; "
            "for a requirement ID, what it asks and which tests judge it.",
        )
    )
    def explain(
        name: Annotated[
            str,
            typer.Argument(
                metavar="ID",
                help=text(ja="試験 ID または要求 ID。", en="A test purpose or a requirement."),
            ),
        ],
    ) -> None:
        from net119_conformance import explain as explaining
        from rich.console import Console

        explaining.explain(name, Console(), current_language().value)
