"""Where phones are tried: providers on this machine with mail, plaintext listener and consoles."""

import asyncio
import random
import secrets
import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

from net119_protocol.api.console import ConsoleCall
from net119_protocol.api.records import Decision
from net119_protocol.api.staff import (
    Credentials,
    NewRegistrant,
    RegistrantView,
    RegistrationState,
)
from net119_protocol.application import Basis
from net119_protocol.directory import Department, japan_date, load_directory
from net119_protocol.profile.load import load_profiles
from net119_protocol.profile.model import Channel, InsecureHandset, Profile

from net119_simulators.api_client import ApiClient
from net119_simulators.applications import Applying, make_applying
from net119_simulators.dispatcher import Dispatcher
from net119_simulators.errors import SimulatorError
from net119_simulators.handsets.chain import Roots
from net119_simulators.handsets.model import Handset
from net119_simulators.handsets.phone import Phone
from net119_simulators.handsets.position import Measured
from net119_simulators.handsets.registering import ByMail, Post, mail_address
from net119_simulators.handsets.remote import Elsewhere
from net119_simulators.handsets.steps import Policy, Reason
from net119_simulators.handsets.trial import (
    Happened,
    Trial,
    TrialFailed,
    TrialResult,
)
from net119_simulators.handsets.walking import Stuck
from net119_simulators.mailbox import MailboxServer
from net119_simulators.network import Authority, LocalNetwork, ProviderSpec
from net119_simulators.network.ports import FreePorts
from net119_simulators.person import jurisdictions, point_in
from net119_simulators.recorder import Recorder
from net119_simulators.registration.urls import MailedKeys
from net119_simulators.staff_office import StaffOffice
from net119_simulators.wiretap import Interface, Wiretap

_START_WITHIN_S = 90.0


@dataclass
class _Place:
    """One department's provider while it runs."""

    profile: Profile
    department: Department
    operator: str
    center: str
    address: str
    mail_port: int
    plaintext_port: int
    dispatcher: Dispatcher | None = None
    staff_token: str = ""
    approving: asyncio.Lock = field(default_factory=asyncio.Lock)


