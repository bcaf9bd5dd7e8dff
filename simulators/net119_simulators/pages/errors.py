"""What goes wrong in front of a page: it is not there, or not as its user was told."""

from collections.abc import Iterable

from net119_simulators.errors import SimulatorError

_SHOWN = 40


class NotOnPage(SimulatorError, LookupError):
    """Something looked for is not on the page; ``there`` lists what of its kind is."""

    def __init__(self, looked_for: str, where: str, there: Iterable[str]) -> None:
        found = list(dict.fromkeys(there))
        more = f", and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
        super().__init__(
            f"{looked_for} is not there",
            where,
            f"There is: {', '.join(found[:_SHOWN])}{more}" if found else "There is none at all",
        )
        self.looked_for = looked_for


class CannotFill(SimulatorError, ValueError):
    """A control does not take this, as a browser would not."""

    def __init__(self, what: str, where: str) -> None:
        super().__init__(what, where, "Give what a person can enter there, or use force=True")


class BlockedByBrowser(SimulatorError):
    """A browser would not send the form: its own checks (``required``, ...) fail."""

    def __init__(self, blocked: Iterable[str], where: str) -> None:
        super().__init__(
            f"the browser does not send the form: {'; '.join(blocked)}",
            where,
            "Fill these in, or press with force=True to send it all the same",
        )


class PageNotShown(SimulatorError):
    """The provider answered, but not with the page expected; ``status`` is its HTTP status."""

    def __init__(self, what: str, where: str, seen: str, status: int = 0) -> None:
        super().__init__(what, where, f"Shown instead: {seen}")
        self.status = status
        self.seen = seen
