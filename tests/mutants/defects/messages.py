"""What cannot be read, what comes twice, what comes too early, what is counted wrongly."""

from collections import Counter
from typing import Any

from net119_protocol.codes import ErrorCode
from net119_protocol.interconnect import UNCOUNTED, MessageType
from net119_reference.service.core import Core
from net119_reference.service.inbound import Inbound
from net119_reference.service.outbox import Outbox
from net119_reference.service.refusals import RefusalLog

from tests.mutants.registry import Patch, mutant


def _silent_about(patch: Patch, code: ErrorCode) -> None:
    def answer(original: Any, *arguments: Any) -> None:
        _inbound, _sender, _channel, refused, _tx = arguments
        if refused.code is not code:
            original(*arguments)

    patch.around(Inbound, "_answer_unreadable", answer)


@mutant(
    "unreadable-dropped",
    kills={
        "BAD-MESSAGES-OWNER": "garbage: it is refused with a reason, and logged",
        "MSG-MALFORMED-JSON": "the message is answered by error",
    },
)
def unreadable_dropped(patch: Patch) -> None:
    """What is no JSON is dropped; only the log knows of it."""
    _silent_about(patch, ErrorCode.MALFORMED_JSON)


@mutant(
    "refusals-not-logged",
    kills={
        "MSG-MALFORMED-JSON": "the refusal is logged with its source and code",
        "STOMP-VIA-SPOOFED": "the refusal is logged with its source and code",
        "BAD-SESSIONS": "transactions: it is refused with a reason, and logged",
        "BAD-MESSAGES-OFFERING": "spoofed-via: it is refused with a reason, and logged",
        "BAD-MESSAGES-OWNER": "spoofed-via: it is refused with a reason, and logged",
    },
)
def refusals_not_logged(patch: Patch) -> None:
    """What is refused is answered, and nobody can look it up later."""
    patch(RefusalLog, "note", lambda *_: None)


@mutant("unknown-type-dropped", kills={"MSG-UNKNOWN-TYPE": "the message is answered by error"})
def unknown_type_dropped(patch: Patch) -> None:
    """A type that this version does not know is dropped in silence."""
    _silent_about(patch, ErrorCode.UNKNOWN_TYPE)


@mutant(
    "repeats-dropped",
    kills={
        "MSG-DUPLICATE": "the repeated offer is answered again",
        "TRANSFER-ASKED": "the repeated request is answered again",
    },
)
def repeats_dropped(patch: Patch) -> None:
    """A repeated message is recognised and dropped, as if its answer could not have been lost."""
    patch(Inbound, "_repeat", lambda *_: None)


@mutant("repeats-done-again", kills={"MSG-DUPLICATE": "it is the same answer"})
def repeats_done_again(patch: Patch) -> None:
    """A repeated offer is a new one: it is accepted by a new message."""

    def repeat(original: Any, inbound: Any, tx: Any, live: Any, received: Any, known: Any) -> None:
        inbound._rules.apply(tx, live, received)

    patch.around(Inbound, "_repeat", repeat)


@mutant(
    "reused-id-is-a-repeat",
    kills={
        "BAD-MESSAGES-OFFERING": "id-reused: it is refused with a reason, and logged",
        "MSG-ID-REUSED": "the message is answered by error",
    },
)
def reused_id_is_a_repeat(patch: Patch) -> None:
    """Another message under a known messageId is taken for a repeat, and lost."""

    def repeat(original: Any, inbound: Any, tx: Any, live: Any, received: Any, _known: Any) -> None:
        original(inbound, tx, live, received, received.digest)

    patch.around(Inbound, "_repeat", repeat)


@mutant("gap-ignored", kills={"MSG-GAP": "the later line is not shown before the earlier one"})
def gap_ignored(patch: Patch) -> None:
    """Messages are handled as they come; a count that was left out is not missed."""

    def hold(_original: Any, inbound: Any, tx: Any, live: Any, received: Any, _: int) -> None:
        inbound._handle(tx, live, received)

    patch.around(Inbound, "_hold", hold)


@mutant("gap-not-asked-for", kills={"MSG-GAP": "the gap is asked for by chat.resume"})
def gap_not_asked_for(patch: Patch) -> None:
    """A message that comes too early waits for the missing one, which nobody asks for."""
    patch(Inbound, "_watch_gap", lambda *_: None)


@mutant(
    "receipts-not-counted",
    kills={
        "ROUTE-PEER": "nothing that the SUT sent to the peer breaks the profile",
        "OFFER-TAKEN": "nothing that the SUT sent to the peer breaks the profile",
    },
)
def receipts_not_counted(patch: Patch) -> None:
    """A receipt has the count of the message before it: the count stands still."""

    def send(original: Any, core: Any, tx: Any, live: Any, message: Any) -> Any:
        if message.type is MessageType.CHAT_RECEIPT:
            tx.put(live.n_out, message.peer, live.n_out.get(message.peer, 0) - 1)
        return original(core, tx, live, message)

    patch.around(Core, "send", send)


@mutant(
    "one-count-for-all",
    kills={
        "ROUTE-PEER": "nothing that the SUT sent to the peer breaks the profile",
        "OFFER-TAKEN": "nothing that the SUT sent to the peer breaks the profile",
    },
)
def one_count_for_all(patch: Patch) -> None:
    """All that is sent to a peer is counted together, its status reports too: counts skip."""
    sent: Counter[str] = Counter()

    def send(original: Any, outbox: Any, tx: Any, peer: str, *what: Any, **named: Any) -> Any:
        sent[peer] += 1
        _channel, kind, _body = what
        if kind not in UNCOUNTED:
            named["n"] = sent[peer]
        return original(outbox, tx, peer, *what, **named)

    patch.around(Outbox, "send", send)
