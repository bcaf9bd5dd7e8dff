"""The real browser of a run: one headless Chromium that all its purposes share.

It is started here and driven through its debugging port, so that every worker reaches the same
one; each purpose has a context of its own in it.
"""

import asyncio
import base64
import hashlib
import importlib.util
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509 import (
    Certificate,
    load_pem_x509_certificate,
    load_pem_x509_certificates,
)

from net119_conformance.catalogue import Text
from net119_conformance.errors import ConformanceError
from net119_conformance.left_out import NO_BROWSER

_NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
# Without most of these, Chromium asks the closed network for its maker's hosts at every start.
_SWITCHES = (
    "--headless=new",
    "--remote-debugging-port=0",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-background-networking",
    "--disable-background-timer-throttling",
    "--disable-backgrounding-occluded-windows",
    "--disable-renderer-backgrounding",
    "--disable-component-update",
    "--disable-dev-shm-usage",
    "--disable-sync",
    "--mute-audio",
)
# A Chromium whose starter was killed would stay: the shell holds the other end of a pipe to the
# starter, and ends its whole group when the pipe or Chromium ends.
_WITH_STARTER = '("$@"; kill -KILL 0) & read -r _; kill -KILL 0'
_LONGEST_FOLDER = 60
"""Chromium makes a socket in its folder of temporary files; a socket's path has 107 characters."""
_START_S, _END_S, _LOOK_EVERY_S = 30.0, 10.0, 0.02


def find_chromium() -> str | None:
    """Path of a Chromium or Chrome; None where there is none, or no Playwright to drive it."""
    if importlib.util.find_spec("playwright") is None:
        return None
    return next((found for found in map(shutil.which, _NAMES) if found), None)


def fingerprints(authorities: Iterable[Path]) -> tuple[str, ...]:
    """The keys of the certificates beside these, which they signed, as Chromium wants them named.

    A test authority keeps what it signed as ``*.pem`` in the folder of its own certificate.
    """
    found: set[str] = set()
    for authority in authorities:
        for file in authority.parent.glob("*.pem"):
            found.update(map(_fingerprint, load_pem_x509_certificates(file.read_bytes())))
    return tuple(sorted(found))


def key_of(pem: bytes) -> str:
    """The key of a certificate in PEM, as Chromium wants it named."""
    return _fingerprint(load_pem_x509_certificate(pem))


def _fingerprint(certificate: Certificate) -> str:
    known = certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return base64.b64encode(hashlib.sha256(known).digest()).decode()


class HostedChromium:
    """A Chromium that runs between `start` and `stop`.

    ``trusted``: `fingerprints` of the test certificates that it takes for good; every other one
    has to be in order. None: it takes any, for tests whose certificates are not made yet.
    """

    def __init__(self, trusted: Iterable[str] | None) -> None:
        self._trusted = trusted
        self._folder: Path | None = None
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> str:
        """Start it and return the URL by which it is driven.

        Raises:
            ConformanceError: there is none, or it does not start; the text holds its last words.
        """
        path = find_chromium()
        if path is None:
            raise ConformanceError(
                NO_BROWSER,
                Text(en="the real browser", ja="ブラウザー"),
                Text(en="run make deps", ja="make deps を実行してください"),
            )
        self._folder = folder = Path(
            tempfile.mkdtemp(prefix="net119-chromium-", dir=_short_folder())
        )
        trust = "--ignore-certificate-errors"
        if self._trusted is not None:
            trust = f"--ignore-certificate-errors-spki-list={','.join(self._trusted)}"
        switches = [*_SWITCHES, trust, f"--user-data-dir={folder / 'user'}"]
        if os.geteuid() == 0:
            switches.append("--no-sandbox")
        log = folder / "log"
        with log.open("wb") as said:
            self._process = subprocess.Popen(
                ["/bin/sh", "-c", _WITH_STARTER, "sh", path, *switches, "about:blank"],
                stdin=subprocess.PIPE,
                stdout=said,
                stderr=said,
                start_new_session=True,
                env={**os.environ, "TMPDIR": str(folder)},
            )
        port = folder / "user" / "DevToolsActivePort"
        deadline = time.monotonic() + _START_S
        while time.monotonic() < deadline and self._process.poll() is None:
            with suppress(OSError):
                lines = port.read_text().splitlines()
                if len(lines) > 1:
                    return f"ws://127.0.0.1:{lines[0]}{lines[1]}"
            time.sleep(_LOOK_EVERY_S)
        words = log.read_text(errors="replace")[-500:]
        self.stop()
        raise ConformanceError(
            Text(en=f"{path} did not start: {words}", ja=f"{path} が起動しません: {words}"),
            Text(en="the real browser", ja="ブラウザー"),
            Text(en="start it", ja="起動できるようにしてください"),
        )

    def stop(self) -> None:
        """End it and remove what it wrote."""
        process, self._process = self._process, None
        if process is not None:
            if process.stdin is not None:
                process.stdin.close()
            for number in (signal.SIGTERM, signal.SIGKILL):
                # The group: Debian's Chromium is a script, and it has children.
                with suppress(ProcessLookupError):
                    os.killpg(process.pid, number)
                with suppress(subprocess.TimeoutExpired):
                    process.wait(_END_S)
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None


def _short_folder() -> str | None:
    """The usual folder of temporary files, or ``/tmp`` where its path is too long for Chromium."""
    return None if len(tempfile.gettempdir()) <= _LONGEST_FOLDER else "/tmp"  # noqa: S108  # mkdtemp makes a folder of its own in it


@asynccontextmanager
async def own_chromium(authorities: Iterable[Path]) -> AsyncIterator[str]:
    """A Chromium for one system alone, whose certificates these authorities signed; its URL."""
    hosted = HostedChromium(fingerprints(authorities))
    try:
        yield await asyncio.to_thread(hosted.start)
    finally:
        await asyncio.to_thread(hosted.stop)
