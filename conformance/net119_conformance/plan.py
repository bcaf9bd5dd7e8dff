"""What a run is going to do, as one JSON file that the worker processes read."""

import sys
from collections.abc import Mapping
from pathlib import Path

from pydantic import BaseModel, ConfigDict, JsonValue

from net119_conformance.environment import Environment, Sut
from net119_conformance.purpose import Purpose


class PlanItem(BaseModel):
    """One purpose against one SUT; one pytest item.

    `timeout_s` is the time that its function may take; `alone`: after all others, with nothing
    beside it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    purpose: str
    sut: str
    timeout_s: float
    alone: bool = False

    @property
    def name(self) -> str:
        """Its name in pytest and of its files; unique within a plan."""
        return f"{self.purpose}--{self.sut}"


class Plan(BaseModel):
    """The whole run. `purposes` are modules to import, `results` is the folder for item records,
    `out` that of the report; `bench` and `description` come from the environment; `hands` is how
    many items each worker of the runner judges at once."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    purposes: tuple[str, ...]
    suts: tuple[Sut, ...]
    items: tuple[PlanItem, ...]
    bench: str
    description: dict[str, JsonValue]
    results: Path
    out: Path
    sys_path: tuple[str, ...]
    hands: int = 1

    def sut(self, key: str) -> Sut:
        """The SUT with this key."""
        return next(sut for sut in self.suts if sut.key == key)

    def record_path(self, item: PlanItem) -> Path:
        """Where a worker leaves the record of `item`."""
        return self.results / f"{item.name}.json"

    def started_path(self, item: PlanItem) -> Path:
        """A file that says that a worker has begun with `item`."""
        return self.results / f"{item.name}.started"


def plan_items(
    purposes: Mapping[str, Purpose], environment: Environment
) -> tuple[list[PlanItem], list[str]]:
    """The items of a run, and the IDs of purposes for which there is no SUT."""
    items: list[PlanItem] = []
    homeless: list[str] = []
    for one in purposes.values():
        keys = list(dict.fromkeys(environment.suts_for(one)))
        limit_s, alone = environment.time_limit(one), environment.alone(one)
        items += [PlanItem(purpose=one.id, sut=key, timeout_s=limit_s, alone=alone) for key in keys]
        if not keys:
            homeless.append(one.id)
    return items, homeless


def importable_path() -> tuple[str, ...]:
    """The module search path of this process, for workers that must import the same modules."""
    return tuple(str(Path(entry).absolute()) for entry in sys.path)
