"""The desk's telephone and radio in a drill: whom a person can ring up, and what is said."""

from collections.abc import Iterator
from dataclasses import dataclass

from net119_protocol.directory.model import JAPAN
from net119_simulators.alarms import SimulatedWardOffice

from net119_scenarios.acted.alarms.acts import ring_helper
from net119_scenarios.acted.alarms.cast import ALARM_CENTER
from net119_scenarios.acted.alarms.company import Home, Message
from net119_scenarios.acted.alarms.persons import offices
from net119_scenarios.acted.timeline import Sort
from net119_scenarios.acted.troupe import Troupe
from net119_scenarios.words import Words

NOBODY = Words("（呼び出し音が鳴るだけで、だれも出ない）", "(it rings, and nobody answers)")
"""What is heard where nobody answers."""


@dataclass(frozen=True)
class Number:
    """Somebody who can be rung up; ``key`` is the telephone, by which it is chosen."""

    key: str
    name: str
    what: Words


@dataclass(frozen=True)
class Heard:
    """Something that came by telephone or radio; ``at`` is the time of day in the drill.

    A text that is the same in both languages is somebody's own, in Japanese.
    """

    at: str
    way: str
    who: Words
    text: Words


class Switchboard:
    """Telephone and radio of the dispatcher whom a person plays."""

    def __init__(self, troupe: Troupe) -> None:
        self._troupe = troupe
        self._company = troupe.company

    def numbers(self) -> tuple[Number, ...]:
        """All who can be rung up, in the order in which they are registered."""
        found: dict[str, Number] = {}
        for home in self._company.homes.values():
            for each in (*_helpers(home), *_relatives(home), *_office(home)):
                found.setdefault(each.key, each)
        return tuple(found.values())

    def heard(self) -> tuple[Heard, ...]:
        """What came so far, the newest first."""
        return tuple(self._shown(each) for each in reversed(self._company.messages))

    def ring(self, key: str) -> None:
        """Ring up a number; what is said stands in `heard`.

        Raises:
            LookupError: nobody has this telephone.
        """
        number = next((each for each in self.numbers() if each.key == key), None)
        if number is None:
            raise LookupError(f"nobody has the telephone {key}")
        try:
            helper, _ = self._company.helper(key)
        except LookupError:
            self._ring_other(number)
            return
        if not ring_helper(self._troupe, helper, self._me()):
            self._nobody(helper)

    def _ring_other(self, number: Number) -> None:
        ja, en = f"{number.name}に電話する", f"rings {number.name}"
        self._troupe.timeline.add(self._me(), Sort.DEED, ja, en)
        said = self._said(number)
        if said is not None:
            self._company.says("phone", number.name, said.ja, said.en)
        else:
            self._nobody(number.name)

    def _said(self, number: Number) -> Words | None:
        """What who is no helper says; None if nobody answers."""
        for home in self._company.homes.values():
            office = offices()[home.actor.office]
            there = self._company.offices.get(home.actor.office) or SimulatedWardOffice(
                home.actor.office
            )
            if number.key == office["phone"]:
                is_open = there.is_open(self._troupe.venue.now)
                said = Words(
                    f"はい、{office['name']}です。承りました。",
                    f"Yes, {office['name']}. We have noted it.",
                )
                return said if is_open else None
            if number.key == office["chief_home_phone"]:
                return _arranges(office["chief_name"]) if there.chief_at_home else None
            if number.key == office["director_home_phone"]:
                return _arranges(office["director_name"]) if there.director_at_home else None
        return Words(
            "はい。知らせていただき、ありがとうございます。", "Yes. Thank you for telling me."
        )

    def _nobody(self, who: str) -> None:
        self._company.unanswered(who, NOBODY)

    def _me(self) -> str:
        dispatchers = self._troupe.scenario.dispatchers()
        own = [
            name
            for name in self._troupe.played_by_people
            if name in dispatchers and dispatchers[name].center == ALARM_CENTER
        ]
        return own[0] if own else ""

    def _shown(self, message: Message) -> Heard:
        at = self._troupe.venue.shown_at(message.at).astimezone(JAPAN)
        actor = self._troupe.scenario.actors.get(message.actor)
        name = getattr(actor, "name", None)
        who = Words(message.actor, message.actor) if name is None else Words(name.ja, name.en)
        text = Words(message.text, message.en or message.text)
        return Heard(f"{at:%H:%M:%S}", message.way, who, text)


def _arranges(name: str) -> Words:
    return Words(
        f"{name}です。わかりました。手配します。", f"{name} here. I see; I shall arrange for it."
    )


def _helpers(home: Home) -> Iterator[Number]:
    for order, each in enumerate(home.user.helpers, 1):
        key_ja, key_en = ("、鍵あり", ", has a key") if each.has_key else ("", "")
        what = Words(
            f"協力員{order}番（{each.minutes}分{key_ja}）",
            f"helper {order} ({each.minutes} min{key_en})",
        )
        yield Number(each.phone, each.name, what)


def _relatives(home: Home) -> Iterator[Number]:
    for each in home.user.relatives:
        if each.phone:
            yield Number(each.phone, each.name, Words(f"親族（{each.relation}）", "relative"))


def _office(home: Home) -> Iterator[Number]:
    office = offices()[home.actor.office]
    yield Number(
        office["phone"], office["name"], Words("区役所（開庁時間）", "ward office, in hours")
    )
    yield Number(
        office["chief_home_phone"], office["chief_name"], Words("課長の自宅", "the chief's home")
    )
    yield Number(
        office["director_home_phone"],
        office["director_name"],
        Words("部長の自宅", "the director's home"),
    )


__all__ = ["Heard", "Number", "Switchboard"]
