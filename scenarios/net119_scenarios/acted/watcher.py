"""Turns what phones and consoles get into entries of the timeline, each told once."""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from net119_protocol.api.common import CallView, Notice
from net119_protocol.api.console import ConsoleCall
from net119_protocol.api.console_acts import Callback, Discrepancy, Transfer
from net119_protocol.chat import ChatLine
from net119_protocol.codes import Presence, SenderRole
from net119_protocol.interconnect.whereabouts import TrailPoint
from net119_protocol.labels import label_of
from net119_protocol.silence_texts import HEARD_AGAIN, silent
from net119_simulators.wiretap import Interface, WireEvent
from pydantic import ValidationError

from net119_scenarios.acted.peer_watcher import PeerWatcher
from net119_scenarios.acted.phrases import CALLBACKS
from net119_scenarios.acted.timeline import Sort, Timeline

_CAUSES = {
    "call": ("通報時の位置", "position of the call"),
    "moved": ("移動した位置", "moved"),
    "asked": ("照会への回答", "asked for"),
    "corrected": ("地図での修正", "corrected on the map"),
    "callback": ("呼び返しで戻った位置", "back by callback"),
}


class Watcher:
    """A wiretap that fills a timeline.

    ``names`` gives a call's name by its id, ``callers`` its caller, ``titles`` the dispatcher who
    has this name in chats.
    """

    def __init__(
        self,
        timeline: Timeline,
        callers: Iterable[str],
        consoles: Iterable[str],
        peers: Iterable[str] = (),
    ) -> None:
        self._timeline = timeline
        self._peers = PeerWatcher(timeline, peers)
        self._callers = frozenset(callers)
        self._consoles = frozenset(consoles)
        self._seen: set[tuple[object, ...]] = set()
        self._shows: dict[tuple[str, UUID], tuple[object, ...]] = {}
        self._labels: dict[tuple[UUID, int, str], str] = {}
        self._silences: dict[tuple[str, UUID], datetime | None] = {}
        self.names = self._peers.names
        self.callers: dict[UUID, str] = {}
        self.titles: dict[str, str] = {}
        self.people: frozenset[str] = frozenset()
        """Dispatchers whom people play, at consoles of their own: these here only look on."""
        self._having: dict[UUID, str] = {}
        """By call, the one of ``people`` whose center has it."""

    def named(self, call_id: UUID, name: str) -> None:
        """A call has its name in the timeline."""
        self._peers.named(call_id, name)

    def record(self, event: WireEvent) -> None:
        """Look at one message; what cannot be read is the simulators' to complain about."""
        try:
            if event.interface is Interface.B:
                self._peers.record(event)
                return
            frame = json.loads(event.payload) if event.payload[:1] == "{" else {}
            if event.interface is Interface.A and event.target in self._callers:
                self._at_phone(event.target, frame)
            elif event.interface is Interface.C and event.target in self._consoles:
                self._at_console(event.target, frame)
        except (ValueError, ValidationError, KeyError):
            return

    def _at_phone(self, who: str, frame: Mapping[str, Any]) -> None:
        if "call" in frame:
            view = CallView.model_validate(frame["call"])
            for notice in view.notices:
                self._notice(who, view.call_id, notice)
            if self._new(who, view.call_id, view.state, view.receiver and view.receiver.code):
                state, to = label_of(view.state), view.receiver
                ja, en = f"画面: {state.ja}", f"screen: {state.en}"
                if to is not None:
                    ja, en = f"{ja}（{to.name_ja}）", f"{en} ({to.name_en})"
                self._timeline.add(who, Sort.SEEN, ja, en, self._name(view.call_id))
        elif frame.get("type") == "line":
            self._line(UUID(frame["callId"]), ChatLine.model_validate(frame["line"]))
        elif frame.get("type") == "location-request":
            self._say(who, "位置の送信を求められた", "is asked for the position", frame["callId"])

    def _at_console(self, who: str, frame: Mapping[str, Any]) -> None:
        kind = frame.get("type")
        if kind == "call":
            self._shown(who, ConsoleCall.model_validate(frame["call"]))
        elif kind == "welcome":
            for each in frame["calls"]:
                self._shown(who, ConsoleCall.model_validate(each))
        elif kind == "line":
            self._line(UUID(frame["callId"]), ChatLine.model_validate(frame["line"]))
        elif kind == "reminder":
            ja, en = "まだ応答していない、と催促された", "reminded: it still rings"
            self._say(who, ja, en, frame["callId"])
        elif kind == "transfer":
            self._transfer(who, frame["callId"], Transfer.model_validate(frame["transfer"]))
        elif kind == "callback":
            self._callback(who, frame["callId"], Callback.model_validate(frame["callback"]))
        elif kind == "location":
            point = TrailPoint.model_validate(frame["point"])
            ja, en = _CAUSES[point.cause.value]
            if point.problem is not None:
                ja, en = f"{ja}: 新しい位置は得られない", f"{en}: no new position"
            self._say(
                who, f"位置{point.number}件目: {ja}", f"place {point.number}: {en}", frame["callId"]
            )
        elif kind == "discrepancy":
            told = Discrepancy.model_validate(frame["discrepancy"])
            ja, en = f"食い違いの報告: {told.detail}", f"discrepancy reported: {told.detail}"
            self._say(who, ja, en, frame["callId"])

    def _shown(self, who: str, call: ConsoleCall) -> None:
        if call.call_id not in self.names:
            return  # of an earlier scenario at the same venue
        name = self._name(call.call_id)
        if call.mine and who in self.people:
            self._having[call.call_id] = who
        for notice in call.notices:
            if call.mine:
                self._notice(who, call.call_id, notice)
        self._silence(who, call)
        state_there = call.state if call.mine else None
        if not self._new(who, call.call_id, state_there, call.mine, call.owner.code):
            return
        state = label_of(call.state)
        if call.mine:
            ja, en = f"指令台: {state.ja}", f"console: {state.en}"
            if self._first("registrant", who, call.call_id):
                person = call.registrant
                ja += f"（{person.name}、{label_of(call.kind).ja}、{label_of(call.mode).ja}）"
                en += f" ({person.name}, {label_of(call.kind).en}, {label_of(call.mode).en})"
        else:
            ja, en = f"指令台: {call.owner.name_ja}が担当", f"console: with {call.owner.name_en}"
        self._timeline.add(who, Sort.SEEN, ja, en, name)

    def _silence(self, who: str, call: ConsoleCall) -> None:
        """A silence also ends when the caller is gone or the call closed, which shows as such."""
        before = self._silences.get((who, call.call_id))
        now = self._silences[who, call.call_id] = call.silent_since
        if now == before:
            return
        said = HEARD_AGAIN if now is None else silent(now)
        if call.presence is Presence.CONNECTED and call.closed_at is None and call.mine:
            self._timeline.add(who, Sort.SEEN, said.ja, said.en, self._name(call.call_id))

    def _transfer(self, who: str, call_id: str, transfer: Transfer) -> None:
        to, by = transfer.department, transfer.asked_by
        if transfer.failure is not None:
            why_ja = transfer.text_ja or transfer.failure.value
            why_en = transfer.text_en or transfer.failure.value
            ja = f"{by}が求めた{to.name_ja}への転送はできない: {why_ja}"
            en = f"the transfer to {to.name_en} that {by} asked for is not possible: {why_en}"
        elif transfer.ended_at is not None:
            ja, en = f"{to.name_ja}に転送した", f"transferred to {to.name_en}"
        else:
            ja = f"{to.name_ja}に転送を申し出中（{by}が求めた）"
            en = f"{to.name_en} is asked to take it (by {by})"
        self._say(who, ja, en, call_id)

    def _callback(self, who: str, call_id: str, back: Callback) -> None:
        if not self._first(who, call_id, "callback", back.number, back.state, back.failure):
            return
        ja, en = CALLBACKS[back.state]
        ja, en = f"呼び返しメール: {ja}", f"callback mail: {en}"
        if back.failure is not None:
            ja, en = f"{ja}。{back.text_ja}", f"{en}. {back.text_en}"
            names = "、".join(f"{each.name}（{each.relation}）" for each in back.contacts)
            if names:
                ja, en = f"{ja} 緊急連絡先: {names}", f"{en} Contacts: {names}"
        self._say(who, ja, en, call_id)

    def _say(self, who: str, ja: str, en: str, call_id: str) -> None:
        if UUID(call_id) in self.names:
            self._timeline.add(who, Sort.SEEN, ja, en, self._name(UUID(call_id)))

    def _notice(self, who: str, call_id: UUID, notice: Notice) -> None:
        if self._first("notice", who, call_id, notice.code, notice.text_ja):
            self._timeline.add(
                who,
                Sort.NOTICE,
                f"お知らせ: {notice.text_ja}",
                f"notice: {notice.text_en}",
                self._name(call_id),
            )

    def _line(self, call_id: UUID, line: ChatLine) -> None:
        if call_id not in self.names:
            return  # of an earlier scenario at the same venue
        for option in line.options:
            self._labels[call_id, line.seq, option.id] = option.label
        if not self._first("line", call_id, line.seq) or line.sender is SenderRole.SYSTEM:
            return
        text = line.text
        if line.choice is not None:
            key = (call_id, line.choice.seq, line.choice.option_id)
            text = f"［{self._labels.get(key, line.choice.option_id)}］"
        if line.options:
            text += " " + " / ".join(f"［{each.label}］" for each in line.options)
        if line.sender is SenderRole.CALLER:
            actor = self.callers.get(call_id, "")
        else:
            unknown = self._having.get(call_id, "")
            actor = self.titles.get(line.sender_name, unknown)
        role = label_of(line.sender)
        by_ja = "" if actor else f"{line.sender_name or role.ja}"
        by_en = "" if actor else f"{line.sender_name or role.en}: "
        self._timeline.add(
            actor,
            Sort.LINE,
            f"発言{line.seq} {by_ja}「{text}」",
            f"line {line.seq}: {by_en}“{text}”",
            self._name(call_id),
        )

    def _name(self, call_id: UUID) -> str:
        return self.names.get(call_id, "")

    def _new(self, who: str, call_id: UUID, *shown: object) -> bool:
        """Whether this screen shows something else of the call than it did last."""
        changed = self._shows.get((who, call_id)) != shown
        self._shows[who, call_id] = shown
        return changed

    def _first(self, *key: object) -> bool:
        new = key not in self._seen
        self._seen.add(key)
        return new
