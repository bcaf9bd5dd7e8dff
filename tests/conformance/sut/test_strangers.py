"""What does not answer, answers nonsense, is another program or dies is never said to conform."""

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from net119_conformance.drivers.interface import Verb
from net119_conformance.drivers.unclaimed import Unclaimed
from net119_conformance.judge import judge_item
from net119_conformance.purpose import Purpose
from net119_conformance.record import ItemRecord
from net119_conformance.runner import Options, load_suite, run
from net119_conformance.sut.checking import check
from net119_conformance.sut.findings import Finding
from net119_conformance.sut.kinds import DriverKind
from net119_conformance.sut.preparing import prepare
from net119_conformance.sut.profile import DriverTable, SutProfile, split_place
from net119_conformance.sut.reading import read_profile
from net119_conformance.sut.way import place_of
from net119_conformance.verdict import Verdict
from net119_conformance.world.addresses import AddressBlock
from net119_conformance.world.standing import StandingEnvironment
from net119_conformance.world.standing_bench import StandingBench
from net119_conformance.world.standing_description import StandingDescription
from rich.console import Console

from tests.conformance.sut.strangers import (
    Served,
    Talk,
    nonsense,
    provider,
    silent,
    web_server,
)

ASKED = ("ROUTE-OWN", "OFFER-TAKEN", "PAGE-FORMS")
PROFILE = """
[sut]
key = "acme"
name = "髙橋𠮷製①"
vendor = "Acme"
version = "1"
[claims]
roles = ["home", "receiving"]
[addresses]
base_url = "https://{net}.0.2:8443"
stomp = "{net}.0.2:61614"
peers = "{net}.0.0/16"
[timers]
patience_s = 1
reconnect_s = 0.5
[driver]
kind = "api"
admin_token = "token"
"""


@dataclass(frozen=True)
class Ready:
    """A profile with its prepared world, in which nothing listens yet."""

    file: Path
    profile: SutProfile
    purposes: tuple[Purpose, ...]

    @property
    def stem(self) -> Path:
        return self.profile.path(self.profile.world.folder) / "ca" / "sut"

    def served(self, talk: Talk, *, tls: bool = True, stomp: bool = True) -> Served:
        addresses = self.profile.addresses
        assert addresses.base_url is not None
        assert addresses.stomp is not None
        places = [place_of(addresses.base_url), *([split_place(addresses.stomp)] if stomp else [])]
        return Served(talk, *places, stem=self.stem if tls else None)

    def judged(self, out: Path, verbs: str = "") -> list[ItemRecord]:
        """Each purpose judged as a worker does."""
        profile = self.profile
        if verbs:
            driver = profile.driver.model_copy(update={"verbs": tuple(verbs.split())})
            profile = profile.model_copy(update={"driver": driver})
        bench = StandingBench(StandingDescription(profile=self.file, run="1"), profile)
        (sut,) = StandingEnvironment(profile, self.file, self.purposes).suts()
        return [judge_item(each, sut, bench, out, timeout_s=20) for each in self.purposes]


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ready]:
    folder = tmp_path_factory.mktemp("sut")
    purposes, _, _ = load_suite(("net119_conformance.purposes",))
    block = AddressBlock()
    try:
        file = folder / "sut.toml"
        file.write_text(PROFILE.replace("{net}", f"127.{block.number}"), "utf-8")
        profile = read_profile(file)
        chosen = tuple(purposes[name] for name in ASKED if name in purposes)
        prepare(profile, chosen, profile.path(profile.world.folder), with_people=False)
        yield Ready(file, profile, chosen)
    finally:
        block.release()


def reasons(records: list[ItemRecord]) -> str:
    return "\n".join(reason.en for record in records for reason in record.reasons)


def all_inconclusive(records: list[ItemRecord]) -> bool:
    return {record.verdict for record in records} == {Verdict.INCONCLUSIVE}


def test_nothing_that_listens(ready: Ready, tmp_path: Path) -> None:
    records = ready.judged(tmp_path)
    assert all_inconclusive(records)
    assert "the connection is refused: nothing listens there. Start the system" in reasons(records)
    assert "(addresses.base_url)" in reasons(records)
    assert all("待ち受けているもの" in record.reasons[0].ja for record in records)


