"""The worlds that purposes run in."""

from collections.abc import Sequence

from net119_protocol.interconnect.mapping import PROFILE_NAME

from net119_conformance.capacity import REFERENCE, Capacity
from net119_conformance.drivers.names import DriverName
from net119_conformance.environment import Environment
from net119_conformance.purpose import Purpose

OPERATORS = {"aoba": "127.0.0.2", "midori": "127.0.0.3"}
"""The two reference providers of the main job, and their addresses."""


def environment(
    purposes: Sequence[Purpose],
    driver: DriverName = DriverName.API,
    *,
    mapping: str = PROFILE_NAME,
    require_browser: bool = False,
    capacity: Capacity = REFERENCE,
) -> Environment:
    """Two reference providers on this machine, each judged, each the other's partner.

    ``mapping``: how messages between providers are written, by all of them and by the suite.
    ``capacity``: what is claimed for them, and verified.
    ``require_browser``: purposes for a real browser may not be left out for lack of one.

    Raises:
        ConformanceError: there is no such mapping.
    """
    from net119_conformance.world.local import LocalEnvironment

    return LocalEnvironment(
        purposes,
        OPERATORS,
        driver=driver,
        mapping=mapping,
        require_browser=require_browser,
        capacity=capacity,
    )
