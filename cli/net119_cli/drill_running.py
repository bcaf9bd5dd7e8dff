"""Runs a drill for `net119 drill run`, told while it goes on and led from the terminal."""

import asyncio
import signal
import sys
from collections.abc import Mapping
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass
from pathlib import Path

from net119_protocol.labels import Language
from net119_scenarios.acted.as_text import heading, line_of
from net119_scenarios.acted.drill_part import Bad, Fault
from net119_scenarios.acted.model import Scenario
from net119_scenarios.acted.names import Names
from net119_scenarios.acted.timeline import Entry
from net119_scenarios.acted.venue import Venue
from net119_scenarios.drills.control import DrillState
from net119_scenarios.drills.interlock import InterlockRefuses
from net119_scenarios.drills.record import DrillRecord
from net119_scenarios.drills.rehearsal import Rehearsal
from net119_scenarios.drills.roles import RolePlay, WrongRoles, bad_actor, checked
from net119_scenarios.drills.web.hall import Hall, providers_of
from net119_scenarios.drills.web.ports import Ports
from net119_simulators.errors import SimulatorError

from net119_cli.drill_leading import Leader
from net119_cli.drill_output import ending, ways_in
from net119_cli.drill_reading import language
from net119_cli.drill_serve import check_ports
from net119_cli.errors import UserError
from net119_cli.language import text

REFUSED = 3
INTERRUPTED = 130


@dataclass(frozen=True)
class Options:
    """What the user gave."""

    person: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    bad: tuple[str, ...] = ()
    pace: float | None = None
    out: Path = Path("net119-drills")
    port: int = 8119


def perform(name: str, source: str, scenario: Scenario, options: Options) -> int:
    """Go through the drill; the exit status that `net119 drill run --help` gives.

    Raises:
        UserError: the roles do not fit, the providers do not start, or nothing can be written.
    """
    plays = _plays(scenario, options)
    people = any(each.person for each in plays.values())
    shown = language()
    print(*heading(scenario, shown), sep="\n")
    print(text(ja="準備しています（十数秒かかります）…", en="Getting ready (some ten seconds) ..."))
    try:
        options.out.mkdir(parents=True, exist_ok=True)
        return asyncio.run(_run(name, source, scenario, options, plays, shown, people=people))
    except InterlockRefuses as refused:
        print(text(ja="安全確認により、始められません:", en="The interlock does not let it begin:"))
        for reason in refused.view.reasons:
            print("- " + (reason.what.ja if shown == "ja" else reason.what.en))
        return REFUSED
    except SimulatorError as wrong:
        raise UserError(wrong.what, wrong.where, wrong.what_to_do) from wrong
    except OSError as wrong:
        raise UserError(
            text(ja=f"書けません: {wrong.strerror}", en=f"cannot be written: {wrong.strerror}"),
            f"--out {options.out}",
            text(ja="書けるフォルダーを指定してください", en="Name a folder that can be written"),
        ) from None


def _plays(scenario: Scenario, options: Options) -> dict[str, RolePlay]:
    """Who plays what; UserError where that is not possible."""
    found: dict[str, RolePlay] = {}
    for given in options.person:
        role, _, who = given.partition("=")
        found[role] = RolePlay("person", who)
    found |= {role: RolePlay("rule-based") for role in options.rules}
    try:
        for given in options.bad:
            fault = _fault(given)
            who = bad_actor(scenario, fault)
            if (before := found.get(who)) is not None and before.fault is not None:
                raise WrongRoles(
                    f"「{who}」の悪い例が二つあります（{before.fault.value}、{given}）",
                    f"{who} cannot be both {before.fault.value} and {given}",
                )
            found[who] = RolePlay("bad", fault=fault)
        checked(scenario, found)
    except WrongRoles as wrong:
        raise UserError(
            text(ja=wrong.ja, en=wrong.en),
            "--person, --rules, --bad",
            text(
                ja="役の名前は net119 drill show の roles にあります",
                en="See the roles in `net119 drill show`",
            ),
        ) from None
    return found


def _fault(given: str) -> Fault:
    try:
        return Fault(given)
    except ValueError:
        raise UserError(
            text(ja=f"「{given}」という悪い例はありません", en=f"there is no fault {given!r}"),
            "--bad",
            text(ja="次のどれかです: ", en="use one of ") + ", ".join(each.value for each in Fault),
        ) from None


async def _run(
    name: str,
    source: str,
    scenario: Scenario,
    options: Options,
    plays: Mapping[str, RolePlay],
    shown: Language,
    *,
    people: bool,
) -> int:
    told: list[Entry] = []
    names = Names(scenario).actors

    def tell(entry: Entry) -> None:
        lines = line_of(entry, told[-1] if told else None, names, shown)
        told.append(entry)
        print(*lines, sep="\n", flush=True)

    async with AsyncExitStack() as stack:
        hall: Hall | None = None
        if people:
            ports = Ports.of(options.port, providers_of(scenario))
            check_ports(ports)
            hall = await stack.enter_async_context(Hall(scenario, ports))
            venue = hall.venue
        else:
            venue = await stack.enter_async_context(Venue(scenario))
        pace = options.pace if options.pace is not None else (1.0 if people else 0.0)
        rehearsal = Rehearsal(
            scenario,
            venue,
            plays,
            name=name,
            folder=options.out,
            source=source,
            tell=tell,
            pace=pace,
        )
        record = await _led(rehearsal, hall, shown)
        if record is None:
            return INTERRUPTED
        bads = [each for each in _bads(scenario) if each.fault.value in options.bad]
        lines, good = ending(record, shown, bads=bads, people=people)
        print(*lines, sep="\n")
        print(text(ja=f"記録: {rehearsal.folder}", en=f"Record: {rehearsal.folder}"))
        return 0 if good else 1


async def _led(rehearsal: Rehearsal, hall: Hall | None, shown: Language) -> DrillRecord | None:
    """The record; ``None`` if it was broken off before it began."""
    loop = asyncio.get_running_loop()
    running = asyncio.create_task(rehearsal.run(start=hall is None))

    def interrupted() -> None:
        if rehearsal.state in (DrillState.RUNNING, DrillState.PAUSED):
            rehearsal.end("Ctrl-C")
        elif rehearsal.state is DrillState.PREPARED:
            running.cancel()

    with suppress(NotImplementedError):
        loop.add_signal_handler(signal.SIGINT, interrupted)
    leader = Leader(rehearsal, sys.stdin) if hall is not None else None
    try:
        if leader is not None and hall is not None:
            ready = asyncio.create_task(rehearsal.until_ready())
            await asyncio.wait((running, ready), return_when=asyncio.FIRST_COMPLETED)
            ready.cancel()
            if not running.done():
                print(*ways_in(rehearsal.snapshot(), hall, shown), sep="\n", flush=True)
                leader.listen()
        return await running
    except asyncio.CancelledError:
        return None
    finally:
        if leader is not None:
            leader.close()
        with suppress(NotImplementedError):
            loop.remove_signal_handler(signal.SIGINT)


def _bads(scenario: Scenario) -> tuple[Bad, ...]:
    return scenario.drill.bad if scenario.drill is not None else ()
