"""A dispatcher under load: answers the run's calls, writes back by rule, notes all it sees."""

import asyncio
from collections import Counter
from collections.abc import Mapping
from typing import Any

from net119_protocol.api.operations import SOCKETS
from net119_protocol.codes import CloseOutcome

from net119_loadtests.frames import ack_of, line_of
from net119_loadtests.handset import AGAIN_S, SLOW
from net119_loadtests.links import Frame, Line, Target
from net119_loadtests.logs import End, digest_of
from net119_loadtests.payload import line_text, written_at
from net119_loadtests.plan import ConsoleSeat
from net119_loadtests.scripts import Script
from net119_loadtests.stage import Failed, Stage

_AGAIN_S = 0.2
_PATH = next(socket.path for socket in SOCKETS if socket.name == "feed")


class Console:
    """One open feed. ``scripts`` has this run's callers by mail address: others are left alone."""

    def __init__(
        self,
        stage: Stage,
        target: Target,
        seat: ConsoleSeat,
        scripts: Mapping[str, Script],
        *,
        slow: bool = False,
    ) -> None:
        self._stage = stage
        self._seat = seat
        self._scripts = scripts
        self._name = f"console {seat.number}"
        self._prefix = SLOW if slow else ""
        self._said: dict[str, Script] = {}
        self._answered: set[str] = set()
        self._heard: Counter[str] = Counter()
        self._written: Counter[str] = Counter()
        self._texts: dict[tuple[str, str], str] = {}
        self.ready = asyncio.Event()
        """The feed is open."""
        self._why = ""
        self.line = Line(
            target,
            _PATH,
            self._hello,
            self._take,
            self._lost,
            self._resume,
            small_buffers=slow and stage.small_buffers,
        )

    def _hello(self) -> Frame:
        for call_id in self._answered:
            self._stage.call(call_id).ends[End.DISPATCHER].reconnects()
        after = {
            call_id: call.ends[End.DISPATCHER].watch.complete_to
            for call_id, call in self._stage.calls.items()
            if call_id in self._answered and not call.closed
        }
        return {"type": "hello", "token": self._seat.token, "after": after}

    def _lost(self, why: str, dropped: bool) -> None:
        self._stage.lost(self._name, why, dropped=dropped, slow=bool(self._prefix))

    def _resume(self) -> None:
        """Write again what was not acknowledged, under the same ids."""
        for (call_id, name), text in list(self._texts.items()):
            if name in self._stage.call(call_id).ends[End.DISPATCHER].waiting:
                self._send(call_id, name, text)

    def _take(self, frame: Frame) -> None:
        try:
            self._act(frame)
        except (KeyError, TypeError, ValueError) as error:
            raise Failed(f"a frame is not as described: {type(error).__name__}: {error}") from error

    def _act(self, frame: Frame) -> None:
        match frame["type"]:
            case "line":
                self._line(str(frame["callId"]), frame["line"])
            case "ack":
                live = self._stage.call(str(frame["callId"])).ends[End.DISPATCHER]
                ack = ack_of(frame)
                self._texts.pop((str(frame["callId"]), ack.client_id), None)
                self._stage.acknowledged(live, End.DISPATCHER, ack, self._prefix)
            case "call":
                self._answer(frame["call"])
            case "welcome":
                self.ready.set()
                self._stage.stands(self._name)
                for call in frame["calls"]:
                    self._answer(call)
            case "refused":
                self._refused(frame)

    def _refused(self, frame: Frame) -> None:
        call_id, name = frame.get("callId"), frame.get("clientId")
        code, detail = str(frame["code"]), str(frame.get("detail", ""))
        if (call_id, name) in self._texts and self._stage.say_again(code):
            self._stage.call(str(call_id)).ends[End.DISPATCHER].answered(str(name))
            self._stage.error(f"refused: {code}", detail)
            asyncio.get_running_loop().call_later(AGAIN_S, self._once_more, call_id, name)
            return
        live = self._stage.call(call_id).ends[End.DISPATCHER] if call_id else None
        self._texts.pop((str(call_id), str(name)), None)
        self._stage.refused(live, name, code, detail)

    def _once_more(self, call_id: Any, name: Any) -> None:
        if (call_id, name) in self._texts:
            self._send(call_id, name, self._texts[call_id, name])

    def _answer(self, call: dict[str, Any]) -> None:
        call_id = str(call["callId"])
        wanted = call["state"] == "ringing" and call["mine"]
        script = self._scripts.get(call["registrant"]["mail"])
        if wanted and script is not None and call_id not in self._answered:
            self._answered.add(call_id)
            self._said[call_id] = script
            self.line.send({"type": "answer", "callId": call_id})

    def _line(self, call_id: str, data: dict[str, Any]) -> None:
        line, text = line_of(data, self._stage.plan.greetings)
        live = self._stage.call(call_id).ends[End.DISPATCHER]
        new = line.seq > live.watch.highest
        self._stage.shown(live, line)
        if line.sender != End.CALLER.value or not new:
            return
        written = written_at(text)
        if written is not None:
            self._stage.took(f"{self._prefix}seen_by_dispatcher_ms", written)
        self._heard[call_id] += 1
        if self._heard[call_id] % self._stage.plan.reply_every == 0 and call_id in self._said:
            self._reply(call_id)

    def _reply(self, call_id: str) -> None:
        self._written[call_id] += 1
        name = f"d{self._seat.number}-{self._written[call_id]}"
        now = self._stage.clock()
        words = self._said[call_id].dispatcher_says(self._written[call_id])
        text = line_text(words, f"{name}/{call_id}", now)
        self._texts[call_id, name] = text
        live = self._stage.call(call_id).ends[End.DISPATCHER]
        self._stage.wrote(live, name, digest_of(text), now)
        self._send(call_id, name, text)

    def _send(self, call_id: str, name: str, text: str) -> None:
        self._stage.call(call_id).ends[End.DISPATCHER].sent(name)
        self.line.send({"type": "say", "callId": call_id, "clientId": name, "text": text})

    def end_call(self, call_id: str) -> None:
        """Close a call; both ends are told by the provider when it is."""
        self._stage.call(call_id).closed = True
        outcome = CloseOutcome.PRACTICE_DONE.value
        self.line.send(
            {"type": "close", "callId": call_id, "outcome": outcome, "note": "load test"}
        )

    async def open(self, within_s: float) -> None:
        """Connect, trying again while the provider is not there, and wait for the welcome.

        Raises:
            Failed: not within that time.
        """
        try:
            async with asyncio.timeout(within_s):
                await self._opened()
                await self.ready.wait()
        except TimeoutError:
            raise Failed(f"{self._name}: not open within {within_s:g} s{self._why}") from None

    async def _opened(self) -> None:
        while True:
            try:
                return await self.line.open()
            except Failed as failed:
                self._why = f"; {failed}"
                await asyncio.sleep(_AGAIN_S)
