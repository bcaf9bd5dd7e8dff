"""What a recorder knows of one call of a drill while that goes on."""

from uuid import UUID

from net119_protocol.codes import Kind, Mode

from net119_scenarios.drills.record import CallKept
from net119_scenarios.drills.screens import ActsOfCall, CallOnScreen


class CallSeen:
    """One call: its names, its screens and what was done with it."""

    def __init__(self) -> None:
        self.name = ""
        self.caller = ""
        self.mode: Mode | None = None
        self.kind: Kind | None = None
        self.registrant = ""
        self.screens: dict[str, CallOnScreen] = {}
        self.acts = ActsOfCall()
        self.early = False
        """It was there before the drill began."""

    @property
    def belongs(self) -> bool:
        """Whether it is one of the drill's: placed by it, or shown first after it began."""
        return self.mode is not None and bool(self.name or not self.early)

    def kept(self, call_id: UUID) -> CallKept:
        """For the record; TypeError if nobody saw it."""
        if self.mode is None or self.kind is None:
            raise TypeError(f"nobody saw the call {call_id}")
        return CallKept(
            name=self.name or f"call-{str(call_id)[:8]}",
            id=str(call_id),
            mode=self.mode,
            kind=self.kind,
            caller=self.caller,
            caller_name=self.registrant,
            screens=tuple(each.shown for each in self.screens.values()),
            acts=self.acts.acts,
        )


__all__ = ["CallSeen"]
