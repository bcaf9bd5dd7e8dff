"""Phones come in from the local network only where a file declares it."""

from pathlib import Path

import pytest
from net119_reference.config import Config
from net119_scenarios.drills.web.lan import read_lan
from net119_scenarios.drills.web.ports import Ports
from net119_simulators.errors import SafetyInterlock

PORTS = Ports.of(8119, ["aoba", "midori"])
NET = '[lan]\naddress = "192.168.1.20"\n'
DECLARED = '[test_systems]\ndeclared = true\nhosts = ["192.168.1.20"]\n'


def written(folder: Path, text: str) -> Path:
    file = folder / "lan.toml"
    file.write_text(text)
    return file


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (NET, "192.168.1.20 is not declared a test system"),
        (NET + DECLARED.replace("true", "false"), "not declared"),
        (NET + DECLARED.replace("1.20", "1.21"), "not declared"),
        (DECLARED, "lan: Field required"),
        (DECLARED + NET.replace("192.168.1.20", "203.0.113.500"), "an IPv4 address is needed"),
        (DECLARED + NET.replace("192.168.1.20", "8.8.8.8"), "no address of a local network"),
        (DECLARED + NET.replace("192.168.1.20", "0.0.0.0"), "no address of a local network"),
        (DECLARED + NET + "staff = true", "lan.staff"),
        (DECLARED + NET + "port = 99999", "lan.port"),
        ("[lan", "no TOML"),
    ],
)
def test_what_is_missing_or_wrong_is_named(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(SafetyInterlock) as told:
        read_lan(written(tmp_path, text))
    assert words in str(told.value)
    assert "lan.toml" in told.value.where
    assert told.value.what_to_do


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(SafetyInterlock, match="cannot be read"):
        read_lan(tmp_path / "none.toml")


def test_every_provider_gets_a_door_that_it_accepts(tmp_path: Path) -> None:
    lan = read_lan(written(tmp_path, DECLARED + NET))
    assert lan.people == "https://192.168.1.20:8443"
    assert lan.origin(PORTS, "midori") == "https://192.168.1.20:8445"
    doors = lan.doors(PORTS, tmp_path / "cert.pem", tmp_path / "key.pem")
    for number, (code, settings) in enumerate(doors.items()):
        config = Config.model_validate({"operator": code, **settings})
        assert config.lan.enabled
        assert config.lan.port == 8444 + number
        assert config.permits_host("192.168.1.20")
        assert not config.permits_host("192.168.1.21")
        assert not config.lan.consoles
