"""Purposes of a real requirement in a toy world, for the pytest plugin's tests."""

import asyncio
from collections.abc import Sequence

from net119_conformance.environment import Description
from net119_conformance.errors import SutUnavailable
from net119_conformance.purpose import Purpose
from net119_conformance.trial import Trial

from tests.conformance.engine.toy_world import ToyEnvironment, ToyWorld, toy


def environment(purposes: Sequence[Purpose]) -> ToyEnvironment:
    """What --net119-environment names."""
    return ToyEnvironment()


async def _squeaks(trial: Trial, world: ToyWorld) -> None:
    world.say("POST /squeak")
    trial.check("it squeaks", True, expected="a squeak", seen="a squeak")


async def _is_blue(trial: Trial, world: ToyWorld) -> None:
    trial.check("it is red", False, expected="red", seen="blue")


async def _does_not_apply(trial: Trial, world: ToyWorld) -> None:
    await asyncio.sleep(0)
    trial.not_applicable("no squeaker is claimed", ja="発音器はありません")


PASS = toy("PLUGIN-PASS", _squeaks, requirements=("ASO-18",))
FAIL = toy("PLUGIN-FAIL", _is_blue, requirements=("ASO-18",))
SKIP = toy("PLUGIN-SKIP", _does_not_apply, requirements=("ASO-18",))


class _OutOfReach(ToyEnvironment):
    def alone(self, purpose: Purpose) -> bool:
        return purpose.id == "PLUGIN-FAIL"

    async def start(self) -> Description:
        raise SutUnavailable("nothing answers at 127.0.0.9:1")


def out_of_reach(purposes: Sequence[Purpose]) -> ToyEnvironment:
    """An environment whose system does not answer."""
    return _OutOfReach()
