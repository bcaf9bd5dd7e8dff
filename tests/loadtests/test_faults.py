"""Which faults there are, and which a run can bring about."""

import asyncio
import os

import pytest
from net119_loadtests.errors import LoadError
from net119_loadtests.faults import (
    Act,
    check_possible,
    every_name,
    fault_named,
    fault_of_command,
    names_for,
)
from net119_loadtests.house import DATABASE_URL, Kind
from net119_loadtests.injecting import Injector


@pytest.fixture(autouse=True)
def _no_database_of_mine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(DATABASE_URL, raising=False)


@pytest.mark.parametrize("name", every_name())
def test_every_name_is_a_fault(name: str) -> None:
    assert fault_named(name).name == name


def test_a_relay_without_a_number_is_the_first() -> None:
    found = fault_named("stall-relay", 3.0)
    assert (found.act, found.target, found.lasts_s) == (Act.STALL, "relay-1", 3.0)


@pytest.mark.parametrize("name", ["", "kill", "kill-", "kill-relay-0", "stall-backend", "flood"])
def test_what_is_no_fault_is_refused(name: str) -> None:
    with pytest.raises(LoadError, match="there is no fault"):
        fault_named(name)


@pytest.mark.parametrize("kind", [Kind(), Kind(postgresql=True), Kind(relays=2)])
def test_all_that_are_offered_for_a_kind_are_possible(kind: Kind) -> None:
    check_possible([fault_named(name) for name in names_for(kind)], kind)


def test_each_process_of_several_is_killed() -> None:
    names = names_for(Kind(relays=2))
    killed = {"kill-relay-1", "kill-relay-2", "kill-office", "kill-server", "kill-database"}
    assert killed | {"kill-postmaster", "kill-backend"} <= set(names)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("kill-relay-1", Kind()),
        ("kill-relay-3", Kind(relays=2)),
        ("kill-office", Kind(postgresql=True)),
        ("kill-database", Kind()),
        ("kill-server", None),
    ],
)
def test_what_is_not_possible_is_refused_beforehand(name: str, kind: Kind | None) -> None:
    with pytest.raises(LoadError, match=name):
        check_possible([fault_named(name)], kind)


def test_postgresqls_disk_is_filled_by_root_and_nobody_elses(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    kind = Kind(relays=2)
    full = fault_named("full-disk")
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert "full-disk" in names_for(kind)
    check_possible([full], kind)
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert "full-disk" not in names_for(kind)
    with pytest.raises(LoadError, match="full-disk: only root"):
        check_possible([full], kind)
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setenv(DATABASE_URL, "postgresql://somewhere/else")
    assert "full-disk" not in names_for(kind)
    with pytest.raises(LoadError, match="full-disk: the database is not ours"):
        check_possible([full], kind)


def test_a_system_that_runs_can_be_harmed_by_its_owner() -> None:
    check_possible([fault_named("storm"), fault_of_command("true")], None)


def test_no_fault_is_brought_about_once_nobody_measures_any_more() -> None:
    said: list[str] = []
    injector = Injector([fault_named("storm"), fault_named("storm")], None, 0.0, 0.0)

    async def say(word: str) -> None:
        said.append(word)
        if word.startswith("fault"):
            injector.took("faulted")
        elif word == "over":
            injector.took("progress", "settle")
            injector.took("recovered")

    injector.took("progress", "run")
    injector.took("measuring")
    asyncio.run(injector.run(say))
    assert said == ["fault storm", "storm", "over"]
    assert injector.missing() == ["fault storm was not brought about: the run was over before"]
