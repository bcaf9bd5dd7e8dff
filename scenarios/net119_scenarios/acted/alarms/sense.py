"""What is wrong with the alarms of a scenario whose form is right."""

from collections.abc import Iterator

from pydantic import ValidationError

from net119_scenarios.acted import deeds as all_deeds
from net119_scenarios.acted.alarms import deeds, musts
from net119_scenarios.acted.alarms.cast import (
    ALARM_ACTORS,
    ALARM_CENTER,
    AlarmUser,
    Crew,
    Helper,
    WardOffice,
)
from net119_scenarios.acted.alarms.persons import helper_of, offices, registered, stations, wards
from net119_scenarios.acted.cast import Dispatcher
from net119_scenarios.acted.check import Check
from net119_scenarios.acted.doing import no_actor, not_running
from net119_scenarios.acted.form import said_of
from net119_scenarios.acted.model import Scenario
from net119_scenarios.acted.source import LEAVE_OUT, Path, Problem, Source, near
from net119_scenarios.words import Words

_FEWEST, _NEAR_MINUTES = 2, 5
"""Without these the register asks the ward office first, and no unit is put up."""


def problems_of_alarms(source: Source, scenario: Scenario) -> Iterator[Problem]:
    """All of them: the service, its people, its steps, its checks."""
    yield from _service(source, scenario)
    for name, actor in scenario.actors.items():
        here: Path = ("actors", name)
        if isinstance(actor, AlarmUser):
            yield from _user(source, scenario, here, actor)
        elif isinstance(actor, WardOffice):
            yield from _office(source, (*here, "code"), actor.code)
    yield from _phones(source, scenario)
    for at, step in enumerate(scenario.timeline):
        yield from _step(source, scenario, ("timeline", at), step)
    for at, must in enumerate(scenario.must):
        yield from _must(source, scenario, ("must", at), must)


def _service(source: Source, scenario: Scenario) -> Iterator[Problem]:
    network = scenario.network
    if network.starts is not None and network.clock is not None:
        what = Words(
            "「clock」と「starts」の両方は書けません", "`clock` and `starts` cannot both stand here"
        )
        yield source.problem(("network", "starts"), what, LEAVE_OUT, key=True)
    service = network.alarms
    if service is not None:
        if service.provider not in network.providers:
            close = near(service.provider, network.providers)
            where: Path = ("network", "alarms", "provider")
            yield source.problem(where, not_running(service.provider), close)
        return
    for name, actor in scenario.actors.items():
        here = isinstance(actor, Dispatcher) and actor.center == ALARM_CENTER
        if here or isinstance(actor, ALARM_ACTORS):
            what = Words(
                f"「{name}」は緊急通報サービスの役ですが、そのサービスを動かす事業者がありません",
                f"{name!r} is of the home alarm service, which no provider runs",
            )
            add = Words(
                "network に「alarms: {provider: …}」を書き足してください",
                "Add `alarms: {provider: ...}` to the network",
            )
            yield source.problem(("actors", name), what, add)


def _user(source: Source, scenario: Scenario, here: Path, actor: AlarmUser) -> Iterator[Problem]:
    places = [(here, actor.ward, actor.office)]
    if actor.moved is not None:
        places.append(((*here, "moved"), actor.moved.ward, actor.moved.office))
    wrong = False
    for where, ward, office in places:
        if ward not in wards():
            wrong = True
            what = Words(f"京都市の区に {ward} はありません", f"Kyoto has no ward {ward}")
            yield source.problem((*where, "ward"), what, near(ward, wards()))
        yield from _office(source, (*where, "office"), office)
    for at, name in enumerate(actor.helpers):
        if not isinstance(scenario.actors.get(name), Helper):
            what = Words(f"「{name}」は協力員ではありません", f"{name!r} is no helper")
            yield source.problem((*here, "helpers", at), what, near(name, scenario.helpers()))
            wrong = True
        elif name in actor.helpers[:at]:
            what = Words(f"「{name}」が2回あります", f"{name!r} stands twice")
            yield source.problem((*here, "helpers", at), what, LEAVE_OUT)
    if wrong:
        return
    near_enough = any(scenario.helpers()[e].minutes <= _NEAR_MINUTES for e in actor.helpers)
    if len(actor.helpers) < _FEWEST or not near_enough:
        what = Words(
            "協力員が足りません（2人以上、うち1人は5分以内に来られること）",
            "the helpers are too few: two or more, one of them within five minutes (KYO-02)",
        )
        add = Words(
            "「role: helper」の人を書き足し、「helpers」に並べてください",
            "Add somebody with `role: helper`, and name them in `helpers`",
        )
        yield source.problem((*here, "helpers"), what, add)
        return
    try:
        registered(actor, [helper_of(scenario.helpers()[e]).registered() for e in actor.helpers])
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        said, part = said_of(dict(first)), ".".join(map(str, ("profile", *first["loc"])))
        see = Words("登録票の項目を見てください", "See AlarmUser of the protocol")
        where = (*here, "profile", *first["loc"])
        yield source.problem(where, Words(f"{part}: {said.ja}", f"profile: {said.en}"), see)


