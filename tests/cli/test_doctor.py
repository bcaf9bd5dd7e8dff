"""`net119 doctor`: each check tells fit from unfit, and the verdict follows from them."""

import json
import resource
import socket
import ssl
import threading
from pathlib import Path

import pytest
from net119_cli import doctor, machine_checks, optional_checks, tls_probe
from net119_cli import main as cli
from net119_cli.machine_checks import Finding, State
from net119_cli.optional_checks import Program

UNLIMITED = resource.RLIM_INFINITY


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NET119_LANG", "en")


@pytest.mark.parametrize(
    ("finding", "state"),
    [
        (machine_checks.check_python((3, 11, 0)), State.OK),
        (machine_checks.check_python((3, 10, 14)), State.MISSING),
        (machine_checks.check_openssl("OpenSSL 3.0.19 27 Jan 2026", (3, 0, 0)), State.OK),
        (machine_checks.check_openssl("OpenSSL 1.1.0l", (1, 1, 0)), State.MISSING),
        (machine_checks.check_openssl("LibreSSL 3.3.6", (2, 0, 0)), State.MISSING),
        (machine_checks.check_sqlite((3, 35, 0)), State.OK),
        (machine_checks.check_sqlite((3, 34, 1)), State.MISSING),
        (machine_checks.check_open_files(20_000, 20_000), State.OK),
        (machine_checks.check_open_files(UNLIMITED, UNLIMITED), State.OK),
        (machine_checks.check_open_files(19_999, 20_000), State.NOTE),
        (machine_checks.check_open_files(1_023, 20_000), State.MISSING),
        (machine_checks.check_space(Path("/data"), 1_000), State.OK),
        (machine_checks.check_space(Path("/data"), 999), State.NOTE),
        (machine_checks.check_space(Path("/data"), 199), State.MISSING),
        (machine_checks.check_address("127.0.0.2"), State.OK),
        # TEST-NET-1 (RFC 5737) is no address of this machine.
        (machine_checks.check_address("192.0.2.1"), State.MISSING),
    ],
    ids=lambda value: f"{value.id} {value.found}" if isinstance(value, Finding) else str(value),
)
def test_a_check_tells_fit_from_unfit(finding: Finding, state: State) -> None:
    assert finding.state is state
    # Whoever lacks something is told what to do, and nobody else is.
    assert bool(finding.remedy) == (state is not State.OK)
    assert finding.found
    assert finding.purpose


def test_the_advice_on_open_files_depends_on_the_hard_limit() -> None:
    assert "limits.conf" not in machine_checks.check_open_files(1_024, 20_000).remedy
    assert "limits.conf" in machine_checks.check_open_files(1_024, 4_096).remedy


def test_a_port_in_use_is_found_and_named() -> None:
    with socket.create_server(("127.0.0.2", 0)) as taken, socket.socket() as free:
        port = taken.getsockname()[1]
        free.bind(("127.0.0.2", 0))
        free_port = free.getsockname()[1]
        free.close()
        finding = machine_checks.check_ports("127.0.0.2", {port: "HTTPS", free_port: "STOMP"})
    assert finding.state is State.MISSING
    assert f"{port} HTTPS in use" in finding.found
    assert f"{free_port} STOMP free" in finding.found
    assert f":{port}" in finding.remedy
    assert f":{free_port}" not in finding.remedy


def test_connections_of_an_earlier_run_do_not_count() -> None:
    # The side that closes first keeps its port in TIME_WAIT: here the server's, as after a restart.
    with socket.create_server(("127.0.0.2", 0)) as server:
        port = server.getsockname()[1]
        client = threading.Thread(target=read_to_the_end, args=(port,))
        client.start()
        accepted, _ = server.accept()
        accepted.close()
        client.join()
    assert machine_checks.check_ports("127.0.0.2", {port: "HTTPS"}).state is State.OK


def read_to_the_end(port: int) -> None:
    with socket.create_connection(("127.0.0.2", port)) as connection:
        while connection.recv(1_024):
            pass


