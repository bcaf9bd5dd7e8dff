"""Mail of a run: what gets into the evidence, and what must not."""

import asyncio

from net119_conformance.world.mail import Mail, MailDescription
from net119_simulators.mailbox import Draft, send_mail
from net119_simulators.mailbox.hosting import HostedMailboxes
from net119_simulators.wiretap import WireEvent

ADDRESS = "somebody@phone.example"
SECRET, PASSWORD = "Zm9yLXRlc3RzLW9ubHktMDAwMQ", "p4ssw0rd-of-nobody"


class Tape:
    """Keeps what was told."""

    def __init__(self) -> None:
        self.events: list[WireEvent] = []

    def record(self, event: WireEvent) -> None:
        """Take one event."""
        self.events.append(event)


def test_each_mail_is_told_once_and_without_its_secrets() -> None:
    async def story() -> None:
        hosted = HostedMailboxes()
        try:
            place = MailDescription.of(hosted.start())
            mail, tape = Mail(place, "127.0.0.1", "aoba"), Tape()
            texts = (
                f"https://127.0.0.1:1/r/{SECRET}",
                f"https://127.0.0.1:1/my\nID: n1\nパスワード: {PASSWORD}",
            )
            for number, text in enumerate(texts, start=1):
                draft = Draft(sender="info@b.example", to=ADDRESS, subject="件名", text=text)
                await send_mail(draft, place.host, place.smtp_port)
                found = await mail.letters(ADDRESS, number - 1, 10.0, tape)
                assert [each.text for each in found] == [text]
                await mail.letters(ADDRESS, 0, 0.0, tape)
        finally:
            hosted.stop()
        assert [each.label for each in tape.events] == [f"mail to {ADDRESS}: 件名"] * 2
        told = "".join(each.payload for each in tape.events)
        assert "https://127.0.0.1:1/r/***" in told
        assert SECRET not in told
        assert PASSWORD not in told

    asyncio.run(story())


def test_a_provider_is_told_to_take_and_send_mail_on_this_machine() -> None:
    place = MailDescription(host="127.0.0.1", smtp_port=2500, desk_port=2501)
    settings = place.settings("127.1.2.3")
    assert (settings["enabled"], settings["host"]) == (True, "127.1.2.3")
    assert (settings["relay_host"], settings["relay_port"]) == ("127.0.0.1", 2500)
