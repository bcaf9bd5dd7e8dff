"""What played providers get over the interconnect, as entries of the timeline."""

import json
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from net119_protocol.interconnect import MessageType
from net119_simulators.wiretap import WireEvent

from net119_scenarios.acted.timeline import Sort, Timeline
from net119_scenarios.words import Words


class PeerWatcher:
    """Tells the messages that decide who has a call; each once, however often it was sent.

    ``names`` gives a call's name by its id; what is about others is of an earlier scenario.
    """

    def __init__(self, timeline: Timeline, peers: Iterable[str]) -> None:
        self._timeline = timeline
        self._peers = frozenset(peers)
        self._seen: set[str] = set()
        self._early: list[tuple[str, UUID, Words]] = []
        self.names: dict[UUID, str] = {}

    def record(self, event: WireEvent) -> None:
        """Look at one frame; one without a message, or of a kind that decides nothing, is no entry.

        Raises:
            ValueError, KeyError: it cannot be read.
        """
        body = event.payload.partition("\n\n")[2]
        if event.target not in self._peers or body[:1] != "{":
            return
        message = json.loads(body)
        words = _words(message)
        if words is None or message["messageId"] in self._seen:
            return
        self._seen.add(message["messageId"])
        call_id = UUID(message["callId"])
        if call_id in self.names:
            self._tell(event.target, call_id, words)
        else:
            self._early.append((event.target, call_id, words))

    def named(self, call_id: UUID, name: str) -> None:
        """A call has its name: what came about it before is told now."""
        self.names[call_id] = name
        for who, about, words in self._early:
            if about == call_id:
                self._tell(who, about, words)
        self._early = [each for each in self._early if each[1] != call_id]

    def _tell(self, who: str, call_id: UUID, words: Words) -> None:
        self._timeline.add(who, Sort.SEEN, words.ja, words.en, self.names[call_id])


def _words(message: Mapping[str, Any]) -> Words | None:
    body = message.get("body") or {}
    match message.get("type"):
        case MessageType.CALL_OFFER:
            lines = body.get("lastSeq", 0)
            return Words(
                f"通報の申し出が届く（それまでの発言{lines}件）",
                f"is offered the call ({lines} lines so far)",
            )
        case MessageType.CALL_ASSIGN:
            return Words("この通報の担当になる", "has the call from now on")
        case MessageType.CALL_WITHDRAW:
            by = body.get("takenBy") or {}
            return Words(
                f"取り消しが届く（{by.get('nameJa', '登録地')}が担当する）",
                f"is told that the call is withdrawn: {by.get('nameEn', 'home')} has it",
            )
        case MessageType.CALL_RINGING:
            return Words("鳴り始めたと知らされる", "is told that it rings")
        case MessageType.CALL_ANSWERED:
            return Words("応答したと知らされる", "is told that it was answered")
        case MessageType.ERROR:
            code = body.get("code", "")
            return Words(f"メッセージを断られる（{code}）", f"has a message refused ({code})")
    return None


__all__ = ["PeerWatcher"]
