"""`net119 load run`: many callers and dispatchers at once, every message checked."""

from pathlib import Path
from typing import Annotated

import typer

from net119_cli.errors import UserError
from net119_cli.language import current_language, text
from net119_cli.load_faults import (
    capacity_option,
    check_started,
    fault_at_option,
    fault_command_option,
    fault_for_option,
    fault_option,
    fault_pause_option,
    faults_of,
    postgresql_option,
    relays_option,
)
from net119_cli.load_scripts import greeting_option
from net119_cli.load_times import seconds
from net119_cli.load_worker import (
    address,
    bind_option,
    check_sources,
    master_option,
    silence_option,
    wait_option,
    work_for,
    worker_option,
)


def register_run(group: typer.Typer) -> None:
    """Add the command to `group`."""

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
        shape: Annotated[
            str,
            typer.Option(
                metavar="NAME",
                help=text(
                    ja="負荷の形: steady 一定、peak 朝の混雑、surge 地震、stairs 階段、"
                    "storm 一斉の再接続、slow 遅い受信者、"
                    "overload 過負荷 (--capacity と一緒に)。",
                    en="Shape of the load: steady, peak (of a morning), surge (an earthquake), "
                    "stairs, storm (all reconnect at once), slow (readers), "
                    "overload (with --capacity).",
                ),
            ),
        ] = "steady",
        shapes: Annotated[
            Path | None,
            typer.Option(
                metavar="FILE",
                show_default=False,
                help=text(
                    ja="負荷の形のファイル (TOML)。なければ付属のもの。",
                    en="File of shapes (TOML); by default the package's own.",
                ),
            ),
        ] = None,
        workers: Annotated[
            int,
            typer.Option(
                min=0,
                max=64,
                help=text(
                    ja="この機器で負荷を発生させるプロセスの数 (0 は 1 プロセスで管理も行う)。",
                    en="Generator processes on this machine; 0: one, which conducts as well.",
                ),
            ),
        ] = 0,
        master: Annotated[int, master_option()] = 0,
        bind: Annotated[str, bind_option()] = "127.0.0.1:5557",
        worker: Annotated[str, worker_option()] = "",
        wait: Annotated[str, wait_option()] = "10m",
        silence: Annotated[str, silence_option()] = "60s",
        web: Annotated[
            int | None,
            typer.Option(
                min=1,
                max=65535,
                metavar="PORT",
                show_default=False,
                help=text(
                    ja="Locust の画面をこのポートで開きます (この機器から http://127.0.0.1:PORT)。",
                    en="Serve locust's page at this port (http://127.0.0.1:PORT on this machine).",
                ),
            ),
        ] = None,
        source: Annotated[
            list[str] | None,
            typer.Option(
                metavar="ADDRESS",
                show_default=False,
                help=text(
                    ja="発信元アドレス。繰り返し指定できます。試験対象がこの機器にあれば、なくても"
                    "複数のループバックアドレスを使います。",
                    en="Address to call from. May be repeated. For a system on this machine "
                    "several loopback addresses are used anyway.",
                ),
            ),
        ] = None,
        server_pid: Annotated[
            list[int] | None,
            typer.Option(
                metavar="PID",
                show_default=False,
                help=text(
                    ja="試験対象のプロセス番号。CPU とメモリを報告書に載せます。"
                    "繰り返し指定できます。",
                    en="Process of the system under test, whose CPU and memory go into the "
                    "report. May be repeated.",
                ),
            ),
        ] = None,
        metrics_url: Annotated[
            list[str] | None,
            typer.Option(
                metavar="URL",
                show_default=False,
                help=text(
                    ja="試験対象の CPU とメモリを読み取る Prometheus 形式のページ。繰り返し指定"
                    "すると合計します。なければ、--server-pid もない場合に --url の /metrics を"
                    "試します。",
                    en="Page in Prometheus' form that tells CPU and memory of the system under "
                    "test; several are added up. By default, without --server-pid, /metrics of "
                    "--url is tried.",
                ),
            ),
        ] = None,
        bare: Annotated[
            bool | None,
            typer.Option(
                "--bare/--no-bare",
                show_default=False,
                help=text(
                    ja="終了後に、保存も検査もしない素の中継に同じ負荷をかけ、比を報告書に"
                    "載せます。既定は、試験対象がこの機器にあれば測り、なければ測りません。",
                    en="Afterwards put the same load on a bare relay, which neither stores nor "
                    "checks, and report the ratios. By default only for a system on this machine.",
                ),
            ),
        ] = None,
        relays: Annotated[int, relays_option()] = 0,
        postgresql: Annotated[bool, postgresql_option()] = False,
        capacity: Annotated[int | None, capacity_option()] = None,
        greeting: Annotated[list[str] | None, greeting_option()] = None,
        fault: Annotated[list[str] | None, fault_option()] = None,
        fault_command: Annotated[list[str] | None, fault_command_option()] = None,
        fault_at: Annotated[str, fault_at_option()] = "5s",
        fault_for: Annotated[str, fault_for_option()] = "10s",
        fault_pause: Annotated[str, fault_pause_option()] = "5s",
        out: Annotated[
            Path,
            typer.Option(
                metavar="DIR",
                help=text(ja="報告書を書き出すフォルダー。", en="Folder for the report."),
            ),
        ] = Path("build/load"),
    ) -> int:
        wait_s, silence_s = seconds(wait, "--wait"), seconds(silence, "--silence")
        if worker:
            sources = tuple(source or ())
            return work_for(worker, tuple(test_host or ()), sources, wait_s, silence_s)
        check_sources(master, source)
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
        if metrics_url and (server_pid or not url):
            raise UserError(
                what=text(
                    ja="--url がない場合や --server-pid と一緒には使えません",
                    en="this goes with --url, and not with --server-pid",
                ),
                where="--metrics-url",
                what_to_do=text(ja="どちらか一つにしてください", en="give one of them"),
            )
        check_started(url, relays, postgresql=postgresql)
        if workers and master:
            raise UserError(
                what=text(ja="同時に指定できません", en="these exclude each other"),
                where="--workers, --master",
                what_to_do=text(ja="どちらか一つにしてください", en="give one of them"),
            )
        from net119_loadtests import run as running
        from net119_loadtests.house import Kind
        from net119_loadtests.provider import Running
        from net119_loadtests.shapes import shape_named
        from rich.console import Console

        from net119_cli.load_scripts import library_scripts

        target = Running(url, ca, admin_token, directory, tuple(test_host or ())) if url else None
        kind = Kind(relays=relays, postgresql=postgresql)
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
            shape_name=shape,
            shape=shape_named(shape, shapes),
            scripts=library_scripts(),
            greetings=tuple(greeting or ()),
            workers=workers,
            expect=master,
            bind=address(bind, "--bind"),
            wait_s=wait_s,
            silence_s=silence_s,
            web=web,
            sources=tuple(source or ()),
            server_pids=tuple(server_pid or ()),
            metrics_urls=tuple(metrics_url or ()),
            bare=bare,
            kind=kind,
            capacity=capacity,
            faults=faults_of(fault, fault_command, fault_for, kind),
            first_fault_s=seconds(fault_at, "--fault-at"),
            fault_pause_s=seconds(fault_pause, "--fault-pause"),
        )
        return running.run(options, Console())
