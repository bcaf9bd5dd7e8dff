"""What is wrong with the part ``drill:`` of a scenario whose form is right."""

from collections.abc import Iterable, Iterator

from net119_protocol.directory import DirectoryView

from net119_scenarios.acted import deeds
from net119_scenarios.acted.alarms.cast import AlarmUser
from net119_scenarios.acted.alarms.deeds import Press
from net119_scenarios.acted.cast import Caller, Dispatcher, Staff
from net119_scenarios.acted.doing import no_actor, problems_of_doer
from net119_scenarios.acted.drill_part import Bad, Drill, Fault, Item, bad_by_default
from net119_scenarios.acted.model import Scenario
from net119_scenarios.acted.source import LEAVE_OUT, Path, Problem, Source, near
from net119_scenarios.acted.understanding import Reply, mentions, questions, react
from net119_scenarios.words import Words


def problems_of_drill(
    source: Source, scenario: Scenario, drill: Drill, view: DirectoryView
) -> Iterator[Problem]:
    """All of them; ``view`` is the directory at the beginning."""
    yield from _people(source, scenario, drill)
    yield from _staff(source, scenario, drill, view)
    yield from _checklist(source, scenario, drill)
    yield from _injections(source, scenario, drill)
    for at, bad in enumerate(drill.bad):
        yield from _bad(source, scenario, drill, bad, ("drill", "bad", at))
    yield from _twice(source, "bad", "fault", [each.fault.value for each in drill.bad])


def _twice(source: Source, part: str, key: str, names: Iterable[str]) -> Iterator[Problem]:
    seen: set[str] = set()
    for at, name in enumerate(names):
        if name in seen:
            what = Words(f"{key}「{name}」が2回あります", f"{key} {name!r} stands twice")
            change = Words("どちらかを変えてください", "Change one")
            yield source.problem(("drill", part, at, key), what, change)
        seen.add(name)


def _people(source: Source, scenario: Scenario, drill: Drill) -> Iterator[Problem]:
    playable = [n for n, a in scenario.actors.items() if isinstance(a, Caller | Dispatcher | Staff)]
    for at, name in enumerate(drill.people):
        if name not in playable:
            what = Words(
                f"「{name}」は通報者でも指令員でも職員でもないので、人が演じることはできません",
                f"{name!r} is no caller, no dispatcher and no staff, so nobody can play it",
            )
            yield source.problem(("drill", "people", at), what, near(name, playable))
    for name in drill.roles:
        if name not in scenario.actors:
            close = near(name, scenario.actors)
            yield source.problem(("drill", "roles", name), no_actor(name), close, key=True)
    for name in playable:
        if name not in drill.roles:
            what = Words(
                f"roles に「{name}」の説明がありません", f"roles: nothing is said of {name!r}"
            )
            entry = f"{name}: {{ja: ..., en: ...}}"
            add = Words(f"「{entry}」を書き足してください", f"Add `{entry}`")
            yield source.problem(("drill", "roles"), what, add)


def _staff(
    source: Source, scenario: Scenario, drill: Drill, view: DirectoryView
) -> Iterator[Problem]:
    """Only a provider that runs has staff pages."""
    running = scenario.network.providers
    has_pages = [each.code for each in view.departments.values() if each.provider in running]
    for at, code in enumerate(drill.staff):
        here: Path = ("drill", "staff", at)
        if code in drill.staff[:at]:
            what = Words(f"「{code}」が2回あります", f"{code!r} stands twice")
            yield source.problem(here, what, LEAVE_OUT)
        elif code not in has_pages:
            what = Words(
                f"職員ページのある消防本部に「{code}」はありません（事業者が動くものだけ）",
                f"no department with staff pages is called {code!r}: its provider has to run",
            )
            yield source.problem(here, what, near(code, has_pages))


def _checklist(source: Source, scenario: Scenario, drill: Drill) -> Iterator[Problem]:
    yield from _twice(source, "checklist", "id", [each.id for each in drill.checklist])
    for at, item in enumerate(drill.checklist):
        here: Path = ("drill", "checklist", at)
        if item.by not in scenario.dispatchers():
            what = _no_dispatcher(item.by)
            yield source.problem((*here, "by"), what, near(item.by, scenario.dispatchers()))
        calls = list(_calls(scenario.timeline))
        if item.call is not None and item.call not in calls:
            what = Words(
                f"「{item.call}」という通報はありません", f"there is no call {item.call!r}"
            )
            yield source.problem((*here, "call"), what, near(item.call, calls))
        if not mentions(item.ask, item.words):
            what = Words(
                f"「ask」（{item.ask}）に「words」のどれもないので、質問したことになりません",
                f"`ask` ({item.ask}) has none of the `words`, so it would not count as asked",
            )
            change = Words("どちらかを変えてください", "Change one of the two")
            yield source.problem((*here, "ask"), what, change)
        elif (why := _not_understood(scenario, item)) is not None:
            what = Words(
                f"「ask」（{item.ask}）がわかる通報者がいません（{why.ja}）",
                f"no caller understands `ask` ({item.ask}): {why.en}",
            )
            instead = Words(
                "通報者の「answers」に答えを書き足すか、聞き方を変えてください",
                "Add an answer to a caller's `answers`, or ask otherwise",
            )
            yield source.problem((*here, "ask"), what, instead)


