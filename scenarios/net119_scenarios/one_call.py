"""The first scenario: one call, from the button to the closing, and what must hold of it."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta

from net119_protocol.api.console import CallRecord
from net119_protocol.codes import CallState, SenderRole
from net119_protocol.directory import Department, japan_date
from net119_simulators.errors import CallRefused, SimulatorError
from net119_simulators.gps import fixed
from net119_simulators.line_sender import new_client_id
from net119_simulators.phone_call import PhoneCall
from net119_simulators.radio import load_radios
from net119_simulators.rule_based import RuleBasedDispatcher
from net119_simulators.smartphone import Smartphone

from net119_scenarios.call_checks import Seen, judge
from net119_scenarios.caller import RuleBasedCaller
from net119_scenarios.enduring import kept_connected, until_reached
from net119_scenarios.happening import Happening, Role, What
from net119_scenarios.history import HomeRecord, OtherRecord
from net119_scenarios.observer import Observer
from net119_scenarios.plan import CallRequest, Ending, Plan, plan_call
from net119_scenarios.result import Result
from net119_scenarios.stage import Stage, served_by

Tell = Callable[[Happening], None]

# Longer than T1 x attempts, after which a call must have come home (invariant I7).
_ANSWER_WITHIN_S = 45.0
_LINE_WITHIN_S = 30.0
# Twice the longest tunnel of a profile with the attempts in vain that follow it.
_RADIO_WITHIN_S = 120.0
_PATIENCE_S = 10.0
# A dispatcher who sees that the phone is gone waits longer.
_PATIENCE_WITH_RADIO_S = 40.0
_NAMES = {
    Role.HOME_DISPATCHER: "模擬指令員（登録地）",
    Role.LOCAL_DISPATCHER: "模擬指令員（通報地）",
}
# What both sides stored at the same moment reaches this process within this time; younger
# happenings wait for the next telling, so that all are told in order.
_SETTLE = timedelta(seconds=0.15)


async def play(request: CallRequest, tell: Tell, began: Callable[[datetime], None]) -> Result:
    """Act out a call on a stage of its own; ``tell`` gets what happens, in order.

    ``began`` is told when the call begins, before anything of it is told.

    Raises:
        UnknownDepartment, ValueError: see `plan_call`; nothing was started.
        SimulatorError: the stage could not be set up. What goes wrong after that is in the result.
    """
    plan = plan_call(request, japan_date(datetime.now(UTC)))
    for happening in _introduced(plan):
        tell(happening)
    observer = Observer({name: role for role, name in _NAMES.items()})
    async with Stage(plan.departments, tell=tell, wiretap=observer) as stage:
        owner = await stage.resident(plan.home, plan.person)
        consoles: dict[Role, RuleBasedDispatcher] = {}
        for department, role in _rooms(plan):
            if department in plan.staffed:
                consoles[role] = await stage.dispatcher(
                    department,
                    _NAMES[role],
                    answer_after_s=2 * request.pace_s,
                    patience_s=_PATIENCE_S if request.radio is None else _PATIENCE_WITH_RADIO_S,
                )
            what = What.STAFFED if role in consoles else What.UNSTAFFED
            tell(Happening(what, role, None, {"ja": department.name_ja, "en": department.name_en}))
        radio = None
        if request.radio is not None:
            radio = await stage.radio(plan.home, request.radio, request.seed)
        phone = await stage.phone(plan.home, owner, radio)
        if radio is not None:
            radio.begin()
        return await _OneCall(plan, phone, consoles, observer, tell, began).run()


def _rooms(plan: Plan) -> list[tuple[Department, Role]]:
    roles = (Role.HOME_DISPATCHER, Role.LOCAL_DISPATCHER)
    return list(zip(plan.departments, roles, strict=False))


def _introduced(plan: Plan) -> list[Happening]:
    request, person = plan.request, plan.person
    who = {
        "name": person.name,
        "address": person.address.one_line(),
        "disability": person.disability,
        "home": {"ja": plan.home.name_ja, "en": plan.home.name_en},
        "provider": plan.home.provider,
    }
    where: dict[str, object] = {
        "lat": request.lat,
        "lon": request.lon,
        "accuracy_m": request.accuracy_m,
        "choice": request.place.value,
        "municipality": plan.municipality,
        "at_sea_m": round(plan.at_sea_m),
        "console": request.console,
    }
    if request.radio is not None:
        radio = load_radios()[request.radio]
        where["radio"] = {"ja": radio.title_ja, "en": radio.title_en}
    there = plan.responsible
    expected = {
        "ending": plan.ending.value,
        "receiver": _names(plan.receiver),
        "responsible": _names(there),
        "provider": there.provider if there else None,
        "phone_to": [{"ja": c.name_ja, "en": c.name_en, "phone": c.phone} for c in plan.phone_to],
    }
    return [
        Happening(What.PERSON, Role.STAGE, None, who),
        Happening(What.PLACE, Role.STAGE, None, where),
        Happening(What.EXPECTED, Role.STAGE, None, expected),
    ]


def _names(department: Department | None) -> dict[str, str] | None:
    return {"ja": department.name_ja, "en": department.name_en} if department else None


class _OneCall:
    """The course of the call itself, on a stage that is set."""

    def __init__(
        self,
        plan: Plan,
        phone: Smartphone,
        consoles: dict[Role, RuleBasedDispatcher],
        observer: Observer,
        tell: Tell,
        began: Callable[[datetime], None],
    ) -> None:
        self._plan = plan
        self._phone = phone
        self._consoles = consoles
        self._observer = observer
        self._tell = tell
        self._began = began
        self._waiting: list[Happening] = []
        self._seen = Seen(consoles=consoles)
        home, _ = served_by(plan.home)
        there = served_by(plan.responsible)[0] if plan.two_centers and plan.responsible else home
        self._two = (home, there) if there != home else None
        self._home_record = HomeRecord(home, there if self._two else None)
        self._other_record = OtherRecord(home, there) if self._two else None
        self._crossed: set[str] = set()

    async def run(self) -> Result:
        """Act it out and judge it."""
        try:
            await self._act()
        except SimulatorError as wrong:
            self._seen.broken_off = wrong
            details = {"what": wrong.what, "where": wrong.where, "what_to_do": wrong.what_to_do}
            self._note(What.BROKEN_OFF, Role.STAGE, details)
        await self._tell_all()
        self._seen.happenings = self._observer.happenings
        return judge(self._plan, self._seen)

    async def _act(self) -> None:
        request = self._plan.request
        client_call_id = new_client_id()

        async def place() -> PhoneCall:
            return await self._phone.call(
                request.kind,
                request.place,
                mode=request.mode,
                fix=fixed(request.lat, request.lon, request.accuracy_m),
                client_call_id=client_call_id,
                connect=request.radio is None,
            )

        try:
            call = await until_reached(place, self._patience(0.0))
        except CallRefused as refused:
            self._seen.refusal = refused.problem
            problem = refused.problem.model_dump(mode="json", exclude_none=True)
            self._note(What.REFUSED, Role.HOME_PROVIDER, problem)
            self._seen.calls_known = await self._phone.calls()
            return
        self._seen.call = call
        if request.radio is None:
            await self._take_part(call)
            return
        await call.resume(within=_RADIO_WITHIN_S)
        async with kept_connected(call, _RADIO_WITHIN_S):
            await self._take_part(call)

    def _patience(self, usual: float) -> float:
        """How long to wait for something: longer than any failure of a radio, if there is one."""
        return usual if self._plan.request.radio is None else _RADIO_WITHIN_S

    async def _take_part(self, call: PhoneCall) -> None:
        if self._plan.ending is Ending.UNHEARD:
            # Nobody will come: all there is to wait for is that the caller is told so.
            await call.wait_for_view(
                lambda view: any(each.code is self._plan.notice for each in view.notices),
                self._patience(20.0),
            )
            return
        await self._converse(call)

    async def _converse(self, call: PhoneCall) -> None:
        await call.wait_for_view(
            lambda view: view.state not in (CallState.OPEN, CallState.LOCATING, CallState.OFFERING),
            self._patience(_ANSWER_WITHIN_S),
        )
        await self._tell_settled()
        await call.wait_for_line(
            lambda line: line.sender is SenderRole.DISPATCHER, self._patience(_ANSWER_WITHIN_S)
        )
        await self._tell_settled()
        request = self._plan.request
        caller = RuleBasedCaller(call, think_s=request.pace_s, endures=request.radio is not None)
        while await caller.answer_next(self._patience(_LINE_WITHIN_S)):
            await self._tell_settled()
        await self._ended_everywhere(call)

    async def _ended_everywhere(self, call: PhoneCall) -> None:
        """Wait until every console that knows the call has its end and all its lines."""
        last = max((line.seq for line in call.lines), default=0)
        for console in self._consoles.values():
            if console.call(call.id).view is None:
                continue
            await console.wait_for_call(
                call.id, _LINE_WITHIN_S, lambda view: view.state is CallState.CLOSED
            )
            if last:
                await console.wait_for_line(call.id, lambda line: line.seq == last, _LINE_WITHIN_S)

    async def _tell_settled(self) -> None:
        """Tell what happened up to a moment ago, in order."""
        await self._collect()
        self._hand_on(datetime.now(UTC) - _SETTLE)

    async def _tell_all(self) -> None:
        """Tell everything that is left."""
        try:
            await self._collect()
        except SimulatorError as wrong:
            self._seen.broken_off = self._seen.broken_off or wrong
        self._hand_on(None)

    async def _collect(self) -> None:
        call = self._seen.call
        for role, console in self._consoles.items():
            if call is None or console.call(call.id).view is None:
                continue
            record = await console.record(call.id)
            self._seen.records[role] = record
            self._waiting += self._grown(role, record)
        for happening in self._observer.take():
            self._waiting.append(happening)
            self._waiting += self._crossings(happening)

    def _grown(self, role: Role, record: CallRecord) -> list[Happening]:
        if role is Role.LOCAL_DISPATCHER and self._other_record is not None:
            return self._other_record.grown(record.history)
        return self._home_record.grown(record.history)

    def _crossings(self, happening: Happening) -> list[Happening]:
        """The way of a line between two providers, told once for each direction."""
        sender = happening.details.get("sender") if happening.what is What.LINE else None
        local = self._seen.records.get(Role.LOCAL_DISPATCHER)
        if self._two is None or local is None or sender in (None, *self._crossed):
            return []
        self._crossed.add(str(sender))
        ends = self._two if sender == SenderRole.CALLER.value else self._two[::-1]
        details = {
            "source": ends[0],
            "target": ends[1],
            "message": "chat.message",
            "receipt": True,
        }
        return [Happening(What.WIRE, Role.BETWEEN, happening.at, details)]

    def _note(self, what: What, role: Role, details: Mapping[str, object]) -> None:
        self._waiting.append(Happening(what, role, datetime.now(UTC), details))

    def _hand_on(self, until: datetime | None) -> None:
        if self._observer.began is not None:
            self._began(self._observer.began)
        young = [each for each in self._waiting if until is not None and _order(each)[0] > until]
        ripe = [each for each in self._waiting if each not in young]
        self._waiting = young
        # sorted() keeps what is alike in the order in which it came.
        for happening in sorted(ripe, key=_order):
            self._tell(happening)


def _order(happening: Happening) -> tuple[datetime, bool]:
    """By time; what came of the decision stands in records under the very time of the decision."""
    at = happening.at or datetime.min.replace(tzinfo=UTC)
    return at, happening.what is not What.ROUTED
