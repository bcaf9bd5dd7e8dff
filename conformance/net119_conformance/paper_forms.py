"""People whose paper form a department's staff key in, approved and able to log in."""

from dataclasses import dataclass

from net119_protocol.api.records import Decision, PaperApplication, RegistrationRecord
from net119_protocol.api.staff import Credentials
from net119_protocol.application import Application
from net119_simulators.registration import MailedKeys, keys_in

from net119_conformance.drivers.staff import Staff
from net119_conformance.newcomer import holds_keys
from net119_conformance.world.world import Registered, World


@dataclass(frozen=True)
class OnPaper:
    """A registrant by paper form: what it said, the record after approval, the mailed keys."""

    application: Application
    record: RegistrationRecord
    keys: MailedKeys

    @property
    def registered(self) -> Registered:
        """The person as somebody with a handset."""
        credentials = Credentials(
            registrant_id=self.record.registrant_id,
            login_id=self.keys.login_id,
            password=self.keys.password,
        )
        return Registered(self.application.data, credentials, self.keys.department or "")


def address_of(w: World, name: str) -> str:
    """A mail address of the purpose's own."""
    return f"{name}@{w.home.department}.phone.example"


async def registered_on_paper(w: World, staff: Staff, form: PaperApplication) -> OnPaper:
    """Key a form in, approve it, and take the keys out of the completion mail."""
    entered = await staff.key_in(form)
    record = await staff.decide(await staff.record(entered), Decision.APPROVE)
    with w.trial.waiting("the completion mail"):
        letter = await w.letter(form.application.data.mail, holds_keys)
    return OnPaper(form.application, record, keys_in(letter.text, letter.urls))
