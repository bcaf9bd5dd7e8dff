"""`net119 load`: `run`, many callers and dispatchers at once, every message checked."""

import re
from pathlib import Path
from typing import Annotated

import typer

from net119_cli.errors import UserError
from net119_cli.language import current_language, text
from net119_cli.load_registrations import register_registrations

_DURATION = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h)?")
_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, None: 1.0}


def register(app: typer.Typer) -> None:
    """Add the group of commands to `app`."""
    group = typer.Typer(
        no_args_is_help=True,
        help=text(ja="負荷をかけて測定・検査します。", en="Measure and check under load."),
    )
    _register_run(group)
    register_registrations(group)
    app.add_typer(group, name="load")


def _register_run(group: typer.Typer) -> None:
    @group.command(
        help=text(
            ja="多数の通報者と指令員が同時にチャットし、全メッセージについて欠落・順序・重複を"
            "検査します。--url がなければ参照実装を起動します。結果の表を表示し、"
            "report.json を書き出します。終了状態: 0 しきい値をすべて満たし違反なし、"
            "1 そうでない、2 指定や準備の誤り、130 中断。",
            en="Many callers and dispatchers chat at once; every message is checked for loss, "
            "order and repetition. Without --url the reference provider is started. Prints a "
            "table and writes report.json. Exit status: 0 all thresholds held and nothing "
            "violated; 1 not so; 2 wrong options or set-up; 130 interrupted.",
        )
    )
    def run(
        callers: Annotated[
            int,
            typer.Option(
                min=1, max=20_000, help=text(ja="同時の通報者数。", en="Callers at once.")
            ),
        ] = 200,
        duration: Annotated[
            str,
            typer.Option(
                metavar="TIME",
                help=text(
                    ja="全員の通報が応答された後の測定時間 (20s、2m)。",
                    en="Measured time once every call is answered (20s, 2m).",
                ),
            ),
        ] = "20s",
        every: Annotated[
            str,
            typer.Option(
                metavar="TIME",
                help=text(ja="通報者 1 人の送信間隔。", en="Time between two lines of one caller."),
            ),
        ] = "1s",
        reply_every: Annotated[
            int,
            typer.Option(
                min=1,
                help=text(
                    ja="通報者の何件ごとに指令員が 1 件返すか。",
                    en="Lines of a caller for which the dispatcher writes one back.",
                ),
            ),
        ] = 3,
        arrivals: Annotated[
            float,
            typer.Option(
                min=0.1,
                max=100,
                help=text(
                    ja="1 秒間に新たに始まる通報の数。", en="New calls per second at the start."
                ),
            ),
        ] = 40.0,
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
        url: Annotated[
            str,
            typer.Option(
                metavar="URL",
                show_default=False,
                help=text(
                    ja="動作中の事業者の URL (https://127.0.0.2:8443)。管理 API が有効で、"
                    "--admin-token と --ca が必要です。その管轄一覧が付属のものと違う場合は "
                    "--directory も指定します。登録者と職員が追加され、試験後も残ります。",
                    en="A provider that runs already (https://127.0.0.2:8443). Its admin API must "
                    "be on; give --admin-token and --ca, and --directory if it does not use the "
                    "packaged one. Registrants and accounts are added and stay.",
                ),
            ),
        ] = "",
        admin_token: Annotated[
            str,
            typer.Option(
                metavar="TOKEN",
                envvar="NET119_ADMIN_TOKEN",
                show_default=False,
                help=text(ja="--url の管理 API のトークン。", en="Token of --url's admin API."),
            ),
        ] = "",
        ca: Annotated[
            Path | None,
            typer.Option(
                metavar="FILE",
                show_default=False,
                help=text(
                    ja="--url の証明書を発行した認証局 (PEM)。なければこの機器の認証局。",
                    en="Authority of --url's certificate (PEM); by default this machine's.",
                ),
            ),
        ] = None,
        directory: Annotated[
            Path | None,
            typer.Option(
                metavar="FILE",
                show_default=False,
                help=text(
                    ja="--url の事業者が使う管轄一覧 (TOML または JSON)。",
                    en="Directory that --url's provider uses (TOML or JSON).",
                ),
            ),
        ] = None,
        test_host: Annotated[
            list[str] | None,
            typer.Option(
                metavar="HOST",
                show_default=False,
                help=text(
                    ja="このホストが試験用システムであると宣言します。宣言がなければ、"
                    "この機器の外には送信しません。繰り返し指定できます。",
                    en="Declare this host to be a test system; without that nothing is sent "
                    "beyond this machine. May be repeated.",
                ),
            ),
        ] = None,
        out: Annotated[
            Path,
            typer.Option(
                metavar="DIR",
                help=text(ja="報告書を書き出すフォルダー。", en="Folder for the report."),
            ),
        ] = Path("build/load"),
    ) -> int:
        from net119_loadtests import run as running
        from net119_loadtests.provider import Running
        from rich.console import Console

        if url and not admin_token:
            raise UserError(
                what=text(ja="トークンがありません", en="the token is missing"),
                where="--admin-token",
                what_to_do=text(
                    ja="--url の事業者の設定 admin.token の値を指定してください",
                    en="give the value of admin.token in the settings of --url's provider",
                ),
            )
        if not url and (ca or directory or admin_token or test_host):
            raise UserError(
                what=text(
                    ja="--url なしには意味のない指定です", en="these mean nothing without --url"
                ),
                where="--ca, --directory, --admin-token, --test-host",
                what_to_do=text(ja="--url も指定してください", en="give --url, too"),
            )
        target = Running(url, ca, admin_token, directory, tuple(test_host or ())) if url else None
        options = running.Options(
            callers=callers,
            duration_s=seconds(duration, "--duration"),
            every_s=seconds(every, "--every"),
            reply_every=reply_every,
            arrivals_per_s=arrivals,
            running=target,
            thresholds=thresholds,
            out=out,
            lang="ja" if current_language().value == "ja" else "en",
        )
        return running.run(options, Console())


def seconds(given: str, where: str) -> float:
    """A time such as 20s, 500ms, 2m or 20 in seconds; UserError if it is none, or 0."""
    found = _DURATION.fullmatch(given.strip())
    value = float(found[1]) * _UNITS[found[2]] if found else 0.0
    if value <= 0:
        raise UserError(
            what=text(ja=f"時間として読めません: {given!r}", en=f"not a time above 0: {given!r}"),
            where=where,
            what_to_do=text(
                ja="20s、500ms、2m のように指定してください", en="write 20s, 500ms or 2m"
            ),
        )
    return value
