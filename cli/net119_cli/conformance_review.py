"""`net119 conformance review`: a person decides about what only a person saw, and signs for it."""

import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from net119_cli.errors import UserError
from net119_cli.language import current_language, text

if TYPE_CHECKING:
    from net119_conformance.catalogue import Lang
    from net119_conformance.review.source import Source
    from net119_conformance.review.standing import Reviews

ALL_HOLD = 0
SOME_DO_NOT = 1
STILL_OPEN = 3


def register_review(group: typer.Typer) -> None:
    """Add the command to the group `net119 conformance`."""

    @group.command(
        help=text(
            ja="「要確認」の結果を一つずつ示し、成り立つかどうかの判断を、確かめた人の名前・日付・"
            "理由とともに、報告書の横に記録します (もとの報告書と証拠は変えません)。"
            "終了状態: 0 すべて成り立ち、ほかに妨げるものもない、1 成り立たないものがあるか、"
            "試験そのものが合格でない、2 指定の誤り、3 まだ確認されていないか、"
            "確認後に変わったものがある。",
            en="Show each result that needs review, take the decision of whoever reviews it, and "
            "keep it with name, day and reason beside the report, whose results and evidence stay "
            "as they are. Exit status: 0 all hold and nothing else stands in the way; 1 one does "
            "not, or the run itself is not green; 2 wrong options; 3 one is not reviewed yet, or "
            "was changed after its review.",
        )
    )
    def review(
        path: Annotated[
            Path,
            typer.Argument(
                metavar="PATH",
                help=text(
                    ja="報告書のフォルダー (run の --out)、または export の ZIP。",
                    en="Folder of the report (run's --out), or export's ZIP file.",
                ),
            ),
        ] = Path("build/conformance"),
        listed: Annotated[
            bool,
            typer.Option(
                "--list",
                help=text(
                    ja="いまの状態と、見るものの指紋を示すだけで、何も尋ねません。",
                    en="Only show how it stands, with the fingerprint of what is there to be "
                    "looked at, and ask nothing.",
                ),
            ),
        ] = False,
        item: Annotated[
            list[str] | None,
            typer.Option(
                metavar="ID[@FINGERPRINT]",
                show_default=False,
                help=text(
                    ja="尋ねられずに判断を記録する試験 (ID、または ID--試験対象)。"
                    "--accept には、見たものの指紋が要ります (--list に出る ID@指紋)。"
                    "繰り返し指定できます。--accept か --reject が要ります。",
                    en="Decide about this test (ID, or ID--SUT) without being asked; may be "
                    "repeated. Needs --accept or --reject, and --accept the fingerprint of what "
                    "was looked at (ID@FINGERPRINT, as --list shows it).",
                ),
            ),
        ] = None,
        accept: Annotated[
            bool, typer.Option("--accept", help=text(ja="成り立つ。", en="It holds."))
        ] = False,
        reject: Annotated[
            bool, typer.Option("--reject", help=text(ja="成り立たない。", en="It does not hold."))
        ] = False,
        reviewer: Annotated[
            str,
            typer.Option(
                metavar="NAME",
                show_default=False,
                help=text(
                    ja="確かめた人の氏名か頭文字。", en="Name or initials of who reviewed it."
                ),
            ),
        ] = "",
        reason: Annotated[
            str,
            typer.Option(
                metavar="TEXT",
                show_default=False,
                help=text(ja="そう判断した理由。", en="Why it was decided so."),
            ),
        ] = "",
        on: Annotated[
            datetime | None,
            typer.Option(
                formats=["%Y-%m-%d"],
                metavar="DAY",
                show_default=False,
                help=text(
                    ja="確かめた日 (例: 2026-07-01)。既定は今日。",
                    en="Day on which it was reviewed (such as 2026-07-01); today by default.",
                ),
            ),
        ] = None,
        own_answers: Annotated[
            bool,
            typer.Option(
                "--own-answers",
                help=text(
                    ja="確かめた人が、お願いに答えた試験者本人である (報告書に出ます)。",
                    en="Who reviews it is the tester who answered the steps; the report says so.",
                ),
            ),
        ] = False,
        public_key: Annotated[
            Path | None,
            typer.Option(
                metavar="FILE",
                show_default=False,
                help=text(
                    ja="ZIP に署名した人の公開鍵 (PEM)。",
                    en="Public key of who signed the ZIP file (PEM).",
                ),
            ),
        ] = None,
    ) -> int:
        from net119_conformance.review.source import opened

        from net119_cli.review_dialogue import Dialogue

        _fits_together(listed, item, accept=accept, reject=reject, reason=reason)
        day = datetime.now().astimezone().date() if on is None else on.date()
        with opened(path, public_key) as source:
            reviews = source.reviews()
            if source.fingerprint:
                typer.echo(
                    text(ja="署名鍵の指紋: ", en="Fingerprint of the signing key: ")
                    + source.fingerprint
                )
            if item:
                _decide(source, reviews, item, accept, reviewer, reason, day, own_answers)
            elif not listed and reviews.items and sys.stdin.isatty():
                Dialogue(source, reviewer, day, own_answers=own_answers).go()
            reviews = source.reviews()
            status = _tell(source, reviews)
            if source.file.exists() and not listed:
                _show(source, reviews)
            if reviews.undecided and not item and not sys.stdin.isatty():
                typer.echo(
                    text(
                        ja="判断を記録するには、端末で実行するか、証拠を見てから --item ID@指紋 "
                        "--accept (または --reject) --reviewer 氏名 --reason 理由 を"
                        "付けてください。",
                        en="To decide, run it in a terminal, or look at the evidence and add "
                        "--item ID@FINGERPRINT --accept (or --reject) --reviewer NAME --reason "
                        "TEXT.",
                    )
                )
            return status


