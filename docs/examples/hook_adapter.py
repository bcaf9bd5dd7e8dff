"""Example of a hook: lets the conformance suite operate a system (docs/http-hook.md).

Copy this file and write into the functions what your system does; here they work on a toy system
in memory, which takes calls of its own registrants and knows no peers.  Plain Python, no packages:

    python hook_adapter.py 127.0.0.1 9119
"""

import json
import sys
import threading
import uuid
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Refused(Exception):
    """The system says no: a code of docs/reference/hook.openapi.json, and what it tells people."""

    def __init__(self, code, message_ja=""):
        super().__init__(code)
        self.answer = {"refused": code, "messageJa": message_ja}


# --- what your system does ------------------------------------------------------------------------
people, calls, looks, lock = {}, {}, [], threading.Lock()


def now():
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def named(code):
    return {"code": code, "nameJa": f"{code}消防本部", "nameEn": code, "phone": "0000-00-0000"}


def register(asked):
    name = uuid.uuid4().hex
    people[name] = asked
    return {"registrant": name}


def call(asked):
    who = people.get(asked.get("registrant"))
    if who is None:
        raise Refused("not-authenticated", "登録がないため、通報できません。")
    made = {key: asked[key] for key in ("kind", "mode")} | {
        "callId": str(uuid.uuid4()),
        "state": "ringing",
        "epoch": 1,
        "openedAt": now(),
        "owner": named(who["department"]),
        "home": named(who["department"]),
        "mine": True,
        "presence": "connected",
        "registrant": who["person"],
        "place": {"choice": asked["place"], "fix": asked.get("fix")},
        "lines": [],
    }
    calls[made["callId"]] = made
    return {"callId": made["callId"]}


def found(asked):
    if asked["callId"] not in calls:
        raise Refused("unknown-call")
    return calls[asked["callId"]]


def caller(asked):
    return found(asked) | {"receiver": found(asked)["owner"]}  # fields not asked for are ignored


def say(asked):
    one = found(asked)
    if one["state"] == "closed":
        raise Refused("call-closed", "この通報は終わっています。")
    for line in one["lines"]:
        if line["clientId"] == asked["clientId"]:  # a repeat is the same line
            return {"seq": line["seq"], "at": line["at"]}
    line = {key: asked[key] for key in ("clientId", "text", "options", "choice") if key in asked}
    writer = "dispatcher" if "center" in asked else "caller"
    line |= {"seq": len(one["lines"]) + 1, "at": now(), "sender": writer}
    one["lines"].append(line)
    return {"seq": line["seq"], "at": line["at"]}


def answer(asked):
    one = found(asked)
    if one["state"] != "ringing":
        raise Refused("wrong-state", "呼び出し中の通報ではありません。")
    one |= {"state": "answered", "answeredAt": now(), "answeredBy": asked["dispatcher"]}


def close(asked):
    if not asked.get("outcome"):
        raise Refused("invalid", "結果を選んでください。")
    found(asked).update(state="closed", closedAt=now(), outcome=asked["outcome"])


def record(asked):
    look = {"at": now(), "actor": asked["dispatcher"], "action": "read", "callId": asked["callId"]}
    looks.insert(0, look)
    return found(asked)


PRESENCE = {True: "connected", False: "gone"}
TOYS = (register, call, caller, say, answer, close, record)
REQUESTS = {each.__name__: each for each in TOYS} | {
    "console": lambda asked: None,  # open (or close) a console of asked["center"]
    "connection": lambda asked: found(asked).update(presence=PRESENCE[asked["connected"]]),
    "desk": lambda asked: {"calls": list(calls.values())[::-1]},
    "audit": lambda asked: {"entries": looks},  # of asked["department"], newest first
    "health": lambda asked: {"operator": "toy", "peers": []},
    "directory": lambda asked: None,  # route by asked["directory"] from now on
    "operators": lambda asked: None,  # asked["peers"] are the peers from now on
}


# --- the HTTP part, which can stay as it is -------------------------------------------------------
class Hook(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        hook, system = "net119-hook/1", "toy system 1.0"
        self.reply(200, {"hook": hook, "system": system, "requests": [*REQUESTS]})

    def do_POST(self):
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        name = self.path.strip("/")
        if name not in REQUESTS:
            return self.reply(501, {"detail": f"this hook has no request {name}"})
        try:
            with lock:
                return self.reply(200, REQUESTS[name](asked) or {})
        except Refused as refused:
            return self.reply(409, refused.answer)

    def reply(self, status, body):
        data = json.dumps(body, ensure_ascii=False).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


if __name__ == "__main__":
    ThreadingHTTPServer((sys.argv[1], int(sys.argv[2])), Hook).serve_forever()
