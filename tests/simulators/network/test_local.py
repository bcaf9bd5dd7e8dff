import asyncio
import tomllib
from pathlib import Path

import psutil
import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from net119_protocol.codes import Mode
from net119_protocol.directory import Directory, default_directory_text, load_municipalities
from net119_simulators.errors import (
    CallRefused,
    SafetyInterlock,
    UnexpectedAnswer,
    Unreachable,
    Waited,
)
from net119_simulators.network import (
    LocalNetwork,
    PeerSpec,
    ProviderDidNotStart,
    ProviderSpec,
    Timers,
)
from net119_simulators.person import make_person

from tests.simulators.support import TOY, Tape, ToyProvider

TWO = (ProviderSpec("aoba", "127.0.0.2"), ProviderSpec("midori", "127.0.0.3"))


@pytest.mark.slow
def test_two_providers_start_die_come_back_and_stop(tmp_path: Path) -> None:
    async def scene() -> list[int]:
        pids = []
        async with LocalNetwork(TWO, tmp_path, command=TOY) as network:
            for operator in ("aoba", "midori"):
                assert (await network.health(operator)).operator == operator
                pids.append(network.supervisor(operator).pid)
            network.kill("aoba")
            with pytest.raises(Unreachable):
                await network.health("aoba")
            assert (await network.health("midori")).operator == "midori"
            await network.start("aoba")
            assert (await network.health("aoba")).operator == "aoba"
            pids.append(network.supervisor("aoba").pid)
            await network.restart("aoba")
            pids.append(network.supervisor("aoba").pid)
            assert await network.terminate("midori", within=30)
        assert len(set(pids)) == 4
        return [pid for pid in pids if pid is not None]

    pids = asyncio.run(scene())
    assert len(pids) == 4
    assert not any(psutil.pid_exists(pid) for pid in pids)


def test_configuration_of_a_provider(tmp_path: Path) -> None:
    over = {"timers": {"t1_s": 9.0}, "log": {"level": "x"}}
    specs = (
        ProviderSpec("aoba", "127.0.0.2", settings=over),
        ProviderSpec("midori", "127.0.0.3", stomp_port=61999, old_phones=True),
    )
    network = LocalNetwork(
        specs,
        tmp_path,
        timers=Timers(t1_s=0.5, t2_s=3.0),
        modes=[Mode.TEST, Mode.LIVE],
        peers=[PeerSpec("momiji", "127.0.0.4")],
        directory=tmp_path / "directory.toml",
        settings={"homes": {"aso": {"plaintext_allowed": True}}},
    )
    trusted = network.write_trust_file().read_text("ascii")
    assert all(each.read_text("ascii") in trusted for each in network.authorities)
    assert len(network.authorities) == 2
    assert network.ca.ca_file in network.authorities
    config = tomllib.loads((tmp_path / "aoba" / "config.toml").read_text("utf-8"))
    assert config["operator"] == "aoba"
    assert config["http"]["host"] == config["stomp"]["host"] == "127.0.0.2"
    assert network.base_url("aoba") == f"https://127.0.0.2:{config['http']['port']}"
    assert config["timers"] == {"t1_s": 9.0, "t2_s": 3.0}
    assert config["modes"] == {"accepted": ["test", "live"]}
    assert config["directory"] == {"file": str(tmp_path / "directory.toml")}
    assert config["homes"] == {"aso": {"plaintext_allowed": True}}
    assert config["log"] == {"level": "x"}
    assert config["peers"] == [
        {"operator": "midori", "address": "127.0.0.3", "port": 61999},
        {
            "operator": "momiji",
            "address": "127.0.0.4",
            "port": network.stomp_address("momiji")[1],
        },
    ]
    assert "plaintext" not in config
    assert network.plaintext_url("aoba") is None
    old = tomllib.loads((tmp_path / "midori" / "config.toml").read_text("utf-8"))
    assert old["plaintext"].items() >= {"enabled": True, "host": "127.0.0.3"}.items()
    assert network.plaintext_url("midori") == f"http://127.0.0.3:{old['plaintext']['port']}"
    key = load_pem_private_key(Path(old["http"]["rsa_key"]).read_bytes(), None)
    assert isinstance(key, RSAPrivateKey)
    for section in ("http", "stomp"):
        assert Path(config[section]["cert"]).is_file()
        assert Path(config[section]["key"]).is_file()
    assert config["stomp"]["ca"] == str(network.ca.ca_file)
    assert (tmp_path / "aoba" / "config.toml").stat().st_mode & 0o077 == 0
    asyncio.run(network.stop())


