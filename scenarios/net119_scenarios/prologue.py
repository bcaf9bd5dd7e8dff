"""Tells what there is before a call: who calls, from where, who must answer, who is at work."""

from collections.abc import Callable, Mapping
from typing import Any

from net119_protocol.codes import PlaceChoice
from net119_protocol.labels import label

from net119_scenarios.happening import Happening, Role, What
from net119_scenarios.layout import columns
from net119_scenarios.phrases import Phrases
from net119_scenarios.plan import Ending

_LEFT = 16

Details = Mapping[str, Any]


class Prologue:
    """Lines of at most ``width`` columns for the happenings before a call."""

    def __init__(self, phrases: Phrases, width: int) -> None:
        self._phrases = phrases
        self._width = width
        self._by_kind: dict[What, Callable[[Details], list[str]]] = {
            What.PERSON: self._person,
            What.PLACE: self._place,
            What.EXPECTED: self._expected,
            What.STARTING: self._starting,
            What.STARTED: self._started,
        }

    def tell(self, happening: Happening) -> list[str]:
        """The lines of a happening; KeyError for one that belongs to the call."""
        if happening.what in (What.STAFFED, What.UNSTAFFED):
            return self._room(happening)
        return self._by_kind[happening.what](happening.details)

    def _item(self, *, ja: str, en: str, text: str) -> list[str]:
        left = f"  {self._phrases.say(ja=ja, en=en)}"
        return columns(left, text, left_width=_LEFT, width=self._width)

    def _person(self, told: Details) -> list[str]:
        say = self._phrases.say
        home = self._phrases.name(told["home"])
        address = told["address"]
        text = say(
            ja=f"{told['name']}さん（{told['disability']}）{address}",
            en=f"{told['name']} ({told['disability']}), {address}",
        )
        provider = say(ja=f"{home}（事業者 {told['provider']}）", en=f"{home} ({told['provider']})")
        return [
            *self._item(ja="通報者", en="caller", text=text),
            *self._item(ja="登録地", en="registered", text=provider),
        ]

    def _place(self, told: Details) -> list[str]:
        say = self._phrases.say
        if told["choice"] == PlaceChoice.HOME.value:
            choice = label(PlaceChoice.HOME, self._phrases.language)
            chosen = say(ja=f"「{choice}」を選択", en=f'chooses "{choice}"')
        else:
            chosen = ""
        text = say(
            ja=f"{_degrees(told['lat'], '北緯', '南緯')} {_degrees(told['lon'], '東経', '西経')}"
            f"（誤差 {told['accuracy_m']:g}m）",
            en=f"{_short(told['lat'])}, {_short(told['lon'])} (accuracy {told['accuracy_m']:g} m)",
        )
        lines = self._item(ja="端末の位置", en="handset at", text=text)
        where = self._where(told)
        radio = told.get("radio")
        return [
            *lines,
            *self._item(ja="通報地", en="place", text=f"{where} {chosen}".rstrip()),
            *(self._item(ja="電波", en="radio", text=say(**radio)) if radio else ()),
        ]

    def _where(self, told: Details) -> str:
        say = self._phrases.say
        name = told["municipality"]
        if name is None:
            return say(ja="日本の外", en="outside Japan")
        there = say(ja=name[0], en=name[1])
        if told["at_sea_m"]:
            metres = told["at_sea_m"]
            return say(
                ja=f"海上（最寄りの陸地は{there}、{metres:,}m）",
                en=f"at sea ({metres:,} m from {there})",
            )
        return there

    def _expected(self, told: Details) -> list[str]:
        say = self._phrases.say
        receiver = self._phrases.name(told["receiver"]) if told["receiver"] else ""
        lines: list[str] = []
        if told["responsible"]:
            there = self._phrases.name(told["responsible"])
            provider = told["provider"] or say(ja="NET119未導入", en="NET119 not adopted")
            served = say(
                ja=f"{there}（{'事業者 ' if told['provider'] else ''}{provider}）",
                en=f"{there} ({provider})",
            )
            lines += self._item(ja="管轄", en="responsible", text=served)
        phones = say(ja="、", en=", ").join(self._phrases.name(each) for each in told["phone_to"])
        ending = Ending(told["ending"])
        texts = {
            Ending.ANSWERED: say(
                ja=f"{receiver}につながり、指令員が応答する", en=f"{receiver} answers"
            ),
            Ending.HOME_ADVISED: say(
                ja=f"登録地の{receiver}につながり、指令員に「{phones}へ電話」と案内が出る",
                en=f"{receiver} (home) answers and is advised to phone {phones}",
            ),
            Ending.REFUSED: say(
                ja="国外なので通報は断られ、通報者に代わりの手段が示される",
                en="refused, being abroad; the caller is told what else to do",
            ),
            Ending.UNHEARD: say(
                ja="受付に人がいないので、届いていないことが通報者にすぐ示される",
                en="nobody is there, and the caller is told so at once",
            ),
        }
        return [*lines, *self._item(ja="正しい結果", en="expected", text=texts[ending])]

    def _starting(self, told: Details) -> list[str]:
        say = self._phrases.say
        names = say(ja="、", en=", ").join(told["providers"])
        text = say(ja=f"{names} を起動しています（数秒かかります）…", en=f"starting {names} ...")
        return self._item(ja="事業者", en="providers", text=text)

    def _started(self, told: Details) -> list[str]:
        say = self._phrases.say
        at = say(ja="、", en=", ").join(
            f"{code} {address}" for code, address in told["addresses"].items()
        )
        text = say(
            ja=f"起動しました: {at}（{told['seconds']}秒）", en=f"up: {at} ({told['seconds']} s)"
        )
        return self._item(ja="", en="", text=text)

    def _room(self, happening: Happening) -> list[str]:
        name = self._phrases.name(happening.details)
        if happening.what is What.STAFFED:
            text = self._phrases.say(
                ja=f"{name}: 指令員がいる",
                en=f"{name}: a dispatcher is there",
            )
        else:
            text = self._phrases.say(ja=f"{name}: だれもいない", en=f"{name}: nobody is there")
        first = happening.role is Role.HOME_DISPATCHER
        return self._item(
            ja="指令センター" if first else "", en="centers" if first else "", text=text
        )


def _degrees(value: float, positive: str, negative: str) -> str:
    return f"{positive if value >= 0 else negative}{_short(abs(value))}度"


def _short(degrees: float) -> str:
    """Six decimals (a tenth of a metre) where they are needed."""
    return f"{degrees:.6f}".rstrip("0").rstrip(".")
