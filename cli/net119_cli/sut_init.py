"""`net119 sut init`: asks what a profile needs, and writes it with comments."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from net119_cli.errors import UserError
from net119_cli.language import current_language, text

if TYPE_CHECKING:
    from net119_conformance.catalogue import Lang
    from net119_conformance.sut.writing import Answers


def register(group: typer.Typer) -> None:
    """Add the command to `group`."""

    def option(ja: str, en: str, metavar: str = "TEXT") -> Any:
        return typer.Option(show_default=False, metavar=metavar, help=text(ja=ja, en=en))

    @group.command(
        help=text(
            ja="質問に答えると、説明つきのプロファイル (TOML) を書き出します。"
            "オプションで答えたことは質問しません。--no-input は何も質問しません。",
            en="Ask what a profile needs and write it (TOML) with comments. What an option "
            "answers is not asked; --no-input asks nothing.",
        )
    )
    def init(
        file: Annotated[
            Path,
            typer.Argument(
                metavar="FILE",
                help=text(ja="書き出すファイル。", en="File to write."),
            ),
        ] = Path("sut.toml"),
        key: Annotated[str, option("短い名前 (acme)", "Short name (acme)")] = "",
        name: Annotated[str, option("試験対象の名前", "Name of the system")] = "",
        vendor: Annotated[str, option("提供者", "Vendor")] = "",
        version: Annotated[str, option("版", "Version")] = "",
        operator: Annotated[str, option("事業者コード", "Operator code")] = "",
        role: Annotated[
            list[str] | None,
            option(
                "担う役割 (home, receiving, registration, operation, alarm)。繰り返し可",
                "Role (home, receiving, registration, operation, alarm); may be repeated",
                "ROLE",
            ),
        ] = None,
        claim: Annotated[
            list[str] | None,
            option(
                "備えている選択機能。繰り返し可", "Option that is there; may be repeated", "OPTION"
            ),
        ] = None,
        department_profile: Annotated[
            list[str] | None,
            option("従える運用の決まり。繰り返し可", "Department profile; may be repeated", "NAME"),
        ] = None,
        exclusive: Annotated[
            bool | None,
            typer.Option(
                "--exclusive/--shared",
                show_default=False,
                help=text(
                    ja="試験中は専有でき、停止・再起動や限界までの負荷を与えてよいか。",
                    en="Whether it is the run's alone, and may be killed and restarted.",
                ),
            ),
        ] = None,
        settable: Annotated[
            bool | None,
            typer.Option(
                "--clock-settable/--clock-fixed",
                show_default=False,
                help=text(
                    ja="ドライバーが試験対象の時計を進め、また戻せるか。",
                    en="Whether the driver can set its clock, forwards and back.",
                ),
            ),
        ] = None,
        base_url: Annotated[str, option("HTTPS の URL", "HTTPS base URL", "URL")] = "",
        plaintext_url: Annotated[str, option("HTTP の URL", "HTTP base URL", "URL")] = "",
        stomp: Annotated[str, option("STOMP の待受け", "STOMP endpoint", "HOST:PORT")] = "",
        ca_file: Annotated[str, option("認証局 (PEM)", "Its authority (PEM)", "FILE")] = "",
        mail_in: Annotated[str, option("メールの受け口", "Where it takes mail", "HOST:PORT")] = "",
        mail_out: Annotated[
            str, option("メールの送り先", "Where it sends mail to", "HOST:PORT")
        ] = "",
        mapping: Annotated[str, option("電文の書き方", "Mapping of messages", "NAME")] = "",
        driver: Annotated[str, option("ドライバーの種類", "Kind of driver", "KIND")] = "",
        setting: Annotated[
            list[str] | None,
            option(
                "ドライバーの設定 KEY=VALUE。繰り返し可",
                "Setting of the driver, KEY=VALUE; may be repeated",
                "KEY=VALUE",
            ),
        ] = None,
        no_input: Annotated[
            bool,
            typer.Option("--no-input", help=text(ja="何も質問しません。", en="Ask nothing.")),
        ] = False,
        force: Annotated[
            bool,
            typer.Option("--force", help=text(ja="上書きします。", en="Overwrite the file.")),
        ] = False,
    ) -> int:
        from net119_conformance.sut.asking import given_settings
        from net119_conformance.sut.writing import Answers

        if file.exists() and not force:
            raise UserError(
                text(ja="すでにあります", en="it is there already"),
                str(file),
                text(ja="別の名前か --force を指定してください", en="Name another, or use --force"),
            )
        answers = Answers(
            key=key,
            name=name,
            vendor=vendor,
            version=version,
            operator=operator,
            roles=tuple(role or ()),
            options=tuple(claim or ()),
            department_profiles=tuple(department_profile or ()),
            exclusive=exclusive,
            settable=settable,
            base_url=base_url,
            plaintext_url=plaintext_url,
            stomp=stomp,
            ca_file=ca_file,
            mail_in=mail_in,
            mail_out=mail_out,
            mapping=mapping,
            driver=driver,
            settings=given_settings(setting or ()),
        )
        return _write(file, answers, ask=not no_input)


def _write(file: Path, answers: "Answers", *, ask: bool) -> int:
    """Ask what is left, write the file, and say what is still wrong with it."""
    from net119_conformance.sut.asking import complete
    from net119_conformance.sut.reading import ProfileError, read_profile
    from net119_conformance.sut.writing import profile_text
    from rich.console import Console

    lang: Lang = current_language().value
    complete(answers, lang, _question if ask else None)
    try:
        file.write_text(profile_text(answers, lang), "utf-8")
    except OSError as problem:
        raise UserError(
            problem.strerror or str(problem),
            str(file),
            text(ja="書き込める場所を指定してください", en="Name a place that can be written to"),
        ) from None
    console = Console(soft_wrap=True)
    console.print(text(ja=f"{file} を書き出しました。", en=f"Wrote {file}."), markup=False)
    try:
        read_profile(file)
    except ProfileError as wrong:
        console.print(text(ja="まだ直すところがあります:", en="Still to be mended:"), style="bold")
        for each in wrong.problems:
            said = text(ja=each.in_japanese, en=str(each))
            console.print(f"  {said}", markup=False, highlight=False)
        return 1
    console.print(
        text(
            ja="次は net119 sut prepare --sut、net119 sut check --sut です。",
            en="Next: net119 sut prepare --sut, then net119 sut check --sut.",
        ),
        markup=False,
    )
    return 0


def _question(said: str, default: str) -> str:
    return str(typer.prompt(said, default=default, show_default=bool(default))).strip()
