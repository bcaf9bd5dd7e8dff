"""Whether a scenario can be acted against a system that runs already, and why not."""

from collections.abc import Iterable, Iterator

from net119_protocol.directory import DirectoryView
from net119_simulators.person import jurisdictions

from net119_scenarios.acted import deeds
from net119_scenarios.acted.cast import Caller, Handset, Network
from net119_scenarios.acted.model import Scenario
from net119_scenarios.acted.venue import moves_clock
from net119_scenarios.words import Words


def reasons_against(
    scenario: Scenario, view: DirectoryView, operator: str, peer: str
) -> tuple[Words, ...]:
    """Why the scenario needs more than the system of ``operator`` and a played ``peer`` beside it.

    Empty: it can be acted. ``view`` is the directory that the system runs by.
    """
    return tuple(dict.fromkeys(_reasons(scenario, view, operator, peer)))


def providers_needed(scenario: Scenario, view: DirectoryView) -> frozenset[str]:
    """The providers that have to run: of homes, centers and steps, and of where callers are."""
    if scenario.network.providers != Network().providers:
        return frozenset(scenario.network.providers)
    departments = [each.home for each in scenario.callers().values()]
    departments += [each.to for each in scenario.timeline if isinstance(each, deeds.Transfer)]
    found = {view.departments[code].provider for code in departments if code in view.departments}
    offices = [each.department for each in scenario.staff().values()]
    found |= {view.departments[code].provider for code in offices if code in view.departments}
    centers = [each.center for each in scenario.dispatchers().values()]
    found |= {view.centers[each].provider for each in centers if each in view.centers}
    found |= {getattr(step, "provider", None) for step in scenario.timeline}
    index = jurisdictions()
    for lat, lon in _places(scenario):
        hit = index.at(lon, lat)
        if hit is not None:
            found |= {
                each.provider
                for each in view.departments.values()
                if hit.municipality in each.municipalities
            }
    return frozenset(each for each in found if each is not None)


def _places(scenario: Scenario) -> Iterator[tuple[float, float]]:
    for caller in scenario.callers().values():
        yield caller.position.lat, caller.position.lon
        for place in (caller.profile.get("optional") or {}).get("frequent_places", ()):
            yield place["lat"], place["lon"]
    for step in scenario.timeline:
        spot = getattr(step, "pin", None)
        if isinstance(step, deeds.Move | deeds.Correct):
            spot = step.to
        if spot is not None:
            yield spot.lat, spot.lon


def _reasons(scenario: Scenario, view: DirectoryView, operator: str, peer: str) -> Iterator[Words]:
    played = {each.provider for each in scenario.peers().values()}
    missing = sorted(providers_needed(scenario, view) - played - {operator})
    if missing:
        names = ", ".join(missing)
        yield Words(
            f"事業者 {names} のシステムも要るが、ファイルには {operator} しかない",
            f"it needs the systems of {names} as well; the file describes {operator} only",
        )
    if any(each.to != operator for each in scenario.peers().values()):
        yield Words(
            f"演じる事業者の相手が {operator} ではない",
            f"a provider is played for another than {operator}",
        )
    if played - {peer}:
        yield Words(
            f"システムが知る相手は {peer} であり、{', '.join(sorted(played))} ではない",
            f"the system knows the peer {peer}, not {', '.join(sorted(played))}",
        )
    network = scenario.network
    if network.departments or network.stops:
        yield Words("管轄の一覧を変える必要がある", "it changes the directory")
    if network.timers.model_dump(exclude_none=True):
        yield Words("タイマーを変える必要がある", "it changes the timers")
    if network.silent_is_disaster:
        yield Words("消防本部の規則を変える必要がある", "it changes a department's rule")
    if network.alarms is not None:
        yield Words(
            "緊急通報サービスを動かす必要がある", "it needs a home alarm service with its register"
        )
    if moves_clock(scenario):
        yield Words(
            "時計を進める必要があり、進めた時計は戻らない",
            "it sets the system's clock, which never goes back",
        )
    if any(isinstance(each, deeds.Kill | deeds.Start) for each in scenario.timeline):
        yield Words("システムを落とす必要がある", "it kills the system")
    mail = deeds.CallBack | deeds.OpenCallback | deeds.Mailbox | deeds.Announce
    if any(isinstance(each, mail) for each in scenario.timeline):
        yield Words(
            "メールが模擬の受信箱に届かない",
            "the system's mail does not reach the simulated mailboxes",
        )
    yield from _of_handsets(scenario.callers().values())


def _of_handsets(callers: Iterable[Caller]) -> Iterator[Words]:
    """Reasons of the callers' phones."""
    for caller in callers:
        if caller.handset is Handset.PLAINTEXT:
            yield Words(
                "暗号化のない接続先がわからない",
                "where it serves phones without encryption is unknown",
            )
        elif caller.handset is Handset.FEATURE_PHONE:
            yield Words(
                "古い電話が信頼する証明書（RSA）がわからない",
                "the certificate (RSA) that old phones trust is unknown",
            )


__all__ = ["providers_needed", "reasons_against"]
