"""A whole provider: its links, its calls, and what its operator, callers and dispatchers do."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from secrets import token_urlsafe
from uuid import uuid4

from tests.minimal_provider.anchor import Anchor
from tests.minimal_provider.calls import Call
from tests.minimal_provider.contract import Contract, Json, now
from tests.minimal_provider.exchange import Exchange
from tests.minimal_provider.links import Client, Endpoint, Peer, Settings
from tests.minimal_provider.parts import Parts, Refusal
from tests.minimal_provider.places import Directory, Map
from tests.minimal_provider.receiver import Receiver

TICK_S = 0.05
SAY_WITHIN_S = 8.0
LONGEST = 2000


class Provider:
    """Runs in one event loop, from `start` to `stop`."""

    def __init__(
        self, settings: Settings, reference: Path, polygons: Path, modes: list[str], gap_s: float
    ) -> None:
        self.settings = settings
        self.exchange = Exchange(settings.me, Contract(reference), gap_s)
        self.parts = Parts(settings.me, self.exchange, Map(polygons), modes)
        self.parts.t3_s = settings.t3_s
        self.anchor = Anchor(self.parts)
        self.receiver = Receiver(self.parts)
        self.exchange.handle = self._handle
        self.exchange.on_error = self._error
        self.peers: dict[str, Peer] = {}
        self.screens: dict[str, tuple[bool, list[Json]]] = {}
        """By call: whether the caller's handset is connected, and the lines it had when dropped."""
        self._ticking: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Listen to peers."""
        self.exchange.endpoint = Endpoint(
            self.settings,
            lambda: self.peers,
            self.exchange.take,
            lambda peer: self.exchange.report(peer, anchor=False),
            lambda source, code, detail: self.exchange.log("B", self._named(source), code, detail),
        )
        await self.exchange.endpoint.start()
        self._ticking = asyncio.create_task(self._tick())

    async def stop(self) -> None:
        """Hang up."""
        if self._ticking is not None:
            self._ticking.cancel()
        for client in self.exchange.clients.values():
            await client.stop()
        if self.exchange.endpoint is not None:
            await self.exchange.endpoint.stop()

    def _named(self, address: str) -> str:
        found = [each.operator for each in self.peers.values() if each.address == address]
        return found[0] if found else address

    # --- interface B ------------------------------------------------------------------------------

    def _handle(self, call: Call | None, peer: str, read: Json) -> None:
        if read["type"] == "call.offer" and (call is None or not call.mine):
            self.receiver.offered(peer, read, call)
        elif call is not None and call.thread is not None and call.thread.anchor:
            self.anchor.from_owner(call, read)
        elif call is not None:
            self.receiver.from_anchor(call, read)

    def _error(self, peer: str, read: Json) -> None:
        """A peer refused one of our messages."""
        self.exchange.log("B", peer, f"refused-{read['body']['code']}", read["body"]["detail"])
        call = self.exchange.calls.get(read.get("callId", ""))
        if call is None or call.thread is None or call.thread.peer != peer:
            return
        offer = call.offer
        if call.state == "offering" and offer and read.get("inReplyTo") == offer["messageId"]:
            self.anchor.home(call, "home-peer-rejected")
            return
        lost = read["body"]["code"] in ("unknown-call", "not-your-call")
        if lost and call.thread.anchor and not call.mine and call.state != "closed":
            self.anchor.home(call, "taken-home")
            return
        for made in call.thread.sent:
            if made["messageId"] == read.get("inReplyTo") and made["type"] == "chat.message":
                waiting = call.pending.pop(made["body"]["clientId"], None)
                if waiting is not None and not waiting.done():
                    waiting.set_exception(Refusal("owned-by-other"))

    async def _tick(self) -> None:
        while True:
            for call in list(self.exchange.calls.values()):
                if call.anchor == self.settings.me:
                    self.anchor.tick(call)
                else:
                    self.receiver.tick(call)
            self.exchange.ask_for_gaps()
            await asyncio.sleep(TICK_S)

    # --- operation --------------------------------------------------------------------------------

    async def load_operators(self, peers: list[Json]) -> None:
        """These are the peers now."""
        wanted = {
            each["operator"]: Peer(each["operator"], each["address"], each.get("port", 61614))
            for each in peers
        }
        for operator in [each for each in self.peers if wanted.get(each) != self.peers[each]]:
            await self.exchange.clients.pop(operator).stop()
        self.peers = wanted
        for operator, peer in wanted.items():
            if operator not in self.exchange.clients:
                self.exchange.clients[operator] = Client(
                    peer,
                    self.settings,
                    self.exchange.take,
                    lambda each: self.exchange.report(each, anchor=True),
                    lambda each, code, detail: self.exchange.log("B", each, code, detail),
                )

    def load_directory(self, content: Json) -> None:
        """Route new calls by this."""
        self.parts.directory = Directory(content)

    def set_state(self, state: str) -> None:
        """Our state, told to all peers."""
        self.exchange.state, self.exchange.state_since = state, now()
        for operator in self.peers:
            self.exchange.report(operator, anchor=True)
            self.exchange.report(operator, anchor=False)

    def health(self) -> Json:
        """Our state, and which peers count as running."""
        calls = self.exchange.calls.values()
        return {
            "operator": self.settings.me,
            "version": "minimal 1",
            "directoryVersion": self.parts.directory.version,
            "openCalls": sum(each.state != "closed" for each in calls),
            "peers": [
                {
                    "operator": operator,
                    "running": self.parts.running(operator),
                    "state": self.exchange.peer_states.get(operator, "normal"),
                }
                for operator in self.peers
            ],
        }

    def register(self, department: str, person: Json) -> Json:
        """A registrant who may call: name and password."""
        name, password = f"r-{uuid4().hex}", token_urlsafe(9)
        kept = {"department": department, "person": person, "password": password}
        self.parts.registrants[name] = kept
        return {"registrant": name, "password": password}

    def log_in(self, registrant: str, password: str) -> None:
        """A registrant's handset logs in."""
        who = self.parts.registrants.get(registrant)
        if who is None or who["password"] != password:
            raise Refusal("not-authenticated")

    def suspend(self, registrant: str, reason: str) -> None:
        """No more calls of a registrant, who is shown the reason."""
        self.parts.registrants[registrant]["suspended"] = reason

    # --- callers ----------------------------------------------------------------------------------

    def call(self, asked: Json) -> Call:
        """A call for help, with its chat open."""
        call = self.anchor.call(asked)
        self.screens.setdefault(call.id, (True, []))
        return call

    def screen(self, call_id: str) -> Json:
        """What the caller's handset shows."""
        call = self._known(call_id)
        connected, had = self.screens[call.id]
        return call.caller_screen(list(call.lines) if connected else had, connected=connected)

    def connection(self, call_id: str, *, connected: bool) -> None:
        """The handset's connection came or went."""
        call = self._known(call_id)
        if self.screens[call.id][0] != connected:
            self.screens[call.id] = (connected, list(call.lines))
            call.presence = "connected" if connected else "gone"
            call.heard = datetime.now(UTC)
            self.anchor.tell_presence(call)

    def caller_says(self, call_id: str, line: Json) -> Json:
        """A line of the caller."""
        call = self._known(call_id)
        if call.state == "closed":
            raise Refusal("call-closed")
        _check_line(call, line)
        call.heard = datetime.now(UTC)
        return self.anchor.say(call, {**line, "sender": "caller"})

    def located(self, call_id: str, asked: Json) -> None:
        """The handset told where it is."""
        self.anchor.located(self._known(call_id), asked)

    def _known(self, call_id: str) -> Call:
        call = self.exchange.calls.get(call_id)
        if call is None or call.id not in self.screens:
            raise Refusal("unknown-call")
        return call

    # --- dispatchers ------------------------------------------------------------------------------

    def console(self, center: str, name: str, *, is_open: bool) -> None:
        """A console is opened, or closed."""
        names = self.parts.consoles.setdefault(center, set())
        if is_open:
            names.add(name)
        else:
            names.discard(name)

    def desk(self, center: str) -> list[Json]:
        """The calls of a center, newest first."""
        shown = [each for each in self.exchange.calls.values() if center in each.centers]
        return [each.desk_call(center, self.parts.silent_s) for each in reversed(shown)]

    def _mine(self, call_id: str, center: str) -> Call:
        call = self.exchange.calls.get(call_id)
        if call is None or center not in call.centers:
            raise Refusal("unknown-call")
        if not call.mine or call.center != center:
            raise Refusal("owned-by-other")
        return call

    def answer(self, call_id: str, center: str, name: str) -> None:
        """A human takes the call."""
        call = self._mine(call_id, center)
        if call.state != "ringing":
            raise Refusal("call-closed" if call.state == "closed" else "wrong-state")
        call.state, call.answered_at, call.answered_by = "answered", now(), name
        call.ringing_since = None
        call.notices = [each for each in call.notices if each[0] != "nobody-answers"]
        call.happened("answered", name)
        self._tell_answer(call)

    def take_over(self, call_id: str, center: str, name: str) -> None:
        """A colleague's call is taken over."""
        call = self._mine(call_id, center)
        if call.state != "answered":
            raise Refusal("not-answered")
        call.answered_by = name
        call.happened("taken over", name)
        self._tell_answer(call)

    def _tell_answer(self, call: Call) -> None:
        if call.anchor != self.settings.me:
            body = {"dispatcher": call.answered_by, "answeredAt": call.answered_at}
            self.exchange.post(call, "call.answered", body)

    async def dispatcher_says(self, call_id: str, center: str, name: str, line: Json) -> Json:
        """A dispatcher's line, once it is numbered."""
        call = self._mine(call_id, center)
        if call.state == "closed":
            raise Refusal("call-closed")
        if call.state != "answered":
            raise Refusal("not-answered")
        if call.answered_by != name:
            raise Refusal("not-owner")
        _check_line(call, line)
        whole = {**line, "sender": "dispatcher", "senderName": name}
        if call.anchor == self.settings.me:
            return self.anchor.say(call, whole)
        return await self.receiver.say(call, whole, SAY_WITHIN_S)

    def close(self, call_id: str, center: str, name: str, asked: Json) -> None:
        """A dispatcher closes the call."""
        call = self._mine(call_id, center)
        if call.state == "closed":
            raise Refusal("call-closed")
        if not asked.get("outcome"):
            raise Refusal("invalid")
        if asked["outcome"] == "dispatched" and call.mode in ("practice", "test"):
            raise Refusal("no-dispatch")
        if call.state != "answered":
            raise Refusal("not-answered")
        body = {"outcome": asked["outcome"], "note": asked.get("note", ""), "closedBy": name}
        if asked.get("relayedTo"):
            body["relayedTo"] = asked["relayedTo"]
        if call.anchor == self.settings.me:
            self.anchor.close(call, body)
        elif not call.close_asked:
            call.close_asked = True
            self.exchange.post(call, "call.close", body)

    def ask_location(self, call_id: str, center: str, name: str) -> Json:
        """A dispatcher asks where the caller is."""
        call = self._mine(call_id, center)
        if call.anchor == self.settings.me:
            call.location_asked_at = now()
        else:
            self.exchange.post(call, "location.request", {"requestedBy": name})
        return {"askedAt": now(), "handsetConnected": call.presence == "connected"}

    def disclose(self, call_id: str, center: str, name: str, asked: Json) -> Json:
        """A dispatcher records to whom the caller's data were given."""
        call = self._mine(call_id, center)
        kept = {key: asked.get(key, "") for key in ("receiver", "receiverName", "what", "why")}
        call.disclosures.append({"at": now(), "by": name, **kept})
        self._log(call, name, "disclosed", f"{kept['receiverName']}: {kept['what']}")
        return call.disclosures[-1]

    def record(self, call_id: str, center: str, name: str) -> Json:
        """A dispatcher opens the record of a call, which the department's audit log tells."""
        call = self.exchange.calls.get(call_id)
        if call is None or center not in call.centers:
            raise Refusal("unknown-call")
        self._log(call, name, "read")
        return call.desk_call(center, self.parts.silent_s)

    def audit(self, department: str) -> list[Json]:
        """Who looked at which call's data, and to whom they were given; newest first."""
        return self.parts.audit.get(department, [])[::-1]

    def _log(self, call: Call, name: str, action: str, what: str = "") -> None:
        """Keep that somebody of ours saw a caller's data, or gave them away."""
        department = (call.owner if call.mine else call.home)["code"]
        entry = {"at": now(), "actor": name, "action": action, "callId": call.id, "what": what}
        self.parts.audit.setdefault(department, []).append(entry)

    def record_dispatch(self, call_id: str, center: str, name: str, asked: Json) -> Json:
        """A dispatcher records that a crew was sent; never to a practice or test call."""
        call = self._mine(call_id, center)
        if call.state != "answered":
            raise Refusal("not-answered")
        if call.mode in ("practice", "test"):
            raise Refusal("no-dispatch")
        kept = {"at": now(), "by": name, "units": asked["units"], "note": asked.get("note", "")}
        call.dispatches.append(kept)
        return kept

    def block(self, call_id: str, center: str, name: str, reason: str) -> Json:
        """A dispatcher has no more calls of this caller taken; only the home provider can."""
        call = self._mine(call_id, center)
        if not call.login:
            raise Refusal("owned-by-other", f"{call.home['nameJa']}に問い合わせてください。")
        self.suspend(call.login, reason)
        return {"at": now(), "by": name, "reason": reason}

    def report(self, call_id: str, center: str, name: str, asked: Json) -> Json:
        """A dispatcher reports what was wrong with the call."""
        call = self.exchange.calls.get(call_id)
        if call is None or center not in call.centers:
            raise Refusal("unknown-call")
        body = {"kind": asked["kind"], "detail": asked["detail"], "reportedBy": name}
        if asked.get("department"):
            body["department"] = asked["department"]
        call.discrepancies.append(self.parts.discrepancy(self.settings.me, body))
        if call.thread is not None:
            self.exchange.post(call, "discrepancy.report", body)
        return call.discrepancies[-1]


def _check_line(call: Call, line: Json) -> None:
    text = line.get("text", "")
    if len(text) > LONGEST:
        raise Refusal("too-long")
    choice = line.get("choice")
    if choice is None:
        if not text.strip():
            raise Refusal("invalid")
        return
    asked = next((each for each in call.lines if each["seq"] == choice["seq"]), None)
    if asked is None or all(
        option["id"] != choice["optionId"] for option in asked.get("options", ())
    ):
        raise Refusal("invalid")