class Bench:
    """Providers of some departments, running while inside ``async with``.

    Every provider has a plaintext listener: where the department's profile does not take phones
    that cannot encrypt, they are to be refused there with the reason.

    Raises:
        KeyError: a department has no profile. ProviderDidNotStart: on entering.
    """

    def __init__(
        self,
        departments: Sequence[str],
        *,
        wiretap: Wiretap | None = None,
    ) -> None:
        profiles = load_profiles()
        today = japan_date(datetime.now(UTC))
        directory = load_directory(jurisdictions().municipalities).on(today)
        self._today = today
        self._wiretap = wiretap
        self._exit = AsyncExitStack()
        self._chosen = [(profiles[code], directory.department(code)) for code in departments]
        self._places: dict[str, _Place] = {}
        self._network: LocalNetwork | None = None
        self._roots: Roots | None = None
        self._boxes = MailboxServer(f"127.{64 + secrets.randbelow(64)}.{secrets.randbelow(256)}.1")

    async def __aenter__(self) -> Self:
        try:
            await self._set_up()
        except BaseException:
            await self._exit.aclose()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._exit.aclose()

    @property
    def departments(self) -> tuple[str, ...]:
        """The departments' codes."""
        return tuple(profile.department for profile, _ in self._chosen)

    @property
    def dispatchers(self) -> tuple[Dispatcher, ...]:
        """The consoles that answer, one for each department."""
        return tuple(each.dispatcher for each in self._places.values() if each.dispatcher)

    def policy(self, department: str) -> Policy:
        """What a department allows a phone that cannot encrypt."""
        return policy_of(next(p for p, _ in self._chosen if p.department == department))

    async def trial(
        self,
        handset: Handset,
        department: str,
        tell: Callable[[Happened], None] = lambda _: None,
        *,
        seed: int = 1,
        register: bool = True,
    ) -> TrialResult:
        """Try a phone in the hand of a person of its own, somewhere in the department's area.

        Without ``register`` staff key the person in, and that step is not taken.
        """
        place = self._places[department]
        desk = _LocalDesk(self, place, handset, seed, register=register)
        phone = Phone(
            handset,
            self._trusted(),
            desk.here,
            name=f"{handset.name} at {department}",
            provider=place.operator,
            wiretap=self._wiretap,
        )
        async with phone:
            return await Trial(phone, desk, tell).run()

    async def elsewhere(self, department: str, handset: Handset, *, seed: int = 1) -> Elsewhere:
        """The same provider as somebody else would know it, with an owner keyed in by staff."""
        place, network = self._places[department], self._running()
        desk = _LocalDesk(self, place, handset, seed, register=False)
        keys = await desk.keys()
        token = await network.dispatcher_token(place.operator, place.center, "elsewhere")
        return Elsewhere(
            desk.base_url,
            desk.plaintext_url,
            network.ca.ca_file,
            keys.login_id,
            keys.password,
            token,
        )

    # --- setting up -----------------------------------------------------------------------------

    async def _set_up(self) -> None:
        folder = Path(
            self._exit.enter_context(tempfile.TemporaryDirectory(prefix="net119-handset-"))
        )
        ports = FreePorts()
        self._exit.callback(ports.close)
        await self._exit.enter_async_context(self._boxes)
        # Feature phones know RSA keys alone, in the whole chain.
        rsa = Authority(folder / "rsa", rsa=True)
        specs: dict[str, ProviderSpec] = {}
        stem = self._boxes.host.rpartition(".")[0]
        for profile, department in self._chosen:
            if department.provider is None or department.center is None:
                raise KeyError(f"{department.code} has not adopted NET119")
            if department.provider in specs:
                raise KeyError(f"{department.code} shares its provider with another one chosen")
            address = f"{stem}.{len(specs) + 2}"
            place = _Place(
                profile,
                department,
                department.provider,
                department.center,
                address,
                ports.take(address),
                ports.take(address),
            )
            self._places[profile.department] = place
            specs[place.operator] = ProviderSpec(
                place.operator, address, settings=self._settings(place, rsa)
            )
        network = LocalNetwork(
            list(specs.values()), folder / "network", start_within_s=_START_WITHIN_S
        )
        self._network = await self._exit.enter_async_context(network)
        self._roots = Roots.of(network.ca.ca_file, rsa.ca_file)
        for place in self._places.values():
            await self._staff(place, network)

    def _settings(self, place: _Place, rsa: Authority) -> Mapping[str, Any]:
        certificate = rsa.issue(place.address)
        return {
            "http": {"rsa_cert": certificate.cert_file, "rsa_key": certificate.key_file},
            "mail": {
                "enabled": True,
                "host": place.address,
                "port": place.mail_port,
                "relay_host": self._boxes.host,
                "relay_port": self._boxes.port,
                "retry_s": 1.0,
            },
            "plaintext": {
                "enabled": True,
                "host": place.address,
                "port": place.plaintext_port,
            },
        }

    async def _staff(self, place: _Place, network: LocalNetwork) -> None:
        code, operator = place.department.code, place.operator
        token = await network.dispatcher_token(operator, place.center, "指令員（模擬）")
        place.dispatcher = await self._exit.enter_async_context(
            network.dispatcher(operator, token, name=f"dispatcher at {code}", wiretap=self._wiretap)
        )
        place.staff_token = await network.staff_token(operator, code, "審査係（模擬）")

    # --- for the desks --------------------------------------------------------------------------

    def _trusted(self) -> Roots:
        if self._roots is None:
            raise RuntimeError("the bench is not entered")
        return self._roots

    def _running(self) -> LocalNetwork:
        if self._network is None:
            raise RuntimeError("the bench is not entered")
        return self._network


