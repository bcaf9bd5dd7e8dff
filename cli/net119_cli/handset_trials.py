"""`net119 handset try` and `matrix`: phones go through a provider's pages."""

from pathlib import Path
from typing import Annotated

import typer

from net119_cli.errors import UserError
from net119_cli.handset_arguments import check_addresses, check_token, handset_named
from net119_cli.language import text


def register_trials(group: typer.Typer) -> None:
    """Add the commands to the group `handset`."""
    _register_try(group)
    _register_matrix(group)


def _register_try(group: typer.Typer) -> None:
    @group.command(
        "try",
        help=text(
            ja="一つの端末で、端末の確認・登録・ログイン・通報・チャットを順に行い、利用者がどこで、"
            "なぜ止まるかを示します。通信は本物の TLS とページです。通報は、模擬の指令員が応答し、"
            "双方の文字が届いたときだけ「できる」とします。--url がなければ、事業者とメール"
            "サーバーをこの機器の中に起動します。\n\n"
            "例: net119 handset try au-w52ca --department aso\n\n"
            "注意: --url でスマートフォンを試すと、--login-id の登録者の通報ページを"
            "新しく作ります。"
            "すでにあるページは置き換えられ、使えなくなります。試験用の登録者だけを"
            "指定してください。\n\n"
            "終了状態: 0 チャットまでできた、1 途中で止まった、または最後まで試せなかった、"
            "2 指定の誤り、130 中断。",
            en="Take one phone through check page, registration, log-in, call and chat, and show "
            "where its user is stuck and why. TLS and pages are real; a call counts only once a "
            "simulated dispatcher has answered and a line has arrived at either side. Without "
            "--url a provider and a mail server are started on this machine.\n\n"
            "Example: net119 handset try au-w52ca --department aso\n\n"
            "Mind: with --url a trial of a smartphone makes a call page for the account of "
            "--login-id, which replaces one that exists. Give a test registrant's only.\n\n"
            "Exit status: 0 got through to the chat; 1 stuck on the way, or not tried to the end; "
            "2 wrong options; 130 interrupted.",
        ),
    )
    def try_one(
        name: Annotated[str, typer.Argument(metavar="NAME", show_default=False)],
        url: Annotated[
            str | None,
            typer.Option(
                metavar="URL",
                show_default=False,
                help=text(
                    ja="試す事業者の https（または http）のアドレス。",
                    en="https (or http) address of the provider to try.",
                ),
            ),
        ] = None,
        plaintext_url: Annotated[
            str | None,
            typer.Option(
                metavar="URL",
                show_default=False,
                help=text(
                    ja="暗号化できない端末のための HTTP のアドレス。",
                    en="HTTP address for phones that cannot encrypt.",
                ),
            ),
        ] = None,
        department: Annotated[str, _department()] = "tomakomai",
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
        login_id: Annotated[
            str,
            typer.Option(
                metavar="ID",
                help=text(
                    ja="--url での試験用の登録者のID。", en="ID of a test registrant at --url."
                ),
            ),
        ] = "",
        password: Annotated[
            str,
            typer.Option(
                envvar="NET119_HANDSET_PASSWORD",
                help=text(ja="そのパスワード。", en="Its password."),
            ),
        ] = "",
        dispatcher_token: Annotated[
            str,
            typer.Option(
                envvar="NET119_DISPATCHER_TOKEN",
                metavar="TOKEN",
                help=text(
                    ja="--url の指令台のトークン。これがないと通報を確かめられません。",
                    en="Token of a console at --url, without which no call can be confirmed.",
                ),
            ),
        ] = "",
        test_host: Annotated[
            list[str] | None,
            typer.Option(
                metavar="HOST",
                show_default=False,
                help=text(
                    ja="このホストが試験用システムであると宣言します。",
                    en="Declare this host to be a test system.",
                ),
            ),
        ] = None,
        seed: Annotated[int, _seed()] = 1,
        evidence: Annotated[
            bool,
            typer.Option(
                "--evidence",
                help=text(
                    ja="すべての手順で、見えたものを表示します。",
                    en="Show what was seen at every step.",
                ),
            ),
        ] = False,
        as_json: Annotated[
            bool, typer.Option("--json", help=text(ja="JSON で出力します。", en="Print JSON."))
        ] = False,
    ) -> int:
        handset = handset_named(name)
        _known((department,))
        others = (plaintext_url is not None, ca, login_id, dispatcher_token, test_host)
        if url is not None:
            check_addresses(url, plaintext_url, test_host or ())
            check_token(dispatcher_token)
        elif any(others):
            raise UserError(
                text(ja="--url なしには意味のない指定です", en="these mean nothing without --url"),
                "--plaintext-url, --ca, --login-id, --dispatcher-token, --test-host",
                text(ja="--url も指定してください", en="give --url, too"),
            )
        from net119_cli import handset_running as running

        output = running.Output(evidence, as_json)
        if url is None:
            return running.try_here(handset, department, seed, output)
        from net119_simulators.handsets.remote import Elsewhere

        where = Elsewhere(
            url, plaintext_url, ca, login_id, password, dispatcher_token, tuple(test_host or ())
        )
        return running.try_there(where, handset, department, seed, output)


