"""Mailboxes that other processes read: questions and answers as JSON lines over loopback TCP."""

import asyncio
import base64
import contextlib
import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter

from net119_simulators.errors import UnexpectedAnswer, Unreachable, Waited
from net119_simulators.mailbox.journal import Decision, Fate
from net119_simulators.mailbox.letter import Letter, read_letter
from net119_simulators.mailbox.rules import Rule
from net119_simulators.mailbox.server import MailboxServer
from net119_simulators.safety import check_target

_LINE_LIMIT = 64 * 1024 * 1024
_RULE = TypeAdapter(Rule)
_GRACE_S = 10.0
"""For the answer to come after the time that was to be waited."""


class MailboxDesk:
    """Answers questions about a `MailboxServer`; ``start`` and ``stop`` in the server's loop."""

    def __init__(self, boxes: MailboxServer, host: str = "127.0.0.1") -> None:
        check_target(f"tcp://{host}:1")
        self._boxes = boxes
        self._host = host
        self._server: asyncio.Server | None = None
        self._talks: set[asyncio.Task[Any]] = set()
        self.port = 0

    async def start(self) -> None:
        """Listen at a free port."""
        self._server = await asyncio.start_server(self._talk, self._host, 0, limit=_LINE_LIMIT)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Stop listening; who waits for an answer gets none."""
        if self._server is not None:
            self._server.close()
        for talk in tuple(self._talks):
            talk.cancel()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is not None:
            self._talks.add(task)
            task.add_done_callback(self._talks.discard)
        with contextlib.suppress(ConnectionError, asyncio.CancelledError):
            while line := await reader.readline():
                answer = await self._answer(json.loads(line))
                writer.write(json.dumps(answer).encode() + b"\n")
                await writer.drain()
        writer.close()

    async def _answer(self, asked: dict[str, Any]) -> Any:
        address, after = str(asked["address"]), int(asked.get("after", 0))
        if "rule" in asked:
            self._boxes.set_rule(address, _RULE.validate_python(asked["rule"]))
            return []
        if asked.get("about") == "decisions":
            return [_told(each) for each in self._boxes.decisions(address)[after:]]
        within = float(asked.get("within", 0.0))
        if within > 0:
            with contextlib.suppress(Waited):
                await self._boxes.wait_for_letter(address, after=after, within=within)
        return [
            {
                "raw": base64.b64encode(letter.raw).decode(),
                "envelopeFrom": letter.envelope_from,
                "receivedAt": letter.received_at.isoformat(),
            }
            for letter in self._boxes.letters(address)[after:]
        ]


class RemoteMailboxes:
    """The mailboxes behind a `MailboxDesk`, from any process; a connection for each question."""

    def __init__(self, host: str, port: int) -> None:
        check_target(f"tcp://{host}:{port}")
        self._host = host
        self._port = port

    async def letters(
        self, address: str, *, after: int = 0, within: float = 0.0
    ) -> Sequence[Letter]:
        """Mails of a mailbox after the first ``after``, oldest first.

        If there is none yet, the first one is waited for ``within`` seconds at most.

        Raises:
            Unreachable: the mailboxes' process is gone.
        """
        asked = {"address": address, "after": after, "within": within}
        answer = await self._ask(asked, within + _GRACE_S)
        return tuple(
            read_letter(
                base64.b64decode(each["raw"]),
                address,
                each["envelopeFrom"],
                datetime.fromisoformat(each["receivedAt"]),
            )
            for each in answer
        )

    async def decisions(self, address: str, *, after: int = 0) -> Sequence[Decision]:
        """What was decided about each mail to an address, after the first ``after``.

        They come without their letters. Raises `Unreachable` as `letters` does.
        """
        answer = await self._ask(
            {"address": address, "after": after, "about": "decisions"}, _GRACE_S
        )
        return tuple(
            Decision(
                at=datetime.fromisoformat(each["at"]),
                address=address,
                sender=each["sender"],
                fate=Fate(each["fate"]),
                rule=each["rule"],
                why=each["why"],
                report=each["report"],
                reported=each["reported"],
            )
            for each in answer
        )

    async def set_rule(self, address: str, rule: Rule) -> None:
        """Give an address a filter; raises `Unreachable` as `letters` does."""
        said = _RULE.dump_python(rule, mode="json")
        await self._ask({"address": address, "rule": said}, _GRACE_S)

    async def _ask(self, asked: dict[str, Any], within: float) -> list[Any]:
        where = f"mailboxes at {self._host}:{self._port}"
        try:
            async with asyncio.timeout(within):
                reader, writer = await asyncio.open_connection(
                    self._host, self._port, limit=_LINE_LIMIT
                )
                try:
                    writer.write(json.dumps(asked).encode() + b"\n")
                    line = await reader.readline()
                finally:
                    writer.close()
        except (OSError, TimeoutError) as gone:
            raise Unreachable(str(gone) or type(gone).__name__, where) from gone
        if not line.endswith(b"\n"):
            raise Unreachable("the connection ended before the answer", where)
        answer = json.loads(line)
        if not isinstance(answer, list):
            raise UnexpectedAnswer("no list", where)
        return answer


def _told(decision: Decision) -> dict[str, str | bool]:
    return {
        "at": decision.at.isoformat(),
        "sender": decision.sender,
        "fate": decision.fate.value,
        "rule": decision.rule,
        "why": decision.why,
        "report": decision.report,
        "reported": decision.reported,
    }
