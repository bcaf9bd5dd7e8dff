"""Which destinations a peer may use at an endpoint."""

from dataclasses import dataclass
from typing import Protocol


class DestinationPolicy(Protocol):
    """Both return why not, as one sentence for the peer, or None where it is allowed."""

    def send_refusal(self, operator: str, destination: str) -> str | None:
        """Whether the peer with this operator code may SEND to ``destination``."""
        ...

    def subscribe_refusal(self, operator: str, destination: str) -> str | None:
        """Whether the peer with this operator code may SUBSCRIBE to ``destination``."""
        ...


@dataclass(frozen=True, slots=True)
class OwnQueues:
    """The interconnect's rule at the endpoint of the provider with operator code ``endpoint``.

    A peer sends to the endpoint's own queues and subscribes to queues of its own code only.
    """

    endpoint: str

    def send_refusal(self, operator: str, destination: str) -> str | None:
        """See DestinationPolicy."""
        return _refusal("sent to", self.endpoint, destination)

    def subscribe_refusal(self, operator: str, destination: str) -> str | None:
        """See DestinationPolicy."""
        return _refusal("subscribed to", operator, destination)


def queues_of(operator: str) -> tuple[str, str]:
    """The two queues of an operator: requests to it as callee, and answers to it as caller."""
    return f"/queue/{operator}.callee", f"/queue/{operator}.caller"


def _refusal(verb: str, owner: str, destination: str) -> str | None:
    allowed = queues_of(owner)
    if destination in allowed:
        return None
    return (
        f"Only {' and '.join(allowed)} can be {verb} here by this peer, not {destination[:100]!r}"
    )
