"""`net119 load run --master` and `--worker`: generators on other machines."""

import json
import signal
import subprocess
import sys
from typing import Any

import typer

from net119_cli.errors import UserError
from net119_cli.language import text


def master_option() -> Any:
    """``--master``."""
    return typer.Option(
        min=0,
        max=1000,
        metavar="COUNT",
        show_default=False,
        help=text(
            ja="別に起動した (net119 load run --worker) この数のワーカーを待ちます。",
            en="Wait for so many workers started elsewhere (net119 load run --worker).",
        ),
    )


def bind_option() -> Any:
    """``--bind``."""
    return typer.Option(
        metavar="HOST:PORT",
        help=text(
            ja="--master がワーカーを待つアドレス。暗号化されない接続で、通報者の"
            "トークンが流れます。",
            en="Where --master waits for workers. The connection is not encrypted, and "
            "carries callers' tokens.",
        ),
    )


def worker_option() -> Any:
    """``--worker``."""
    return typer.Option(
        metavar="HOST:PORT",
        show_default=False,
        help=text(
            ja="このアドレスの --master のために働きます。この機器の外の master と"
            "試験対象は --test-host で宣言します。",
            en="Work for the --master at this address. Declare a master and a system under "
            "test beyond this machine with --test-host.",
        ),
    )


def wait_option() -> Any:
    """``--wait``."""
    return typer.Option(
        metavar="TIME",
        help=text(
            ja="--master が全ワーカーを、--worker が master を待つ時間の上限。",
            en="How long --master waits for all its workers, and --worker for its master.",
        ),
    )


def silence_option() -> Any:
    """``--silence``."""
    return typer.Option(
        metavar="TIME",
        help=text(
            ja="何も伝えてこないワーカーや master を、停止したとみなすまでの時間。",
            en="After how long a worker or master that says nothing is taken for dead.",
        ),
    )


def work_for(
    master: str,
    test_hosts: tuple[str, ...],
    sources: tuple[str, ...],
    wait_s: float,
    silent_s: float,
) -> int:
    """Be a worker, in a process of its own: locust must be imported in its own way."""
    from net119_simulators.safety import check_target

    host, port = address(master, "--worker")
    check_target(f"tcp://{host}:{port}", test_hosts)
    from net119_loadtests.binding import reach_master

    def waiting() -> None:
        _say(
            ja=f"master ({host}:{port}) を最長 {wait_s:.0f} 秒待ちます",
            en=f"waiting for the master at {host}:{port}, {wait_s:.0f} s at most",
        )

    try:
        reach_master(host, port, waiting, within_s=wait_s)
    except KeyboardInterrupt:
        return 130
    command = [sys.executable, "-m", "net119_loadtests.generator", "--worker", host, str(port)]
    command += ["--silent", str(silent_s), "--ends-with-input"]
    for each in test_hosts:
        command += ["--test-host", each]
    for each in sources:
        command += ["--source", each]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        return _follow(process)


def _follow(process: "subprocess.Popen[bytes]") -> int:
    """Show what a worker's process says, until it ends; its exit status.

    Raises:
        LoadError: the process has said so.
    """
    asked = 0
    while True:
        try:
            for row in process.stdout or ():
                _show(json.loads(row))
            return process.wait()
        except KeyboardInterrupt:
            # The first time in good order: its master has to hear of it.
            process.send_signal(signal.SIGKILL if asked else signal.SIGINT)
            asked += 1


def _show(told: dict[str, Any]) -> None:
    from net119_loadtests.errors import LoadError

    match told["event"]:
        case "joined":
            _say(
                ja="master に接続しました。開始を待っています。Ctrl-C で終了します",
                en="joined the master; waiting for the run to begin. Ctrl-C ends this worker",
            )
        case "plan":
            _say(
                ja=f"通報者 {told['callers']} 人、指令台 {told['consoles']} 台を受け持ちます",
                en=f"playing {told['callers']} callers and {told['consoles']} consoles",
            )
        case "over":
            _say(ja="終了しました。結果は master にあります", en="done; the master has the result")
        case "failed":
            raise LoadError(told["what"], told["where"], told["what_to_do"])


def _say(*, ja: str, en: str) -> None:
    typer.echo(text(ja=ja, en=en), err=True)


def check_sources(master: int, sources: list[str] | None) -> None:
    """UserError where addresses of this machine are named for workers on others."""
    if master and sources:
        raise UserError(
            what=text(
                ja="発信元アドレスはワーカーごとに異なります",
                en="the addresses to call from are each worker's own",
            ),
            where="--source",
            what_to_do=text(
                ja="--master ではなく、各 --worker に指定してください",
                en="give it to each --worker instead of --master",
            ),
        )


def address(given: str, where: str) -> tuple[str, int]:
    """Host and port of HOST:PORT; UserError if it is not that."""
    host, _, port = given.rpartition(":")
    if not host or not port.isdecimal() or not 0 < int(port) < 65536:
        raise UserError(
            what=text(ja=f"アドレスとして読めません: {given!r}", en=f"no address: {given!r}"),
            where=where,
            what_to_do=text(
                ja="127.0.0.1:5557 のように指定してください", en="write 127.0.0.1:5557"
            ),
        )
    return host.strip("[]"), int(port)