def _fits_together(
    listed: bool, item: list[str] | None, *, accept: bool, reject: bool, reason: str
) -> None:
    decides = accept or reject or bool(reason)
    if item and (listed or accept is reject):
        raise UserError(
            text(ja="判断が一つに決まりません", en="there is no one decision"),
            "--item",
            text(
                ja="--accept か --reject のどちらか一つを付け、--list は付けないでください",
                en="add one of --accept and --reject, and no --list",
            ),
        )
    if decides and not item:
        raise UserError(
            text(ja="どの試験への判断かが分かりません", en="it does not say which test is meant"),
            "--accept / --reject / --reason",
            text(ja="--item ID を付けてください", en="add --item ID"),
        )


def _decide(
    source: "Source",
    reviews: "Reviews",
    names: list[str],
    accept: bool,
    reviewer: str,
    reason: str,
    day: date,
    own_answers: bool,
) -> None:
    """Write down one decision about all that is named; nothing if one of them is wrong."""
    from net119_conformance.review.deciding import chosen, decide
    from net119_conformance.review.model import Decision

    decision = Decision.ACCEPTED if accept else Decision.REJECTED
    made = [
        decide(
            each.item,
            source.report,
            decision,
            reviewer=reviewer,
            reason=reason,
            own_answers=own_answers,
            reviewed_on=day,
            now=datetime.now(UTC),
        )
        for each in chosen(reviews.items, names, as_seen=accept)
    ]
    source.add(*made)


def _tell(source: "Source", reviews: "Reviews") -> int:
    """Say how it stands with everything; the exit status."""
    from net119_conformance.report.clean import visible
    from net119_conformance.report.words import VERDICT_WORD, reviewed_words
    from net119_conformance.review.outcome import blocked_by
    from net119_conformance.review.standing import Standing
    from net119_conformance.review.telling import short_line, stray_line

    lang: Lang = current_language().value
    for each in reviews.items:
        typer.echo(f"{_MARK[each.standing]} {short_line(each, lang)}")
    for stray in reviews.strays:
        typer.echo(f"✗ {stray_line(stray, lang)}")
    summary = source.report.summary
    itself = VERDICT_WORD[summary.verdict].get(lang)
    typer.echo(
        text(
            ja=f"試験そのものの判定: {itself} (終了状態 {summary.exit_status})",
            en=f"The run itself: {itself} (exit status {summary.exit_status})",
        )
    )
    if not reviews.items:
        typer.echo(text(ja="「要確認」の結果はありません。", en="Nothing needs review."))
    else:
        counts = reviewed_words(reviews.counts.items())
        word = VERDICT_WORD[reviews.verdict].get(lang)
        typer.echo(text(ja=f"要確認: {counts.ja}。", en=f"Needs review: {counts.en}."))
        typer.echo(
            text(
                ja=f"確認した人の判断を入れた総合判定: {word}",
                en=f"Verdict with the decisions of reviewers: {word}",
            )
        )
    blocked = blocked_by(source.report, reviews)
    for why in blocked:
        typer.echo(f"✗ {visible(why.get(lang))}")
    if blocked or reviews.counts.get(Standing.REJECTED):
        return SOME_DO_NOT
    return STILL_OPEN if reviews.undecided or reviews.strays else ALL_HOLD


_MARK = {"accepted": "✓", "rejected": "✗", "open": "?", "stale": "!"}


def _show(source: "Source", reviews: "Reviews") -> None:
    """Write the page anew with the decisions, and say where all of it lies."""
    from net119_conformance.errors import ConformanceError
    from net119_conformance.review.page import write_page
    from net119_conformance.runner import ALL_PURPOSES, load_suite

    purposes, catalogue, _ = load_suite(ALL_PURPOSES)
    typer.echo(text(ja=f"判断の記録: {source.file}", en=f"Decisions: {source.file}"))
    try:
        write_page(source, reviews, purposes, catalogue.requirements, current_language().value)
    except ConformanceError as problem:
        # What was decided is kept: the page alone is not worth the exit status of bad input.
        for line in (problem.what, problem.where, problem.what_to_do):
            typer.echo(line, err=True)
    else:
        typer.echo(
            text(ja=f"判断を入れた報告書: {source.page}", en=f"Report with them: {source.page}")
        )
