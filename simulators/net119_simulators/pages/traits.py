"""What sets one kind of browser apart from another on the wire."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Traits:
    """A kind of browser: by default that of a smartphone of today.

    ``cookies`` off: it keeps none; ``cookies_over_https`` off: none over https (au's feature
    phones). ``charsets``: those of pages that it shows right, its own first; pages in others are
    read as if they were in its own. Empty: all. ``fetch_metadata``: it says where a request comes
    from (``Sec-Fetch-*``, ``Origin``), as older phones do not.
    """

    user_agent: str = (
        "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) "
        "Chrome/126.0.0.0 Mobile Safari/537.36"
    )
    accept_language: str = "ja,en;q=0.5"
    cookies: bool = True
    cookies_over_https: bool = True
    charsets: tuple[str, ...] = ()
    fetch_metadata: bool = True

    def accepts(self) -> dict[str, str]:
        """Headers of every request."""
        return {
            "User-Agent": self.user_agent,
            "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
            "Accept-Language": self.accept_language,
        }
