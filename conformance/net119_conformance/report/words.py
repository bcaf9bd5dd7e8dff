"""The words of reports and of the terminal, in Japanese and English."""

from collections.abc import Iterable

from net119_conformance.catalogue import Lang, Text
from net119_conformance.verdict import ExitStatus, Verdict

VERDICT_WORD: dict[Verdict, Text] = {
    Verdict.PASS: Text(en="pass", ja="合格"),
    Verdict.FAIL: Text(en="fail", ja="不合格"),
    Verdict.WARN: Text(en="warning", ja="注意"),
    Verdict.INCONCLUSIVE: Text(en="inconclusive", ja="判定不能"),
    Verdict.NOT_APPLICABLE: Text(en="not applicable", ja="対象外"),
    Verdict.NEEDS_REVIEW: Text(en="needs review", ja="要確認"),
    Verdict.HARNESS_ERROR: Text(en="harness error", ja="試験側の異常"),
}

STEP_OUTCOME: dict[str, Text] = {
    "done": Text(en="done", ja="できた"),
    "other": Text(en="something else was seen", ja="違うものが見えた"),
    "unable": Text(en="could not be done", ja="できなかった"),
    "skipped": Text(en="skipped", ja="とばした"),
    "stopped": Text(en="the run was stopped", ja="実行を止めた"),
    "expired": Text(en="no answer in time", ja="時間内に答えがなかった"),
    "on-the-wire": Text(en="seen on the wire", ja="電文で確認した"),
    "withdrawn": Text(en="taken back", ja="取り下げた"),
}
"""How a step that a person was asked to do ended (`manual.steps.Outcome`)."""

VERDICT_STYLE: dict[Verdict, str] = {
    Verdict.PASS: "green",
    Verdict.FAIL: "bold red",
    Verdict.WARN: "yellow",
    Verdict.INCONCLUSIVE: "bold magenta",
    Verdict.NOT_APPLICABLE: "dim",
    Verdict.NEEDS_REVIEW: "bold cyan",
    Verdict.HARNESS_ERROR: "bold white on red",
}
"""Rich styles; the word always stands beside, so that nothing hangs on colour alone."""


def say(lang: Lang, *, en: str, ja: str) -> str:
    """The one of two equivalent texts that fits `lang`."""
    return ja if lang == "ja" else en


REVIEW_STANDING: dict[str, Text] = {
    "accepted": Text(en="holds", ja="成り立つ"),
    "rejected": Text(en="does not hold", ja="成り立たない"),
    "open": Text(en="not looked at yet", ja="まだ確認されていない"),
    "stale": Text(en="reviewed, but no longer what is here", ja="確認されたものと違っている"),
}
"""How it stands with a result that needs review (`review.standing.Standing`)."""


def reviewed_words(counts: Iterable[tuple[str, int]]) -> Text:
    """How many results that need review stand how."""
    told = [(REVIEW_STANDING[each], count) for each, count in counts]
    return Text(
        en="; ".join(f"{count} {word.en}" for word, count in told) or "none",
        ja="、".join(f"{word.ja} {count} 件" for word, count in told) or "なし",
    )


NOT_SCORED = Text(en="not scored", ja="採点対象外")


def newer(count: int, claimed: str) -> Text:
    """How many results are shown and do not count, and why."""
    return Text(
        en=f"{count} not scored: newer than catalogue {claimed}, which the system claims.",
        ja=f"採点対象外 {count} 件: 試験対象が準拠を表明しているカタログ {claimed} より"
        "新しい試験です。",
    )


def headline(
    *, exit_status: int, failed: bool, known: int = 0, stale: int = 0, partial: bool = False
) -> Text:
    """The outcome of a whole run in one phrase. `known`: results that the baseline excuses;
    `stale`: its lines that are out of date; `partial`: only a selection was asked for."""
    if exit_status == ExitStatus.INTERRUPTED:
        return Text(en="Interrupted: no overall verdict", ja="中断されたため、総合判定はありません")
    if exit_status == ExitStatus.OK and known:
        return Text(
            en=f"Does not conform: {known} known, nothing new",
            ja=f"不適合: 既知の {known} 件のみ、新しいものなし",
        )
    if exit_status == ExitStatus.OK and partial:
        return Text(
            en="Conforms in all that was judged, which is a selection",
            ja="選んで判定した項目のすべてに適合",
        )
    if exit_status == ExitStatus.OK:
        return Text(en="Conforms in all that was judged", ja="判定したすべての項目に適合")
    if stale and not failed:
        return Text(
            en=f"The list of known failures is out of date in {stale} lines",
            ja=f"既知の不適合の一覧のうち {stale} 行が古くなっています",
        )
    if failed:
        return Text(en="Does not conform", ja="不適合")
    return Text(en="Conformance not shown", ja="適合を確認できず")
