"""`net119 serve`: one provider from a settings file, or a whole demonstration network."""

import asyncio
import secrets
import signal
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from net119_cli.errors import UserError
from net119_cli.language import text

if TYPE_CHECKING:
    from net119_simulators.network import LocalNetwork

PROVIDERS = (("aoba", "127.0.0.2"), ("midori", "127.0.0.3"))
"""Providers of the demonstration network, with their addresses."""
DEMO_CENTERS = (
    # provider, center, department, municipality where the registrant lives
    ("aoba", "tomakomai", "tomakomai", "01213"),
    ("aoba", "chitose", "chitose", "01224"),
    ("midori", "chita", "chita-nanbu", "23445"),
)


STAFF_NAME = "demo"
"""Name by which a demonstration department's staff member logs in."""


@dataclass(frozen=True)
class LogIns:
    """What is needed to try a center: log-ins of its console, its staff and one registrant."""

    provider: str
    center: str
    department: str
    dispatcher_token: str
    login_id: str
    password: str
    staff_password: str


def register(app: typer.Typer) -> None:
    """Add the command to `app`."""

    @app.command(
        help=text(
            ja="システムを動かします。--config を付けるとそのファイルの 1 事業者を、付けなければ"
            "試用ネットワーク (2 事業者、この機器の中だけ) を起動し、"
            "接続先とログイン情報を表示します。"
            "Ctrl-C ですべて終了します。",
            en="Run a system: with --config the one provider of that file; without it a "
            "demonstration network of two providers on this machine, with addresses and log-ins "
            "shown. Ctrl-C stops everything.",
        )
    )
    def serve(
        config: Annotated[
            Path | None,
            typer.Option(
                metavar="FILE",
                show_default=False,
                help=text(
                    ja="1 事業者の設定ファイル (TOML)。", en="Settings of one provider (TOML)."
                ),
            ),
        ] = None,
        data: Annotated[
            Path | None,
            typer.Option(
                metavar="FOLDER",
                show_default=False,
                help=text(
                    ja="試用ネットワークのデータを残すフォルダー。なければ終了時に消します。",
                    en="Folder that keeps the demonstration network's data; without it they are "
                    "deleted at the end.",
                ),
            ),
        ] = None,
    ) -> int:
        if config is not None:
            from net119_reference.app import run_provider
            from net119_reference.config import load_config

            return run_provider(load_config(config))
        return serve_network(data)


def serve_network(data: Path | None) -> int:
    """Run the demonstration network until Ctrl-C or SIGTERM."""
    import tempfile

    if data is not None:
        try:
            data.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise UserError(
                text(ja="フォルダーを作れません", en="the folder cannot be made"),
                f"--data {data}",
                text(
                    ja=f"書き込めるフォルダーを指定してください ({error.strerror})",
                    en=f"Give a folder that can be written to ({error.strerror})",
                ),
            ) from None
        return asyncio.run(_network(data))
    with tempfile.TemporaryDirectory(prefix="net119-") as folder:
        return asyncio.run(_network(Path(folder)))


async def _network(folder: Path) -> int:
    from net119_simulators.network import LocalNetwork, ProviderSpec

    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    print(text(ja="起動しています…", en="Starting ..."), flush=True)
    specs = [ProviderSpec(code, address, 8443, 61614) for code, address in PROVIDERS]
    network = LocalNetwork(specs, folder)
    starting = asyncio.create_task(_prepare(network))
    stopping = asyncio.create_task(stop.wait())
    try:
        await asyncio.wait({starting, stopping}, return_when=asyncio.FIRST_COMPLETED)
        if starting.done():
            _show(network, await starting)
            await stop.wait()
    finally:
        print(text(ja="終了しています…", en="Stopping ..."), flush=True)
        stopping.cancel()
        starting.cancel()
        await asyncio.gather(starting, stopping, return_exceptions=True)
        await network.stop()
    return 0


async def _prepare(network: "LocalNetwork") -> list[LogIns]:
    """Start the providers; make a dispatcher, a staff member and a registrant for each center."""
    from net119_simulators.person import make_person

    await network.__aenter__()
    made = []
    for provider, center, department, municipality in DEMO_CENTERS:
        token = await network.dispatcher_token(provider, center)
        person = make_person(f"serve {center}", municipality)
        credentials = await network.register(provider, department, person)
        staff_password = secrets.token_urlsafe(9)
        await network.operation(provider).add_staff(department, STAFF_NAME, staff_password)
        made.append(
            LogIns(
                provider,
                center,
                department,
                token,
                credentials.login_id,
                credentials.password,
                staff_password,
            )
        )
    return made


def _show(network: "LocalNetwork", made: list[LogIns]) -> None:
    """Addresses and log-ins, on standard output; plain lines, so that they can be copied."""
    print(text(ja="試用ネットワークが動いています。", en="The demonstration network is running."))
    print(text(ja=f"CA 証明書: {network.ca.ca_file}", en=f"CA certificate: {network.ca.ca_file}"))
    for provider, _ in PROVIDERS:
        host, port = network.stomp_address(provider)
        print(text(ja=f"\n事業者 {provider}", en=f"\nProvider {provider}"))
        print(f"  HTTPS  {network.base_url(provider)}")
        print(f"  STOMP  {host}:{port}")
        for entry in made:
            if entry.provider != provider:
                continue
            print(text(ja=f"  指令センター {entry.center}", en=f"  Center {entry.center}"))
            print(
                text(
                    ja=f"    指令員のトークン  {entry.dispatcher_token}\n"
                    f"    登録者 ({entry.department})  ID {entry.login_id}  "
                    f"パスワード {entry.password}\n"
                    f"    職員 ({entry.department})  名前 {STAFF_NAME}  "
                    f"パスワード {entry.staff_password}",
                    en=f"    dispatcher's token  {entry.dispatcher_token}\n"
                    f"    registrant ({entry.department})  ID {entry.login_id}  "
                    f"password {entry.password}\n"
                    f"    staff ({entry.department})  name {STAFF_NAME}  "
                    f"password {entry.staff_password}",
                )
            )
    url = network.base_url(PROVIDERS[0][0])
    print(
        text(
            ja=f"\n画面: 登録者は {url}/my、消防本部の職員は {url}/staff"
            "\nAPI は docs/reference/openapi.json に書かれています。例:"
            f"\n  curl --cacert {network.ca.ca_file} {url}/health"
            "\n\nCtrl-C で終了します。",
            en=f"\nPages: {url}/my for registrants, {url}/staff for staff of departments."
            "\ndocs/reference/openapi.json describes the API. Try:"
            f"\n  curl --cacert {network.ca.ca_file} {url}/health"
            "\n\nCtrl-C stops everything.",
        ),
        flush=True,
    )
