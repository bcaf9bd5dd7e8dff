"""What the daemon does wrong is told as such, and nothing of an image's is read without a limit.

No daemon is needed: it is one that fails.
"""

import io
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import docker
import pytest
from docker.errors import APIError, DockerException
from net119_conformance.containers.engine import LOG_LINES, Engine, profile_in
from net119_conformance.errors import ConformanceError
from requests.exceptions import ConnectionError as Gone
from requests.exceptions import ReadTimeout, RequestException

FAILURES = [Gone("connection reset"), ReadTimeout("read timed out"), APIError("no space left")]


def engine(problem: Exception | None = None) -> Engine:
    """An engine of which the daemon fails so at every request."""
    made = Engine.__new__(Engine)
    made.failures, made.run = (DockerException, RequestException), "run"
    client: Any = SimpleNamespace(containers=SimpleNamespace(list=raising(problem)))
    made._client = client
    return made


def raising(problem: Exception | None) -> Callable[..., Any]:
    def fail(*_: object, **__: object) -> Any:
        if problem is not None:
            raise problem

    return fail


def broken(problem: Exception) -> Any:
    """A container about which the daemon answers nothing else."""
    names = ("stop", "reload", "logs", "remove")
    return SimpleNamespace(short_id="c0ffee", **{name: raising(problem) for name in names})


@pytest.mark.parametrize("problem", FAILURES, ids=lambda each: type(each).__name__)
@pytest.mark.parametrize(
    "use",
    [
        lambda it, container, log: it.end(container, log),
        lambda it, container, _: it.look(container),
        lambda it, container, _: it.last_lines(container),
        lambda it, *_: it.remove_but(None),
        lambda it, *_: it.remove_left_overs(),
    ],
    ids=["end", "look", "last_lines", "remove_but", "remove_left_overs"],
)
def test_a_daemon_that_fails_is_told_as_such(
    problem: Exception, use: Callable[[Engine, Any, Path], object], tmp_path: Path
) -> None:
    with pytest.raises(ConformanceError, match="Docker refused, or is gone") as caught:
        use(engine(problem), broken(problem), tmp_path / "log")
    assert str(problem) in str(caught.value)


def test_a_daemon_that_does_not_answer_in_time_is_told_as_such(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    mute = SimpleNamespace(ping=raising(ReadTimeout("read timed out")))
    monkeypatch.setattr(docker, "from_env", lambda **_: mute)
    with pytest.raises(ConformanceError, match="no Docker daemon answers: read timed out"):
        Engine()


def test_what_a_container_prints_is_kept_within_a_limit(tmp_path: Path) -> None:
    asked: list[dict[str, object]] = []

    def logs(**how: object) -> bytes:
        asked.append(how)
        return "髙\n".encode()

    container: Any = broken(Gone())
    container.stop = container.remove = raising(None)
    container.logs = logs
    engine().end(container, tmp_path / "logs" / "sut.log")
    assert asked == [{"timestamps": True, "tail": LOG_LINES}]
    assert (tmp_path / "logs" / "sut.log").read_text("utf-8") == "髙\n"
    kept = engine()._limits()["log_config"]
    assert kept == {"Type": "json-file", "Config": {"max-size": "8m", "max-file": "2"}}


def archive(size: int = 0, *, text: bytes = b"", kind: bytes = tarfile.REGTYPE) -> bytes:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w") as files:
        member = tarfile.TarInfo("sut.toml")
        content = text or bytes(size)
        member.size, member.type = len(content) if kind == tarfile.REGTYPE else 0, kind
        member.linkname = "nowhere" if kind == tarfile.SYMTYPE else ""
        files.addfile(member, io.BytesIO(content))
    return made.getvalue()


@pytest.mark.parametrize("text", ["name = '髙𠮷①'", "x" * 100_000], ids=["small", "at the limit"])
def test_a_profile_is_read(text: str) -> None:
    whole = archive(text=text.encode())
    parts = [whole[at : at + 1000] for at in range(0, len(whole), 1000)]
    assert profile_in(parts, "image x") == text


@pytest.mark.parametrize(
    "content",
    [
        archive(100_001),
        archive(kind=tarfile.DIRTYPE),
        archive(kind=tarfile.SYMTYPE),
        b"no archive at all" * 100,
        b"",
    ],
    ids=["large", "folder", "link", "nonsense", "nothing"],
)
def test_what_is_no_profile_is_told(content: bytes) -> None:
    with pytest.raises(ConformanceError, match="image x: it is no file, or one of more than"):
        profile_in([content], "image x")


def test_of_a_large_file_no_more_is_read_than_a_profile_needs() -> None:
    given = 0

    def endless() -> Iterator[bytes]:
        nonlocal given
        yield archive(10_000_000)[:1024]
        while True:
            given += 1
            assert given < 200, "it reads on and on"
            yield bytes(1024)

    with pytest.raises(ConformanceError, match="one of more than"):
        profile_in(endless(), "image x")
