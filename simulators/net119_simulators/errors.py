"""What simulators raise: each error says what was wrong, where, and what to do about it."""

from net119_protocol.api.problems import Problem
from net119_protocol.codes import Refusal


class SimulatorError(Exception):
    """Base of the simulators' errors; the command line shows the three parts as they are."""

    def __init__(self, what: str, where: str, what_to_do: str) -> None:
        super().__init__(f"{where}: {what}. {what_to_do}")
        self.what = what
        self.where = where
        self.what_to_do = what_to_do


class CallRefused(SimulatorError):
    """The provider said no, with a reason.

    ``problem`` is its RFC 9457 document; where the refusal came as a frame of a WebSocket, which
    carries no HTTP status, ``problem.status`` is 0.
    """

    def __init__(self, problem: Problem, where: str) -> None:
        super().__init__(
            f"refused with {problem.code.value!r}: {problem.detail or problem.title}",
            f"{where}{f', field {problem.field}' if problem.field else ''}",
            problem.message_en or "Mend what the reason names, or expect this refusal",
        )
        self.problem = problem

    @property
    def code(self) -> Refusal:
        """Why it was refused."""
        return self.problem.code


class UnexpectedAnswer(SimulatorError):
    """The provider's answer is none that the API describes: its fault, never a plain refusal."""

    def __init__(self, what: str, where: str) -> None:
        super().__init__(what, where, "Compare the answer with the API description")


class Unreachable(SimulatorError, ConnectionError):
    """The provider could not be reached, or the connection broke before it answered."""

    def __init__(self, what: str, where: str) -> None:
        super().__init__(what, where, "See whether the provider runs and listens there")


class NotConnected(SimulatorError, ConnectionError):
    """Something was to be sent while the simulator's own connection is down."""

    def __init__(self, where: str, why: str) -> None:
        super().__init__(f"not connected ({why})", where, "Resume the connection first")


class Waited(SimulatorError, TimeoutError):
    """Something expected did not happen in time.

    ``what`` was waited for, ``within`` seconds; ``seen`` tells what there was instead.
    """

    def __init__(self, what: str, within: float, seen: str) -> None:
        super().__init__(
            f"{what} did not come within {within:g} s",
            "waiting",
            f"Seen until then: {seen}",
        )
        self.what = what
        self.within = within
        self.seen = seen


class SafetyInterlock(SimulatorError):
    """The simulator refuses to send this there (design: "Safety interlock")."""
