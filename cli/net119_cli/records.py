"""`net119 records`: what time makes due for a provider's records, and deletions in backups."""

import asyncio
import re
import ssl
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from net119_cli.errors import UserError
from net119_cli.language import text
from net119_cli.records_output import JAPAN, json_list, listed, report

if TYPE_CHECKING:
    from net119_protocol.api.admin import Sweep, SweepOrder

T = TypeVar("T")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_LAST_YEAR = 2199
"""Periods of retention are added to the day."""


def register(app: typer.Typer) -> None:
    """Add the commands to `app`."""
    records = typer.Typer(
        no_args_is_help=True,
        help=text(
            ja="登録の記録の期限（更新、停止、保存、廃棄）を調べ、期限の来たことを行います。",
            en="Show what is due for the records (renewal, suspension, retention, destruction), "
            "and do it.",
        ),
    )
    app.add_typer(records, name="records")
    config_option = typer.Option(
        "--config",
        metavar="FILE",
        show_default=False,
        help=text(
            ja="止めてある事業者の設定ファイル（TOML）。",
            en="Settings (TOML) of a provider that is stopped.",
        ),
    )
    json_option = typer.Option(
        "--json", help=text(ja="JSON で出力します。", en="Print JSON, for programs.")
    )

    @records.command(
        help=text(
            ja="期限の来たことを行います。--dry-run なら、行わずに一覧だけを示します。"
            "氏名は表示しません。",
            en="Do what is due; with --dry-run, only show it. Names are never shown.",
        )
    )
    def sweep(
        config: Annotated[Path | None, config_option] = None,
        url: Annotated[
            str | None,
            typer.Option(
                "--url",
                show_default=False,
                help=text(
                    ja="動いている事業者のアドレス（https://…）。",
                    en="Address of a running provider (https://...).",
                ),
            ),
        ] = None,
        admin_token: Annotated[
            str,
            typer.Option(
                "--admin-token",
                envvar=["NET119_ADMIN_TOKEN", "NET119_ADMIN__TOKEN"],
                show_default=False,
                help=text(
                    ja="その事業者の管理用トークン。", en="Admin token of the running provider."
                ),
            ),
        ] = "",
        ca_file: Annotated[
            Path | None,
            typer.Option(
                "--ca-file",
                metavar="PEM",
                show_default=False,
                help=text(
                    ja="その事業者の証明書を発行した認証局（PEM）。指定がなければ機器の既定。",
                    en="Authority of the provider's certificate (PEM); without it, the machine's.",
                ),
            ),
        ] = None,
        at: Annotated[
            str | None,
            typer.Option(
                "--at",
                metavar="YYYY-MM-DD",
                show_default=False,
                help=text(
                    ja="この日（日本時間）までに行うことになるものを示します。"
                    "--dry-run と一緒に使います。",
                    en="Show what would be done by this day in Japan; goes with --dry-run.",
                ),
            ),
        ] = None,
        dry_run: Annotated[
            bool,
            typer.Option(
                "--dry-run",
                help=text(ja="何も変えずに、一覧だけを示します。", en="Change nothing, only show."),
            ),
        ] = False,
        as_json: Annotated[bool, json_option] = False,
    ) -> int:
        moment = parse_day(at, datetime.now(UTC)) if at else None
        if moment is not None and not dry_run:
            raise UserError(
                text(
                    ja="実際に行えるのは、今日の分だけです",
                    en="only what is due at present can really be done",
                ),
                "--at",
                text(
                    ja="--dry-run を付けるか、--at を外してください",
                    en="add --dry-run, or leave --at out",
                ),
            )
        if (config is None) == (url is None):
            raise UserError(
                text(ja="どの事業者か決まりません", en="it is not clear which provider is meant"),
                "--config, --url",
                text(
                    ja="止めてある事業者は --config、動いている事業者は --url で"
                    "指定してください（一方だけ）",
                    en="give either --config (stopped) or --url (running)",
                ),
            )
        from net119_protocol.api.admin import SweepOrder

        if config is not None:
            from net119_reference import offline

            found = _local(
                lambda: offline.due_at(config, moment) if dry_run else offline.sweep(config)
            )
        else:
            found = _remote(url or "", admin_token, ca_file, SweepOrder(at=moment, dry_run=dry_run))
        print(found.model_dump_json(by_alias=True, indent=2) if as_json else report(found))
        return 0

    @records.command(
        help=text(
            ja="削除した記録の番号と、控え（バックアップ）から消す期限を示します。--apply は、"
            "控えから戻したデータベースから、それらをもう一度削除します。",
            en="List the records that were destroyed, and by when backups must lose them. --apply "
            "destroys them again in a database that was restored from a backup.",
        )
    )
    def deletions(
        config: Annotated[Path | None, config_option] = None,
        apply: Annotated[
            bool,
            typer.Option(
                "--apply",
                help=text(
                    ja="戻したデータベースから、もう一度削除します。",
                    en="Destroy them again in a restored database.",
                ),
            ),
        ] = False,
        list_file: Annotated[
            Path | None,
            typer.Option(
                "--list",
                metavar="FILE",
                show_default=False,
                help=text(
                    ja="--apply で使う、ほかの場所に取っておいた一覧（deletions.jsonl）。",
                    en="For --apply: a list (deletions.jsonl) that was kept elsewhere.",
                ),
            ),
        ] = None,
        backups_done: Annotated[
            bool,
            typer.Option(
                "--backups-done",
                help=text(
                    ja="どの控えにも残っていないことを記録します。",
                    en="Put down that no backup holds them any more.",
                ),
            ),
        ] = False,
        as_json: Annotated[bool, json_option] = False,
    ) -> int:
        from net119_reference import offline

        if config is None:
            raise UserError(
                text(ja="設定ファイルがありません", en="the settings file is missing"),
                "--config",
                text(
                    ja="事業者の設定ファイルを指定してください", en="name the provider's settings"
                ),
            )
        settings = config
        if apply and backups_done:
            raise UserError(
                text(ja="一度にできるのは一方だけです", en="only one of the two at a time"),
                "--apply, --backups-done",
                text(ja="まず --apply を実行してください", en="run --apply first"),
            )
        if list_file is not None and not apply:
            raise UserError(
                text(ja="一覧は --apply で使います", en="a list is for --apply"),
                "--list",
                text(ja="--apply を付けるか、--list を外してください", en="add --apply"),
            )
        if apply:
            back = _local(lambda: offline.delete_again(settings, list_file))
            print(
                text(
                    ja=f"戻っていた {back} 件の記録を、もう一度削除しました。",
                    en=f"{back} records had come back and were destroyed again.",
                )
            )
            return 0
        if backups_done:
            done = _local(lambda: offline.confirm_backups(settings))
            print(
                text(
                    ja=f"{done} 件について、控えに残っていないことを記録しました。",
                    en=f"{done} records: put down that no backup holds them.",
                )
            )
            return 0
        entries, now = _local(lambda: offline.deletions(settings))
        print(json_list(entries) if as_json else "\n".join(listed(entries, now)))
        return 0


