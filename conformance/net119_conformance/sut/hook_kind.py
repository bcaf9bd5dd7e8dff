"""The kind ``http-hook``: a system that is operated through its vendor's hook."""

from collections.abc import AsyncIterator

from net119_simulators.errors import SimulatorError
from net119_simulators.wiretap import Silence, Wiretap

from net119_conformance.catalogue import Text
from net119_conformance.drivers.http_hook import HookDriver, HookSettings
from net119_conformance.drivers.http_hook_requests import POSSIBLE, REQUESTS
from net119_conformance.errors import DriverFailed
from net119_conformance.sut.findings import Finding, Layer
from net119_conformance.sut.kinds import DriverKind, Site
from net119_conformance.sut.way import identity

_KEY = "driver.url"


def make(site: Site, settings: HookSettings, wiretap: Wiretap) -> HookDriver:
    """A driver for one purpose; it has not connected yet."""
    hosts = site.profile.addresses.test_systems
    return HookDriver(settings, site.profile.sut.code, wiretap, hosts)


async def check(site: Site, settings: HookSettings) -> AsyncIterator[Finding]:
    """Whether the hook says what it offers (``GET /``), and whether the system is the one meant."""
    try:
        driver = make(site, settings, Silence())
    except SimulatorError as forbidden:
        said = str(forbidden)
        yield Finding(Layer.HOOK, settings.url, _KEY, False, Text(en=said, ja=said))
        return
    try:
        try:
            offered = await driver.look()
        except DriverFailed as failed:
            seen = Text(en=str(failed), ja=failed.ja)
            yield Finding(Layer.HOOK, settings.url, _KEY, False, seen)
            return
        lacking = [name for name in REQUESTS if name not in offered.requests]
        yield Finding(Layer.HOOK, settings.url, _KEY, True, _told(offered.system, lacking))
        found = await identity(site.profile, driver)
        if found is not None:
            yield found
    finally:
        await driver.close()


def _told(system: str, lacking: list[str]) -> Text:
    if not lacking:
        return Text(en=f"{system}, all requests", ja=f"{system}、すべての要求に対応")
    names = ", ".join(lacking)
    return Text(en=f"{system}, without {names}", ja=f"{system}、{names} には対応していません")


HOOK = DriverKind(make=make, model=HookSettings, verbs=POSSIBLE, check=check)
"""The kind, as profiles name it: ``driver.kind = "http-hook"``."""
