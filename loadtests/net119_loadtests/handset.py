"""A caller under load: calls, is answered, writes lines when told to, notes all it sees."""

import asyncio
from typing import Any

from net119_protocol.codes import Kind, PlaceChoice, Positioning

from net119_loadtests.frames import ack_of, line_of, sheds
from net119_loadtests.links import Frame, Line, Target
from net119_loadtests.logs import End, digest_of
from net119_loadtests.payload import line_text, written_at
from net119_loadtests.plan import MODE, CallerSeat
from net119_loadtests.scripts import Script
from net119_loadtests.stage import Failed, LiveCall, LiveEnd, Refused, Shed, Stage

SLOW = "slow_"
"""Begins the names of series measured at slow readers: they say nothing of the provider."""
AGAIN_S = 1.0
"""After this a line is said again that could not be stored."""
_ACCURACY_M = 12.0


class Handset:
    """One caller's handset with one call."""

    def __init__(
        self, stage: Stage, target: Target, seat: CallerSeat, script: Script, *, slow: bool = False
    ) -> None:
        self._stage = stage
        self._target = target
        self._seat = seat
        self._script = script
        self._name = f"handset of caller {seat.number}"
        self._prefix = SLOW if slow else ""
        self._live: LiveCall | None = None
        self.line: Line | None = None
        self._texts: dict[str, str] = {}
        self._state = "open"
        self._answered = asyncio.Event()
        self._over = asyncio.Event()
        self._began = 0.0
        self._number = 0

    # --- the call -------------------------------------------------------------------------------

    async def call(self) -> None:
        """Place the call and open its chat.

        Raises:
            Shed: it takes no more calls, as it may beyond the plan's capacity.
            Failed: the provider refused the call or the chat, or cannot be reached.
        """
        self._stage.asked += 1
        self._began = self._stage.clock()
        fix = {
            "lat": self._seat.lat,
            "lon": self._seat.lon,
            "accuracyM": _ACCURACY_M,
            "source": "gps",
        }
        body = {
            "clientCallId": f"load-{self._seat.number}",
            "kind": Kind.AMBULANCE.value,
            "place": PlaceChoice.CURRENT.value,
            "mode": MODE.value,
            "positioning": Positioning.ON.value,
            "fix": fix,
        }
        try:
            answer = await self._target.place(self._seat.token, body)
        except Refused as refused:
            if self._stage.plan.capacity is None or not sheds(refused.content):
                raise
            self._stage.shedding = True
            self._stage.measure("shed_ms", (self._stage.clock() - self._began) * 1000)
            raise Shed(str(refused)) from refused
        self._stage.measure("call_ms", (self._stage.clock() - self._began) * 1000)
        try:
            call_id, path = str(answer["call"]["callId"]), str(answer["chatPath"])
        except (KeyError, TypeError) as error:
            raise Failed(f"the answer to a call lacks {error}") from error
        if not path.startswith("/") or path.startswith("//"):
            raise Failed(f"the chat path {path!r} is no path of this host")
        self._live = self._stage.call(call_id)
        self._live.seat = self._seat.number
        self.line = Line(
            self._target,
            path,
            self._hello,
            self._take,
            self._lost,
            self._resume,
            small_buffers=bool(self._prefix) and self._stage.small_buffers,
        )
        await self.line.open()

    async def wait_for_answer(self, within_s: float) -> None:
        """Return once a dispatcher has answered; raises Failed."""
        try:
            await asyncio.wait_for(self._answered.wait(), within_s)
        except TimeoutError:
            raise Failed(f"not answered within {within_s:g} s; the call is {self._state}") from None

    def say(self) -> None:
        """Write the next line, without waiting for anything."""
        self._number += 1
        name = f"c{self._seat.number}-{self._number}"
        now = self._stage.clock()
        text = line_text(self._script.caller_says(self._number), name, now)
        self._texts[name] = text
        self._stage.wrote(self._end(), name, digest_of(text), now)
        self._send(name, text)

    async def wait_for_end(self, within_s: float) -> None:
        """Return once the handset knows that the call is closed; raises Failed."""
        try:
            await asyncio.wait_for(self._over.wait(), within_s)
        except TimeoutError:
            raise Failed(f"not closed within {within_s:g} s; the call is {self._state}") from None

    def close(self) -> None:
        """Switch off."""
        self._stage.outages.gone(self._name)
        if self.line is not None:
            self.line.close()

    @property
    def live(self) -> LiveCall:
        """The call, once it is placed."""
        if self._live is None:
            raise RuntimeError("no call was placed")
        return self._live

    # --- frames ---------------------------------------------------------------------------------

    def _end(self) -> LiveEnd:
        return self.live.ends[End.CALLER]

    def _hello(self) -> Frame:
        self._end().reconnects()
        after = self._end().watch.complete_to
        return {"type": "hello", "token": self._seat.token, "after": after}

    def _lost(self, why: str, dropped: bool) -> None:
        self._stage.lost(self._name, why, dropped=dropped, slow=bool(self._prefix))

    def _resume(self) -> None:
        """Write again what was not acknowledged, under the same ids."""
        for name, text in list(self._texts.items()):
            self._send(name, text)

    def _send(self, name: str, text: str) -> None:
        if self.line is not None:
            # Not sent now means sent after the next connection: see `_resume`.
            self._end().sent(name)
            self.line.send({"type": "say", "clientId": name, "text": text})

    def _take(self, frame: Frame) -> None:
        try:
            self._act(frame)
        except (KeyError, TypeError, ValueError) as error:
            raise Failed(f"a frame is not as described: {type(error).__name__}: {error}") from error

    def _act(self, frame: Frame) -> None:
        match frame["type"]:
            case "line":
                self._shown(frame["line"])
            case "ack":
                ack = ack_of(frame)
                self._texts.pop(ack.client_id, None)
                self._stage.acknowledged(self._end(), End.CALLER, ack, self._prefix)
            case "call" | "welcome":
                if frame["type"] == "welcome":
                    self._stage.stands(self._name)
                self._changed(str(frame["call"]["state"]))
            case "refused":
                self._refused(frame)

    def _refused(self, frame: Frame) -> None:
        name, code = frame.get("clientId"), str(frame["code"])
        detail = str(frame.get("detail", ""))
        if name in self._texts and self._stage.say_again(code):
            self._end().answered(str(name))
            self._stage.error(f"refused: {code}", detail)
            asyncio.get_running_loop().call_later(AGAIN_S, self._once_more, name)
            return
        self._texts.pop(str(name), None)
        self._stage.refused(self._end(), name, code, detail)

    def _once_more(self, name: str) -> None:
        if name in self._texts:
            self._send(name, self._texts[name])

    def _changed(self, state: str) -> None:
        if state == "answered" and not self._answered.is_set():
            self._answered.set()
            taken = (self._stage.clock() - self._began) * 1000
            self._stage.measure(f"{self._prefix}answer_ms", taken)
        elif state == "closed":
            self._over.set()
        self._state = state

    def _shown(self, data: dict[str, Any]) -> None:
        line, text = line_of(data, self._stage.plan.greetings)
        live = self._end()
        new = line.seq > live.watch.highest
        self._stage.shown(live, line)
        if new and line.sender == End.DISPATCHER.value:
            written = written_at(text)
            if written is not None:
                self._stage.took(f"{self._prefix}seen_by_caller_ms", written)
