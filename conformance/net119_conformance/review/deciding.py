"""Makes a decision of a reviewer's, or says what is missing for one."""

from collections.abc import Sequence
from datetime import date, datetime

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
    to_do = "say who looked at it (--reviewer), why (--reason), and on which day (--on)"
    about = f"the review of {item.name}"
    for option, text, longest, wrong in (
        ("--reviewer", reviewer, LONGEST_NAME, "nobody is named who reviewed it"),
        ("--reason", reason, LONGEST, "it gives no reason"),
    ):
        if not text.strip():
            raise ConformanceError(wrong, about, to_do)
        if len(text.strip()) > longest:
            raise ConformanceError(
                f"it has more than {longest} characters", f"{about}, {option}", "shorten it"
            )
    # Days are local ones, and the run may have been made east of here.
    begun = report.started_at.astimezone().date()
    if not begun <= reviewed_on <= now.astimezone().date():
        raise ConformanceError(
            f"{reviewed_on.isoformat()} is before the run ({begun.isoformat()}) or not yet come",
            f"{about}, --on",
            "give the day on which somebody looked at it",
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


def chosen(items: Sequence[Reviewed], names: Sequence[str]) -> list[Reviewed]:
    """Those that were named, by ID or by ID--SUT, in any case of letters.

    Raises:
        ConformanceError: a name fits none of them, or several.
    """
    there = ", ".join(each.item.name for each in items) or "nothing"
    found: list[Reviewed] = []
    for name in names:
        wanted = name.strip().upper()
        fitting = [
            each
            for each in items
            if wanted in (each.item.name.upper(), each.item.result.id.upper())
        ]
        if len(fitting) != 1:
            what = "needs no review, or is not in the report" if not fitting else "is several"
            raise ConformanceError(
                f"{name} {what}",
                f"--item {name}",
                f"name one of these as ID or ID--SUT: {there}",
            )
        found += [each for each in fitting if each not in found]
    return found
