"""What a careless provider makes of peers that misbehave, beside the defects of other modules."""

import ssl
from typing import Any

from net119_protocol.codes import ErrorCode
from net119_protocol.interconnect import MessageType
from net119_protocol.stomp import FrameParser, server
from net119_protocol.stomp.heartbeat import HeartBeatOffer
from net119_reference.service.core import Core
from net119_reference.service.inbound import Inbound
from net119_reference.service.outbox import Outbox
from net119_reference.stomp_shell import endpoint, endpoint_connection, interconnect
from net119_reference.stomp_shell.caller_queue import CallerQueue
from net119_reference.stomp_shell.client_connection import ClientConnection
from net119_reference.stomp_shell.peer_link import PeerLink
from net119_reference.stomp_shell.policy import EndpointPolicy

from tests.mutants.registry import Patch, mutant

_REFUSED = "it is refused with a reason, and logged"
_KEPT = "one owner, and no line lost, repeated or out of order"


@mutant(
    "frames-after-beats-dropped",
    kills={
        "BAD-FRAMES": f"heart-beat-before-frame: {_KEPT}",
        "BAD-FRAMES-OWNER": f"heart-beat-before-frame: {_KEPT}",
    },
)
def frames_after_beats_dropped(patch: Patch) -> None:
    """Octets that begin with a heart-beat are taken for one, and what follows it is dropped."""

    def receive_data(original: Any, parser: Any, data: bytes) -> None:
        idle = not parser.buffered
        original(parser, b"\n" if idle and bytes(data[:1]) == b"\n" else data)

    patch.around(FrameParser, "receive_data", receive_data)


@mutant(
    "beats-unasked",
    kills={"BAD-HEART-BEATS": "no-heart-beats: it is refused with a reason, and logged"},
)
def beats_unasked(patch: Patch) -> None:
    """Heart-beats are sent to everybody, also to who asked for none."""

    def negotiate(original: Any, mine: Any, theirs: Any) -> Any:
        return original(mine, HeartBeatOffer(theirs.can_send_ms, theirs.wants_ms or 1))

    patch.around(server, "negotiate", negotiate)


@mutant(
    "transcripts-with-holes-hidden",
    kills={"BAD-OFFERS": f"missing-transcript: {_KEPT}"},
)
def transcripts_with_holes_hidden(patch: Patch) -> None:
    """Lines that came with an offer are shown only from the first one on without a hole."""

    def show(original: Any, core: Core, tx: Any, live: Any, before: Any, call: Any) -> None:
        if live.last_seq:
            original(core, tx, live, before, call)

    patch.around(Core, "_show_transcript", show)


@mutant(
    "expiry-not-looked-at",
    kills={
        "BAD-CERTIFICATES-OWNER": f"expired-certificate: {_REFUSED}",
        "BAD-CERTIFICATES": f"expired-certificate: {_REFUSED}",
    },
)
def expiry_not_looked_at(patch: Patch) -> None:
    """Certificates are checked against a clock that stands still, before any has expired."""
    _without_time(patch, endpoint, "stomp_server_context")
    _without_time(patch, interconnect, "stomp_client_context")


def _without_time(patch: Patch, module: Any, name: str) -> None:
    def context(original: Any, config: Any) -> ssl.SSLContext:
        made: ssl.SSLContext = original(config)
        made.verify_flags |= ssl.VerifyFlags(0x200000)  # X509_V_FLAG_NO_CHECK_TIME of OpenSSL
        return made

    patch.around(module, name, context)


@mutant(
    "certificates-looked-at-once",
    kills={"BAD-CERTIFICATES-OWNER": f"certificate-runs-out: {_REFUSED}"},
)
def certificates_looked_at_once(patch: Patch) -> None:
    """An endpoint that was verified once and had a session is believed ever after."""

    def trusting(original: Any, link: PeerLink, up: bool) -> None:
        original(link, up)
        if up and link._context is not None:
            link._context.check_hostname = False
            link._context.verify_flags |= ssl.VerifyFlags(0x200000)  # as in `_without_time`

    patch.around(PeerLink, "_on_session", trusting)


@mutant(
    "names-not-compared",
    kills={"BAD-CERTIFICATES-OWNER": f"certificate-of-another-name: {_REFUSED}"},
)
def names_not_compared(patch: Patch) -> None:
    """Any certificate of the trusted authority is good for any endpoint."""

    def context(original: Any, config: Any) -> ssl.SSLContext:
        made: ssl.SSLContext = original(config)
        made.check_hostname = False
        return made

    patch.around(interconnect, "stomp_client_context", context)


@mutant(
    "anybody-signs",
    kills={"BAD-CERTIFICATES-OWNER": f"unknown-authority: {_REFUSED}"},
)
def anybody_signs(patch: Patch) -> None:
    """Endpoints are not verified at all: the link is encrypted, to whomever."""

    def context(original: Any, config: Any) -> ssl.SSLContext:
        made: ssl.SSLContext = original(config)
        made.check_hostname = False
        made.verify_mode = ssl.CERT_NONE
        return made

    patch.around(interconnect, "stomp_client_context", context)


