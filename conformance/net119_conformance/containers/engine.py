"""The Docker daemon of this machine, and what the suite has in it."""

import io
import os
import socket
import tarfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex
from typing import TYPE_CHECKING, Any

import psutil

from net119_conformance.catalogue import Text
from net119_conformance.containers.contract import (
    PROFILE_LABEL,
    PROFILE_PATH,
    UNSUPPORTED,
    WORLD,
    environment,
)
from net119_conformance.errors import ConformanceError

if TYPE_CHECKING:
    from docker import DockerClient
    from docker.models.containers import Container
    from docker.models.images import Image

OWNER_LABEL = "net119.testbed.owner"
"""Label of all containers of ours: which process made it."""
RUN_LABEL = "net119.testbed.run"
MEMORY, CPUS, PROCESSES = "2g", 2.0, 512
"""Limits of a container."""
CANARY_S = 20.0
"""How long an image may take to refuse a task."""
STOP_S = 5
"""How long a container may take to end itself after SIGTERM."""
LOG_BYTES, LOG_FILES, LOG_LINES = "8m", "2", 20_000
"""How much the daemon keeps of what a container prints, in each of so many files; what is read."""
_LAST_LINES = 20
_PROFILE_BYTES = 100_000
_ARCHIVE_BYTES = _PROFILE_BYTES + 20 * 1024
"""An archive with a profile of that size: headers, and filling up to the next block."""


