"""Every request to a vendor's hook, in one table.

The description in ``docs/reference/hook.openapi.json`` is generated from it; the words for people
stand in ``docs/http-hook.md``.
"""

from dataclasses import dataclass
from datetime import timedelta

from net119_protocol.api.console_acts import Blocked, CallDisclosure, Discrepancy, Dispatch
from net119_protocol.model import WireModel

from net119_conformance.drivers import http_hook_audit as audit
from net119_conformance.drivers import http_hook_desk as desk
from net119_conformance.drivers import http_hook_operation as operation
from net119_conformance.drivers import http_hook_wire as wire
from net119_conformance.drivers.interface import Verb


@dataclass(frozen=True)
class Request:
    """One request: ``POST /{name}``, its body and answer, and how long the hook may take."""

    name: str
    verb: Verb
    body: type[WireModel]
    answer: type[WireModel]
    within: timedelta = timedelta(seconds=10)
    needed: bool = False
    """Without it, nothing of its group of verbs is claimed."""
    waits: bool = False
    """Answered only once the system has done it: until then the silence may be the system's."""

    @property
    def within_s(self) -> float:
        """Time limit in seconds."""
        return self.within.total_seconds()


_LONG = timedelta(seconds=60)

REQUESTS: dict[str, Request] = {
    each.name: each
    for each in (
        Request("register", Verb.STAFF, wire.Register, wire.Registered, needed=True),
        Request("suspend", Verb.STAFF, wire.Suspend, wire.Empty),
        Request("log-in", Verb.HANDSET, wire.LogIn, wire.Empty),
        Request("call", Verb.HANDSET, wire.Call, wire.CallMade, needed=True),
        Request("caller", Verb.HANDSET, wire.Caller, wire.CallerScreen, needed=True),
        Request(
            "say", Verb.HANDSET, wire.Say, wire.Said, timedelta(seconds=12), needed=True, waits=True
        ),
        Request("connection", Verb.HANDSET, wire.Connection, wire.Empty),
        Request("location", Verb.HANDSET, wire.Location, wire.Empty),
        Request("console", Verb.CONSOLE, desk.Console, wire.Empty, needed=True),
        Request("desk", Verb.CONSOLE, desk.Desk, desk.DeskCalls, needed=True),
        Request("answer", Verb.CONSOLE, desk.Answer, wire.Empty, needed=True),
        Request("close", Verb.CONSOLE, desk.Close, wire.Empty),
        Request("take-over", Verb.CONSOLE, desk.TakeOver, wire.Empty),
        Request("transfer", Verb.CONSOLE, desk.StartTransfer, wire.Empty),
        Request("call-back", Verb.CONSOLE, desk.CallBack, wire.Empty),
        Request("ask-location", Verb.CONSOLE, desk.AskLocation, desk.LocationAskedAt),
        Request("report", Verb.CONSOLE, desk.Report, Discrepancy),
        Request("disclose", Verb.CONSOLE, desk.Disclose, CallDisclosure),
        Request("record-dispatch", Verb.CONSOLE, desk.RecordDispatch, Dispatch),
        Request("block", Verb.CONSOLE, desk.BlockCaller, Blocked),
        Request("record", Verb.AUDIT, audit.OpenRecord, desk.DeskCall, needed=True),
        Request("audit", Verb.AUDIT, audit.AskAudit, audit.AuditEntries, needed=True),
        Request("health", Verb.HEALTH, wire.Empty, operation.State, needed=True),
        Request("refused", Verb.LOG, operation.AskRefused, operation.RefusedEntries, needed=True),
        Request(
            "directory", Verb.DIRECTORY, operation.LoadDirectory, wire.Empty, _LONG, needed=True
        ),
        Request("operators", Verb.OPERATORS, operation.LoadOperators, wire.Empty, needed=True),
        Request("state", Verb.STATE, operation.SetState, wire.Empty, needed=True),
        Request("clock", Verb.CLOCK, operation.SetClock, wire.Empty, needed=True),
        Request("timers", Verb.TIMERS, operation.SetTimers, wire.Empty, needed=True),
        Request("restart", Verb.RESTART, wire.Empty, wire.Empty, _LONG, needed=True),
        Request("crash", Verb.CRASH, wire.Empty, wire.Empty, _LONG, needed=True),
    )
}
"""Every request by its name; ``say`` serves consoles too."""


def verbs_of(requests: set[str]) -> frozenset[Verb]:
    """The groups of verbs that a hook with these requests can serve."""
    lacking = {each.verb for each in REQUESTS.values() if each.needed and each.name not in requests}
    if "say" not in requests:
        lacking.add(Verb.CONSOLE)
    return frozenset(each.verb for each in REQUESTS.values()) - lacking


POSSIBLE = verbs_of(set(REQUESTS))
"""The groups of verbs that a hook may serve."""
