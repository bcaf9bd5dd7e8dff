"""Judges the system in a container image: starts it, judges it as a foreign system, removes it."""

import asyncio
import tempfile
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from secrets import token_hex
from typing import TYPE_CHECKING, TypeVar

from net119_conformance.catalogue import Text
from net119_conformance.containers.contract import (
    SERVE,
    UNSUPPORTED,
    Place,
    environment,
    profile_here,
    show_world,
)
from net119_conformance.containers.engine import Engine
from net119_conformance.environment import Description, Sut
from net119_conformance.errors import ConformanceError
from net119_conformance.purpose import Purpose
from net119_conformance.sut.preparing import prepare
from net119_conformance.sut.profile import SutProfile, split_place
from net119_conformance.sut.verbs import registers_people
from net119_conformance.sut.way import place_of
from net119_conformance.world.addresses import AddressBlock
from net119_conformance.world.plan import Ground
from net119_conformance.world.profiles import write_profiles
from net119_conformance.world.standing import StandingEnvironment

if TYPE_CHECKING:
    from docker.models.containers import Container

OPERATOR = "sut-a"
START_S = 90.0
"""How long a system may take to answer at all its addresses."""
LOGS = "containers"
"""Folder of the containers' logs, in that of the report."""
_LOOK_EVERY_S = 0.1

T = TypeVar("T")


