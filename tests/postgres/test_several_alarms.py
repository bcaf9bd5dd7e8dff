"""Several processes of one provider: the alarm desk of a console that is connected to a relay."""

import asyncio
from collections.abc import Callable

from net119_protocol.alarms.codes import IncidentState, SignalKind, UnitTrouble
from net119_protocol.alarms.incident import Incident
from net119_protocol.alarms.sample import kyoto
from net119_protocol.alarms.signals import NewSignal
from net119_protocol.api.alarm_register import InstallUnit, NewCard
from net119_protocol.api.alarms import AlarmFrame, AlarmUnitFrame
from net119_protocol.api.console import ConsoleWelcome
from net119_protocol.codes import Mode
from net119_reference.alarms.ports import UnitIdentity
from net119_reference.alarms.working_days import japan_day
from net119_reference.config.alarms import Alarms
from net119_reference.ports import DispatcherIdentity, StaffIdentity

from tests.postgres.in_place import providers_on
from tests.postgres.server import PostgresServer
from tests.postgres.several import House, Watching, house
from tests.reference.alarms.people import user

UNIT = UnitIdentity("K-1001")
DISPATCHER = DispatcherIdentity("kyoto", "指令員①")


def newest(tape: Watching) -> Incident | None:
    found = [each.incident for each in tape.frames if isinstance(each, AlarmFrame)]
    return found[-1] if found else None


def in_state(state: IncidentState) -> Callable[[Watching], bool]:
    def shown(tape: Watching) -> bool:
        found = newest(tape)
        return found is not None and found.state is state

    return shown


async def settled_in(made: House) -> None:
    register, section = made.site.service.alarms.register, StaffIdentity("kyoto-section", "係員")
    today = japan_day(made.site.clock.now())
    await register.enter(section, NewCard(registration=1001, user=user(), received_on=today))
    await register.install(section, 1001, InstallUnit(unit_id=UNIT.unit_id, on=today))


async def send(made: House, n: int, kind: SignalKind) -> None:
    signal = NewSignal(n=n, kind=kind, mode=Mode.DRILL)
    await made.site.service.alarms.signals.take(UNIT, signal)


def test_a_console_at_a_relay_is_told_of_alarms_after_its_welcome_and_from_then_on(
    server: PostgresServer, migrated: str
) -> None:
    async def main() -> None:
        async with house(2, Alarms.model_validate(kyoto())) as made, asyncio.timeout(60):
            await work(made)

    async def work(made: House) -> None:
        await settled_in(made)
        await send(made, 1, SignalKind.BATTERY_LOW)
        await send(made, 2, SignalKind.ALARM)
        # Both are there already: the office tells of them while the console is let in.
        tape, attachment = await made.posts[0].console(DISPATCHER)
        await tape.until(in_state(IncidentState.HAILING))
        units = [each.unit for each in tape.frames if isinstance(each, AlarmUnitFrame)]
        assert [each.troubles for each in units] == [(UnitTrouble.BATTERY,)]
        kinds = [type(each) for each in tape.frames]
        assert kinds.index(ConsoleWelcome) < min(
            kinds.index(AlarmFrame), kinds.index(AlarmUnitFrame)
        )
        other, elsewhere = await made.posts[1].console(DISPATCHER)
        incident = newest(tape)
        assert incident is not None
        await made.site.service.alarms.desk.take(DISPATCHER, incident.incident_id)
        for each in (tape, other):
            await each.until(lambda shown: (newest(shown) or incident).taken_by == "指令員①")
        # The office is started again: who sits at a relay is told anew of what is open.
        tape.frames.clear()
        await made.close_office()
        await made.open_office()
        await tape.until(lambda shown: newest(shown) is not None)
        found = newest(tape)
        assert found is not None
        assert found.number == incident.number
        await attachment.detach()
        await elsewhere.detach()

    with providers_on(server, migrated):
        asyncio.run(main())
