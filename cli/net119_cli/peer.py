"""`net119 peer`: the known-bad peers, and what becomes of a system that has to do with one."""

import difflib
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from net119_cli.errors import UserError
from net119_cli.language import text

if TYPE_CHECKING:
    from net119_simulators.peer.bad import BadPeer, PeerRole


def register(app: typer.Typer) -> None:
    """Add the commands to `app`."""
    peer = typer.Typer(
        no_args_is_help=True,
        help=text(
            ja="よくない相手の事業者（決まりを守らない接続先）を演じ、システムが耐えるかを調べます。",
            en="Play known-bad peers, each with a defect of its own, and see whether a system "
            "survives them.",
        ),
    )
    app.add_typer(peer, name="peer")

    @peer.command(
        "list",
        help=text(
            ja="よくない相手の一覧を表示します。",
            en="List the known-bad peers.",
        ),
    )
    def list_() -> int:
        from net119_simulators.peer.bad import bad_peers

        from net119_cli.peer_output import listed

        print(*listed(bad_peers()), sep="\n")
        return 0

    @peer.command(
        help=text(
            ja="よくない相手の一つを詳しく表示します。", en="Show one known-bad peer in full."
        )
    )
    def show(
        name: Annotated[str, typer.Argument(metavar="NAME", show_default=False)],
    ) -> int:
        from net119_cli.peer_output import shown

        print(*shown(_peer(name)), sep="\n")
        return 0

    @peer.command(
        help=text(
            ja="よくない相手を演じ、何をしたか、システムがどう受けたかを順に表示して判定します。"
            "相手にするシステムは、指定がなければ参照実装をこの機器の中に起動し、終わると止めます。"
            "通報はすべて試験の扱いです。\n\n"
            "例: net119 peer run late-accept\n\n"
            "終了状態: 0 システムは耐えた、1 耐えなかった、2 指定の誤り、130 中断。",
            en="Play a known-bad peer, tell step by step what it did and how the system took it, "
            "and give the verdict. Unless another system is named, the reference is started on "
            "this machine and stopped at the end. All calls are test calls.\n\n"
            "Example: net119 peer run late-accept\n\n"
            "Exit status: 0 the system survived; 1 it did not; 2 wrong options; 130 interrupted.",
        )
    )
    def run(
        name: Annotated[
            str | None,
            typer.Argument(
                metavar="[NAME]",
                show_default=False,
                help=text(ja="net119 peer list にある名前。", en="A name of `net119 peer list`."),
            ),
        ] = None,
        every: Annotated[
            bool,
            typer.Option(
                "--all",
                help=text(
                    ja="すべてを順に演じ、結果を表にします。", en="Play all, and print a table."
                ),
            ),
        ] = False,
        role: Annotated[
            str | None,
            typer.Option(
                metavar="[originates|receives]",
                show_default=False,
                help=text(
                    ja="相手の役: 通報を申し出る側 (originates)、申し出を受ける側 (receives)。"
                    "なければ、できる役をすべて演じます。",
                    en="The peer's role: it offers calls, or is offered calls; default: each that "
                    "makes sense.",
                ),
            ),
        ] = None,
        against: Annotated[
            Path | None,
            typer.Option(
                metavar="FILE",
                show_default=False,
                help=text(
                    ja="動いているシステムを記した TOML ファイル（docs/bad-peers.md）。",
                    en="TOML file that describes a running system (docs/bad-peers.md).",
                ),
            ),
        ] = None,
        mapping: Annotated[
            str,
            typer.Option(
                metavar="NAME",
                help=text(
                    ja="事業者間の電文の書き方: 導入済みの名前か package.module:object。",
                    en="How messages between providers are written: an installed name, or "
                    "package.module:object.",
                ),
            ),
        ] = "profile",
    ) -> int:
        if every == (name is not None):
            raise UserError(
                text(ja="名前か --all のどちらかが要ります", en="give either a name or --all"),
                "net119 peer run",
                text(ja="net119 peer list で名前を確かめてください", en="see net119 peer list"),
            )
        from net119_simulators.peer.bad import bad_peers

        from net119_cli.mapping_option import check_mapping
        from net119_cli.peer_running import perform

        check_mapping(mapping)

        peers = bad_peers() if name is None else (_peer(name),)
        chosen = [(each, one) for each in peers for one in _roles(each, role)]
        if not chosen:
            raise UserError(
                text(ja=f"この役では意味がありません: {role}", en=f"it makes no sense as {role}"),
                "--role",
                text(ja="--role を省いてください", en="leave --role out"),
            )
        return perform(chosen, against, table=every, mapping=mapping)


def _peer(name: str) -> "BadPeer":
    """The peer of this name; UserError if there is none."""
    from net119_simulators.peer.bad import bad_peer, bad_peers

    try:
        return bad_peer(name)
    except LookupError:
        names = [each.name for each in bad_peers()]
        listed = ", ".join(names)
        close = difflib.get_close_matches(name, names, 1)
        raise UserError(
            text(ja=f"そのような相手はありません: {name}", en=f"no such peer: {name}"),
            "NAME",
            text(ja=f"「{close[0]}」ではありませんか", en=f"did you mean {close[0]!r}?")
            if close
            else text(ja=f"次のどれかを指定してください: {listed}", en=f"use one of {listed}"),
        ) from None


def _roles(peer: "BadPeer", given: str | None) -> "list[PeerRole]":
    """The roles of the peer that are wanted; UserError if the word is no role."""
    from net119_simulators.peer.bad import PeerRole

    if given is not None and given not in set(PeerRole):
        raise UserError(
            text(ja=f"そのような役はありません: {given}", en=f"no such role: {given}"),
            "--role",
            text(ja="originates か receives を指定してください", en="use originates or receives"),
        )
    return [role for role in peer.roles if given in (None, role.value)]