class ContainerEnvironment:
    """The system of an image, in a container of its own on an address of its own.

    Making it reads the image's profile and starts nothing. ``out`` is the report's folder,
    ``operator`` the code that the system goes by.

    Raises:
        ConformanceError: there is no daemon, no such image, or no usable profile in it.
    """

    allowed_not_applicable: frozenset[str] | None = None
    bench = StandingEnvironment.bench

    def __init__(
        self,
        image: str,
        purposes: Iterable[Purpose],
        out: Path,
        *,
        require_browser: bool = False,
        operator: str = OPERATOR,
    ) -> None:
        self._purposes = list(purposes)
        self._out = out
        self._engine = Engine()
        self._engine.remove_left_overs()
        self._image = self._engine.image(image)
        self._name = image
        self._block = AddressBlock()
        network = f"127.{self._block.number}"
        self._place = Place(
            address=f"{network}.0.2",
            suite=f"{network}.0.1",
            peers=f"{network}.0.0/16",
            operator=operator,
            token=token_hex(16),
        )
        self._temporary = tempfile.TemporaryDirectory(prefix="net119-container-")
        self._folder = Path(self._temporary.name)
        self._work: asyncio.Future[object] | None = None
        self._container: Container | None = None
        try:
            text, where = self._engine.profile_text(self._image, image)
            self._profile, file = profile_here(text, self._place, self._folder, where)
        except BaseException:
            self._tidy_up()
            raise
        self._file = file
        self.log_name = self._profile.sut.key
        """Name of its log, without .log."""
        self._standing = StandingEnvironment(
            self._profile, file, self._purposes, require_browser=require_browser
        )

    @property
    def profile(self) -> SutProfile:
        """The image's profile, at this run's addresses."""
        return self._profile

    def suts(self) -> Sequence[Sut]:
        """The one system; its details name the image."""
        (sut,) = self._standing.suts()
        known = {"image": self._name, "image ID": str(self._image.id)}
        return [sut.model_copy(update={"details": {**sut.details, **known}})]

    def suts_for(self, purpose: Purpose) -> Sequence[str]:
        """Always the one."""
        return self._standing.suts_for(purpose)

    def time_limit(self, purpose: Purpose) -> float:
        """By its timers."""
        return self._standing.time_limit(purpose)

    def alone(self, purpose: Purpose) -> bool:
        """As with every system that is there once."""
        return self._standing.alone(purpose)

    async def start(self) -> Description:
        """Try the canary, prepare the world, start the container, and wait until it answers."""
        await self.launch()
        return await self._standing.start()

    async def renew(self) -> Description:
        """A new run against the container, which runs on."""
        if self._container is not None:
            await self._answers(self._container)
        return await self._standing.renew()

    async def launch(self, homes: Iterable[Ground] = ()) -> None:
        """As `start`, without giving the system anything that was not there when it started.

        ``homes``: departments beside those of the purposes, whose profiles it is shown.
        """
        await self._do(lambda: self._engine.refuses_canary(self._image, self._name))
        world, shown = self._folder / "world", self._folder / "shown"
        await self._do(lambda: self._prepare(world, shown, homes))
        given = environment(SERVE, self._place)
        self._container = await self._do(lambda: self._engine.start(self._image, given, shown))
        await self._answers(self._container)

    async def crash(self) -> None:
        """Kill the container's processes, start it again, and wait until it answers.

        Raises:
            ConformanceError: it does not answer again.
        """
        container = self._container
        if container is None:
            raise ConformanceError("it was not started", f"image {self._name}", "start it first")
        await self._do(lambda: self._engine.crash(container))
        await self._answers(container)

    async def stop(self) -> None:
        """End the container, keep its log, and remove it with everything else."""
        try:
            await self._standing.stop()
        finally:
            try:
                await asyncio.to_thread(self._engine.remove_but, self._container)
            finally:
                if self._work is not None:
                    # A thread cannot be cancelled; what it may still start is removed below.
                    await asyncio.wait({self._work})
                await asyncio.to_thread(self._end)

    def _prepare(self, world: Path, shown: Path, homes: Iterable[Ground]) -> None:
        with_people = not registers_people(self._profile)
        prepare(self._profile, self._purposes, world, with_people=with_people)
        write_profiles(homes, world / "profiles")
        show_world(world, self._file, shown)

    async def _do(self, work: Callable[[], T]) -> T:
        """Do blocking work in a thread that `stop` waits for, also if this task is cancelled."""
        future = asyncio.ensure_future(asyncio.to_thread(work))
        self._work = future  # type: ignore[assignment]  # a Future is invariant
        return await asyncio.shield(future)

    async def _answers(self, container: "Container") -> None:
        waiting, healthy = _places(self._profile), False
        try:
            async with asyncio.timeout(START_S):
                while waiting or not healthy:
                    # Also while nothing answers: a container that ended is told at once.
                    healthy = await self._healthy(container)
                    waiting = [each for each in waiting if not await _accepts(*each)]
                    await asyncio.sleep(_LOOK_EVERY_S if waiting or not healthy else 0)
                return
        except TimeoutError:
            places = ", ".join(f"{host}:{port}" for host, port in waiting)
            seen = f"nothing answers at {places}" if places else "Docker does not call it healthy"
            seen_ja = f" {places} が応答しません" if places else " Docker が正常と判断しません"
        lines = await self._do(lambda: self._engine.last_lines(container))
        raise ConformanceError(
            Text(
                en=f"after {START_S:g} s {seen}; its last words: {lines or '(none)'}",
                ja=f"{START_S:g} 秒たっても{seen_ja}。最後の出力: {lines or '(なし)'}",
            ),
            f"image {self._name}",
            Text(
                en="have it listen on SUT_ADDRESS, at the ports of its profile",
                ja="SUT_ADDRESS の、プロファイルに書いたポートで待ち受けるようにしてください",
            ),
        )

    async def _healthy(self, container: "Container") -> bool:
        """Whether the image's own health check says so, where it has one.

        Raises:
            ConformanceError: the container ended.
        """
        await self._do(lambda: self._engine.look(container))
        state = container.attrs["State"]
        if state["Status"] in ("exited", "dead"):
            lines = await self._do(lambda: self._engine.last_lines(container))
            status = state["ExitCode"]
            why, why_ja = f"it ended with status {status}", f"終了状態 {status} で終わりました"
            if status == UNSUPPORTED:
                why += f', which says "not supported", for SUT_TASK={SERVE}'
                why_ja += f"（SUT_TASK={SERVE} に「対応していない」と答えています）"
            elif state.get("OOMKilled"):
                why += ": it used more memory than it may"
                why_ja += "（使えるメモリーを超えました）"
            raise ConformanceError(
                Text(
                    en=f"{why}; its last words: {lines or '(none)'}",
                    ja=f"{why_ja}。最後の出力: {lines or '(なし)'}",
                ),
                f"image {self._name}",
                Text(
                    en="see its log in the report's folder, and docs/containers.md",
                    ja="報告書のフォルダーにあるログと docs/containers.ja.md を見てください",
                ),
            )
        health = state.get("Health")
        return health is None or health["Status"] in ("healthy", "none")

    def _end(self) -> None:
        try:
            if self._container is not None:
                self._engine.end(self._container, self._out / LOGS / f"{self.log_name}.log")
        finally:
            self._tidy_up()

    def _tidy_up(self) -> None:
        try:
            self._engine.remove_own()
        finally:
            self._engine.close()
            self._block.release()
            self._temporary.cleanup()


def _places(profile: SutProfile) -> list[tuple[str, int]]:
    """Where the system has to listen."""
    addresses = profile.addresses
    urls = [place_of(url) for url in (addresses.base_url, addresses.plaintext_url) if url]
    others = [split_place(place) for place in (addresses.stomp, addresses.mail_in) if place]
    return [*urls, *others]


async def _accepts(host: str, port: int) -> bool:
    try:
        async with asyncio.timeout(1):
            _, writer = await asyncio.open_connection(host, port)
    except (OSError, TimeoutError):
        return False
    writer.close()
    return True
