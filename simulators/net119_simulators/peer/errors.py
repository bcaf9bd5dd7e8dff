"""What a simulated peer raises besides the errors of all simulators."""

from net119_protocol.interconnect import bodies

from net119_simulators.errors import SimulatorError, Waited
from net119_simulators.peer.messages import Received


class MessageRefused(SimulatorError):
    """The SUT answered a message of the peer with ``error``; ``received`` is that answer."""

    def __init__(self, what: str, received: Received, report: bodies.ErrorReport) -> None:
        super().__init__(
            f"refused with {report.code.value!r}: {report.detail}",
            f"{what}{f', field {report.field}' if report.field else ''}",
            "Mend what the reason names, or expect this refusal",
        )
        self.received = received
        self.report = report


class OtherAnswer(SimulatorError):
    """The SUT answered an offer, or an acceptance, but not as was waited for.

    ``received`` is its answer.  ``accepted_after_s``: how many seconds after the offer had come the
    peer accepted it, where that is what was answered; so it may have been too late itself.
    """

    def __init__(
        self, waited_for: str, received: Received, accepted_after_s: float | None = None
    ) -> None:
        super().__init__(
            f"the answer is {received.label}, not {waited_for}: {received.text[:400]}",
            "offer",
            "See why the SUT decided so, or expect this answer",
        )
        self.received = received
        self.accepted_after_s = accepted_after_s


class SendFailed(SimulatorError):
    """The SUT's endpoint did not take what was sent."""


class ConnectionEnded(Waited):
    """Something expected cannot come any more: the SUT has closed the connection."""

    def __init__(self, what: str, seen: str) -> None:
        super().__init__(what, 0.0, seen)
        self.args = (
            f"waiting: {what} did not come before the connection was closed. "
            f"Seen until then: {seen}",
        )


class CannotListen(SimulatorError):
    """The peer's own endpoint cannot be opened."""

    def __init__(self, where: str, why: str) -> None:
        super().__init__(
            f"cannot listen ({why})", where, "Give an address of this machine and a free port"
        )
