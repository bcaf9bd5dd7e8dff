"""A callback at the anchor: asked, mailed, and how it ends (CNB-31, gap D9).

The letter itself is the post office's; here stands what its fate does to the call, and what the
asking dispatcher, here or at another provider, is told of it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from net119_protocol.api.console_acts import Callback
from net119_protocol.callback_texts import CallbackState, callback_text
from net119_protocol.codes import CallbackFailure
from net119_protocol.interconnect import MessageType, bodies
from net119_protocol.model import TEXT_LIMIT
from net119_protocol.person import Contact

from net119_reference.calls.effects import Change, Effect, Note, Send
from net119_reference.calls.model import Call, CalledBack, Side
from net119_reference.mail.schedule import Delivery

HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Asking:
    """Who asks for a callback.

    ``provider`` is that of the dispatcher ``by``; ``request_id`` the message of a remote owner.
    """

    by: str
    provider: str
    request_id: UUID | None = None


@dataclass(frozen=True)
class Means:
    """What the home provider can do: whether its profile has callbacks, whether it has mail, the
    caller's address at this moment (I8), and how many letters of one call an hour may see."""

    allowed: bool
    mail: bool
    address: str | None
    per_hour: int


def obstacle(call: Call, means: Means, now: datetime) -> tuple[CallbackFailure, str] | None:
    """Why no letter is written; ``None`` if one is."""
    department = call.home.department.code
    if not means.allowed:
        return CallbackFailure.NOT_ALLOWED, f"{department} does not use callback mail"
    if not means.mail:
        return CallbackFailure.UNSUPPORTED, "the home provider has no mail"
    if means.address is None:
        return CallbackFailure.NO_ADDRESS, "the registrant has no mail address any more"
    written = [
        each.callback
        for each in call.callbacks
        if each.callback.failure in (None, CallbackFailure.TEMPORARY, CallbackFailure.UNDELIVERABLE)
        and now - each.callback.asked_at < HOUR
    ]
    if len(written) >= means.per_hour:
        return CallbackFailure.TOO_MANY, f"{len(written)} letters within the last hour"
    return None


def ask(call: Call, asking: Asking, now: datetime) -> Change:
    """A callback that is on its way: ``queued``."""
    return _add(call, asking, now, "queued")


def refuse(
    call: Call, asking: Asking, reason: CallbackFailure, detail: str, now: datetime
) -> Change:
    """A callback for which no letter is written; who asked is told at once."""
    change = _add(call, asking, now, "failed", reason, detail)
    return Change(change.call, (*change.effects, *_answer(change.call, change.call.callbacks[-1])))


def on_letter(
    call: Call, number: int, outcome: Delivery, detail: str, now: datetime, *, last: bool = False
) -> Change:
    """The letter of a callback was taken, refused, deferred, or came back.

    The receiving server's first deferral is told at once, for it may last (greylisting); further
    ones are not.  Nothing is told of the letter once the caller is here.

    Args:
        last: ``outcome`` FAILED came of time running out, not of a refusal.
    """
    kept = _find(call, number)
    if kept is None:
        return Change(call, (Note("callback unknown", str(number)),))
    before = kept.callback
    # A letter may come back before the answer of the server that took it is recorded: it failed.
    if before.state in ("opened", "failed"):
        return Change(call, (Note("callback letter, too late to matter", outcome.value),))
    reason: CallbackFailure | None = None
    state: CallbackState = "sent"
    if outcome is Delivery.DEFERRED:
        if before.failure is not None or before.state != "queued":
            return Change(call)
        state, reason = "queued", CallbackFailure.TEMPORARY
    elif outcome in (Delivery.FAILED, Delivery.BOUNCED):
        state, reason = "failed", CallbackFailure.UNDELIVERABLE
    elif before.state == "sent":
        return Change(call)
    after = _put(call, kept, now, state, reason, detail)
    what = "gave up" if last else outcome.value
    note = Note(f"callback {what}", f"{number}: {detail}".strip())
    return Change(after, (note, *_answer(after, after.callbacks[number - 1])))


def opened(call: Call, number: int, now: datetime) -> Change:
    """The caller came by the letter's URL; the remote owner that asked for it is told."""
    kept = _find(call, number)
    if kept is None or kept.callback.state == "opened":
        return Change(call)
    note = Note("callback opened", str(number))
    after = _put(call, kept, now, "opened", None, "")
    if kept.request_id is None:
        return Change(after, (note,))
    taken_at = kept.callback.changed_at if kept.callback.state == "sent" else now
    body = bodies.CallbackSent(at=taken_at, opened_at=now)
    send = Send(kept.asker, MessageType.CALLBACK_SENT, body, in_reply_to=kept.request_id)
    return Change(after, (note, send))


def shown(call: Call, number: int) -> Callback:
    """A callback of the call as its consoles see it."""
    return call.callbacks[number - 1].callback


def changed(before: Call | None, after: Call) -> tuple[Callback, ...]:
    """The callbacks that a change of the call has touched."""
    known = () if before is None else before.callbacks
    return tuple(each.callback for each in after.callbacks if each not in known)


def _find(call: Call, number: int) -> CalledBack | None:
    return call.callbacks[number - 1] if 1 <= number <= len(call.callbacks) else None


