"""Wrong options and files of the commands that judge are told in the language of the user."""

import re
from pathlib import Path

import pytest
from net119_cli.main import main

JAPANESE = re.compile(r"[぀-ヿ一-鿿]")
PROFILE = """
[sut]
key = "Bad Key"
[claims]
roles = ["home"]
[driver]
kind = "no-such-kind"
"""
WRONG = {
    "no system": ["interop"],
    "played only": ["interop", "--simulated", "good", "--simulated", "late"],
    "one name twice": ["interop", "--simulated", "good", "--simulated", "good"],
    "no such simulated system": ["interop", "--simulated", "nobody"],
    "no such purpose": ["interop", "--simulated", "good", "--only", "NO-SUCH"],
    "no operator code": ["interop", "--reference", "Bad Code"],
    "no profile": ["interop", "--sut", "no-such.toml"],
    "wrong profile": ["interop", "--sut", "wrong.toml"],
    "no such test purpose": ["conformance", "run", "--only", "NO-SUCH"],
    "no such interface": ["conformance", "run", "--interface", "Z"],
    "nothing left": ["conformance", "run", "--only", "CHAT-*", "--interface", "H"],
    "no such driver mapping": ["conformance", "run", "--only", "CHAT-ONCE", "--mapping", "nope"],
    "seed without chance": ["conformance", "run", "--order", "listed", "--seed", "3"],
    "no report": ["conformance", "export", "nowhere"],
    "no archive": ["conformance", "verify", "wrong.toml"],
    "no evidence": ["conformance", "replay", "nothing.jsonl"],
    "no profile to check": ["sut", "check", "--sut", "no-such.toml"],
    "wrong profile to prepare": ["sut", "prepare", "--sut", "wrong.toml"],
}


def told(words: list[str], capsys: pytest.CaptureFixture[str]) -> dict[str, str]:
    """Exit status 2, and what the three lines of the error say."""
    assert main(words) == 2
    lines = capsys.readouterr().err.splitlines()
    return dict(line.split(": ", 1) for line in lines if re.match(r"\w+( \w+)?: ", line))


@pytest.mark.parametrize("case", WRONG)
def test_an_error_is_in_the_language_of_the_user(
    case: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """What is the same in both languages (an option, a key, a file) is not translated."""
    monkeypatch.chdir(tmp_path)
    Path("wrong.toml").write_text(PROFILE, "utf-8")
    japanese = told(["--lang", "ja", *WRONG[case]], capsys)
    assert JAPANESE.search(japanese["誤り"])
    assert JAPANESE.search(japanese["対処"])
    assert japanese["場所"]
    english = told(["--lang", "en", *WRONG[case]], capsys)
    assert not JAPANESE.search("".join(english.values()))
    assert all(english[label] for label in ("error", "where", "to do"))


def test_each_thing_that_is_wrong_with_a_profile_is_told_in_japanese(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("wrong.toml").write_text(PROFILE, "utf-8")
    assert main(["--lang", "ja", "interop", "--sut", "wrong.toml"]) == 2
    listed = [line for line in capsys.readouterr().err.splitlines() if line.startswith("  ")]
    assert {line.strip().split(":")[0] for line in listed} >= {"sut.key", "sut.name"}
    for line in listed:
        what, remedy = line.split(": ", 1)[1].split(" → ")
        assert JAPANESE.search(what), line
        assert JAPANESE.search(remedy), line
