"""`net119 handset`: the matrix of handsets, and what each does at a provider's pages."""

import json
from typing import Annotated

import typer

from net119_cli.handset_arguments import handset_named
from net119_cli.handset_trials import register_trials
from net119_cli.language import text


def register(app: typer.Typer) -> None:
    """Add the commands to `app`."""
    group = typer.Typer(
        no_args_is_help=True,
        help=text(
            ja="実在の携帯電話やスマートフォンのふるまいを再現し、登録から通報・チャットまでの"
            "どこで利用者が止まるかを調べます。",
            en="Behave as real phones do, and find where their users get stuck between "
            "registration, call and chat.",
        ),
    )
    app.add_typer(group, name="handset")
    register_trials(group)
    json_option = typer.Option(
        "--json", help=text(ja="JSON で出力します。", en="Print JSON, for programs.")
    )

    @group.command(
        "list",
        help=text(
            ja="端末の一覧（暗号化、証明書、クッキー、文字、位置の送り方）を示します。",
            en="List the handsets with encryption, certificates, cookies, charset and position.",
        ),
    )
    def list_all(as_json: Annotated[bool, json_option] = False) -> int:
        from net119_simulators.handsets import load_handsets

        from net119_cli.handset_output import listed

        handsets = load_handsets()
        if as_json:
            found = [json.loads(each.model_dump_json()) for each in handsets.values()]
            print(json.dumps(found, ensure_ascii=False, indent=2))
        else:
            print(*listed(handsets.values()), sep="\n")
        return 0

    @group.command(
        help=text(
            ja="一つの端末の特徴と、その出典、各手順の予想を示します。",
            en="Show one handset: its peculiarities, their sources, and what is predicted.",
        )
    )
    def show(
        name: Annotated[str, typer.Argument(metavar="NAME", show_default=False)],
        as_json: Annotated[bool, json_option] = False,
    ) -> int:
        from net119_cli.handset_output import shown

        handset = handset_named(name)
        if as_json:
            print(handset.model_dump_json(indent=2))
        else:
            print(*shown(handset), sep="\n")
        return 0
