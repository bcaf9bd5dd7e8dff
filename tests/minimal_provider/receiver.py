"""Calls that other providers' registrants make to our departments (we receive)."""

import asyncio
from datetime import UTC, datetime

from tests.minimal_provider.calls import Call, Thread
from tests.minimal_provider.contract import Json, Refused, moment, now
from tests.minimal_provider.parts import Parts, Refusal, age
from tests.minimal_provider.places import reference


class Receiver:
    """Takes offers, rings, and shows what the anchor tells."""

    def __init__(self, parts: Parts) -> None:
        self._p = parts

    def offered(self, peer: str, read: Json, known: Call | None) -> None:
        """`call.offer`: accepted by the system, while a console is open; never answered by it."""
        p, body = self._p, read["body"]
        call_id = read["callId"].lower()
        if known is not None and (known.thread is None or known.thread.peer != peer):
            raise Refused("not-your-call", "this call is another provider's", "callId")
        if body.get("cause", "new") != "new":
            raise Refused("invalid-body", "calls are not transferred to us", "body.cause")
        department = p.directory.department(body["department"])
        center = p.directory.center(department) if department else None
        call = Call(
            id=call_id,
            kind=body["kind"],
            mode=read["mode"],
            opened_at=body["openedAt"],
            home=body["home"],
            owner=body["home"],
            owner_operator=peer,
            anchor=peer,
            registrant=body["registrant"],
            place=body["place"],
            center=center["code"] if center else "",
            state="offering",
            epoch=read.get("epoch", 0),
            routing=body["routing"],
            mine=False,
            thread=Thread(peer, anchor=False) if known is None else known.thread,
        )
        first = {"number": 1, "at": body["openedAt"], "cause": "call", "place": body["place"]}
        call.trail = list(body.get("trail", ())) or [first]
        call.transferred_from = body.get("transferredFrom")
        for line in body.get("transcript", ()):
            call.keep(line)
        p.exchange.calls[call_id] = call
        reason = ""
        if center is None or department is None or center["provider"] != p.me:
            reason = "unknown-department"
        elif read["mode"] not in p.modes:
            reason = "mode-not-accepted"
        elif moment(body["expiresAt"]) <= datetime.now(UTC):
            reason = "expired"
        elif p.exchange.state in ("maintenance", "stopping") or p.directory.stopped_until(center):
            reason = "maintenance"
        elif p.exchange.state == "overloaded":
            reason = "overload"
        elif not p.consoles.get(center["code"]):
            reason = "no-console"
        if reason:
            p.exchange.post(call, "call.reject", {"reason": reason}, read)
            return
        assert department is not None
        assert center is not None
        answer = {"department": department["code"], "center": center["code"]}
        p.exchange.post(call, "call.accept", answer, read)

    def from_anchor(self, call: Call, read: Json) -> None:
        """A message of the anchor about a call that was offered to us."""
        p, kind, body = self._p, read["type"], read["body"]
        if kind == "discrepancy.report":
            call.discrepancies.append(p.discrepancy(read["via"]["operator"], body))
            return
        if read["epoch"] < call.epoch:
            raise Refused(
                "stale-epoch",
                f"epoch {read['epoch']} is over; the call has epoch {call.epoch}",
                "epoch",
                call.epoch,
            )
        if kind == "call.assign":
            self._assigned(call, read)
        elif kind == "call.withdraw":
            call.epoch = read["epoch"]
            self._released(call, body.get("takenBy"), body["reason"])
            if "takenBy" not in body:
                call.state, call.closed_at = "closed", now()
        elif not call.mine or read["epoch"] > call.epoch:
            raise Refused("wrong-state", "the call is not assigned to us under this epoch", "epoch")
        elif kind == "chat.message":
            if "seq" not in body or "at" not in body:
                raise Refused("invalid-body", "a line of the anchor has seq and at", "body.seq")
            call.keep(body)
            receipt = {name: body[name] for name in ("clientId", "seq", "at")}
            p.exchange.post(call, "chat.receipt", receipt, read)
        elif kind == "chat.receipt":
            self._numbered(call, body)
        elif kind == "caller.presence":
            call.presence = body["presence"]
            call.heard = datetime.now(UTC)
        elif kind == "location.update":
            call.located(body)
        elif kind == "call.close":
            call.state, call.closed_at, call.outcome = "closed", now(), body["outcome"]
            call.note = body.get("note", "")
            call.happened("closed", body["outcome"])
        elif kind not in ("callback.sent", "callback.failed", "transfer.failed", "transfer.done"):
            raise Refused("wrong-state", f"{kind} is not for the owner", "type")

    def _assigned(self, call: Call, read: Json) -> None:
        p, body = self._p, read["body"]
        if call.mine and call.state != "closed":
            raise Refused("wrong-state", "the call is ours already", "type")
        department = p.directory.department(body["department"])
        center = p.directory.center(department) if department else None
        if department is None or center is None or center["provider"] != p.me:
            raise Refused("wrong-state", f"{body['department']} is not ours", "body.department")
        call.epoch = read["epoch"]
        call.mine, call.state = True, "ringing"
        call.owner, call.owner_operator = reference(department), p.me
        call.center, call.closed_at, call.outcome = center["code"], None, None
        call.centers.add(call.center)
        call.heard = datetime.now(UTC)
        call.happened("assigned", department["code"])
        p.exchange.post(call, "call.ringing", {"center": center["code"]})
        call.ringing_since = datetime.now(UTC)

    def tick(self, call: Call) -> None:
        """Remind the console of a call that nobody answers."""
        ringing = call.mine and call.state == "ringing"
        if ringing and call.reminded_at is None and age(call.ringing_since) > self._p.t2_s:
            call.reminded_at = now()
            call.notices.append(("nobody-answers", []))

    def _released(self, call: Call, to: Json | None, why: str) -> None:
        call.mine = False
        call.owner = to or call.home
        call.owner_operator = call.anchor
        call.happened("released", why)
        for waiting in call.pending.values():
            if not waiting.done():
                waiting.set_exception(Refusal("owned-by-other"))
        call.pending.clear()

    def _numbered(self, call: Call, body: Json) -> None:
        waiting = call.pending.pop(body["clientId"], None)
        if waiting is None:
            return
        line = {**waiting.line, "seq": body["seq"], "at": body["at"]}
        call.keep(line)
        if not waiting.done():
            waiting.set_result(line)

    async def say(self, call: Call, line: Json, within_s: float) -> Json:
        """A dispatcher's line: said once the anchor has numbered it."""
        known = call.by_client.get(line["clientId"])
        if known is not None:
            return known
        waiting = call.pending.get(line["clientId"])
        if waiting is None:
            waiting = Pending(line)
            call.pending[line["clientId"]] = waiting
            self._p.exchange.post(call, "chat.message", line)
        try:
            async with asyncio.timeout(within_s):
                found: Json = await asyncio.shield(waiting)
                return found
        except TimeoutError:
            raise Refusal("not-confirmed") from None


class Pending(asyncio.Future[Json]):
    """A line that waits for its number."""

    def __init__(self, line: Json) -> None:
        super().__init__()
        self.line = line
