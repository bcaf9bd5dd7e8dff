"""What was not seen is not held: a check without evidence fails."""

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest
from net119_scenarios.acted import musts
from net119_scenarios.acted.judging import Judge


def judge(consoles: dict[str, Any]) -> Any:
    return Judge(SimpleNamespace(consoles=consoles), {})  # type: ignore[arg-type]  # what is read of it


def test_that_no_crew_was_sent_needs_a_record() -> None:
    look = judge({})._of_record(musts.NoDispatch(check="no-dispatch"), SimpleNamespace(id=1))
    held = asyncio.run(look)
    assert not held.held
    assert held.seen == "no record was read"


@pytest.mark.parametrize("consoles", [{}, {"chita": SimpleNamespace(connected=False)}])
def test_that_it_never_rang_needs_an_open_console(consoles: dict[str, Any]) -> None:
    must = musts.Never(check="never-rang", actor="chita")
    with pytest.raises(LookupError, match="no console"):
        asyncio.run(judge(consoles)._of_call(must, SimpleNamespace(id=1)))
