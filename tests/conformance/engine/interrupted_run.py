"""A run in a process of its own, for the tests that interrupt it.

Arguments: the folder for the report, a file that is there while the environment is up, the port
of the test to connect to once the run is where it shall be interrupted, and where that is:
`purpose` or `start`.
"""

import sys
from pathlib import Path

from net119_conformance.runner import Options, run
from rich.console import Console

from tests.conformance.engine.toy_world import TOYS, ToyEnvironment, toy_catalogue


def main(out: str, up: str, port: str, where: str) -> int:
    description = {"port": int(port), "start_blocks": where == "start"}
    options = Options(
        environment=ToyEnvironment(description=description, up=Path(up)),
        purposes=TOYS,
        only=("TOY-PASS", "TOY-BLOCK"),
        workers=2,
        out=Path(out),
        lang="en",
        catalogue=toy_catalogue(),
    )
    return run(options, Console())


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
