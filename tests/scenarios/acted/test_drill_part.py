"""The part ``drill:`` of a scenario, and what is said of mistakes in it."""

from pathlib import Path

import pytest
from net119_scenarios.acted.model import Scenario
from net119_scenarios.acted.reading import read_scenario

from tests.scenarios.acted.wrong import found

GOOD = (Path(__file__).parents[1] / "drills" / "faint.yaml").read_text("utf-8")


def problems(text: str) -> list[str]:
    return [str(each) for each in found(text).problems]


def line_of(text: str, what: str) -> int:
    """Number of the line in which something stands first."""
    return text[: text.index(what)].count("\n") + 1


def test_a_drill_is_read() -> None:
    scenario: Scenario = read_scenario(GOOD, "x.yaml")
    drill = scenario.drill
    assert drill is not None
    assert drill.item("where").words == ("場所", "どこ")
    assert drill.injection("moves").steps[0].do == "move"
    assert scenario.callers()["rider"].answers[1].say == "息はあります。"
    with pytest.raises(LookupError, match="no 'nothing'"):
        drill.item("nothing")
    with pytest.raises(LookupError, match="no injection 'nothing'"):
        drill.injection("nothing")


def test_a_scenario_without_the_part_is_no_drill() -> None:
    assert read_scenario(GOOD[: GOOD.index("drill:")], "x.yaml").drill is None


@pytest.mark.parametrize(
    ("old", "new", "wanted"),
    [
        (
            "people: [tomakomai]",
            "people: [chitose]",
            "'chitose' is no caller, no dispatcher and no staff",
        ),
        ("people: [tomakomai]", "people: []", "at least 1 item"),
        (
            "  minutes: 10\n",
            "  staff: [tomakomia]\n  minutes: 10\n",
            "no department with staff pages is called 'tomakomia': its provider has to run. Did",
        ),
        (
            "  minutes: 10\n",
            "  staff: [aso]\n  minutes: 10\n",
            "no department with staff pages is called 'aso'",
        ),
        (
            "  minutes: 10\n",
            "  staff: [tomakomai, tomakomai]\n  minutes: 10\n",
            "'tomakomai' stands twice",
        ),
        (
            "{fault: asks-nothing",
            "{fault: announces-nothing",
            "there is no staff to forget it",
        ),
        ("minutes: 10", "minutes: 0", "drill.minutes: Input should be greater"),
        ("  minutes: 10\n", "", "'minutes' is missing. Add `minutes: ...`"),
        (
            "    rider: {ja: と",
            "    ridr: {ja: と",
            "there is no actor 'ridr'. Did you mean 'rider'?",
        ),
        ("    rider: {ja: と", "    ridr: {ja: と", "roles: nothing is said of 'rider'"),
        ("{id: where, by: tomakomai", "{id: where, by: rider", "'rider' is no dispatcher"),
        ("{id: where, by", "{id: where, call: x, by", "there is no call 'x'"),
        ("{id: where,", "{id: breathing,", "id 'breathing' stands twice"),
        (
            "words: [息, 呼吸], ask",
            "wrds: [息], ask",
            "there is no key 'wrds' here. Did you mean 'words'",
        ),
        ("words: [場所, どこ]", "words: [住所]", "has none of the `words`"),
        ("ask: 息はありますか。", "ask: 息は苦しいJCSですか。", "no caller understands `ask`"),
        ("ask: 息はありますか。, told", "ask: 息はありますか。, tld", "Did you mean 'told'"),
        (
            "say: 息はあります。}",
            "sya: 息はあります。}",
            "there is no key 'sya' here. Did you mean 'say'",
        ),
        ("{to: [息, 呼吸], say: 息はあります。}", "{to: [息]}", "it needs `say`, or `tap`"),
        (
            "{actor: rider, do: lose}",
            "{actor: rider, do: loose}",
            "do: 'loose' is not known. Did you",
        ),
        ("{actor: rider, do: lose}", "{actor: rider, do: lose, hwo: a}", "Did you mean 'how'?"),
        ("{actor: rider, do: lose}", "{actor: rider, do: lose, at: 3}", "an injection has no `at`"),
        ("{actor: rider, do: lose}", "{actor: rider, do: answer}", "a caller cannot do this"),
        ("{actor: rider, do: lose}", "{actor: rider, do: lose, call: x}", "there is no call 'x'"),
        (
            "{actor: rider, do: lose}",
            "{actor: tomakomai, do: call-back}",
            "tomakomai is played by people, whose deeds nobody injects",
        ),
        ("- id: falls-silent", "- id: moves", "id 'moves' stands twice"),
        ("{fault: slow,", "{fault: slwo,", "'slwo' is not known. Use one of 'never-answers'"),
        ("{fault: slow,", "{fault: jargon,", "fault 'jargon' stands twice"),
        (
            "{fault: slow, seconds: 3, late: [answered]}",
            "{fault: slow}",
            "nothing says what the record",
        ),
        ("{fault: slow, seconds: 3,", "{fault: wrong-transfer,", "`to` says where"),
        ("{fault: slow, seconds: 3,", "{fault: leaves-out,", "`steps` says what"),
        (
            "seconds: 3, late: [answered]",
            "seconds: 3, late: [closed]",
            "late: there is no 'closed'",
        ),
        (
            "seconds: 3, late: [answered]",
            "fails: [onwer]",
            "fails: there is no 'onwer'. Did you mean",
        ),
        (
            "seconds: 3, late: [answered]",
            "missed: [wher]",
            "missed: there is no 'wher'. Did you mean",
        ),
        (
            "seconds: 3, late: [answered]",
            "late: [answered], actor: rider",
            "'rider' is no dispatcher",
        ),
    ],
)
def test_a_mistake_is_told_with_its_line(old: str, new: str, wanted: str) -> None:
    assert GOOD.count(old) == 1, old
    changed = GOOD.replace(old, new)
    found = [each for each in problems(changed) if wanted in each]
    assert found, problems(changed)
    told = int(found[0].split(":")[1])
    # At the very line, or where the part begins of which something is missing.
    # At the very line, or where the part begins of which something is missing; of two that are
    # the same, at the second.
    near = {
        changed[:at].count("\n") + 1 for at in range(len(changed)) if changed[at:].startswith(new)
    }
    near = near if new else {line_of(changed, "drill:") + 1}
    near |= {line_of(changed, "roles:") + 1} if "nothing is said" in wanted else set()
    assert told in near, (told, near)
