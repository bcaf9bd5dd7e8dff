"""What all steps of a timeline have in common."""

from typing import Annotated

from net119_protocol.codes import Refusal
from pydantic import Field

from net119_scenarios.acted.base import Moment, Name, Part, Text

Line = Annotated[str, Field(min_length=1, max_length=2000)]


class Step(Part):
    """One step of the timeline; steps follow each other in the order of the file.

    ``at`` is when it is meant to happen: a run at full speed keeps the order only.
    """

    actor: Name | None = None
    """Who does it; deeds of the stage have none."""
    id: Name | None = None
    at: Moment | None = None
    call: Name | None = None
    """Which call; by default the one that was placed last."""
    note: Text | None = None
    """Why it happens, for who reads the timeline."""
    within: Annotated[float, Field(gt=0, le=120)] = 20.0
    """How long what the step waits for may take, seconds."""
    meanwhile: bool = False
    """The next step does not wait for this one to end."""
    refused: Refusal | None = None
    """It must be refused, with this code."""
