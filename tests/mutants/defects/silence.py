"""A caller who is connected and says nothing."""

import functools
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

from net119_protocol.api.common import NoticeCode
from net119_protocol.api.console_acts import Dispatch
from net119_protocol.codes import CallState, Mode, Presence, SenderRole
from net119_protocol.texts import Audience
from net119_reference.calls import silence
from net119_reference.calls.effects import ActKind, Change, Keep
from net119_reference.config.model import Config, Home
from net119_reference.service import views
from net119_reference.service.core import Core
from net119_reference.service.deadlines import Deadlines
from net119_reference.service.silent_rule import SilentRule

from tests.mutants.defects.late import LATE_S, later
from tests.mutants.registry import Patch, mutant

BEGINS = "the console shows that the caller says nothing"


@mutant("silence-never-told", kills={"SILENT-CALLER": BEGINS, "SILENT-CALLER-RECEIVED": BEGINS})
def silence_never_told(patch: Patch) -> None:
    """Nobody looks whether the caller still says something."""
    patch(Deadlines, "watch", lambda *_: None)


@mutant("silence-never-ends", kills={"SILENT-CALLER": "the next line ends it"})
def silence_never_ends(patch: Patch) -> None:
    """A caller who was silent once stays so, whatever comes."""
    patch(silence, "end", Change)


@mutant(
    "any-line-is-the-callers",
    kills={
        "SILENT-CALLER": "a line of the dispatcher does not end it",
        "SILENT-CALLER-RECEIVED": "a line of the dispatcher does not end it",
    },
)
def any_line_is_the_callers(patch: Patch) -> None:
    """What the dispatcher writes counts as a word of the caller."""

    def store_line(original: Any, core: Core, tx: Any, live: Any, *rest: Any) -> Any:
        said = original(core, tx, live, *rest)
        _author, line, _digest = rest
        if line.sender is SenderRole.DISPATCHER:
            live.heard = tx.now
            core.record(tx, live, silence.end(live.known()))
        return said

    patch.around(Core, "store_line", store_line)


@mutant(
    "any-line-is-the-callers-late",
    kills={
        "SILENT-CALLER": "it stays as it is for a while after a line of the dispatcher",
        "SILENT-CALLER-RECEIVED": "it stays as it is for a while after a line of the dispatcher",
    },
)
def any_line_is_the_callers_late(patch: Patch) -> None:
    """What the dispatcher writes counts as a word of the caller, a moment after it is stored."""

    def heard(core: Core, live: Any, then: Any) -> None:
        core.record(then, live, silence.end(live.known()))

    def store_line(original: Any, core: Core, tx: Any, live: Any, *rest: Any) -> Any:
        said = original(core, tx, live, *rest)
        _author, line, _digest = rest
        if line.sender is SenderRole.DISPATCHER:
            when = tx.now + timedelta(seconds=LATE_S / 2)
            look = functools.partial(heard, core, live)
            tx.after(functools.partial(core.kernel.at, when, look))
        return said

    patch.around(Core, "store_line", store_line)


@mutant("gone-is-silent", kills={"SILENT-CALLER": "who is gone is not silent"})
def gone_is_silent(patch: Patch) -> None:
    """A caller whose handset is gone goes on counting as silent."""
    patch(silence, "settled", lambda call, _operator: call)


@mutant(
    "gone-is-silent-in-time",
    kills={"SILENT-CALLER": "nor does who is gone become silent with time"},
)
def gone_is_silent_in_time(patch: Patch) -> None:
    """The loss of the connection ends a silence, and begins the next one."""

    def watched(original: Any, call: Any, operator: str) -> bool:
        if call.state is not CallState.INTERRUPTED:
            return bool(original(call, operator))
        back = {"presence": Presence.CONNECTED, "state": CallState.ANSWERED}
        return bool(original(call.model_copy(update=back), operator))

    def settled(original: Any, call: Any, operator: str) -> Any:
        since = call.silent_since
        if since is None or call.presence is not Presence.GONE or since >= call.presence_since:
            return original(call, operator)
        return call.model_copy(update={"silent_since": None})

    patch.around(silence, "watched", watched)
    patch.around(silence, "settled", settled)


@mutant(
    "silent-from-now",
    kills={
        "SILENT-CALLER": "it counts from the caller's last line",
        "SILENT-CALLER-RECEIVED": "it counts from the caller's last line",
    },
)
def silent_from_now(patch: Patch) -> None:
    """Silence is told as beginning when it is told."""

    def begin(original: Any, call: Any, heard: Any, now: Any) -> Change:
        change: Change = original(call, heard, now)
        silent = change.call.model_copy(update={"silent_since": now})
        return Change(silent, change.effects)

    patch.around(silence, "begin", begin)


