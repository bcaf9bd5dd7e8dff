"""What is wrong with a scenario whose form is right: names that nobody has, deeds nobody can do."""

from collections.abc import Iterator
from datetime import UTC, datetime

from net119_protocol.api.common import NoticeCode
from net119_protocol.directory import DirectoryView
from net119_protocol.unreachable_texts import UNREACHABLE
from net119_simulators.mailbox.situations import load_situations
from net119_simulators.radio import load_radios
from pydantic import ValidationError

from net119_scenarios.acted import deeds
from net119_scenarios.acted.alarms.cast import ALARM_CENTER
from net119_scenarios.acted.alarms.deeds import OF_ALARMS, OF_UNIT, Press, See
from net119_scenarios.acted.alarms.sense import problems_of_alarms
from net119_scenarios.acted.cast import Actor, Caller, Dispatcher, Handset, Peer, Staff
from net119_scenarios.acted.doing import no_actor, not_running, problems_of_doer
from net119_scenarios.acted.drill_sense import problems_of_drill
from net119_scenarios.acted.form import said_of
from net119_scenarios.acted.model import Scenario
from net119_scenarios.acted.musts import Announced, Told
from net119_scenarios.acted.people import person_of
from net119_scenarios.acted.source import LEAVE_OUT, Path, Problem, Source, near, one_of
from net119_scenarios.acted.venue import WrongNetwork, directory_of
from net119_scenarios.words import Words

_AT_CONSOLES = ("presence", "silent", "callback")
"""What only a dispatcher's screen shows."""


def problems_of(source: Source, scenario: Scenario) -> Iterator[Problem]:
    """All that is wrong, in the order of the file's parts."""
    try:
        directory = directory_of(scenario.network)
    except WrongNetwork as wrong:
        mend = Words(
            "network の日付や符号を直してください", "Mend the dates or codes of the network"
        )
        yield from (source.problem(("network",), what, mend) for what in wrong.problems)
        return
    view = directory.at(scenario.network.clock) if scenario.network.clock else None
    yield from _network(source, scenario, set(p.code for p in directory.content.providers))
    if view is None:
        view = directory.at(datetime.now(UTC))
    for name, actor in scenario.actors.items():
        yield from _actor(source, scenario, name, actor, view)
    yield from _steps(source, scenario, set(view.departments))
    yield from _checks(source, scenario)
    yield from problems_of_alarms(source, scenario)
    if scenario.drill is not None:
        yield from problems_of_drill(source, scenario, scenario.drill, view)


def _network(source: Source, scenario: Scenario, operators: set[str]) -> Iterator[Problem]:
    for at, code in enumerate(scenario.network.providers):
        if code not in operators:
            what = Words(
                f"管轄の一覧に事業者「{code}」はありません",
                f"the directory has no provider {code!r}",
            )
            yield source.problem(("network", "providers", at), what, near(code, sorted(operators)))


def _actor(
    source: Source, scenario: Scenario, name: str, actor: Actor, view: DirectoryView
) -> Iterator[Problem]:
    here: Path = ("actors", name)
    running = scenario.network.providers
    if isinstance(actor, Caller):
        yield from _caller(source, scenario, here, actor, view)
    elif isinstance(actor, Dispatcher):
        center = view.centers.get(actor.center)
        if actor.center == ALARM_CENTER:
            return  # no center of the directory; see `problems_of_alarms`
        if center is None:
            what = Words(
                f"管轄の一覧に指令センター「{actor.center}」はありません",
                f"the directory has no center {actor.center!r}",
            )
            yield source.problem((*here, "center"), what, near(actor.center, view.centers))
        elif center.provider not in running:
            what = Words(
                f"{actor.center} の事業者 {center.provider} は動きません",
                f"the provider of {actor.center}, {center.provider}, does not run",
            )
            name_it = Words("network.providers に書いてください", "Name it in network.providers")
            yield source.problem((*here, "center"), what, name_it)
    elif isinstance(actor, Staff):
        department = view.departments.get(actor.department)
        if department is None:
            what = _no_department(actor.department)
            yield source.problem(
                (*here, "department"), what, near(actor.department, view.departments)
            )
        elif department.provider not in running:
            what = Words(
                f"{actor.department} の事業者は動かないので、職員ページがありません",
                f"the provider of {actor.department} does not run, so it has no staff pages",
            )
            name_it = Words("network.providers に書いてください", "Name it in network.providers")
            yield source.problem((*here, "department"), what, name_it)
    elif isinstance(actor, Peer):
        if actor.provider in running:
            what = Words(
                f"{actor.provider} は動いているので、演じられません",
                f"{actor.provider} runs, so it cannot be played",
            )
            take_out = Words(
                "network.providers から除いてください", "Take it out of network.providers"
            )
            yield source.problem((*here, "provider"), what, take_out)
        if actor.to not in running:
            yield source.problem((*here, "to"), not_running(actor.to), near(actor.to, running))


