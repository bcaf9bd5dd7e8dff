"""Turns the traffic of phone and consoles into happenings, each told once."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from net119_protocol.api.common import CallView, Notice
from net119_protocol.api.console import ConsoleCall
from net119_protocol.chat import ChatLine
from net119_protocol.codes import CallState
from net119_protocol.person import DepartmentRef
from net119_simulators.wiretap import Interface, WireEvent
from pydantic import ValidationError

from net119_scenarios.happening import Happening, Role, What

_PLACE_A_CALL = "POST /api/handset/v1/calls"


class Observer:
    """A wiretap that keeps what happened; `take` hands it out.

    ``consoles`` tells for each dispatcher's name which side it is on.
    """

    def __init__(self, consoles: Mapping[str, Role]) -> None:
        self._consoles = consoles
        self._new: list[Happening] = []
        self._all: list[Happening] = []
        self._seen: set[tuple[object, ...]] = set()
        self._english: dict[str, str] = {}
        self._labels: dict[tuple[int, str], str] = {}
        self._down = False
        self.began: datetime | None = None
        """When the phone sent the call."""

    @property
    def happenings(self) -> tuple[Happening, ...]:
        """Everything so far, in the order in which it was seen."""
        return tuple(self._all)

    def take(self) -> list[Happening]:
        """What was not taken before."""
        new, self._new = self._new, []
        return new

    def record(self, event: WireEvent) -> None:
        """Look at one message."""
        try:
            if event.interface is Interface.A:
                self._at_the_phone(event)
            elif event.interface is Interface.C:
                self._at_a_console(event)
        except (ValueError, ValidationError, KeyError):
            # What cannot be read is in the simulator's `violations`, which the scenario checks.
            return

    def _at_the_phone(self, event: WireEvent) -> None:
        if event.label == _PLACE_A_CALL:
            if self.began is not None:
                # The answer to the first attempt did not come: the same call again.
                return
            self.began = event.at
            self._add(What.CALLED, Role.CALLER, event.at, json.loads(event.payload))
            return
        if event.label == "connection ended":
            if event.target == "phone":
                self._down = True
                self._add(What.DROPPED, Role.CALLER, event.at, {})
            return
        frame = _frame(event)
        if "radio" in frame:
            self._add(What.RADIO, Role.CALLER, event.at, frame)
            return
        if frame.get("type") == "welcome" and self._down:
            self._down = False
            self._add(What.RESUMED, Role.CALLER, event.at, {})
        if "call" in frame and event.target == "phone":
            self._caller_sees(CallView.model_validate(frame["call"]), event.at)
        elif frame.get("type") == "line":
            self._line(frame)

    def _caller_sees(self, view: CallView, at: datetime) -> None:
        for notice in view.notices:
            self._english[notice.text_ja] = notice.text_en
            if self._first("caller-told", notice.code):
                self._add(What.CALLER_TOLD, Role.CALLER, at, _notice(notice))
        receiver = view.receiver
        if self._first("caller-sees", view.state, receiver.code if receiver else None):
            details: dict[str, Any] = {"state": view.state.value, "mode": view.mode.value}
            if receiver is not None:
                details["receiver"] = _department(receiver)
            if view.outcome is not None:
                details["outcome"] = view.outcome.value
            self._add(What.CALLER_SEES, Role.CALLER, at, details)

    def _at_a_console(self, event: WireEvent) -> None:
        role = self._consoles.get(event.source) or self._consoles.get(event.target)
        if role is None:
            return
        frame = _frame(event)
        kind = frame.get("type")
        if event.source in self._consoles:
            if kind == "answer":
                self._add(What.ANSWER_PRESSED, role, event.at, {})
            elif kind == "close":
                pressed = {"outcome": frame["outcome"], "relayed_to": frame.get("relayedTo")}
                self._add(What.CLOSE_PRESSED, role, event.at, pressed)
        elif kind == "call":
            self._dispatcher_sees(ConsoleCall.model_validate(frame["call"]), role, event.at)
        elif kind == "line":
            self._line(frame)

    def _dispatcher_sees(self, call: ConsoleCall, role: Role, at: datetime) -> None:
        if self._first("routed"):
            # Decided by the home provider when the call was opened, whoever shows it first.
            note = call.routing
            others = [_department(each) for each in note.alternatives]
            details = {
                "rule": note.rule,
                "directory": note.directory_version,
                "ambiguous": note.ambiguous,
                "alternatives": others,
            }
            self._add(What.ROUTED, Role.HOME_PROVIDER, call.opened_at, details)
        if call.mine and self._first("shown", role, call.state is CallState.OFFERING):
            self._add(What.SHOWN, role, at, _shown(call))
        if not call.mine and self._first("passed-on", role, call.owner.code):
            self._add(What.PASSED_ON, role, at, {"owner": _department(call.owner)})
        for notice in call.notices:
            if call.mine and self._first("dispatcher-told", role, notice.code):
                self._add(What.DISPATCHER_TOLD, role, at, _notice(notice))

    def _line(self, frame: Mapping[str, Any]) -> None:
        line = ChatLine.model_validate(frame["line"])
        if not self._first("line", line.seq):
            return
        details: dict[str, Any] = {
            "seq": line.seq,
            "sender": line.sender.value,
            "text": line.text,
            "options": [option.label for option in line.options],
        }
        if line.text in self._english:
            # The machine writes a notice into the chat, too, there in Japanese only.
            details["text_en"] = self._english[line.text]
        if line.choice is not None:
            details["choice"] = {"seq": line.choice.seq, "option": self._label(line)}
        for option in line.options:
            self._labels[line.seq, option.id] = option.label
        self._add(What.LINE, Role.STAGE, line.at, details)

    def _label(self, line: ChatLine) -> str:
        choice = line.choice
        if choice is None:
            return ""
        return self._labels.get((choice.seq, choice.option_id), choice.option_id)

    def _first(self, *key: object) -> bool:
        new = key not in self._seen
        self._seen.add(key)
        return new

    def _add(self, what: What, role: Role, at: datetime, details: Mapping[str, Any]) -> None:
        happening = Happening(what, role, at, details)
        self._new.append(happening)
        self._all.append(happening)


def _frame(event: WireEvent) -> Mapping[str, Any]:
    data = json.loads(event.payload)
    return data if isinstance(data, dict) else {}


def _department(ref: DepartmentRef) -> dict[str, Any]:
    return {"code": ref.code, "ja": ref.name_ja, "en": ref.name_en, "phone": ref.phone}


def _notice(notice: Notice) -> dict[str, Any]:
    return {
        "code": notice.code.value,
        "text_ja": notice.text_ja,
        "text_en": notice.text_en,
        "phone_to": [_department(each) for each in notice.phone_to],
    }


def _shown(call: ConsoleCall) -> dict[str, Any]:
    place = call.place
    return {
        "state": call.state.value,
        "mode": call.mode.value,
        "kind": call.kind.value,
        "owner": _department(call.owner),
        "name": call.registrant.name,
        "disability": call.registrant.disability,
        "address": call.registrant.address.one_line(),
        "choice": place.choice.value,
        "has_position": place.point is not None,
        "radius_m": place.radius_m,
    }
