"""Whether a step can be done by the one who is to do it."""

from collections.abc import Iterator, Sequence
from typing import get_args

from net119_scenarios.acted import deeds
from net119_scenarios.acted.alarms.cast import ALARM_CENTER
from net119_scenarios.acted.cast import Caller, Dispatcher, Handset
from net119_scenarios.acted.model import Scenario
from net119_scenarios.acted.source import Path, Problem, Source, near
from net119_scenarios.words import Words

_ROLES = {
    "caller": Words("通報者", "a caller"),
    "dispatcher": Words("指令員", "a dispatcher"),
    "peer": Words("演じる事業者", "a peer"),
    "staff": Words("職員", "staff"),
    "alarm-user": Words("発信設備の利用者", "who has an alarm unit"),
    "helper": Words("協力員", "a helper"),
    "crew": Words("出動した隊", "a crew"),
    "ward-office": Words("区役所", "a ward office"),
}
_ALARM_DESK = Words("緊急通報の指令員", "a dispatcher of the alarm center")
_OLD_PHONE = Words("フィーチャーフォンの通報者", "a caller with a feature phone")


def problems_of_doer(
    source: Source, here: Path, step: deeds.Step, scenario: Scenario
) -> Iterator[Problem]:
    """What is wrong with a step's actor; ``here`` is where the step stands."""
    if isinstance(step, deeds.OF_STAGE):
        if step.actor is not None:
            what = Words("登場人物のすることではありません", "nobody of the cast does this")
            leave = Words("「actor」を消してください", "Leave `actor` out")
            yield source.problem((*here, "actor"), what, leave, key=True)
        provider = getattr(step, "provider", None)
        if provider is not None and provider not in scenario.network.providers:
            close = near(provider, scenario.network.providers)
            yield source.problem((*here, "provider"), not_running(provider), close)
        return
    if step.actor is None:
        what = Words("「actor」がありません", "'actor' is missing")
        say = Words("だれがするのかを書いてください", "Say who does this")
        yield source.problem(here, what, say)
        return
    actor = scenario.actors.get(step.actor)
    if actor is None:
        close = near(step.actor, scenario.actors)
        yield source.problem((*here, "actor"), no_actor(step.actor), close)
        return
    able: Sequence[type[deeds.Step]] = {
        "caller": deeds.OF_CALLER,
        "dispatcher": deeds.OF_DISPATCHER,
        "peer": deeds.OF_PEER,
        "staff": deeds.OF_STAFF,
        "alarm-user": deeds.OF_ALARM_USER,
        "helper": deeds.OF_HELPER,
        "crew": deeds.OF_CREW,
        "ward-office": (),
    }[actor.role]
    kind = _ROLES[actor.role]
    if isinstance(actor, Caller) and actor.handset is Handset.FEATURE_PHONE:
        able, kind = deeds.OF_FEATURE_PHONE, _OLD_PHONE
    if isinstance(actor, Dispatcher) and actor.center == ALARM_CENTER:
        able, kind = deeds.OF_ALARM_DISPATCHER, _ALARM_DESK
    if not isinstance(step, tuple(able)):
        names = ", ".join(get_args(each.model_fields["do"].annotation)[0] for each in able)
        what = Words(f"{kind.ja}にはできません", f"{kind.en} cannot do this")
        nothing = Words("何もありません", "nothing")
        can = Words(
            f"{kind.ja}にできること: {names or nothing.ja}",
            f"{kind.en.capitalize()} can: {names or nothing.en}",
        )
        yield source.problem((*here, "do"), what, can)
    if isinstance(step, deeds.Lose) and step.how == "hand-over" and not getattr(actor, "radio", ""):
        what = Words("radio がないとできません", "only a radio can do this")
        give = Words(f"{step.actor} に「radio」を書いてください", f"Give {step.actor} a `radio`")
        yield source.problem((*here, "how"), what, give)


def not_running(code: str) -> Words:
    """That no system of this provider runs."""
    return Words(f"事業者「{code}」は動きません", f"{code!r} does not run")


def no_actor(name: str) -> Words:
    """That nobody has this name."""
    return Words(f"登場人物に「{name}」はいません", f"there is no actor {name!r}")
