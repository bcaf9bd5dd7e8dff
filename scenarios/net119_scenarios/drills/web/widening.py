"""One network for many drills: providers that a scenario leaves out may run beside it unnoticed.

Most drills need one provider or two. Were each played in a network of its own, everybody would have
to log in again for the next; so a provider that the scenario has nothing to do with stays.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

from net119_simulators.person import jurisdictions

from net119_scenarios.acted.model import Scenario
from net119_scenarios.acted.venue import directory_of

_NEAR_M = 10_000.0
"""As near as this to a place of the scenario, a provider's area counts as involved."""


def widened(scenario: Scenario, base: Iterable[str]) -> Scenario:
    """The same with the providers of ``base`` besides, but for those that it involves.

    One that it involves and does not run is meant not to run, or is played.
    """
    own = scenario.network.providers
    involved = providers_involved(scenario)
    more = tuple(each for each in base if each not in own and each not in involved)
    network = scenario.network.model_copy(update={"providers": (*own, *more)})
    return scenario.model_copy(update={"network": network})


def providers_involved(scenario: Scenario) -> frozenset[str]:
    """Who serves a place, department or center of the scenario, or is named or stopped in it."""
    view = directory_of(scenario.network).at(datetime.now(UTC))
    served = {each.code: each.provider for each in view.departments.values()}
    served |= {each.code: each.provider for each in view.centers.values()}
    served |= {each: each for each in dict.fromkeys(served.values()) if each is not None}
    index = jurisdictions()
    found = set()
    whole = scenario.model_dump(mode="json")
    # What they are called says nothing of who takes part.
    providers = whole["network"].pop("providers")
    for text in _texts(whole):
        found.add(served.get(text))
    for lat, lon in _places(whole):
        for overlap in index.within(lon, lat, _NEAR_M):
            found.add(view.department_at(overlap.municipality).provider)
    return frozenset({each for each in found if each is not None} | set(providers))


def _texts(part: Any) -> Iterator[str]:
    if isinstance(part, str):
        yield part
    elif isinstance(part, dict):
        for key, each in part.items():
            yield str(key)
            yield from _texts(each)
    elif isinstance(part, list):
        for each in part:
            yield from _texts(each)


def _places(part: Any) -> Iterator[tuple[float, float]]:
    if isinstance(part, dict):
        lat, lon = part.get("lat"), part.get("lon")
        if isinstance(lat, float | int) and isinstance(lon, float | int):
            yield float(lat), float(lon)
        for each in part.values():
            yield from _places(each)
    elif isinstance(part, list):
        for each in part:
            yield from _places(each)
