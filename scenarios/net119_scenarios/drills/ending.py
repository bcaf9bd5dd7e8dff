"""The end of a drill: what must hold is looked at, and no call stays open behind it."""

from contextlib import suppress

from net119_protocol.codes import CallState, CloseOutcome
from net119_simulators.errors import SimulatorError
from net119_simulators.smartphone import Smartphone

from net119_scenarios.acted.judging import Judge
from net119_scenarios.acted.names import Names
from net119_scenarios.acted.phrases import of_must
from net119_scenarios.acted.timeline import Sort
from net119_scenarios.acted.troupe import Troupe
from net119_scenarios.drills.alarms.clearing import clear_alarms
from net119_scenarios.result import Result

_SETTLES_S = 10.0
_SETTLED_S = 1.0
"""Where people or bad ones played, what does not hold now will not."""
_CLOSES_S = 5.0


async def judged(
    troupe: Troupe,
    names: Names,
    moments: dict[str, float],
    result: Result,
    *,
    began: bool,
    simulated: bool,
) -> None:
    """Look at what must hold; of a drill without a call, nothing was reached.

    ``simulated``: all went as the file says, so that everything will hold soon.
    """
    scenario = troupe.scenario
    if began and (troupe.calls or troupe.company.alarms):
        settles = _SETTLES_S if simulated else _SETTLED_S
        await Judge(troupe, moments, names, settles_within_s=settles).judge(result)
        return
    for number, must in enumerate(scenario.must):
        words = of_must(must, names)
        where = scenario.where("must", number)
        result.not_reached(must.check, words.ja, words.en, where)


async def attach_phones(troupe: Troupe) -> None:
    """Look at the calls of people's phones as those have them.

    Only now: a phone that looks on would count as the caller's being connected.
    """
    for placed in troupe.calls.values():
        person = troupe.people.get(placed.caller)
        if person is None or placed.phones or not isinstance(person.phone, Smartphone):
            continue
        try:
            phone = await troupe.enter(person.phone)
            placed.phones.append(await phone.attach(placed.id))
        except SimulatorError as wrong:
            ja, en = f"電話の記録を読めない: {wrong}", f"the phone cannot be read: {wrong}"
            troupe.timeline.add(placed.caller, Sort.STAGE, ja, en, placed.name)


async def close_calls(troupe: Troupe) -> None:
    """Close what is open at a console that can still do so, and alarms with all that is owed."""
    await clear_alarms(troupe)
    for placed in troupe.calls.values():
        for console in troupe.consoles.values():
            view = console.call(placed.id).view
            if view is None or not view.mine or view.state is CallState.CLOSED:
                continue
            with suppress(SimulatorError):
                if view.answered_at is None:
                    await console.answer(placed.id, within=_CLOSES_S)
                outcome = CloseOutcome.PRACTICE_DONE
                await console.close(placed.id, outcome, note="訓練の終了", within=_CLOSES_S)
