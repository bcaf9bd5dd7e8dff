"""Runs a command with a PostgreSQL of its own: ``python -m tests.postgres net119 serve``.

Each provider of the demonstration network has an empty database there, by NET119_DATABASE__URL.
"""

import os
import subprocess
import sys

from net119_simulators.network.ports import FreePorts

from tests.postgres.server import PostgresServer, missing

OPERATORS = ("aoba", "midori", "akane")


def main(command: list[str]) -> int:
    """Run the command; returns its exit status."""
    why = missing() if command else "usage: python -m tests.postgres COMMAND [ARGUMENT ...]"
    if why:
        print(why, file=sys.stderr)  # noqa: T201  # for the person at the terminal
        return 2
    ports = FreePorts()
    with PostgresServer(ports.take("127.0.0.1")) as server:
        for operator in OPERATORS:
            server.execute(f"CREATE DATABASE net119_{operator}")
        url = server.url("net119_{operator}")
        return subprocess.run(
            command, env={**os.environ, "NET119_DATABASE__URL": url}, check=False
        ).returncode


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
