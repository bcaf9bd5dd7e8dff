"""Runs the machine: the same in every run for CI, or at random for as long as one likes."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.reference.interplay.machine import Interplay
from tests.reference.interplay.node import OPERATORS, built_once
from tests.reference.interplay.world import World
from tests.reference.service.support import quick_folder


@contextmanager
def ready(operators: Sequence[str] = OPERATORS) -> Iterator[World]:
    """A world that the machine runs in, or one of more providers for a flow."""
    with built_once(), quick_folder() as folder:
        world = World(Path(folder), operators)
        Interplay.world = world
        Interplay.steps = 0
        try:
            yield world
        finally:
            world.close()


def run(examples: int, steps: int, *, number: int, shrink: bool = True) -> None:
    """Run so many examples of so many steps, always the same ones for a number."""
    chosen = settings(
        max_examples=examples,
        stateful_step_count=steps,
        phases=[Phase.generate, *([Phase.shrink] if shrink else [])],
        database=None,
        report_multiple_bugs=False,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(seed(number)(Interplay), settings=chosen)
