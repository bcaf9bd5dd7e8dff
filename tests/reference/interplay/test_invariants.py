"""The checks see what they are there to see: providers with a defect fail them."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest
from net119_reference.calls import transfer
from net119_reference.calls.effects import Effect, Send
from net119_reference.calls.model import Call
from net119_reference.mail.post_office import PostOffice
from net119_reference.service.kernel import Kernel

from tests.reference.interplay.carrier import LATER, TAKEN
from tests.reference.interplay.crash_points import die, points
from tests.reference.interplay.defects import DEFECTS, Plant
from tests.reference.interplay.flows import People, operators
from tests.reference.interplay.invariants import Invariants
from tests.reference.interplay.machine import Interplay
from tests.reference.interplay.running import ready, run


def _published_before_the_commit(patch: pytest.MonkeyPatch) -> None:
    commit = Kernel._commit

    async def early(self: Kernel, decided: Any, batch: Any) -> Any:
        for command in batch:
            command.finish(None)
        return await commit(self, decided, batch)

    patch.setattr(Kernel, "_commit", early)


NUMBERS = range(7, 17)
PLANTED = [(sign, plant) for sign, plants in DEFECTS.items() for plant in plants]


def _try_all(numbers: Iterable[int]) -> None:
    for number in numbers:
        run(20, 100, number=number, shrink=False)


@pytest.mark.parametrize(
    ("sign", "plant"), PLANTED, ids=[f"{sign} {plant.__name__}" for sign, plant in PLANTED]
)
def test_a_defect_is_found_by_the_machine(
    sign: str, plant: Plant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The machine names the invariant that is broken, with some of the numbers at the latest."""
    with ready():
        plant(monkeypatch)
        with pytest.raises(AssertionError, match=rf"\({sign}\)"):
            _try_all(NUMBERS)
        assert Interplay.steps > 0


def test_a_defect_is_planted_for_every_invariant() -> None:
    assert {*DEFECTS, "I8"} == {f"I{number}" for number in range(1, 11)}


@pytest.mark.parametrize(
    ("flow", "who"),
    [("routed call with chat", "midori"), ("transfer to a third provider and back", "akane")],
)
def test_an_answer_before_the_commit_is_found_by_the_crash_points(
    flow: str, who: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with ready(operators(flow)) as world:
        _published_before_the_commit(monkeypatch)
        found = 0
        for point in points(world, flow):
            if point.kind == "before" and point.label.endswith((f"say at {who}", "say at aoba")):
                try:
                    die(world, flow, point)
                except AssertionError:
                    found += 1
        assert found > 0


def _passed_on_without_a_word(patch: pytest.MonkeyPatch) -> None:
    """A provider is not told that its call was given to another one, unless that is the anchor."""
    done = transfer.done

    def careless(before: Call, after: Call, *given: Any, **named: Any) -> tuple[Effect, ...]:
        effects = done(before, after, *given, **named)
        if after.peer is None:
            return effects
        return tuple(each for each in effects if not isinstance(each, Send))

    patch.setattr(transfer, "done", careless)


@pytest.mark.parametrize("broken", [False, True])
@pytest.mark.parametrize(
    ("flow", "seen"),
    [("transfer home and back", False), ("transfer to a third provider and back", True)],
)
def test_a_former_owner_that_is_not_told_is_found_among_three_providers(
    flow: str, seen: bool, broken: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    with ready(operators(flow)) as world:
        if broken:
            _passed_on_without_a_word(monkeypatch)
        (*_, last) = (each for each in points(world, flow) if each.kind == "message")
        if broken and seen:
            with pytest.raises(AssertionError, match=r"\(I1\)"):
                die(world, flow, last)
        else:
            assert die(world, flow, last).startswith("closed by ")


def _written_to_whom_it_was_first(patch: pytest.MonkeyPatch) -> None:
    attempt = PostOffice._attempt

    async def careless(self: PostOffice, waiting: Any, relay: Any) -> Any:
        return await attempt(self, replace(waiting, follows=False), relay)

    patch.setattr(PostOffice, "_attempt", careless)


@pytest.mark.parametrize("broken", [False, True])
def test_a_letter_to_a_former_address_is_found(
    broken: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    with ready() as world:
        if broken:
            _written_to_whom_it_was_first(monkeypatch)
        world.begin()
        law, people = Invariants(world), People(world)
        people.place()
        people.answer()
        carrier = world.nodes["aoba"].carrier
        carrier.answer = LATER
        world.call_back("midori", people.call)
        world.flow()
        assert len(carrier.tried) == 1
        law.check()
        world.move("aoba", "moved@mail.example")
        carrier.answer = TAKEN
        people.until(lambda: bool(carrier.box), lambda: None)
        if broken:
            with pytest.raises(AssertionError, match="I8"):
                law.check()
        else:
            law.check()
            assert carrier.box[-1].to == "moved@mail.example"
