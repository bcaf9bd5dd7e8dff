"""`net119 drill serve`: everything that a department needs to rehearse, on this one machine."""

import asyncio
import errno
import signal
import socket
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from net119_cli.errors import UserError
from net119_cli.language import text

if TYPE_CHECKING:
    from net119_scenarios.drills.web.house import House
    from net119_scenarios.drills.web.ports import Ports


def register(drill: typer.Typer) -> None:
    """Add the command."""

    @drill.command(
        help=text(
            ja="訓練に要るもの（事業者のシステム、近隣の指令センター、模擬メールボックス、"
            "指令台、訓練を進めるページ）を、この機器の中だけで動かします。"
            "参加する人に要るのはブラウザだけです。表示されるアドレスを開くと、手順が"
            "書いてあります。Ctrl-C ですべて終了します。\n\n"
            "終了状態: 0 終了、2 指定の誤り。",
            en="Run everything that a drill needs (providers, neighbouring centers, mailboxes, "
            "consoles, the leader's pages) inside this machine. Participants need a browser and "
            "nothing else; the page at the address shown tells what to do. Ctrl-C stops "
            "everything.\n\nExit status: 0 stopped; 2 wrong options.",
        )
    )
    def serve(
        center: Annotated[
            str,
            typer.Option(
                metavar="CODE",
                help=text(
                    ja="訓練する指令センターのコード。", en="Code of the center that rehearses."
                ),
            ),
        ] = "tomakomai",
        port: Annotated[
            int,
            typer.Option(
                min=1,
                max=65000,
                help=text(
                    ja="はじめのページのポート。続くいくつかのポートも使います。",
                    en="Port of the start page; some ports after it are used, too.",
                ),
            ),
        ] = 8119,
        folder: Annotated[
            Path,
            typer.Option(
                metavar="FOLDER",
                help=text(
                    ja="訓練の記録を残すフォルダー。", en="Folder where the records of drills stay."
                ),
            ),
        ] = Path("net119-drills"),
        pace: Annotated[
            float,
            typer.Option(
                min=0.0,
                max=8.0,
                help=text(
                    ja="待ち時間の速さ: 1 で実時間、8 で8倍、0 で待たない。"
                    "訓練ごとに変えられます。",
                    en="How fast waiting goes: 1 real time, 8 eight times, 0 not at all. It can be "
                    "changed for each drill.",
                ),
            ),
        ] = 1.0,
        lan: Annotated[
            Path | None,
            typer.Option(
                metavar="FILE",
                show_default=False,
                help=text(
                    ja="スマートフォンをローカルネットワークから入れるための宣言 (TOML)。"
                    "書き方は「スマートフォン」のページにあります。なければ、この機器の中だけで"
                    "動きます。",
                    en="Declaration (TOML) that lets phones of the local network in; the page "
                    "“Phones” shows how to write it. Without it everything stays on this machine.",
                ),
            ),
        ] = None,
        listen: Annotated[
            str | None,
            typer.Option(
                metavar="ADDRESS",
                show_default=False,
                help=text(
                    ja="コンテナーの中だけで使えます。公開するポートを受けるアドレス"
                    "（0.0.0.0 など）。公開は -p 127.0.0.1:8119-8123:8119-8123 のように、"
                    "その機器だけにします。",
                    en="In a container only: the address that takes what the container publishes, "
                    "such as 0.0.0.0. Publish for that machine alone, by "
                    "-p 127.0.0.1:8119-8123:8119-8123.",
                ),
            ),
        ] = None,
    ) -> int:
        return serve_drills(center, port, folder, pace, lan=lan, listen=listen)


def serve_drills(
    center: str,
    port: int,
    folder: Path,
    pace: float,
    *,
    lan: Path | None = None,
    listen: str | None = None,
) -> int:
    """Serve until Ctrl-C or SIGTERM."""
    from net119_scenarios.acted.alarms.cast import ALARM_CENTER
    from net119_scenarios.acted.cast import Network
    from net119_scenarios.acted.venue import directory_of
    from net119_scenarios.drills.web.hall import Hall, first_for, providers_of
    from net119_scenarios.drills.web.house import House
    from net119_scenarios.drills.web.lan import read_lan
    from net119_scenarios.drills.web.phone_authority import PhoneAuthority
    from net119_scenarios.drills.web.ports import Ports
    from net119_scenarios.drills.web.relay import in_container

    centers = [each.code for each in directory_of(Network()).content.centers]
    _check_center(center, [*centers, ALARM_CENTER])
    first = first_for(center)
    if 0 < pace < 1:
        raise UserError(
            text(ja="実時間より遅くはできません", en="it cannot be slower than real time"),
            f"--pace {pace:g}",
            text(ja="0、または 1 から 8 を指定してください", en="Give 0, or 1 to 8"),
        )
    ports = Ports.of(port, providers_of(first))
    declared = read_lan(lan) if lan is not None else None
    if listen is not None and not in_container():
        raise UserError(
            text(
                ja="これはコンテナーの中だけで使えます。ここで使うと、ほかの機器からも入れてしまいます",
                en="this is for containers only: here it would let other machines in",
            ),
            f"--listen {listen}",
            text(
                ja="外してください。スマートフォンを入れるには --lan を使います",
                en="Leave it out; --lan lets phones in",
            ),
        )
    check_ports(ports)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(
            text(ja="フォルダーを作れません", en="the folder cannot be made"),
            f"--folder {folder}",
            text(
                ja=f"書き込めるフォルダーを指定してください ({error.strerror})",
                en=f"Give a folder that can be written to ({error.strerror})",
            ),
        ) from None
    authority = doors = None
    if declared is not None:
        authority = PhoneAuthority(folder / "phones", declared.lan.address)
        doors = declared.doors(ports, authority.cert_file, authority.key_file)
    house = House(Hall(first, ports, doors=doors), folder, center, pace, declared, authority)
    return asyncio.run(_serve(house, listen))


