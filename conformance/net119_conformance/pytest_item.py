"""One purpose as an item of a vendor's own pytest run."""

from pathlib import Path

import pytest

from net119_conformance.baseline import Baseline
from net119_conformance.plan import PlanItem
from net119_conformance.pytest_plugin import PlannedRun
from net119_conformance.report.words import NOT_SCORED
from net119_conformance.turns import turn
from net119_conformance.verdict import ExitRule, Verdict


class Item(pytest.Item):
    """One purpose against one system."""

    run: PlannedRun
    plan_item: PlanItem
    rule: ExitRule
    baseline: Baseline

    def runtest(self) -> None:
        """Judge it, and give pytest the outcome in its own terms."""
        with turn(self.run.plan.results, alone=self.plan_item.alone):
            record = self.run.run(self.plan_item)
        text = "; ".join(reason.en for reason in record.reasons)
        failed = [check for check in record.checks if not check.passed]
        text = "\n".join(
            [
                f"{record.verdict}: {text}" if text else str(record.verdict),
                *(
                    f"{check.name}\n  expected: {check.expected}\n  seen: {check.seen}"
                    for check in failed
                ),
            ]
        )
        known = self.baseline.excuse(record)
        if known is not None and self.rule.blocks(record.id, record.verdict):
            pytest.xfail(f"known: {known.reason}")
        if self.rule.blocks(record.id, record.verdict):
            pytest.fail(text, pytrace=False)
        if record.id in self.rule.unscored:
            pytest.skip(f"{NOT_SCORED.en}: {text}")
        if record.verdict is Verdict.NOT_APPLICABLE:
            pytest.skip(text)

    def reportinfo(self) -> tuple[Path, None, str]:
        """Where pytest says that it is: at the purpose."""
        return Path(self.config.rootpath), None, self.name
