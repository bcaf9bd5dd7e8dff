"""Systems that have what their profile says not to be there: `... .lies NAME OPTION...`.

Each is the minimal provider, which has neither transfers nor callbacks nor a documented API, with
one of these put in, wholly or by half. The options are those of the minimal provider.
"""

import asyncio
import ssl
import sys
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from tests.minimal_provider.__main__ import main
from tests.minimal_provider.anchor import Anchor
from tests.minimal_provider.calls import Call
from tests.minimal_provider.contract import now
from tests.minimal_provider.receiver import Receiver

FAIL, WARN = "FAIL", "WARN"
LATE_S = 1.0
"""After which a short look sees nothing of what is said."""
DOOR_PORT = 8443
"""Of what looks like a documented API."""


@dataclass(frozen=True)
class Lie:
    """What a system has although its profile does not claim it.

    ``kills``: the probes that must notice, and the check on which each of them does; ``verdict``
    is theirs. ``roles`` are claimed, and no option. ``door``: it has a documented API.
    """

    name: str
    lie: str
    kills: Mapping[str, str]
    verdict: str
    roles: tuple[str, ...]
    door: bool
    apply: Callable[[], None]


def lie(
    kills: Mapping[str, str],
    *,
    verdict: str = FAIL,
    roles: tuple[str, ...] = ("home", "receiving"),
    door: bool = False,
) -> Callable[[Callable[[], None]], Lie]:
    """Make a lie of a function that changes the minimal provider; its docstring tells it."""

    def decorate(apply: Callable[[], None]) -> Lie:
        assert apply.__doc__
        name = apply.__name__.strip("_").replace("_", "-")
        return Lie(name, apply.__doc__, kills, verdict, roles, door, apply)

    return decorate


ONLY_NOW = "the refusal says that {}, not only now"
OFFERS = ONLY_NOW.format("such calls are never taken")
REQUESTS = ONLY_NOW.format("it is never done")
NO_OFFER = "an offer is not accepted, as the profile does not claim to receive calls"
NO_LIVE = "an offer in mode live is not accepted, as the profile does not claim it"
NO_TRANSFERRED = (
    "a call that is transferred is not accepted, as the profile does not claim transfers"
)
NO_TRANSFER = "no transfer is done, as the profile does not claim transfers"
NO_CALLBACK = "no callback is sent, as the profile does not claim it"


def changed(owner: type, name: str, how: Callable[..., None]) -> None:
    """Let ``how(original, self, ...)`` be done in the place of a method."""
    original = getattr(owner, name)
    setattr(owner, name, lambda *given: how(original, *given))


def at_the_anchor(kind: str, how: Callable[[Anchor, Call, dict[str, Any]], None]) -> None:
    """Let the owner's messages of a kind be answered otherwise."""

    def from_owner(original: Any, self: Anchor, call: Call, read: dict[str, Any]) -> None:
        (how if read["type"] == kind else original)(self, call, read)

    changed(Anchor, "from_owner", from_owner)


@lie({"CLAIM-RECEIVING": NO_OFFER}, roles=("home",))
def receives() -> None:
    """It takes calls of others, and claims to be a home provider only."""


@lie({"CLAIM-RECEIVING": OFFERS}, verdict=WARN, roles=("home",))
def receives_with_a_console() -> None:
    """It would take calls of others if only a console were open."""

    def offered(original: Any, self: Receiver, *given: Any) -> None:
        self._p.consoles.clear()
        original(self, *given)

    changed(Receiver, "offered", offered)


@lie({"CLAIM-LIVE": NO_LIVE})
def takes_live_calls() -> None:
    """It takes calls in mode live."""

    def offered(original: Any, self: Receiver, *given: Any) -> None:
        self._p.modes = [*self._p.modes, "live"]
        original(self, *given)

    changed(Receiver, "offered", offered)


@lie({"CLAIM-TRANSFER-IN": NO_TRANSFERRED})
def takes_transferred_calls() -> None:
    """It takes a call that is transferred as if it were a new one."""

    def offered(
        original: Any, self: Receiver, peer: str, read: dict[str, Any], *known: Any
    ) -> None:
        original(self, peer, {**read, "body": {**read["body"], "cause": "new"}}, *known)

    changed(Receiver, "offered", offered)


