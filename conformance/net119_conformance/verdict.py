"""Verdicts, their arithmetic, and the rule by which a run exits. Nothing else decides about green.

The suite fails closed: what is unknown, unfinished or empty is never a pass.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum, StrEnum


class Verdict(StrEnum):
    """What one test purpose found about one system under test."""

    PASS = "PASS"  # noqa: S105 - a verdict, not a password
    """At least one check was made and every check held."""
    FAIL = "FAIL"
    """The SUT did something else than a requirement asks."""
    WARN = "WARN"
    """It only missed what the source recommends, or what we derived from it."""
    INCONCLUSIVE = "INCONCLUSIVE"
    """It could not be judged: no evidence, a missing prerequisite, a SUT out of reach."""
    NOT_APPLICABLE = "NOT_APPLICABLE"
    """The SUT does not claim what this purpose judges."""
    NEEDS_REVIEW = "NEEDS_REVIEW"
    """Only a person can judge what was seen."""
    HARNESS_ERROR = "HARNESS_ERROR"
    """The suite itself broke; it says nothing about the SUT."""


# A failed check stays a fact whatever broke after it, so FAIL outweighs HARNESS_ERROR. PASS is the
# lightest: a purpose that probed a claim with success and then does not apply, does not apply.
_BY_WEIGHT = (
    Verdict.PASS,
    Verdict.NOT_APPLICABLE,
    Verdict.WARN,
    Verdict.NEEDS_REVIEW,
    Verdict.INCONCLUSIVE,
    Verdict.HARNESS_ERROR,
    Verdict.FAIL,
)
_WEIGHT = {verdict: weight for weight, verdict in enumerate(_BY_WEIGHT)}

BLOCKING = frozenset(
    {Verdict.FAIL, Verdict.INCONCLUSIVE, Verdict.NEEDS_REVIEW, Verdict.HARNESS_ERROR}
)
"""Verdicts that keep a run from exiting with 0, strict or not."""


def weight(verdict: Verdict) -> int:
    """How much a verdict weighs: a larger number outweighs a smaller one."""
    return _WEIGHT[verdict]


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """The verdict of a whole made of parts: the heaviest; INCONCLUSIVE for no parts at all."""
    return max(verdicts, key=weight, default=Verdict.INCONCLUSIVE)


class ExitStatus(IntEnum):
    """Exit statuses of a conformance run."""

    OK = 0
    """Something passed and nothing blocks."""
    VERDICTS = 1
    """At least one verdict blocks, or nothing passed."""
    SETUP = 2
    """Wrong options or profile, or the environment did not start: nothing was judged."""
    INTERRUPTED = 130
    """Stopped by Ctrl-C or SIGTERM; the report is partial and says so."""


@dataclass(frozen=True)
class ExitRule:
    """How strict a run is.

    `strict` makes WARN block. `allowed_not_applicable` lists the purpose IDs that may come out as
    NOT_APPLICABLE; None allows all (a vendor's claims decide). The reference's own run gives a
    list, so that a purpose cannot vanish while the run stays green. `unscored` are purposes that
    are shown and do not count: the system claims a catalogue that does not have them yet.
    """

    strict: bool = False
    allowed_not_applicable: frozenset[str] | None = None
    unscored: frozenset[str] = frozenset()

    def blocks(self, purpose_id: str, verdict: Verdict) -> bool:
        """True if this outcome keeps the run from exiting with 0."""
        if purpose_id in self.unscored:
            # A defect of the suite is one, whatever the system claims.
            return verdict is Verdict.HARNESS_ERROR
        if verdict is Verdict.WARN:
            return self.strict
        if verdict is Verdict.NOT_APPLICABLE:
            allowed = self.allowed_not_applicable
            return allowed is not None and purpose_id not in allowed
        return verdict in BLOCKING

    def exit_status(
        self, outcomes: Iterable[tuple[str, Verdict]], *, stale: bool = False
    ) -> ExitStatus:
        """The exit status of a complete run; `outcomes` are pairs of purpose ID and verdict.

        `stale`: a line of the baseline is out of date.
        """
        seen = list(outcomes)
        passed = any(
            verdict is Verdict.PASS and purpose_id not in self.unscored
            for purpose_id, verdict in seen
        )
        blocked = any(self.blocks(purpose_id, verdict) for purpose_id, verdict in seen)
        return ExitStatus.OK if passed and not blocked and not stale else ExitStatus.VERDICTS
