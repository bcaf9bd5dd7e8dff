"""`net119 scenario`: the list, files, errors with their place, and a run with its exit status.

Only one run starts a provider; how scenarios end is tried at `tests/scenarios/acted`.
"""

from pathlib import Path

import pytest
from net119_cli import main as cli
from net119_cli import scenario_running
from net119_scenarios.acted import library
from net119_scenarios.acted.model import Scenario
from net119_scenarios.acted.names import Names
from net119_scenarios.acted.performance import Outcome
from net119_scenarios.acted.timeline import Sort, Timeline
from net119_scenarios.result import Result
from net119_scenarios.words import Words
from net119_simulators.errors import Waited

TITLES = {name: library.load(name).title for name in library.names()}
WRONG = library.text_of("abroad").replace("do: answer", "do: anser")
LINE = next(n for n, line in enumerate(WRONG.splitlines(), 1) if "anser" in line)


@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_list_has_every_scenario_with_its_title(
    language: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["scenario", "list", "--lang", language]) == 0
    lines = capsys.readouterr().out.splitlines()
    for name, title in TITLES.items():
        shown = title.ja if language == "ja" else title.en
        assert any(each.split(maxsplit=1) == [name, shown] for each in lines)


def test_what_is_shown_can_be_checked_and_read_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["scenario", "show", "abroad"]) == 0
    shown = capsys.readouterr().out
    assert shown == library.text_of("abroad")
    copy = tmp_path / "コピー.yaml"
    copy.write_text(shown, "utf-8")
    assert cli.main(["scenario", "check", str(copy), "--lang", "ja"]) == 0
    assert capsys.readouterr().out == "誤りはありません (海外から通報する)\n"
    assert cli.main(["scenario", "check", str(copy), "--lang", "en"]) == 0
    assert "nothing is wrong (A call from abroad)" in capsys.readouterr().out


def test_a_wrong_file_is_told_with_line_and_column(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text(WRONG, "utf-8")
    column = WRONG.splitlines()[LINE - 1].index("anser") + 1
    place = f"{wrong}:{LINE}:{column}: do: 'anser' is not known. Did you mean 'answer'?"
    assert cli.main(["scenario", "check", str(wrong)]) == 1
    assert place in capsys.readouterr().out.splitlines()
    assert cli.main(["scenario", "run", str(wrong), "--lang", "ja"]) == 2
    said = capsys.readouterr()
    assert "シナリオに誤りがあります" in said.err
    assert place in said.err
    assert "Traceback" not in said.err
    assert not said.out, "nothing was started"


@pytest.mark.parametrize(
    ("arguments", "status", "says"),
    [
        (["show", "abraod"], 2, "no such scenario: abraod"),
        (["run", "abraod"], 2, "abroad, address-rule-differs"),
        (["run", "abroad", "--pace", "3"], 2, "--pace"),
        (["run", "nowhere.yaml"], 2, "nowhere.yaml:1:1: the file cannot be read"),
        (["check"], 2, "FILE"),
    ],
)
def test_wrong_options_say_what_to_write(
    arguments: list[str], status: int, says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["scenario", *arguments, "--lang", "en"]) == status
    said = capsys.readouterr()
    assert says in said.err
    assert "Traceback" not in said.err


def test_a_name_that_nobody_has_is_told_in_japanese(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["scenario", "run", "だれか", "--lang", "ja"]) == 2
    assert "そのようなシナリオはありません: だれか" in capsys.readouterr().err


def outcome_of(scenario: Scenario, *, held: bool) -> Outcome:
    """A run that was acted elsewhere."""
    timeline = Timeline()
    timeline.planned = 8.0
    timeline.add("tomakomai", Sort.DEED, "応答する", "answers")
    result = Result(Words("", ""))
    result.check(
        "owner", held, "担当は苫小牧", "Tomakomai has it", "12:00:00 aso", "abroad.yaml:40"
    )
    return Outcome(scenario, result, timeline, {}, Names(scenario).actors)


@pytest.mark.parametrize(("held", "status"), [(True, 0), (False, 1)])
@pytest.mark.parametrize(
    ("language", "words"),
    [
        (
            "ja",
            ("【訓練】 海外から通報する", "すべて成り立ちました。", "成り立たないことがあります。"),
        ),
        ("en", ("[DRILL] A call from abroad", "Everything held.", "Not everything held.")),
    ],
)
def test_the_verdict_is_the_exit_status(
    held: bool,
    status: int,
    language: str,
    words: tuple[str, str, str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    async def acted(scenario: Scenario, *_: object) -> Outcome:
        return outcome_of(scenario, held=held)

    monkeypatch.setattr(scenario_running, "_run", acted)
    html = tmp_path / "経過.html"
    command = ["scenario", "run", "abroad", "--html", str(html), "--lang", language]
    assert cli.main(command) == status
    out = capsys.readouterr().out
    title, good, bad = words
    assert title in out
    assert (good in out, bad in out) == (held, not held)
    assert ("abroad.yaml:40: 12:00:00 aso" in " ".join(out.split())) is not held
    page = html.read_text("utf-8")
    assert f'<html lang="{language}">' in page
    assert ("応答する" if language == "ja" else "answers") in page


def test_an_html_file_that_cannot_be_written_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async def acted(scenario: Scenario, *_: object) -> Outcome:
        return outcome_of(scenario, held=True)

    monkeypatch.setattr(scenario_running, "_run", acted)
    assert cli.main(["scenario", "run", "abroad", "--html", str(tmp_path), "--lang", "en"]) == 2
    assert "--html" in capsys.readouterr().err


def test_providers_that_do_not_start_are_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async def acted(*_: object) -> Outcome:
        raise Waited("aoba running", 90, "it ended with status 1")

    monkeypatch.setattr(scenario_running, "_run", acted)
    assert cli.main(["scenario", "run", "abroad", "--lang", "en"]) == 2
    assert "aoba running" in capsys.readouterr().err


FAILING = """\
format: 1
title: {ja: 間違った期待, en: a wrong expectation}
purpose: {ja: 判定が働くことを確かめる, en: the verdict is proven to work}
network: {providers: [aoba]}
actors:
  tourist: {role: caller, home: chitose, seed: 91, position: {lat: 42.8213, lon: 141.6510}}
  chitose: {role: dispatcher, center: chitose}
timeline:
  - {actor: tourist, do: call, kind: fire}
  - {actor: chitose, do: answer}
  - {actor: tourist, do: say, text: 台所が火事です。}
  - {actor: chitose, do: hear, text: 台所}
  - {actor: chitose, do: hear, text: 言わなかったこと, within: 0.2}
must:
  - {check: owner, department: chitose}
"""


def test_a_scenario_of_ones_own_is_acted_and_judged(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The one run with a provider: it must fail, at its line, after what went well."""
    file = tmp_path / "own.yaml"
    file.write_text(FAILING, "utf-8")
    assert cli.main(["scenario", "run", str(file), "--lang", "ja"]) == 1
    out = " ".join(capsys.readouterr().out.split())
    assert "発言1 「台所が火事です。」" in out
    assert f"{file}:13: step 5 (chitose hear)".replace(" ", "") in out.replace(" ", "")
    assert "成り立たないことがあります。" in out
