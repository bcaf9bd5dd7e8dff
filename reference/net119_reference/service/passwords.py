"""Passwords as argon2id hashes (RFC 9106).

Hashing is slow on purpose: call these in a thread.
"""

import secrets

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

CHOSEN = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
"""For passwords that people choose (staff): the least that OWASP recommends; about 40 ms here."""
GENERATED = PasswordHasher(time_cost=1, memory_cost=8_192, parallelism=1)
"""For passwords of ours: their 80 random bits resist guessing by themselves, and thousands of
log-ins and approvals an hour must not wait; about 8 ms here."""

_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
"""Without 0, o, 1, l and i: people copy passwords from one screen to another."""
_LENGTH = 16
"""79 bits."""
_NOBODY = {each: each.hash(secrets.token_urlsafe(16)) for each in (CHOSEN, GENERATED)}


def new_password() -> str:
    """A random password that can be typed on a telephone."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(_LENGTH))


def password_fits(password: str, stored: str) -> bool:
    """Whether a password is the one of a hash; its parameters come from the hash."""
    try:
        return CHOSEN.verify(stored, password)
    except (VerificationError, InvalidHashError):
        return False


def waste_a_check(password: str, kind: PasswordHasher) -> None:
    """Take as long as a real check of passwords of this kind, ``CHOSEN`` or ``GENERATED``.

    So time does not tell who has an account.
    """
    password_fits(password, _NOBODY[kind])
