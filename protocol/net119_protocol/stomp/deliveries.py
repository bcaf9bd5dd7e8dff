"""Bookkeeping of what was delivered and not yet acknowledged, for one connection.

Ack modes as in section SUBSCRIBE ack Header. A *token* is whatever the shell knows its message
by (a row number, say).
"""

from collections.abc import Hashable
from dataclasses import dataclass, field

ACK_MODES = ("auto", "client", "client-individual")


@dataclass(slots=True)
class Subscription:
    """One subscription and its open deliveries, ack id -> token, oldest first."""

    id: str
    destination: str
    ack_mode: str
    open: dict[str, Hashable] = field(default_factory=dict)


class Deliveries:
    """All subscriptions of a connection.

    ``prefix`` begins every ack id. It must differ between connections, so that an
    acknowledgement meant for a delivery of an earlier connection cannot settle another one.
    """

    def __init__(self, prefix: str) -> None:
        self._prefix = prefix
        self._count = 0
        self._subscriptions: dict[str, Subscription] = {}
        self._by_ack_id: dict[str, Subscription] = {}

    def __len__(self) -> int:
        return len(self._subscriptions)

    def get(self, subscription_id: str) -> Subscription | None:
        """The subscription, or None."""
        return self._subscriptions.get(subscription_id)

    def add(self, subscription: Subscription) -> None:
        """Begin a subscription; its id must be free."""
        if subscription.id in self._subscriptions:
            raise ValueError(f"subscription {subscription.id!r} exists")
        self._subscriptions[subscription.id] = subscription

    def remove(self, subscription_id: str) -> Subscription | None:
        """End a subscription; what is in its ``open`` must be delivered again."""
        subscription = self._subscriptions.pop(subscription_id, None)
        if subscription is not None:
            for ack_id in subscription.open:
                del self._by_ack_id[ack_id]
        return subscription

    def new_ack_id(self, subscription: Subscription) -> str | None:
        """An ack id for the next delivery; None in mode ``auto`` (nothing to wait for)."""
        if subscription.ack_mode == "auto":
            return None
        self._count += 1
        return f"{self._prefix}.{self._count}"

    def note(self, subscription: Subscription, ack_id: str, token: Hashable) -> None:
        """Note a delivery that waits for its ACK."""
        subscription.open[ack_id] = token
        self._by_ack_id[ack_id] = subscription

    def settle(self, ack_id: str) -> tuple[Subscription, tuple[Hashable, ...]] | None:
        """Take out what an ACK or NACK of ``ack_id`` covers: oldest first; None if unknown.

        One delivery in mode ``client-individual``; in mode ``client`` also every earlier one of
        the same subscription that is still open.
        """
        subscription = self._by_ack_id.get(ack_id)
        if subscription is None:
            return None
        if subscription.ack_mode == "client":
            everything = list(subscription.open)
            covered = everything[: everything.index(ack_id) + 1]
        else:
            covered = [ack_id]
        tokens = tuple(subscription.open.pop(covered_id) for covered_id in covered)
        for covered_id in covered:
            del self._by_ack_id[covered_id]
        return subscription, tokens

    def open_tokens(self) -> tuple[Hashable, ...]:
        """Tokens of all open deliveries, oldest first within each subscription."""
        return tuple(
            token
            for subscription in self._subscriptions.values()
            for token in subscription.open.values()
        )
