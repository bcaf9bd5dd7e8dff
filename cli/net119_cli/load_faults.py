"""The options of `net119 load run` for a provider that is started, and for faults."""

from typing import TYPE_CHECKING, Any

import typer

from net119_cli.errors import UserError
from net119_cli.language import text
from net119_cli.load_times import seconds

if TYPE_CHECKING:
    from net119_loadtests.faults import Fault
    from net119_loadtests.house import Kind


def relays_option() -> Any:
    """``--relays``."""
    return typer.Option(
        min=0,
        max=64,
        help=text(
            ja="起動する参照実装のリレーの数 (0 は 1 プロセス)。PostgreSQL も起動します。",
            en="Relays of the provider that is started, on a PostgreSQL started for it; "
            "0: one process.",
        ),
    )


def postgresql_option() -> Any:
    """``--postgresql``."""
    return typer.Option(
        "--postgresql",
        help=text(
            ja="参照実装を PostgreSQL で起動します (リレーがあれば不要)。",
            en="Start the provider on PostgreSQL (relays need no such word).",
        ),
    )


def capacity_option() -> Any:
    """``--capacity``."""
    return typer.Option(
        min=1,
        show_default=False,
        help=text(
            ja="同時に受け付ける通報の数。これを超える通報は、理由と他の手段を示して断ることが"
            "できます。起動する参照実装の上限にもなります。",
            en="Calls that the provider takes at once; those beyond may be shed, if they are told "
            "why and what else to do. Also bounds the provider that is started.",
        ),
    )


def fault_option() -> Any:
    """``--fault``."""
    return typer.Option(
        metavar="NAME",
        show_default=False,
        help=text(
            ja="測定中に起こす障害。storm 一斉の再接続、kill-… 強制終了と再起動、stall-… 停止、"
            "full-disk ディスク満杯。… は server、office、relay-1、database、postmaster、backend。"
            "繰り返し指定すると順に起こします。all はできるものすべて。",
            en="A fault in the measured time: storm (all reconnect), kill-PART, stall-PART, "
            "full-disk; parts are server, office, relay-1, database, postmaster, backend. May be "
            "repeated: one after the other; all: every one that is possible.",
        ),
    )


def fault_command_option() -> Any:
    """``--fault-command``."""
    return typer.Option(
        metavar="COMMAND",
        show_default=False,
        help=text(
            ja="障害を起こすシェルコマンド (--url の事業者にも使えます)。終了したときに障害が"
            "終わったとみなします。",
            en="Shell command that brings a fault about, also at --url's provider; the fault is "
            "over when it ends.",
        ),
    )


def fault_at_option() -> Any:
    """``--fault-at``."""
    return typer.Option(
        metavar="TIME",
        help=text(
            ja="測定開始から最初の障害まで。", en="From the start of measuring to the first fault."
        ),
    )


def fault_for_option() -> Any:
    """``--fault-for``."""
    return typer.Option(
        metavar="TIME",
        help=text(ja="停止とディスク満杯の長さ。", en="How long a stall or a full disk lasts."),
    )


def fault_pause_option() -> Any:
    """``--fault-pause``."""
    return typer.Option(
        metavar="TIME",
        help=text(
            ja="全員の復旧から次の障害まで。", en="From all having recovered to the next fault."
        ),
    )


def check_started(url: str, relays: int, *, postgresql: bool) -> None:
    """UserError where what to start is told, and nothing is started."""
    if url and (relays or postgresql):
        raise UserError(
            what=text(
                ja="起動する参照実装だけに使えます",
                en="these are for a provider that is started",
            ),
            where="--relays, --postgresql",
            what_to_do=text(ja="--url を外してください", en="leave --url out"),
        )


def faults_of(
    names: list[str] | None, commands: list[str] | None, lasts: str, kind: "Kind"
) -> "tuple[Fault, ...]":
    """The faults that these options name, in their order; LoadError for one that there is not."""
    from net119_loadtests.faults import fault_named, fault_of_command, names_for

    lasts_s = seconds(lasts, "--fault-for")
    every: list[str] = []
    for name in names or ():
        every += names_for(kind) if name == "all" else (name,)
    return (
        *(fault_named(name, lasts_s) for name in every),
        *(fault_of_command(command) for command in commands or ()),
    )