async def _serve(house: "House", listen: str | None) -> int:
    from net119_scenarios.drills.web.ports import local_url
    from net119_scenarios.drills.web.serving import pages_of
    from net119_simulators.errors import SimulatorError
    from net119_simulators.network.supervisor import ProviderDidNotStart

    from net119_cli.serve import did_not_start

    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    print(text(ja="準備しています…（1分ほど）", en="Preparing ... (about a minute)"), flush=True)
    ports = house.hall.ports
    async with _bound(pages_of(house, listen)):
        opening = asyncio.create_task(house.hall.__aenter__())
        stopping = asyncio.create_task(stop.wait())
        try:
            await asyncio.wait({opening, stopping}, return_when=asyncio.FIRST_COMPLETED)
            if opening.done():
                await opening
                _show(local_url(ports.start) + "/", house)
                await stop.wait()
        except ProviderDidNotStart as wrong:
            raise did_not_start(wrong, kept=False) from None
        except SimulatorError as wrong:
            raise UserError(wrong.what, wrong.where, wrong.what_to_do) from None
        finally:
            print(text(ja="終了しています…", en="Stopping ..."), flush=True)
            for task in (opening, stopping):
                task.cancel()
            await asyncio.gather(opening, stopping, return_exceptions=True)
            await house.leader.close()
            await house.hall.__aexit__(None, None, None)
    return 0


@asynccontextmanager
async def _bound(pages: AbstractAsyncContextManager[None]) -> AsyncIterator[None]:
    """The pages, with UserError for an address that cannot be bound."""
    try:
        await pages.__aenter__()
    except OSError as error:
        raise UserError(
            text(ja="アドレスを開けません", en="an address cannot be opened"),
            "--lan, --listen, --port",
            text(
                ja=f"この機器のアドレスか、使われていないポートかを確かめてください ({error})",
                en=f"See that it is this machine's, and that nobody uses the port ({error})",
            ),
        ) from None
    try:
        yield
    finally:
        await pages.__aexit__(None, None, None)


def _show(url: str, house: "House") -> None:
    title = house.title()
    lan = house.lan
    print(
        text(
            ja=f"\n準備ができました（{title.ja}）。ブラウザで次のアドレスを開いてください。手順は"
            f"そこに書いてあります。\n\n    {url}\n\n訓練の記録: {house.folder}\n"
            "本当の119番にはつながりません。この画面を閉じるか Ctrl-C を押すと、すべて終わります。",
            en=f"\nReady ({title.en}). Open this address in a browser; it tells what to do.\n\n"
            f"    {url}\n\nRecords of drills: {house.folder}\n"
            "Nothing reaches the real fire service. Closing this window, or Ctrl-C, ends "
            "everything.",
        ),
        flush=True,
    )
    if lan is not None:
        print(
            text(
                ja=f"スマートフォンを {lan.lan.address} で受け入れています。"
                "端末の準備は「スマートフォン」のページにあります。",
                en=f"Phones are let in at {lan.lan.address}; the page “Phones” tells how to "
                "prepare them.",
            ),
            flush=True,
        )


def _check_center(code: str, known: list[str]) -> None:
    if code not in known:
        raise UserError(
            text(ja="そのコードの指令センターはありません", en="there is no center of this code"),
            f"--center {code}",
            text(ja="指定できるのは: ", en="Give one of: ") + ", ".join(known),
        )


def check_ports(ports: "Ports") -> None:
    """UserError if another program uses one of the ports."""
    for port in ports.all:
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError as error:
                taken = error.errno == errno.EADDRINUSE
                why = text(
                    ja="は、ほかのプログラムが使っています" if taken else "は使えません",
                    en="is in use by another program" if taken else "cannot be used",
                )
                raise UserError(
                    text(ja=f"ポート {port} {why}", en=f"port {port} {why}"),
                    "net119 drill serve",
                    text(
                        ja="動いたままの net119 drill serve があれば終わらせるか、--port で"
                        "別の番号を指定してください",
                        en="Stop another net119 drill serve, or give another number with --port",
                    ),
                ) from None
