"""Delivery reports (RFC 3464) of a carrier, and where they go: the server of the sender."""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from email.message import Message
from email.mime.message import MIMEMessage
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.parser import BytesParser
from email.policy import SMTP
from email.utils import format_datetime, make_msgid

from net119_simulators.mailbox.letter import Letter
from net119_simulators.mailbox.sending import MailNotTaken, hand_over
from net119_simulators.safety import check_target

HOST = "mailboxes.example"
_ATTEMPTS = 5
_PAUSE_S = 1.0


def delivery_report(letter: Letter, why: str, now: datetime) -> bytes:
    """The report that a letter could not be delivered: human text, status, original headers."""
    report = MIMEMultipart("report", report_type="delivery-status", policy=SMTP)
    report["From"] = f"MAILER-DAEMON@{HOST}"
    report["To"] = letter.envelope_from
    report["Subject"] = "Undelivered Mail Returned to Sender"
    report["Date"] = format_datetime(now)
    report["Message-ID"] = make_msgid(domain=HOST)
    report["Auto-Submitted"] = "auto-replied"
    report.attach(
        MIMEText(f"Your mail to {letter.address} was not delivered: {why}.\r\n", "plain", "utf-8")
    )
    status = Message(policy=SMTP)
    status["Reporting-MTA"] = f"dns; {HOST}"
    recipient = Message(policy=SMTP)
    # Written as it is dialled: many reports hold such addresses unquoted.
    recipient["Final-Recipient"] = f"rfc822; {letter.address}"
    recipient["Action"] = "failed"
    recipient["Status"] = "5.7.1"
    recipient["Diagnostic-Code"] = "smtp; 550 5.7.1 refused by the settings of its recipient"
    block = MIMEMessage(Message(policy=SMTP), "delivery-status", policy=SMTP)
    block.set_payload([status, recipient])
    report.attach(block)
    original = MIMEText("", "rfc822-headers", "us-ascii")
    head = BytesParser().parsebytes(letter.raw, headersonly=True)
    original.set_payload("".join(f"{name}: {value}\r\n" for name, value in head.raw_items()))
    report.attach(original)
    return report.as_bytes()


class Returns:
    """Sends delivery reports to the inbound mail servers of providers, by the sender's domain."""

    def __init__(self) -> None:
        self._routes: dict[str, tuple[str, int]] = {}

    def route(self, domain: str, host: str, port: int) -> None:
        """Mail to this domain (``*``: to all that have no route) goes to this server.

        Raises:
            SafetyInterlock: the server is not on this machine.
        """
        check_target(f"smtp://{host}:{port}")
        self._routes[domain.lower()] = (host, port)

    @property
    def routes(self) -> Mapping[str, tuple[str, int]]:
        """The routes that were given."""
        return dict(self._routes)

    async def send(self, letter: Letter, why: str) -> tuple[bool, str]:
        """Send the report of a letter; whether it was taken, and what became of it, in English.

        A server that is away or says "later" (4xx) is asked again a few times.
        """
        to = letter.envelope_from
        if not to:
            return False, "no report: the mail has no sender to be told (RFC 5321, 4.5.5)"
        domain = to.rpartition("@")[2].lower()
        where = self._routes.get(domain) or self._routes.get("*")
        if where is None:
            return False, f"no report: no route to the mail server of {domain} was given"
        octets = delivery_report(letter, why, datetime.now(UTC))
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                await hand_over(octets, "", to, *where)
            except MailNotTaken as refused:
                if refused.code >= 500 or attempt == _ATTEMPTS:
                    return False, f"the report was not taken: {refused}"
                await asyncio.sleep(_PAUSE_S)
            else:
                return True, f"the report was taken by {where[0]}:{where[1]}"
        raise AssertionError("not reached: the last attempt returns")
