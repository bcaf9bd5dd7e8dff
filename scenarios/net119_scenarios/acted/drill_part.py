"""The part ``drill:`` of a scenario: what turns it into an exercise that people play."""

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

from net119_protocol.model import Code
from pydantic import Field

from net119_scenarios.acted.base import Name, Part, Seconds, Text
from net119_scenarios.acted.deeds import Deed, Line
from net119_scenarios.acted.understanding import Word

if TYPE_CHECKING:
    from net119_scenarios.acted.model import Scenario


class Item(Part):
    """One thing on the checklist: what a dispatcher should have asked or said."""

    id: Name
    by: Name
    """The dispatcher who should."""
    what: Text
    words: Annotated[tuple[Word, ...], Field(min_length=1)]
    """One of these in the text of a line of the dispatcher: it was asked; answers to tap do not
    count, they name much that was not."""
    ask: Line
    """How it can be asked, as the model: simulated dispatchers say it, the report shows it."""
    told: tuple[Word, ...] = ()
    """One of these in a line of the caller: told without having been asked."""
    call: Name | None = None
    """The call in which it should be asked; by default whichever."""
    required: bool = True
    """False: good, but nothing is missed without it."""


class Injection(Part):
    """Something that the leader of a drill can let happen at any time."""

    id: Name
    what: Text
    steps: Annotated[tuple[Deed, ...], Field(min_length=1)]
    """Done one after the other, while the timeline goes on."""


class Fault(StrEnum):
    """How a simulated dispatcher plays badly; all else goes as the timeline says."""

    NEVER_ANSWERS = "never-answers"
    """Does nothing at all."""
    SLOW = "slow"
    """Waits before answering."""
    ASKS_NOTHING = "asks-nothing"
    """Says none of the questions."""
    JARGON = "jargon"
    """Asks in words that callers do not understand."""
    CLOSES_EARLY = "closes-early"
    """Closes as soon as the call is answered."""
    IGNORES_SILENCE = "ignores-silence"
    """Does nothing about a caller who is silent or gone."""
    WRONG_TRANSFER = "wrong-transfer"
    """Transfers to another department."""
    ANNOUNCES_NOTHING = "announces-nothing"
    """Staff who forget to tell the registrants."""
    LEAVES_OUT = "leaves-out"
    """Leaves out the steps named."""


def bad_by_default(fault: Fault, scenario: "Scenario") -> str | None:
    """Who plays a fault that names nobody: the first dispatcher of ``people``, or of the staff.

    None where there is nobody who could.
    """
    people = scenario.drill.people if scenario.drill is not None else ()
    if fault is Fault.ANNOUNCES_NOTHING:
        return next(iter(scenario.staff()), None)
    return next((each for each in people if each in scenario.dispatchers()), None)


class Bad(Part):
    """A fault that the drill can be played with, unattended, and what its record must show then."""

    fault: Fault
    actor: Name | None = None
    """The dispatcher who plays badly; by default the first of ``people``, or of the staff."""
    seconds: Annotated[Seconds, Field(le=120)] = 3.0
    """How long ``slow`` waits."""
    to: Code | None = None
    """Where ``wrong-transfer`` transfers to."""
    steps: tuple[Name, ...] = ()
    """The steps that ``leaves-out`` leaves out."""
    missed: tuple[Name, ...] = ()
    """Items of the checklist that are missed then."""
    late: tuple[Name, ...] = ()
    """Targets, by the step that ends them, that are not held then."""
    fails: tuple[str, ...] = ()
    """Checks of ``must``, by their names, that do not hold then."""


class Drill(Part):
    """What people need to play the scenario, and what their play is looked at for."""

    minutes: Annotated[int, Field(ge=1, le=240)]
    """How long it takes, without the debriefing."""
    people: Annotated[tuple[Name, ...], Field(min_length=1)]
    """Actors that people play; all others are simulated."""
    roles: dict[Name, Text]
    """What each actor knows and does, as one paragraph."""
    staff: tuple[Code, ...] = ()
    """Departments at whose staff pages people work beside: `net119 drill serve` gives a log-in for
    each.  What they announce is a step, and checked, where the cast has ``staff``."""
    watch: Annotated[tuple[Text, ...], Field(min_length=1)]
    """What those look at who do not play."""
    debrief: Annotated[tuple[Text, ...], Field(min_length=1)]
    """Questions for afterwards."""
    checklist: tuple[Item, ...] = ()
    injections: tuple[Injection, ...] = ()
    bad: tuple[Bad, ...] = ()

    def item(self, item_id: str) -> Item:
        """One thing on the checklist; LookupError without one."""
        for each in self.checklist:
            if each.id == item_id:
                return each
        raise LookupError(f"the checklist has no {item_id!r}")

    def injection(self, injection_id: str) -> Injection:
        """One injection; LookupError without one."""
        for each in self.injections:
            if each.id == injection_id:
                return each
        raise LookupError(f"there is no injection {injection_id!r}")
