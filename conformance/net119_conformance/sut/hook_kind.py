"""The kind ``http-hook``: a system that is operated through its vendor's hook."""

from collections.abc import AsyncIterator, Iterator

from net119_simulators.errors import SimulatorError
from net119_simulators.wiretap import Silence, Wiretap

from net119_conformance.catalogue import Role, Text
from net119_conformance.drivers.http_hook import HookDriver, HookSettings
from net119_conformance.drivers.http_hook_requests import POSSIBLE, REQUESTS
from net119_conformance.drivers.interface import Verb
from net119_conformance.errors import ConformanceError, DriverFailed
from net119_conformance.sut.findings import Finding, Layer
from net119_conformance.sut.kinds import DriverKind, Site
from net119_conformance.sut.options import Option
from net119_conformance.sut.profile import SutProfile
from net119_conformance.sut.verbs import claimed_verbs
from net119_conformance.sut.way import identity
from net119_conformance.world.prepared import read_prepared

_KEY = "driver.url"
_OF_ROLE = {Role.HOME: Verb.HANDSET, Role.RECEIVING: Verb.CONSOLE}
_OF_OPTION = {Option.TRANSFERS: "transfer", Option.CALLBACK: "call-back"}
"""The request without which an option cannot be judged."""


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
        for finding in _claimed_in_vain(site.profile, settings.url, lacking, driver.verbs):
            yield finding
        found = await identity(site.profile, driver)
        if found is not None:
            yield found
    finally:
        await driver.close()


async def ask(site: Site, settings: HookSettings) -> frozenset[Verb]:
    """The verbs that the hook offers; raises `DriverFailed`."""
    driver = make(site, settings, Silence())
    try:
        await driver.look()
        return driver.verbs
    finally:
        await driver.close()


def _claimed_in_vain(
    profile: SutProfile, url: str, lacking: list[str], verbs: frozenset[Verb]
) -> Iterator[Finding]:
    """What the profile claims and cannot be judged, as the hook has not the requests for it."""
    claims = profile.claims
    asked = claimed_verbs(profile)
    for role, verb in _OF_ROLE.items():
        needed = [name for name in lacking if REQUESTS[name].needed and REQUESTS[name].verb is verb]
        if role in claims.roles and verb in asked - verbs:
            yield _in_vain(url, f"claims.roles {role.value!r}", needed or ["say"])
    for option, name in _OF_OPTION.items():
        if option in claims.options and name in lacking:
            yield _in_vain(url, f"claims.options {option.value!r}", [name])
    if Role.HOME in claims.roles and Verb.STAFF in asked - verbs and _nobody_prepared(profile):
        yield Finding(
            Layer.HOOK,
            url,
            "claims.roles",
            False,
            Text(
                en="it offers no `register`, and nobody was registered beforehand",
                ja="register に対応しておらず、登録者も事前に準備されていません",
            ),
            Text(
                en="Run net119 sut prepare again while the hook runs, and register those of "
                "registrants.json",
                ja="フックを動かしたまま net119 sut prepare をもう一度実行し、registrants.json の"
                "人を登録してください",
            ),
        )


def _in_vain(url: str, claim: str, names: list[str]) -> Finding:
    told = ", ".join(f"`{name}`" for name in names)
    return Finding(
        Layer.HOOK,
        url,
        claim.split()[0],
        False,
        Text(
            en=f"the profile has {claim}, but the hook does not offer {told}",
            ja=f"プロファイルの {claim} に必要な {'、'.join(names)} に、フックが対応していません",
        ),
        Text(
            en="Implement it in the hook, or leave the claim out: what needs it would be "
            "inconclusive",
            ja="フックに実装するか、申告から外してください。このままでは、それを使う試験は判定不能に"
            "なります",
        ),
    )


def _nobody_prepared(profile: SutProfile) -> bool:
    try:
        return not read_prepared(profile).people
    except ConformanceError:
        return False  # that nothing is prepared is said elsewhere


def _told(system: str, lacking: list[str]) -> Text:
    if not lacking:
        return Text(en=f"{system}, all requests", ja=f"{system}、すべての要求に対応")
    names = ", ".join(lacking)
    return Text(en=f"{system}, without {names}", ja=f"{system}、{names} には対応していません")


HOOK = DriverKind(make=make, model=HookSettings, verbs=POSSIBLE, check=check, ask=ask)
"""The kind, as profiles name it: ``driver.kind = "http-hook"``."""
