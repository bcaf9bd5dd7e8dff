"""Where phones reach a system under test, encrypted and in plaintext."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from net119_simulators.handsets.chain import Roots


@dataclass(frozen=True)
class HandsetSide:
    """The addresses of interface A.

    ``encrypted_url`` and ``plaintext_url`` are base URLs (``https://host:port``,
    ``http://host:port``), the second one None where the SUT has no plaintext link; ``roots`` are
    the authorities that sign the SUT's certificates.
    """

    encrypted_url: str
    plaintext_url: str | None
    roots: Roots

    @property
    def host(self) -> str:
        """Host of the encrypted link."""
        return urlsplit(self.encrypted_url).hostname or ""

    @property
    def port(self) -> int:
        """Port of the encrypted link."""
        return urlsplit(self.encrypted_url).port or 443
