"""One call as this provider keeps it, whichever side of interface B it is on."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from tests.minimal_provider import texts
from tests.minimal_provider.contract import now, stamp

Json = dict[str, Any]


@dataclass
class Thread:
    """Our exchange with one peer about one call: counters, what was sent, what came too early."""

    peer: str
    anchor: bool
    """Whether we are the anchor: then we talk at the peer's endpoint, else at our own."""
    n_out: int = 0
    n_in: int = 0
    sent: list[Json] = field(default_factory=list)
    early: dict[int, Json] = field(default_factory=dict)
    gap_since: datetime | None = None
    refused: set[int] = field(default_factory=set)
    """Numbers that were refused: their sender may use them again, or count on."""


@dataclass
class Call:
    """A call; ``registrant`` is the hook's name of it where the caller is ours."""

    id: str
    kind: str
    mode: str
    opened_at: str
    home: Json
    owner: Json
    owner_operator: str
    anchor: str
    registrant: Json
    place: Json
    center: str
    """The owner's center, where it is one of ours; else empty."""
    state: str = "ringing"
    epoch: int = 1
    login: str = ""
    routing: Json | None = None
    lines: list[Json] = field(default_factory=list)
    notices: list[tuple[str, list[Json]]] = field(default_factory=list)
    presence: str = "connected"
    answered_at: str | None = None
    answered_by: str | None = None
    closed_at: str | None = None
    outcome: str | None = None
    note: str = ""
    thread: Thread | None = None
    mine: bool = True
    centers: set[str] = field(default_factory=set)
    """Our centers whose desks show the call."""
    ringing_since: datetime | None = None
    reminded_at: str | None = None
    offer: Json | None = None
    offers_sent: int = 0
    offered_at: datetime | None = None
    wanted: Json | None = None
    """The department that was asked, or that had the call before it came home."""
    by_client: dict[str, Json] = field(default_factory=dict)
    pending: dict[str, Any] = field(default_factory=dict)
    """Our dispatchers' lines that the anchor has not numbered yet, by their clientId."""
    close_asked: bool = False
    trail: list[Json] = field(default_factory=list)
    location_asked_at: str | None = None
    location_asked_by: str | None = None
    discrepancies: list[Json] = field(default_factory=list)
    history: list[Json] = field(default_factory=list)
    heard: datetime = field(default_factory=lambda: datetime.now(UTC))
    """When the caller last wrote, told a place, or came."""
    withdrawn: bool = False
    assigned: bool = False
    """Whether it ever belonged to another provider."""
    disclosures: list[Json] = field(default_factory=list)
    dispatches: list[Json] = field(default_factory=list)
    transferred_from: Json | None = None

    def happened(self, what: str, detail: str = "") -> None:
        """One more entry of the history."""
        self.history.append({"at": now(), "what": what, "detail": detail, "epoch": self.epoch})

    def number(self, line: Json) -> Json:
        """Number and keep a line, as the anchor; the same ``clientId`` twice is one line."""
        known = self.by_client.get(line["clientId"])
        if known is not None:
            return known
        made = {**line, "seq": len(self.lines) + 1, "at": now()}
        self.keep(made)
        return made

    def keep(self, line: Json) -> bool:
        """Keep a numbered line; whether it is new."""
        if any(each["seq"] == line["seq"] for each in self.lines):
            return False
        self.lines.append(line)
        self.lines.sort(key=lambda each: int(each["seq"]))
        self.by_client[line["clientId"]] = line
        if line["sender"] == "caller":
            self.heard = datetime.now(UTC)
        return True

    def located(self, point: Json) -> None:
        """Keep a place; each number once."""
        if all(each["number"] != point["number"] for each in self.trail):
            self.trail.append(point)
            self.place = point["place"]
            self.heard = datetime.now(UTC)

    def last_whole(self) -> int:
        """Number of the last line up to which none is missing."""
        last = 0
        for line in self.lines:
            if line["seq"] != last + 1:
                break
            last = int(line["seq"])
        return last

    def shown_state(self) -> str:
        """The state as people see it."""
        if self.state == "answered" and self.presence == "gone":
            return "interrupted"
        return self.state

    def caller_screen(self, lines: list[Json], *, connected: bool) -> Json:
        """What the caller's handset shows."""
        screen: Json = {
            "callId": self.id,
            "kind": self.kind,
            "mode": self.mode,
            "state": self.shown_state(),
            "openedAt": self.opened_at,
            "lastSeq": lines[-1]["seq"] if lines else 0,
            "lines": lines,
            "connected": connected,
            "notices": [
                texts.notice(code, self.mode, to, for_caller=True) for code, to in self.notices
            ],
        }
        if self.state != "offering":
            screen["receiver"] = self.owner
        return _with(
            screen,
            answeredBy=self.answered_by,
            outcome=self.outcome,
            locationAskedAt=self.location_asked_at,
        )

    def desk_call(self, center: str, silent_s: float) -> Json:
        """What the consoles of one of our centers show."""
        mine = self.mine and self.center == center
        shown: Json = {
            "callId": self.id,
            "kind": self.kind,
            "mode": self.mode,
            "state": self.shown_state(),
            "epoch": self.epoch,
            "openedAt": self.opened_at,
            "mine": mine,
            "owner": self.owner,
            "ownerProvider": self.owner_operator,
            "anchor": self.anchor,
            "home": self.home,
            "presence": self.presence,
            "place": self.place,
            "registrant": self._shown_registrant(),
            "lines": self.lines,
            "notices": [
                texts.notice(code, self.mode, to, for_caller=False) for code, to in self.notices
            ],
            "history": self.history,
            "trail": self.trail,
            "discrepancies": self.discrepancies,
            "disclosures": self.disclosures,
            "dispatches": self.dispatches,
            "closeNote": self.note,
        }
        return _with(
            shown,
            answeredAt=self.answered_at,
            answeredBy=self.answered_by,
            closedAt=self.closed_at,
            outcome=self.outcome,
            routing=self.routing,
            transferredFrom=self.transferred_from,
            remindedAt=self.reminded_at,
            silentSince=self._silent_since(silent_s),
        )

    def _shown_registrant(self) -> Json:
        """Optional data that another provider sent are shown to who has taken the call."""
        if self.login or self.answered_at is not None:
            return self.registrant
        return {name: value for name, value in self.registrant.items() if name != "optional"}

    def _silent_since(self, silent_s: float) -> str | None:
        if not self.mine or self.state != "answered" or self.presence == "gone":
            return None
        since = self.heard
        if self.answered_at is not None:
            since = max(since, datetime.fromisoformat(self.answered_at.replace("Z", "+00:00")))
        return stamp(since) if (datetime.now(UTC) - since).total_seconds() > silent_s else None


def _with(shown: Json, **more: Any) -> Json:
    """With what there is."""
    return shown | {name: value for name, value in more.items() if value is not None}
