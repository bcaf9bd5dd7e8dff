"""A caller under load: calls, is answered, writes a line at every tick, notes all it sees."""

import threading
from typing import Any

from net119_protocol.api.operations import operation
from net119_protocol.codes import Kind, PlaceChoice, Positioning

from net119_loadtests.connections import Frame, Line, Target
from net119_loadtests.frames import ack_of, line_of
from net119_loadtests.logs import End, digest_of
from net119_loadtests.payload import line_text, written_at
from net119_loadtests.plan import MODE, CallerSeat
from net119_loadtests.stage import Failed, LiveCall, LiveEnd, Stage

_CALL = operation("call")
_ACCURACY_M = 12.0


class Handset:
    """One caller's handset with one call."""

    def __init__(self, stage: Stage, target: Target, seat: CallerSeat) -> None:
        self._stage = stage
        self._target = target
        self._seat = seat
        self._live: LiveCall | None = None
        self._line: Line | None = None
        self._texts: dict[str, str] = {}
        self._state = "open"
        self._answered = threading.Event()
        self._began = 0.0
        self._number = 0

    # --- the call -------------------------------------------------------------------------------

    def call(self) -> Line:
        """Place the call and open its chat; the caller of this runs the returned line.

        Raises:
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
        answer = self._target.post(_CALL.path, self._seat.token, body, _CALL.status)
        self._stage.measure("call_ms", (self._stage.clock() - self._began) * 1000)
        try:
            call_id, path = str(answer["call"]["callId"]), str(answer["chatPath"])
        except (KeyError, TypeError) as error:
            raise Failed(f"the answer to a call lacks {error}") from error
        if not path.startswith("/") or path.startswith("//"):
            raise Failed(f"the chat path {path!r} is no path of this host")
        self._live = self._stage.call(call_id)
        self._live.seat = self._seat.number
        self._line = Line(self._target, path, self._hello, self._take, self._lost, self._resume)
        self._line.open()
        return self._line

    def wait_for_answer(self, within_s: float) -> None:
        """Return once a dispatcher has answered; raises Failed."""
        if not self._answered.wait(within_s):
            raise Failed(f"not answered within {within_s:g} s; the call is {self._state}")

    def say(self) -> None:
        """Write the next line, without waiting for anything."""
        self._number += 1
        name = f"c{self._seat.number}-{self._number}"
        now = self._stage.clock()
        text = line_text(name, now)
        self._texts[name] = text
        self._stage.wrote(self._end(), name, digest_of(text), now)
        self._send(name, text)

    # --- frames ---------------------------------------------------------------------------------

    def _known(self) -> LiveCall:
        if self._live is None:
            raise RuntimeError("no call was placed")
        return self._live

    def _end(self) -> LiveEnd:
        return self._known().ends[End.CALLER]

    def _hello(self) -> Frame:
        after = self._end().watch.complete_to
        return {"type": "hello", "token": self._seat.token, "after": after}

    def _lost(self, why: str) -> None:
        self._stage.error("handset connection lost", f"caller {self._seat.number}: {why}")

    def _resume(self) -> None:
        """Write again what was not acknowledged, under the same ids."""
        for name, text in list(self._texts.items()):
            self._send(name, text)

    def _send(self, name: str, text: str) -> None:
        if self._line is not None:
            # Not sent now means sent after the next connection: see `_resume`.
            self._line.send({"type": "say", "clientId": name, "text": text})

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
                self._stage.acknowledged(self._end(), End.CALLER, ack)
            case "call" | "welcome":
                state = str(frame["call"]["state"])
                if state == "answered" and not self._answered.is_set():
                    self._answered.set()
                    self._stage.measure("answer_ms", (self._stage.clock() - self._began) * 1000)
                self._state = state
            case "refused":
                name = frame.get("clientId")
                self._texts.pop(str(name), None)
                detail = str(frame.get("detail", ""))
                self._stage.refused(self._end(), name, str(frame["code"]), detail)

    def _shown(self, data: dict[str, Any]) -> None:
        line, text = line_of(data)
        live = self._end()
        new = line.seq > live.watch.highest
        self._stage.shown(live, line)
        if new and line.sender == End.DISPATCHER.value:
            written = written_at(text)
            if written is not None:
                self._stage.measure("seen_by_caller_ms", (self._stage.clock() - written) * 1000)
