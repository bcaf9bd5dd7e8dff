"""Errors in a scenario's file say where, what, and what to write instead."""

import re
from pathlib import Path

import pytest
from net119_conformance.catalogue.loader import load_catalogue
from net119_scenarios.acted import library
from net119_scenarios.acted.reading import read_file, read_scenario
from net119_scenarios.acted.source import ScenarioError

from tests.scenarios.acted.wrong import found

GOOD = """\
format: 1
title: {ja: 例, en: example}
purpose: {ja: 例, en: example}
actors:
  hanako:
    role: caller
    home: chitose
    position: {lat: 42.82, lon: 141.65}
  center: {role: dispatcher, center: chitose}
timeline:
  - {actor: hanako, do: call, kind: fire}
  - {actor: center, do: answer}
must:
  - {check: owner, department: chitose}
"""


def problems(text: str) -> list[str]:
    return [str(each) for each in found(text).problems]


def changed(old: str, new: str) -> list[str]:
    assert GOOD.count(old) == 1
    return problems(GOOD.replace(old, new))


def test_a_good_one_is_read() -> None:
    scenario = read_scenario(GOOD, "x.yaml")
    assert list(scenario.callers()) == ["hanako"]
    assert [step.actor for step in scenario.timeline] == ["hanako", "center"]


@pytest.mark.parametrize(
    ("old", "new", "wanted"),
    [
        ("format: 1", "format: 2", "x.yaml:1:9: format 2 is not known. Write `format: 1`"),
        ("kind: fire", "kind: fier", "x.yaml:11:37: timeline.0.kind: 'fier' is not known. Use"),
        (
            "do: answer",
            "do: anser",
            "x.yaml:12:25: do: 'anser' is not known. Did you mean 'answer'",
        ),
        ("do: answer", "to: answer", "x.yaml:12:5: 'do' is missing. Use one of call, say"),
        (
            "actor: center",
            "actor: centre",
            "x.yaml:12:13: there is no actor 'centre'. Did you mean",
        ),
        ("home: chitose", "home: chitosee", "x.yaml:7:11: the directory has no department"),
        ("role: caller", "rolle: caller", "x.yaml:6:5: 'role' is missing"),
        (", lon: 141.65", "", "x.yaml:8:15: 'lon' is missing. Add `lon: ...`"),
        ("do: answer", "do: answer, callx: a", "x.yaml:12:33: there is no key 'callx' here. Did"),
        ("do: answer", "do: answer, call: a", "x.yaml:12:39: no call 'a' was placed before"),
        ("do: answer", "do: lose", "x.yaml:12:25: a dispatcher cannot do this. A dispatcher can:"),
        ("check: owner", "check: onwer", "x.yaml:14:13: check: 'onwer' is not known. Did you mean"),
        ("lat: 42.82", "lat: 142.82", "x.yaml:8:21: actors.hanako.position.lat: Input should be"),
        ("do: answer", "do: answer, do: say", "x.yaml:12:33: 'do' stands twice; the first time in"),
        ("format: 1", "format: [1", "x.yaml:2:6: this cannot be read as YAML"),
        ("format: 1", "format: 1\n? [a, b]\n: c", "a list or mapping stands as a key"),
        ("format: 1", "format: " + 3000 * "[", "it is nested too deeply"),
        (
            "{actor: center, do: answer}",
            "{actor: center, do: wait, notice: unreachable}",
            "x.yaml:12:39: there is no notice 'unreachable'. Use one of",
        ),
        (
            "{actor: center, do: answer}",
            "{actor: hanako, do: wait, silent: true}",
            "x.yaml:12:39: a caller's screen does not show this. Let a dispatcher wait for it",
        ),
        (
            "{actor: center, do: answer}",
            "{actor: hanako, do: wait, presence: gone}",
            "x.yaml:12:41: a caller's screen does not show this",
        ),
        ("do: answer", "do: wait", "x.yaml:12:5: this waits for nothing. Use one of state, no"),
        ("do: answer", "do: wait, within: x", "x.yaml:12:39: timeline.1.within: Input should be"),
        ("do: answer", "do: wait, within: -1", "Input should be greater than 0"),
        ("do: answer", "do: say, text: 1", "x.yaml:12:36: timeline.1.text: Input should be"),
        ("title: {ja: 例, en: example}", "title: {ja: 例, en: ''}", "at least 1 character"),
        ("title: {ja: 例, en: example}", "title: x", "x.yaml:2:8: title: Input should be"),
        ("timeline:", "timeline: []\nother:", "there is no key 'other' here"),
        (
            "role: caller",
            'role: caller\n    profile: {name: "花\\0"}',
            "x.yaml:7:21: profile: the text holds",
        ),
        (
            "role: caller",
            "role: caller\n    profile: {birth_date: 1.1.2000}",
            "x.yaml:7:27: profile: a day is written like",
        ),
        (
            "role: caller",
            "role: caller\n    profile: {optional: {contacts: [{name: a}]}}",
            "profile: an emergency contact needs at least one of",
        ),
        (
            "format: 1",
            "format: 1\nnetwork: {departments: {nowhere: {adopted_from: 2040-04-01}}}",
            "x.yaml:2:10: the directory has no department 'nowhere'",
        ),
        (
            "format: 1",
            "format: 1\nnetwork: {stops: [{provider: nobody, stop_from: 2040-04-01T00:00:00,"
            " stop_until: 2040-04-01T01:00:00}]}",
            "x.yaml:2:10: stops[0]",
        ),
        ("format: 1", "format: 1\nnetwork: {clock: soon}", "x.yaml:2:18: network.clock: "),
        (
            "center: chitose}",
            "center: chita}\nnetwork: {providers: [aoba]}",
            "midori, does not run",
        ),
    ],
)
def test_an_error_says_where_and_what_to_write(old: str, new: str, wanted: str) -> None:
    told = changed(old, new)
    assert any(wanted in each for each in told), told


