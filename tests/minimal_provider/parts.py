"""What the roles of the provider share: registrants, consoles, directory, timers, peers."""

import time
from datetime import UTC, datetime

from tests.minimal_provider import texts
from tests.minimal_provider.contract import Json, now
from tests.minimal_provider.exchange import Exchange
from tests.minimal_provider.places import Directory, Map


class Refusal(Exception):
    """What a caller or dispatcher asks for is not done."""

    def __init__(self, code: str, more: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.more = more


class Parts:
    """The provider's state, besides the calls in `exchange`."""

    def __init__(self, me: str, exchange: Exchange, places: Map, modes: list[str]) -> None:
        self.me = me
        self.exchange = exchange
        self.map = places
        self.modes = modes
        self.directory = Directory({})
        self.registrants: dict[str, Json] = {}
        self.by_client_call: dict[tuple[str, str], str] = {}
        self.consoles: dict[str, set[str]] = {}
        self.t1_s, self.attempts, self.t2_s, self.t3_s, self.silent_s = 5.0, 2, 60.0, 30.0, 60.0
        self.audit: dict[str, list[Json]] = {}
        """By department: each look at the record of a call, and each disclosure, oldest first."""
        self._heard: dict[str, float] = {}

    def running(self, operator: str) -> bool:
        """Whether calls would be offered to a peer: session up, heard of lately, state normal."""
        client = self.exchange.clients.get(operator)
        silent = client.age() if client is not None else None
        normal = self.exchange.peer_states.get(operator, "normal") == "normal"
        return silent is not None and silent < self.t3_s and normal

    def silent_for(self, operator: str) -> float:
        """Seconds since anything came from a peer; 0 before it was ever looked at."""
        client = self.exchange.clients.get(operator)
        silent = client.age() if client is not None else None
        moment = time.monotonic()
        if client is not None and client.broken_since is not None:
            return moment - client.broken_since
        if silent is not None:
            self._heard[operator] = moment - silent
        return moment - self._heard.setdefault(operator, moment)

    def text_of(self, code: str, mode: str, to: list[Json]) -> str:
        """A notice as a line of the chat."""
        found: str = texts.notice(code, mode, to, for_caller=True)["textJa"]
        return found

    def discrepancy(self, provider: str, body: Json) -> Json:
        """A reported discrepancy as the record keeps it."""
        kept = {
            "at": now(),
            "provider": provider,
            "reportedBy": body.get("reportedBy", ""),
            "kind": body["kind"],
            "detail": body["detail"],
        }
        return kept | ({"department": body["department"]} if "department" in body else {})


def age(since: datetime | None) -> float:
    """Seconds since then; 0 without a moment."""
    return 0.0 if since is None else (datetime.now(UTC) - since).total_seconds()
