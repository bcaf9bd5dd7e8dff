"""`net119 drill report`: the after-action report of a drill, and comments on it."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from net119_cli.errors import UserError
from net119_cli.language import current_language, text

if TYPE_CHECKING:
    from net119_protocol.labels import Language
    from net119_simulators.errors import SimulatorError

_HTML = "report.html"


def register(drill: typer.Typer) -> None:
    """Add the command to `drill`."""

    @drill.command(
        help=text(
            ja="訓練の振り返りの資料を作ります。FOLDER は訓練の記録があるフォルダーです。行き先を"
            f"指定しなければ、その中に {_HTML} を書きます。PDFには、この機器のChromium、Chrome、"
            "Edgeのどれかを使います。--comment は、記録に意見を加えます。\n\n"
            "例: net119 drill report drills/20260407-093000-tunnel-and-callback --pdf report.pdf",
            en="Make the after-action report of a drill. FOLDER is where its record is; if no"
            f" output is named, {_HTML} is written there. A PDF is printed by the Chromium, Chrome"
            " or Edge of this machine. --comment adds a comment to the record.\n\n"
            "Example: net119 drill report drills/20260407-093000-tunnel-and-callback"
            " --pdf report.pdf",
        )
    )
    def report(
        folder: Annotated[Path, typer.Argument(metavar="FOLDER", show_default=False)],
        html: Annotated[
            Path | None, typer.Option(help=text(ja="書くHTMLファイル", en="HTML file to write"))
        ] = None,
        pdf: Annotated[
            Path | None, typer.Option(help=text(ja="書くPDFファイル", en="PDF file to write"))
        ] = None,
        language: Annotated[
            str | None,
            typer.Option(
                help=text(
                    ja="資料の言葉（ja か en。ふつうは表示の言葉）",
                    en="of the report: ja or en; by default that of the command",
                )
            ),
        ] = None,
        comment: Annotated[
            str | None,
            typer.Option(help=text(ja="加える意見", en="a comment to add")),
        ] = None,
        by: Annotated[
            str | None,
            typer.Option(help=text(ja="意見を書いた人の名前", en="who made the comment")),
        ] = None,
    ) -> int:
        from net119_simulators.errors import SimulatorError

        if (comment is None) != (by is None):
            raise UserError(
                text(ja="片方だけ指定されています", en="only one of the two is given"),
                "--comment, --by",
                text(
                    ja="意見と、その人の名前を両方指定してください",
                    en="give the comment and the name of its writer",
                ),
            )
        try:
            if comment is not None and by is not None:
                _add(folder, comment, by)
            if comment is None or html is not None or pdf is not None:
                _make(folder, html, pdf, _language(language))
        except SimulatorError as wrong:
            raise _shown(wrong) from wrong
        return 0


def _add(folder: Path, comment: str, by: str) -> None:
    from datetime import UTC, datetime

    from net119_scenarios.drills.folder import add_comment
    from net119_scenarios.drills.record import Comment
    from pydantic import ValidationError

    try:
        made = Comment(at=datetime.now(UTC), by=by.strip(), text=comment.strip())
    except ValidationError as wrong:
        field = "--by" if wrong.errors()[0]["loc"] == ("by",) else "--comment"
        raise UserError(
            text(ja="空か、長すぎます", en="it is empty or too long"),
            field,
            text(
                ja="名前は100字、意見は5,000字までで書いてください",
                en="a name has 100 characters at most, a comment 5,000",
            ),
        ) from None
    add_comment(folder, made)
    print(text(ja="意見を加えました", en="the comment was added"))


def _make(folder: Path, html: Path | None, pdf: Path | None, language: "Language") -> None:
    from net119_scenarios.drills.report.as_html import report_html
    from net119_scenarios.drills.report.as_pdf import write_pdf

    page = report_html(folder, language)
    if html is None and pdf is None:
        html = folder / _HTML
    if html is not None:
        try:
            html.write_text(page, "utf-8")
        except OSError as wrong:
            raise UserError(
                text(ja=f"書けません: {wrong}", en=f"cannot be written: {wrong}"),
                "--html",
                text(ja="書ける場所を指定してください", en="name a place that can be written"),
            ) from None
        print(text(ja=f"書きました: {html}", en=f"wrote {html}"))
    if pdf is not None:
        write_pdf(page, pdf)
        print(text(ja=f"書きました: {pdf}", en=f"wrote {pdf}"))


def _language(given: str | None) -> "Language":
    if given is None:
        return current_language().value
    if given not in ("ja", "en"):
        raise UserError(
            text(ja=f"{given!r} という言葉はありません", en=f"there is no language {given!r}"),
            "--language",
            text(ja="ja か en を指定してください", en="give ja or en"),
        )
    return "ja" if given == "ja" else "en"


def _shown(wrong: "SimulatorError") -> UserError:
    return UserError(wrong.what, wrong.where, wrong.what_to_do)
