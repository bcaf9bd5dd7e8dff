"""The minimal provider with one planted defect: `python -m tests.conformance.foreign.defects`.

The first argument names the defect; the rest are those of the minimal provider.
"""

import sys
from collections.abc import Callable
from typing import Any

from tests.minimal_provider.__main__ import main
from tests.minimal_provider.anchor import Anchor
from tests.minimal_provider.calls import Call
from tests.minimal_provider.contract import now
from tests.minimal_provider.provider import Provider
from tests.minimal_provider.receiver import Receiver
from tests.minimal_provider.routes import Routes


def drops_a_line() -> None:
    """It acknowledges every fifth line, and never shows it."""
    keep = Call.keep

    def forgetful(self: Call, line: dict[str, Any]) -> bool:
        new = keep(self, line)
        if line["seq"] % 5 == 0:
            self.lines[-1] = {**self.lines[-1], "text": self.lines[-2]["text"]}
        return new

    Call.keep = forgetful  # type: ignore[method-assign]  # that is the defect


def answers_by_itself() -> None:
    """It says that a human has answered as soon as it has the call."""
    assigned = Receiver._assigned

    def eager(self: Receiver, call: Call, read: dict[str, Any]) -> None:
        assigned(self, call, read)
        body = {"dispatcher": "自動応答", "answeredAt": now()}
        call.state, call.answered_at, call.answered_by = "answered", now(), "自動応答"
        self._p.exchange.post(call, "call.answered", body)

    Receiver._assigned = eager  # type: ignore[method-assign]  # that is the defect


def shows_the_newest_first() -> None:
    """Its handsets show the chat the wrong way round."""
    screen = Provider.screen

    def reversed_(self: Provider, call_id: str) -> dict[str, Any]:
        shown = screen(self, call_id)
        return {**shown, "lines": shown["lines"][::-1]}

    Provider.screen = reversed_  # type: ignore[method-assign]  # that is the defect


def accepts_twice() -> None:
    """It accepts every offer twice."""
    offered = Receiver.offered

    def again(self: Receiver, peer: str, read: dict[str, Any], known: Call | None) -> None:
        offered(self, peer, read, known)
        call = self._p.exchange.calls[read["callId"]]
        if call.thread is not None and call.thread.sent[-1]["type"] == "call.accept":
            self._p.exchange.post(call, "call.accept", call.thread.sent[-1]["body"], read)

    Receiver.offered = again  # type: ignore[method-assign]  # that is the defect


def accepts_without_console() -> None:
    """It accepts offers while nobody is there."""
    offered = Receiver.offered

    def lonely(self: Receiver, peer: str, read: dict[str, Any], known: Call | None) -> None:
        for center in self._p.directory._centers:
            self._p.consoles.setdefault(center["code"], set()).add("nobody")
        offered(self, peer, read, known)

    Receiver.offered = lonely  # type: ignore[method-assign]  # that is the defect


def keeps_every_call() -> None:
    """It never offers a call to another provider."""
    Routes._not_running = lambda *_: "home-peer-down"  # type: ignore[method-assign]  # the defect


def forgets_a_reject() -> None:
    """It waits for T1 although the peer has rejected the call."""
    answered = Anchor.answered_offer

    def deaf(self: Anchor, call: Call, read: dict[str, Any]) -> None:
        if read["type"] != "call.reject":
            answered(self, call, read)

    Anchor.answered_offer = deaf  # type: ignore[method-assign]  # that is the defect


def logs_no_looks() -> None:
    """Nobody can tell who opened the record of a call."""
    log = Provider._log

    def forgetful(self: Provider, call: Call, name: str, action: str, what: str = "") -> None:
        if action != "read":
            log(self, call, name, action, what)

    Provider._log = forgetful  # type: ignore[method-assign]  # that is the defect


def logs_the_looks_of_nobody() -> None:
    """Looks at records are counted, without who it was."""
    log = Provider._log

    def nameless(self: Provider, call: Call, name: str, action: str, what: str = "") -> None:
        log(self, call, "" if action == "read" else name, action, what)

    Provider._log = nameless  # type: ignore[method-assign]  # that is the defect


def logs_disclosures_of_its_own_callers_only() -> None:
    """What was given away of another provider's caller is in no audit log."""
    log = Provider._log

    def narrow(self: Provider, call: Call, name: str, action: str, what: str = "") -> None:
        if action != "disclosed" or call.anchor == self.settings.me:
            log(self, call, name, action, what)

    Provider._log = narrow  # type: ignore[method-assign]  # that is the defect


def shows_optional_data_while_it_rings() -> None:
    """What the caller let be sent is shown before anybody has taken the call."""
    Call._shown_registrant = lambda self: self.registrant  # type: ignore[method-assign]  # the defect


DEFECTS: dict[str, Callable[[], None]] = {
    each.__name__.replace("_", "-"): each
    for each in (
        drops_a_line,
        answers_by_itself,
        shows_the_newest_first,
        accepts_twice,
        accepts_without_console,
        keeps_every_call,
        forgets_a_reject,
        logs_no_looks,
        logs_the_looks_of_nobody,
        logs_disclosures_of_its_own_callers_only,
        shows_optional_data_while_it_rings,
    )
}

if __name__ == "__main__":
    DEFECTS[sys.argv.pop(1)]()
    main()
