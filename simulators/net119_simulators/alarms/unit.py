"""An alarm unit: signals that are sent until they are acknowledged, a loudspeaker, and a line.

While the line is cut it keeps what it has to say, and sends it, marked as kept, when it is back.
"""

import asyncio
import contextlib
import ssl
from collections.abc import Collection, Coroutine
from dataclasses import dataclass
from datetime import UTC, datetime
from types import TracebackType
from typing import Self, TypeVar
from uuid import uuid4

from net119_protocol.alarms.codes import SignalKind
from net119_protocol.alarms.signals import (
    NewSignal,
    SignalTaken,
    UnitSaid,
    UnitSays,
    UnitSpeech,
    Utterance,
)
from net119_protocol.codes import Mode
from net119_protocol.model import WireModel

from net119_simulators.alarms.residents import Absent, Resident
from net119_simulators.api_client import ApiClient
from net119_simulators.errors import CallRefused, SimulatorError, UnexpectedAnswer, Unreachable
from net119_simulators.recorder import Recorder
from net119_simulators.safety import check_mode
from net119_simulators.waiting import Watch
from net119_simulators.wiretap import Interface, Wiretap

_Answer = TypeVar("_Answer", bound=WireModel)


@dataclass(frozen=True)
class Clock:
    """The unit's own clock, ``ahead_s`` of the machine's; ``there`` is False where it has none."""

    ahead_s: float = 0.0
    there: bool = True

    def now(self) -> datetime | None:
        """What it shows."""
        if not self.there:
            return None
        return datetime.fromtimestamp(datetime.now(UTC).timestamp() + self.ahead_s, UTC)


