"""The kind ``http-hook``: a system that is operated through its vendor's hook."""

from net119_simulators.wiretap import Wiretap

from net119_conformance.drivers.http_hook import HookDriver, HookSettings
from net119_conformance.drivers.http_hook_requests import POSSIBLE
from net119_conformance.sut.kinds import DriverKind, Site


def make(site: Site, settings: HookSettings, wiretap: Wiretap) -> HookDriver:
    """A driver for one purpose; it has not connected yet."""
    hosts = site.profile.addresses.test_systems
    return HookDriver(settings, site.profile.sut.code, wiretap, hosts)


HOOK = DriverKind(make=make, model=HookSettings, verbs=POSSIBLE)
"""The kind, as profiles name it: ``driver.kind = "http-hook"``."""
