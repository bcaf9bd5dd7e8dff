"""`net119 scenario`: the list, files, errors with their place, and a run with its exit status.

One provider is started, for all runs that need one; how scenarios end is tried without any at
`tests/scenarios/acted`.
"""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from net119_cli import main as cli
from net119_cli import scenario_running
from net119_protocol.codes import Mode
from net119_scenarios.acted import library
from net119_scenarios.acted.applicable import reasons_against
from net119_scenarios.acted.cast import Network
from net119_scenarios.acted.model import Scenario
from net119_scenarios.acted.names import Names
from net119_scenarios.acted.performance import Outcome
from net119_scenarios.acted.timeline import Sort, Timeline
from net119_scenarios.acted.venue import TIMERS, directory_of
from net119_scenarios.result import Result
from net119_scenarios.stage import loopback_addresses
from net119_scenarios.words import Words
from net119_simulators.errors import Waited
from net119_simulators.network import LocalNetwork, PeerSpec, ProviderSpec

SCENARIOS = {name: library.load(name) for name in library.names()}
WRONG = library.text_of("abroad").replace("do: answer", "do: anser")
LINE = next(n for n, line in enumerate(WRONG.splitlines(), 1) if "anser" in line)


@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_list_has_every_scenario_with_its_title(
    language: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["scenario", "list", "--lang", language]) == 0
    lines = capsys.readouterr().out.splitlines()
    for name, scenario in SCENARIOS.items():
        title = scenario.title
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
    japanese = f"{wrong}:{LINE}:{column}: do の「anser」は使えません。「answer」ではありませんか"
    assert cli.main(["scenario", "check", str(wrong), "--lang", "ja"]) == 1
    assert japanese in capsys.readouterr().out.splitlines()
    assert cli.main(["scenario", "run", str(wrong), "--lang", "ja"]) == 2
    said = capsys.readouterr()
    assert f"シナリオに誤りがあります\n  {japanese}" in said.err
    assert "Traceback" not in said.err
    assert not said.out, "nothing was started"


