"""Which verbs a profile's driver will claim, before a run makes one."""

from net119_simulators.errors import SimulatorError

from net119_conformance.catalogue import Text
from net119_conformance.drivers.interface import Verb
from net119_conformance.errors import DriverFailed
from net119_conformance.sut.kinds import find_kind
from net119_conformance.sut.profile import SutProfile
from net119_conformance.world.standing_description import site_of


def claimed_verbs(profile: SutProfile) -> frozenset[Verb]:
    """All that the kind of driver can do, less what the profile leaves out."""
    kind = find_kind(profile.driver.kind)
    if profile.driver.verbs is None:
        return kind.verbs
    return kind.verbs & frozenset(profile.driver.verbs)


def registers_people(profile: SutProfile, verbs: frozenset[Verb] | None = None) -> bool:
    """Whether people are registered through the driver; else they are beforehand. ``verbs``: what
    the driver was found to offer, where it was asked."""
    offered = claimed_verbs(profile) if verbs is None else verbs
    return Verb.STAFF in offered and find_kind(profile.driver.kind).registers


async def asked_verbs(profile: SutProfile) -> tuple[frozenset[Verb], Text | None]:
    """The verbs that are to be expected, by asking where the kind of driver must ask.

    If nobody answers (the system is often started after what it loads was prepared), all that the
    profile leaves in, and why it is not known better.
    """
    claimed = claimed_verbs(profile)
    kind = find_kind(profile.driver.kind)
    if kind.ask is None:
        return claimed, None
    try:
        offered = await kind.ask(site_of(profile, None), kind.settings(profile.driver.settings))
    except DriverFailed as failed:
        return claimed, Text(en=str(failed), ja=failed.ja)
    except SimulatorError as forbidden:
        return claimed, Text(en=str(forbidden), ja=str(forbidden))
    return claimed & offered, None