class _LocalDesk:
    """The provider's side of one trial (`Desk`)."""

    def __init__(
        self, bench: Bench, place: _Place, handset: Handset, seed: int, *, register: bool
    ) -> None:
        self._bench = bench
        self._registers = register
        self._place = place
        network = bench._running()
        self.base_url = network.base_url(place.operator)
        self.plaintext_url: str | None = f"http://{place.address}:{place.plaintext_port}"
        self.dispatcher = place.dispatcher
        self._person = _owner(place.profile, handset, seed, bench._today)
        self.name = self._person.application.data.name
        self._mails = {self._person.mail}
        rng = random.Random(f"{handset.name}/{seed}")
        lat, lon = point_in(rng, rng.choice(place.profile.municipalities))
        self.here = Measured(lat, lon, handset.position.accuracy_m, at=datetime.now(UTC))

    def is_mine(self, call: ConsoleCall) -> bool:
        """By the mail address, which nobody shares."""
        return call.registrant.mail in self._mails

    async def register(self, phone: Phone, base_url: str) -> MailedKeys | None:
        """By mail and pages where the department takes that; else staff key the person in."""
        profile, boxes = self._place.profile, self._bench._boxes
        by_mail = Channel.MAIL_WEB in profile.channels
        if not self._registers or not by_mail or profile.mail.application is None:
            return None
        mail = mail_address(phone, f"{phone.handset.name.replace('.', '-')}-{profile.department}")
        self._mails.add(mail)
        data = self._person.application.data.model_copy(update={"mail": mail})
        application = self._person.application.model_copy(update={"data": data})
        person = replace(self._person, application=application)
        place = self._place
        charset = phone.handset.mail.charset.lower()
        to = profile.mail.application
        post = Post(boxes, place.address, place.mail_port, to, mail, charset)
        return await ByMail(phone, person, post, self._approve, f"{base_url}/m").register()

    async def keys(self) -> MailedKeys:
        """The log-in of the same person keyed in and approved by staff."""
        network, place = self._bench._running(), self._place
        recorder = Recorder(None, Interface.C, "staff", place.operator)
        # A connection of its own each time: one kept open may be closed when it is used again.
        client = ApiClient(self.base_url, network.tls, recorder, token=place.staff_token)
        try:
            view = await client.ask(
                "enter_registrant",
                RegistrantView,
                body=NewRegistrant(data=self._person.application.data),
            )
            made = await client.ask(
                "approve_registrant", Credentials, path={"registrant_id": view.registrant_id}
            )
        except SimulatorError as wrong:
            raise TrialFailed(wrong.what, wrong.where, wrong.what_to_do) from wrong
        finally:
            await client.close()
        return MailedKeys(f"{self.base_url}/my", made.login_id, made.password)

    async def _approve(self, mail: str) -> None:
        network, place = self._bench._running(), self._place
        office = StaffOffice(self.base_url, network.tls, place.staff_token, provider=place.operator)
        try:
            # One after the other: each reads the newest list.
            async with place.approving, office:
                rows = await office.rows(RegistrationState.APPLIED)
                row = next((each for each in rows if each.mail == mail), None)
                if row is None:
                    raise Stuck(Reason.UNEXPECTED, f"staff see no application from {mail}")
                await office.decide(row, Decision.APPROVE)
        except SimulatorError as wrong:
            raise TrialFailed(wrong.what, wrong.where, wrong.what_to_do) from wrong


def policy_of(profile: Profile) -> Policy:
    """What a department's profile says of phones that cannot encrypt (ASO-08, CNB-11)."""
    plain = profile.insecure_handset is InsecureHandset.PLAINTEXT
    return Policy.PLAINTEXT if plain else Policy.REFUSED


def _owner(profile: Profile, handset: Handset, seed: int, today: Any) -> Applying:
    """An adult who lives in the area, the same for the same phone and seed."""
    for number in range(50):
        person = make_applying(profile, f"{handset.name}/{seed}/{number}", today, basis=Basis.LIVES)
        if person.application.guardian is None:
            return person
    raise RuntimeError("no adult among fifty people")
