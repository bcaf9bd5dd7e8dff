"""Which queues of our endpoint a peer may use."""

from dataclasses import dataclass

from net119_protocol.interconnect import callee_queue, caller_queue


@dataclass(frozen=True, slots=True)
class EndpointPolicy:
    """A peer sends to the endpoint's callee queue, and subscribes to its own two queues.

    Caller queues are filled by the endpoint's own provider alone; nobody may send there.
    """

    endpoint: str

    def send_refusal(self, operator: str, destination: str) -> str | None:
        """Why this peer may not send there; ``None`` if it may."""
        allowed = callee_queue(self.endpoint)
        if destination == allowed:
            return None
        return f"Only {allowed} can be sent to at this endpoint, not {destination[:100]!r}"

    def subscribe_refusal(self, operator: str, destination: str) -> str | None:
        """Why this peer may not subscribe to it; ``None`` if it may."""
        allowed = (caller_queue(operator), callee_queue(operator))
        if destination in allowed:
            return None
        return (
            f"This peer is {operator} and can subscribe to {' and '.join(allowed)} only, "
            f"not to {destination[:100]!r}"
        )
