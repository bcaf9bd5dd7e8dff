"""Faults of frames that are well-formed but break a rule of the session."""

from .errors import Section, StompProtocolError
from .frame import Frame


def fault(frame: Frame, reason: str, section: Section, remedy: str = "") -> StompProtocolError:
    """The error for ``frame``, naming its command and receipt."""
    return StompProtocolError(
        reason, section, remedy=remedy, command=frame.command, receipt=frame.get("receipt")
    )


def require(frame: Frame, name: str, section: Section) -> str:
    """The value of a header that must be there. Raises StompProtocolError."""
    value = frame.get(name)
    if value is None:
        raise fault(frame, f"{frame.command} without {name} header", section, f"Set {name}")
    return value
