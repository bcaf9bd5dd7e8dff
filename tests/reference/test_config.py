"""Settings: every mistake is named by its key, all at once, and nothing secret is shown."""

import tomllib
from collections.abc import Mapping
from pathlib import Path

import pytest
import trustme
from net119_protocol.codes import Mode
from net119_reference.app import main
from net119_reference.config import Config, ConfigError, Modes, load_config
from net119_reference.config.listeners import Http, Stomp


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a certificate, its key, and the key of another."""
    path = tmp_path_factory.mktemp("config")
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(path / "ca.pem"))
    leaf, other = authority.issue_cert("127.0.0.1"), authority.issue_cert("127.0.0.1")
    (path / "cert.pem").write_bytes(b"".join(pem.bytes() for pem in leaf.cert_chain_pems))
    leaf.private_key_pem.write_to_path(str(path / "key.pem"))
    other.private_key_pem.write_to_path(str(path / "other.pem"))
    (path / "garbage.pem").write_text("no certificate")
    return path


HTTP = '[http]\ncert = "cert.pem"\nkey = "key.pem"\n'
GOOD = f'operator = "aoba"\n{HTTP}'


def load(folder: Path, toml: str, environment: Mapping[str, str] | None = None) -> Config:
    file = folder / "config.toml"
    file.write_text(toml, encoding="utf-8")
    return load_config(file, environment=environment or {})


def problems(
    folder: Path, toml: str, environment: Mapping[str, str] | None = None
) -> dict[str, str]:
    """The mistakes found, by key."""
    with pytest.raises(ConfigError) as wrong:
        load(folder, toml, environment)
    return {
        problem.key: f"{problem.what}. {problem.what_to_do}" for problem in wrong.value.problems
    }


def test_a_small_file_is_enough_and_paths_start_from_it(folder: Path) -> None:
    config = load(folder, GOOD)
    assert config.operator == "aoba"
    assert config.http.cert == folder / "cert.pem"
    assert config.data_dir == folder / "net119-data"
    assert config.database_url == f"sqlite:///{folder / 'net119-data' / 'net119.db'}"
    assert config.modes.accepted == {Mode.PRACTICE, Mode.DRILL, Mode.TEST}
    assert not config.admin.enabled
    assert (config.timers.t1_s, config.timers.offer_attempts) == (5.0, 2)


def test_the_environment_stands_above_the_file(folder: Path) -> None:
    config = load(
        folder,
        GOOD,
        {
            "NET119_OPERATOR": "midori",
            "NET119_HTTP__PORT": "9443",
            "NET119_MODES__ACCEPTED": '["test"]',
            "NET119_HOMES__ASO__PLAINTEXT_ALLOWED": "true",
            "NET119_PEERS": '[{"operator": "akane", "address": "127.0.0.4"}]',
            "NET119_LANG": "ja",
            "NET119_UNRELATED": "x",
        },
    )
    assert (config.operator, config.http.port) == ("midori", 9443)
    assert config.modes.accepted == {Mode.TEST}
    assert config.home("aso").plaintext_allowed
    assert not config.home("chitose").plaintext_allowed
    assert str(config.peers[0].address) == "127.0.0.4"


@pytest.mark.parametrize(
    ("toml", "key", "words"),
    [
        (HTTP, "operator", 'missing.*operator = "aoba"'),
        (f'operator = "Aoba!"\n{HTTP}', "operator", "not allowed"),
        (f"operator = 3\n{HTTP}", "operator", "wrong type.*text in quotes"),
        (f'operater = "x"\n{GOOD}', "operater", 'Did you mean "operator"'),
        (f"{GOOD}prot = 1", "http.prot", 'Did you mean "port"'),
        (f"{GOOD}port = 65536", "http.port", "too large.*65535"),
        (f"{GOOD}port = -1", "http.port", "too small.*0"),
        (f'{GOOD}port = "x"', "http.port", "wrong type.*whole number"),
        (f'{GOOD}host = "example.jp"', "http.host", "IP address"),
        (f"{GOOD}[timers]\nt1_s = 0", "timers.t1_s", "too small"),
        (f"{GOOD}[timers]\nt1_s = inf", "timers.t1_s", "ordinary number|too large"),
        (f"{GOOD}[timers]\nheartbeat_s = 30", "timers", "heartbeat_s.*shorter"),
        (f'{GOOD}[modes]\naccepted = ["real"]', "modes.accepted.0", "'live', 'practice'"),
        (f'{GOOD}[log]\nlevel = "loud"', "log.level", "'debug', 'info'"),
        (f'{GOOD}[local]\nhost = "127.0.0.1"', "local.host", "not a known key"),
        (
            f'{GOOD}[modes]\naccepted = ["live", "drill"]\n[local]\nenabled = true',
            "modes.accepted",
            "live is not allowed beside .local.*for drills",
        ),
        (
            f'{GOOD}[modes]\naccepted = ["live"]\n[lan]\nenabled = true',
            "modes.accepted",
            "live is not allowed beside .lan.",
        ),
        (
            f'{GOOD}[lan]\nenabled = true\nhost = "192.0.2.20"',
            "lan.host",
            "not declared a test system",
        ),
        (f'{GOOD}[lan]\ncert = "no.pem"\nkey = "no.key"', "lan.cert", "No such file"),
        (f"{GOOD}[admin]\nenabled = true", "admin.token", "missing"),
        (f'{GOOD}[admin]\ntoken = "short"', "admin.token", "too short.*16"),
        (f"{GOOD}[homes.aso]\nplaintext = true", "homes.aso.plaintext", "plaintext_allowed"),
        (f'{GOOD}[directory]\nfile = "no.toml"', "directory.file", "No such file"),
        (f'{GOOD}[tls]\nprofile = "odd"', "tls.profile", "handsets or modern"),
        (f'{GOOD}[stomp]\nca = "garbage.pem"', "stomp.ca", "PEM"),
        (
            f'{GOOD}[[peers]]\noperator = "midori"\naddress = "127.0.0.3"\nprot = 1',
            "peers.0.prot",
            'Did you mean "port"',
        ),
        (
            f'{GOOD}[[peers]]\noperator = "aoba"\naddress = "127.0.0.3"',
            "peers.aoba",
            "itself",
        ),
        (
            f'{GOOD}[map]\ntile_url = "http://tiles.example/"',
            "map.tile_url",
            "address of map tiles",
        ),
        (
            f'{GOOD}[map]\ntile_url = "https://a;b/{{z}}/{{x}}/{{y}}"\nattribution = "x"',
            "map.tile_url",
            "address of map tiles",
        ),
        (
            f'{GOOD}[map]\ntile_url = "https://127.0.0.9/{{z}}/{{x}}/{{y}}"',
            "map",
            "attribution is missing",
        ),
        (
            f'{GOOD}[map]\ntile_url = "https://tiles.example/{{z}}/{{x}}/{{y}}"\nattribution = "x"',
            "map.tile_url",
            "not declared a test system",
        ),
        ('operator = "aoba"', "http.cert", "missing"),
        ('operator="aoba"\n[http]\ncert="no.pem"\nkey="key.pem"', "http.cert", "No such file"),
        (
            'operator="aoba"\n[http]\ncert="cert.pem"\nkey="other.pem"',
            "http.key",
            "does not belong",
        ),
        (
            'operator="aoba"\n[http]\ncert="garbage.pem"\nkey="key.pem"',
            "http.cert",
            "cannot be read",
        ),
    ],
)
def test_a_mistake_is_named_by_its_key_with_what_to_do(
    folder: Path, toml: str, key: str, words: str
) -> None:
    import re

    found = problems(folder, toml)
    assert re.search(words, found[key], re.DOTALL)


def test_all_mistakes_are_told_at_once(folder: Path) -> None:
    found = problems(
        folder,
        'operater = "x"\n[http]\nport = 99999\ncert = "no.pem"\n[stomp]\nhost = "0.0.0.0"\n',
        {"NET119_PEERS": "[", "NET119_HTP__PORT": "1"},
    )
    assert set(found) == {
        "operater", "operator", "http.port", "http.cert", "http.key", "stomp.host", "peers", "htp",
    }  # fmt: skip


def test_a_mistake_in_a_variable_names_the_variable(folder: Path) -> None:
    with pytest.raises(ConfigError, match=r"http\.port \(NET119_HTTP__PORT\): has the wrong type"):
        load(folder, GOOD, {"NET119_HTTP__PORT": "many"})


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"a = 1\nb = = 2", "line 2"),
        (b"\xff\xfe", "not UTF-8"),
        (None, "No such file"),
    ],
)
def test_an_unreadable_file_is_explained(tmp_path: Path, content: bytes | None, words: str) -> None:
    file = tmp_path / "config.toml"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(ConfigError, match=words):
        load_config(file, environment={})


@pytest.mark.parametrize(
    "place",
    [
        '[stomp]\nhost = "192.0.2.1"',
        '[[peers]]\noperator = "midori"\naddress = "192.0.2.1"',
    ],
)
def test_other_machines_need_the_declaration_and_never_get_live(folder: Path, place: str) -> None:
    declared = '[test_systems]\ndeclared = true\nhosts = ["192.0.2.1"]\n'
    live = '[modes]\naccepted = ["live", "test"]\n'
    key = "stomp.host" if "stomp" in place else "peers.midori.address"
    assert set(problems(folder, f"{GOOD}{place}")) == {key}
    assert load(folder, f"{GOOD}{declared}{place}").permits_host("192.0.2.1")
    assert set(problems(folder, f"{GOOD}{declared}{live}{place}")) == {"modes.accepted"}
    assert Mode.LIVE in load(folder, f"{GOOD}{live}").modes.accepted


def test_secrets_are_in_no_message_and_no_representation(folder: Path) -> None:
    token, password = "secret-token-000000", "secret-word"
    toml = (
        f'{GOOD}[admin]\nenabled = true\ntoken = "{token}"\n'
        f'[database]\nurl = "postgresql://net119:{password}@127.0.0.1/net119"\n'
    )
    shown = repr(load(folder, toml)) + str(load(folder, toml))
    assert token not in shown
    assert password not in shown
    found = problems(folder, toml.replace(token, "tiny-secret"))
    assert "tiny-secret" not in str(found)


def test_the_command_prints_mistakes_plainly(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("NET119_OPERATOR", "NET119_HTTP__PORT"):
        monkeypatch.delenv(name, raising=False)
    file = folder / "command.toml"
    file.write_text('operator = "aoba"\n[http]\nport = "x"\n')
    assert main(["--config", str(file), "--check-config"]) == 2
    wrong = capsys.readouterr().err
    assert "http.port" in wrong
    assert "Traceback" not in wrong
    file.write_text(GOOD)
    assert main(["--config", str(file), "--check-config"]) == 0


def test_the_example_names_every_section_and_is_valid(tmp_path: Path) -> None:
    example = Path(__file__).parents[2] / "reference" / "provider.example.toml"
    config = tomllib.loads(example.read_text("utf-8"))
    assert Config.model_validate(config) == Config(
        operator="aoba", http=Http(host="127.0.0.2"), stomp=Stomp(host="127.0.0.2")
    )


@pytest.mark.parametrize(
    ("accepted", "pages", "mode"),
    [
        ({Mode.PRACTICE, Mode.DRILL, Mode.TEST}, Mode.TEST, Mode.TEST),
        ({Mode.PRACTICE, Mode.DRILL, Mode.TEST}, Mode.DRILL, Mode.DRILL),
        ({Mode.PRACTICE, Mode.DRILL}, Mode.TEST, Mode.DRILL),
        ({Mode.LIVE, Mode.DRILL}, Mode.DRILL, Mode.LIVE),
    ],
)
def test_a_call_from_a_page_is_what_the_provider_is_for(
    accepted: set[Mode], pages: Mode, mode: Mode
) -> None:
    modes = Modes.model_validate({"accepted": accepted, "pages": pages})
    assert modes.of_pages(practice=False) is mode
    assert modes.of_pages(practice=True) is Mode.PRACTICE
