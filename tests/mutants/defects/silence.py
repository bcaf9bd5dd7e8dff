"""A caller who is connected and says nothing."""

from typing import Any

from net119_protocol.codes import SenderRole
from net119_reference.calls import silence
from net119_reference.calls.effects import Change
from net119_reference.config.model import Config, Home
from net119_reference.service.core import Core
from net119_reference.service.deadlines import Deadlines
from net119_reference.service.silent_rule import SilentRule

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


@mutant("gone-is-silent", kills={"SILENT-CALLER": "who is gone is not silent"})
def gone_is_silent(patch: Patch) -> None:
    """A caller whose handset is gone goes on counting as silent."""
    patch(silence, "settled", lambda call, _operator: call)


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
