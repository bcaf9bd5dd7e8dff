"""What goes wrong after the line between the two broke, or one of them died."""

import asyncio
from typing import Any
from uuid import uuid4

from net119_protocol.chat import LineContent
from net119_protocol.codes import Refusal, SenderRole
from net119_reference.calls.effects import Change
from net119_reference.calls.model import Call, Side
from net119_reference.ports import Refused
from net119_reference.service import live as memory
from net119_reference.service import unknown
from net119_reference.service.console_acts import ConsoleActs
from net119_reference.service.consoles import ConsoleDesk
from net119_reference.service.core import Core
from net119_reference.service.hub import Hub
from net119_reference.service.outbox import Outbox
from net119_reference.service.peer_rules import PeerRules
from net119_reference.service.provider import Provider
from net119_reference.stomp_shell.peer_link import PeerLink

from tests.conformance.interop.bad import bad
from tests.conformance.interop.defects.sides import A, B
from tests.mutants.registry import Patch

DIES, FALLS = "PAIR-CRASH-ORIGINATING", "PAIR-CRASH-RECEIVING"
AGAIN = "the two connect again after the break"
OWNED = "exactly one console owns the call …"
UNDER_WAY = "the owner's dispatcher has the line that was under way"
TAKEN, READ = "the owner's line is acknowledged", "the caller reads the owner's line"
CHAT = "the caller's chat has every acknowledged line once"
RECORD = "the owner's record has every acknowledged line once"


class Restarted:
    """Whether this process began with open calls, as one that is started again does."""

    def __init__(self, patch: Patch) -> None:
        self.yes = False
        patch.around(Provider, "_take_up", self._take_up)

    def _take_up(self, original: Any, provider: Provider, tx: Any) -> None:
        self.yes = bool(provider.core.open_calls())
        original(provider, tx)


class Broken:
    """Whether a connection to a peer was ever lost."""

    def __init__(self, patch: Patch) -> None:
        self.yes = False
        patch.around(Provider, "peer_session", self._session)

    def _session(self, original: Any, provider: Provider, peer: str, channel: Any, up: bool) -> Any:
        self.yes = self.yes or not up
        return original(provider, peer, channel, up)


def _connects_once(patch: Patch) -> None:
    async def run(_original: Any, link: PeerLink) -> None:
        while not getattr(link, "was_up", False):
            await link._one_connection()
            await asyncio.sleep(0.5)

    def on_session(original: Any, link: PeerLink, up: bool) -> None:
        vars(link)["was_up"] = True
        original(link, up)

    patch.around(PeerLink, "_run", run)
    patch.around(PeerLink, "_on_session", on_session)


@bad("connects-once", B, {"PAIR-LINK": AGAIN, DIES: AGAIN}, "did not connect again to aoba")
def connects_once(patch: Patch) -> None:
    """A connection to a peer that is lost is not made again."""
    _connects_once(patch)


@bad("calls-out-once", A, {"PAIR-LINK": AGAIN, FALLS: AGAIN}, "did not connect again to midori")
def calls_out_once(patch: Patch) -> None:
    """A connection to a peer that is lost is not made again."""
    _connects_once(patch)


@bad("owner-forgotten", B, {FALLS: OWNED})
def owner_forgotten(patch: Patch) -> None:
    """That a call is its own stands in memory only: after a start it is the home department's."""

    def load(original: Any, *given: Any, **named: Any) -> Any:
        live = original(*given, **named)
        if live.call is not None and live.call.side is Side.CALLEE:
            live.call = live.call.model_copy(update={"owner": live.call.home})
        return live

    patch.around(memory, "load", load)


def _to_home(core: Core, tx: Any, live: Any, call: Call) -> None:
    core.record(tx, live, Change(call.model_copy(update={"owner": call.home})))


@bad("home-after-a-start", A, {DIES: OWNED})
def home_after_a_start(patch: Patch) -> None:
    """After a start all calls are the home department's, and nobody else is told."""

    def take_up(original: Any, provider: Provider, tx: Any) -> None:
        original(provider, tx)
        for live in provider.core.open_calls():
            if live.known().side is Side.ANCHOR:
                _to_home(provider.core, tx, live, live.known())

    patch.around(Provider, "_take_up", take_up)


@bad("home-with-the-next-line", A, {DIES: OWNED})
def home_with_the_next_line(patch: Patch) -> None:
    """With the first line after a start a call is the home department's as well."""
    restarted = Restarted(patch)

    def line(original: Any, rules: PeerRules, tx: Any, live: Any, *rest: Any) -> None:
        original(rules, tx, live, *rest)
        if restarted.yes:
            _to_home(rules._core, tx, live, live.known())

    patch.around(PeerRules, "_line_of_owner", line)


@bad("no-colleagues", B, {FALLS: "the owner's dispatcher can … the call"})
def no_colleagues(patch: Patch) -> None:
    """A call stays with the dispatcher who answered it, though nobody of that name is there."""

    async def take_over(*_: Any) -> Any:
        raise Refused(Refusal.NOT_OWNER, "a colleague has it")

    patch(ConsoleActs, "take_over", take_over)


