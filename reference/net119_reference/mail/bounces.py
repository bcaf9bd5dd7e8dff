"""Delivery reports (RFC 3464) and the bounces of servers that do not write them so."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from email.message import Message

from net119_reference.mail.address import canonical
from net119_reference.mail.letter import our_message_ids

_LIMIT = 50
"""Recipients of one report that are looked at; our letters have one."""
_STATUS = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")


@dataclass(frozen=True)
class Bounce:
    """One recipient that a letter did not reach.

    ``status`` is the RFC 3463 code such as ``5.1.1``, empty if the report names none;
    ``message_id`` that of our letter, ``None`` if the report does not show it.
    """

    recipient: str
    status: str
    diagnostic: str
    message_id: str | None


@dataclass(frozen=True)
class Report:
    """What a delivery report says; without ``failed`` it announces a delay or a success."""

    failed: tuple[Bounce, ...]


def delivery_report(message: Message) -> Report | None:
    """The report in a mail of type multipart/report; ``None`` if it is no delivery report."""
    if message.get_content_type() != "multipart/report":
        return None
    fields = [
        block
        for part in message.walk()
        if part.get_content_type() in ("message/delivery-status", "message/global-delivery-status")
        for block in _blocks(part)
    ]
    if not fields:
        return None
    original = _original_id(message)
    failed = [
        Bounce(
            canonical(_value(block, "Original-Recipient") or _value(block, "Final-Recipient")),
            _status(block.get("Status", "")),
            _plain(_value(block, "Diagnostic-Code")),
            original,
        )
        for block in fields[:_LIMIT]
        if str(block.get("Action", "")).strip().lower() == "failed"
    ]
    return Report(tuple(failed))


def loose_bounce(message: Message, text: str) -> tuple[Bounce, ...]:
    """What a bounce without a report tells: the failed recipients, and which letter of ours."""
    original = _original_id(message)
    if original is None:
        found = our_message_ids(text)
        original = found[0] if found else None
    listed = str(message.get("X-Failed-Recipients", ""))
    recipients = [canonical(part) for part in listed.split(",") if part.strip()][:_LIMIT]
    status = _status(text[:20_000])
    return tuple(Bounce(each, status, "", original) for each in recipients or [""])


def _blocks(part: Message) -> Iterator[Message]:
    payload = part.get_payload()
    if isinstance(payload, list):
        yield from (each for each in payload if isinstance(each, Message))


def _original_id(message: Message) -> str | None:
    for part in message.walk():
        if part is message:
            continue
        candidates: Iterable[str] = [str(part.get("Message-ID", ""))]
        if part.get_content_type() == "text/rfc822-headers":
            candidates = [str(part.get_payload())]
        for candidate in candidates:
            found = our_message_ids(candidate)
            if found:
                return found[0]
    for header in ("In-Reply-To", "References"):
        found = our_message_ids(str(message.get(header, "")))
        if found:
            return found[-1]
    return None


def _value(block: Message, name: str) -> str:
    # "rfc822; somebody@host": the type in front is of no use to us.
    text = str(block.get(name, ""))
    return text.partition(";")[2].strip() if ";" in text else text.strip()


def _status(text: object) -> str:
    found = _STATUS.search(str(text))
    return found.group(0) if found else ""


def _plain(text: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:300]