def test_a_program_that_takes_connections_and_says_nothing(
    ready: Ready, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("net119_conformance.sut.reach.WITHIN_S", 0.3)
    with ready.served(silent, tls=False):
        records = ready.judged(tmp_path)
    assert all_inconclusive(records)
    assert "it takes the connection and does not begin TLS within 0.3 s" in reasons(records)


@pytest.mark.parametrize(("tls", "said"), [(False, "not with TLS 1.2"), (True, "not speak HTTP")])
def test_a_program_that_talks_nonsense(tls: bool, said: str, ready: Ready, tmp_path: Path) -> None:
    with ready.served(nonsense, tls=tls):
        records = ready.judged(tmp_path)
    assert all_inconclusive(records)
    assert said in reasons(records)


def test_what_is_no_stomp_is_not_said_to_know_no_peers(ready: Ready) -> None:
    async def found() -> dict[str, Finding]:
        return {each.place: each async for each in check(ready.profile) if not each.ok}

    with ready.served(nonsense):
        told = asyncio.run(found())
    assert ready.profile.addresses.stomp is not None
    stomp = told[ready.profile.addresses.stomp].sentence()
    assert "it does not speak STOMP (" in stomp.en
    assert "Look which program listens there" in stomp.en
    assert "STOMP の応答ではありません" in stomp.ja


def test_somebody_elses_web_server(ready: Ready, tmp_path: Path) -> None:
    with ready.served(web_server):
        records = ready.judged(tmp_path)
    assert all_inconclusive(records)
    assert "it does not tell its state as a NET119 system does" in reasons(records)


def test_a_web_server_that_cannot_be_asked_for_its_state(ready: Ready, tmp_path: Path) -> None:
    with ready.served(web_server):
        records = ready.judged(tmp_path, "handset console staff pages applicant account records")
    assert Verdict.PASS not in {record.verdict for record in records}
    assert Verdict.HARNESS_ERROR not in {record.verdict for record in records}


def test_the_system_of_another_provider(ready: Ready, tmp_path: Path) -> None:
    with ready.served(provider("aoba")):
        records = ready.judged(tmp_path)
    assert all_inconclusive(records)
    assert "it is the operator 'aoba', not 'acme'" in reasons(records)


def test_a_system_that_dies_after_it_was_asked_who_it_is(ready: Ready, tmp_path: Path) -> None:
    # A look whether it speaks HTTP, and its state; nothing more.
    with ready.served(provider("acme", most=2)):
        records = ready.judged(tmp_path)
    assert all_inconclusive(records)
    assert "cannot be reached" in reasons(records)


def test_a_system_that_has_a_state_and_nothing_else(ready: Ready, tmp_path: Path) -> None:
    with ready.served(provider("acme")):
        records = ready.judged(tmp_path)
    assert {record.verdict for record in records} <= {Verdict.INCONCLUSIVE, Verdict.FAIL}


class Breaks(Unclaimed):
    """Somebody's driver with a defect."""

    verbs = frozenset({Verb.DIRECTORY})

    async def load_directory(self, content: Mapping[str, Any]) -> None:
        raise ValueError("表がありません")


BREAKS = DriverKind(lambda _site, _settings, _wiretap: Breaks())


def test_a_driver_that_breaks_when_it_hands_the_world_over(ready: Ready, tmp_path: Path) -> None:
    driver = DriverTable(kind="tests.conformance.sut.test_strangers:BREAKS")
    profile = ready.profile.model_copy(update={"driver": driver})
    environment = StandingEnvironment(profile, ready.file, ready.purposes)
    description = StandingDescription.model_validate(asyncio.run(environment.start()))
    assert description.not_set_up is not None
    assert "did not take its directory and peers: ValueError: 表がありません" in (
        description.not_set_up.en
    )
    (sut,) = environment.suts()
    with ready.served(web_server):
        bench = StandingBench(description, profile)
        records = [judge_item(each, sut, bench, tmp_path) for each in ready.purposes]
    assert all_inconclusive(records)
    assert "表がありません" in reasons(records)


def test_a_whole_run_against_nothing_ends_with_1_and_says_why(
    ready: Ready, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = Options(
        environment=StandingEnvironment(ready.profile, ready.file, ready.purposes),
        only=tuple(each.id for each in ready.purposes),
        workers=1,
        lang="en",
        out=tmp_path,
    )
    assert run(options, Console(width=200)) == 1
    shown = capsys.readouterr().out
    assert "nothing listens there" in shown
    assert "Traceback" not in shown
