"""The driver for a system that a person operates, who is asked for one step after the other."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from uuid import UUID

from net119_protocol.api.staff import Credentials
from net119_protocol.interconnect.mapping import Chosen
from net119_protocol.person import DepartmentRef, RegistrantData
from net119_simulators.registration import CallPageKeys
from net119_simulators.wiretap import Wiretap
from pydantic import BaseModel, ConfigDict, Field

from net119_conformance.catalogue import Text
from net119_conformance.drivers.actors import Console, Handset
from net119_conformance.drivers.interface import Verb
from net119_conformance.drivers.manual_asking import Asking
from net119_conformance.drivers.manual_calls import Calls
from net119_conformance.drivers.manual_console import ManualConsole
from net119_conformance.drivers.manual_handset import ManualHandset
from net119_conformance.drivers.manual_seen import not_asked
from net119_conformance.drivers.manual_staff import ManualStaff, Registrant, log_in, suspend
from net119_conformance.drivers.manual_wire import Wire
from net119_conformance.drivers.staff import Staff
from net119_conformance.drivers.unclaimed import NotClaimed, Unclaimed
from net119_conformance.errors import DriverFailed
from net119_conformance.manual.client import DeskClient
from net119_conformance.manual.doable import DOABLE, LOGS_IN_APART
from net119_conformance.manual.steps import Fact
from net119_conformance.trial import Trial

POSSIBLE = frozenset({Verb.HANDSET, Verb.CONSOLE, Verb.STAFF, Verb.RECORDS})
"""What a person can do in time. People are registered beforehand (``registrants.json``): of
``staff`` suspending is asked for, of ``records`` reading, cancelling and the record of readings.

Left out: no purpose that a person can carry out restarts the system, and a restart shows nothing by
itself; a clock that is set by hand is at no moment that could be judged; mail, accounts and pages
are read as bytes; logs and health are numbers.
"""


class ManualSettings(BaseModel):
    """How a person is asked.

    ``step_s``: seconds for one step, which the person can extend; ``port``: of the page, 0 for a
    free one.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    step_s: float = Field(default=300.0, gt=0, le=1800)
    port: int = Field(default=0, ge=0, le=65535)


class Ground(BaseModel):
    """A department of the purpose's world, as a person is told of it, with its center's code."""

    model_config = ConfigDict(frozen=True)

    center: str
    department: DepartmentRef


