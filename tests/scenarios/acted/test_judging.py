"""What was not seen is not held: a check without evidence fails."""

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest
from net119_scenarios.acted import musts
from net119_scenarios.acted.judging import Judge
from net119_scenarios.words import Words
from net119_simulators.own_notice import OwnNotice


def judge(consoles: dict[str, Any]) -> Any:
    names: Any = SimpleNamespace(actor=lambda name: Words(name, name))
    return Judge(SimpleNamespace(consoles=consoles), {}, names)  # type: ignore[arg-type]  # what is read of it


def test_that_no_crew_was_sent_needs_a_record() -> None:
    look = judge({})._of_record(musts.NoDispatch(check="no-dispatch"), SimpleNamespace(id=1))
    held = asyncio.run(look)
    assert not held.held
    assert held.seen == ("記録を読めなかった", "no record was read")


@pytest.mark.parametrize("consoles", [{}, {"chita": SimpleNamespace(connected=False)}])
def test_that_it_never_rang_needs_an_open_console(consoles: dict[str, Any]) -> None:
    must = musts.Never(check="never-rang", actor="chita")
    with pytest.raises(LookupError, match="no console"):
        asyncio.run(judge(consoles)._of_call(must, SimpleNamespace(id=1)))


@pytest.mark.parametrize(
    ("shown", "held"),
    [
        ([], False),
        ([OwnNotice("unreachable", "", "")], False),
        ([OwnNotice("unreachable", "つながりません。", "Out of reach.")], True),
    ],
)
def test_that_the_phone_said_so_by_itself_needs_its_text(
    shown: list[OwnNotice], held: bool
) -> None:
    must = musts.Told(check="told", actor="hiker", notice="unreachable")
    judge: Any = Judge
    troupe = SimpleNamespace(people={"hiker": None}, consoles={})
    phone = SimpleNamespace(views=[], own_notices=shown)
    told = judge(troupe, {})._told(must, SimpleNamespace(phones=[phone]))
    assert told.held is held
