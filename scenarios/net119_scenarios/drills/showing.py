"""Makes the view of a drill from its parts."""

from collections.abc import Mapping, Sequence

from net119_protocol.alarms.codes import label_of
from net119_protocol.api.console import ConsoleCall

from net119_scenarios.acted import deeds
from net119_scenarios.acted.alarms.phrases import model_of
from net119_scenarios.acted.cast import Dispatcher
from net119_scenarios.acted.model import Scenario
from net119_scenarios.acted.names import Names
from net119_scenarios.acted.phrases import of_step
from net119_scenarios.acted.timeline import Entry
from net119_scenarios.acted.troupe import Placed, Troupe
from net119_scenarios.drills.control import Control, DrillState, StepState
from net119_scenarios.drills.roles import RolePlay
from net119_scenarios.drills.view import (
    AlarmNow,
    Bilingual,
    CallNow,
    Can,
    ControlView,
    EntryView,
    RoleView,
    StepView,
)
from net119_scenarios.words import Words

_MODEL = {
    "say": Words("発言", "says"),
    "hear": Words("読む", "reads"),
    "wait": Words("画面で確かめる", "sees on the screen"),
    "converse": Words("質問に答える", "answers questions"),
    "answer": Words("応答する", "answers the call"),
    "choose": Words("選択肢を押す", "taps an answer"),
    "be-rejected": Words("断られる", "is rejected"),
}


def both(words: Words) -> Bilingual:
    """For the view."""
    return Bilingual(ja=words.ja, en=words.en)


def roles(
    scenario: Scenario, names: Names, plays: Mapping[str, RolePlay], troupe: Troupe | None
) -> tuple[RoleView, ...]:
    """Who plays whom; people who call get what they log in with, once they are registered."""
    found = []
    told = scenario.drill.roles if scenario.drill is not None else {}
    for actor, given in scenario.actors.items():
        play, person = plays[actor], troupe.people.get(actor) if troupe is not None else None
        ways = person if person is not None and play.person else None
        knows = told.get(actor)
        found.append(
            RoleView(
                actor=actor,
                called=both(names.actor(actor)),
                role=given.role,
                by=play.label,
                who=play.who,
                knows=Bilingual(ja=knows.ja, en=knows.en) if knows else None,
                center=given.center if isinstance(given, Dispatcher) else "",
                login_id=ways.credentials.login_id if ways else "",
                password=ways.credentials.password if ways else "",
                mail=ways.data.mail if ways else "",
                provider=(ways.home.provider or "") if ways else "",
            )
        )
    return tuple(found)


def words_of(step: deeds.Step, names: Names, *, peer: bool) -> Words:
    """What a step is, as a model for who plays it."""
    said = of_step(step, names, peer=peer)
    if said is not None:
        return said
    alarm = model_of(step)
    if alarm is not None:
        return alarm
    do = str(getattr(step, "do", ""))
    model = _MODEL.get(do, Words(do, do))
    if isinstance(step, deeds.Say):
        taps = "".join(f" ［{label}］" for label in step.options.values())
        return Words(f"「{step.text}」{taps}", f"“{step.text}”{taps}")
    if isinstance(step, deeds.Hear):
        return Words(f"{model.ja}「{step.text}」", f"{model.en} “{step.text}”")
    return model


def steps(
    scenario: Scenario,
    names: Names,
    plays: Mapping[str, RolePlay],
    control: Control,
    now: float,
) -> tuple[StepView, ...]:
    """All steps, with what became of them."""
    found = []
    for number, step in enumerate(scenario.timeline):
        progress = control.step(number)
        waiting = progress.state is StepState.WAITING and step.at is not None
        peer = step.actor in scenario.peers()
        found.append(
            StepView(
                number=number + 1,
                id=step.id or "",
                actor=step.actor or "",
                do=str(getattr(step, "do", "")),
                what=both(words_of(step, names, peer=peer)),
                at_s=step.at,
                due_in_s=control.due_in(step.at, now) if waiting and step.at is not None else None,
                person=plays.get(step.actor or "", RolePlay()).person,
                state=progress.state,
                began_s=progress.began_s,
                ended_s=progress.ended_s,
                detail=progress.detail,
                why=both(progress.why) if progress.why else None,
            )
        )
    return tuple(found)


def calls(troupe: Troupe) -> tuple[CallNow, ...]:
    """The calls of the drill, as the console that has each shows it."""
    return tuple(_call(troupe, placed) for placed in troupe.calls.values())


def alarms(troupe: Troupe) -> tuple[AlarmNow, ...]:
    """The alarms of the drill."""
    found = []
    for each in troupe.company.alarms.values():
        incident = each.incident
        label = label_of(incident.state)
        found.append(
            AlarmNow(
                name=each.name,
                user=each.user,
                mode=incident.mode.value,
                number=incident.number,
                state=incident.state.value,
                shown=Bilingual(ja=label.ja, en=label.en),
                taken_by=incident.taken_by,
            )
        )
    return tuple(found)


def view_of(troupe: Troupe, placed: Placed) -> ConsoleCall | None:
    """A call as the console that has it shows it, or else the one with the newest view of it."""
    views = [c.call(placed.id).view for c in troupe.consoles.values()]
    shown = [view for view in views if view is not None]
    mine = [view for view in shown if view.mine]
    return max(mine or shown, key=lambda each: each.epoch, default=None)


def _call(troupe: Troupe, placed: Placed) -> CallNow:
    view = view_of(troupe, placed)
    if view is not None:
        return _of_console(placed, view)
    return CallNow(
        name=placed.name,
        call_id=placed.id,
        caller=placed.caller,
        mode=placed.mode.value,
        state=placed.phone.view.state.value if placed.phones else "",
    )


def _of_console(placed: Placed, view: ConsoleCall) -> CallNow:
    return CallNow(
        name=placed.name,
        call_id=placed.id,
        caller=placed.caller,
        mode=view.mode.value,
        state=view.state.value,
        owner=Bilingual(ja=view.owner.name_ja, en=view.owner.name_en),
        answered_by=view.answered_by or "",
        presence=view.presence.value,
        silent_since=view.silent_since,
    )


def log(control: Control) -> tuple[ControlView, ...]:
    """What the leader did."""
    return tuple(
        ControlView(at_s=each.at_s, what=each.what, who=each.who, detail=each.detail)
        for each in control.log
    )


def entries(
    told: Sequence[tuple[float, Entry]], names: Names, *, newest: int
) -> tuple[EntryView, ...]:
    """The newest entries of the timeline."""
    return tuple(
        EntryView(
            seconds=seconds,
            actor=entry.actor,
            called=both(names.actor(entry.actor)) if entry.actor else Bilingual(ja="", en=""),
            sort=entry.sort.value,
            words=both(entry.words),
            call=entry.call,
        )
        for seconds, entry in told[-newest:]
    )


def can(control: Control, *, ready: bool, safe: bool) -> Can:
    """What the leader can do now; ``ready``: all have taken their places."""
    state = control.state
    goes_on = state in (DrillState.RUNNING, DrillState.PAUSED)
    return Can(
        start=state is DrillState.PREPARED and ready and safe,
        pause=state is DrillState.RUNNING,
        resume=state is DrillState.PAUSED,
        set_pace=goes_on or state is DrillState.PREPARED,
        skip=goes_on and control.current() is not None,
        inject=goes_on and safe,
        end=goes_on or state is DrillState.PREPARED,
    )
