"""What a person saw, as purposes read it: only what was asked for is there.

A value that nobody was asked for has no default here. A purpose that looks at one ends as
INCONCLUSIVE; a default would be a check that passes, or fails, without anybody having looked.
"""

from typing import Any, TypeVar, cast

from net119_protocol.api.common import CallView
from net119_protocol.api.console import CallRecord, ConsoleCall
from net119_protocol.api.records import Access, RegistrationRecord, RegistrationRow
from net119_protocol.chat import ChatLine
from net119_protocol.model import WireModel
from net119_protocol.person import RegistrantData
from net119_protocol.places import CallPlace

from net119_conformance.errors import DriverFailed

M = TypeVar("M", bound=WireModel)


def not_asked(what: str) -> DriverFailed:
    """The exception for something that no person is asked for, or asked to do."""
    return DriverFailed(
        f"the manual driver does not ask a person for {what!r}, so it cannot be judged. What to "
        "do: judge this test purpose with a hook (docs/http-hook.md)",
        f"人には「{what}」をお願いしていないため、判定できません。"
        "この試験はフックで判定してください（docs/http-hook.ja.md）",
    )


class _OnlyWhatWasAsked:
    """Fields that have no value raise ``DriverFailed``."""

    def __getattr__(self, name: str) -> Any:
        if name in getattr(type(self), "model_fields", {}):
            raise not_asked(name)
        raise AttributeError(f"{type(self).__name__!r} has no attribute {name!r}")


class SeenCall(_OnlyWhatWasAsked, ConsoleCall):
    """A call at a console."""


class SeenView(_OnlyWhatWasAsked, CallView):
    """A call at its caller's handset."""


class SeenRecord(_OnlyWhatWasAsked, CallRecord):
    """The record of a call."""


class SeenLine(_OnlyWhatWasAsked, ChatLine):
    """A line of a chat."""


class SeenPerson(_OnlyWhatWasAsked, RegistrantData):
    """A registrant at a console."""


class SeenPlace(_OnlyWhatWasAsked, CallPlace):
    """The place of a call at a console."""


class SeenRow(_OnlyWhatWasAsked, RegistrationRow):
    """A registration in a list."""


class SeenRegistration(_OnlyWhatWasAsked, RegistrationRecord):
    """The record of a registration."""


class SeenAccess(_OnlyWhatWasAsked, Access):
    """An entry of the record of readings."""


def seen(model: type[M], **values: Any) -> M:
    """A model with these values and no others."""
    made = cast(M, model.model_construct(**values))
    for name in model.model_fields:
        if name not in values:
            made.__dict__.pop(name, None)
    return made
