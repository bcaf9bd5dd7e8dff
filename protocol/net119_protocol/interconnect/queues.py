"""Names of the queues of interface B (design: "Interface B").

Each endpoint hosts ``/queue/{owner}.callee``, on which its peers place requests, and for each
peer ``/queue/{peer}.caller``, on which that peer finds what comes back.
"""

import re

_QUEUE = re.compile(r"^/queue/([a-z0-9][a-z0-9_-]{0,39})\.(caller|callee)$")

SENDER_HEADER = "net119-sender"
"""Header with which an endpoint stamps every MESSAGE: the operator code of who sent it."""

PORT = 61614
"""Port of an endpoint."""


def callee_queue(operator: str) -> str:
    """Queue on which ``operator`` receives requests; hosted by its own endpoint."""
    return f"/queue/{operator}.callee"


def caller_queue(operator: str) -> str:
    """Queue on which ``operator`` finds answers; hosted by each of its peers' endpoints."""
    return f"/queue/{operator}.caller"


def operator_of(queue: str) -> str | None:
    """Operator whose queue this is; ``None`` if it is no queue of the profile."""
    match = _QUEUE.match(queue)
    return match.group(1) if match else None
