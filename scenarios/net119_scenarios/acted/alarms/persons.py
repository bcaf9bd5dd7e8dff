"""Users and helpers as they are registered: what the scenario says, the rest drawn from a seed."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from net119_protocol.alarms.people import AlarmUser as Registered
from net119_protocol.alarms.people import Helper as RegisteredHelper
from net119_protocol.alarms.sample import kyoto
from net119_simulators.alarms import Neighbour, make_user

from net119_scenarios.acted.alarms.cast import AlarmUser, Helper
from net119_scenarios.words import Words


def registered(
    actor: AlarmUser,
    helpers: Sequence[RegisteredHelper],
    *,
    ward: str = "",
    office: str = "",
    drawn: str = "",
) -> Registered:
    """The user as registered; ``ward`` and ``office`` after a move, by which ``drawn`` is another.

    Raises:
        ValidationError: the profile holds what no user can have.
    """
    seed = actor.seed + (1 if drawn else 0)
    base = make_user(seed, ward or actor.ward, office or actor.office, helpers)
    own = make_user(actor.seed, actor.ward, actor.office, helpers)
    data: dict[str, Any] = {
        **own.model_dump(),
        "address": base.address.model_dump(),
        "ward_office": base.ward_office,
        **{key: value for key, value in actor.profile.items() if not (drawn and key == "address")},
    }
    return Registered.model_validate(data)


def helper_of(actor: Helper) -> Neighbour:
    """A helper as somebody who can be rung up."""
    return Neighbour(
        actor.name.ja,
        actor.phone,
        actor.minutes,
        picks_up=actor.answer != "no-answer",
        can_go=actor.answer == "goes",
        corps_member=actor.corps_member,
        has_key=actor.has_key,
    )


def helper_says(actor: Helper) -> Words:
    """What is said when this helper is rung up; empty if nobody answers.

    What the scenario has them say is Japanese in both.
    """
    if actor.answer == "no-answer":
        return Words("", "")
    if actor.says:
        return Words(actor.says, actor.says)
    if actor.answer == "cannot":
        return Words("すみません、今は行けません。", "I am sorry, I cannot go now.")
    return Words(
        f"はい、すぐ見に行きます。{actor.minutes}分ほどで着きます。",
        f"Yes, I go and look at once. I am there in about {actor.minutes} minutes.",
    )


@cache
def offices() -> dict[str, dict[str, str]]:
    """Kyoto's ward offices by their code: names and (fictional) telephones."""
    return {each["code"]: each for each in kyoto()["ward_offices"]}


@cache
def wards() -> tuple[str, ...]:
    """The wards that some station has, as JIS codes."""
    return tuple(code for each in kyoto()["stations"] for code in each["wards"])


@cache
def stations() -> dict[str, str]:
    """The names of Kyoto's stations by their code."""
    return {each["code"]: each["name"] for each in kyoto()["stations"]}


def center_names() -> tuple[str, str]:
    """The alarm center in Japanese and English."""
    data = kyoto()
    return data["center_name"], data["center_name_en"]
