"""A caller who is connected and says nothing: since when, and when that is shown to the owner.

Only the provider that owns a call watches, by what it has itself: when the handset came, the
caller's last line and the last place told.  So no message is needed for it, at either side.
"""

from datetime import datetime, timedelta

from net119_protocol.api.common import NoticeCode
from net119_protocol.codes import CallState, Presence

from net119_reference.calls.effects import Change, Note
from net119_reference.calls.model import Call, Told

_TALKING = frozenset({CallState.ANSWERED, CallState.TRANSFERRING})


def watched(call: Call, operator: str) -> bool:
    """Whether silence would mean something: a dispatcher of ours talks, the handset is there.

    Who waits for somebody to answer is not silent, and who is not connected is gone.
    """
    connected = call.presence is Presence.CONNECTED
    return call.state in _TALKING and connected and call.owner.provider == operator


def settled(call: Call, operator: str) -> Call:
    """The call without a silence that is over because it is not watched any more.

    That the silent caller counts as a disaster is not over when the handset is gone, but when
    another department has the call, which may have another rule.
    """
    told = tuple(_lifted(each) if _of_another(each, call) else each for each in call.told)
    if told != call.told:
        call = call.model_copy(update={"told": told})
    if call.silent_since is None or watched(call, operator):
        return call
    return call.model_copy(update={"silent_since": None})


def since(call: Call, heard: datetime | None, now: datetime) -> datetime:
    """Since when a connected caller has said nothing; ``heard`` is when that was last otherwise."""
    # Another machine's clock, or our own before it was put right, may be ahead.
    return min(max(heard or call.presence_since, call.presence_since), now)


def due(call: Call, heard: datetime | None, now: datetime, silent_s: float) -> datetime:
    """When a caller who says nothing more will count as silent: ``silent_s`` after the last word.

    Not before that long after the answer either: until then there was nobody to talk to.
    """
    begun = max(since(call, heard, now), min(call.answered_at or now, now))
    return begun + timedelta(seconds=silent_s)


def begin(call: Call, heard: datetime | None, now: datetime) -> Change:
    """The caller counts as silent from now on."""
    start = since(call, heard, now)
    silent = call.model_copy(update={"silent_since": start})
    return Change(silent, (Note("caller silent", f"since {start.isoformat()}"),))


def reacted(call: Call) -> Call:
    """The call of a caller who has reacted: neither silent nor, for that, a disaster."""
    if call.silent_since is None:
        for each in call.told:
            if _is_rule(each) and not each.lifted:
                break
        else:
            return call  # as nearly always when a caller writes
    told = tuple(_lifted(each) for each in call.told)
    return call.model_copy(update={"silent_since": None, "told": told})


def end(call: Call) -> Change:
    """The caller has said something; where that was no silence nothing changes."""
    after = reacted(call)
    return Change(call) if after is call else Change(after, (Note("caller heard again"),))


# --- the department's rule: a silent caller counts as a disaster (fact A79) -----------------------


def disaster_due(
    call: Call,
    heard: datetime | None,
    asked: datetime | None,
    now: datetime,
    silent_s: float,
    *,
    wrote: bool,
) -> datetime | None:
    """When a caller who says nothing more counts as a disaster by the department's rule.

    ``asked`` is when a dispatcher first wrote after the caller's last word; as long as nobody has,
    there is no such moment, unless the caller never ``wrote`` anything at all.
    """
    silent = due(call, heard, now, silent_s)
    if not wrote:
        return silent
    if asked is None or (heard is not None and asked < heard):
        return None
    return max(silent, min(asked, now) + timedelta(seconds=silent_s))


def counts_as_disaster(call: Call) -> bool:
    """Whether the owner's dispatcher is told so now."""
    return any(_is_rule(each) and not each.lifted for each in call.told)


def disaster(call: Call) -> Change:
    """Tell the owner's dispatcher that the silent caller counts as a disaster.

    Nothing is dispatched: that stays the dispatcher's decision.  The history has it once for each
    department; whoever falls silent again counts again.
    """
    department = call.owner.department
    others = tuple(each for each in call.told if not _is_rule(each) or _of_another(each, call))
    known = len(others) < len(call.told)
    rule = Told(code=NoticeCode.SILENT_DISASTER, rule_of=department)
    note = Note("silent caller counts as a disaster", f"rule of {department.code}")
    told = call.model_copy(update={"told": (*others, rule)})
    return Change(told, () if known else (note,))


def _is_rule(told: Told) -> bool:
    return told.code is NoticeCode.SILENT_DISASTER


def _of_another(told: Told, call: Call) -> bool:
    owner = call.owner.department.code
    return _is_rule(told) and (told.rule_of is None or told.rule_of.code != owner)


def _lifted(told: Told) -> Told:
    return told.model_copy(update={"lifted": True}) if _is_rule(told) else told