def _caller(
    source: Source, scenario: Scenario, here: Path, actor: Caller, view: DirectoryView
) -> Iterator[Problem]:
    home = view.departments.get(actor.home)
    if home is None:
        what = _no_department(actor.home)
        yield source.problem((*here, "home"), what, near(actor.home, view.departments))
        return
    if actor.municipality and actor.municipality not in home.municipalities:
        what = Words(
            f"{home.code} に市町村 {actor.municipality} はありません",
            f"{home.code} has no municipality {actor.municipality}",
        )
        yield source.problem((*here, "municipality"), what, one_of(home.municipalities))
        return
    for field, known in (("radio", load_radios()), ("mailbox", load_situations())):
        value = getattr(actor, field)
        if value and value not in known:
            what = Words(f"{field} に「{value}」はありません", f"there is no {field} {value!r}")
            yield source.problem((*here, field), what, near(value, known))
    if actor.handset is Handset.FEATURE_PHONE and scenario.mode != "test":
        what = Words(
            "試験環境のフィーチャーフォンのページからの通報は、区分が test です",
            "the plain pages of a testbed make calls of mode test",
        )
        write = Words("「mode: test」と書いてください", "Write `mode: test`")
        yield source.problem((*here, "handset"), what, write)
    if actor.handset is not Handset.SMARTPHONE and actor.radio:
        what = Words("これを使えるのはスマートフォンだけです", "only a smartphone can have one")
        yield source.problem((*here, "radio"), what, LEAVE_OUT)
    try:
        person_of(actor, home.municipalities[0])
    except ValidationError as wrong:
        first = wrong.errors(include_url=False)[0]
        where = (*here, "profile", *first["loc"])
        said, part = said_of(dict(first)), ".".join(map(str, ("profile", *first["loc"])))
        see = Words("RegistrantData の項目を見てください", "See RegistrantData")
        yield source.problem(where, Words(f"{part}: {said.ja}", f"profile: {said.en}"), see)


def _steps(source: Source, scenario: Scenario, departments: set[str]) -> Iterator[Problem]:
    calls: list[str] = []
    ids: set[str] = set()
    last_at = 0.0
    for at, step in enumerate(scenario.timeline):
        here: Path = ("timeline", at)
        yield from problems_of_doer(source, here, step, scenario)
        if step.id is not None:
            if step.id in ids:
                what = Words(f"id「{step.id}」が2回あります", f"id {step.id!r} stands twice")
                change = Words("どちらかを変えてください", "Change one")
                yield source.problem((*here, "id"), what, change)
            ids.add(step.id)
        if step.at is not None:
            if step.at < last_at:
                what = Words(
                    "前の手順より早い時刻です", "this step is earlier than the one before it"
                )
                order = Words("時刻の順に並べてください", "Put the steps in order of time")
                yield source.problem((*here, "at"), what, order)
            last_at = step.at
        if isinstance(step, deeds.Call | deeds.Offer | Press) and step.actor is not None:
            calls.append(step.named or step.actor)
        elif step.call is not None and step.call not in calls:
            what = Words(
                f"この手順より前に、通報「{step.call}」はありません",
                f"no call {step.call!r} was placed before this step",
            )
            yield source.problem((*here, "call"), what, near(step.call, calls))
        elif step.call is None and not calls and _needs_call(step):
            what = Words("まだ通報がありません", "no call was placed yet")
            deed = "press" if isinstance(step, OF_ALARMS) else "call"
            before = Words(f"前に「do: {deed}」を書いてください", f"Put a `do: {deed}` before")
            yield source.problem((*here, "do"), what, before)
        target = getattr(step, "to", None) if isinstance(step, deeds.Transfer) else None
        if target is not None and target not in departments and not target.startswith("m"):
            close = near(target, sorted(departments))
            yield source.problem((*here, "to"), _no_department(target), close)
        if isinstance(step, deeds.Wait):
            yield from _wait(source, here, step, scenario)
        yield from _stage(source, here, step, scenario)


def _wait(source: Source, here: Path, step: deeds.Wait, scenario: Scenario) -> Iterator[Problem]:
    shown = ("state", "notice", "owner", *_AT_CONSOLES)
    if all(getattr(step, field) is None for field in shown):
        what = Words("何を待つのかがありません", "this waits for nothing")
        yield source.problem(here, what, one_of(shown))
    if step.actor in scenario.callers():
        for field in _AT_CONSOLES:
            if getattr(step, field) is not None:
                what = Words(
                    "通報者の画面には表示されません", "a caller's screen does not show this"
                )
                instead = Words("指令員が待つようにしてください", "Let a dispatcher wait for it")
                yield source.problem((*here, field), what, instead)
    who = scenario.actors.get(step.actor or "")
    yield from _notice(source, (*here, "notice"), step.notice, who)


