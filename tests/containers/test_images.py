"""An image is started under the contract and judged; whatever it does, nothing of it is left."""

import asyncio
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import docker
import pytest
from docker.models.containers import Container
from net119_conformance.containers.contract import Place, profile_here
from net119_conformance.containers.engine import OWNER_LABEL, Engine
from net119_conformance.containers.environment import ContainerEnvironment
from net119_conformance.errors import ConformanceError
from net119_conformance.runner import selected_purposes

from tests.containers import images

PROFILE = (images.EXAMPLE / "sut.toml").read_text("utf-8")
REFUSES = '[ "$SUT_TASK" = serve ] || exit 127\n'
ENDS_ON_TERM = "trap 'echo bye; exit 0' TERM\nsleep 1000 & wait\n"
DEADLINE_S = 60.0
PLACE = Place("127.66.0.2", "127.66.0.1", "127.66.0.0/16", "sut-a", "0123456789abcdef" * 2)
IMAGES = {
    "net119-serves-all": ("echo hello; exit 0", PROFILE),
    "net119-silent": (REFUSES + ENDS_ON_TERM, PROFILE),
    "net119-cannot-serve": ("echo 髙 no licence; exit 127", PROFILE),
    "net119-no-profile": (REFUSES, ""),
}
STARTS = """
import sys, time
from pathlib import Path
from net119_conformance.containers.contract import SERVE, environment
from net119_conformance.containers.engine import Engine
engine = Engine()
engine.start(engine.image("net119-silent"), environment(SERVE, None), Path(sys.argv[1]))
time.sleep(1000)
"""


@pytest.fixture(scope="module")
def built(docker_host: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    """All of `IMAGES` are there."""
    folder = tmp_path_factory.mktemp("images")
    for tag, (script, profile) in IMAGES.items():
        images.build_shell(docker_host, tag, script, folder / tag, profile)


@pytest.fixture
def client(host: str, built: None) -> Iterator[docker.DockerClient]:
    client = docker.DockerClient(base_url=host)
    yield client
    client.close()


def ours(client: docker.DockerClient) -> list[str]:
    """Ids of the containers that the suite made, running or not."""
    found = client.containers.list(all=True, filters={"label": OWNER_LABEL}, sparse=True)
    return [str(each.id) for each in found]


def started(image: str, out: Path) -> str:
    """What is said of an image that does not come so far as to be judged."""

    async def start() -> None:
        environment = ContainerEnvironment(image, selected_purposes(("OFFER-TAKEN",)), out)
        try:
            await environment.start()
        finally:
            await environment.stop()

    with pytest.raises(ConformanceError) as caught:
        asyncio.run(start())
    return str(caught.value)


@pytest.mark.parametrize(
    ("image", "said"),
    [
        ("net119-serves-all", "which no image can know, it ended with status 0"),
        ("net119-cannot-serve", 'which says "not supported", for SUT_TASK=serve'),
        ("net119-no-profile", "/net119/sut.toml: the image has no profile there"),
        ("net119-nobody-has-it", "there is no such image on this machine"),
    ],
)
def test_an_image_that_cannot_be_judged_is_told_why_and_leaves_nothing(
    image: str, said: str, out: Path, client: docker.DockerClient
) -> None:
    assert said in started(image, out)
    assert ours(client) == []
    if image == "net119-cannot-serve":
        log = (out / "containers" / "reference.log").read_text("utf-8")
        assert log.endswith(" 髙 no licence\n")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("${SUT_ADDRESS}:61614", "127.0.0.1:61614"), "addresses: 127.0.0.1 is not what the suite"),
        (("${SUT_SUITE_ADDRESS}", "127.0.0.9"), "addresses.mail_out: 127.0.0.9 is not what"),
        (("${SUT_OPERATOR}", "acme"), "sut.operator: acme is not what the suite gives"),
        (("[addresses]", "[addresses"), "the profile is no TOML"),
        (("[addresses]", '[addresses]\nca_file = "sut.toml"'), "certificates are those of the"),
    ],
)
def test_a_profile_that_is_not_of_this_place_is_refused(
    change: tuple[str, str], said: str, tmp_path: Path
) -> None:
    assert change[0] in PROFILE
    with pytest.raises(ConformanceError) as caught:
        profile_here(PROFILE.replace(*change), PLACE, tmp_path, "image x")
    assert said in str(caught.value)


def test_a_profile_gets_the_values_of_its_place(tmp_path: Path) -> None:
    profile, file = profile_here(PROFILE, PLACE, tmp_path, "image x")
    assert profile.addresses.base_url == "https://127.66.0.2:8443"
    assert profile.addresses.peers == "127.66.0.0/16"
    assert profile.sut.code == "sut-a"
    assert profile.path(profile.world.folder) == tmp_path / "world"
    assert file.stat().st_mode & 0o077 == 0, "it holds a token"


def test_a_container_has_limits_and_sees_no_keys_of_others_and_an_interruption_removes_it(
    out: Path, client: docker.DockerClient
) -> None:
    async def interrupted() -> None:
        purposes = selected_purposes(("OFFER-TAKEN",))
        environment = ContainerEnvironment("net119-silent", purposes, out)
        starting = asyncio.ensure_future(environment.start())
        try:
            container = await asyncio.to_thread(serving, client)
            settings = container.attrs["HostConfig"]
            assert settings["Memory"] == settings["MemorySwap"] == 2 * 1024**3
            assert settings["NanoCpus"] == 2_000_000_000
            assert settings["PidsLimit"] == 512
            assert settings["CapDrop"] == ["ALL"]
            (mount,) = container.attrs["Mounts"]
            assert (mount["Destination"], mount["RW"]) == ("/net119/world", False)
            assert {"sut.key", "sut.toml", "directory.json"} <= (seen := names(mount["Source"]))
            assert {each for each in seen if each.endswith(".key")} == {"sut.key"}
            assert "world.json" not in seen
        finally:
            starting.cancel()
            await asyncio.wait({starting})
            await environment.stop()

    asyncio.run(interrupted())
    assert ours(client) == []
    assert "bye" in (out / "containers" / "reference.log").read_text("utf-8")


def test_what_a_killed_run_left_is_removed_by_the_next(
    out: Path, client: docker.DockerClient
) -> None:
    run = subprocess.Popen((sys.executable, "-c", STARTS, str(out)))
    try:
        left = serving(client).id
        with_it = Engine()
        assert with_it.remove_left_overs() == 0, "its process lives"
        run.kill()
        run.wait()
        assert left in ours(client)
        assert with_it.remove_left_overs() == 1
        with_it.close()
    finally:
        run.kill()
        run.wait()
    assert ours(client) == []


def names(folder: str) -> set[str]:
    """Names of all files below a folder."""
    return {each.name for each in Path(folder).rglob("*")}


def serving(client: docker.DockerClient) -> Container:
    """The container that runs with the task ``serve``, once it does."""
    until = time.monotonic() + DEADLINE_S
    while time.monotonic() < until:
        for container in client.containers.list(filters={"label": OWNER_LABEL}):
            if "SUT_TASK=serve" in container.attrs["Config"]["Env"]:
                return container
        time.sleep(0.05)
    raise AssertionError("no container serves")


def test_no_daemon_is_said_plainly(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/none")
    with pytest.raises(ConformanceError) as caught:
        Engine()
    assert "no Docker daemon answers" in str(caught.value)
    assert f"unix://{tmp_path}/none" in caught.value.where
