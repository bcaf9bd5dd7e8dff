"""Shows one result after the other that needs review, and asks for a decision at the terminal."""

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import typer

from net119_cli.language import current_language, text

if TYPE_CHECKING:
    from net119_conformance.catalogue import Lang
    from net119_conformance.review.model import Decision
    from net119_conformance.review.source import Source
    from net119_conformance.review.standing import Reviewed


class Dialogue:
    """Asks until everything is decided or the reviewer has had enough; each decision is kept at
    once, so that nothing is lost by leaving."""

    def __init__(self, source: "Source", reviewer: str, day: date, *, own_answers: bool) -> None:
        self._source = source
        self._reviewer = reviewer.strip()
        self._day = day
        self._own_answers = own_answers
        self._asked_whose = own_answers

    def go(self) -> None:
        """Go through what is open; where nothing is, through all of it if that is wanted."""
        from net119_conformance.review.standing import UNDECIDED
        from net119_conformance.review.telling import item_lines
        from net119_conformance.runner import ALL_PURPOSES, load_suite

        items = self._source.reviews().items
        waiting = [each for each in items if each.standing in UNDECIDED]
        if not waiting:
            again = text(
                ja="すべて確認されています。もう一度見ますか",
                en="All of it is reviewed. Look at it again",
            )
            if not typer.confirm(again, default=False):
                return
            waiting = list(items)
        purposes, _, _ = load_suite(ALL_PURPOSES)
        lang: Lang = current_language().value
        for place, each in enumerate(waiting, 1):
            purpose = purposes.get(each.item.result.id)
            typer.echo()
            for line in item_lines(each, purpose, place, len(waiting), lang):
                typer.echo(line)
            if not self._ask(each):
                return

    def _ask(self, each: "Reviewed") -> bool:
        """Take a decision; False if the reviewer has had enough."""
        from net119_conformance.review.model import Decision

        typer.echo(
            text(
                ja="   [1] 成り立つ\n   [2] 成り立たない\n   [3] あとで見る\n   [4] ここまでにする",
                en="   [1] it holds\n   [2] it does not hold\n   [3] look at it later\n"
                "   [4] stop here",
            )
        )
        while True:
            chosen = str(typer.prompt(text(ja="番号", en="Number"))).strip()
            if chosen in ("3", "4"):
                return chosen == "3"
            if chosen in ("1", "2"):
                why = typer.prompt(
                    text(
                        ja="そう判断した理由（Enter だけで番号に戻る）",
                        en="Why (just Enter: back to the number)",
                    ),
                    default="",
                    show_default=False,
                ).strip()
                if why:
                    self._keep(each, Decision.ACCEPTED if chosen == "1" else Decision.REJECTED, why)
                    return True

    def _keep(self, each: "Reviewed", decision: "Decision", reason: str) -> None:
        from net119_conformance.review.deciding import decide

        if not self._reviewer:
            self._reviewer = _typed(text(ja="あなたの氏名か頭文字", en="Your name or initials"))
        if not self._asked_whose:
            self._asked_whose = True
            self._own_answers = typer.confirm(
                text(
                    ja="あなたは、この試験のお願いに答えた試験者本人ですか（報告書に出ます）",
                    en="Are you the tester who answered the steps (the report says so)",
                ),
                default=False,
            )
        made = decide(
            each.item,
            self._source.report,
            decision,
            reviewer=self._reviewer,
            reason=reason,
            own_answers=self._own_answers,
            reviewed_on=self._day,
            now=datetime.now(UTC),
        )
        self._source.add(made)
        typer.echo(
            text(
                ja=f"   記録しました（{self._reviewer}、{self._day.isoformat()}）。",
                en=f"   Kept ({self._reviewer}, {self._day.isoformat()}).",
            )
        )


def _typed(label: str) -> str:
    """What is typed, more than blanks."""
    said = ""
    while not said:
        said = typer.prompt(label).strip()
    return said