def _stage(source: Source, here: Path, step: deeds.Step, scenario: Scenario) -> Iterator[Problem]:
    if isinstance(step, deeds.Mailbox):
        situations = load_situations()
        if step.situation not in situations:
            what = Words(
                f"メールの状況に「{step.situation}」はありません",
                f"there is no situation {step.situation!r}",
            )
            yield source.problem((*here, "situation"), what, near(step.situation, situations))
        if step.of not in scenario.callers():
            what = Words(f"「{step.of}」は通報者ではありません", f"{step.of!r} is no caller")
            yield source.problem((*here, "of"), what, near(step.of, scenario.callers()))
    if isinstance(step, deeds.Clock) and (step.to is None) == (step.ahead is None):
        what = Words("時計をいつにするかが要ります", "the clock needs a moment")
        give = Words(
            "「to」か「ahead」のどちらか一つを書いてください", "Give either `to` or `ahead`"
        )
        yield source.problem(here, what, give)


def _no_department(code: str) -> Words:
    return Words(
        f"管轄の一覧に消防本部「{code}」はありません", f"the directory has no department {code!r}"
    )


def _needs_call(step: deeds.Step) -> bool:
    if isinstance(step, See):
        return step.trouble is None
    free = (*OF_UNIT, *deeds.OF_STAGE, *deeds.OF_STAFF, deeds.Accept, deeds.Offer)
    return not isinstance(step, (*free, deeds.Arrive, deeds.Leave))


def _notice(
    source: Source, path: Path, given: str | None, actor: Actor | None
) -> Iterator[Problem]:
    known = [each.value for each in NoticeCode]
    if isinstance(actor, Caller) and actor.handset is not Handset.FEATURE_PHONE:
        # Its page shows this by itself; the plain pages have no script.
        known.append(UNREACHABLE)
    if given is not None and given not in known:
        what = Words(f"お知らせに「{given}」はありません", f"there is no notice {given!r}")
        yield source.problem(path, what, near(given, known))


def _announced(
    source: Source, scenario: Scenario, here: Path, must: Announced
) -> Iterator[Problem]:
    staff = scenario.staff()
    if must.actor not in staff:
        what = Words(f"「{must.actor}」は職員ではありません", f"{must.actor!r} is no staff")
        yield source.problem((*here, "actor"), what, near(must.actor, staff))
        return
    home = staff[must.actor].department
    own = [name for name, each in scenario.callers().items() if each.home == home]
    for at, name in enumerate(must.to):
        if name not in own:
            what = Words(
                f"「{name}」は {home} に登録した通報者ではありません",
                f"{name!r} is no caller registered with {home}",
            )
            yield source.problem((*here, "to", at), what, near(name, own))


def _no_step(step_id: str) -> Words:
    return Words(f"id が「{step_id}」の手順はありません", f"no step has the id {step_id!r}")


def _checks(source: Source, scenario: Scenario) -> Iterator[Problem]:
    calls = [
        each.named or each.actor or ""
        for each in scenario.timeline
        if isinstance(each, deeds.Call | deeds.Offer | Press)
    ]
    ids = [step.id for step in scenario.timeline if step.id]
    for at, must in enumerate(scenario.must):
        here: Path = ("must", at)
        if must.call is not None and must.call not in calls:
            what = Words(f"通報「{must.call}」はありません", f"there is no call {must.call!r}")
            yield source.problem((*here, "call"), what, near(must.call, calls))
        named = [getattr(must, "actor", None), *getattr(must, "actors", ())]
        for name in named:
            if name is not None and name not in scenario.actors:
                yield source.problem(here, no_actor(name), near(name, scenario.actors))
        if isinstance(must, Announced):
            yield from _announced(source, scenario, here, must)
        if isinstance(must, Told):
            who = scenario.actors.get(must.actor)
            yield from _notice(source, (*here, "notice"), must.notice, who)
        for field in ("begin", "end"):
            value = getattr(must, field, None)
            if value is not None and value not in ids:
                yield source.problem((*here, field), _no_step(value), near(value, ids))
    for at, target in enumerate(scenario.targets):
        for field in ("begin", "end"):
            value = getattr(target, field)
            if value not in ids:
                where: Path = ("targets", at, field)
                yield source.problem(where, _no_step(value), near(value, ids))
