"""The one-page briefing of a drill: for a terminal, and as an A4 page to print.

It is for who leads and who watches. What the people who play may know beforehand stands at its
head, apart, so that it can be read to them.
"""

from collections.abc import Mapping
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined
from net119_protocol.labels import Language

from net119_scenarios import lengths
from net119_scenarios.acted.deeds import Step
from net119_scenarios.acted.drill_part import Drill
from net119_scenarios.acted.model import Scenario
from net119_scenarios.acted.names import Names

_WORDS: Mapping[str, tuple[str, str]] = {
    "briefing": ("訓練の手引き", "Drill briefing"),
    "exercise": ("訓練用・本当の通報ではありません", "For a drill. No real call is made."),
    "purpose": ("ねらい", "Purpose"),
    "minutes": ("所要時間", "Takes"),
    "debriefing": ("ほかに振り返り 15分", "and 15 minutes to look back"),
    "tell": ("演じる人に、始める前に伝えること", "To be told to those who play, beforehand"),
    "hide": (
        "ここから下は、進める人と見る人だけが読みます（演じる人には終わってから渡します）。",
        "What follows is for who leads and who watches; those who play get it afterwards.",
    ),
    "others": ("ほかの役", "The other roles"),
    "simulated": ("模擬", "simulated"),
    "watch": ("見るところ", "What to watch"),
    "aims": ("時間の目標", "Times to aim at"),
    "checklist": ("聞くこと・伝えること", "To be asked or said"),
    "optional": ("できれば", "if possible"),
    "injections": ("途中で起こせること", "What the leader can throw in"),
    "debrief": ("振り返りの問い", "Questions for afterwards"),
    "course": ("筋書き", "Course"),
}


def as_html(name: str, scenario: Scenario, language: Language) -> str:
    """The page; ValueError for a scenario that is no drill."""
    drill = _drill_of(scenario)
    template = _environment().get_template("briefing.html")
    return template.render(
        name=name,
        scenario=scenario,
        drill=drill,
        lang=language,
        names=_called(scenario, language),
        course=_course(scenario, language),
        words={key: pair[language != "ja"] for key, pair in _WORDS.items()},
        of=lambda text: text.of(language),
        within=lambda target: lengths.long(target.seconds, language),
        takes=_takes(drill, language),
    )


def as_text(name: str, scenario: Scenario, language: Language) -> list[str]:
    """The lines for a terminal; ValueError for a scenario that is no drill."""
    drill = _drill_of(scenario)
    called = _called(scenario, language)
    words = {key: pair[language != "ja"] for key, pair in _WORDS.items()}

    def listed(heading: str, entries: list[str]) -> list[str]:
        return ["", words[heading], *(f"  ・{each}" for each in entries)] if entries else []

    people = [f"{called[each]}: {drill.roles[each].of(language)}" for each in drill.people]
    others = [
        f"{called[actor]}: {role.of(language)}"
        for actor, role in drill.roles.items()
        if actor not in drill.people
    ]
    items = [
        each.what.of(language) + ("" if each.required else f"（{words['optional']}）")
        for each in drill.checklist
    ]
    return [
        f"{words['briefing']}: {scenario.title.of(language)} ({name})",
        words["exercise"],
        "",
        f"{words['purpose']}: {scenario.purpose.of(language)}",
        f"{words['minutes']}: {_takes(drill, language)}",
        *listed("tell", people),
        "",
        words["hide"],
        *listed("others", others),
        *listed("course", [f"{at}  {what}" for at, what in _course(scenario, language)]),
        *listed("watch", [each.of(language) for each in drill.watch]),
        *listed(
            "aims",
            [
                f"{each.what.of(language)}: {lengths.long(each.seconds, language)}"
                for each in scenario.targets
            ],
        ),
        *listed("checklist", items),
        *listed("injections", [each.what.of(language) for each in drill.injections]),
        *listed("debrief", [each.of(language) for each in drill.debrief]),
    ]


def _drill_of(scenario: Scenario) -> Drill:
    if scenario.drill is None:
        raise ValueError(f"{scenario.title.en!r} is no drill: it has no part `drill:`")
    return scenario.drill


def _called(scenario: Scenario, language: Language) -> dict[str, str]:
    names = Names(scenario).actors
    return {actor: words.ja if language == "ja" else words.en for actor, words in names.items()}


def _course(scenario: Scenario, language: Language) -> list[tuple[str, str]]:
    """What befalls the players: the steps with a note, calls, losses, and what the systems do."""
    called = _called(scenario, language)
    found = []
    for step in scenario.timeline:
        what = _befalls(step, called, language)
        if what is not None and step.at is not None:
            found.append((lengths.moment(step.at), what))
    return found


def _befalls(step: Step, called: Mapping[str, str], language: Language) -> str | None:
    if step.note is not None:
        return step.note.of(language)
    if getattr(step, "do", "") == "call" and step.actor is not None:
        return (
            f"{called[step.actor]}が通報する" if language == "ja" else f"{called[step.actor]} calls"
        )
    return None


def _takes(drill: Drill, language: Language) -> str:
    extra = _WORDS["debriefing"][language != "ja"]
    return (
        f"{drill.minutes}分（{extra}）" if language == "ja" else f"{drill.minutes} minutes, {extra}"
    )


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("net119_scenarios.drills"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
