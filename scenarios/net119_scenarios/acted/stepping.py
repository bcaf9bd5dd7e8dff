"""Takes one step of a scenario: tells it, does it, and sees it refused where it must be."""

from net119_simulators.errors import CallRefused, Waited

from net119_scenarios.acted import announcing, caller_acts, console_acts, deeds, stage_acts
from net119_scenarios.acted.alarms import acts as alarm_acts
from net119_scenarios.acted.names import Names
from net119_scenarios.acted.phrases import of_step
from net119_scenarios.acted.timeline import Sort
from net119_scenarios.acted.troupe import Troupe


async def take_step(troupe: Troupe, step: deeds.Step, names: Names) -> None:
    """Do a step, with its entries in the timeline.

    Raises:
        CallRefused: it was refused, and should not have been.
        Waited: it was not refused, and should have been; or what it waits for did not come.
        SimulatorError, LookupError: see the acts.
    """
    timeline = troupe.timeline
    tell_step(troupe, step, names)
    call = step.call or ""
    try:
        await do_step(troupe, step)
    except CallRefused as refused:
        if step.refused is not refused.code:
            raise
        problem = refused.problem
        other = problem.detail or problem.title
        text = f"{problem.message_ja or other}{problem.other_means_ja}"
        english = f"{problem.message_en or other} {problem.other_means_en}".rstrip()
        timeline.add(
            step.actor or "", Sort.REFUSED, f"断られた: {text}", f"refused: {english}", call
        )
    else:
        if step.refused is not None:
            raise Waited(f"the refusal {step.refused.value}", 0, "it was done")


def tell_step(troupe: Troupe, step: deeds.Step, names: Names) -> None:
    """Put a step's note and words into the timeline."""
    timeline = troupe.timeline
    if step.at is not None:
        timeline.planned = step.at
    said = of_step(step, names, peer=step.actor in troupe.peers)
    call = step.call or ""
    if step.note is not None:
        timeline.add(step.actor or "", Sort.NOTE, step.note.ja, step.note.en, call)
    if said is not None:
        sort = Sort.STAGE if isinstance(step, deeds.OF_STAGE) else Sort.DEED
        timeline.add(step.actor or "", sort, said.ja, said.en, call)


async def do_step(troupe: Troupe, step: deeds.Step) -> None:
    """Do a step, without a word; raises what the acts raise."""
    if step.actor is None:
        await stage_acts.act(troupe, step)
    elif step.actor in troupe.scenario.staff():
        await announcing.act(troupe, step)
    elif troupe.of_alarms(step.actor):
        await alarm_acts.act(troupe, step)
    elif step.actor in troupe.people:
        await caller_acts.act(troupe, step)
    elif step.actor in troupe.peers:
        await stage_acts.act_peer(troupe, step)
    else:
        await console_acts.act(troupe, step)
