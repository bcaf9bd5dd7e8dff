"""The seam between the engine and the systems under test.

The runner holds an `Environment` in the main process: it starts what is judged and says, as JSON,
how to reach it. Each worker process makes a `Bench` of that description and opens a world on it
for each item that it has in hand: several at once, in threads. What a world is, the engine neither
knows nor asks.
"""

import importlib
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any, Protocol, cast

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from net119_conformance.catalogue import Text
from net119_conformance.errors import ConformanceError
from net119_conformance.purpose import Purpose
from net119_conformance.trial import Trial

Description = Mapping[str, JsonValue]
"""How workers reach what was started: addresses, certificate files, tokens; only JSON values."""


class Sut(BaseModel):
    """One system under test, as reports name it. `details` are shown in the report as they are.

    `derived_binds`: its profile claims the derived parts of requirements.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")
    name: str = Field(min_length=1)
    derived_binds: bool = False
    details: dict[str, JsonValue] = {}


class Environment(Protocol):
    """What is judged, from the main process. `start` and `stop` run in one event loop, but not
    in one task: a cancel scope or task group must not reach from one to the other.

    `bench` names the function that workers call ("package.module:function"), with the description
    and the worker's number from 0, to get a `Bench`. `allowed_not_applicable` lists the purposes
    that may come out as NOT_APPLICABLE; None allows all.
    """

    bench: str
    allowed_not_applicable: frozenset[str] | None

    def time_limit(self, purpose: Purpose) -> float:
        """Seconds that the purpose's function may take; its own ``timeout_s``, or more."""

    def alone(self, purpose: Purpose) -> bool:
        """Whether the purpose runs after all others and with nothing beside it."""

    async def start(self) -> Description:
        """Start, or check the reachability of, everything that is judged.

        Raises ConformanceError if that fails. It may be cancelled; `stop` is called in any case.
        """

    async def stop(self) -> None:
        """End everything `start` or `renew` began, also if it was not finished. Called once at the
        end; also after a `renew` that failed."""

    async def renew(self) -> Description:
        """After `start`: have some purposes judged again as if they had never been.

        What runs for the run alone is started anew; a system that somebody else started sees a new
        run. Raises as `start`.
        """

    def suts(self) -> Sequence[Sut]:
        """The systems under test; may be called before `start`."""

    def suts_for(self, purpose: Purpose) -> Sequence[str]:
        """Keys of the SUTs this purpose is run against, each as an item of its own.

        None at all is reported as NOT_APPLICABLE: a purpose never vanishes from the report.
        """


class Bench(Protocol):
    """What is judged, from a worker process."""

    # Called by several threads of the process.
    def open(self, purpose: Purpose, sut: Sut, trial: Trial) -> AbstractAsyncContextManager[Any]:
        """The world for one item, in the item's own event loop.

        Everything that talks in it gets `trial.evidence` as its wiretap. Entering it may raise
        SutUnavailable, or call `trial.require` and `trial.not_applicable`.
        """


BenchFactory = Callable[[Description, int], Bench]


def load_object(path: str, what: str) -> Any:
    """The object that "package.module:name" names. Raises ConformanceError saying `what` it is."""
    module_name, colon, name = path.partition(":")
    to_do = Text(
        en='write it as "package.module:name", importable by the Python that runs net119',
        ja='"package.module:name" の形で、net119 を動かす Python '
        "から読み込めるものを書いてください",
    )
    if not colon or not module_name or not name:
        raise ConformanceError(
            Text(
                en=f"{path!r} names no object",
                ja=f"{path!r} は、読み込むものの名前になっていません",
            ),
            what,
            to_do,
        )
    try:
        return getattr(importlib.import_module(module_name), name)
    except ConformanceError:
        raise
    except Exception as problem:
        reason = Text(
            en=f"{path!r} cannot be imported: {type(problem).__name__}: {problem}",
            ja=f"{path!r} を読み込めません: {type(problem).__name__}: {problem}",
        )
        raise ConformanceError(reason, what, to_do) from problem


def load_bench(path: str, description: Description, worker: int) -> Bench:
    """Call the bench factory that `path` names."""
    factory = cast(BenchFactory, load_object(path, "the environment's bench"))
    return factory(description, worker)