def _add(
    call: Call,
    asking: Asking,
    now: datetime,
    state: CallbackState,
    failure: CallbackFailure | None = None,
    detail: str = "",
) -> Change:
    number = len(call.callbacks) + 1
    new = CalledBack(
        callback=Callback(
            number=number, asked_by=asking.by, asked_at=now, state=state, changed_at=now
        ),
        asker=asking.provider,
        request_id=asking.request_id,
    )
    call = call.model_copy(update={"callbacks": (*call.callbacks, new)})
    call = _put(call, new, now, state, failure, detail)
    about = f"{number}: by {asking.by or 'a dispatcher'} of {asking.provider}"
    if failure is None:
        return Change(call, (Note("callback asked", about),))
    return Change(call, (Note("callback refused", f"{about}: {failure.value} {detail}".strip()),))


def _put(
    call: Call,
    kept: CalledBack,
    now: datetime,
    state: CallbackState,
    failure: CallbackFailure | None,
    detail: str,
    contacts: tuple[Contact, ...] | None = None,
) -> Call:
    """The call with the callback in its new state, told in words."""
    if contacts is None:
        optional = call.registrant.optional
        contacts = optional.contacts if optional is not None and failure is not None else ()
    text = callback_text(state, failure, call.mode, contacts=bool(contacts))
    callback = kept.callback.model_copy(
        update={
            "state": state,
            "changed_at": now,
            "failure": failure,
            "detail": detail[:TEXT_LIMIT],
            "text_ja": text.ja,
            "text_en": text.en,
            "contacts": contacts,
        }
    )
    number = callback.number
    callbacks = list(call.callbacks)
    callbacks[number - 1] = kept.model_copy(update={"callback": callback})
    return call.model_copy(update={"callbacks": tuple(callbacks)})


def _answer(call: Call, kept: CalledBack) -> tuple[Effect, ...]:
    """What the remote owner that asked is told, once there is something to tell."""
    callback = kept.callback
    if kept.request_id is None or call.side is not Side.ANCHOR:
        return ()
    if callback.state == "sent":
        sent = bodies.CallbackSent(at=callback.changed_at)
        return (Send(kept.asker, MessageType.CALLBACK_SENT, sent, in_reply_to=kept.request_id),)
    if callback.failure is None:
        return ()
    failed = bodies.CallbackFailed(
        reason=callback.failure, detail=callback.detail, contacts=callback.contacts
    )
    return (Send(kept.asker, MessageType.CALLBACK_FAILED, failed, in_reply_to=kept.request_id),)


# --- a remote owner -------------------------------------------------------------------------------


def ask_anchor(call: Call, asking: Asking, now: datetime, message_id: UUID) -> Change:
    """Ask the anchor, which alone may write to the caller."""
    asking = Asking(asking.by, asking.provider, message_id)
    change = _add(call, asking, now, "queued")
    body = bodies.CallbackRequest(requested_by=asking.by)
    send = Send(call.anchor, MessageType.CALLBACK_REQUEST, body, message_id=message_id)
    return Change(change.call, (*change.effects, send))


def on_answer(
    call: Call,
    body: bodies.CallbackSent | bodies.CallbackFailed,
    in_reply_to: UUID | None,
    now: datetime,
) -> Change:
    """The anchor's answer to a request of ours."""
    kept = requested(call, in_reply_to)
    if kept is None:
        return Change(call, (Note("callback answer to nothing", str(in_reply_to)),))
    number = kept.callback.number
    if isinstance(body, bodies.CallbackSent) and body.opened_at is not None:
        if kept.callback.state == "opened":
            return Change(call)
        after = _put(call, kept, body.opened_at, "opened", None, "")
        return Change(after, (Note("callback opened", str(number)),))
    if isinstance(body, bodies.CallbackSent):
        if kept.callback.state in ("sent", "opened"):
            return Change(call)
        after = _put(call, kept, body.at, "sent", None, "")
        return Change(after, (Note("callback sent", str(number)),))
    # "temporary" is not the end of it: the anchor goes on trying.
    trying = body.reason is CallbackFailure.TEMPORARY
    if kept.callback.state == "opened" or (trying and kept.callback.state != "queued"):
        return Change(call, (Note("callback letter, too late to matter", body.reason.value),))
    state: CallbackState = "queued" if trying else "failed"
    after = _put(call, kept, now, state, body.reason, body.detail, body.contacts)
    note = Note(f"callback {'deferred' if trying else 'failed'}", f"{number}: {body.reason.value}")
    return Change(after, (note,))


def on_unknown_type(call: Call, in_reply_to: UUID | None, detail: str, now: datetime) -> Change:
    """The anchor refused the request: told as a failure, never as a time-out."""
    kept = requested(call, in_reply_to)
    if kept is None or kept.callback.state != "queued":
        return Change(call)
    after = _put(call, kept, now, "failed", CallbackFailure.UNSUPPORTED, detail)
    return Change(after, (Note("callback unsupported", detail),))


def requested(call: Call, request_id: UUID | None) -> CalledBack | None:
    """The callback of a request; without a number, the last that waits for its answer."""
    if request_id is None:
        waiting = [each for each in call.callbacks if each.callback.state == "queued"]
        return waiting[-1] if waiting else None
    return next((each for each in call.callbacks if each.request_id == request_id), None)


def came_back(call: Call, now: datetime) -> Call:
    """The call at its owner once the anchor has reopened it: the newest callback was opened."""
    going = [each for each in call.callbacks if each.callback.state in ("queued", "sent")]
    return _put(call, going[-1], now, "opened", None, "") if going else call