@mutant(
    "silent-too-soon",
    kills={
        "SILENT-CALLER": "not before the time that is set has passed",
        "SILENT-CALLER-RECEIVED": "not before the time that is set has passed",
    },
)
def silent_too_soon(patch: Patch) -> None:
    """A caller counts as silent after half of the time that is set."""
    patch.around(
        silence,
        "due",
        lambda original, call, heard, now, set_s: original(call, heard, now, set_s / 2),
    )


@mutant(
    "silent-rule-forgotten",
    kills={"SILENT-DISASTER": "the console is told that it counts as a disaster"},
)
def silent_rule_forgotten(patch: Patch) -> None:
    """A department's rule on silent callers is never looked at."""
    patch(SilentRule, "watch", lambda *_: None)


@mutant(
    "silent-rule-everywhere",
    kills={"SILENT-DISASTER": "a department without the rule is told nothing of it"},
)
def silent_rule_everywhere(patch: Patch) -> None:
    """The rule is taken to be every department's."""
    patch.around(
        Config,
        "home",
        lambda original, config, department: Home(
            **{**original(config, department).model_dump(), "silent_is_disaster": True}
        ),
    )


def _later_where_lacking(patch: Patch, late_s: Callable[[float], float]) -> None:
    """The rule is taken to be every department's, and acts later where it is not.

    ``late_s(set_s)``: how much later, where ``set_s`` is the time that is set.
    """
    lacking: set[str] = set()

    def home(original: Any, config: Config, department: str) -> Home:
        found: Home = original(config, department)
        if found.silent_is_disaster:
            return found
        lacking.add(department)
        return Home(**{**found.model_dump(), "silent_is_disaster": True})

    def due(original: Any, rule: Any, live: Any, now: Any) -> Any:
        when = original(rule, live, now)
        if when is None or live.known().owner.department.code not in lacking:
            return when
        return when + timedelta(seconds=late_s(rule._core.timing.silent_s))

    patch.around(Config, "home", home)
    patch.around(SilentRule, "_due", due)


@mutant(
    "silent-rule-everywhere-late",
    kills={"SILENT-DISASTER": "nor is a department without the rule told a moment later"},
)
def silent_rule_everywhere_late(patch: Patch) -> None:
    """The rule is taken to be every department's; those that lack it are told a second later."""
    _later_where_lacking(patch, lambda _: LATE_S)


@mutant(
    "silent-rule-everywhere-much-later",
    kills={"SILENT-DISASTER": "a department without the rule is told nothing of it"},
)
def silent_rule_everywhere_much_later(patch: Patch) -> None:
    """The rule is taken to be every department's; where it was not asked for, the time is
    three times as long."""
    _later_where_lacking(patch, lambda set_s: 2 * set_s)


@mutant(
    "silent-rule-unasked",
    kills={"SILENT-DISASTER": "nobody is said not to react before being asked"},
)
def silent_rule_unasked(patch: Patch) -> None:
    """Who says nothing for a while counts as a disaster, whether or not anybody has asked."""

    def due(
        original: Any, call: Any, heard: Any, asked: Any, now: Any, set_s: float, **_: Any
    ) -> Any:
        return original(call, heard, asked, now, set_s / 2, wrote=False)

    patch.around(silence, "disaster_due", due)


@mutant(
    "silent-rule-unasked-late",
    kills={"SILENT-DISASTER": "nobody is said not to react before being asked"},
)
def silent_rule_unasked_late(patch: Patch) -> None:
    """Who says nothing for three times as long counts as a disaster, though nobody has asked."""

    def due(
        original: Any, call: Any, heard: Any, asked: Any, now: Any, set_s: float, **_: Any
    ) -> Any:
        return original(call, heard, asked, now, 3 * set_s, wrote=False)

    patch.around(silence, "disaster_due", due)


@mutant(
    "silent-rule-too-soon",
    kills={"SILENT-DISASTER": "not before the caller had the time that is set to react"},
)
def silent_rule_too_soon(patch: Patch) -> None:
    """A caller who was asked has half of the time to react."""

    def due(
        original: Any, call: Any, heard: Any, asked: Any, now: Any, set_s: float, **more: Any
    ) -> Any:
        return original(call, heard, asked, now, set_s / 2, **more)

    patch.around(silence, "disaster_due", due)


