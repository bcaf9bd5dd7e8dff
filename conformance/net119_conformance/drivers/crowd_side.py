"""Where many handsets and consoles at once reach a system under test."""

from dataclasses import dataclass


@dataclass(frozen=True)
class CrowdSide:
    """The documented handset and console API, as a crowd uses it.

    ``base_url`` is ``https://host:port``; ``ca_pem`` holds the authority that signs for it, in PEM,
    or is ``None`` for this machine's authorities. ``test_hosts`` are hosts beyond this machine that
    were declared to be test systems.
    """

    base_url: str
    ca_pem: str | None
    test_hosts: tuple[str, ...] = ()
