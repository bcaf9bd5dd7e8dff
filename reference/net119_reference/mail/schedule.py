"""When a letter is tried again, and what an SMTP server's answer means for it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class Delivery(StrEnum):
    """How far a letter to one recipient has come."""

    QUEUED = "queued"
    """Not tried yet."""
    DEFERRED = "deferred"
    """Tried and not taken; will be tried again."""
    SENT = "sent"
    """The relay answered that it has it."""
    FAILED = "failed"
    """Refused for good, or given up."""
    BOUNCED = "bounced"
    """Taken, and later returned as undeliverable."""


@dataclass(frozen=True)
class Answer:
    """What came of one attempt: SENT, DEFERRED or FAILED.

    ``code`` is the server's, ``None`` if it gave none; ``reason`` a short English text;
    ``connection`` means that the relay, not the letter, is the difficulty.
    """

    outcome: Delivery
    code: int | None = None
    reason: str = ""
    connection: bool = False


TEXT_LIMIT = 300


def answered(code: int, text: str) -> Answer:
    """The meaning of a server's answer to MAIL, RCPT or DATA (RFC 5321, 4.2.1).

    421 closes the connection and says nothing of the letter; 503 is no judgement of it either.
    """
    reason = " ".join(text.split())[:TEXT_LIMIT]
    if 200 <= code < 300:
        return Answer(Delivery.SENT, code, reason)
    if code in (421, 503):
        return Answer(Delivery.DEFERRED, code, reason, connection=True)
    if 500 <= code < 600:
        return Answer(Delivery.FAILED, code, reason)
    return Answer(Delivery.DEFERRED, code, reason)


def unreachable(reason: str, code: int | None = None) -> Answer:
    """No connection, a refusal at its opening, or one that broke off before the answer."""
    return Answer(Delivery.DEFERRED, code, reason[:TEXT_LIMIT], connection=True)


@dataclass(frozen=True)
class Schedule:
    """Pauses of ``retry`` doubled up to ``retry_max``, until ``give_up`` after the writing."""

    retry: timedelta
    retry_max: timedelta
    give_up: timedelta

    def pause(self, attempts: int) -> timedelta:
        """How long to wait after ``attempts`` attempts (1 or more) in vain."""
        # The exponent is bounded, else the product of a long outage would overflow.
        doubled: int = 1 << min(max(attempts - 1, 0), 20)
        return min(self.retry_max, self.retry * doubled)

    def next_attempt(self, written: datetime, attempts: int, now: datetime) -> datetime | None:
        """When to try again after ``attempts`` attempts in vain; ``None``: give up.

        The last attempt is made at the end of the time, not long before it.
        """
        end = written + self.give_up
        if now >= end:
            return None
        return min(now + self.pause(attempts), end)
