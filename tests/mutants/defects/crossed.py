"""Messages that cross."""

from datetime import timedelta
from typing import Any

from net119_protocol.api.common import NoticeCode
from net119_protocol.codes import ErrorCode, Refusal
from net119_protocol.interconnect import MessageType
from net119_reference.calls import anchor, callback, callee, transfer
from net119_reference.ports import Refused
from net119_reference.service import views
from net119_reference.service.callbacks import Callbacks
from net119_reference.service.kernel import Transaction
from net119_reference.service.peer_refusals import PeerRefused
from net119_reference.service.peer_rules import PeerRules

from tests.mutants.defects.late import LATE_S
from tests.mutants.registry import Patch, mutant


@mutant(
    "cancelled-in-silence",
    kills={
        "CROSSED-CLOSE": "closed first: the transfer is answered",
        "CROSSED-AT-OWNER": "closed first: the request is answered",
    },
)
def cancelled_in_silence(patch: Patch) -> None:
    """A transfer that a close has overtaken is forgotten: whoever asked for it waits on."""
    patch(transfer, "cancelled", lambda *_: ())


@mutant(
    "overtaken-transfer-kept",
    kills={"CROSSED-AT-OWNER": "taken back first: the request is answered"},
)
def overtaken_transfer_kept(patch: Patch) -> None:
    """The owner goes on waiting for the anchor's answer about a call that was taken back."""

    def cancelled(original: Any, call: Any, now: Any, why: str) -> Any:
        return () if why.startswith("withdrawn") else original(call, now, why)

    patch.around(callee, "_cancelled", cancelled)


@mutant(
    "former-owner-closes",
    kills={"CROSSED-CLOSE": "moved first: what crossed is refused"},
)
def former_owner_closes(patch: Patch) -> None:
    """Whoever ever had a call may close it."""

    def at_anchor(original: Any, rules: Any, tx: Any, live: Any, call: Any, received: Any) -> None:
        closing = received.envelope.type is MessageType.CALL_CLOSE
        if closing and received.sender in call.assigned:
            rules._from_owner(tx, live, call, received)
            return
        original(rules, tx, live, call, received)

    patch.around(PeerRules, "_at_anchor", at_anchor)


@mutant(
    "urls-end-with-the-owner",
    kills={"CROSSED-CALLBACK": "the former owner's callback: the URL leads back to the call"},
)
def urls_end_with_the_owner(patch: Patch) -> None:
    """A callback's URL is good only while the provider that asked for it owns the call."""

    def usable(original: Any, callbacks: Callbacks, url: Any, tx: Any) -> Any:
        live, call = original(callbacks, url, tx)
        if call.callbacks[url.number - 1].asker != call.owner.provider:
            raise Refused(Refusal.LINK_REVOKED, "the call has another owner by now")
        return live, call

    patch.around(Callbacks, "_usable", usable)


@mutant(
    "requests-of-the-leaving-refused",
    kills={"CROSSED-CALLBACK": "the callback that met a transfer is answered, too"},
)
def requests_of_the_leaving_refused(patch: Patch) -> None:
    """A remote owner's callback is refused by error, as if it were not the owner's to ask."""

    def on_request(original: Any, callbacks: Any, tx: Any, live: Any, call: Any, *_: Any) -> None:
        raise PeerRefused(ErrorCode.NOT_YOUR_CALL, "the home department calls back")

    patch.around(Callbacks, "on_request", on_request)


@mutant(
    "one-request-at-a-time",
    kills={"CROSSED-CALLBACK": "the callback that met a transfer is answered, too"},
)
def one_request_at_a_time(patch: Patch) -> None:
    """What comes of a request is told to who owns the call by then, not to who asked."""

    def answer(original: Any, call: Any, kept: Any) -> Any:
        return original(call, kept) if kept.asker == call.owner.provider else ()

    patch.around(callback, "_answer", answer)


@mutant(
    "given-and-kept",
    kills={"CROSSED-BOTH-ASK": "the peer is the one owner"},
)
def given_and_kept(patch: Patch) -> None:
    """Whoever once had a call goes on seeing it as its own."""

    def for_console(original: Any, *arguments: Any) -> Any:
        return original(*arguments).model_copy(update={"mine": True})

    patch.around(views, "for_console", for_console)


@mutant(
    "crossed-request-carried-out-late",
    kills={"CROSSED-BOTH-ASK": "nobody else comes to own the call later either"},
)
def crossed_request_carried_out_late(patch: Patch) -> None:
    """A transfer home that crossed another one is refused, and carried out a second later."""

    def at_anchor(
        original: Any, rules: Any, tx: Transaction, live: Any, call: Any, received: Any
    ) -> None:
        core, envelope = rules._core, received.envelope

        def late(then: Transaction) -> None:
            why = anchor.Fallback(NoticeCode.TAKEN_HOME_UNANSWERED, (call.owner.department,))
            home = anchor.take_home(live.known(), why, then.now, core.timing, console=True)
            core.record(then, live, home)

        if envelope.type is MessageType.TRANSFER_REQUEST and envelope.epoch < call.epoch:
            # Not after the transaction: a refusal undoes what was to follow it.
            core.kernel.at(tx.now + timedelta(seconds=LATE_S), late)
        original(rules, tx, live, call, received)

    patch.around(PeerRules, "_at_anchor", at_anchor)