@pytest.mark.parametrize(
    ("arguments", "status", "says"),
    [
        (["show", "abraod"], 2, "no such scenario: abraod"),
        (["run", "abraod"], 2, "Did you mean 'abroad'?"),
        (["run", "???"], 2, "abroad, address-rule-differs"),
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


DESCRIPTION = """\
[system]
operator = "aoba"
base_url = "https://127.0.0.2:8443"
ca = "ca.pem"
admin_token = "token"
address = "127.0.0.2"
stomp_port = 61614
t1_s = 2.0
offer_attempts = 2
t3_s = 5.0

[peer]
operator = "midori"
address = "127.0.0.3"
stomp_port = 61614
cert = "peer.pem"
key = "peer.key"
stranger = "127.0.0.9"
"""
APPLICABLE = {
    "card-for-a-neighbour",
    "frequent-place",
    "hiragana-without-punctuation",
    "home-chosen-but-away",
    "late-accept",
    "no-position-yet",
    "not-adopted-there",
    "peer-overloaded",
    "peer-rejects-no-console",
    "prank-then-honest-caller",
    "refused-transfer",
    "transfer-to-played-provider",
    "traveller-falls-ill",
    "two-transfers-at-once",
}
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


def described(file: Path, network: LocalNetwork) -> Path:
    """The description of the system, as somebody writes it who has started it."""
    address, port = network.stomp_address("aoba")
    there, peer_port = network.stomp_address("midori")
    peer = network.ca.issue(there)
    file.write_text(
        f"""\
[system]
operator = "aoba"
base_url = "{network.base_url("aoba")}"
ca = "{network.ca.ca_file}"
admin_token = "{network.operation("aoba").admin_token}"
address = "{address}"
stomp_port = {port}
t1_s = 2.0
offer_attempts = 2
t3_s = 5.0

[peer]
operator = "midori"
address = "{there}"
stomp_port = {peer_port}
cert = "{peer.cert_file}"
key = "{peer.key_file}"
stranger = "127.0.0.9"
""",
        "utf-8",
    )
    return file


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A running system that has played peers around it, and its description."""
    folder = tmp_path_factory.mktemp("system")
    addresses = iter(loopback_addresses())
    with asyncio.Runner() as runner:
        network = LocalNetwork(
            [ProviderSpec("aoba", next(addresses))],
            folder,
            timers=TIMERS,
            modes=(Mode.PRACTICE, Mode.DRILL, Mode.TEST),
            peers=[PeerSpec("midori", next(addresses))],
        )
        runner.run(network.__aenter__())
        try:
            yield described(folder / "system.toml", network)
        finally:
            runner.run(network.stop())


def test_a_running_system_is_judged_by_a_scenario_of_the_library(
    system: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["scenario", "run", "peer-overloaded", "--against", str(system), "--lang", "ja"]
    status = cli.main(command)
    out = capsys.readouterr().out
    assert status == 0, out
    assert "すべて成り立ちました。" in out


def test_a_scenario_of_ones_own_fails_at_its_line(
    system: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "own.yaml"
    file.write_text(FAILING, "utf-8")
    assert cli.main(["scenario", "run", str(file), "--against", str(system), "--lang", "ja"]) == 1
    out = "".join(capsys.readouterr().out.split())
    assert "発言1「台所が火事です。」" in out
    assert f"{file}:13:step5(chitosehear)" in out
    assert "成り立たないことがあります。" in out


@pytest.mark.parametrize(
    ("name", "language", "reasons"),
    [
        ("late-accept", "en", ()),
        ("nobody-answers-there", "en", ("the systems of midori", "it changes the timers")),
        ("both-die", "en", ("the systems of akane, midori", "it kills the system")),
        ("callback-after-close", "ja", ("メールが模擬の受信箱に届かない",)),
        ("planned-stop", "ja", ("管轄の一覧を変える必要がある", "時計を進める必要があり")),
        ("plaintext-refused-at-home", "en", ("phones without encryption",)),
        ("feature-phone-away", "en", ("the systems of akane, midori", "RSA")),
    ],
)
def test_what_a_scenario_needs_that_the_system_has_not_is_said(
    name: str,
    language: str,
    reasons: tuple[str, ...],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    async def acted(scenario: Scenario, *_: object) -> Outcome:
        return outcome_of(scenario, held=True)

    monkeypatch.setattr(scenario_running, "_run", acted)
    file = tmp_path / "system.toml"
    file.write_text(DESCRIPTION, "utf-8")
    command = ["scenario", "run", name, "--against", str(file), "--lang", language]
    assert cli.main(command) == (3 if reasons else 0)
    out = capsys.readouterr().out
    told = [line for line in out.splitlines() if line.startswith("- ")]
    assert len(told) == len(reasons)
    for each in reasons:
        assert each in out


def test_a_file_that_describes_no_system_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "system.toml"
    file.write_text("[system]\noperator = 1\n", "utf-8")
    command = ["scenario", "run", "late-accept", "--against", str(file), "--lang", "en"]
    assert cli.main(command) == 2
    assert "system.operator" in capsys.readouterr().err


def test_of_the_library_these_can_be_tried_by_one_system_and_a_played_peer() -> None:
    """The rest says why not; a new scenario has its place in one of the two."""
    view = directory_of(Network()).at(datetime.now(UTC))
    free = {
        name
        for name, scenario in SCENARIOS.items()
        if not reasons_against(scenario, view, "aoba", "midori")
    }
    assert free == APPLICABLE


def test_a_scenario_of_the_library_is_checked_by_its_name(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert cli.main(["scenario", "check", "both-die", "--lang", "ja"]) == 0
    assert capsys.readouterr().out.startswith("誤りはありません")
    assert cli.main(["scenario", "check", "both-dye", "--lang", "ja"]) == 1
    assert "ファイルがない" in capsys.readouterr().out
