"""An honest call after the misbehaviour: whoever calls next must not feel anything of it."""

from net119_protocol.codes import CallState, CloseOutcome

from net119_simulators.peer.bad.model import PeerRole
from net119_simulators.peer.bad.run import BadRun, in_short

RULE = "after"


async def honest_call(run: BadRun, role: PeerRole) -> None:
    """Make the peer good again, play a whole call in the same role, and check it."""
    await run.bench.settle()
    if role is PeerRole.RECEIVES:
        await _from_the_system(run)
    else:
        await _to_the_system(run)


async def _from_the_system(run: BadRun) -> None:
    call, taken = await run.assigned_call()
    await call.say("足を折りました", within=run.patience)
    await taken.say("救急車が向かっています", within=run.patience)
    await taken.wait_for_line(lambda line: line.text == "足を折りました", run.patience)
    await call.wait_for_line(lambda line: line.text == "救急車が向かっています", run.patience)
    await taken.close(CloseOutcome.DISPATCHED, within=run.patience)
    view = await call.wait_for_view(lambda view: view.state is CallState.CLOSED, run.patience)
    same = in_short(call.lines) == in_short(taken.lines)
    broken = [str(each) for each in (*call.violations, *taken.violations)]
    _judge(run, same and not broken and view.outcome is CloseOutcome.DISPATCHED, broken or view)


async def _to_the_system(run: BadRun) -> None:
    console = run.bench.console
    call = await run.owned_call()
    await call.say_as_caller("足を折りました", within=run.patience)
    await console.say(call.call_id, "救急車が向かっています", within=run.patience)
    closed = await console.close(call.call_id, CloseOutcome.PRACTICE_DONE, within=run.patience)
    record = await console.record(call.call_id)
    same = in_short(record.lines) == in_short(call.lines)
    broken = [*map(str, call.violations), *run.broken_at_console()]
    _judge(run, same and not broken and closed.state is CallState.CLOSED, broken or closed.state)


def _judge(run: BadRun, held: bool, seen: object) -> None:
    run.check(
        RULE,
        "その後の正しい通報は、最初から最後まで通る",
        "an honest call afterwards goes through from beginning to end",
        held,
        "closed, both records alike",
        "closed, both records alike" if held else seen,
    )
