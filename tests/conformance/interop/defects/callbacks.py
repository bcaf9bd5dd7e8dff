"""What goes wrong with a callback that the receiving dispatcher asks for."""

from typing import Any

from net119_protocol.codes import Refusal
from net119_reference.calls import callback
from net119_reference.mail.post_office import PostOffice
from net119_reference.ports import Refused
from net119_reference.service.callbacks import Callbacks
from net119_reference.service.recorded_acts import RecordedActs
from net119_reference.service.registry import Registry

from tests.conformance.interop.bad import bad, known
from tests.conformance.interop.defects.sides import A, B
from tests.mutants.registry import Patch

ASK = "the receiving dispatcher can ask for a callback"


@bad("no-callbacks-here", B, {"PAIR-CALLBACK": ASK}, "sent no callback.request")
def no_callbacks_here(patch: Patch) -> None:
    """A dispatcher cannot ask for a callback of another provider's registrant."""

    async def call_back(*_: Any) -> Any:
        raise Refused(Refusal.FORBIDDEN, "not one of ours")

    patch(RecordedActs, "call_back", call_back)


@bad(
    "callbacks-unanswered",
    A,
    {"PAIR-CALLBACK": ASK},
    "did not answer the callback.request by callback.sent",
)
def callbacks_unanswered(patch: Patch) -> None:
    """The owner that asked is told nothing of the letter."""
    patch(callback, "_answer", lambda *_: ())


@bad(
    "callbacks-not-shown",
    B,
    {"PAIR-CALLBACK": "the receiving dispatcher is told that the mail was sent"},
)
def callbacks_not_shown(patch: Patch) -> None:
    """What becomes of a callback is kept, and not shown at the console."""
    patch(Callbacks, "_show", lambda *_: None)


@bad(
    "letters-go-astray",
    A,
    {"PAIR-CALLBACK": "the callback mail is with the caller once it is called sent"},
)
def letters_go_astray(patch: Patch) -> None:
    """The letter goes to somebody else."""

    def mail_of(original: Any, *given: Any) -> Any:
        return f"not-{original(*given)}"

    patch.around(Registry, "mail_of", mail_of)


@bad(
    "letters-of-the-provider",
    A,
    {"PAIR-CALLBACK": "the callback mail comes from the home department's domain"},
)
def letters_of_the_provider(patch: Patch) -> None:
    """Mail comes from the provider's own address, which no caller's filter lets through."""

    def send(original: Any, post: Any, tx: Any, **named: Any) -> Any:
        return original(post, tx, **{**named, "sender": "info@provider.example"})

    patch.around(PostOffice, "send", send)


@bad(
    "urls-open-nothing",
    A,
    {"PAIR-CALLBACK": "the caller comes back to the call by the mailed URL"},
)
def urls_open_nothing(patch: Patch) -> None:
    """The URL of the letter is unknown."""

    async def come(*_: Any) -> Any:
        raise Refused(Refusal.LINK_UNKNOWN, "no callback mail has this URL")

    patch(Callbacks, "open", come)


STAYS_CLOSED = known(
    "reopened-calls-refused",
    B,
    {"PAIR-CALLBACK": "the receiving console has the call again, ringing"},
)
ANSWERED_AT_ONCE = known(
    "reopened-as-answered",
    A,
    {"PAIR-CALLBACK": "the caller is told of no answer before there is one"},
)
ANSWERED_LATER = known(
    "answered-by-machine-late",
    B,
    {"PAIR-CALLBACK": "the caller is told of no answer before there is one"},
    "sent call.answered again before its dispatcher had answered",
)
