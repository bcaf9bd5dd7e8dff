"""Makes a decision of a reviewer's, or says what is missing for one."""

from collections.abc import Sequence
from datetime import date, datetime

from net119_conformance.catalogue import Text
from net119_conformance.errors import ConformanceError
from net119_conformance.results import Report
from net119_conformance.review.items import ToReview
from net119_conformance.review.model import LONGEST, LONGEST_NAME, Decision, Review
from net119_conformance.review.standing import Reviewed


def decide(
    item: ToReview,
    report: Report,
    decision: Decision,
    *,
    reviewer: str,
    reason: str,
    own_answers: bool,
    reviewed_on: date,
    now: datetime,
) -> Review:
    """The decision about what is there now.

    Raises:
        ConformanceError: nobody is named, no reason is given, one is too long, or the day is
            before the run or in the future.
    """
    to_do = Text(
        en="say who looked at it (--reviewer), why (--reason), and on which day (--on)",
        ja="確かめた人 (--reviewer)、理由 (--reason)、確かめた日 (--on) を指定してください",
    )
    for option, text, longest, wrong in (
        (
            "--reviewer",
            reviewer,
            LONGEST_NAME,
            Text(en="nobody is named who reviewed it", ja="確かめた人の名前がありません"),
        ),
        ("--reason", reason, LONGEST, Text(en="it gives no reason", ja="理由がありません")),
    ):
        if not text.strip():
            raise ConformanceError(wrong, _about(item), to_do)
        if len(text.strip()) > longest:
            raise ConformanceError(
                Text(
                    en=f"it has more than {longest} characters",
                    ja=f"{longest} 文字を超えています",
                ),
                _about(item, option),
                Text(en="shorten it", ja="短くしてください"),
            )
    # Days are local ones, and the run may have been made east of here.
    begun = report.started_at.astimezone().date()
    if not begun <= reviewed_on <= now.astimezone().date():
        raise ConformanceError(
            Text(
                en=f"{reviewed_on.isoformat()} is before the run ({begun.isoformat()}) or not yet "
                "come",
                ja=f"{reviewed_on.isoformat()} は、試験の日 ({begun.isoformat()}) より前か、"
                "まだ来ていない日です",
            ),
            _about(item, "--on"),
            Text(
                en="give the day on which somebody looked at it",
                ja="確かめた日を指定してください",
            ),
        )
    return Review(
        id=item.result.id,
        sut=item.result.sut,
        decision=decision,
        reason=reason,
        reviewer=reviewer,
        own_answers=own_answers,
        reviewed_on=reviewed_on,
        recorded_at=now,
        of=item.of,
    )


def _about(item: ToReview, option: str = "") -> Text:
    return Text(
        en=f"the review of {item.name}{', ' if option else ''}{option}",
        ja=f"{item.name} の確認{'、' if option else ''}{option}",
    )


def chosen(
    items: Sequence[Reviewed], names: Sequence[str], *, as_seen: bool = False
) -> list[Reviewed]:
    """Those that were named, by ID or by ID--SUT, in any case of letters, and ``@`` with the
    fingerprint of what was looked at behind it, which must not be missing where ``as_seen``.

    Raises:
        ConformanceError: a name fits none of them, or several, or its fingerprint is missing or
            that of something else than is there now.
    """
    found: list[Reviewed] = []
    for name in names:
        one = _named(items, name)
        _, at, fingerprint = name.partition("@")
        if at and fingerprint.strip().lower() != one.item.fingerprint:
            raise ConformanceError(
                Text(
                    en=f"what {fingerprint or 'no fingerprint'} stands for is not what is there "
                    "now: it was changed, or is of another run",
                    ja=f"指紋 {fingerprint or '(なし)'} は、いまあるものの指紋ではありません "
                    "(変わったか、別の実行のものです)",
                ),
                f"--item {name}",
                _look(one),
            )
        if as_seen and not at:
            raise ConformanceError(
                Text(
                    en=f"{name} names no fingerprint, so that anything could be accepted unseen",
                    ja=f"{name} に指紋がないため、何を見て判断したのか分かりません",
                ),
                f"--item {name}",
                _look(one),
            )
        if one not in found:
            found.append(one)
    return found


def _named(items: Sequence[Reviewed], name: str) -> Reviewed:
    wanted = name.partition("@")[0].strip().upper()
    fitting = [
        each for each in items if wanted in (each.item.name.upper(), each.item.result.id.upper())
    ]
    if len(fitting) == 1:
        return fitting[0]
    there = ", ".join(each.item.name for each in items)
    raise ConformanceError(
        Text(en=f"{name} is several", ja=f"{name} に当てはまるものがいくつもあります")
        if fitting
        else Text(
            en=f"{name} needs no review, or is not in the report",
            ja=f"{name} は確認の要らない結果か、報告書にないものです",
        ),
        f"--item {name}",
        Text(
            en=f"name one of these as ID or ID--SUT: {there or 'nothing'}",
            ja=f"次のどれかを、ID か ID--試験対象 で指定してください: {there or 'なし'}",
        ),
    )


def _look(one: Reviewed) -> Text:
    return Text(
        en=f"look at the evidence of {one.item.name} and its pictures as they are now, and name "
        "the item as --list shows it (ID@FINGERPRINT)",
        ja=f"{one.item.name} のいまの証拠と画像を見てから、--list に出るとおり "
        "(ID@指紋) に指定してください",
    )
