"""Gives a system that somebody else started its world, as far as its driver can."""

import asyncio
import json

from net119_protocol.api.admin import PeerOperator
from net119_simulators.errors import SimulatorError
from net119_simulators.wiretap import Silence

from net119_conformance.catalogue import Text
from net119_conformance.drivers.interface import Driver, Verb
from net119_conformance.errors import ConformanceError, DriverFailed, SutUnavailable
from net119_conformance.sut.drivers import ask_what_it_offers, make_driver
from net119_conformance.sut.preparing import operators
from net119_conformance.sut.profile import SutProfile
from net119_conformance.world.mail import MailDescription
from net119_conformance.world.prepared import DIRECTORY_FILE, Prepared, read_folder
from net119_conformance.world.standing_description import site_of

SET_UP_S = 30.0
"""For all of it, seconds."""


async def hand_over(
    profile: SutProfile, prepared: Prepared, mail: MailDescription | None
) -> Text | None:
    """Give the system its directory and its peers; what went wrong, or None."""
    driver = make_driver(site_of(profile, mail), Silence())
    try:
        async with asyncio.timeout(SET_UP_S):
            await ask_what_it_offers(driver)
            await _load(profile, driver, prepared)
    except DriverFailed as failed:
        return _not_taken(str(failed), failed.ja)
    except SutUnavailable:
        # The way to the system is looked at besides, and says more.
        return None
    except ConformanceError:
        raise
    except Exception as problem:
        # A driver may be anybody's: whatever it raises must neither hide nor end the run.
        why = str(problem) or "no answer in time"
        if not isinstance(problem, SimulatorError | TimeoutError):
            why = f"{type(problem).__name__}: {why}"
        return _not_taken(why, why)
    finally:
        await driver.close()
    return None


async def _load(profile: SutProfile, driver: Driver, prepared: Prepared) -> None:
    if Verb.DIRECTORY in driver.verbs:
        content = (read_folder(profile) / DIRECTORY_FILE).read_text("utf-8")
        await driver.load_directory(json.loads(content))
    if Verb.OPERATORS in driver.verbs and profile.addresses.stomp:
        rows = operators(profile, prepared.estates.values())
        await driver.load_operators([PeerOperator.model_validate(row) for row in rows])


def _not_taken(en: str, ja: str) -> Text:
    return Text(
        en=f"it did not take its directory and peers: {en}",
        ja=f"管轄表と事業者の一覧を読み込ませることができませんでした: {ja}",
    )
