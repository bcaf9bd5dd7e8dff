"""Interface H: what is said through a unit, both ways."""

import asyncio

from net119_protocol.alarms.codes import Finding, SignalKind
from net119_protocol.alarms.signals import UnitSays
from net119_protocol.api import alarms as api
from net119_protocol.codes import Refusal

from tests.reference.service.alarms.center import DISPATCHER, Center, on_center, refused


def test_what_somebody_says_belongs_to_the_alarm_and_is_answered() -> None:
    async def work(at: Center) -> None:
        with refused(Refusal.WRONG_STATE, "press the button"):
            await at.says("もしもし")
        await at.send(SignalKind.CONSULTATION)
        await at.send()
        consultation, alarm = at.incidents()
        await at.says("𠮷田です。髙いところから落ちました①")
        assert at.incidents()[1].answered
        assert not at.incidents()[0].speech
        said = await at.alarms.signals.says(
            at.unit, UnitSays(text="相談です", incident=consultation.number)
        )
        assert said.incident == consultation.number
        with refused(Refusal.NOT_FOUND, "20200101-1"):
            await at.alarms.signals.says(at.unit, UnitSays(text="x", incident="20200101-1"))
        spoken = asyncio.create_task(at.alarms.signals.hears(at.unit, 1))
        await at.alarms.desk.speak(
            DISPATCHER, alarm.incident_id, api.SpeakToUser(text="救急車が向かっています")
        )
        heard = await asyncio.wait_for(spoken, 5)
        assert [each.text for each in heard.spoken] == ["救急車が向かっています"]
        assert heard.last_n == 2

    on_center(work)


def test_words_that_a_unit_sends_again_stand_there_once() -> None:
    async def work(at: Center) -> None:
        await at.send()
        words = UnitSays(text="𠮷田です。たすけて", client_id="said-1")
        first = await at.alarms.signals.says(at.unit, words)
        at.clock.advance(1)
        again = await at.alarms.signals.says(at.unit, words)
        assert (first.repeat, again.repeat) == (False, True)
        assert (again.incident, again.at) == (first.incident, first.at)
        # The same text under another name, or under none, was said twice.
        for said in (UnitSays(text=words.text, client_id="said-2"), UnitSays(text=words.text)):
            assert not (await at.alarms.signals.says(at.unit, said)).repeat
        await at.crash()
        assert (await at.alarms.signals.says(at.unit, words)).repeat
        only = at.only()
        assert [each.client_id for each in only.speech] == ["said-1", "said-2", None]
        decided = api.DecideIncident(finding=Finding.MISTAKE, reason="誤って押した")
        await at.alarms.desk.decide(DISPATCHER, only.incident_id, decided)
        # The answer was lost, and the incident has ended meanwhile.
        named = words.model_copy(update={"incident": only.number})
        assert (await at.alarms.signals.says(at.unit, named)).repeat
        with refused(Refusal.WRONG_STATE, "press the button"):
            await at.alarms.signals.says(at.unit, UnitSays(text="もしもし", client_id="said-3"))

    on_center(work)


def test_a_name_of_an_older_alarm_makes_no_repeat_of_new_words() -> None:
    async def work(at: Center) -> None:
        await at.send()
        old = at.only()
        words = UnitSays(text="まちがえました", client_id="said-1")
        await at.alarms.signals.says(at.unit, words)
        why = api.DecideIncident(finding=Finding.MISTAKE, reason="誤って押した")
        await at.alarms.desk.decide(DISPATCHER, old.incident_id, why)
        # Nothing new has begun: its answer was lost.
        assert (await at.alarms.signals.says(at.unit, words)).repeat
        at.clock.advance(3600)
        await at.send()
        new = UnitSays(text="𠮷田です。今度は本当です", client_id="said-1")
        said = await at.alarms.signals.says(at.unit, new)
        assert not said.repeat
        assert said.incident != old.number
        (alarm,) = (each for each in at.incidents() if each.number == said.incident)
        assert [each.text for each in alarm.speech] == [new.text]
        assert (await at.alarms.signals.says(at.unit, new)).repeat

    on_center(work)


def test_a_unit_that_waits_is_answered_with_nothing_in_the_end() -> None:
    async def work(at: Center) -> None:
        heard = await asyncio.wait_for(at.alarms.signals.hears(at.unit, 0), 5)
        assert (heard.spoken, heard.last_n) == ((), 0)

    on_center(work, timers={"poll_s": 0.05})
