"""A provider made of stomp.py and of JSON written by hand, without any code of the profile's.

It stands for a vendor who has read the published page of the interface, and nothing else.
"""

import itertools
import json
import queue
import time
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from tests.brokers.their_client import WITHIN_S, Heard

CONTENT_TYPE = "application/json;charset=utf-8"
PROFILE = "net119-interconnect/1"


class TheirProvider:
    """One end of a call; ``session`` is its connection with what it hears there.

    Args:
        operator: its own code.
        reads: its queue at that endpoint.
        writes: the other provider's queue at that endpoint.
        replies_to: the queue that its messages name in ``via``.
    """

    def __init__(
        self,
        session: tuple[Any, Heard],
        operator: str,
        *,
        reads: str,
        writes: str,
        replies_to: str,
    ) -> None:
        self._connection, self._heard = session
        self._operator = operator
        self._writes = writes
        self._replies_to = replies_to
        self._n = itertools.count(1)
        self._came: queue.Queue[dict[str, Any]] = queue.Queue()
        self.call_id = ""
        self.mode = "test"
        self.epoch = 1
        self.seen: list[str] = []
        """Type of each message that was taken, in order."""
        self._connection.subscribe(reads, id="1", ack="client-individual")

    def offered(self) -> dict[str, Any]:
        """The offer of a call, which this provider speaks of from now on."""
        offer = self.expect("call.offer")
        self.call_id, self.mode, self.epoch = offer["callId"], offer["mode"], offer["epoch"]
        return offer

    def say(
        self, kind: str, body: dict[str, Any], *, answers: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        """Send a message of the call; returns once the endpoint has confirmed it."""
        message = {
            "profile": PROFILE,
            "messageId": str(uuid4()),
            "type": kind,
            "callId": self.call_id,
            "epoch": self.epoch,
            "n": next(self._n),
            "mode": self.mode,
            "sentAt": now(),
            "via": {"destination": self._replies_to, "operator": self._operator},
            "body": body,
        }
        if answers is not None:
            message["inReplyTo"] = answers["messageId"]
        receipt = message["messageId"]
        self._connection.send(
            self._writes,
            json.dumps(message, ensure_ascii=False),
            content_type=CONTENT_TYPE,
            receipt=receipt,
            persistent="true",
        )
        self._read_until(lambda command, frame: frame.headers.get("receipt-id") == receipt)
        return message

    def expect(self, kind: str) -> dict[str, Any]:
        """The next message of this type; what comes before it is taken, too.

        Raises:
            AssertionError: an ``error`` came instead, or a frame ERROR.
        """
        while True:
            while self._came.empty():
                self._read_until(lambda command, frame: command == "MESSAGE")
            message = self._came.get()
            self.seen.append(message["type"])
            if message["type"] == kind:
                return message
            assert message["type"] != "error", message

    def leave(self) -> None:
        """Read no more; returns once the endpoint has every acknowledgement."""
        self._connection.unsubscribe("1", receipt="left")
        self._read_until(lambda command, frame: frame.headers.get("receipt-id") == "left")

    def _read_until(self, done: Any) -> None:
        deadline = time.monotonic() + WITHIN_S
        while True:
            command, frame = self._heard.frames.get(timeout=max(0.0, deadline - time.monotonic()))
            assert command in {"MESSAGE", "RECEIPT"}, (command, frame and frame.body)
            if command == "MESSAGE":
                self._came.put(json.loads(frame.body))
                self._connection.ack(frame.headers["ack"])
            if done(command, frame):
                return


def now(after_s: float = 0.0) -> str:
    """A time of the profile's form."""
    moment = datetime.fromtimestamp(time.time() + after_s, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
