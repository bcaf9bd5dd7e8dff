"""Accounts and registrants of a provider, made through its admin and staff API."""

import ssl
from datetime import datetime
from uuid import UUID

from net119_protocol.api.admin import (
    AcceptedModes,
    Account,
    AccountRole,
    ClockState,
    Health,
    LoadDirectory,
    NewAccount,
    Operators,
    RefusedInput,
    RefusedInputs,
    SetClock,
    SetState,
    StaffRole,
    Sweep,
    SweepOrder,
)
from net119_protocol.api.records import Announcements, AnnouncementView, NewAnnouncement
from net119_protocol.api.replays import NewReplay, ReplayKept
from net119_protocol.api.staff import Credentials, NewRegistrant, RegistrantView, Suspend
from net119_protocol.codes import Mode, ProviderState
from net119_protocol.person import RegistrantData

from net119_simulators.api_client import ApiClient
from net119_simulators.recorder import Recorder
from net119_simulators.wiretap import Interface, Wiretap


class Operation:
    """A harness's hand on one provider; its methods raise what `ApiClient.ask` raises."""

    def __init__(
        self,
        operator: str,
        base_url: str,
        tls: ssl.SSLContext | None,
        admin_token: str,
        wiretap: Wiretap | None = None,
    ) -> None:
        self.base_url = base_url
        self.admin_token = admin_token
        self._tls = tls
        self._operator = operator
        self._wiretap = wiretap
        self._admin = self._client(Interface.ADMIN, "harness", admin_token)
        # Asked many times while a provider starts: no evidence of anything.
        self._health = ApiClient(
            base_url, tls, Recorder(None, Interface.ADMIN, "harness", operator), timeout_s=5.0
        )
        self._staff: dict[str, ApiClient] = {}

    async def close(self) -> None:
        """Close the connections."""
        for client in (self._admin, self._health, *self._staff.values()):
            await client.close()

    async def health(self) -> Health:
        """The provider's state."""
        return await self._health.ask("health", Health)

    async def load_directory(self, directory: LoadDirectory) -> Health:
        """Replace the jurisdiction directory."""
        return await self._admin.ask("load_directory", Health, body=directory)

    async def load_operators(self, operators: Operators) -> Health:
        """Replace the list of peers."""
        return await self._admin.ask("load_operators", Health, body=operators)

    async def set_state(self, state: ProviderState) -> Health:
        """Set the state that the provider tells its peers."""
        return await self._admin.ask("set_state", Health, body=SetState(state=state))

    async def accepted_modes(self) -> tuple[Mode, ...]:
        """The modes of calls that the provider takes."""
        return (await self._admin.ask("accepted_modes", AcceptedModes)).modes

    async def set_clock(self, moment: datetime) -> ClockState:
        """Have the provider's clock go on from a later moment; what is due then has been done."""
        return await self._admin.ask("set_clock", ClockState, body=SetClock(now=moment))

    async def sweep(self, order: SweepOrder) -> Sweep:
        """Do what is due for the records, or ask what would be."""
        return await self._admin.ask("sweep", Sweep, body=order)

    async def refused_inputs(self, after: int = 0) -> tuple[RefusedInput, ...]:
        """What the provider refused, after the entry of this number."""
        answer = await self._admin.ask("refused_inputs", RefusedInputs, query={"after": after})
        return answer.entries

    async def keep_replay(self, replay_id: UUID, replay: NewReplay) -> ReplayKept:
        """Have the center's consoles show a drill again."""
        path = {"replay_id": replay_id}
        return await self._admin.ask("keep_replay", ReplayKept, path=path, body=replay)

    async def add_account(self, role: AccountRole, unit: str, name: str) -> Account:
        """A new dispatcher of a center, or staff member of a department."""
        return await self._admin.ask(
            "add_account", Account, body=NewAccount(role=role, unit=unit, name=name)
        )

    async def add_staff(
        self,
        department: str,
        name: str,
        password: str,
        roles: tuple[StaffRole, ...] = tuple(StaffRole),
    ) -> Account:
        """A staff member who can log in at the pages, too, with the roles given."""
        body = NewAccount(
            role=AccountRole.STAFF, unit=department, name=name, password=password, roles=roles
        )
        return await self._admin.ask("add_account", Account, body=body)

    async def add_dispatcher(self, center: str, name: str, password: str) -> Account:
        """A dispatcher who can log in at the console's page, too."""
        body = NewAccount(role=AccountRole.DISPATCHER, unit=center, name=name, password=password)
        return await self._admin.ask("add_account", Account, body=body)

    async def enter(self, department: str, person: RegistrantData) -> RegistrantView:
        """Key in an application at a department, without approving it."""
        staff = await self._staff_of(department)
        return await staff.ask("enter_registrant", RegistrantView, body=NewRegistrant(data=person))

    async def approve(self, application: RegistrantView, department: str) -> Credentials:
        """Approve an application; the log-in is shown this once."""
        staff = await self._staff_of(department)
        return await staff.ask(
            "approve_registrant", Credentials, path={"registrant_id": application.registrant_id}
        )

    async def suspend(
        self, credentials: Credentials, department: str, reason: str
    ) -> RegistrantView:
        """Have no more calls of a registrant taken."""
        staff = await self._staff_of(department)
        return await staff.ask(
            "suspend_registrant",
            RegistrantView,
            path={"registrant_id": credentials.registrant_id},
            body=Suspend(reason=reason),
        )

    async def announce(self, department: str, body: NewAnnouncement) -> AnnouncementView:
        """Mail all registrants of a department."""
        staff = await self._staff_of(department)
        return await staff.ask("announce", AnnouncementView, body=body)

    async def announcements(self, department: str) -> tuple[AnnouncementView, ...]:
        """A department's announcements, newest first."""
        staff = await self._staff_of(department)
        return (await staff.ask("announcements", Announcements)).announcements

    async def _staff_of(self, department: str) -> ApiClient:
        if department not in self._staff:
            account = await self.add_account(AccountRole.STAFF, department, f"{department} staff")
            known = self._staff.get(department)
            if known is None:
                name = f"staff of {department}"
                self._staff[department] = self._client(Interface.C, name, account.token)
        return self._staff[department]

    def _client(self, interface: Interface, name: str, token: str) -> ApiClient:
        recorder = Recorder(self._wiretap, interface, name, self._operator)
        return ApiClient(self.base_url, self._tls, recorder, token=token, timeout_s=15.0)
