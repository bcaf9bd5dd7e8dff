"""`net119 sut`: a profile is asked for, prepared, and what does not answer is said."""

import json
import stat
from pathlib import Path

import pytest
import typer
from net119_cli import sut
from net119_cli.language import Language, use_language
from net119_conformance import runner
from net119_conformance.errors import ConformanceError
from net119_conformance.sut.reading import read_profile
from net119_conformance.world.addresses import AddressBlock
from net119_conformance.world.prepared import read_prepared
from typer.testing import CliRunner, Result

GIVEN = (
    *("--key", "acme", "--name", "髙橋𠮷製①", "--vendor", "Acme", "--version", "1.0"),
    *("--role", "home", "--role", "receiving", "--claim", "transfers"),
    *("--driver", "api", "--setting", "admin_token=secret"),
)


@pytest.fixture(params=[Language.JA, Language.EN])
def app(request: pytest.FixtureRequest) -> typer.Typer:
    use_language(request.param)
    made = typer.Typer()
    sut.register(made)
    made.callback()(lambda: None)
    return made


@pytest.fixture
def english() -> typer.Typer:
    use_language(Language.EN)
    made = typer.Typer()
    sut.register(made)
    made.callback()(lambda: None)
    return made


def call(app: typer.Typer, *words: str, answers: str = "") -> Result:
    """Run a command; its exit status is the result's return value."""
    return CliRunner().invoke(app, ["sut", *words], answers, standalone_mode=False)


def test_what_options_say_is_not_asked(app: typer.Typer, tmp_path: Path) -> None:
    file = tmp_path / "sut.toml"
    result = call(app, "init", str(file), "--no-input", "--clock-settable", *GIVEN)
    assert result.return_value == 0, result.output
    profile = read_profile(file)
    assert (profile.sut.name, profile.claims.roles) == ("髙橋𠮷製①", ("home", "receiving"))
    assert profile.claims.options == ("transfers",)
    assert not profile.claims.exclusive
    assert profile.clock.settable
    # Every key is there, with a comment, if only as an example.
    text = file.read_text("utf-8")
    for key in ("plaintext_url", "mail_in", "test_systems", "silent_s", "settable", "exclusive"):
        assert key in text
    again = call(app, "init", str(file), "--no-input", *GIVEN)
    assert "sut.toml" in str(again.exception)


def test_a_question_is_asked_until_its_answer_can_be_used(
    english: typer.Typer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOKEN_OF_ACME", "secret")
    answers = [
        *("Acme NET119", "Acme", "2.0", "No good", "acme", ""),
        *("sender", "receiving", "transfers, live", "perhaps", "y", "", "api", "TOKEN_OF_ACME"),
        *("", "", "127.0.0.3:61614", "-"),
    ]
    file = tmp_path / "sut.toml"
    result = call(english, "init", str(file), answers="\n".join(answers) + "\n")
    assert result.return_value == 0, result.output
    profile = read_profile(file)
    assert (profile.sut.key, profile.sut.code) == ("acme", "acme")
    assert profile.claims.roles == ("receiving",)
    assert profile.claims.options == ("transfers", "live")
    assert profile.claims.exclusive
    assert not profile.clock.settable
    assert profile.addresses.stomp == "127.0.0.3:61614"
    assert profile.driver.settings == {"admin_token_env": "TOKEN_OF_ACME"}


def test_what_is_left_to_be_mended_is_said(english: typer.Typer, tmp_path: Path) -> None:
    words = ["init", str(tmp_path / "sut.toml"), "--no-input", "--role", "sender"]
    result = call(english, *words)
    assert result.return_value == 1
    assert "claims.roles.0: " in result.output
    assert "claim some of home, receiving" in result.output


def test_a_setting_that_is_none_is_refused(english: typer.Typer, tmp_path: Path) -> None:
    words = ["init", str(tmp_path / "sut.toml"), "--no-input", "--setting", "token"]
    refused = call(english, *words).exception
    assert isinstance(refused, ConformanceError)
    assert "'token' is no setting" in str(refused)


def test_a_world_is_prepared_and_what_does_not_answer_is_said(
    english: typer.Typer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    suite = runner.load_suite(runner.DEFAULT_PURPOSES)[0]
    chosen = [suite["ROUTE-PEER"], suite["ROUTE-SIBLING"]]
    monkeypatch.setattr(runner, "selected_purposes", lambda modules: chosen)
    block = AddressBlock()
    try:
        net = f"127.{block.number}"
        file = tmp_path / "sut.toml"
        where = ("--base-url", f"https://{net}.0.2:8443", "--stomp", f"{net}.0.2:61614")
        words = ["init", str(file), "--no-input", *GIVEN, *where]
        assert call(english, *words).return_value == 0
        text = file.read_text("utf-8").replace("127.20.0.0/16", f"{net}.0.0/16")
        # People are registered by nobody, and so beforehand.
        text = text.replace('kind = "api"', 'kind = "api"\nverbs = ["handset", "health"]')
        file.write_text(text, "utf-8")
        before = call(english, "check", "--sut", str(file))
        made = call(english, "prepare", "--sut", str(file))
        world = tmp_path / "net119-world"
        authority = (world / "ca" / "ca.pem").read_bytes()
        again = call(english, "prepare", "--sut", str(file))
        after = call(english, "check", "--sut", str(file))
    finally:
        block.release()
    assert before.return_value == 1
    assert "nothing is prepared here" in before.output
    assert (made.return_value, again.return_value) == (0, 0)
    assert "2 simulated peers" in made.output
    assert (world / "ca" / "ca.pem").read_bytes() == authority
    prepared = read_prepared(read_profile(file))
    peers = json.loads((world / "operators.json").read_text("utf-8"))
    assert {each["address"] for each in peers} == {
        estate.peer_address for estate in prepared.estates.values() if estate.peer
    }
    people = json.loads((world / "registrants.json").read_text("utf-8"))
    assert len(people) == len(prepared.people) > 4
    for secret in ("world.json", "registrants.json", "ca/ca.key", "ca/sut.key"):
        assert stat.S_IMODE((world / secret).stat().st_mode) == 0o600, secret
    assert "髙橋𠮷製①" in (world / "README.md").read_text("utf-8")
    assert after.return_value == 1
    assert "× TCP" in after.output
    assert "nothing listens there" in after.output
    assert "[addresses.stomp]" in after.output


def test_who_is_operated_by_a_hook_is_given_no_url_of_handsets(
    english: typer.Typer, tmp_path: Path
) -> None:
    file = tmp_path / "sut.toml"
    words = ["--no-input", "--key", "acme", "--driver", "http-hook", "--role", "receiving"]
    result = call(english, "init", str(file), *words)
    assert result.exit_code == 0, result.output
    assert read_profile(file).addresses.base_url is None