def _not_understood(scenario: Scenario, item: Item) -> Words | None:
    """Why no caller who answers by ``answers`` has a reply to an item's question."""
    why = None
    answering: list[Caller | AlarmUser] = [
        *scenario.callers().values(),
        *scenario.alarm_users().values(),
    ]
    for caller in answering:
        if not caller.answers or not questions(item.ask):
            continue
        made = react(item.ask, (), caller.answers, caller.otherwise, caller.hard_words)
        if isinstance(made, Reply):
            return None
        if made is not None:
            why = made.why.words
        elif why is None:
            why = Words("だれも反応しない", "nobody reacts")
    return why


def _injections(source: Source, scenario: Scenario, drill: Drill) -> Iterator[Problem]:
    yield from _twice(source, "injections", "id", [each.id for each in drill.injections])
    placed = list(_calls(scenario.timeline))
    for at, injection in enumerate(drill.injections):
        calls = [*placed, *_calls(injection.steps)]
        for number, step in enumerate(injection.steps):
            here: Path = ("drill", "injections", at, "steps", number)
            yield from problems_of_doer(source, here, step, scenario)
            if step.call is not None and step.call not in calls:
                what = Words(f"通報「{step.call}」はありません", f"there is no call {step.call!r}")
                yield source.problem((*here, "call"), what, near(step.call, calls))
            if step.actor in drill.people:
                what = Words(
                    f"{step.actor} は人が演じるので、出来事として起こすことはできません",
                    f"{step.actor} is played by people, whose deeds nobody injects",
                )
                other = Words("ほかの登場人物にしてください", "Let somebody else do something")
                yield source.problem((*here, "actor"), what, other)
            for field in ("at", "id"):
                if getattr(step, field) is not None:
                    what = Words(
                        f"起こす出来事に「{field}」は書けません。いつ起こすかは進める人が決めます",
                        f"an injection has no `{field}`: the leader says when it happens",
                    )
                    yield source.problem((*here, field), what, LEAVE_OUT, key=True)


def _calls(steps: Iterable[deeds.Step]) -> Iterator[str]:
    for step in steps:
        if isinstance(step, deeds.Call | deeds.Offer | Press) and step.actor is not None:
            yield step.named or step.actor


def _bad(
    source: Source, scenario: Scenario, drill: Drill, bad: Bad, here: Path
) -> Iterator[Problem]:
    forgets = bad.fault is Fault.ANNOUNCES_NOTHING
    able = scenario.staff() if forgets else scenario.dispatchers()
    who = bad.actor or bad_by_default(bad.fault, scenario)
    if who not in able:
        nobody = Words("下手な役を演じる指令員がいません", "no dispatcher plays badly")
        if forgets:
            nobody = Words("お知らせを忘れる職員がいません", "there is no staff to forget it")
        what = nobody if who is None else _no_staff(who) if forgets else _no_dispatcher(who)
        yield source.problem((*here, "actor"), what, near(who or "", able))
    give = Words("書くか、消すかしてください", "Give it, or leave it out")
    if (bad.fault is Fault.WRONG_TRANSFER) is (bad.to is None):
        what = Words(
            "「to」は wrong-transfer の転送先で、ほかでは使いません",
            "`to` says where wrong-transfer transfers to, and nothing else",
        )
        yield source.problem(here, what, give)
    if (bad.fault is Fault.LEAVES_OUT) is not bool(bad.steps):
        what = Words(
            "「steps」は leaves-out が抜かす手順で、ほかでは使いません",
            "`steps` says what leaves-out leaves out, and nothing else",
        )
        yield source.problem(here, what, give)
    if not (bad.missed or bad.late or bad.fails):
        what = Words(
            "記録に何が出るべきかがありません", "nothing says what the record of this must show"
        )
        add = Words(
            "「missed」「late」「fails」のどれかを書き足してください",
            "Add `missed`, `late` or `fails`",
        )
        yield source.problem(here, what, add)
    named: tuple[tuple[str, tuple[str, ...], list[str]], ...] = (
        ("steps", bad.steps, [each.id for each in scenario.timeline if each.id]),
        ("missed", bad.missed, [each.id for each in drill.checklist]),
        ("late", bad.late, [each.end for each in scenario.targets]),
        ("fails", bad.fails, [each.check for each in scenario.must]),
    )
    for field, given, known in named:
        for at, name in enumerate(given):
            if name not in known:
                what = Words(f"{field} に「{name}」はありません", f"{field}: there is no {name!r}")
                yield source.problem((*here, field, at), what, near(name, known))


def _no_staff(name: str) -> Words:
    return Words(f"「{name}」は職員ではありません", f"{name!r} is no staff")


def _no_dispatcher(name: str) -> Words:
    return Words(f"「{name}」は指令員ではありません", f"{name!r} is no dispatcher")


__all__ = ["problems_of_drill"]
