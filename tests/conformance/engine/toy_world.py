"""A catalogue, an environment and a bench without any network, for tests of the engine."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from net119_conformance.catalogue import (
    CATALOGUE_VERSION,
    Catalogue,
    Clause,
    Document,
    Level,
    Requirement,
    Role,
    Side,
    Source,
    Text,
)
from net119_conformance.environment import Bench, Description, Sut
from net119_conformance.errors import ConformanceError, SutUnavailable
from net119_conformance.purpose import Purpose, PurposeFunction, purpose
from net119_conformance.trial import Trial
from net119_simulators.wiretap import Interface, event

HERE = "tests.conformance.engine"
TOYS = (f"{HERE}.toy_purposes",)

_DOCUMENT = Document("guide", Text(en="Toy guide", ja="玩具要綱"))
_SOURCE = Source("TOY", Text(en="Toy Fire Department", ja="玩具消防本部"), (_DOCUMENT,))


def toy_requirement(
    number: int, *, pending: str = "", excluded: str = "", derived: str = ""
) -> Requirement:
    """Requirement TOY-nn."""
    return Requirement(
        id=f"TOY-{number:02}",
        source=_SOURCE,
        clauses=(Clause(_DOCUMENT, f"第{number}条"),),
        text=Text(en=f"The toy does number {number}.", ja=f"玩具は {number} 番を行う。"),
        derived=Text(en=derived, ja=f"導出 {derived}") if derived else None,
        sides=(Side.PROVIDER,),
        level=Level.MUST,
        role=Role.HOME,
        pending=Text(en=pending, ja=f"準備 {pending}") if pending else None,
        excluded=Text(en=excluded, ja=f"除外 {excluded}") if excluded else None,
    )


def toy_catalogue() -> Catalogue:
    """Four requirements: two that toys judge, a pending and an excluded one."""
    requirements = (
        toy_requirement(1, pending="only partly judged"),
        toy_requirement(2, derived="and says so", pending="only partly judged"),
        toy_requirement(3, pending="no toy for it yet"),
        toy_requirement(4, excluded="a duty of people"),
    )
    return Catalogue(CATALOGUE_VERSION, (_SOURCE,), {one.id: one for one in requirements})


def toy(
    purpose_id: str,
    function: PurposeFunction,
    *,
    requirements: tuple[str, ...] = ("TOY-01",),
    derived: tuple[str, ...] = (),
    needs: Any = None,
    timeout_s: float = 30.0,
    title_en: str = "A toy",
) -> Purpose:
    """`function` as a purpose."""
    return purpose(
        id=purpose_id,
        requirements=requirements,
        derived=derived,
        interfaces="AB",
        title_en=title_en,
        title_ja="玩具の試験",
        stimulus_en="Poke the toy.",
        stimulus_ja="玩具をつつく。",
        expected_en="It squeaks.",
        expected_ja="音が鳴る。",
        why_en="A toy that does not squeak is broken.",
        why_ja="鳴らない玩具は壊れている。",
        role="home",
        needs=needs,
        timeout_s=timeout_s,
    )(function)


@dataclass
class ToyEnvironment:
    """Starts nothing but a file that shows whether it is up. `needs="nobody"` has no SUT."""

    bench: str = f"{HERE}.toy_world:toy_bench"
    allowed_not_applicable: frozenset[str] | None = None
    description: dict[str, Any] = field(default_factory=dict)
    derived_binds: bool = False
    up: Path | None = None
    started: int = 0
    stopped: int = 0

    async def start(self) -> Description:
        self.started += 1
        if self.up is not None:
            self.up.touch()
        if self.description.get("start_blocks"):
            reader, _ = await asyncio.open_connection("127.0.0.1", self.description["port"])
            await reader.read()
        return self.description

    async def renew(self) -> Description:
        await self.stop()
        if self.description.get("never_again"):
            raise ConformanceError(
                Text(en="the toy is gone", ja="玩具がありません"), "toy", "buy one"
            )
        return {**await self.start(), "round": self.started}

    async def stop(self) -> None:
        self.stopped += 1
        if self.up is not None:
            self.up.unlink(missing_ok=True)

    def suts(self) -> Sequence[Sut]:
        return [
            Sut(
                key="toy", name="Toy 1.0", derived_binds=self.derived_binds, details={"port": 61614}
            )
        ]

    def suts_for(self, purpose: Purpose) -> Sequence[str]:
        return [] if purpose.needs == "nobody" else ["toy"]

    def time_limit(self, purpose: Purpose) -> float:
        return purpose.timeout_s

    def alone(self, purpose: Purpose) -> bool:
        return bool(purpose.needs == "alone")


@dataclass
class ToyWorld:
    """What a toy purpose gets: the description, and a way to put messages on the wire."""

    description: Description
    trial: Trial

    def say(self, label: str, payload: str = "", source: str = "phone 1") -> None:
        self.trial.evidence.record(event(Interface.A, source, "toy", label, payload))


class ToyBench:
    """Opens toy worlds; `needs` of a purpose makes it fail in the ways benches fail."""

    def __init__(self, description: Description) -> None:
        self.description = description

    def open(
        self, purpose: Purpose, sut: Sut, trial: Trial
    ) -> AbstractAsyncContextManager[ToyWorld]:
        return self._open(purpose, trial)

    @asynccontextmanager
    async def _open(self, purpose: Purpose, trial: Trial) -> AsyncIterator[ToyWorld]:
        if purpose.needs == "out of reach":
            raise SutUnavailable("127.0.0.2:8443 refused the connection")
        if purpose.needs == "broken set-up":
            raise KeyError("peer")
        yield ToyWorld(self.description, trial)
        if purpose.needs == "broken tidying":
            raise RuntimeError("the peer was still talking")


def toy_bench(description: Description, worker: int) -> Bench:
    """The bench factory of the toys."""
    return ToyBench(description)


def no_bench(description: Description, worker: int) -> Bench:
    """A bench factory that finds no SUT."""
    raise SutUnavailable("nothing listens on 127.0.0.2:8443")