class Engine:
    """Containers of one run, on the daemon that the environment names (``DOCKER_HOST``).

    Every container carries a label that names its run and the process it belongs to.

    Raises:
        ConformanceError: there is no Docker SDK, or no daemon answers; so do all its methods when
            the daemon refuses, or is gone.
    """

    def __init__(self) -> None:
        try:
            import docker
            from docker.errors import DockerException
            from requests.exceptions import RequestException
        except ImportError as missing:
            raise ConformanceError(
                Text(
                    en="the Docker SDK for Python is not installed",
                    ja="Python 用の Docker SDK が入っていません",
                ),
                "containers",
                Text(
                    en='run: pip install "net119-testbed[docker]"',
                    ja='次を実行してください: pip install "net119-testbed[docker]"',
                ),
            ) from missing
        # The SDK lets through what its HTTP client raises, such as when the daemon goes away.
        self.failures = (DockerException, RequestException)
        self.run = token_hex(6)
        try:
            self._client: DockerClient = docker.from_env(timeout=60)
            self._client.ping()
        except self.failures as problem:
            raise ConformanceError(
                Text(
                    en=f"no Docker daemon answers: {problem}",
                    ja=f"Docker のデーモンが応答しません: {problem}",
                ),
                os.environ.get("DOCKER_HOST", "unix:///var/run/docker.sock"),
                Text(
                    en="start Docker on this machine, or set DOCKER_HOST to its socket",
                    ja="この機器で Docker を起動するか、DOCKER_HOST にソケットを設定してください",
                ),
            ) from problem

    def close(self) -> None:
        """Hang up."""
        self._client.close()

    def image(self, name: str) -> "Image":
        """An image that is on this machine; none is fetched.

        Raises:
            ConformanceError: there is none of that name.
        """
        from docker.errors import ImageNotFound

        with self._told(f"--image {name}"):
            try:
                return self._client.images.get(name)
            except ImageNotFound as missing:
                raise ConformanceError(
                    Text(
                        en="there is no such image on this machine",
                        ja="このイメージは、この機器にありません",
                    ),
                    f"--image {name}",
                    Text(
                        en=f"run: docker pull {name} (or docker load -i FILE)",
                        ja=f"次を実行してください: docker pull {name}（または docker load "
                        "-i FILE）",
                    ),
                ) from missing

    def profile_text(self, image: "Image", name: str) -> tuple[str, str]:
        """The text of an image's profile, and where it is, for messages.

        Raises:
            ConformanceError: it has none.
        """
        from docker.errors import NotFound

        path = image.labels.get(PROFILE_LABEL, PROFILE_PATH)
        where = f"image {name}, {path}"
        with self._told(where), self._created(image, "profile") as container:
            try:
                stream, _ = container.get_archive(path)
                return profile_in(stream, where), where
            except NotFound as missing:
                raise ConformanceError(
                    Text(
                        en="the image has no profile there",
                        ja="イメージのその場所にプロファイルがありません",
                    ),
                    where,
                    Text(
                        en=f"put one into the image, or name it by the label {PROFILE_LABEL} "
                        "(docs/containers.md)",
                        ja=f"イメージに入れるか、ラベル {PROFILE_LABEL} で場所を示してください"
                        "（docs/containers.ja.md）",
                    ),
                ) from missing

    def refuses_canary(self, image: "Image", name: str) -> None:
        """Give the image a task that no image can know: it has to end with status 127.

        Otherwise its "not supported" would mean nothing, nor would its serving.

        Raises:
            ConformanceError: it did not.
        """
        from requests.exceptions import ConnectionError as NoAnswer
        from requests.exceptions import Timeout

        task = f"canary-{token_hex(6)}"
        with self._told(f"image {name}"), self._created(image, task) as container:
            container.start()
            try:
                status: int | None = container.wait(timeout=CANARY_S)["StatusCode"]
            except (NoAnswer, Timeout):
                status = None
            lines = _last_lines(container)
        if status != UNSUPPORTED:
            did = f"ended with status {status}" if status is not None else "was still running"
            did_ja = f"終了状態 {status}" if status is not None else "動いたまま"
            raise ConformanceError(
                Text(
                    en=f"given SUT_TASK={task}, which no image can know, it {did} after at most "
                    f"{CANARY_S:g} s; its last words: {lines or '(none)'}",
                    ja=f"どのイメージも知らないはずの SUT_TASK={task} に対する動きが違います"
                    f"（{did_ja}、"
                    f"{CANARY_S:g} 秒以内）。最後の出力: {lines or '(なし)'}",
                ),
                f"image {name}",
                Text(
                    en=f"have its program end with status {UNSUPPORTED} for every task that it "
                    "does not know (docs/containers.md)",
                    ja=f"知らない SUT_TASK には終了状態 {UNSUPPORTED} で終わるようにしてください"
                    "（docs/containers.ja.md）",
                ),
            )

    def start(self, image: "Image", given: Mapping[str, str], world: Path) -> "Container":
        """Start an image as a system under test, with ``world`` mounted."""
        from docker.types import Mount

        with self._told(f"image {image.short_id}"):
            container = self._client.containers.create(
                image,
                environment=dict(given),
                network_mode="host",
                mounts=[Mount(WORLD, str(world), type="bind", read_only=True)],
                **self._limits(),
            )
            container.start()
            return container

    def crash(self, container: "Container") -> None:
        """Kill a container's processes at once (SIGKILL), and start it again on what it wrote."""
        with self._told(f"the restart of container {container.short_id}"):
            container.kill()
            container.start()

    def end(self, container: "Container", log: Path) -> None:
        """Let a container end itself, then kill it; keep what it printed, and remove it."""
        from docker.errors import NotFound

        with self._told(f"the end of container {container.short_id}"):
            try:
                container.stop(timeout=STOP_S)
                log.parent.mkdir(parents=True, exist_ok=True)
                log.write_bytes(container.logs(timestamps=True, tail=LOG_LINES))
            except NotFound:
                return
            finally:
                self._gone(container)

    def look(self, container: "Container") -> None:
        """Have the container's attributes be those of now."""
        with self._told(f"container {container.short_id}"):
            container.reload()

    def last_lines(self, container: "Container") -> str:
        """The last lines that a container printed."""
        with self._told(f"container {container.short_id}"):
            return _last_lines(container)

    def remove_but(self, kept: "Container | None") -> None:
        """Remove the containers of this run but one."""
        with self._told("the containers of this run"):
            for container in self._labelled(f"{RUN_LABEL}={self.run}"):
                if kept is None or container.id != kept.id:
                    self._gone(container)

    def remove_own(self) -> None:
        """Remove every container of this run."""
        self.remove_but(None)

    def remove_left_overs(self) -> int:
        """Remove containers whose process is gone, as after SIGKILL; how many there were.

        Those of a process on another machine, or in another container, are left alone: nobody here
        knows whether it lives.
        """
        found = 0
        with self._told("the containers that earlier runs left"):
            for container in self._labelled(OWNER_LABEL):
                if _is_orphan((container.attrs.get("Labels") or {}).get(OWNER_LABEL, "")):
                    self._gone(container)
                    found += 1
        return found

    @contextmanager
    def _created(self, image: "Image", task: str) -> "Iterator[Container]":
        container = self._client.containers.create(
            image, environment=environment(task, None), network_mode="none", **self._limits()
        )
        try:
            yield container
        finally:
            self._gone(container)

    def _limits(self) -> dict[str, Any]:
        from docker.types import LogConfig

        kept = {"max-size": LOG_BYTES, "max-file": LOG_FILES}
        return {
            "log_config": LogConfig(type=LogConfig.types.JSON, config=kept),
            "detach": True,
            "labels": {OWNER_LABEL: _owner(os.getpid()), RUN_LABEL: self.run},
            "mem_limit": MEMORY,
            "memswap_limit": MEMORY,
            "nano_cpus": int(CPUS * 1e9),
            "pids_limit": PROCESSES,
            "cap_drop": ["ALL"],
            "security_opt": ["no-new-privileges"],
            "init": False,
        }

    def _labelled(self, label: str) -> "list[Container]":
        # Sparse: one that disappears meanwhile is none of our business.
        return self._client.containers.list(all=True, filters={"label": label}, sparse=True)

    def _gone(self, container: "Container") -> None:
        from docker.errors import APIError, NotFound

        try:
            container.remove(force=True, v=True)
        except NotFound:
            return
        except APIError as problem:
            # Somebody else is just removing it.
            if problem.status_code != 409:
                raise

    @contextmanager
    def _told(self, where: str) -> Iterator[None]:
        try:
            yield
        except self.failures as problem:
            raise ConformanceError(
                Text(
                    en=f"Docker refused, or is gone: {problem}",
                    ja=f"Docker が断ったか、応答しなくなりました: {problem}",
                ),
                where,
                Text(
                    en="look at the daemon's log, or run it by hand",
                    ja="デーモンのログを見るか、手で実行してみてください",
                ),
            ) from problem


