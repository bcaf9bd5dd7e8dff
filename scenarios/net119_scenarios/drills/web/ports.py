"""At which ports of this machine people find what they open; fixed, so that links stay good."""

from collections.abc import Sequence
from dataclasses import dataclass

START_PORT = 8119


@dataclass(frozen=True)
class Ports:
    """The start page at ``start``; after it one port for each provider, then the mailboxes."""

    start: int
    providers: tuple[str, ...]

    @classmethod
    def of(cls, start: int, providers: Sequence[str]) -> "Ports":
        """Those from ``start`` on; ValueError if they do not fit below 65536."""
        made = cls(start, tuple(dict.fromkeys(providers)))
        if not 1 <= start <= made.all[-1] <= 65535:
            raise ValueError(f"ports {start} to {made.all[-1]} are no ports")
        return made

    def of_provider(self, code: str) -> int:
        """Where a provider's pages are; ValueError for one that is not known."""
        return self.start + 1 + self.providers.index(code)

    @property
    def mailboxes(self) -> int:
        """Where the mailboxes' pages are."""
        return self.start + 1 + len(self.providers)

    @property
    def all(self) -> range:
        """All of them."""
        return range(self.start, self.mailboxes + 1)


def local_url(port: int, name: str = "") -> str:
    """A page's origin on this machine.

    ``name`` keeps apart the cookies of what is open in the same browser, which know no ports:
    browsers take each name below localhost for this machine (RFC 6761) and for a host of its own.
    """
    return f"http://{f'{name}.' if name else ''}localhost:{port}"
