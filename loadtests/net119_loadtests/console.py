"""A dispatcher under load: answers the run's calls, writes back by rule, notes all it sees."""

import time
from collections import Counter
from typing import Any

from net119_protocol.api.operations import SOCKETS

from net119_loadtests.connections import Frame, Line, Target
from net119_loadtests.frames import ack_of, line_of
from net119_loadtests.logs import End, digest_of
from net119_loadtests.payload import line_text, written_at
from net119_loadtests.plan import ConsoleSeat
from net119_loadtests.stage import Failed, Stage

_PATH = next(socket.path for socket in SOCKETS if socket.name == "feed")


class Console:
    """One open feed. ``mails`` are the addresses of this run's callers: others are left alone."""

    def __init__(
        self, stage: Stage, target: Target, seat: ConsoleSeat, mails: frozenset[str]
    ) -> None:
        self._stage = stage
        self._seat = seat
        self._mails = mails
        self._answered: set[str] = set()
        self._heard: Counter[str] = Counter()
        self._written: Counter[str] = Counter()
        self._texts: dict[tuple[str, str], str] = {}
        self.ready = False
        self.line = Line(target, _PATH, self._hello, self._take, self._lost, self._resume)

    def _hello(self) -> Frame:
        after = {
            call_id: call.ends[End.DISPATCHER].watch.complete_to
            for call_id, call in self._stage.calls.items()
            if call_id in self._answered
        }
        return {"type": "hello", "token": self._seat.token, "after": after}

    def _lost(self, why: str) -> None:
        self._stage.error("console connection lost", f"console {self._seat.number}: {why}")

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
                self._stage.acknowledged(live, End.DISPATCHER, ack)
            case "call":
                self._answer(frame["call"])
            case "welcome":
                self.ready = True
                for call in frame["calls"]:
                    self._answer(call)
            case "refused":
                self._refused(frame)

    def _refused(self, frame: Frame) -> None:
        call_id, name = frame.get("callId"), frame.get("clientId")
        live = self._stage.call(call_id).ends[End.DISPATCHER] if call_id else None
        self._texts.pop((str(call_id), str(name)), None)
        self._stage.refused(live, name, str(frame["code"]), str(frame.get("detail", "")))

    def _answer(self, call: dict[str, Any]) -> None:
        call_id = str(call["callId"])
        wanted = call["state"] == "ringing" and call["mine"]
        ours = call["registrant"]["mail"] in self._mails
        if wanted and ours and call_id not in self._answered:
            self._answered.add(call_id)
            self.line.send({"type": "answer", "callId": call_id})

    def _line(self, call_id: str, data: dict[str, Any]) -> None:
        line, text = line_of(data)
        live = self._stage.call(call_id).ends[End.DISPATCHER]
        new = line.seq > live.watch.highest
        self._stage.shown(live, line)
        if line.sender != End.CALLER.value or not new:
            return
        written = written_at(text)
        if written is not None:
            self._stage.measure("seen_by_dispatcher_ms", (self._stage.clock() - written) * 1000)
        self._heard[call_id] += 1
        if self._heard[call_id] % self._stage.plan.reply_every == 0:
            self._reply(call_id)

    def _reply(self, call_id: str) -> None:
        self._written[call_id] += 1
        name = f"d{self._seat.number}-{self._written[call_id]}"
        now = self._stage.clock()
        text = line_text(f"{name}/{call_id}", now)
        self._texts[call_id, name] = text
        live = self._stage.call(call_id).ends[End.DISPATCHER]
        self._stage.wrote(live, name, digest_of(text), now)
        self._send(call_id, name, text)

    def _send(self, call_id: str, name: str, text: str) -> None:
        self.line.send({"type": "say", "callId": call_id, "clientId": name, "text": text})

    def open(self, within_s: float) -> None:
        """Connect, trying again while the provider is not there; raises Failed."""
        deadline = time.monotonic() + within_s
        while True:
            try:
                return self.line.open()
            except Failed:
                if time.monotonic() >= deadline:
                    raise
                time.sleep(0.2)