def test_tls_versions_are_found_by_a_handshake(monkeypatch: pytest.MonkeyPatch) -> None:
    assert tls_probe.speaks(ssl.TLSVersion.TLSv1_2)
    assert tls_probe.speaks(ssl.TLSVersion.TLSv1_3)
    # No OpenSSL that Python 3.11 links with still has this one.
    assert not tls_probe.speaks(ssl.TLSVersion.SSLv3)
    monkeypatch.setattr(tls_probe, "speaks", lambda version: False)
    finding = machine_checks.check_old_tls()
    assert finding.state is State.NOTE
    assert finding.remedy


def program(command: str, *arguments: str) -> Program:
    return Program(
        id="tool",
        title="Tool",
        commands=(command,),
        version_arguments=arguments,
        purpose="a test",
        remedy="get it",
    )


def script(folder: Path, content: str) -> str:
    """An executable below `folder`; returns its path as a pattern relative to it."""
    (folder / "bin").mkdir(exist_ok=True)
    path = folder / "bin" / "tool"
    path.write_text(f"#!/bin/sh\n{content}\n")
    path.chmod(0o755)
    return "b*/tool"


def test_a_program_that_works_shows_its_version(tmp_path: Path) -> None:
    finding = optional_checks.check_program(
        program(script(tmp_path, "echo Tool version 15.18 x"), "--version"), tmp_path
    )
    assert (finding.state, finding.remedy) == (State.OK, "")
    assert finding.found.startswith("15.18 ")


@pytest.mark.parametrize(
    ("content", "found"),
    [("echo engine not running >&2; exit 1", "engine not running"), ("exit 4", "exit status 4")],
)
def test_a_program_that_fails_is_as_good_as_missing(
    content: str, found: str, tmp_path: Path
) -> None:
    finding = optional_checks.check_program(program(script(tmp_path, content), "-v"), tmp_path)
    assert (finding.state, finding.remedy) == (State.NOTE, "get it")
    assert found in finding.found


def test_a_program_that_hangs_is_not_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(optional_checks, "PATIENCE_S", 0.05)
    hanging = program(script(tmp_path, "exec tail -f /dev/null"), "-v")
    finding = optional_checks.check_program(hanging, tmp_path)
    assert finding.state is State.NOTE
    assert "no answer" in finding.found


def test_a_program_that_is_not_there(tmp_path: Path) -> None:
    finding = optional_checks.check_program(program("no-such-tool-anywhere", "-v"), tmp_path)
    assert (finding.state, finding.found) == (State.NOTE, "not found")


FINE = Finding("a", "A", State.OK, "1", "x")
OPTIONAL = Finding("b", "B [b]", State.NOTE, "not found", "y", "get b")
REQUIRED = Finding("c", "C", State.MISSING, "no", "z", "get c")


@pytest.mark.parametrize(
    ("findings", "status"), [([FINE], 0), ([FINE, OPTIONAL], 0), ([FINE, OPTIONAL, REQUIRED], 1)]
)
def test_only_what_is_required_decides(
    findings: list[Finding],
    status: int,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(machine_checks, "check_machine", lambda: iter(findings))
    monkeypatch.setattr(optional_checks, "check_optional", lambda: iter(()))
    assert cli.main(["doctor"]) == status
    said = capsys.readouterr().out
    for finding in findings:
        # Brackets in names are not taken for markup.
        assert finding.title in said
        assert finding.remedy in said


def test_json_is_for_programs(capsys: pytest.CaptureFixture[str]) -> None:
    status = cli.main(["doctor", "--json"])
    document = json.loads(capsys.readouterr().out)
    assert document["fit"] is (status == 0)
    checks = {check["id"]: check for check in document["checks"]}
    required = {"python", "openssl", "tls-1.0", "sqlite", "open-files"}
    optional = {"chromium", "postgresql", "rabbitmq", "docker"}
    assert required | optional | {"address:127.0.0.2", "address:127.0.0.3"} <= checks.keys()
    assert checks["python"]["state"] == "ok"
    assert set(checks["python"]) == {"id", "title", "state", "found", "purpose", "remedy"}


def test_the_document_holds_every_finding() -> None:
    document = doctor.as_document([FINE, REQUIRED])
    assert document["fit"] is False
    assert [check["id"] for check in document["checks"]] == ["a", "c"]
