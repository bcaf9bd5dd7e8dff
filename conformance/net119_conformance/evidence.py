"""The event log of one purpose run: every message on the wire, every check, every note, in order.

It is written line by line as JSON while the purpose runs, so that a crash leaves what was seen.
Lines are objects with a `kind`: `message`, `check`, `note`, `person` for what somebody at the
system said, and `cut` where something was left out.
"""

import json
import time
from collections import deque
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TextIO

from net119_simulators.wiretap import WireEvent

from net119_conformance.checks import Check, cut
from net119_conformance.masking import Masker
from net119_conformance.redaction import Redactor

MAX_PAYLOAD = 65_536
"""Characters of one payload that are kept."""
FIRST_MESSAGES = 4_000
LAST_MESSAGES = 1_000
"""Of more messages than FIRST + LAST, only the first and the last ones are kept."""
PICTURE = ".picture-"
"""Between the name of a log and the number, in the name of a picture that a person attached."""


class EvidenceLog:
    """A `Wiretap` that keeps what it is told in a bounded JSON Lines file. Use it with `with`."""

    def __init__(self, path: Path, *, first: int = FIRST_MESSAGES, last: int = LAST_MESSAGES):
        self.path = path
        self.redact = Redactor()
        self._masked_suts: set[str] = set()
        self.started_at = datetime.now(UTC)
        self._started = time.monotonic()
        self._first = first
        self._held: deque[dict[str, Any]] = deque()
        self._last = last
        self._held_messages = 0
        self._left_out = 0
        self._messages: deque[WireEvent] = deque(maxlen=first + last)
        self._count = 0
        self._pictures = 0
        self.failure: str | None = None
        """Why something could not be written, if so: then the run proves nothing."""
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file: TextIO | None = path.open(
            # A lone surrogate (from bytes that are no UTF-8) becomes its JSON escape.
            "w",
            encoding="utf-8",
            errors="backslashreplace",
            buffering=1,
        )

    def __enter__(self) -> "EvidenceLog":
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.close()

    @property
    def count(self) -> int:
        """How many messages were recorded, those left out of the file included."""
        return self._count

    def elapsed(self) -> float:
        """Seconds since the log was opened."""
        return time.monotonic() - self._started

    def mask_people(self, sut: str) -> Masker:
        """Mask the data of people that the system ``sut`` tells and the suite did not.

        What comes from any other source counts as said by the suite, save from systems that were
        named before. Returns the masker, which can be told of more that is fictional.
        """
        self._masked_suts.add(sut)
        if self.redact.mask is None:
            self.redact.mask = Masker()
        return self.redact.mask

    def record(self, event: WireEvent) -> None:
        """Take one message."""
        if self.redact.mask is not None and event.source not in self._masked_suts:
            self.redact.mask.learn(event.payload[:MAX_PAYLOAD])
        line = {
            "kind": "message",
            "n": self._count,
            "at": event.at.isoformat(),
            "offset_s": round(self.elapsed(), 6),
            "interface": str(event.interface),
            "source": event.source,
            "target": event.target,
            "label": self.redact(cut(event.label, 500)),
            "payload": self._bounded(event.payload),
        }
        self._messages.append(event)
        self._count += 1
        self._keep(line, beyond=self._count > self._first)

    def check(self, check: Check) -> None:
        """Note that a check was made."""
        self._keep({"kind": "check", **check.model_dump(mode="json")}, beyond=False)

    def note(self, text: str) -> None:
        """Keep a remark of the engine, such as a traceback."""
        line = {"kind": "note", "offset_s": round(self.elapsed(), 6), "text": self.redact(text)}
        self._keep(line, beyond=False)

    def person(
        self, what: str, outcome: str, said: Mapping[str, str], picture: bytes | None
    ) -> None:
        """Keep what a person was asked, how it ended, and what was said; masked as the rest is.

        A picture is kept in a file of its own beside this one: nothing can be masked in it.
        """
        name = ""
        if picture is not None:
            self._pictures += 1
            ending = "jpg" if picture.startswith(b"\xff\xd8") else "png"
            name = f"{self.path.stem}{PICTURE}{self._pictures}.{ending}"
            try:
                self.path.with_name(name).write_bytes(picture)
            except OSError as problem:
                self.failure = str(problem)
        told = {label: self.redact.free(text) for label, text in said.items() if text}
        line = {
            "kind": "person",
            "offset_s": round(self.elapsed(), 6),
            "text": self.redact(what),
            "outcome": outcome,
            "said": told,
            "picture": name,
        }
        self._keep(line, beyond=False)

    def index_of(self, wanted: WireEvent | str) -> int | None:
        """The number of a recorded message: of this very event, or of the latest one whose label
        or payload contains this text (a message ID, say). None if there is none."""
        first_known = self._count - len(self._messages)
        for place in range(len(self._messages) - 1, -1, -1):
            event = self._messages[place]
            if isinstance(wanted, str):
                found = bool(wanted) and (wanted in event.label or wanted in event.payload)
            else:
                found = event is wanted or event == wanted
            if found:
                return first_known + place
        return None

    def spoken(self) -> list[dict[str, Any]]:
        """The remembered messages as lines of a log, neither cut nor masked, with a `cut` line
        before them if earlier ones are not remembered."""
        first = self._count - len(self._messages)
        lines: list[dict[str, Any]] = [{"kind": "cut", "messages": first}] if first else []
        for number, event in enumerate(self._messages, first):
            lines.append(
                {
                    "kind": "message",
                    "n": number,
                    "interface": str(event.interface),
                    "source": event.source,
                    "payload": event.payload,
                }
            )
        return lines

    def numbered(self, number: int) -> WireEvent | None:
        """The message of this number, or None if it is not remembered any more."""
        place = number - (self._count - len(self._messages))
        return self._messages[place] if 0 <= place < len(self._messages) else None

    def close(self) -> None:
        """Write what was held back, with a mark for what was left out. May be called twice."""
        if self._file is None:
            return
        if self._left_out:
            mark = {
                "kind": "cut",
                "messages": self._left_out,
                "text": f"{self._left_out} messages left out here; the first {self._first} and "
                f"the last {self._last} are kept",
            }
            self._write(mark)
        for line in self._held:
            self._write(line)
        try:
            self._file.close()
        except OSError as problem:
            self.failure = str(problem)
        self._file = None

    def _keep(self, line: dict[str, Any], *, beyond: bool) -> None:
        if not beyond and not self._held:
            self._write(line)
            return
        # Past the first part everything is held, checks and notes too, so that order is kept.
        self._held.append(line)
        if beyond:
            self._held_messages += 1
            if self._held_messages > self._last:
                self._drop_oldest_message()

    def _drop_oldest_message(self) -> None:
        for place, line in enumerate(self._held):
            if line["kind"] == "message":
                del self._held[place]
                self._held_messages -= 1
                self._left_out += 1
                return

    def _bounded(self, payload: str) -> str:
        if len(payload) <= MAX_PAYLOAD:
            return self.redact(payload)
        # Cut before the redaction, which would take long on megabytes; the margin lets it still
        # recognise a secret that lies across the final cut.
        kept = self.redact(payload[: MAX_PAYLOAD + 1_000])[:MAX_PAYLOAD]
        return f"{kept}… [cut: {len(payload)} characters in all]"

    def _write(self, line: dict[str, Any]) -> None:
        # A late event of a simulator that is still closing must not raise; it is after the verdict.
        if self._file is not None:
            text = json.dumps(line, ensure_ascii=False) + "\n"
            try:
                self._file.write(text)
            except OSError as problem:
                # Raised here, it would break the simulator that talks, and look like the SUT.
                self.failure = str(problem)


def read_evidence(path: Path) -> list[dict[str, Any]]:
    """The lines of a log. A last line that a crash cut off becomes a note; a missing file, none."""
    if not path.is_file():
        return []
    lines: list[dict[str, Any]] = []
    for number, text in enumerate(path.read_text("utf-8", "replace").split("\n"), 1):
        if not text:
            continue
        try:
            read = json.loads(text)
        except (ValueError, RecursionError):
            read = None
        whole = isinstance(read, dict)
        note = {"kind": "note", "text": f"line {number} of the log is incomplete"}
        lines.append(read if whole else note)
    return lines
