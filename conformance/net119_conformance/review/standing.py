"""Whether what needs review was reviewed, and what it comes to then."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from net119_conformance.catalogue import Text
from net119_conformance.results import Report
from net119_conformance.review.items import ToReview
from net119_conformance.review.model import Decision, Review
from net119_conformance.verdict import Verdict, worst


class Standing(StrEnum):
    """How it stands with one result."""

    OPEN = "open"
    """Nobody has decided."""
    STALE = "stale"
    """Somebody has decided about something else than what is there now."""
    ACCEPTED = "accepted"
    REJECTED = "rejected"


UNDECIDED = frozenset({Standing.OPEN, Standing.STALE})


@dataclass(frozen=True)
class Reviewed:
    """One result that needs review. ``deciding`` is the newest decision about it if it fits,
    ``history`` all of them, oldest first; ``why_stale`` says of the newest why it does not fit."""

    item: ToReview
    standing: Standing
    deciding: Review | None
    history: tuple[Review, ...]
    why_stale: Text | None = None

    @property
    def verdict(self) -> Verdict:
        """What it comes to with the decision; NEEDS_REVIEW for as long as there is none."""
        if self.standing is Standing.ACCEPTED:
            return self.item.if_accepted
        return Verdict.FAIL if self.standing is Standing.REJECTED else Verdict.NEEDS_REVIEW


@dataclass(frozen=True)
class Stray:
    """A decision about something that does not need review, and what became of it."""

    review: Review
    why: Text


@dataclass(frozen=True)
class Reviews:
    """How it stands with a whole report. ``verdict``: the worst of its results with the decisions
    in place of "needs review"."""

    items: tuple[Reviewed, ...]
    strays: tuple[Stray, ...]
    verdict: Verdict

    @property
    def counts(self) -> dict[Standing, int]:
        """How many results stand how, those that none does left out. Decisions about what needs
        no review count as stale."""
        counted = Counter(each.standing for each in self.items)
        counted[Standing.STALE] += len(self.strays)
        return {standing: counted[standing] for standing in Standing if counted[standing]}

    @property
    def undecided(self) -> int:
        """How many results still wait for a decision that fits."""
        return sum(each.standing in UNDECIDED for each in self.items)

    @property
    def out_of_date(self) -> tuple[Stray, ...]:
        """Each newest decision that fits no more, and those about nothing here, with why."""
        stale = [
            Stray(each.history[-1], each.why_stale)
            for each in self.items
            if each.standing is Standing.STALE and each.why_stale is not None
        ]
        return (*stale, *self.strays)

    def about(self, purpose_id: str, sut: str) -> Reviewed | None:
        """That of one result, if it needs review."""
        return next(
            (
                each
                for each in self.items
                if (each.item.result.id, each.item.result.sut) == (purpose_id, sut)
            ),
            None,
        )


def assess(report: Report, items: Sequence[ToReview], reviews: Sequence[Review]) -> Reviews:
    """Hold decisions against what they are about; of several the one recorded last counts,
    wherever it is kept, and none before it: what it took back stays taken back once it is stale."""
    reviews = sorted(reviews, key=lambda each: each.recorded_at)
    names = {each.name for each in items}
    standing = tuple(_assessed(each, reviews) for each in items)
    with_decisions = {each.item.name: each.verdict for each in standing}
    scored = (one for one in report.results if one.scored)
    return Reviews(
        items=standing,
        strays=tuple(
            Stray(each, _why_stray(each, report)) for each in reviews if each.name not in names
        ),
        verdict=worst(with_decisions.get(f"{one.id}--{one.sut}", one.verdict) for one in scored),
    )


def _assessed(item: ToReview, reviews: Sequence[Review]) -> Reviewed:
    about = tuple(each for each in reviews if each.name == item.name)
    if not about:
        return Reviewed(item, Standing.OPEN, None, ())
    newest = about[-1]
    stale = why_stale(newest, item)
    if stale is not None:
        return Reviewed(item, Standing.STALE, None, about, stale)
    accepted = newest.decision is Decision.ACCEPTED
    return Reviewed(item, Standing.ACCEPTED if accepted else Standing.REJECTED, newest, about)


def why_stale(review: Review, item: ToReview) -> Text | None:
    """Why a decision does not fit what is there; None if it does.

    A picture that is not there (an archive leaves them out) contradicts nothing; one that is
    there has to be the one that was looked at.
    """
    if review.of.result != item.of.result:
        return Text(
            en="the result in report.json is another one than was reviewed",
            ja="report.json の結果が、確認されたものと違います",
        )
    if review.of.evidence != item.of.evidence:
        return Text(
            en="the evidence is not what was reviewed", ja="証拠が、確認されたものと違います"
        )
    for name, value in review.of.pictures.items():
        if item.of.pictures.get(name, value) != value:
            return Text(
                en=f"the picture {name} is not the one that was reviewed",
                ja=f"画像 {name} が、確認されたものと違います",
            )
    return None


def _why_stray(review: Review, report: Report) -> Text:
    found = [one for one in report.results if (one.id, one.sut) == (review.id, review.sut)]
    if not found:
        return Text(en="the report has no such result", ja="報告書にこの結果はありません")
    verdict = found[0].verdict
    return Text(
        en=f"the result is {verdict} and needs no review",
        ja=f"結果は {verdict} で、人の確認は要りません",
    )
