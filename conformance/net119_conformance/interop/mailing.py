"""People's mailboxes of a run, one server at each place to which systems send their mail."""

from collections.abc import Iterable

from net119_simulators.mailbox.hosting import HostedMailboxes

from net119_conformance.catalogue import Text
from net119_conformance.errors import ConformanceError
from net119_conformance.sut.profile import SutProfile, split_place
from net119_conformance.world.mail import MailDescription
from net119_conformance.world.plan import Ground


class Mailing:
    """The mailboxes, each started when it is first asked for; all end with `stop`."""

    def __init__(self) -> None:
        self._hosted: dict[str, tuple[HostedMailboxes, MailDescription]] = {}

    def own(self) -> MailDescription:
        """Mailboxes at a place that the suite chooses, for systems that it tells where they are."""
        return self._at("")

    def of(self, profile: SutProfile) -> MailDescription | None:
        """Mailboxes at the place to which a system sends its mail; None: its profile names none.

        Raises:
            ConformanceError: they cannot listen there.
        """
        addresses = profile.addresses
        if addresses.mail_in is None or addresses.mail_out is None:
            return None
        return self._at(addresses.mail_out)

    def route(self, profile: SutProfile, homes: Iterable[Ground]) -> None:
        """Have what people write to a system's departments get to it."""
        place = profile.addresses.mail_in
        if place is None:
            return
        for hosted, _ in self._hosted.values():
            for home in homes:
                hosted.route(home.mail_domain, *split_place(place))

    def stop(self) -> None:
        """End all."""
        for hosted, _ in self._hosted.values():
            hosted.stop()

    def _at(self, place: str) -> MailDescription:
        if place in self._hosted:
            return self._hosted[place][1]
        hosted = HostedMailboxes(*split_place(place)) if place else HostedMailboxes()
        try:
            description = MailDescription.of(hosted.start())
        except RuntimeError as problem:
            raise ConformanceError(
                Text(
                    en="people's mailboxes cannot listen there",
                    ja="通報者のメールボックスを、そのアドレスとポートで開けません",
                ),
                f"addresses.mail_out {place}",
                Text(
                    en="name an address of this machine, and a port that nothing else uses",
                    ja="この機器のアドレスと、空いているポートを指定してください",
                ),
            ) from problem
        self._hosted[place] = hosted, description
        return description