def parse_day(given: str, now: datetime) -> datetime:
    """The moment at which a day's sweep is made, for a day from today on.

    Raises:
        UserError: it is no day, is over, or too far off.
    """
    todo = text(
        ja="今日以降の日付を、2030-04-01 のように指定してください",
        en="give a day from today on, written like 2030-04-01",
    )
    if not _DAY.fullmatch(given):
        raise UserError(
            text(ja=f"日付として読めません: {given!r}", en=f"not a day: {given!r}"), "--at", todo
        )
    try:
        day = date.fromisoformat(given)
    except ValueError:
        raise UserError(
            text(
                ja=f"暦にない日です: {given}", en=f"there is no such day in the calendar: {given}"
            ),
            "--at",
            todo,
        ) from None
    if day.year > _LAST_YEAR:
        raise UserError(
            text(ja=f"{_LAST_YEAR}年より先は調べられません", en=f"it is after {_LAST_YEAR}"),
            "--at",
            todo,
        )
    # Shortly after midnight, when a provider sweeps by itself.
    moment = datetime.combine(day, time(0, 1), JAPAN)
    if day < now.astimezone(JAPAN).date():
        raise UserError(
            text(ja=f"過ぎた日です: {given}", en=f"that day is over: {given}"), "--at", todo
        )
    return max(moment, now)


def _local(work: Callable[[], T]) -> T:
    """Run work on a stopped provider; a running one is pointed to."""
    from net119_reference.offline import InUse

    try:
        return work()
    except InUse as taken:
        raise UserError(
            text(
                ja="この事業者は動いています。動いている間は、データベースに触れません",
                en="this provider is running; its database is not touched meanwhile",
            ),
            taken.where,
            text(
                ja="--url と --admin-token で頼むか、事業者を止めてください",
                en="ask it with --url and --admin-token, or stop it first",
            ),
        ) from None


def _remote(url: str, token: str, ca_file: Path | None, order: "SweepOrder") -> "Sweep":
    from net119_simulators.network.accounts import Operation

    if not token:
        raise UserError(
            text(ja="管理用トークンがありません", en="the admin token is missing"),
            "--admin-token",
            text(
                ja="設定の admin.token と同じものを指定してください",
                en="give the one of admin.token in its settings",
            ),
        )
    if not url.startswith(("https://", "http://")):
        raise UserError(
            text(ja=f"アドレスではありません: {url!r}", en=f"not an address: {url!r}"),
            "--url",
            text(
                ja="https://127.0.0.1:8443 のように指定してください",
                en="write it like https://127.0.0.1:8443",
            ),
        )

    async def ask() -> "Sweep":
        operation = Operation("provider", url.rstrip("/"), _trust(ca_file), token)
        try:
            return await operation.sweep(order)
        finally:
            await operation.close()

    return asyncio.run(ask())


def _trust(ca_file: Path | None) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=ca_file)
    except OSError as error:
        raise UserError(
            text(
                ja=f"認証局の証明書を読めません ({error})",
                en=f"the authority's certificate cannot be read ({error})",
            ),
            f"--ca-file {ca_file}",
            text(ja="PEM のファイルを指定してください", en="name a PEM file"),
        ) from None
