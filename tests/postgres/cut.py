"""A wire to a PostgreSQL that is cut in mid-commit, before or after the server has stored it."""

import contextlib
import socket
import threading
from enum import Enum


class Cut(Enum):
    """Where the wire is cut."""

    BEFORE = "the server never gets the COMMIT"
    AFTER = "the server has stored it, and its answer is lost"


class Wire:
    """Passes connections on to a port of this machine; runs inside ``with``."""

    def __init__(self, port: int) -> None:
        self._server_port = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.cut: Cut | None = None
        """Cuts the next commit there."""
        self.lasting = True
        """Whether everything after the cut is refused until :meth:`mend`."""
        self.refusing = False
        self._pairs: list[tuple[socket.socket, socket.socket]] = []
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()

    def __enter__(self) -> "Wire":
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.break_all()
        for thread in self._threads:
            thread.join()

    def break_all(self) -> None:
        """Cut what is connected now."""
        for pair in self._pairs:
            for end in pair:
                with contextlib.suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)

    def mend(self) -> None:
        """Take connections again."""
        self.refusing = False

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            if self.refusing:
                client.close()
                continue
            server = socket.create_connection(("127.0.0.1", self._server_port))
            self._pairs.append((client, server))
            lost = threading.Event()
            for work in (self._to_server, self._to_client):
                thread = threading.Thread(target=work, args=(client, server, lost))
                self._threads.append(thread)
                thread.start()

    def _to_server(
        self, client: socket.socket, server: socket.socket, lost: threading.Event
    ) -> None:
        with contextlib.suppress(OSError):
            while data := client.recv(65536):
                cut = self.cut if b"COMMIT" in data else None
                if cut is not None:
                    self.refusing, self.cut = self.lasting, None
                if cut is Cut.BEFORE:
                    break
                if cut is Cut.AFTER:
                    lost.set()
                server.sendall(data)
        self._end(client, server)

    def _to_client(
        self, client: socket.socket, server: socket.socket, lost: threading.Event
    ) -> None:
        with contextlib.suppress(OSError):
            while data := server.recv(65536):
                if lost.is_set() and b"COMMIT" in data:
                    break
                client.sendall(data)
        self._end(client, server)

    def _end(self, *ends: socket.socket) -> None:
        for end in ends:
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
