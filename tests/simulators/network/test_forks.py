"""Fork servers that are not there; what a running one does is in tests/mutants."""

import subprocess
import sys
from pathlib import Path

import pytest
from net119_reference.forks.serve import READY as SAID
from net119_reference.forks.server import PLAIN as SERVED
from net119_reference.forks.server import no_variants
from net119_simulators.network.forkclient import LOST
from net119_simulators.network.forks import (
    PLAIN,
    READY,
    Forks,
    ForkServerDidNotStart,
    fork_server,
)


def test_a_server_that_says_anything_else_is_no_server(tmp_path: Path) -> None:
    command = (sys.executable, "-S", "-c", "print('no')")
    with pytest.raises(ForkServerDidNotStart, match="it said 'no'"), fork_server(command):
        pass
    forks = Forks((sys.executable, "-S", "-c", ""), folder=tmp_path)
    forks.start()
    with pytest.raises(ForkServerDidNotStart, match="it said ''"):
        forks.wait_until_ready()
    place = Path(forks.command()[-2]).parent
    assert place.is_dir()
    forks.stop()
    forks.stop()
    assert not place.exists()
    assert forks.process.returncode == 0


def test_a_server_that_was_not_started_has_no_commands_and_can_be_stopped() -> None:
    forks = Forks()
    with pytest.raises(RuntimeError, match="was not started"):
        forks.command()
    with pytest.raises(RuntimeError, match="was not started"):
        _ = forks.process
    forks.stop()


def test_without_its_server_a_client_says_so_and_ends(tmp_path: Path) -> None:
    forks = Forks((sys.executable, "-S", "-c", ""), folder=tmp_path)
    forks.start()
    try:
        ended = subprocess.run(
            (*forks.command(), "--version"), capture_output=True, text=True, check=False
        )
    finally:
        forks.stop()
    assert ended.returncode == LOST
    assert "the fork server is not there" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_both_sides_mean_the_same_and_a_plain_server_knows_no_variant() -> None:
    assert (SERVED, SAID) == (PLAIN, READY)
    no_variants(PLAIN)
    with pytest.raises(LookupError, match="no variant 'chat-lost'"):
        no_variants("chat-lost")