@bad(
    "sent-from-memory",
    A,
    {DIES: UNDER_WAY},
    "acknowledged the caller's line and sent no chat.message",
)
def sent_from_memory(patch: Patch) -> None:
    """What was not sent yet is forgotten by a start, and cannot be asked for either."""

    async def load(original: Any, outbox: Outbox) -> None:
        await original(outbox)
        outbox._waiting.clear()

    patch.around(Outbox, "load", load)
    patch(unknown, "resend", lambda *_: None)


@bad(
    "sent-once",
    A,
    {FALLS: UNDER_WAY},
    "acknowledged the caller's line and sent no chat.message",
)
def sent_once(patch: Patch) -> None:
    """What was written to a connection counts as sent, whether or not it was taken."""
    written: set[int] = set()

    async def outgoing(original: Any, provider: Provider, *given: Any) -> Any:
        new = [each for each in await original(provider, *given) if each.number not in written]
        written.update(each.number for each in new)
        return new

    patch.around(Provider, "outgoing", outgoing)
    patch(unknown, "resend", lambda *_: None)


@bad(
    "owners-not-heard",
    A,
    {DIES: TAKEN},
    "sent no chat.receipt with the number",
)
def owners_not_heard(patch: Patch) -> None:
    """After a start the lines of other providers' dispatchers are dropped."""
    restarted = Restarted(patch)

    def line(original: Any, *given: Any) -> None:
        if not restarted.yes:
            original(*given)

    patch.around(PeerRules, "_line_of_owner", line)


@bad("callers-not-told", A, {DIES: READ})
def callers_not_told(patch: Patch) -> None:
    """After a start no new line is shown to anybody who is connected."""
    restarted = Restarted(patch)

    def line(original: Any, *given: Any) -> None:
        if not restarted.yes:
            original(*given)

    patch.around(Hub, "line", line)


@bad("lines-said-again", A, {DIES: CHAT})
def lines_said_again(patch: Patch) -> None:
    """After a start the caller's first line is stored once more, under another number."""

    def take_up(original: Any, provider: Provider, tx: Any) -> None:
        original(provider, tx)
        for live in provider.core.open_calls():
            if live.known().side is Side.ANCHOR:
                _say_again(provider.core, tx, live)

    patch.around(Provider, "_take_up", take_up)


def _say_again(core: Core, tx: Any, live: Any) -> None:
    """Store the caller's first line once more, under another number."""
    for each in [each for each in live.recent if each.sender is SenderRole.CALLER][:1]:
        content = LineContent(text=each.text)
        core.say(tx, live, memory.CALLER, SenderRole.CALLER, "", str(uuid4()), content)


@bad("lines-in-memory", B, {FALLS: RECORD})
def lines_in_memory(patch: Patch) -> None:
    """After a start the record lacks the caller's first line."""
    _shorten(patch, Restarted(patch))


def _shorten(patch: Patch, after: Restarted | Broken) -> None:
    def lines_after(original: Any, *given: Any) -> Any:
        found = original(*given)
        lost = [each.seq for each in found if each.sender is SenderRole.CALLER][:1]
        return tuple(each for each in found if not (after.yes and each.seq in lost))

    patch.around(memory, "lines_after", lines_after)


# --- without a start of its own: the other one died ----------------------------------------------


@bad("speechless-after-a-start", B, {FALLS: TAKEN}, "sent no chat.message with the dispatcher's")
def speechless_after_a_start(patch: Patch) -> None:
    """After a start a dispatcher's lines wait for the anchor's number, and are not sent to it."""
    restarted = Restarted(patch)

    def pass_on(original: Any, *given: Any) -> None:
        if not restarted.yes:
            original(*given)

    patch.around(ConsoleDesk, "_pass_on", pass_on)


@bad("callers-not-told-after-a-break", A, {FALLS: READ})
def callers_not_told_after_a_break(patch: Patch) -> None:
    """Once a connection to a peer was lost no new line is shown to anybody."""
    broken = Broken(patch)

    def line(original: Any, *given: Any) -> None:
        if not broken.yes:
            original(*given)

    patch.around(Hub, "line", line)


@bad("lines-said-again-after-a-break", A, {FALLS: CHAT})
def lines_said_again_after_a_break(patch: Patch) -> None:
    """With the first line of a peer after a break the caller's first one is stored once more."""
    broken = Broken(patch)

    def line(original: Any, rules: PeerRules, tx: Any, live: Any, *rest: Any) -> None:
        original(rules, tx, live, *rest)
        if broken.yes:
            _say_again(rules._core, tx, live)

    patch.around(PeerRules, "_line_of_owner", line)


@bad("records-shorter-after-a-break", B, {DIES: RECORD})
def records_shorter_after_a_break(patch: Patch) -> None:
    """Once a connection to a peer was lost the record lacks the caller's first line."""
    _shorten(patch, Broken(patch))
