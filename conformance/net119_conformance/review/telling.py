"""What a reviewer is shown of a result that needs review, as lines for a terminal."""

from collections.abc import Mapping

from net119_conformance.catalogue import Lang, Text
from net119_conformance.purpose import Purpose
from net119_conformance.report.clean import visible
from net119_conformance.report.words import REVIEW_STANDING, STEP_OUTCOME, VERDICT_WORD, say
from net119_conformance.review.model import Review
from net119_conformance.review.standing import Reviewed, Stray


def item_lines(
    reviewed: Reviewed, purpose: Purpose | None, place: int, total: int, lang: Lang
) -> list[str]:
    """All of one result: what was to be seen, what the tester answered, and who decided what."""
    item, result = reviewed.item, reviewed.item.result
    title = "" if purpose is None else purpose.title.get(lang)
    lines = [f"== {place}/{total}  {result.id}  {result.sut}  {title}"]
    if purpose is not None:
        for label, text in (
            (say(lang, en="what was done", ja="したこと"), purpose.stimulus),
            (say(lang, en="what is expected", ja="期待する結果"), purpose.expected),
            (say(lang, en="why", ja="理由"), purpose.why),
        ):
            lines.append(f"   {label}: {text.get(lang)}")
    question = result.reason_ja if lang == "ja" else result.reason
    asked = [each for each in question.split("\n") if each]
    lines.append(f"   {say(lang, en='to be judged by a person', ja='人が判断すること')}:")
    lines += [f"     - {each}" for each in asked]
    lines.append(
        f"   {say(lang, en='what the tester did and saw', ja='試験者がしたこと・見たもの')}:"
    )
    for number, told in enumerate(item.told, 1):
        lines += _step(number, told, lang)
        name = str(told.get("picture") or "")
        if name:
            where = str(item.pictures.get(name) or _not_here(name, lang))
            lines.append(f"         {say(lang, en='screenshot', ja='画面の写し')}: {where}")
    if not item.told:
        lines.append(f"     {say(lang, en='nothing is on record', ja='記録がありません')}")
    checks = say(
        lang,
        en=f"{result.checks} checks by the suite, no failure among them",
        ja=f"試験側の検査 {result.checks} 件（不合格なし）",
    )
    word = VERDICT_WORD[item.if_accepted].get(lang)
    lines.append(f"   {checks}; {say(lang, en='if it holds', ja='成り立つとき')}: {word}")
    lines.append(f"   {say(lang, en='evidence', ja='証拠')}: {result.evidence}")
    lines += _standing(reviewed, lang)
    # A tester's text in several lines must not look like lines of ours.
    return [visible(line).replace("\n", "\n         | ") for line in lines]


def short_line(reviewed: Reviewed, lang: Lang) -> str:
    """How it stands with a result, in one line, and how to name what is there for a decision."""
    result = reviewed.item.result
    word = REVIEW_STANDING[reviewed.standing].get(lang)
    told = f"{word}"
    if reviewed.deciding is not None:
        told += f": {signature(reviewed.deciding, lang)}"
    elif reviewed.why_stale is not None:
        told += f": {signature(reviewed.history[-1], lang)}: {reviewed.why_stale.get(lang)}"
    named = f"--item {reviewed.item.name}@{reviewed.item.fingerprint}"
    return visible(f"{result.id}  {result.sut}  {told}  [{named}]")


def stray_line(stray: Stray, lang: Lang) -> str:
    """A decision that fits no result, in one line."""
    one = stray.review
    return visible(f"{one.id}  {one.sut}  {signature(one, lang)}: {stray.why.get(lang)}")


def signature(review: Review, lang: Lang) -> str:
    """Who decided, when, and why."""
    day = review.reviewed_on.isoformat()
    if lang == "ja":
        own = "（お願いに答えた本人）" if review.own_answers else ""
        return f"{review.reviewer}{own}、{day}（{review.reason}）"
    own = ", who also answered the steps" if review.own_answers else ""
    return f"{review.reviewer}{own}, {day} ({review.reason})"


def _step(number: int, told: Mapping[str, object], lang: Lang) -> list[str]:
    outcome = str(told.get("outcome"))
    word: Text | None = STEP_OUTCOME.get(outcome)
    lines = [f"     {number}. {told.get('text')}: {word.get(lang) if word else outcome}"]
    said = told.get("said")
    if isinstance(said, Mapping):
        lines += [f"         {label}: {text}" for label, text in said.items()]
    return lines


def _not_here(name: str, lang: Lang) -> str:
    return name + say(
        lang,
        en=" (not here: the export left it out, or it was taken away)",
        ja="（ここにありません。書き出すときに除かれたか、取り除かれました）",
    )


def _standing(reviewed: Reviewed, lang: Lang) -> list[str]:
    if not reviewed.history:
        return []
    label = say(lang, en="decided so far", ja="これまでの判断")
    lines = [f"   {label}: {REVIEW_STANDING[reviewed.standing].get(lang)}"]
    lines += [
        f"     {REVIEW_STANDING[each.decision].get(lang)}: {signature(each, lang)}"
        for each in reviewed.history
    ]
    if reviewed.why_stale is not None:
        lines.append(f"     {reviewed.why_stale.get(lang)}")
    return lines
