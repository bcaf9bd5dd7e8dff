"""What the checks and conclusions in a log come to: the verdict, worked out without the system."""

from collections.abc import Mapping, Sequence
from typing import Any

from net119_conformance.checks import CheckLevel
from net119_conformance.verdict import Verdict, worst

_SILENCE = "nothing within "


def verdict_of(lines: Sequence[Mapping[str, Any]]) -> Verdict:
    """The verdict that the checks and conclusions of a log come to.

    A check that cannot be understood counts as HARNESS_ERROR: what cannot be read is no pass.
    """
    checks = [line for line in lines if line.get("kind") == "check"]
    parts = [_counts_as(check) for check in checks]
    conclusions = [verdict for line in lines if (verdict := _concluded(line)) is not None]
    if not conclusions and all(_silent(check) for check in checks):
        # Nothing at all, or nothing but things that did not come: a dead system shows the same.
        conclusions.append(Verdict.INCONCLUSIVE)
    return worst([*parts, *conclusions])


def accepted_verdict(lines: Sequence[Mapping[str, Any]]) -> Verdict:
    """What a log comes to once a person has accepted all that only a person can judge.

    The acceptance is evidence, so that no check is needed besides; nothing else becomes lighter.
    """
    parts = [_counts_as(line) for line in lines if line.get("kind") == "check"]
    conclusions = [verdict for line in lines if (verdict := _concluded(line)) is not None]
    others = [verdict for verdict in conclusions if verdict is not Verdict.NEEDS_REVIEW]
    return worst([Verdict.PASS, *parts, *others])


def _counts_as(check: Mapping[str, Any]) -> Verdict:
    try:
        verdict = Verdict(str(check.get("counts_as")))
    except ValueError:
        return Verdict.HARNESS_ERROR
    if (check.get("passed") is True) is not (verdict is Verdict.PASS):
        return Verdict.HARNESS_ERROR
    # A check that must hold is never a mere warning.
    if check.get("level") == CheckLevel.MUST and verdict is Verdict.WARN:
        return Verdict.HARNESS_ERROR
    return verdict


def _silent(check: Mapping[str, Any]) -> bool:
    return check.get("passed") is True and str(check.get("seen", "")).startswith(_SILENCE)


def _concluded(line: Mapping[str, Any]) -> Verdict | None:
    """Notes that are conclusions begin with the verdict and a colon."""
    if line.get("kind") != "note":
        return None
    word, parted, _ = str(line.get("text", "")).partition(": ")
    return Verdict(word) if parted and word in set(Verdict) else None