class ManualDriver(Unclaimed):
    """Has a person operate the system; `sit_down` says where the person is asked.

    Raises:
        DriverFailed: from the verbs, where nobody can be asked or the purpose is not one that a
            person can carry out.
        TrialEnded: from what handsets and consoles do, when a step did not come to what it should.
    """

    name = "manual"
    staff_log_in_apart = False
    """Whoever sits there has logged in, and is not asked to fetch somebody else."""

    def __init__(
        self, settings: ManualSettings, operator: str, mapping: Chosen, patience_s: float
    ) -> None:
        self.verbs = POSSIBLE
        self._settings = settings
        self._operator = operator
        self._mapping = mapping
        self._patience_s = patience_s
        self._asking: Asking | None = None
        self._wire: Wire | None = None
        self._calls: Calls | None = None
        self._grounds: Sequence[Ground] = ()
        self._names: dict[str, str] = {}
        self._people: Mapping[UUID, Registrant] = {}
        self._with_peer = False

    def sit_down(
        self,
        url: str,
        trial: Trial,
        grounds: Sequence[Ground],
        names: dict[str, str],
        *,
        with_peer: bool,
        people: Mapping[UUID, Registrant] | None = None,
    ) -> None:
        """Ask at the desk at ``url`` in the name of a trial.

        ``names``: of the people registered beforehand, by their log-ins. ``with_peer``: calls may
        be offered on the wire. ``people``: the same by their identifiers, for what staff do.
        """
        self._asking = Asking(DeskClient(url), trial, self._settings.step_s)
        self._wire = Wire(trial.evidence, self._operator, self._mapping)
        self._calls = Calls(self._wire)
        self._grounds = grounds
        self._names = names
        self._people = people or {}
        self._with_peer = with_peer

    async def suspend(self, department: str, credentials: Credentials, reason: str) -> None:
        """Have somebody of the department's staff suspend a registrant."""
        asking, _, _ = self._seated()
        name = self._names.get(credentials.login_id, credentials.login_id)
        await suspend(asking, department, Registrant(name, credentials), reason)

    async def register(self, department: str, person: RegistrantData) -> Credentials:
        """Not asked of a person: people are registered beforehand."""
        raise not_asked("register somebody during the run")

    @asynccontextmanager
    async def staff(self, department: str, *, name: str, wiretap: Wiretap) -> AsyncIterator[Staff]:
        """A department's staff; whoever it is may be logged in already."""
        asking, _, _ = self._seated()
        yield ManualStaff(asking, department, self._people)

    def handset(
        self, credentials: Credentials | CallPageKeys, *, name: str, wiretap: Wiretap
    ) -> AbstractAsyncContextManager[Handset]:
        """A registrant's handset; it is asked for with the first call."""
        if isinstance(credentials, CallPageKeys):
            raise NotClaimed(Verb.ACCOUNT, self.name)
        return self._handset(credentials)

    @asynccontextmanager
    async def _handset(self, who: Credentials) -> AsyncIterator[Handset]:
        asking, wire, calls = self._seated()
        asking.trial.evidence.redact.hide(who.password)
        keys = [
            Fact(label=Text(ja="ログインの ID", en="Log-in ID"), value=who.login_id),
            Fact(label=Text(ja="パスワード", en="Password"), value=who.password),
        ]
        if asking.trial.purpose.id in LOGS_IN_APART:
            await log_in(asking, self._names.get(who.login_id, who.login_id), keys)
        yield ManualHandset(
            asking,
            calls,
            wire,
            self._names.get(who.login_id, who.login_id),
            keys,
            [each.department for each in self._grounds],
            self._patience_s,
            with_peer=self._with_peer,
        )

    @asynccontextmanager
    async def console(self, center: str, *, name: str, wiretap: Wiretap) -> AsyncIterator[Console]:
        """A console of a center; whoever opened it may leave it open afterwards."""
        asking, wire, calls = self._seated()
        found = [each.department for each in self._grounds if each.center == center]
        department = found[0] if found else _unnamed(center)
        made = ManualConsole(asking, calls, wire, center, department, name, self._patience_s)
        await made.open()
        yield made

    async def close(self) -> None:
        """Tell the desk that the purpose is over."""
        if self._asking is not None:
            await self._asking.finish()

    def _seated(self) -> tuple[Asking, Wire, Calls]:
        asking, wire, calls = self._asking, self._wire, self._calls
        if asking is None or wire is None or calls is None:
            raise DriverFailed(
                "there is nobody to ask: the manual driver works in a run only. What to do: run "
                "net119 conformance run --sut FILE",
                "操作をお願いする相手がいません。net119 conformance run --sut FILE で"
                "実行してください",
            )
        purpose = asking.trial.purpose.id
        if purpose not in DOABLE:
            raise DriverFailed(
                f"{purpose} is not among the test purposes that a person can carry out in time, so "
                "nobody was asked. What to do: judge it with a hook (docs/http-hook.md), or choose "
                "with --only from the list in docs/manual-driver.md",
                f"{purpose} は、人が時間内に行える試験ではないため、だれにもお願いしていません。"
                "フック（docs/http-hook.ja.md）で判定するか、docs/manual-driver.ja.md の一覧から "
                "--only で選んでください",
            )
        return asking, wire, calls


def _unnamed(center: str) -> DepartmentRef:
    return DepartmentRef(code=center, name_ja=center, name_en=center, phone="")
