"""`net119 serve`: one provider from a settings file, or a whole demonstration network."""

import asyncio
import secrets
import signal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from net119_cli.errors import UserError
from net119_cli.language import text
from net119_cli.mapping_option import check_mapping
from net119_cli.serve_alarms import (
    ALARM_PROVIDER,
    Household,
    alarm_settings,
    at_the_unit,
    household,
    show_household,
)
from net119_cli.serve_mail import (
    INBOUND_PORT,
    PAGES_PORT,
    Applying,
    applications,
    apply,
    route_reports,
    show_mail,
)
from net119_cli.serve_provider import Relays, refuse_relays, serve_provider
from net119_cli.serve_shown import (
    DEMO_CENTERS,
    HTTP_PORT,
    PLAINTEXT_DEPARTMENT,
    PLAINTEXT_PORT,
    PROVIDERS,
    STAFF_NAME,
    STOMP_PORT,
    LogIns,
    plaintext_homes,
    show,
)

if TYPE_CHECKING:
    from net119_simulators.mailbox import MailboxServer
    from net119_simulators.network import LocalNetwork
    from net119_simulators.network.supervisor import ProviderDidNotStart


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
        old_phones: Annotated[
            bool,
            typer.Option(
                "--old-phones",
                help=text(
                    ja=f"暗号化できない携帯電話にも、平文 (ポート {PLAINTEXT_PORT}) で応えます。"
                    f"平文で使えるのは、部署 {PLAINTEXT_DEPARTMENT} の登録者だけです。"
                    "楕円曲線を知らない携帯電話のための RSA 証明書も用意します。",
                    en="Serve phones that cannot encrypt, too: in plaintext, on port "
                    f"{PLAINTEXT_PORT}, for registrants of {PLAINTEXT_DEPARTMENT} only; and "
                    "have an RSA certificate for phones that know no "
                    "elliptic curves.",
                ),
            ),
        ] = False,
        alarms: Annotated[
            bool,
            typer.Option(
                "--alarms",
                help=text(
                    ja="緊急通報システム（あんしんネット119）も動かします。見本の利用者と"
                    "発信設備があり、この端末からボタンを押せます。",
                    en="Run the home alarm service, too, with a sample household whose unit is "
                    "pressed at this terminal.",
                ),
            ),
        ] = False,
        relays: Relays = None,
        mapping: Annotated[
            str,
            typer.Option(
                metavar="NAME",
                help=text(
                    ja="試用ネットワークの事業者間の電文の書き方。導入済みの名前、または "
                    "package.module:object。--config の事業者では、"
                    "設定 interconnect.mapping で指定します。",
                    en="How the demonstration network's providers write to each other: an "
                    "installed name, or package.module:object. With --config, the setting "
                    "interconnect.mapping says it.",
                ),
            ),
        ] = "profile",
    ) -> int:
        if config is not None:
            return serve_provider(config, relays)
        refuse_relays(relays)
        return serve_network(data, old_phones=old_phones, mapping=mapping, alarms=alarms)


def serve_network(
    data: Path | None,
    *,
    old_phones: bool = False,
    mapping: str = "profile",
    alarms: bool = False,
) -> int:
    """Run the demonstration network until Ctrl-C or SIGTERM."""
    import tempfile

    check_mapping(mapping)
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
        return asyncio.run(
            _network(data, kept=True, old_phones=old_phones, mapping=mapping, alarms=alarms)
        )
    with tempfile.TemporaryDirectory(prefix="net119-") as folder:
        return asyncio.run(
            _network(
                Path(folder), kept=False, old_phones=old_phones, mapping=mapping, alarms=alarms
            )
        )


