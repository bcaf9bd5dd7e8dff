"""Transfers: what must not come, coming a second late."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from net119_protocol.codes import SenderRole
from net119_reference.calls import transfer
from net119_reference.calls.effects import Change
from net119_reference.service.consoles import ConsoleDesk
from net119_reference.service.kernel import Transaction
from net119_reference.service.transfers import Transfers

from tests.mutants.defects.late import LATE_S, later
from tests.mutants.registry import Patch, mutant


def _asked_late(patch: Patch, late: Callable[[Any, Any], Change]) -> None:
    """Let ``late(call, ended)`` follow a transfer asked of the anchor and not answered yet."""

    def ask(original: Any, asking: Any, tx: Transaction, live: Any, *rest: Any) -> None:
        original(asking, tx, live, *rest)

        def end(then: Transaction) -> None:
            ended = transfer.ended_elsewhere(live.call, then.now)
            if ended is not None:
                asking._core.record(then, live, late(live.call, ended))

        later(asking._core, tx, end)

    patch.around(Transfers, "_ask_anchor", ask)


@mutant(
    "transfer-called-done-late",
    kills={"TRANSFER-OWNER": "nothing is called done before the anchor says so"},
)
def transfer_called_done_late(patch: Patch) -> None:
    """An owner whose anchor says nothing for a second takes its own request for the transfer."""
    _asked_late(patch, lambda call, ended: Change(call, (ended,)))


@mutant(
    "let-go-when-asked-late",
    kills={"TRANSFER-OWNER": "the call stays owned until the anchor says so"},
)
def let_go_when_asked_late(patch: Patch) -> None:
    """A second after it asked for a transfer, the owner no longer shows the call as its own."""
    _asked_late(patch, lambda call, _ended: Change(call.model_copy(update={"owner": call.home})))


@mutant(
    "refused-and-shown-late",
    kills={"TRANSFER-DONE": "the caller never saw it"},
)
def refused_and_shown_late(patch: Patch) -> None:
    """A line of the former owner is refused, and with the caller a second later."""

    def say(original: Any, desk: Any, who: Any, call_id: Any, line: Any, tx: Transaction) -> Any:
        live, call = desk.seen(who, call_id)
        if call.owner.center != who.center:

            def late(then: Transaction) -> None:
                role, key = SenderRole.DISPATCHER, line.client_id
                desk._core.say(then, live, desk._author, role, who.name, key, line)

            # Not after the transaction: a refusal undoes what was to follow it.
            desk._core.kernel.at(tx.now + timedelta(seconds=LATE_S), late)
        return original(desk, who, call_id, line, tx)

    patch.around(ConsoleDesk, "_say", say)
