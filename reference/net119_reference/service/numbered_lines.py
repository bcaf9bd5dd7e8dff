"""Lines that the anchor has numbered, as the owner's provider stores them."""

from net119_protocol.chat import ChatLine
from net119_protocol.codes import ErrorCode, SenderRole

from net119_reference.service import live as memory
from net119_reference.service.core import Core
from net119_reference.service.kernel import Transaction
from net119_reference.service.live import Live
from net119_reference.service.peer_refusals import PeerRefused


def store_numbered(core: Core, tx: Transaction, live: Live, line: ChatLine) -> None:
    """Store a line under the anchor's number; a repeat is the same line."""
    author = {
        SenderRole.CALLER: memory.CALLER,
        SenderRole.SYSTEM: memory.SYSTEM,
        SenderRole.DISPATCHER: memory.dispatcher_of(live.known().anchor),
    }[line.sender]
    digest = memory.digest_of(line)
    ours = memory.dispatcher_of(core.operator)
    # Two providers' dispatchers may have used the same client id, for the same words even (a first
    # line named "1" that asks "fire or ambulance?"): the number tells them apart.
    other = f"{author}/{line.seq}"
    names = (author, other, ours) if line.sender is SenderRole.DISPATCHER else (author,)
    found = [live.said.get((name, line.client_id)) for name in names]
    if any(said and (said.seq, said.digest) == (line.seq, digest) for said in found):
        return
    known = found[0]
    if known is not None and line.sender is SenderRole.DISPATCHER:
        author, known = other, None
    check_free(live, line.seq, known is not None)
    core.store_line(tx, live, author, line, digest)


def check_free(live: Live, seq: int, said: bool) -> None:
    """Refuse a number that another line has, and a line that has another number."""
    if said or seq <= live.last_seq or seq in live.seqs:
        raise PeerRefused(ErrorCode.ID_REUSED, f"line {seq} was another one before", "body.seq")
