"""What is said of items that were planned and left no record."""

from collections.abc import Sequence
from datetime import datetime

from net119_conformance.claim import process_of
from net119_conformance.judge import with_evidence
from net119_conformance.plan import Plan, PlanItem
from net119_conformance.record import ItemRecord, unjudged
from net119_conformance.verdict import Verdict


def records_of_missing(
    plan: Plan, missing: Sequence[PlanItem], last_words: str, at: datetime
) -> list[ItemRecord]:
    """A record for each: its worker died, or pytest, whose last words these are, never came so far.

    A process that dies takes everything with it that it had in hand: each names the others.
    """
    processes = {item.name: process_of(plan.started_path(item)) for item in missing}
    records = []
    for item in missing:
        if plan.started_path(item).exists():
            others = [
                one.purpose
                for one in missing
                if one is not item and processes[one.name] == processes[item.name]
            ]
            en = "the worker process died while it ran this purpose"
            ja = "この試験の実行中に試験側のプロセスが異常終了しました"
            if others:
                names = ", ".join(others)
                en += f", and beside it {names}; with --hands 1 only the one at fault is lost"
                ja += (
                    f"。同じプロセスで同時に実行していた試験: {names}。"
                    "--hands 1 なら、原因の試験だけが失われます"
                )
        else:
            en = f"this purpose was planned but never run; pytest: {last_words}"
            ja = f"この試験は実行されませんでした。pytest の出力: {last_words}"
        verdict = Verdict.HARNESS_ERROR
        record = unjudged(item.purpose, item.sut, verdict, en=en, ja=ja, at=at)
        records.append(with_evidence(record, plan.out))
    return records
