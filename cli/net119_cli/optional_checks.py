"""Programs that some uses of the testbed need; everything else works without them."""

import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from net119_cli.language import text
from net119_cli.machine_checks import Finding, State

PATIENCE_S = 5
"""Seconds a program may take to tell its version; a Docker engine that hangs must not hang us."""


@dataclass(frozen=True)
class Program:
    """An optional program. `commands` are tried in order: names on PATH, or patterns below `/`."""

    id: str
    title: str
    commands: Sequence[str]
    version_arguments: Sequence[str]
    purpose: str
    remedy: str


def optional_programs() -> tuple[Program, ...]:
    """The programs looked for, with texts in the language in use."""
    return (
        Program(
            id="chromium",
            title="Chromium",
            commands=("chromium", "chromium-browser", "google-chrome"),
            version_arguments=("--version",),
            purpose=text(ja="画面の試験", en="tests of pages in a real browser"),
            remedy=text(
                ja="make deps (Debian のパッケージ chromium)", en="make deps (Debian: chromium)"
            ),
        ),
        Program(
            id="postgresql",
            title="PostgreSQL",
            commands=("postgres", "usr/lib/postgresql/*/bin/postgres"),
            version_arguments=("--version",),
            purpose=text(ja="本番に近い構成での保存先", en="storage in the production shape"),
            remedy=text(
                ja="apt-get install postgresql (Debian)", en="apt-get install postgresql (Debian)"
            ),
        ),
        Program(
            id="rabbitmq",
            title="RabbitMQ",
            commands=("usr/lib/rabbitmq/bin/rabbitmq-server", "rabbitmq-server"),
            # Its scripts start an Erlang machine even to tell the version: too slow to ask.
            version_arguments=(),
            purpose=text(
                ja="他社のブローカーとの接続の試験", en="interconnect tests with a broker not ours"
            ),
            remedy=text(
                ja="apt-get install rabbitmq-server (Debian)",
                en="apt-get install rabbitmq-server (Debian)",
            ),
        ),
        Program(
            id="docker",
            title="Docker",
            commands=("docker",),
            # The server's version: a client without a running engine is of no use.
            version_arguments=("version", "--format", "{{.Server.Version}}"),
            purpose=text(
                ja="コンテナで渡されたシステムの判定",
                en="judging systems delivered as container images",
            ),
            remedy=text(
                ja="apt-get install docker.io (Debian) を実行し、Docker を起動してください",
                en="apt-get install docker.io (Debian), and start the engine",
            ),
        ),
    )


def check_optional() -> Iterator[Finding]:
    """One finding for each optional program; none of them makes the machine unfit."""
    for program in optional_programs():
        yield check_program(program)


def check_program(program: Program, root: Path = Path("/")) -> Finding:
    """Look for a program below `root` and on PATH, and ask its version."""
    path = _find(program.commands, root)
    if path is None:
        found, works = text(ja="見つかりません", en="not found"), False
    elif not program.version_arguments:
        found, works = str(path), True
    else:
        found, works = _ask_version([str(path), *program.version_arguments])
    return Finding(
        id=program.id,
        title=program.title,
        state=State.OK if works else State.NOTE,
        found=found,
        purpose=program.purpose,
        remedy="" if works else program.remedy,
    )


def _find(commands: Sequence[str], root: Path) -> Path | None:
    for command in commands:
        if "/" in command:
            # Several versions may be installed side by side; the last is the newest of them.
            for path in sorted(root.glob(command), reverse=True):
                return path
        elif on_path := shutil.which(command):
            return Path(on_path)
    return None


def _ask_version(command: list[str]) -> tuple[str, bool]:
    """What the program says of its version, and whether it could be asked."""
    try:
        answer = subprocess.run(
            command,
            capture_output=True,
            text=True,
            errors="replace",
            stdin=subprocess.DEVNULL,
            timeout=PATIENCE_S,
        )
    except subprocess.TimeoutExpired:
        silent = text(ja=f"{PATIENCE_S} 秒以内に応答なし", en=f"no answer within {PATIENCE_S} s")
        return f"{command[0]}: {silent}", False
    except OSError as error:
        return f"{command[0]}: {error.strerror or error}", False
    if answer.returncode:
        said = (answer.stderr or answer.stdout).strip().splitlines()
        status = text(ja="終了状態", en="exit status")
        return f"{command[0]}: {said[-1] if said else f'{status} {answer.returncode}'}", False
    version = re.search(r"\d+(\.\d+)+", answer.stdout)
    return f"{version.group(0) if version else answer.stdout.strip()} ({command[0]})", True
