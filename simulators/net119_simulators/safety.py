"""The safety interlock: imitated emergency calls stay on this machine.

Simulators talk to loopback addresses only, unless a host is declared to be a test system; calls in
mode ``live`` are refused for declared hosts too (design section 1).
"""

from collections.abc import Collection
from ipaddress import ip_address
from urllib.parse import urlsplit

from net119_protocol.codes import Mode

from net119_simulators.errors import SafetyInterlock

_declared: set[str] = set()


def declare_test_systems(hosts: Collection[str]) -> None:
    """Have this process talk to hosts that the user's configuration declares to be test systems.

    For programs whose every target comes from one such file; simulators take them one by one, too.
    """
    _declared.update(hosts)


def is_loopback(host: str) -> bool:
    """Whether a host is this machine's loopback, by its address (127.0.0.0/8, ::1).

    Of names only ``localhost`` counts, which RFC 6761 keeps for loopback; any other name could be
    resolved to anything.
    """
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def host_of(url: str) -> str:
    """The host of an http(s) or ws(s) URL.

    Raises:
        SafetyInterlock: the URL names no host, so that nothing can be said of its safety.
    """
    try:
        host = urlsplit(url).hostname
    except ValueError:
        host = None
    if not host:
        raise SafetyInterlock(
            "the address names no host", repr(url), "Give it as https://127.0.0.2:8443"
        )
    return host


def check_target(url: str, declared_test_hosts: Collection[str] = ()) -> None:
    """Refuse to talk to a host that is neither loopback nor declared to be a test system.

    Raises:
        SafetyInterlock: it is neither.
    """
    host = host_of(url)
    if not is_loopback(host) and host not in declared_test_hosts and host not in _declared:
        raise SafetyInterlock(
            f"{host} is no loopback address and not declared to be a test system",
            url,
            "Declare the host as a test system in the configuration, if it is one",
        )


def check_mode(url: str, mode: Mode) -> None:
    """Refuse to send a ``live`` call anywhere but to a loopback address, declared or not.

    Raises:
        SafetyInterlock: the mode is ``live`` and the host is elsewhere.
    """
    if mode is Mode.LIVE and not is_loopback(host_of(url)):
        raise SafetyInterlock(
            "a simulator never sends a live call to another machine",
            url,
            "Use the mode test, drill or practice",
        )
