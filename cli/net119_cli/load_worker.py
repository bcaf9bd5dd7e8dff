"""`net119 load run --worker`: generate load for a master elsewhere."""

from net119_cli.errors import UserError
from net119_cli.language import text


def work_for(master: str, test_hosts: tuple[str, ...]) -> int:
    """Be a worker, in a process of its own: locust must be imported in its own way."""
    import subprocess
    import sys

    from net119_simulators.safety import check_target

    host, port = address(master, "--worker")
    check_target(f"tcp://{host}:{port}", test_hosts)
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
