"""Runs a known-bad peer against a system."""

from net119_simulators.errors import SimulatorError
from net119_simulators.peer.bad.bench import Bench
from net119_simulators.peer.bad.honest import RULE, honest_call
from net119_simulators.peer.bad.model import BadPeer, BadResult, PeerRole, Step
from net119_simulators.peer.bad.registry import bad_peer
from net119_simulators.peer.bad.run import BadRun, Tell
from net119_simulators.peer.errors import CannotListen


def _keep_quiet(step: Step) -> None:
    """Tell nobody."""


async def run_bad(name: str, role: PeerRole, bench: Bench, tell: Tell = _keep_quiet) -> BadResult:
    """Let a bad peer loose in one role, then see that an honest call goes through.

    ``tell`` gets each step as it is made.  The bench can be used again afterwards, whatever came
    of the run.

    Raises:
        LookupError: no such peer, or not in this role.
    """
    peer = bad_peer(name)
    act = peer.acts.get(role)
    if act is None:
        raise LookupError(f"{name} makes sense only where the peer {' or '.join(peer.roles)} calls")
    broken_off: str | None = None
    broken_by: list[SimulatorError] = []
    async with BadRun(bench, tell) as run:
        try:
            await act(run)
        except CannotListen:
            # Ours, and says nothing of the system.
            raise
        except SimulatorError as wrong:
            broken_off = str(wrong)
            broken_by.append(wrong)
        try:
            await honest_call(run, role)
        except CannotListen:
            raise
        except SimulatorError as wrong:
            broken_off = " / ".join(filter(None, (broken_off, f"honest call: {wrong}")))
            broken_by.append(wrong)
        try:
            await run.look_back()
        except SimulatorError as wrong:
            broken_off = " / ".join(filter(None, (broken_off, f"looking back: {wrong}")))
            broken_by.append(wrong)
        steps = tuple(run.steps)
    return BadResult(name, role, steps, _missing(peer, steps), broken_off, tuple(broken_by))


def _missing(peer: BadPeer, steps: tuple[Step, ...]) -> tuple[str, ...]:
    seen = {step.rule for step in steps}
    promised = [*peer.invariants, *(["refusal"] if peer.refusal else []), RULE]
    return tuple(rule for rule in promised if rule not in seen)
