"""One connection to the SMTP server that takes our mail (aiosmtplib)."""

import contextlib

from aiosmtplib import SMTP, SMTPException, SMTPResponseException

from net119_reference.mail import address
from net119_reference.mail.schedule import Answer, Delivery, answered, unreachable

_SYNTAX = frozenset({501, 553})
"""Answers of a server that does not like how an address is written."""


class Relay:
    """Opened when it is needed and kept for the letters that follow."""

    def __init__(self, host: str, port: int, timeout_s: float) -> None:
        self._host = host
        self._port = port
        self._timeout_s = timeout_s
        self._client: SMTP | None = None

    async def deliver(self, sender: str, recipient: str, content: bytes) -> Answer:
        """Hand over one letter; never raises for what the network or the server does.

        A connection that the server closed since the last letter is opened again, as long as
        nothing of this letter was handed over.
        """
        reused = self._client is not None
        answer, began = await self._attempt(sender, recipient, content)
        if answer.connection and reused and not began:
            answer, _ = await self._attempt(sender, recipient, content)
        return answer

    async def close(self) -> None:
        """Say goodbye, if connected."""
        client, self._client = self._client, None
        if client is None:
            return
        with contextlib.suppress(SMTPException, OSError):
            await client.quit(timeout=1.0)
        client.close()

    async def _attempt(self, sender: str, recipient: str, content: bytes) -> tuple[Answer, bool]:
        """The answer, and whether the server may have taken any of the letter."""
        began = False
        try:
            client = await self._connected()
        except SMTPResponseException as error:
            # Its greeting refuses every letter; that is no judgement of this one.
            return unreachable(f"the relay refuses connections: {error.message}", error.code), began
        except (SMTPException, OSError) as error:
            return unreachable(f"no connection to the relay ({type(error).__name__})"), began
        try:
            await client.mail(sender)
            await _recipient(client, recipient)
            began = True
            response = await client.data(content)
            return answered(response.code, response.message), began
        except SMTPResponseException as error:
            answer = answered(error.code, error.message)
            if answer.connection:
                self._drop()
            else:
                await self._reset(client)
            return answer, began
        except (SMTPException, OSError) as error:
            self._drop()
            return unreachable(f"the connection broke off ({type(error).__name__})"), began
        except ValueError as error:
            self._drop()
            return Answer(Delivery.FAILED, None, f"cannot be written as mail: {error}"), began
        except BaseException:
            # Cancelled in the middle: whatever comes next on this connection is not for us.
            self._drop()
            raise

    async def _connected(self) -> SMTP:
        if self._client is not None and self._client.is_connected:
            return self._client
        client = SMTP(
            hostname=self._host,
            port=self._port,
            # The machine's name is nobody's business, and asking for it may wait for a DNS server.
            local_hostname="localhost",
            timeout=self._timeout_s,
            # TLS where it is offered, as mail servers do among each other: better than none.
            validate_certs=False,
        )
        try:
            await client.connect()
        except BaseException:
            client.close()
            raise
        self._client = client
        return client

    async def _reset(self, client: SMTP) -> None:
        try:
            await client.rset()
        except (SMTPException, OSError):
            self._drop()

    def _drop(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            client.close()


async def _recipient(client: SMTP, recipient: str) -> None:
    """RCPT TO.

    An address with periods at forbidden places goes out as its holder and the carrier write it,
    unquoted; the server that insists on RFC 5321 says so, and gets it quoted.  No list of domains
    is needed for that, and no server sees more than one spelling that it takes.
    """
    try:
        await client.rcpt(recipient)
    except SMTPResponseException as error:
        if error.code not in _SYNTAX or not address.breaks_dots(recipient):
            raise
        command = f"TO:<{address.quoted(recipient)}>".encode("ascii")
        response = await client.execute_command(b"RCPT", command)
        if response.code not in (250, 251):
            raise SMTPResponseException(response.code, response.message) from error