def profile_in(archive: Iterable[bytes], where: str) -> str:
    """The text of the one file in a tar archive, of which no more is read than a profile needs.

    Raises:
        ConformanceError: it is no file, or a large one.
    """
    held = io.BytesIO()
    for part in archive:
        held.write(part)
        if held.tell() > _ARCHIVE_BYTES:
            break
    held.seek(0)
    try:
        with tarfile.open(fileobj=held) as files:
            member = files.next()
            content = files.extractfile(member) if member is not None else None
            if content is not None and member is not None and member.size <= _PROFILE_BYTES:
                return content.read().decode("utf-8", "replace")
    except (tarfile.TarError, KeyError):
        pass  # a link to nowhere, or not even an archive
    raise ConformanceError(
        Text(
            en=f"it is no file, or one of more than {_PROFILE_BYTES} bytes",
            ja=f"ファイルでないか、{_PROFILE_BYTES} バイトを超えています",
        ),
        where,
        Text(
            en="name the TOML file of the profile",
            ja="プロファイルの TOML ファイルを指定してください",
        ),
    )


def _last_lines(container: "Container") -> str:
    return container.logs(tail=_LAST_LINES).decode("utf-8", "replace").strip()


def _here() -> str:
    """This machine and its namespace of process numbers."""
    return f"{socket.gethostname()} {Path('/proc/self/ns/pid').readlink()}"


def _owner(pid: int) -> str:
    return f"{pid} {psutil.Process(pid).create_time():.2f} {_here()}"


def _is_orphan(owner: str) -> bool:
    pid, _, rest = owner.partition(" ")
    if not pid.isdecimal() or rest.partition(" ")[2] != _here():
        return False
    try:
        return _owner(int(pid)) != owner
    except psutil.NoSuchProcess:
        return True