async def _network(
    folder: Path, *, kept: bool, old_phones: bool, mapping: str, alarms: bool
) -> int:
    from net119_simulators.mailbox import MailboxServer
    from net119_simulators.mailbox_pages import MailboxPages
    from net119_simulators.network import LocalNetwork, ProviderSpec
    from net119_simulators.network.supervisor import ProviderDidNotStart

    check_ports(old_phones=old_phones)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    print(text(ja="起動しています…", en="Starting ..."), flush=True)
    addresses = dict(PROVIDERS)
    departments = {each[2]: addresses[each[0]] for each in DEMO_CENTERS}
    taking = applications(departments)
    async with (
        MailboxServer(PROVIDERS[0][1]) as boxes,
        MailboxPages(boxes, PROVIDERS[0][1], PAGES_PORT, applications=taking) as pages,
    ):
        route_reports(boxes, departments)
        specs = [
            ProviderSpec(
                code,
                address,
                HTTP_PORT,
                STOMP_PORT,
                settings=_mail(address, boxes)
                | plaintext_homes(code, old_phones=old_phones)
                | alarm_settings(code, alarms=alarms),
                old_phones=old_phones,
                plaintext_port=PLAINTEXT_PORT,
            )
            for code, address in PROVIDERS
        ]
        network = LocalNetwork(specs, folder, settings={"interconnect": {"mapping": mapping}})
        tasks = [
            starting := asyncio.create_task(_prepare(network, boxes, alarms=alarms)),
            stopping := asyncio.create_task(stop.wait()),
        ]
        try:
            await asyncio.wait({starting, stopping}, return_when=asyncio.FIRST_COMPLETED)
            if starting.done():
                made, applying, home = await starting
                show(network, made, applying, pages.url)
                if home is not None:
                    show_household(home, network.base_url(ALARM_PROVIDER), STAFF_NAME)
                    tasks.append(asyncio.create_task(at_the_unit(home)))
                tasks.append(asyncio.create_task(show_mail(boxes)))
                await stop.wait()
        except ProviderDidNotStart as wrong:
            raise did_not_start(wrong, kept=kept) from None
        finally:
            print(text(ja="終了しています…", en="Stopping ..."), flush=True)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await network.stop()
    return 0


def did_not_start(wrong: "ProviderDidNotStart", *, kept: bool) -> UserError:
    """What to tell when a provider has not started; its log is there only if ``kept``."""
    log = wrong.log or text(ja="（なし）", en="(none)")
    gone = text(
        ja="net119 serve（記録も残すには --data FOLDER）",
        en="net119 serve (with --data FOLDER the log is kept)",
    )
    return UserError(
        text(ja="事業者が起動しませんでした", en="a provider did not start"),
        wrong.where if kept else gone,
        text(
            ja=f"事業者が最後に書いた記録を見て、妨げているものを除いてください:\n{log}",
            en=f"Remove what is in the way, as told by the provider's last words:\n{log}",
        ),
    )


def check_ports(*, old_phones: bool = False) -> None:
    """UserError if another program uses an address of the demonstration network."""
    import errno
    import socket

    everywhere = (HTTP_PORT, STOMP_PORT, INBOUND_PORT, *((PLAINTEXT_PORT,) if old_phones else ()))
    for number, (_, address) in enumerate(PROVIDERS):
        for port in (*everywhere, *(() if number else (PAGES_PORT,))):
            with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                try:
                    probe.bind((address, port))
                except OSError as error:
                    if error.errno != errno.EADDRINUSE:
                        continue  # The provider says what is wrong with it.
                    raise UserError(
                        text(
                            ja=f"{address} のポート {port} は、ほかのプログラムが使っています",
                            en=f"port {port} of {address} is in use by another program",
                        ),
                        "net119 serve",
                        text(
                            ja="そのプログラム（動いたままの net119 serve など）を終わらせて"
                            "ください。別のポートで動かすときは --config を使います",
                            en="Stop that program, perhaps another net119 serve. With --config, "
                            "one provider runs on other ports",
                        ),
                    ) from None


def _mail(address: str, boxes: "MailboxServer") -> dict[str, dict[str, object]]:
    """Settings of a provider that takes mail and hands its own to the simulated mailboxes."""
    return {
        "mail": {
            "enabled": True,
            "host": address,
            "port": INBOUND_PORT,
            "relay_host": boxes.host,
            "relay_port": boxes.port,
            "retry_s": 1.0,
        }
    }


async def _prepare(
    network: "LocalNetwork", boxes: "MailboxServer", *, alarms: bool
) -> tuple[list[LogIns], list[Applying], Household | None]:
    """Start the providers; make a dispatcher, a staff member and a registrant for each center.

    For each department that takes applications by mail, somebody has one under way.
    """
    from net119_simulators.person import make_person

    await network.__aenter__()
    made = []
    applying = []
    for provider, center, department, municipality in DEMO_CENTERS:
        operation = network.operation(provider)
        console_password, staff_password = secrets.token_urlsafe(9), secrets.token_urlsafe(9)
        dispatcher = await operation.add_dispatcher(center, STAFF_NAME, console_password)
        person = make_person(f"serve {center}", municipality)
        credentials = await network.register(provider, department, person)
        await operation.add_staff(department, STAFF_NAME, staff_password)
        made.append(
            LogIns(
                provider,
                center,
                department,
                dispatcher.token,
                credentials.login_id,
                credentials.password,
                staff_password,
                console_password,
            )
        )
        begun = await apply(boxes, provider, dict(PROVIDERS)[provider], department)
        if begun is not None:
            applying.append(begun)
    return made, applying, await household(network, STAFF_NAME) if alarms else None
