"""Handshakes of HTTPS: what a client offers is seen first, and what fails is told in full (ASO-08).

An old phone that cannot get in shows its owner nothing but an error; what it offered is what the
provider needs to help.
"""

from net119_reference.handshakes.acceptor import TlsAcceptor, log_failed
from net119_reference.handshakes.client_hello import ClientHello
from net119_reference.handshakes.outcome import FailedHandshake, Reason

__all__ = ["ClientHello", "FailedHandshake", "Reason", "TlsAcceptor", "log_failed"]