@mutant(
    "silent-rule-shown-to-callers",
    kills={"SILENT-DISASTER": "the caller is not told of a dispatch that nobody has decided"},
)
def silent_rule_shown_to_callers(patch: Patch) -> None:
    """A caller reads what the dispatcher does of the department's rule."""

    def notices(original: Any, call: Any, audience: Audience) -> Any:
        told = original(call, audience)
        if audience is Audience.DISPATCHER:
            return told
        rule = original(call, Audience.DISPATCHER)
        return (*told, *(each for each in rule if each.code is NoticeCode.SILENT_DISASTER))

    patch.around(views, "_notices", notices)


@mutant(
    "silent-rule-dispatches",
    kills={"SILENT-DISASTER": "nothing is dispatched by the system"},
)
def silent_rule_dispatches(patch: Patch) -> None:
    """The rule sends the nearest crew by itself."""

    def disaster(original: Any, call: Any) -> Change:
        change: Change = original(call)
        crew = Dispatch(at=call.silent_since or call.opened_at, by="rule", units="nearest")
        sent = change.call.model_copy(update={"dispatches": call.dispatches + 1})
        kept = Keep(ActKind.DISPATCH, call.dispatches + 1, crew)
        return Change(sent, (*change.effects, kept))

    patch.around(silence, "disaster", disaster)


@mutant(
    "silent-rule-for-ever",
    kills={"SILENT-DISASTER": "the caller's next line ends it"},
)
def silent_rule_for_ever(patch: Patch) -> None:
    """Who has counted as a disaster once does so until the end of the call."""
    patch(silence, "_lifted", lambda told: told)


@mutant("silent-rule-twice", kills={"SILENT-DISASTER": "it is told once"})
def silent_rule_twice(patch: Patch) -> None:
    """The rule is told as what it is and as the reminder that it is."""

    def disaster(original: Any, call: Any) -> Change:
        change: Change = original(call)
        twice = (*change.call.told, change.call.told[-1])
        return Change(change.call.model_copy(update={"told": twice}), change.effects)

    patch.around(silence, "disaster", disaster)


@mutant(
    "silent-rule-sounds-real",
    kills={"SILENT-DISASTER": "it names the department's rule, and that this is no real call"},
)
def silent_rule_sounds_real(patch: Patch) -> None:
    """Of a test call the dispatcher reads that a crew has to be sent."""

    def notice(original: Any, code: Any, **about: Any) -> Any:
        real = {"mode": Mode.LIVE} if code is NoticeCode.SILENT_DISASTER else {}
        return original(code, **{**about, **real})

    patch.around(views, "notice", notice)


@mutant(
    "silent-rule-sends-late",
    kills={"SILENT-DISASTER": "nothing is dispatched by the system"},
)
def silent_rule_sends_late(patch: Patch) -> None:
    """The rule sends a crew by itself, a second after it was told."""

    def look(original: Any, rule: Any, call_id: UUID, tx: Any) -> None:
        live = rule._core.lives.get(call_id)
        before = live is not None and silence.counts_as_disaster(live.call)
        original(rule, call_id, tx)
        if before or live is None or not silence.counts_as_disaster(live.call):
            return

        def late(then: Any) -> None:
            call = live.call
            crew = Dispatch(at=then.now, by="rule", units="nearest")
            kept = Keep(ActKind.DISPATCH, call.dispatches + 1, crew)
            sent = call.model_copy(update={"dispatches": call.dispatches + 1})
            rule._core.record(then, live, Change(sent, (kept,)))

        later(rule._core, tx, late)

    patch.around(SilentRule, "_look", look)


@mutant(
    "silent-rule-shown-to-callers-late",
    kills={"SILENT-DISASTER": "the caller is not told of a dispatch that nobody has decided"},
)
def silent_rule_shown_late(patch: Patch) -> None:
    """Callers read the department's rule, too, though a second after the dispatcher."""
    told: dict[UUID, float] = {}

    def notices(original: Any, call: Any, audience: Audience) -> Any:
        shown = original(call, audience)
        rule = [
            each
            for each in original(call, Audience.DISPATCHER)
            if each.code is NoticeCode.SILENT_DISASTER
        ]
        if audience is Audience.DISPATCHER or not rule:
            return shown
        began = told.setdefault(call.call_id, time.monotonic())
        return (*shown, *rule) if time.monotonic() - began >= LATE_S / 2 else shown

    def look(original: Any, rule: Any, call_id: UUID, tx: Any) -> None:
        original(rule, call_id, tx)
        core = rule._core
        live = core.lives.get(call_id)
        if live is not None and silence.counts_as_disaster(live.call):
            later(core, tx, lambda then: core.show_changed(then, live, None, live.call))

    patch.around(views, "_notices", notices)
    patch.around(SilentRule, "_look", look)
