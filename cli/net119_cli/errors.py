"""Errors that are the user's to mend, shown without a traceback."""

from typing import Protocol, runtime_checkable


@runtime_checkable
class Explained(Protocol):
    """What an exception must carry to be shown to the user as a plain message with exit status 2.

    A protocol rather than a base class: the packages below the command line raise their own
    exceptions and must not import this one.
    """

    what: str
    """What was wrong."""
    where: str
    """The option, file and key, or address it was wrong in."""
    what_to_do: str
    """How the user mends it."""


@runtime_checkable
class Translated(Explained, Protocol):
    """What an exception carries besides, where it says the same in Japanese."""

    in_japanese: tuple[str, str, str]
    """``what``, ``where`` and ``what_to_do`` in Japanese."""


class UserError(Exception):
    """Bad input to the command line: what was wrong, where, and what to do about it."""

    def __init__(self, what: str, where: str, what_to_do: str) -> None:
        super().__init__(f"{where}: {what}. {what_to_do}")
        self.what = what
        self.where = where
        self.what_to_do = what_to_do
