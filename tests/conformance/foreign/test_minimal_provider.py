"""A provider that shares no code with ours is judged by what it says on the wire, and at its hook.

`python -m tests.conformance.foreign` judges it by everything that its hook can serve.
"""

from dataclasses import replace
from pathlib import Path

import pytest
from net119_conformance.purpose import load_purposes
from net119_conformance.verdict import Verdict

from tests.conformance.foreign.bench import TIMERS, explained, running
from tests.turns import revision

PURPOSES = load_purposes(["net119_conformance.purposes"])
CHEAP = (
    "ROUTE-PEER",
    "OFFER-TAKEN",
    "OFFER-NO-CONSOLE",
    "CHAT-ORDER",
    "FALLBACK-NOT-ADOPTED",
    "RECEIVED-DATA",
    "DISCLOSURE-RECORDED",
)
LOOKS = "each look at the record is in the department's audit log, with the reader"
PLANTED = {
    "drops-a-line": ("CHAT-ORDER", "the caller's lines keep their order"),
    "answers-by-itself": ("OFFER-TAKEN", "there is no call.answered before a human answers"),
    "accepts-twice": ("OFFER-TAKEN", "the offer was accepted once"),
    "logs-no-looks": ("RECEIVED-DATA", LOOKS),
    "logs-the-looks-of-nobody": ("RECEIVED-DATA", LOOKS),
    "logs-disclosures-of-its-own-callers-only": (
        "DISCLOSURE-RECORDED",
        "elsewhere: the audit trail has every receiver",
    ),
    "shows-optional-data-while-it-rings": (
        "RECEIVED-DATA",
        "while the call rings the optional data are with no console",
    ),
    "accepts-without-console": ("OFFER-NO-CONSOLE", "the offer is rejected as no-console"),
}
"""Defects, with the purpose and the check that must notice each."""
AT_ONCE = 3
TURN = [(list(PLANTED) * 2)[revision() % len(PLANTED) + each] for each in range(AT_ONCE)]
"""Those of this commit: each costs a provider that starts."""


def test_the_minimal_provider_passes(tmp_path: Path) -> None:
    """What it claims, it keeps."""
    wanted = [PURPOSES[each] for each in CHEAP]
    with running(wanted, tmp_path) as provider:
        records = [provider.judge(each) for each in wanted]
    assert [each.verdict for each in records] == [Verdict.PASS] * len(CHEAP), "\n".join(
        map(explained, records)
    )


def test_it_may_make_an_offer_only_once(tmp_path: Path) -> None:
    """It is judged by what it declares: then nothing is repeated, and T1 is all there is."""
    wanted = [PURPOSES[each] for each in ("FALLBACK-PEER-SILENT", "FALLBACK-PEER-REJECTS")]
    once = replace(TIMERS, t1_s=3.0, offer_attempts=1)
    with running(wanted, tmp_path, timers=once) as provider:
        records = [provider.judge(each) for each in wanted]
    assert [each.verdict for each in records] == [Verdict.PASS] * 2, "\n".join(
        map(explained, records)
    )


@pytest.mark.parametrize("defect", TURN)
def test_a_planted_defect_is_noticed(defect: str, tmp_path: Path) -> None:
    """The purpose fails on the very check that the defect breaks."""
    name, check = PLANTED[defect]
    with running([PURPOSES[name]], tmp_path, defect=defect) as provider:
        record = provider.judge(PURPOSES[name])
    assert record.verdict is Verdict.FAIL, explained(record)
    assert check in [each.name for each in record.checks if not each.passed], explained(record)
