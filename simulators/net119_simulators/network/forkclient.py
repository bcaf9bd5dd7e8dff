"""Stands for a provider that a fork server runs: ``forkclient.py SOCKET VARIANT ARGUMENT...``.

Started with ``python -S -E`` so that it takes milliseconds.  It hands its arguments and its
standard streams to the server, passes SIGTERM and SIGINT on, and ends with the provider's exit
status (128 + n if signal n ended it).  If this program is killed, the server kills the provider,
but only when it gets to it: who kills on purpose kills the provider (``handed.py``).
"""

import json
import os
import signal
import socket
import sys

HANDOVER = "NET119_HANDOVER"
"""Names, in the environment, the file number of a socket to which the server is to send the
provider's number and its pidfd."""
LOST = 70
"""Exit status if the server has gone."""


def main() -> int:
    """Run one provider through the server; returns its exit status."""
    path, variant, *arguments = sys.argv[1:]
    handover = os.environ.pop(HANDOVER, "")
    streams = [0, 1, 2, *([int(handover)] if handover else [])]
    request = {"variant": variant, "arguments": arguments, "environment": dict(os.environ)}
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as server:
        try:
            server.connect(path)
        except OSError as gone:
            sys.stderr.write(f"{path}: the fork server is not there: {gone.strerror}\n")
            return LOST
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda which, _frame: server.send(bytes([which])))
        socket.send_fds(server, [json.dumps(request).encode()], streams)
        if handover:
            os.close(int(handover))
        answer = server.recv(1)
    return answer[0] if answer else LOST


if __name__ == "__main__":
    sys.exit(main())
