"""What a profile may claim besides roles: options of a system (PICS)."""

from enum import StrEnum


class Option(StrEnum):
    """Something that a conformant system may have or lack.

    What is not in the list ``claims.options`` is claimed *not* to be there. Where that shows on the
    wire it is probed.
    """

    CLIENT_CERTIFICATES = "client-certificates"
    """Its STOMP endpoint asks peers for a certificate and refuses a wrong one."""
    OLD_PHONES = "old-phones"
    """It serves phones behind the times: RSA keys, and a plaintext link (ASO-08)."""
    LIVE = "live"
    """It takes calls in mode ``live``; only of loopback addresses are they ever sent."""
    SILENT_DISASTER = "silent-is-disaster"
    """A department may have a silent caller count as a disaster (ASO-15)."""
    TRANSFERS = "transfers"
    """A call can be transferred to another department while it goes on."""
    CALLBACK = "callback"
    """A dispatcher can call back by mail."""
