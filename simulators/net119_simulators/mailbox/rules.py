"""What befalls the mail of one mailbox, besides what its carrier does with everybody's."""

from dataclasses import dataclass, field
from enum import StrEnum

from net119_simulators.mailbox.filters import Filters


class Outcome(StrEnum):
    """What becomes of one mail at the carrier."""

    DELIVER = "deliver"
    REJECT = "reject"
    """Refused in the dialogue with 550; the sender's server knows at once."""
    DEFER = "defer"
    """Not now (451); the sender's server is to try again."""
    DROP = "drop"
    """Taken with 250 and thrown away: nobody is told."""
    DUPLICATE = "duplicate"
    """Delivered twice."""
    BOUNCE = "bounce"
    """Taken with 250; a delivery report (RFC 3464) goes back to the sender."""
    FULL = "full"
    """The mailbox is full: 452, the sender's server is to try again."""
    OVER_QUOTA = "over-quota"
    """The mailbox is full for good: 552."""


@dataclass(frozen=True)
class Rule:
    """What befalls the mail of one address.

    ``senders``: only these header senders get through, if any are named; ``urls`` False throws
    away every mail with a URL; both silently, at any carrier and before ``filters``, which are
    the customer's settings at the carrier, judged in its order. ``outcome`` is what befalls the
    rest. ``defer_first`` mails are deferred before anything else happens; ``greylist_s``: a
    sender that the carrier does not know is deferred (451) until it tries again so many seconds
    later or more. ``delay_s``: what is delivered comes so much later.
    """

    outcome: Outcome = Outcome.DELIVER
    senders: frozenset[str] = frozenset()
    urls: bool = True
    defer_first: int = 0
    greylist_s: float = 0.0
    delay_s: float = 0.0
    filters: Filters = field(default_factory=Filters)
