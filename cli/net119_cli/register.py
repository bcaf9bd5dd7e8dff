"""`net119 register`: one person's registration, told step by step."""

from typing import Annotated

import typer

from net119_cli.errors import UserError
from net119_cli.language import current_language, text


def register(app: typer.Typer) -> None:
    """Add the command to `app`."""

    @app.command(
        "register",
        help=text(
            ja="模擬の申請者が、空メール（または紙の申請書）から、職員の審査を経て、最初のログインと"
            "通報ページまで登録する様子を、順を追って表示します。事業者とメールサーバーをこの機器の"
            "中に起動し、本物のメールとページで進め、終わるとすべて止めます。\n\n"
            "例: net119 register --department tomakomai --seed 7\n\n"
            "終了状態: 0 すべての手順が行われたことを確かめた、1 そうならなかった（どの手順で、何が"
            "予定され、実際はどうだったかを表示）、2 指定の誤り、130 中断。",
            en="Have a simulated applicant register, from the empty mail (or the paper form) "
            "through the staff's review to the first log-in and the call page, and tell what "
            "happens step by step. A provider and a mail server are started on this machine; mail "
            "and pages are real; everything is stopped at the end.\n\n"
            "Example: net119 register --department tomakomai --seed 7\n\n"
            "Exit status: 0 every step was seen to happen; 1 not so (it says which step, what was "
            "expected and what came instead); 2 wrong options; 130 interrupted.",
        ),
    )
    def command(
        department: Annotated[
            str,
            typer.Option(
                metavar="DEPARTMENT",
                help=text(
                    ja="登録先の消防本部の符号（tomakomai, chitose, chita-nanbu, aso）。",
                    en="Department, by its code (tomakomai, chitose, chita-nanbu, aso).",
                ),
            ),
        ] = "tomakomai",
        seed: Annotated[
            int,
            typer.Option(
                min=0,
                help=text(
                    ja="申請者を決める 0 以上の数。同じ数なら同じ人物になります。",
                    en="Number, 0 or more, that decides the person; the same gives the same again.",
                ),
            ),
        ] = 1,
        pace: Annotated[
            float,
            typer.Option(
                metavar="SECONDS",
                min=0.0,
                max=5.0,
                help=text(
                    ja="人が次の操作をするまでの間（秒、0〜5）。0 なら待ちません。",
                    en="How long people take before they act, seconds, 0 to 5.",
                ),
            ),
        ] = 0.6,
        as_json: Annotated[
            bool,
            typer.Option(
                "--json",
                help=text(
                    ja="出来事を 1 行に 1 件の JSON で出力します。",
                    en="Print what happens as JSON, one object a line.",
                ),
            ),
        ] = False,
    ) -> int:
        check_department(department)
        from net119_protocol.labels import Language
        from net119_scenarios.registration.plan import RegisterRequest

        from net119_cli.register_output import JsonOutput, TextOutput, perform

        language: Language = "ja" if current_language().value == "ja" else "en"
        request = RegisterRequest(department, seed, pace)
        return perform(request, JsonOutput(language) if as_json else TextOutput(language))


def check_department(code: str) -> None:
    """UserError unless there is a profile of the department, with those there are."""
    from net119_protocol.profile.load import load_profiles

    known = load_profiles()
    if code in known:
        return
    listed = "\n".join(
        f"  {each.department:<16} {text(ja=each.name.ja, en=each.name.en)}"
        for each in known.values()
    )
    raise UserError(
        text(
            ja=f"登録を受け付ける消防本部ではありません: {code}",
            en=f"no department that takes registrations: {code}",
        ),
        "--department",
        text(ja=f"次のどれかを指定してください:\n{listed}", en=f"use one of these:\n{listed}"),
    )
