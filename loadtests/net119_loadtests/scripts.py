"""What is said in a call, as data: the words of the caller's side and of the dispatcher's."""

from pydantic import BaseModel, ConfigDict, Field


class Script(BaseModel):
    """The lines of one conversation; each side says its own in turn, then begins again."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    caller: tuple[str, ...] = Field(min_length=1)
    dispatcher: tuple[str, ...] = Field(min_length=1)

    def caller_says(self, number: int) -> str:
        """The words of the caller's line of this number, counted from 1."""
        return self.caller[(number - 1) % len(self.caller)]

    def dispatcher_says(self, number: int) -> str:
        """The words of the dispatcher's line of this number, counted from 1."""
        return self.dispatcher[(number - 1) % len(self.dispatcher)]


MINIMAL = Script(name="load", caller=("負荷試験",), dispatcher=("負荷試験",))
"""For when there is no other."""
