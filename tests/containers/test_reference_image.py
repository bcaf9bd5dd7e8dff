"""The image of docs/examples/container, judged alone, or as a pair with itself."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import docker
import pytest
from net119_conformance.containers.engine import OWNER_LABEL
from net119_conformance.interop.cells import Matrix

from tests.containers import images
from tests.turns import revision

EVERY = 4
"""Making an image of a whole Python takes long: one commit of so many has the turn."""
TAG = "net119-sut"
ALL = os.environ.get("NET119_CONTAINERS") == "all"
WAYS = ("alone", "as a pair") if ALL else (("alone", "as a pair")[revision() // EVERY % 2],)

if revision() % EVERY == 0 or ALL:

    @pytest.fixture(scope="module")
    def image(docker_host: str, tmp_path_factory: pytest.TempPathFactory) -> str:
        images.import_base(docker_host, tmp_path_factory.mktemp("base"))
        images.build_example(docker_host, TAG)
        return docker_host

    @pytest.mark.parametrize("way", WAYS)
    def test_the_reference_in_a_container(way: str, image: str, out: Path) -> None:
        with nothing_left(image):
            if way == "alone":
                conforms(image, out)
            else:
                works_with_another(image, out)


@contextmanager
def nothing_left(docker_host: str) -> Iterator[None]:
    """No container of the suite is there afterwards."""
    yield
    client = docker.DockerClient(base_url=docker_host)
    assert client.containers.list(all=True, filters={"label": OWNER_LABEL}) == []
    client.close()


def ran(docker_host: str, *arguments: str) -> None:
    """The command, which has to end with 0."""
    start = "from net119_cli.main import main; exit(main())"
    done = subprocess.run(
        (sys.executable, "-c", start, "--lang", "en", *arguments),
        env={**os.environ, "DOCKER_HOST": docker_host},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def conforms(docker_host: str, out: Path) -> None:
    """From the command line to the report."""
    only = ("--only", "ROUTE-OWN", "--only", "OFFER-TAKEN")
    ran(docker_host, "conformance", "run", "--image", TAG, *only, "-n", "2", "--out", str(out))
    report = json.loads((out / "report.json").read_text("utf-8"))
    assert [each["verdict"] for each in report["results"]] == ["PASS", "PASS"]
    details = report["sut"]["reference"]
    assert details["image"] == TAG
    assert details["image ID"].startswith("sha256:")
    assert '"stopped"' in (out / "containers" / "reference.log").read_text("utf-8")


def works_with_another(docker_host: str, out: Path) -> None:
    """Two containers of it, each with the other, also after one of them was killed."""
    more = ("PAIR-CALLBACK", "PAIR-CRASH-RECEIVING") if ALL else ()
    only = [word for name in ("PAIR-ROUTE", *more) for word in ("--only", name)]
    ran(docker_host, "interop", "--images", f"{TAG},{TAG}", *only, "--out", str(out))
    found = Matrix.model_validate_json((out / "matrix.json").read_text("utf-8"))
    for one, other in (("reference-a", "reference-b"), ("reference-b", "reference-a")):
        assert found.pair(one, other).verdict == "PASS"
        assert '"stopped"' in (out / "containers" / f"{one}.log").read_text("utf-8")
