"""A real server of Python's ssl to shake hands with, and certificates with either hash.

`cryptography` refuses to sign with SHA-1, so the certificates are made by the openssl command.
"""

import contextlib
import socket
import ssl
import subprocess
import threading
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

ADDRESS = "127.0.0.1"


@dataclass(frozen=True)
class Pair:
    """A server's certificate with its key, and the authority that signed it."""

    cert: Path
    key: Path
    ca: Path


def _openssl(*arguments: object) -> None:
    subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True)


def make_pair(folder: Path, digest: str, *, name: str = f"IP:{ADDRESS}", days: int = 5) -> Pair:
    """A certificate signed with sha1 or sha256 by an authority of its own."""
    ca, ca_key = folder / f"{digest}-ca.pem", folder / f"{digest}-ca.key"
    key, request = folder / f"{digest}.key", folder / f"{digest}.csr"
    cert, names = folder / f"{digest}.pem", folder / f"{digest}.ext"
    new = ("-newkey", "rsa:2048", "-nodes", f"-{digest}")
    _openssl(
        "req", "-x509", *new, "-keyout", ca_key, "-out", ca, "-days", 10, "-subj", f"/CN={digest}"
    )
    _openssl("req", *new, "-keyout", key, "-out", request, "-subj", "/CN=a server")
    names.write_text(f"subjectAltName={name}\n")
    _openssl(
        *("x509", "-req", "-in", request, f"-{digest}", "-CA", ca, "-CAkey", ca_key),
        *("-CAcreateserial", "-days", days, "-extfile", names, "-out", cert),
    )
    return Pair(cert, key, ca)


def modern(pair: Pair) -> ssl.SSLContext:
    """As servers are today: TLS 1.2 and 1.3."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(pair.cert, pair.key)
    return context


def legacy(pair: Pair) -> ssl.SSLContext:
    """As NET119 asks: from TLS 1.0 on."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = ssl.TLSVersion.TLSv1
    # Before the certificate: its signature is judged by the level in this list.
    context.set_ciphers("ALL:!aNULL:!eNULL:@SECLEVEL=0")
    context.load_cert_chain(pair.cert, pair.key)
    return context


Answer = Callable[[bytes], bytes]


def hello(_request: bytes) -> bytes:
    """A small page."""
    body = b"<body data-page=hello><h1>hello</h1>"
    return b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n%b" % (
        len(body),
        body,
    )


@dataclass
class TlsServer:
    """Answers each request on a connection of its own; ``failures`` are the handshakes that failed.

    Without a context it speaks plain http.
    """

    context: ssl.SSLContext | None
    answer: Answer = hello
    requests: list[bytes] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    _failed: threading.Condition = field(default_factory=threading.Condition)

    def until_failed(self, known: int, within: float = 10.0) -> None:
        """Until more handshakes than ``known`` failed here: the phone's side ends first."""
        with self._failed:
            assert self._failed.wait_for(lambda: len(self.failures) > known, within)

    def __enter__(self) -> "TlsServer":
        self._listener = socket.create_server((ADDRESS, 0))
        self.port = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(10)

    @property
    def url(self) -> str:
        return f"{'https' if self.context else 'http'}://{ADDRESS}:{self.port}"

    def _run(self) -> None:
        while True:
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            sock.settimeout(10)
            with contextlib.closing(sock):
                self._serve(sock)

    def _serve(self, sock: socket.socket) -> None:
        try:
            stream = self.context.wrap_socket(sock, server_side=True) if self.context else sock
        except OSError as wrong:
            with self._failed:
                self.failures.append(str(wrong))
                self._failed.notify_all()
            return
        with contextlib.closing(stream), contextlib.suppress(OSError):
            asked = _whole_request(stream)
            self.requests.append(asked)
            stream.sendall(self.answer(asked))


def _whole_request(stream: socket.socket) -> bytes:
    asked = b""
    while b"\r\n\r\n" not in asked:
        got = stream.recv(65_536)
        if not got:
            return asked
        asked += got
    head, _, body = asked.partition(b"\r\n\r\n")
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            while len(body) < int(value):
                body += stream.recv(65_536)
    return head + b"\r\n\r\n" + body
