"""Mail as people send it from their phones: empty, signed, in an old charset, with odd senders."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import policy
from email.header import Header
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid

import aiosmtplib

from net119_simulators.mailbox.phone_charset import encode, encoded_word
from net119_simulators.recorder import Recorder
from net119_simulators.safety import check_target
from net119_simulators.wiretap import Interface, Wiretap

_OF_PHONES = frozenset({"shift_jis", "iso-2022-jp"})


class MailNotTaken(Exception):
    """The provider's mail server did not take a mail; ``code`` is its SMTP answer (0: none)."""

    def __init__(self, code: int, text: str) -> None:
        super().__init__(f"{code} {text}")
        self.code = code
        self.text = text


@dataclass(frozen=True)
class Draft:
    """A mail to be sent; the defaults are the empty mail of an application (TOM-08).

    ``charset`` is what the sender's phone writes (:attr:`MailCarrier.charset`): ``shift_jis`` and
    ``iso-2022-jp`` are those of phones, with ① and 髙 in them.
    """

    sender: str
    to: str
    subject: str = ""
    text: str = ""
    charset: str = "utf-8"
    html: str | None = None
    attachment: bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    envelope_from: str | None = None
    """Sender of the SMTP dialogue where it is another (``""``: a bounce)."""

    def octets(self) -> bytes:
        """The mail as it goes over the wire."""
        message = EmailMessage(policy=policy.SMTP)
        if self.charset.lower() in _OF_PHONES:
            message.set_content(encode(_crlf(self.text), self.charset), "text", "plain", cte="8bit")
            message.set_param("charset", self.charset)
        else:
            message.set_content(self.text, charset=self.charset)
        if self.html is not None:
            message.add_alternative(self.html, subtype="html")
        if self.attachment is not None:
            message.add_attachment(
                self.attachment, maintype="image", subtype="jpeg", filename="photo.jpg"
            )
        extra = {
            "Date": format_datetime(datetime.now(UTC)),
            "Message-ID": make_msgid(domain="phone.example"),
        }
        for name, value in {**extra, **self.headers}.items():
            message[name] = value
        if self.charset.lower() in _OF_PHONES:
            subject = encoded_word(self.subject, self.charset)
        else:
            subject = Header(self.subject, self.charset).encode() if self.subject else ""
        # Addresses that break RFC 5322 would be quoted or refused by the library: written by hand.
        head = f"From: {self.sender}\r\nTo: {self.to}\r\nSubject: {subject}\r\n"
        return head.encode("ascii", "replace") + message.as_bytes()


async def send_mail(draft: Draft, host: str, port: int, *, wiretap: Wiretap | None = None) -> None:
    """Send a mail to a provider's mail server.

    Raises:
        MailNotTaken: the server refused it, or could not be reached.
        SafetyInterlock: the server is not on this machine.
    """
    check_target(f"smtp://{host}:{port}")
    envelope_from = draft.sender if draft.envelope_from is None else draft.envelope_from
    recorder = Recorder(wiretap, Interface.M, "phone", "provider")
    recorder.sent(f"mail to {draft.to}: {draft.subject or 'empty'}", draft.text)
    await hand_over(draft.octets(), envelope_from, draft.to, host, port)


async def hand_over(content: bytes, envelope_from: str, to: str, host: str, port: int) -> None:
    """One SMTP dialogue with a mail that is written already; raises as :func:`send_mail` does."""
    check_target(f"smtp://{host}:{port}")
    client = aiosmtplib.SMTP(
        hostname=host,
        port=port,
        use_tls=False,
        start_tls=False,
        timeout=15,
        local_hostname="phone.example",
    )
    try:
        async with client:
            await client.ehlo()
            # Written out, so that the addresses stand on the wire just as they were given.
            await _ask(client, f"MAIL FROM:<{envelope_from}>", 250)
            await _ask(client, f"RCPT TO:<{to}>", 250)
            response = await client.data(content)
            if response.code != 250:
                raise MailNotTaken(response.code, response.message)
    except aiosmtplib.SMTPResponseException as refused:
        raise MailNotTaken(refused.code, refused.message) from refused
    except (aiosmtplib.SMTPException, OSError) as gone:
        raise MailNotTaken(0, str(gone) or type(gone).__name__) from gone


async def _ask(client: aiosmtplib.SMTP, command: str, wanted: int) -> None:
    response = await client.execute_command(command.encode("ascii", "replace"))
    if response.code != wanted:
        raise MailNotTaken(response.code, response.message)


def _crlf(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\n", "\r\n") + "\r\n"
