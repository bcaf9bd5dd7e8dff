"""Our hook: lets a conformance suite operate this provider (docs/http-hook.md)."""

import asyncio
import json
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.minimal_provider import texts
from tests.minimal_provider.contract import Json
from tests.minimal_provider.parts import Refusal
from tests.minimal_provider.provider import Provider

LINE = ("clientId", "text", "options", "choice")


def requests(p: Provider) -> dict[str, Callable[[Json], Any]]:
    """What we answer, by the name of the request."""

    async def say(b: Json) -> Json:
        line = {name: b[name] for name in LINE if name in b}
        if "center" in b:
            made = await p.dispatcher_says(b["callId"], b["center"], b["dispatcher"], line)
        else:
            made = p.caller_says(b["callId"], line)
        return {"seq": made["seq"], "at": made["at"]}

    async def operators(b: Json) -> None:
        await p.load_operators(b["peers"])

    def who(b: Json) -> tuple[str, str, str]:
        return b["callId"], b["center"], b["dispatcher"]

    return {
        "register": lambda b: p.register(b["department"], b["person"]),
        "log-in": lambda b: p.log_in(b["registrant"], b.get("password", "")),
        "suspend": lambda b: p.suspend(b["registrant"], b["reason"]),
        "call": lambda b: {"callId": p.call(b).id},
        "caller": lambda b: p.screen(b["callId"]),
        "connection": lambda b: p.connection(b["callId"], connected=b["connected"]),
        "location": lambda b: p.located(b["callId"], b),
        "say": say,
        "console": lambda b: p.console(b["center"], b["dispatcher"], is_open=b["open"]),
        "desk": lambda b: {"calls": p.desk(b["center"])},
        "answer": lambda b: p.answer(*who(b)),
        "take-over": lambda b: p.take_over(*who(b)),
        "close": lambda b: p.close(*who(b), b),
        "ask-location": lambda b: p.ask_location(*who(b)),
        "disclose": lambda b: p.disclose(*who(b), b),
        "record": lambda b: p.record(*who(b)),
        "audit": lambda b: {"entries": p.audit(b["department"])},
        "record-dispatch": lambda b: p.record_dispatch(*who(b), b),
        "block": lambda b: p.block(*who(b), b["reason"]),
        "report": lambda b: p.report(*who(b), b),
        "health": lambda _: p.health(),
        "refused": lambda b: {
            "entries": [each for each in p.exchange.refused if each["number"] > b.get("after", 0)]
        },
        "directory": lambda b: p.load_directory(b["directory"]),
        "operators": operators,
        "state": lambda b: p.set_state(b["state"]),
    }


def serve(p: Provider, host: str, port: int) -> ThreadingHTTPServer:
    """Answer requests in threads; all work is done in the provider's own event loop."""
    known = requests(p)
    loop = asyncio.get_running_loop()

    async def work(name: str, body: Json) -> Json:
        result = known[name](body)
        found: Json | None = await result if asyncio.iscoroutine(result) else result
        return found or {}

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            offered = {
                "hook": "net119-hook/1",
                "system": "minimal provider 1",
                "requests": sorted(known),
            }
            self._answer(200 if self.path == "/" else 404, offered if self.path == "/" else {})

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            name = self.path.strip("/")
            if name not in known:
                self._answer(501, {"detail": f"the minimal provider has no request {name!r}"})
                return
            try:
                done = asyncio.run_coroutine_threadsafe(work(name, body), loop).result(60)
            except Refusal as refusal:
                text = texts.REFUSALS.get(refusal.code, texts.NOT_DONE) + refusal.more
                said = {"refused": refusal.code, "messageJa": text, "detail": refusal.code}
                self._answer(409, {**said, "otherMeansJa": texts.MEANS})
            except Exception as wrong:  # the hook's own fault: told as such, never as a refusal
                self._answer(500, {"detail": f"{type(wrong).__name__}: {wrong}"})
            else:
                self._answer(200, done)

        def _answer(self, status: int, body: Json) -> None:
            data = json.dumps(body, ensure_ascii=False).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: Any) -> None:
            """Nothing: polling would fill any log."""

    server = ThreadingHTTPServer((host, port), Handler)
    server.daemon_threads = True
    return server
