"""`net119 load registrations`: many people register by mail and pages while mail fails."""

from pathlib import Path
from typing import Annotated

import typer

from net119_cli.language import current_language, text


def register_registrations(group: typer.Typer) -> None:
    """Add the command to the group `load`."""

    @group.command(
        "registrations",
        help=text(
            ja="多数の人が、空メールから通報ページまでの登録を、本物のメールとページで行います。"
            "職員もページで審査します。その間に、送信先のメールサーバーを止めて再起動します。"
            "欠けたメール・重複したメール・ログインできない人を調べ、段階ごとの時間と"
            "1 秒あたりの登録数を表示し、registrations.json を書き出します。終了状態: "
            "0 しきい値をすべて満たした、1 そうでない、2 指定や準備の誤り、130 中断。",
            en="Many people register, from the empty mail to the personal call page, through real "
            "mail and pages; staff approve at the pages. Meanwhile the outgoing mail server dies "
            "and comes back. Checks for lost and doubled mails and for people who cannot log in, "
            "shows the time of each stage and the registrations per second, and writes "
            "registrations.json. Exit status: 0 all thresholds held; 1 not so; 2 wrong options or "
            "set-up; 130 interrupted.",
        ),
    )
    def registrations(
        people: Annotated[
            int,
            typer.Option(
                min=1, max=20_000, help=text(ja="登録する人数。", en="How many register.")
            ),
        ] = 1000,
        at_once: Annotated[
            int,
            typer.Option(
                min=1,
                max=1000,
                help=text(
                    ja="同時に申請の手続きをする人数（審査を待つ人は含みません）。",
                    en="How many apply at the same time, not counting those who wait for staff.",
                ),
            ),
        ] = 30,
        staff: Annotated[
            int,
            typer.Option(
                min=1,
                max=20,
                help=text(ja="消防本部ごとの審査担当者数。", en="Reviewers of each department."),
            ),
        ] = 2,
        mail_outages: Annotated[
            int,
            typer.Option(
                min=0,
                max=20,
                help=text(
                    ja="送信先のメールサーバーが、メールの受け取りの途中で止まる回数。",
                    en="How often the outgoing mail server dies in the middle of a mail.",
                ),
            ),
        ] = 2,
        outage: Annotated[
            str,
            typer.Option(
                metavar="TIME",
                help=text(ja="1 回の停止の長さ。", en="How long it stays away each time."),
            ),
        ] = "5s",
        seed: Annotated[
            int,
            typer.Option(
                min=0,
                help=text(
                    ja="登録者を決める 0 以上の数。同じ数なら同じ人々になります。",
                    en="Number, 0 or more, that decides the people; the same gives the same again.",
                ),
            ),
        ] = 1,
        thresholds: Annotated[
            Path | None,
            typer.Option(
                metavar="FILE",
                show_default=False,
                help=text(
                    ja="しきい値のファイル (TOML)。なければ付属のもの。",
                    en="File of thresholds (TOML); by default the package's own.",
                ),
            ),
        ] = None,
        debug_log: Annotated[
            bool,
            typer.Option(
                "--debug-log",
                help=text(
                    ja="事業者に詳細なログを書かせます（遅くなります）。",
                    en="Have the provider log at debug level (slower).",
                ),
            ),
        ] = False,
        out: Annotated[
            Path,
            typer.Option(
                metavar="DIR",
                help=text(ja="報告書を書き出すフォルダー。", en="Folder for the report."),
            ),
        ] = Path("build/load"),
    ) -> int:
        from net119_loadtests.registrations import run as running
        from rich.console import Console

        from net119_cli.load_times import seconds

        options = running.Options(
            people=people,
            at_once=at_once,
            staff=staff,
            mail_outages=mail_outages,
            outage_s=seconds(outage, "--outage"),
            seed=seed,
            thresholds=thresholds,
            out=out,
            lang="ja" if current_language().value == "ja" else "en",
            log_level="debug" if debug_log else "info",
        )
        return running.run(options, Console())
