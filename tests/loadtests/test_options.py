"""Options of `net119 load run`, and what is refused before anything is started."""

import importlib.util
from pathlib import Path
from typing import Any

import pytest
from net119_cli import load_times
from net119_cli.errors import UserError
from net119_cli.main import main
from net119_loadtests import run as running
from net119_loadtests.run import Options


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NET119_LANG", "en")


@pytest.mark.parametrize(
    ("given", "meant"), [("20s", 20), ("500ms", 0.5), ("2m", 120), ("1.5h", 5400), ("7", 7)]
)
def test_times(given: str, meant: float) -> None:
    assert load_times.seconds(given, "--duration") == pytest.approx(meant)


@pytest.mark.parametrize("given", ["", "0s", "-1s", "20 seconds", "s", "1e3"])
def test_no_times(given: str) -> None:
    with pytest.raises(UserError) as refused:
        load_times.seconds(given, "--every")
    assert refused.value.where == "--every"


def test_options_reach_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    taken: list[Options] = []

    def run(options: Options, console: Any) -> int:
        taken.append(options)
        return 1

    monkeypatch.setattr(running, "run", run)
    words = "load run --callers 7 --duration 3s --every 500ms --url https://127.0.0.9:1 --ca ca.pem"
    words += " --metrics-url http://127.0.0.9:2/a --metrics-url http://127.0.0.9:2/b --no-bare"
    words += " --shape storm --master 3 --bind [::1]:5558 --web 8089 --wait 2m --silence 9s"
    assert main([*words.split(), "--admin-token", "t" * 16, "--test-host", "h", "--out", "o"]) == 1
    (options,) = taken
    assert (options.callers, options.duration_s, options.every_s) == (7, 3.0, 0.5)
    assert (options.out, options.lang) == (Path("o"), "en")
    assert (options.shape_name, options.shape.storms) == ("storm", ("50%",))
    assert (options.expect, options.bind, options.web) == (3, ("::1", 5558), 8089)
    assert options.metrics_urls == ("http://127.0.0.9:2/a", "http://127.0.0.9:2/b")
    assert options.bare is False
    assert (options.wait_s, options.silence_s) == (120.0, 9.0)
    # What is said comes from the library: many conversations, each side its own.
    assert len({script.caller for script in options.scripts}) > 10
    target = options.running
    assert target is not None
    assert (target.url, target.ca_file) == ("https://127.0.0.9:1", Path("ca.pem"))
    assert (target.admin_token, target.test_hosts) == ("t" * 16, ("h",))
    assert "t" * 16 not in repr(target)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("--duration soon", "--duration"),
        ("--url https://127.0.0.2:1", "--admin-token"),
        ("--ca ca.pem", "--url"),
        ("--thresholds nowhere.toml", "nowhere.toml"),
        ("--callers 0", "--callers"),
        ("--url https://192.0.2.1:1 --admin-token t", "not declared to be a test system"),
        ("--url nonsense --admin-token t", "names no host"),
        ("--shape tsunami", "there is no shape 'tsunami'"),
        ("--shapes nowhere.toml", "nowhere.toml"),
        ("--shape surge --duration 20s", "this shape takes 60 s"),
        ("--callers 20 --workers 2", "2 workers cannot divide 1 centers"),
        ("--workers 2 --master 2", "--workers, --master"),
        ("--master 1 --bind 5557", "--bind"),
        ("--master 1 --source 127.0.0.77", "--source"),
        ("--worker 127.0.0.1:1 --wait soon", "--wait"),
        ("--worker 192.0.2.1:5557", "not declared to be a test system"),
        ("--metrics-url http://127.0.0.1:1/metrics", "--metrics-url"),
        ("--url https://127.0.0.2:1 --admin-token t --ca nowhere.pem", "--ca nowhere.pem"),
    ],
)
def test_wrong_options_are_explained(
    words: str,
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["load", "run", *words.split()]) == 2
    error = capsys.readouterr().err
    assert said in error
    assert "Traceback" not in error


def test_a_provider_that_is_not_there_is_explained(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    # Port 1 (tcpmux) is nobody's on loopback.
    assert main(["load", "run", "--url", "http://127.0.0.1:1", "--admin-token", "t"]) == 2
    assert "See whether the provider runs" in capsys.readouterr().err


def test_without_locust_it_says_how_to_get_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    assert main(["load", "run"]) == 2
    assert "net119-testbed[load]" in capsys.readouterr().err


@pytest.mark.parametrize(("lang", "word"), [("ja", "通報者"), ("en", "Callers at once")])
def test_help_is_in_the_language_in_use(
    lang: str, word: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--lang", lang, "load", "run", "--help"]) == 0
    assert word in capsys.readouterr().out
