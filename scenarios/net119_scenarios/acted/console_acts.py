"""What dispatchers do, at their consoles."""

from typing import TypeVar

from net119_protocol.api import console_acts as api
from net119_protocol.api.console import ConsoleCall
from net119_protocol.chat import Option
from net119_protocol.codes import CallState
from net119_simulators.dispatcher import Dispatcher
from net119_simulators.errors import SimulatorError
from pydantic import BaseModel

from net119_scenarios.acted import deeds
from net119_scenarios.acted.caller_acts import answer_requests
from net119_scenarios.acted.shown import shown
from net119_scenarios.acted.timeline import Sort
from net119_scenarios.acted.troupe import Placed, Troupe

Answer = TypeVar("Answer", bound=BaseModel)


class Otherwise(SimulatorError):
    """A deed ended otherwise than the scenario says."""


async def act(troupe: Troupe, step: deeds.Step) -> None:
    """Do a dispatcher's step; raises what the simulators raise."""
    name = step.actor or ""
    if isinstance(step, deeds.Arrive):
        await troupe.open_console(name)
        return
    console = troupe.consoles[name]
    if isinstance(step, deeds.Leave):
        await console.disconnect()
        return
    placed = troupe.call(step.call)
    call_id = placed.id
    match step:
        case deeds.Answer():
            await console.wait_for_call(call_id, step.within, _rings)
            troupe.timeline.add(name, Sort.DEED, "応答する", "answers", placed.name)
            await console.answer(call_id, within=step.within)
        case deeds.Say():
            options = tuple(Option(id=key, label=text) for key, text in step.options.items())
            await console.say(call_id, step.text, options, within=step.within)
        case deeds.Hear():
            lines = console.call(call_id).log
            await console.wait_for_line(
                call_id, lambda line: step.text in shown(line, lines.lines), step.within
            )
        case deeds.Wait():
            if step.callback is not None:
                fate = step.callback
                await console.wait_for_callback(
                    call_id, lambda back: back.state == fate, step.within
                )
            if step.presence is not None:
                await console.wait_for_presence(call_id, step.presence, step.within)
            await console.wait_for_call(call_id, step.within, lambda view: _shows(view, step))
        case deeds.Close():
            await console.close(
                call_id,
                step.outcome,
                note=step.text,
                relayed_to=step.relayed_to,
                within=step.within,
            )
        case _:
            await _ask(troupe, console, placed, step)


async def _ask(troupe: Troupe, console: Dispatcher, placed: Placed, step: deeds.Step) -> None:
    """The deeds that are one operation of the console's API."""

    async def ask(name: str, answer: type[Answer], body: BaseModel | None = None) -> Answer:
        return await console.api.ask(name, answer, path={"call_id": placed.id}, body=body)

    match step:
        case deeds.Transfer():
            done = await ask(
                "transfer", api.Transfer, api.NewTransfer(department=step.to, reason=step.reason)
            )
            _as_said(step, done.failure, step.fails, done.detail)
        case deeds.CallBack():
            back = await ask("call_back", api.Callback)
            _as_said(step, back.failure, step.fails, back.detail)
        case deeds.AskPosition():
            person = troupe.people.get(placed.caller)
            # Before asking: in a drill the phone may answer at once by itself.
            before = person.asked if person is not None else 0
            asked = await ask("ask_location", api.LocationAsked)
            if asked.handset_connected and person is not None and placed.phones:
                call = placed.smartphone
                await call.wait_for_location_request(step.within, after=before)
                await answer_requests(person, call)
        case deeds.Report():
            body = api.NewDiscrepancy(kind=step.kind, detail=step.text, department=step.department)
            await ask("report_discrepancy", api.Discrepancy, body)
        case deeds.Disclose():
            told = api.NewCallDisclosure(
                receiver=step.receiver, receiver_name=step.name, what=step.what
            )
            await ask("disclose", api.CallDisclosure, told)
        case deeds.SendCrew():
            await ask("record_dispatch", api.Dispatch, api.NewDispatch(units=step.units))
        case deeds.BlockCaller():
            await ask("block_caller", api.Blocked, api.Block(reason=step.reason))
        case _:
            raise TypeError(f"a dispatcher cannot {step}")


def _as_said(step: deeds.Step, failure: object, wanted: object, detail: str) -> None:
    if failure != wanted:
        raise Otherwise(
            f"it ended with {failure or 'success'} ({detail}), not with {wanted or 'success'}",
            f"{step.actor}",
            "Compare the scenario with what the provider should do",
        )


def _rings(view: ConsoleCall) -> bool:
    return view.mine and view.state in (CallState.RINGING, CallState.INTERRUPTED)


def _shows(view: ConsoleCall, step: deeds.Wait) -> bool:
    codes = {str(each.code.value) for each in view.notices}
    return (
        (step.state is None or view.state is step.state)
        and (step.owner is None or view.owner.code == step.owner)
        and (step.notice is None or step.notice in codes)
        and (step.silent is None or step.silent is (view.silent_since is not None))
    )