def _office(source: Source, where: Path, code: str) -> Iterator[Problem]:
    if code not in offices():
        what = Words(f"区役所「{code}」はありません", f"there is no ward office {code!r}")
        yield source.problem(where, what, near(code, offices()))


def _phones(source: Source, scenario: Scenario) -> Iterator[Problem]:
    """A helper is known by the telephone that the desk rings."""
    known: dict[str, str] = {}
    for name, helper in scenario.helpers().items():
        other = known.setdefault(helper.phone, name)
        if other != name:
            what = Words(f"電話番号が {other} と同じです", f"{other} has the same telephone")
            change = Words("どちらかを変えてください", "Change one")
            yield source.problem(("actors", name, "phone"), what, change)


def _step(
    source: Source, scenario: Scenario, here: Path, step: all_deeds.Step
) -> Iterator[Problem]:
    actor = scenario.actors.get(step.actor or "")
    if isinstance(step, all_deeds.Say) and isinstance(actor, AlarmUser | Dispatcher):
        alarm = isinstance(actor, AlarmUser) or actor.center == ALARM_CENTER
        if alarm and step.options:
            what = Words(
                "発信設備には押す選択肢がありません", "a unit has no answers that can be tapped"
            )
            yield source.problem((*here, "options"), what, LEAVE_OUT, key=True)
    if isinstance(step, deeds.HelperThere) and step.helper not in scenario.helpers():
        what = Words(f"「{step.helper}」は協力員ではありません", f"{step.helper!r} is no helper")
        yield source.problem((*here, "helper"), what, near(step.helper, scenario.helpers()))
    if isinstance(step, deeds.Scene) and not isinstance(
        scenario.actors.get(step.by), Crew | Helper
    ):
        able = [*scenario.crews(), *scenario.helpers()]
        what = Words(
            f"「{step.by}」は隊でも協力員でもありません", f"{step.by!r} is no crew and no helper"
        )
        yield source.problem((*here, "by"), what, near(step.by, able))
    shown = ("state", "finding", "helper", "trouble")
    if isinstance(step, deeds.See) and all(getattr(step, each) is None for each in shown):
        what = Words("何を待つのかがありません", "this waits for nothing")
        names = ", ".join(shown)
        add = Words(f"次のどれかを書いてください: {names}", f"Give one of {names}")
        yield source.problem(here, what, add)
    if isinstance(step, deeds.WardReport) and not (step.other or step.send):
        what = Words("報告をどうするのかがありません", "nothing is done with the report")
        add = Words("「other」か「send: true」を書いてください", "Give `other` or `send: true`")
        yield source.problem(here, what, add)


def _must(source: Source, scenario: Scenario, here: Path, must: Check) -> Iterator[Problem]:
    if isinstance(must, musts.HelpersAsked):
        for at, each in enumerate(must.helpers):
            if each.helper not in scenario.helpers():
                where = (*here, "helpers", at, "helper")
                yield source.problem(
                    where, no_actor(each.helper), near(each.helper, scenario.helpers())
                )
    if isinstance(must, musts.WardReported):
        yield from _office(source, (*here, "office"), must.office)
    if isinstance(must, musts.HomeStationTold) and must.station not in stations():
        what = Words(
            f"消防署「{must.station}」はありません", f"there is no station {must.station!r}"
        )
        yield source.problem((*here, "station"), what, near(must.station, stations()))


__all__ = ["problems_of_alarms"]
