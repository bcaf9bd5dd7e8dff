"""Looks at the alarm desk's list, and what open consoles are shown, in the audit log (KYO-16)."""

from net119_protocol.alarms.codes import SceneEvent
from net119_protocol.api import alarms as api
from net119_reference.ports import DispatcherIdentity

from tests.reference.service.alarms.center import DISPATCHER, TIMERS, USER, Center, on_center


def test_kyo_16_who_watches_the_list_is_audited_once_and_again_when_it_names_another() -> None:
    async def work(at: Center) -> None:
        async def looks(who: DispatcherIdentity) -> None:
            for _ in range(3):
                await at.later(2)
                await at.alarms.desk.incidents(who, closed=False)

        async def listed() -> list[str]:
            found = [each for each in await at.audited() if each[1] == "alarms-listed"]
            return [f"{actor}: {what.partition(' ')[2]}" for actor, _, _, what in found]

        watch = DispatcherIdentity("kyoto", "訓練の安全確認")
        await looks(watch)
        expected = ["訓練の安全確認: none"]
        assert await listed() == expected
        await at.send()
        number = at.only().number
        await looks(watch)
        expected.append(f"訓練の安全確認: {number} hailing (0 helpers)")
        assert await listed() == expected
        await looks(DISPATCHER)
        expected.append(f"{DISPATCHER.name}: {number} hailing (0 helpers)")
        assert await listed() == expected, "each who looks is audited"
        await at.later(31)
        await looks(watch)
        expected.append(f"訓練の安全確認: {number} dispatched (1 helpers)")
        assert await listed() == expected, "the dispatch names user and helper"
        await at.later(TIMERS.helper_s)
        await looks(watch)
        expected.append(f"訓練の安全確認: {number} dispatched (2 helpers)")
        assert await listed() == expected, "and the next helper is another name"
        await at.later(3600)
        await looks(watch)
        expected.append(expected[-1])
        assert await listed() == expected, "and stands there again an hour later"
        await at.crash()
        await looks(watch)
        assert len(await listed()) == len(expected) + 1, "after a restart in any case"

    on_center(work)


def test_kyo_16_what_is_pushed_to_an_open_console_is_audited_once_for_each_dispatcher() -> None:
    async def work(at: Center) -> None:
        async def shown() -> list[tuple[str, str]]:
            found = [each for each in await at.audited() if each[1] == "alarm-shown"]
            return [(actor, what) for actor, _, _, what in found]

        await at.send()
        first = at.only()
        tape = await at.console()
        await at.later(31)
        assert at.of(tape, api.AlarmFrame)[-1].incident.helpers, "names come to the console"
        assert await shown() == [], "it was open when the console was opened: alarms-shown has it"
        await at.alarms.desk.report(
            DISPATCHER, first.incident_id, api.NewSceneReport(event=SceneEvent.ARRIVED, by="救急1")
        )
        await at.alarms.desk.close(DISPATCHER, first.incident_id, api.CloseIncident())
        await at.send()
        new = at.incidents()[-1]
        expected = [(DISPATCHER.name, f"drill incident {new.number}, registration {USER}")]
        assert await shown() == expected
        await at.console()
        await at.later(31)
        assert await shown() == expected, "once, whatever comes of it"

    on_center(work)
