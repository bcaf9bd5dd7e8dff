"""`net119 load run --worker`: generate load for a master elsewhere."""

import typer

from net119_cli.errors import UserError
from net119_cli.language import text


def work_for(master: str, test_hosts: tuple[str, ...]) -> int:
    """Be a worker, in a process of its own: locust must be imported in its own way."""
    import subprocess
    import sys

    from net119_simulators.safety import check_target

    host, port = address(master, "--worker")
    check_target(f"tcp://{host}:{port}", test_hosts)
    from net119_loadtests.binding import MASTER_WITHIN_S, reach_master

    def waiting() -> None:
        typer.echo(
            text(
                ja=f"master ({host}:{port}) を最長 {MASTER_WITHIN_S:.0f} 秒待ちます",
                en=f"waiting for the master at {host}:{port}, {MASTER_WITHIN_S:.0f} s at most",
            ),
            err=True,
        )

    try:
        reach_master(host, port, waiting)
    except KeyboardInterrupt:
        return 130
    command = [sys.executable, "-m", "net119_loadtests.generator", "--worker", host, str(port)]
    for each in test_hosts:
        command += ["--test-host", each]
    try:
        return subprocess.run(command, check=False).returncode
    except KeyboardInterrupt:
        return 130


def address(given: str, where: str) -> tuple[str, int]:
    """Host and port of HOST:PORT; UserError if it is not that."""
    host, _, port = given.rpartition(":")
    if not host or not port.isdecimal() or not 0 < int(port) < 65536:
        raise UserError(
            what=text(ja=f"アドレスとして読めません: {given!r}", en=f"no address: {given!r}"),
            where=where,
            what_to_do=text(
                ja="127.0.0.1:5557 のように指定してください", en="write 127.0.0.1:5557"
            ),
        )
    return host.strip("[]"), int(port)
