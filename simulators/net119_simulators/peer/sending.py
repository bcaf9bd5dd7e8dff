"""One message on its way to the SUT."""

from dataclasses import dataclass, field
from uuid import UUID

from net119_simulators.peer.errors import SendFailed
from net119_simulators.peer.specs import Way
from net119_simulators.waiting import Watch


@dataclass(eq=False)
class Sent:
    """A message given to one of the two connections, which may wait until that is up.

    ``is_confirmed``: the SUT's endpoint gave the RECEIPT (way of the anchor), or the SUT
    acknowledged the MESSAGE (way of the callee).  ``times`` counts how often it was written: one
    with ``keep`` is written again after a lost connection, unless it was confirmed or refused.
    """

    way: Way
    destination: str
    payload: bytes
    headers: dict[str, str]
    what: str
    watch: Watch = field(repr=False)
    message_id: UUID | None = None
    keep: bool = True
    number: int = 0
    times: int = 0
    is_confirmed: bool = False
    failure: str | None = None

    async def confirmed(self, within: float = 5.0) -> None:
        """Return once the SUT has it.

        Raises:
            SendFailed: the SUT's endpoint refused it, or the connection broke and it is not
                written again.
            Waited: neither, in time.
        """

        def look() -> bool | None:
            if self.failure is not None:
                raise SendFailed(
                    self.failure, self.what, "Mend what the reason names, or expect it"
                )
            return self.is_confirmed or None

        name = "RECEIPT" if self.way is Way.ANCHOR else "ACK"
        await self.watch.until(
            look, f"{name} for {self.what}", within, lambda: f"written {self.times} times"
        )

    def confirm(self) -> None:
        """The SUT has it."""
        self.is_confirmed = True
        self.watch.changed()

    def fail(self, why: str) -> None:
        """It is given up."""
        self.failure = why
        self.watch.changed()