class AlarmUnit:
    """One unit, to be entered; ``resident`` is who is beside it.

    ``taken`` are the acknowledgements in the order of the signals, ``heard`` what came out of the
    loudspeaker.

    Raises:
        SafetyInterlock: the host is neither loopback nor declared; ``live`` to a declared host.
    """

    def __init__(
        self,
        base_url: str,
        tls: ssl.SSLContext | None,
        token: str,
        unit_id: str,
        *,
        mode: Mode = Mode.DRILL,
        resident: Resident | None = None,
        clock: Clock | None = None,
        center: str = "center",
        retry_s: float = 0.5,
        wiretap: Wiretap | None = None,
        declared_test_hosts: Collection[str] = (),
    ) -> None:
        check_mode(base_url, mode)
        recorder = Recorder(wiretap, Interface.H, f"unit {unit_id}", center)
        self._api = ApiClient(
            base_url,
            tls,
            recorder,
            token=token,
            timeout_s=30.0,
            declared_test_hosts=declared_test_hosts,
        )
        self.unit_id = unit_id
        self.mode = mode
        self.resident: Resident = resident or Absent()
        self.clock = clock or Clock()
        self.taken: list[SignalTaken] = []
        self.heard: list[Utterance] = []
        self.said: list[UnitSaid] = []
        self._retry_s = retry_s
        self._n = 0
        self._last: NewSignal | None = None
        self._kept: list[NewSignal] = []
        self._cut = False
        self._watch = Watch()
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        self._begin(self._listen())
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._api.close()

    # --- what happens to it ---------------------------------------------------------------------

    async def press(self, within: float = 30.0) -> SignalTaken | None:
        """The alarm button; the acknowledgement, or None while the line is cut."""
        return await self.send(SignalKind.ALARM, within=within)

    async def test(self, within: float = 30.0) -> SignalTaken | None:
        """A test alarm."""
        return await self.send(SignalKind.TEST, within=within)

    async def consult(self, within: float = 30.0) -> SignalTaken | None:
        """The consultation button."""
        return await self.send(SignalKind.CONSULTATION, within=within)

    async def stick(self, times: int, within: float = 30.0) -> tuple[SignalTaken | None, ...]:
        """The button is stuck: it is pressed so many times, as fast as the line takes it."""
        return tuple([await self.press(within) for _ in range(times)])

    async def low_battery(self, percent: int = 5) -> SignalTaken | None:
        """The battery is low."""
        return await self.send(SignalKind.BATTERY_LOW, battery_percent=percent)

    async def good_battery(self, percent: int = 100) -> SignalTaken | None:
        """The battery was changed."""
        return await self.send(SignalKind.BATTERY_GOOD, battery_percent=percent)

    async def beat(self) -> SignalTaken | None:
        """A heart-beat."""
        return await self.send(SignalKind.HEARTBEAT)

    def cut_line(self) -> None:
        """The line is cut; what is pressed meanwhile is kept."""
        self._cut = True

    async def mend_line(self, within: float = 30.0) -> tuple[SignalTaken, ...]:
        """The line is back: what was kept is sent, oldest first, then that the line is back."""
        self._cut = False
        kept, self._kept = self._kept, []
        done = [
            await self._deliver(each.model_copy(update={"replayed": True}), within) for each in kept
        ]
        back = await self.send(SignalKind.LINE_BACK, within=within)
        return (*done, *(() if back is None else (back,)))

    async def send_again(self, within: float = 30.0) -> SignalTaken:
        """The last signal once more, as if its acknowledgement had been lost.

        Raises:
            LookupError: nothing was sent yet.
        """
        if self._last is None:
            raise LookupError(f"unit {self.unit_id} has sent nothing yet")
        return await self._deliver(self._last, within)

    def lose_memory(self) -> None:
        """It counts from 1 again, and has forgotten what it kept."""
        self._n, self._last, self._kept = 0, None, []

    async def beat_every(self, seconds: float) -> None:
        """Heart-beats until cancelled."""
        while True:
            await self.beat()
            await asyncio.sleep(seconds)

    # --- sending --------------------------------------------------------------------------------

    async def send(
        self, kind: SignalKind, *, battery_percent: int | None = None, within: float = 30.0
    ) -> SignalTaken | None:
        """A signal, sent until it is acknowledged; None where the line is cut and it is kept.

        Raises:
            CallRefused: the center will not have it.
            Unreachable: no acknowledgement within ``within`` seconds.
        """
        self._n += 1
        signal = NewSignal(
            n=self._n,
            kind=kind,
            mode=self.mode,
            sent_at=self.clock.now(),
            battery_percent=battery_percent,
        )
        if self._cut:
            self._kept.append(signal)
            return None
        return await self._deliver(signal, within)

    async def _deliver(self, signal: NewSignal, within: float) -> SignalTaken:
        self._last = signal
        taken = await self._until_taken("signal", SignalTaken, signal, within)
        if (taken.unit_id, taken.n) != (self.unit_id, signal.n):
            raise UnexpectedAnswer(
                f"signal {signal.n} of {self.unit_id} was acknowledged as {taken.n} of "
                f"{taken.unit_id}",
                "signal",
            )
        self.taken.append(taken)
        self._watch.changed()
        return taken

    async def _until_taken(
        self, operation: str, answer: type[_Answer], body: WireModel, within: float
    ) -> _Answer:
        """Send the same request until it is acknowledged, as units do."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + within
        while True:
            try:
                return await self._api.ask(operation, answer, body=body)
            except CallRefused as refused:
                # 503 and the like: nothing was stored, and the same request may do later.
                if refused.problem.status < 500 or loop.time() >= deadline:
                    raise
            except Unreachable:
                if loop.time() >= deadline:
                    raise
            await asyncio.sleep(self._retry_s)

    # --- the loudspeaker ------------------------------------------------------------------------

    async def say(self, text: str, incident: str | None = None) -> UnitSaid:
        """Somebody at the unit says something, sent until it is acknowledged.

        Raises:
            CallRefused: the center will not have it.
            Unreachable: no acknowledgement within half a minute.
        """
        words = UnitSays(text=text, incident=incident, client_id=f"said-{uuid4()}")
        said = await self._until_taken("unit_says", UnitSaid, words, 30.0)
        self.said.append(said)
        self._watch.changed()
        return said

    async def wait_for_words(
        self, text: str = "", *, hail: bool | None = None, within: float = 10.0
    ) -> Utterance:
        """The first words of the center that hold ``text``; raises `Waited`."""
        return await self._watch.until(
            lambda: next(
                (
                    each
                    for each in self.heard
                    if text in each.text and (hail is None or each.hail is hail)
                ),
                None,
            ),
            f"words at unit {self.unit_id}",
            within,
            lambda: f"{len(self.heard)} heard",
        )

    async def hears_more(self, after: int, within: float = float("inf")) -> None:
        """Until the loudspeaker has said more than ``after`` things; raises `Waited`."""
        await self._watch.until(
            lambda: True if len(self.heard) > after else None,
            f"more words at unit {self.unit_id}",
            within,
            lambda: f"{len(self.heard)} heard",
        )

    async def _listen(self) -> None:
        """Ask for what the center says, for as long as the unit is there."""
        after = 0
        while True:
            if self._cut:
                await asyncio.sleep(self._retry_s)
                continue
            try:
                speech = await self._api.ask("unit_hears", UnitSpeech, query={"after": after})
            except (CallRefused, Unreachable):
                await asyncio.sleep(self._retry_s)
                continue
            after = max(after, speech.last_n)
            for words in speech.spoken:
                self.heard.append(words)
                self._watch.changed()
                self._begin(self._answered(words))

    async def _answered(self, words: Utterance) -> None:
        answer = self.resident.hears(words)
        if answer is None:
            return
        await asyncio.sleep(self.resident.delay_s)
        # The incident may have ended meanwhile: nobody listens any more.
        with contextlib.suppress(SimulatorError):
            await self.say(answer, words.incident)

    def _begin(self, work: Coroutine[object, object, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
