"""Whatever a right system does otherwise than the reference, no purpose fails it for that."""

from pathlib import Path

import pytest
from net119_conformance.verdict import Verdict
from net119_simulators.network.forks import Forks

from tests.mutants.harness import explained, purposes, running, told_apart
from tests.mutants.registry import OTHERWISE
from tests.turns import part

NAMES = (
    "ALARM-CONSULTATION",
    "ALARM-UNCLEAR",
    "CALLBACK-ONE-CALL",
    "CALLBACK-REOPENS",
    "CHROME-CARD",
    "CONSOLE-TRANSFER",
    "DESK-ONE-OWNER",
    "DEVICE-TABLE",
    "FALLBACK-DATED",
    "MOBILE-ADVICE",
    "MOBILE-CALL",
    "MOBILE-CHARACTERS",
    "MOBILE-CHARACTERS-PEER",
    "MOBILE-JAPANESE",
    "MOBILE-PLAINTEXT-WARNING",
    "MOBILE-POSITIONING-OFF",
    "MOBILE-POSITIONS",
    "PAGE-CALL-POSITIONING-OFF",
    "PAGE-CALL-STEPS",
)
"""Those that see what it does otherwise."""
PARTS = 4
"""In turn by commit: all of them take a minute."""


@pytest.mark.slow
def test_another_right_system_passes(forks: Forks, tmp_path: Path) -> None:
    every = purposes()
    chosen = [every[name] for name in part(NAMES, PARTS)]
    with running(forks, OTHERWISE, chosen, tmp_path) as system:
        records = [system.judge(each) for each in chosen]
        log = system.log()
    records = told_apart(forks, OTHERWISE, records, tmp_path)
    wrong = [explained(each) for each in records if each.verdict is not Verdict.PASS]
    assert not wrong, "\n".join([*wrong, log])
