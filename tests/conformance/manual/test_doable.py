"""Which purposes a person is asked to carry out, and what becomes of all others."""

import asyncio
import re
from pathlib import Path

import pytest
from net119_conformance.drivers.interface import Verb
from net119_conformance.drivers.manual import POSSIBLE, ManualDriver, ManualSettings
from net119_conformance.drivers.manual_seen import SeenCall, SeenPerson, seen
from net119_conformance.errors import DriverFailed
from net119_conformance.evidence import EvidenceLog
from net119_conformance.manual.doable import DOABLE, LOGS_IN_APART
from net119_conformance.runner import ALL_PURPOSES, load_suite
from net119_conformance.sut.reading import read_profile
from net119_conformance.sut.verbs import claimed_verbs, registers_people
from net119_conformance.trial import Trial
from net119_protocol.codes import CallState
from net119_protocol.interconnect.mapping import load_mapping
from net119_simulators.wiretap import Silence

DOCS = Path(__file__).parents[3] / "docs"
SUITE = load_suite(ALL_PURPOSES)[0]


def test_all_of_them_are_purposes_and_none_needs_more_than_a_person_has() -> None:
    assert set(SUITE) >= DOABLE
    assert {Verb.HANDSET, Verb.CONSOLE, Verb.STAFF, Verb.RECORDS} == POSSIBLE
    assert DOABLE > LOGS_IN_APART


@pytest.mark.parametrize("page", ["manual-driver.md", "manual-driver.ja.md"])
def test_the_documentation_names_them(page: str) -> None:
    rows = [line for line in (DOCS / page).read_text("utf-8").splitlines() if line[:3] == "| `"]
    named = {name for row in rows for name in re.findall(r"`([A-Z0-9-]+)`", row)}
    assert named == DOABLE
    assert {name for row in rows for name in re.findall(r"^\| `([a-z_]+)`", row)} == set(
        ManualSettings.model_fields
    )


def driver() -> ManualDriver:
    return ManualDriver(ManualSettings(), "hito", load_mapping(), 8.0)


@pytest.mark.parametrize(
    ("purpose", "says"),
    [("CHAT-ORDER", "フック（docs/http-hook.ja.md）で判定するか"), ("", "there is nobody to ask")],
)
def test_nobody_is_asked_where_nobody_can_or_nobody_is(
    purpose: str, says: str, tmp_path: Path
) -> None:
    async def go() -> str:
        made = driver()
        with EvidenceLog(tmp_path / "evidence" / "X--hito.jsonl") as evidence:
            if purpose:
                # A desk that is not there: asking it would say something else.
                trial = Trial(SUITE[purpose], evidence)
                made.sit_down("http://127.0.0.1:1/", trial, (), {}, with_peer=False)
            try:
                async with made.console("center", name="x", wiretap=Silence()):
                    return "opened"
            except DriverFailed as failed:
                return f"{failed} / {failed.ja}"
            finally:
                await made.close()

    assert says in asyncio.run(go())


def test_what_nobody_was_asked_for_has_no_value() -> None:
    call = seen(SeenCall, state=CallState.RINGING)
    assert call.state is CallState.RINGING
    # A default (no outcome, no notice) would be a check that passes without anybody having looked.
    for name in ("outcome", "notices", "mine", "place"):
        with pytest.raises(DriverFailed, match=name):
            getattr(call, name)


def test_nobody_is_registered_while_a_purpose_is_judged() -> None:
    """Although `staff` is claimed, for suspending: people are registered beforehand."""
    profile = read_profile(DOCS / "examples" / "sut-manual.toml")
    assert Verb.STAFF in claimed_verbs(profile)
    assert not registers_people(profile)
    with pytest.raises(DriverFailed, match="register somebody during the run"):
        asyncio.run(driver().register("d", seen(SeenPerson, name="髙橋")))
