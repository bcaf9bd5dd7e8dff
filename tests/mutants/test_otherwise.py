"""Whatever a right system does otherwise than the reference, no purpose fails it for that."""

from pathlib import Path

import pytest
from net119_conformance.verdict import Verdict
from net119_simulators.network.forks import Forks

from tests.mutants.harness import explained, in_browser, purposes, running, told_apart
from tests.mutants.registry import OTHERWISE
from tests.turns import part

NAMES = (
    "ALARM-CONSULTATION",
    "ALARM-UNCLEAR",
    "CALLBACK-EXPIRES",
    "CALLBACK-ONE-CALL",
    "CALLBACK-REOPENS",
    "CHROME-CARD",
    "CONSOLE-TRANSFER",
    "CROSSED-BOTH-ASK",
    "DESK-ONE-OWNER",
    "DEVICE-TABLE",
    "FALLBACK-DATED",
    "MOBILE-ADVICE",
    "MOBILE-CALL",
    "MOBILE-CALLBACK",
    "MOBILE-CHARACTERS",
    "MOBILE-CHARACTERS-PEER",
    "MOBILE-JAPANESE",
    "MOBILE-PLAINTEXT-WARNING",
    "MOBILE-POSITIONING-OFF",
    "MOBILE-POSITIONS",
    "PAGE-CALL-POSITIONING-OFF",
    "PAGE-CALL-STEPS",
    "PAGE-CALLBACK",
    "RENEW-BY-REPLY",
    "RENEW-BY-URL",
    "RETAIN-CALLS",
    "RETAIN-FISCAL-YEARS",
)
"""Those that see what it does otherwise."""
PARTS = 4
"""In turn by commit: all of them take a minute."""


@pytest.mark.slow
def test_another_right_system_passes(forks: Forks, tmp_path: Path, chromium: str) -> None:
    every = purposes()
    chosen = [every[name] for name in part(NAMES, PARTS)]
    if not chromium:
        chosen = [each for each in chosen if not in_browser(each)]
    with running(forks, OTHERWISE, chosen, tmp_path, chromium=chromium) as system:
        records = [system.judge(each) for each in chosen]
        log = system.log()
    records = told_apart(forks, OTHERWISE, records, tmp_path, chromium=chromium)
    wrong = [explained(each) for each in records if each.verdict is not Verdict.PASS]
    assert not wrong, "\n".join([*wrong, log])
