"""The page driver: registration by hand at the pages of the reference, judged as by the API."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from net119_conformance.drivers.names import DriverName
from net119_conformance.verdict import Verdict
from net119_conformance.world import environment
from net119_simulators.network.forks import Forks

from tests.mutants.harness import explained, purposes, running, told_apart
from tests.mutants.registry import CLEAN

REPRESENTATIVE = (
    "APPLY-TERMS-FIRST",
    "REVIEW-EACH-WAY",
    "CHANGE-REVIEWED",
    "CALLPAGE-FROM-MENU",
    "RECORD-ACCESS-LOGGED",
    "NOTICE-TERMS",
    "PAPER-ELIGIBLE",
    "REQUEST-OWN-DATA",
)
"""One for each kind of page: terms, form and confirmation, review, account, menu, call page,
audit log, announcements, keying-in, acts upon a registration."""
AT_ONCE = 3


@pytest.mark.parametrize("driver", DriverName)
def test_the_report_names_the_driver(driver: DriverName) -> None:
    """Whoever reads a verdict can see how it came about."""
    made = environment(list(purposes().values())[:1], driver)
    assert {sut.details["driver"] for sut in made.suts()} == {driver.value}


@pytest.mark.slow
def test_registration_passes_at_the_pages(forks: Forks, tmp_path: Path) -> None:
    """Purposes that know nothing of pages pass when people use pages; the evidence shows them."""
    chosen = [purposes()[name] for name in REPRESENTATIVE]
    with (
        running(forks, CLEAN, chosen, tmp_path, driver=DriverName.PAGES) as system,
        ThreadPoolExecutor(AT_ONCE) as pool,
    ):
        records = list(pool.map(system.judge, chosen))
        log = system.log()
    records = told_apart(forks, CLEAN, records, tmp_path, driver=DriverName.PAGES)
    wrong = [explained(each) for each in records if each.verdict is not Verdict.PASS]
    assert not wrong, "\n".join([*wrong, log])
    file, *_ = tmp_path.rglob("CHANGE-REVIEWED--*.jsonl")
    evidence = file.read_text("utf-8")
    for page in ("/staff/search", "/staff/registrants/", "/my", "/r/"):
        assert page in evidence, f"no page {page} was used"
    for call in ("/api/registration/", "POST /api/staff/"):
        assert call not in evidence, f"{call} was used where there are pages"