def _register_matrix(group: typer.Typer) -> None:
    @group.command(
        help=text(
            ja="すべての端末を試し、端末と手順の表を示します。予想（事実からの）と違うものには * が"
            "付きます。事業者はこの機器の中に起動します。\n\n"
            "終了状態: 0 すべて予想どおり、1 違うものがある、2 指定の誤り、130 中断。",
            en="Try every phone and show the table of phones and steps; * marks what differs from "
            "the prediction. Providers are started on this machine.\n\n"
            "Exit status: 0 all as predicted; 1 not so; 2 wrong options; 130 interrupted.",
        )
    )
    def matrix(
        department: Annotated[
            list[str] | None,
            typer.Option(
                metavar="DEPARTMENT",
                show_default=False,
                help=text(
                    ja="消防本部の符号。繰り返し指定できます。"
                    "なければ tomakomai（暗号化できない端末を断る）と aso（受ける）。",
                    en="Department, by its code; may be repeated. By default tomakomai (refuses "
                    "phones that cannot encrypt) and aso (takes them).",
                ),
            ),
        ] = None,
        handset: Annotated[
            list[str] | None,
            typer.Option(
                metavar="NAME",
                show_default=False,
                help=text(
                    ja="端末。繰り返し指定できます。なければすべて。",
                    en="Handset; may be repeated. By default all.",
                ),
            ),
        ] = None,
        html: Annotated[
            Path | None,
            typer.Option(
                metavar="FILE",
                show_default=False,
                help=text(ja="表を HTML で書き出すファイル。", en="File for the table as HTML."),
            ),
        ] = None,
        json_file: Annotated[
            Path | None,
            typer.Option(
                "--json",
                metavar="FILE",
                show_default=False,
                help=text(ja="JSON で書き出すファイル。", en="File for JSON."),
            ),
        ] = None,
        seed: Annotated[int, _seed()] = 1,
    ) -> int:
        from net119_simulators.handsets import load_handsets

        from net119_cli import handset_running as running

        departments = tuple(dict.fromkeys(department or ("tomakomai", "aso")))
        _known(departments)
        chosen = [handset_named(name) for name in dict.fromkeys(handset or load_handsets())]
        for file in (html, json_file):
            if file is not None and not file.parent.is_dir():
                raise UserError(
                    text(
                        ja=f"フォルダーがありません: {file.parent}",
                        en=f"no such folder: {file.parent}",
                    ),
                    "--html, --json",
                    text(ja="先に作ってください", en="make it first"),
                )
        return running.matrix_here(chosen, departments, seed, html=html, json_file=json_file)


def _department() -> "typer.models.OptionInfo":
    option: typer.models.OptionInfo = typer.Option(
        metavar="DEPARTMENT",
        help=text(
            ja="消防本部の符号（tomakomai, chitose, chita-nanbu, aso）。"
            "端末の位置も、その管内になります。",
            en="Department, by its code (tomakomai, chitose, chita-nanbu, aso); the phone is in "
            "its area.",
        ),
    )
    return option


def _seed() -> "typer.models.OptionInfo":
    option: typer.models.OptionInfo = typer.Option(
        min=0,
        help=text(
            ja="持ち主と位置を決める 0 以上の数。",
            en="Number, 0 or more, that decides owner and place.",
        ),
    )
    return option


def _known(departments: tuple[str, ...]) -> None:
    from net119_cli.register import check_department

    for each in departments:
        check_department(each)