@lie({"CLAIM-TRANSFER-OUT": NO_TRANSFER})
def transfers() -> None:
    """It gives the call to whom the owner names."""

    def asked(self: Anchor, call: Call, read: dict[str, Any]) -> None:
        body = {"department": call.home, "epoch": call.epoch + 1}
        self._p.exchange.post(call, "transfer.done", body, read)
        call.epoch, call.mine, call.owner = call.epoch + 1, True, call.home

    at_the_anchor("transfer.request", asked)


@lie({"CLAIM-TRANSFER-OUT": "the call is still with the peer, whose line is numbered"})
def transfers_all_the_same() -> None:
    """It says that it transfers nothing, and takes the call home."""

    def asked(self: Anchor, call: Call, read: dict[str, Any]) -> None:
        self._p.exchange.post(call, "transfer.failed", {"reason": "unsupported"}, read)
        self.home(call, "taken-home")

    at_the_anchor("transfer.request", asked)


@lie({"CLAIM-TRANSFER-OUT": REQUESTS}, verdict=WARN)
def transfers_at_other_times() -> None:
    """It would transfer the call if only the other department were there."""

    def asked(self: Anchor, call: Call, read: dict[str, Any]) -> None:
        self._p.exchange.post(call, "transfer.failed", {"reason": "not-running"}, read)

    at_the_anchor("transfer.request", asked)


@lie({"CLAIM-CALLBACK": NO_CALLBACK})
def calls_back() -> None:
    """It says that a letter was sent."""

    def asked(self: Anchor, call: Call, read: dict[str, Any]) -> None:
        self._p.exchange.post(call, "callback.sent", {"at": now()}, read)

    at_the_anchor("callback.request", asked)


@lie({"CLAIM-CALLBACK": "no callback is said to be sent after it was refused"})
def calls_back_all_the_same() -> None:
    """It says that it calls nobody back, and a second later that a letter was sent."""

    def asked(self: Anchor, call: Call, read: dict[str, Any]) -> None:
        post = self._p.exchange.post
        post(call, "callback.failed", {"reason": "unsupported"}, read)
        asyncio.get_running_loop().call_later(
            LATE_S, lambda: post(call, "callback.sent", {"at": now()}, read)
        )

    at_the_anchor("callback.request", asked)


@lie({"CLAIM-CALLBACK": REQUESTS}, verdict=WARN)
def calls_back_at_other_times() -> None:
    """It would call back if only there were an address."""

    def asked(self: Anchor, call: Call, read: dict[str, Any]) -> None:
        self._p.exchange.post(call, "callback.failed", {"reason": "no-address"}, read)

    at_the_anchor("callback.request", asked)


KNOWN = "the request for {} is unknown, as the profile does not claim it"


@lie(
    {
        "CLAIM-HOME": KNOWN.format("calls of its own registrants"),
        "CLAIM-REGISTRATION": KNOWN.format("registrations"),
        "CLAIM-ALARM": KNOWN.format("the home alarm service"),
    },
    verdict=WARN,
    roles=("receiving",),
    door=True,
)
def has_the_documented_api() -> None:
    """It knows every documented request, and asks for a log-in."""
    open_door(401, ssl.TLSVersion.TLSv1_2)


@lie(
    {"CLAIM-OLD-PHONES": "TLS 1.1 is refused, as the profile does not claim to serve old phones"},
    verdict=WARN,
    door=True,
)
def serves_old_phones() -> None:
    """It takes TLS 1.0 and 1.1, and knows no documented request."""
    open_door(404, ssl.TLSVersion.TLSv1)


def open_door(status: int, oldest: ssl.TLSVersion) -> None:
    """Answer every request of HTTP with a status, beside the provider."""
    host = sys.argv[sys.argv.index("--address") + 1]
    folder = Path(sys.argv[sys.argv.index("--tls") + 1])
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "sut.pem", folder / "sut.key")
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.minimum_version = oldest

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        do_POST = do_PUT = do_HEAD = do_GET  # noqa: N815  # as http.server calls them

        def log_message(self, *_: Any) -> None:
            """Nothing."""

    door = ThreadingHTTPServer((host, DOOR_PORT), Handler)
    door.socket = context.wrap_socket(door.socket, server_side=True)
    threading.Thread(target=door.serve_forever, daemon=True).start()


LIES: dict[str, Lie] = {
    each.name: each for each in list(globals().values()) if isinstance(each, Lie)
}

if __name__ == "__main__":
    LIES[sys.argv.pop(1)].apply()
    main()
