"""The image of docs/examples/container, judged from the command line to the report."""

import json
import os
import subprocess
import sys
from pathlib import Path

import docker
from net119_conformance.containers.engine import OWNER_LABEL

from tests.containers import images
from tests.turns import revision

EVERY = 4
"""Making an image of a whole Python takes long: one commit of so many has the turn."""
TAG = "net119-sut"

if revision() % EVERY == 0 or os.environ.get("NET119_CONTAINERS") == "all":

    def test_the_reference_in_a_container_conforms(
        docker_host: str, tmp_path: Path, out: Path
    ) -> None:
        images.import_base(docker_host, tmp_path)
        images.build_example(docker_host, TAG)
        only = ("--only", "ROUTE-OWN", "--only", "OFFER-TAKEN")
        start = "from net119_cli.main import main; exit(main())"
        command = (sys.executable, "-c", start, "--lang", "en", "conformance", "run")
        ran = subprocess.run(
            (*command, "--image", TAG, *only, "-n", "2", "--out", str(out)),
            env={**os.environ, "DOCKER_HOST": docker_host},
            capture_output=True,
            text=True,
            check=False,
        )
        assert ran.returncode == 0, ran.stdout + ran.stderr
        report = json.loads((out / "report.json").read_text("utf-8"))
        assert [each["verdict"] for each in report["results"]] == ["PASS", "PASS"]
        details = report["sut"]["reference"]
        assert details["image"] == TAG
        assert details["image ID"].startswith("sha256:")
        assert '"stopped"' in (out / "containers" / "reference.log").read_text("utf-8")
        client = docker.DockerClient(base_url=docker_host)
        assert client.containers.list(all=True, filters={"label": OWNER_LABEL}) == []
        client.close()
