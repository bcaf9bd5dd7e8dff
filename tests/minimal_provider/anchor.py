"""Our registrants' calls: where they go, and who has them (we are the anchor)."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

from tests.minimal_provider.calls import Call
from tests.minimal_provider.contract import Json, Refused, now, stamp
from tests.minimal_provider.parts import Parts, Refusal, age
from tests.minimal_provider.places import radius_of, reference
from tests.minimal_provider.routes import Routes

REJECTED = {
    "no-console": "home-peer-no-console",
    "expired": "home-offer-expired",
    "maintenance": "home-peer-maintenance",
    "overload": "home-peer-overloaded",
}


class Anchor:
    """Makes calls, routes them, and keeps their owner."""

    def __init__(self, parts: Parts) -> None:
        self._p = parts
        self._routes = Routes(parts)

    # --- a new call -------------------------------------------------------------------------------

    def call(self, asked: Json) -> Call:
        """Take a call, or refuse it."""
        p = self._p
        who = p.registrants.get(asked.get("registrant") or "")
        if who is None:
            raise Refusal("not-authenticated")
        if who.get("suspended"):
            raise Refusal("registrant-suspended", f"理由: {who['suspended']}")
        key = (asked["registrant"], asked["clientCallId"])
        if key in p.by_client_call:
            known = p.exchange.calls[p.by_client_call[key]]
            if (known.kind, known.mode) != (asked["kind"], asked["mode"]):
                raise Refusal("id-reused")
            return known
        if asked["mode"] not in p.modes:
            raise Refusal("mode-not-accepted")
        if p.exchange.state == "overloaded":
            raise Refusal("overload")
        home = p.directory.department(who["department"])
        center = p.directory.center(home) if home else None
        if home is None or center is None:
            raise Refusal("not-in-service")
        place = self._routes.place(who["person"], asked)
        call = Call(
            id=str(uuid4()),
            kind=asked["kind"],
            mode=asked["mode"],
            opened_at=now(),
            home=reference(home),
            owner=reference(home),
            owner_operator=p.me,
            anchor=p.me,
            registrant=who["person"],
            place=place,
            center=center["code"],
            login=asked["registrant"],
        )
        call.trail.append({"number": 1, "at": now(), "cause": "call", "place": place})
        call.centers.add(center["code"])
        self._routes.decide(call, center)
        if call.state == "offering":
            self._offer(call)
        else:
            self._ring(call)
        p.exchange.calls[call.id] = call
        p.by_client_call[key] = call.id
        return call

    # --- offering ---------------------------------------------------------------------------------

    def _offer(self, call: Call) -> None:
        p = self._p
        assert call.wanted is not None
        sent = datetime.now(UTC)
        body: Json = {
            "department": call.wanted["code"],
            "kind": call.kind,
            "openedAt": call.opened_at,
            "expiresAt": stamp(sent + timedelta(seconds=p.t1_s * p.attempts)),
            "lastSeq": len(call.lines),
            "home": call.home,
            "registrant": call.registrant,
            "place": call.place,
            "routing": call.routing,
            "transcript": list(call.lines),
            "cause": "new",
            "trail": list(call.trail),
        }
        call.offer = p.exchange.post(call, "call.offer", body)
        call.offers_sent, call.offered_at = 1, sent
        call.happened("offered", call.wanted["code"])

    def answered_offer(self, call: Call, read: Json) -> None:
        """`call.accept` or `call.reject` came."""
        p = self._p
        answers = call.offer is not None and read.get("inReplyTo") == call.offer["messageId"]
        if call.state != "offering" or not answers:
            if read["type"] == "call.accept" and not call.withdrawn:
                self._withdraw(call, "late-accept", read)
            return
        if read["type"] == "call.reject":
            self.home(call, REJECTED.get(read["body"]["reason"], "home-peer-rejected"))
            return
        assert call.wanted is not None
        assert call.thread is not None
        call.epoch += 1
        call.owner, call.owner_operator = call.wanted, call.thread.peer
        call.mine, call.center, call.assigned = False, "", True
        call.state = "ringing"
        call.ringing_since = datetime.now(UTC)
        call.happened("assigned", call.owner["code"])
        told = call.offer["body"]["lastSeq"] if call.offer else 0
        body = {"department": call.owner["code"], "lastSeq": len(call.lines), "cause": "new"}
        p.exchange.post(call, "call.assign", body, read)
        for line in call.lines[told:]:
            p.exchange.post(call, "chat.message", line)
        if call.presence == "gone":
            self.tell_presence(call)

    def home(self, call: Call, notice: str) -> None:
        """The home department has the call: before it was assigned, or after (a new epoch)."""
        p = self._p
        home = p.directory.department(call.home["code"])
        center = p.directory.center(home) if home else None
        remote = not call.mine
        phone_to = [call.owner if remote else call.wanted] if (remote or call.wanted) else []
        if remote:
            call.epoch += 1
        call.mine, call.owner, call.owner_operator = True, call.home, p.me
        call.center = center["code"] if center else call.center
        call.answered_at = call.answered_by = None
        call.state = "ringing"
        call.notices = [each for each in call.notices if each[0] != "nobody-answers"]
        call.notices.append((notice, [each for each in phone_to if each]))
        call.happened("home", notice)
        self._say_notice(call)
        if remote:
            reason = "ringing-unanswered" if notice == "taken-home-unanswered" else "taken-home"
            self._withdraw(call, reason, None)
        self._ring(call)

    def _withdraw(self, call: Call, reason: str, read: Json | None) -> None:
        call.withdrawn = True
        body: Json = {"reason": reason}
        if call.state != "closed":
            body["takenBy"] = call.owner
        self._p.exchange.post(call, "call.withdraw", body, read)

    def _ring(self, call: Call) -> None:
        """Ring at one of our centers."""
        call.ringing_since = datetime.now(UTC)
        call.reminded_at = None
        call.centers.add(call.center)
        if not self._p.consoles.get(call.center):
            self._not_received(call)

    def _not_received(self, call: Call) -> None:
        if not any(code == "not-received" for code, _ in call.notices):
            call.notices.append(("not-received", []))
            self._say_notice(call)

    def _say_notice(self, call: Call) -> None:
        """The newest notice arose after the call was routed: it is a line of the chat, too."""
        code, to = call.notices[-1]
        text = self._p.text_of(code, call.mode, to)
        self.say(call, {"clientId": f"notice-{uuid4().hex}", "text": text, "sender": "system"})

    # --- with the owner ---------------------------------------------------------------------------

    def say(self, call: Call, line: Json) -> Json:
        """Number a line, and pass it on to an owner elsewhere."""
        known = call.by_client.get(line["clientId"])
        if known is not None:
            return known
        made = call.number(line)
        if not call.mine and call.state != "offering" and line["sender"] != "dispatcher":
            self._p.exchange.post(call, "chat.message", made)
        return made

    def from_owner(self, call: Call, read: Json) -> None:
        """A message of who should own the call."""
        p, kind, body = self._p, read["type"], read["body"]
        if kind in ("call.accept", "call.reject"):
            self.answered_offer(call, read)
            return
        if kind == "discrepancy.report":
            call.discrepancies.append(p.discrepancy(read["via"]["operator"], body))
            return
        if not call.assigned:
            raise Refused("not-your-call", "the call was never assigned to you", "callId")
        if call.mine or read["epoch"] < call.epoch:
            raise Refused(
                "stale-epoch",
                f"epoch {read['epoch']} is over; the call has epoch {call.epoch}",
                "epoch",
                call.epoch,
            )
        if kind == "chat.message":
            if call.state == "closed":
                raise Refused("wrong-state", "the call is closed")
            if "seq" in body or "at" in body:
                raise Refused("invalid-body", "the anchor alone numbers lines", "body.seq")
            line = {**body, "sender": "dispatcher"}
            made = self.say(call, line)
            receipt = {name: made[name] for name in ("clientId", "seq", "at")}
            p.exchange.post(call, "chat.receipt", receipt, read)
        elif kind == "call.answered":
            call.state, call.ringing_since = "answered", None
            if call.answered_at is None:  # the first answer stands
                call.answered_at, call.answered_by = body["answeredAt"], body["dispatcher"]
            call.happened("answered", body["dispatcher"])
        elif kind == "call.close":
            self.close(call, body)
            p.exchange.post(call, "call.close", body, read)
        elif kind == "location.request":
            call.location_asked_at, call.location_asked_by = now(), read["messageId"]
        elif kind == "transfer.request":
            p.exchange.post(call, "transfer.failed", {"reason": "unsupported"}, read)
        elif kind == "callback.request":
            p.exchange.post(call, "callback.failed", {"reason": "unsupported"}, read)
        elif kind not in ("call.ringing", "chat.receipt"):
            raise Refused("wrong-state", f"{kind} is not for the anchor", "type")

    def close(self, call: Call, body: Json) -> None:
        """The call is over."""
        call.state, call.closed_at, call.outcome = "closed", now(), body["outcome"]
        call.note, call.ringing_since = body.get("note", ""), None
        call.happened("closed", body["outcome"])

    def tell_presence(self, call: Call) -> None:
        """Tell an owner elsewhere that the handset came or went."""
        if not call.mine and call.state not in ("offering", "closed"):
            body = {"presence": call.presence, "since": now()}
            self._p.exchange.post(call, "caller.presence", body)

    def located(self, call: Call, asked: Json) -> None:
        """The handset told where it is, or why it cannot."""
        place = {**call.place}
        if fix := asked.get("fix"):
            point = {"lat": fix["lat"], "lon": fix["lon"]}
            place |= {"fix": fix, "point": point, "radiusM": radius_of(fix), "choice": "current"}
        if pin := asked.get("correctedPin"):
            place |= {"correctedPin": pin, "point": pin, "radiusM": 0.0}
        wanted = call.location_asked_by
        cause = "corrected" if asked.get("correctedPin") else "moved"
        update: Json = {
            "number": len(call.trail) + 1,
            "at": now(),
            "cause": "asked" if call.location_asked_at else cause,
            "place": place,
        }
        if asked.get("problem"):
            update["problem"] = asked["problem"]
        call.location_asked_at = call.location_asked_by = None
        call.place = place
        call.heard = datetime.now(UTC)
        call.trail.append(update)
        if not call.mine and call.state != "offering":
            reply = {"messageId": wanted} if wanted else None
            self._p.exchange.post(call, "location.update", update, reply)

    # --- time -------------------------------------------------------------------------------------

    def tick(self, call: Call) -> None:
        """What the passing of time asks for."""
        p = self._p
        if call.state == "offering":
            assert call.thread is not None
            assert call.offer is not None
            if age(call.offered_at) > p.t1_s * p.attempts:
                self.home(call, "home-peer-silent")
            elif age(call.offered_at) > p.t1_s * call.offers_sent:
                call.offers_sent += 1
                p.exchange.send(call.thread.peer, call.offer, anchor=True)
        elif call.state == "ringing":
            if age(call.ringing_since) > p.t2_s and call.reminded_at is None:
                call.reminded_at = now()
                call.notices.append(("nobody-answers", []))
                self._say_notice(call)
            if age(call.ringing_since) > 2 * p.t2_s:
                if call.mine:
                    self._not_received(call)
                else:
                    self.home(call, "taken-home-unanswered")
        remote = not call.mine and call.state in ("ringing", "answered")
        if remote and p.silent_for(call.owner_operator) > p.t3_s:
            self.home(call, "taken-home")