@mutant(
    "any-operators-certificate-opens",
    kills={"BAD-CERTIFICATES": f"certificate-of-another-operator: {_REFUSED}"},
)
def any_operators_certificate_opens(patch: Patch) -> None:
    """A certificate of the trusted authority opens the door at any operator's address."""
    patch(endpoint_connection, "certificate_refusal", lambda *_: None)


@mutant(
    "certificates-not-demanded",
    kills={"BAD-CERTIFICATES": f"unknown-authority: {_REFUSED}"},
)
def certificates_not_demanded(patch: Patch) -> None:
    """The address alone says who connects."""

    def context(original: Any, config: Any) -> ssl.SSLContext:
        made: ssl.SSLContext = original(config)
        made.verify_mode = ssl.CERT_NONE
        return made

    patch.around(endpoint, "stomp_server_context", context)
    patch(endpoint_connection, "certificate_refusal", lambda *_: None)


@mutant("topic-instead-of-queue", kills={"BAD-SESSIONS": f"two-subscribers: {_KEPT}"})
def topic_instead_of_queue(patch: Patch) -> None:
    """A message goes to every subscription of the peer, and counts as given to all of them."""

    class Everybody:
        def __init__(self, subscribers: list[Any]) -> None:
            self._subscribers = subscribers

        def deliver(self, item: Any, *, redelivered: bool) -> None:
            for each in list(self._subscribers):
                each.deliver(item, redelivered=redelivered)

    def with_room(original: Any, queue: CallerQueue) -> Any:
        return original(queue) and Everybody(queue._subscribers)

    patch.around(CallerQueue, "_with_room", with_room)


@mutant("any-queue-sent-to", kills={"BAD-SESSIONS": f"wrong-queue: {_REFUSED}"})
def any_queue_sent_to(patch: Patch) -> None:
    """The destination of a SEND is not looked at: whatever is sent is for this provider."""
    patch(EndpointPolicy, "send_refusal", lambda *_: None)


async def _forgetting(original: Any, connection: ClientConnection) -> None:
    for item in connection._in_flight._items.values():
        connection._confirmer.add(item.number)
    await original(connection)


@mutant("sent-counts-as-received", kills={"BAD-OWNER-LOST": f"drops-frames: {_KEPT}"})
def sent_counts_as_received(patch: Patch) -> None:
    """What had no receipt when a connection ended is never sent again."""
    patch.around(ClientConnection, "finish", _forgetting)


@mutant("offers-repeated-and-forgotten", kills={"BAD-OWNER-LOST": f"drops-frames: {_KEPT}"})
def offers_repeated_and_forgotten(patch: Patch) -> None:
    """An offer goes out again after T1, and is forgotten with a connection without a receipt."""
    patch.around(ClientConnection, "finish", _forgetting)
    patch(Outbox, "_is_waiting", lambda *_: False)


@mutant(
    "repeated-lines-unanswered",
    kills={
        "BAD-MESSAGES-OFFERING": f"redelivery: {_KEPT}",
        "BAD-MESSAGES-OWNER": f"redelivery: {_KEPT}",
    },
)
def repeated_lines_unanswered(patch: Patch) -> None:
    """A line that comes again is known, and its receipt is taken for having arrived."""

    def repeat(original: Any, inbound: Any, tx: Any, live: Any, received: Any, known: Any) -> None:
        if received.envelope.type is not MessageType.CHAT_MESSAGE:
            original(inbound, tx, live, received, known)

    patch.around(Inbound, "_repeat", repeat)


@mutant(
    "early-messages-forgotten",
    kills={
        "BAD-MESSAGES-OFFERING": f"gap-in-count: {_KEPT}",
        "BAD-MESSAGES-OWNER": f"gap-in-count: {_KEPT}",
    },
)
def early_messages_forgotten(patch: Patch) -> None:
    """What came too early is kept, and not taken up once the missing message has come."""
    patch(Inbound, "_release", lambda *_: None)


@mutant(
    "calls-of-nobody-dropped",
    kills={
        "BAD-MESSAGES-OFFERING": f"unknown-call: {_REFUSED}",
        "BAD-MESSAGES-OWNER": f"unknown-call: {_REFUSED}",
    },
)
def calls_of_nobody_dropped(patch: Patch) -> None:
    """A line of a call that was never offered is logged, and its sender hears nothing."""

    def refuse(
        original: Any, inbound: Any, received: Any, reason: Any, tx: Any, *rest: Any
    ) -> None:
        if reason.code is not ErrorCode.UNKNOWN_CALL:
            original(inbound, received, reason, tx, *rest)
            return
        inbound._core.refusals.note("B", received.sender, reason.code.value, reason.detail)

    patch.around(Inbound, "_refuse_free", refuse)