def test_a_directory_object_is_written_as_its_file(tmp_path: Path) -> None:
    directory = Directory.from_toml(default_directory_text(), load_municipalities())
    network = LocalNetwork(TWO, tmp_path, directory=directory)
    config = tomllib.loads((tmp_path / "midori" / "config.toml").read_text("utf-8"))
    assert Path(config["directory"]["file"]).read_text("utf-8") == directory.to_json()
    asyncio.run(network.stop())


def test_one_that_does_not_start_stops_the_others(tmp_path: Path) -> None:
    broken = ProviderSpec("midori", "127.0.0.3", command=("false",))

    async def scene() -> LocalNetwork:
        network = LocalNetwork([TWO[0], broken], tmp_path, command=TOY)
        with pytest.raises(ProviderDidNotStart, match="midori did not start"):
            await network.__aenter__()
        return network

    assert not asyncio.run(scene()).supervisor("aoba").is_running()


def test_addresses_of_other_machines_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SafetyInterlock, match=r"192\.0\.2\.1"):
        LocalNetwork([ProviderSpec("aoba", "192.0.2.1")], tmp_path)
    with pytest.raises(SafetyInterlock, match=r"192\.0\.2\.1"):
        LocalNetwork(TWO, tmp_path, peers=[PeerSpec("momiji", "192.0.2.1")])


def test_a_running_provider_is_used_and_left_alone(toy: ToyProvider, tmp_path: Path) -> None:
    async def scene() -> None:
        tape = Tape()
        async with toy.network(tmp_path, tape) as network:
            person = make_person(1, "01213")
            credentials = await network.register("toy", "tomakomai", person)
            async with network.phone("toy", credentials) as phone:
                assert phone.session.registrant_name == person.name
            token = await network.dispatcher_token("toy", "tomakomai")
            assert token != await network.staff_token("toy", "tomakomai")
            with pytest.raises(LookupError, match="not started by this network"):
                network.kill("toy")
        async with toy.network(tmp_path / "again") as network:
            assert (await network.health("toy")).operator == "toy"
        seen = "".join(event.payload for event in tape.events)
        assert person.name in seen
        assert token not in seen
        assert credentials.password not in seen

    asyncio.run(scene())


def test_a_wrong_admin_token_is_refused_with_the_reason(toy: ToyProvider, tmp_path: Path) -> None:
    assert toy.spec.running is not None
    running = vars(toy.spec.running) | {"admin_token": "wrong"}
    spec = ProviderSpec("toy", "127.0.0.1", running=type(toy.spec.running)(**running))

    async def scene() -> None:
        async with LocalNetwork([spec], tmp_path) as network:
            with pytest.raises(CallRefused, match="no admin token"):
                await network.dispatcher_token("toy", "tomakomai")
            with pytest.raises(UnexpectedAnswer, match="status 404"):
                await network.operation("toy").refused_inputs()

    asyncio.run(scene())


def test_peers_that_run_are_waited_for(toy: ToyProvider, tmp_path: Path) -> None:
    async def scene() -> None:
        async with toy.network(tmp_path) as network:
            health = await network.wait_until_peers_run("toy", ["other"])
            assert health.peers[0].operator == "other"
            with pytest.raises(Waited, match="momiji running as toy sees it"):
                await network.wait_until_peers_run("toy", ["momiji"], within=0.01)

    asyncio.run(scene())
