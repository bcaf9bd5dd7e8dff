"""Messages out and in: counted, answered again when they come again, kept in order, refused."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from tests.minimal_provider.calls import Call, Thread
from tests.minimal_provider.contract import UNCOUNTED, Contract, Json, Refused, message, now
from tests.minimal_provider.links import Client, Endpoint

MINOR = 0
MOST_REFUSED = 2000


@dataclass
class Seen:
    """A message that came, and what it was answered with."""

    digest: bytes
    answers: list[Json] = field(default_factory=list)


class Exchange:
    """Everything that is said with peers; ``handle`` takes the messages of calls in order."""

    def __init__(self, me: str, contract: Contract, gap_s: float) -> None:
        self.me = me
        self.clients: dict[str, Client] = {}
        self.endpoint: Endpoint | None = None
        self.calls: dict[str, Call] = {}
        self.refused: list[Json] = []
        self.peer_states: dict[str, str] = {}
        self.state = "normal"
        self.state_since = now()
        self.handle: Callable[[Call | None, str, Json], None] = lambda *_: None
        self.on_error: Callable[[str, Json], None] = lambda *_: None
        self._contract = contract
        self._gap_s = gap_s
        self._seen: dict[tuple[str, str], Seen] = {}
        self._numbers = 0

    # --- out --------------------------------------------------------------------------------------

    def post(
        self, call: Call, kind: str, body: Json, in_reply_to: Json | None = None, epoch: int = -1
    ) -> Json:
        """Say something in a call."""
        thread = call.thread
        assert thread is not None
        if kind not in UNCOUNTED:
            thread.n_out += 1
        made = message(
            kind,
            body,
            me=self.me,
            answers_to=self._queue(anchor=thread.anchor),
            mode=call.mode,
            call_id=call.id,
            epoch=call.epoch if epoch < 0 else epoch,
            n=0 if kind in UNCOUNTED else thread.n_out,
            in_reply_to=in_reply_to["messageId"] if in_reply_to else None,
        )
        if kind not in UNCOUNTED:
            thread.sent.append(made)
        if in_reply_to is not None:
            seen = self._seen.get((thread.peer, _id(in_reply_to)))
            if seen is not None:
                seen.answers.append(made)
        self.send(thread.peer, made, anchor=thread.anchor)
        return made

    def send(self, peer: str, made: Json, *, anchor: bool) -> None:
        """Send a message: as the anchor at the peer's endpoint, else at our own."""
        if not anchor:
            assert self.endpoint is not None
            self.endpoint.send(peer, made)
        elif peer in self.clients:
            self.clients[peer].send(made)

    def report(self, peer: str, *, anchor: bool) -> None:
        """Tell a peer our state."""
        body = {"state": self.state, "since": self.state_since, "minor": MINOR}
        queue = self._queue(anchor=anchor)
        made = message("status.report", body, me=self.me, answers_to=queue, mode="test")
        self.send(peer, made, anchor=anchor)

    def _queue(self, *, anchor: bool) -> str:
        return f"/queue/{self.me}.{'caller' if anchor else 'callee'}"

    # --- in ---------------------------------------------------------------------------------------

    def take(self, peer: str, queue: str, data: bytes) -> None:
        """Take what a peer sent to our callee queue, or at its endpoint to our caller queue."""
        anchor = queue == "caller"
        read: Json = {}
        try:
            read = self._contract.raw(data)
            known = self._known(peer, read, data)
            if known is not None:
                for answer in known.answers:
                    self.send(peer, answer, anchor=anchor)
                return
            via = read.get("via")
            if isinstance(via, dict) and (
                via.get("operator") != peer
                or via.get("destination") not in (f"/queue/{peer}.caller", f"/queue/{peer}.callee")
            ):
                raise Refused("via-mismatch", f"via must name {peer} and one of its queues", "via")
            self._contract.check(read)
            self._dispatch(peer, anchor, read)
        except Refused as refusal:
            self.refuse(peer, anchor, read, refusal)
            if refusal.code != "id-reused":
                self._hold_nothing_back(peer, anchor, read)

    def _known(self, peer: str, read: Json, data: bytes) -> Seen | None:
        key = _id(read)
        if not key:
            return None
        digest = hashlib.sha256(data).digest()
        seen = self._seen.get((peer, key))
        if seen is None:
            self._seen[peer, key] = Seen(digest)
            return None
        if seen.digest != digest:
            raise Refused("id-reused", "this messageId named another message before", "messageId")
        return seen

    def _dispatch(self, peer: str, anchor: bool, read: Json) -> None:
        kind = read["type"]
        if kind == "status.report":
            self.peer_states[peer] = read["body"]["state"]
            return
        if kind == "error":
            self.on_error(peer, read)
            return
        call = self.calls.get(read["callId"].lower())
        if kind == "call.offer" and not anchor and (call is None or not call.mine):
            # Mode, department and deadline are judged by who takes it.
            self.handle(call, peer, read)
            call = self.calls.get(read["callId"].lower())
            if call is not None and call.thread is not None:
                call.thread.n_in = max(call.thread.n_in, read["n"])
            return
        if call is None:
            raise Refused("unknown-call", "no such call is known here", "callId")
        thread = call.thread
        if thread is None or thread.peer != peer or thread.anchor is not anchor:
            raise Refused("not-your-call", "this call is not shared with you", "callId")
        if read["mode"] != call.mode:
            raise Refused("mode-mismatch", f"the call's mode is {call.mode}", "mode")
        if kind == "chat.resume":
            for made in thread.sent:
                if made["n"] > read["body"]["afterN"]:
                    self.send(peer, made, anchor=anchor)
            return
        self._in_order(call, thread, read)

    def _in_order(self, call: Call, thread: Thread, read: Json) -> None:
        n = read["n"]
        if n > thread.n_in + 1:
            thread.early[n] = read
            thread.gap_since = thread.gap_since or datetime.now(UTC)
            return
        if n <= thread.n_in and n not in thread.refused:
            raise Refused("invalid-envelope", f"n {n} came before, under another messageId", "n")
        thread.refused.discard(n)
        self._one(call, thread, read)
        self._following(call, thread)

    def _following(self, call: Call, thread: Thread) -> None:
        while (following := thread.early.pop(thread.n_in + 1, None)) is not None:
            self._one(call, thread, following)
        if not thread.early:
            thread.gap_since = None

    def _one(self, call: Call, thread: Thread, read: Json) -> None:
        thread.n_in = max(thread.n_in, read["n"])
        try:
            self.handle(call, thread.peer, read)
        except Refused as refusal:
            self.refuse(thread.peer, thread.anchor, read, refusal)
            thread.refused.add(read["n"])

    def _hold_nothing_back(self, peer: str, anchor: bool, read: Json) -> None:
        """What follows a refused message does not wait for it: sent again, it would be refused."""
        call, n = self.calls.get(_uuid(read.get("callId")) or ""), read.get("n")
        thread = call.thread if call is not None else None
        if call is None or thread is None or type(n) is not int or n < 1:
            return
        if thread.peer == peer and thread.anchor is anchor:
            thread.refused.add(n)
            thread.early.pop(n, None)
            if n == thread.n_in + 1:
                thread.n_in = n
                self._following(call, thread)

    def ask_for_gaps(self) -> None:
        """Ask for what has been missing for too long."""
        for call in self.calls.values():
            thread = call.thread
            if thread is None or thread.gap_since is None:
                continue
            if (datetime.now(UTC) - thread.gap_since).total_seconds() > self._gap_s:
                thread.gap_since = datetime.now(UTC)
                body = {"afterN": thread.n_in, "afterSeq": call.last_whole()}
                self.post(call, "chat.resume", body)

    # --- refusals ---------------------------------------------------------------------------------

    def refuse(self, peer: str, anchor: bool, read: Json, refusal: Refused) -> None:
        """Answer a message by ``error``, and log it."""
        self.log("B", peer, refusal.code, refusal.detail)
        if read.get("type") == "error":
            return
        body: Json = {"code": refusal.code, "detail": refusal.detail}
        if refusal.field:
            body["field"] = refusal.field[:200]
        if isinstance(read.get("type"), str):
            body["offendingType"] = read["type"][:200]
        if refusal.epoch is not None:
            body["currentEpoch"] = refusal.epoch
        call_id = _uuid(read.get("callId"))
        call = self.calls.get(call_id or "")
        made = message(
            "error",
            body,
            me=self.me,
            answers_to=self._queue(anchor=anchor),
            mode=read["mode"] if read.get("mode") in _MODES else "test",
            call_id=call_id,
            epoch=call.epoch if call is not None else 0,
            in_reply_to=_uuid(read.get("messageId")),
        )
        seen = self._seen.get((peer, _id(read)))
        if seen is not None and refusal.code != "id-reused":
            seen.answers.append(made)
        self.send(peer, made, anchor=anchor)

    def log(self, interface: str, source: str, code: str, detail: str) -> None:
        """Keep what was refused."""
        self._numbers += 1
        entry = {
            "number": self._numbers,
            "at": now(),
            "interface": interface,
            "source": source,
            "code": code,
            "detail": detail[:1000],
        }
        self.refused = [*self.refused[-MOST_REFUSED:], entry]


_MODES = ("live", "practice", "drill", "test")


def _id(read: Json) -> str:
    return _uuid(read.get("messageId")) or ""


def _uuid(value: Any) -> str | None:
    try:
        return str(UUID(value)) if isinstance(value, str) else None
    except ValueError:
        return None