@pytest.mark.parametrize(
    ("old", "new", "wanted"),
    [
        (
            "actor: center",
            "actor: centre",
            "x.yaml:12:13: 登場人物に「centre」はいません。「center」ではありませんか",
        ),
        ("do: answer", "do: anser", "x.yaml:12:25: do の「anser」は使えません。「answer」では"),
        (
            "lat: 42.82",
            "lat: 142.82",
            "x.yaml:8:21: actors.hanako.position.lat: 90以下の数にしてください。今は 142.82 です",
        ),
        (
            "do: answer",
            "do: lose",
            "x.yaml:12:25: 指令員にはできません。指令員にできること: say, hear, ",
        ),
    ],
)
def test_the_same_in_japanese(old: str, new: str, wanted: str) -> None:
    assert GOOD.count(old) == 1
    told = [each.shown("ja") for each in found(GOOD.replace(old, new)).problems]
    assert any(each.startswith(wanted) for each in told), told


def test_all_problems_are_told_at_once() -> None:
    text = GOOD.replace("kind: fire", "kind: fier").replace("do: answer", "do: anser")
    assert len(problems(text)) == 2


@pytest.mark.parametrize("text", ["", "- a\n", "just words\n", "a: &b [*b]\n", "a: !!python/x 1\n"])
def test_what_is_no_scenario_is_refused(text: str) -> None:
    assert problems(text)[0].startswith("x.yaml:1:")


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match=r"no\.yaml:1:1: the file cannot be read"):
        read_file(tmp_path / "no.yaml")


@pytest.mark.parametrize("name", library.names())
def test_the_library_can_be_read(name: str) -> None:
    scenario = library.load(name)
    # A title in Japanese has Japanese letters; dispatchers read it.
    assert any("ぁ" <= each <= "鿿" for each in scenario.title.ja)


_OTHER_SOURCES = re.compile(r"A\d\d|D\d{1,2}|I\d{1,2}")
"""Facts, gaps and invariants."""


@pytest.mark.parametrize("name", library.names())
def test_what_a_scenario_says_it_shows_exists(name: str) -> None:
    known = load_catalogue().requirements
    unknown = [each for each in library.load(name).shows if each not in known]
    assert [each for each in unknown if not _OTHER_SOURCES.fullmatch(each)] == []
