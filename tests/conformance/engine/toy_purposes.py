"""Toy purposes, one for every way in which a purpose can end."""

import asyncio
import math
import os
import sys
import threading
import time
from types import SimpleNamespace
from unittest.mock import patch

from net119_conformance import hands
from net119_conformance.standstill import TOO_LONG_S
from net119_conformance.trial import Trial

from tests.conformance.engine.toy_world import ToyWorld, toy

HOSTILE = "<script>alert(1)</script> \"'&]]> \u202eevil\x00\x1b[31m <img src=x onerror=alert(1)>"


async def passes(trial: Trial, world: ToyWorld) -> None:
    world.say("POST /calls", '{"kind": "fire", "token": "s3cret-token"}')
    trial.check("it squeaks", True, expected="a squeak", seen="a squeak", ja="音が鳴る")


async def one_of_three_fails(trial: Trial, world: ToyWorld) -> None:
    world.say("POST /calls", '{"kind": "fire"}')
    world.say("call.offer n=1", '{"messageId": "m-17"}')
    trial.check("it squeaks", True, expected="a squeak", seen="a squeak")
    trial.check("it is red", False, expected="red", seen="blue", offending="m-17")
    trial.check("it floats", True, expected=True, seen=True)


async def warns(trial: Trial, world: ToyWorld) -> None:
    trial.check("it squeaks", True, expected="a squeak", seen="a squeak")
    trial.check("it squeaks twice", False, expected=2, seen=1, level="derived")


async def raises(trial: Trial, world: ToyWorld) -> None:
    trial.check("it squeaks", True, expected="a squeak", seen="a squeak")
    raise LookupError("no such toy")


async def checks_nothing(trial: Trial, world: ToyWorld) -> None:
    world.say("POST /calls")


async def lacks_a_prerequisite(trial: Trial, world: ToyWorld) -> None:
    trial.require("a child is present", None)
    trial.check("it squeaks", True, expected="", seen="")


async def never_ends(trial: Trial, world: ToyWorld) -> None:
    with trial.waiting("the toy to wake up"):
        await asyncio.Event().wait()


async def is_out_of_reach(trial: Trial, world: ToyWorld) -> None:
    trial.check("never made", True, expected="", seen="")


async def does_not_apply(trial: Trial, world: ToyWorld) -> None:
    trial.not_applicable("the toy claims no squeaker", ja="発音器はないと申告されています")


async def needs_a_person(trial: Trial, world: ToyWorld) -> None:
    trial.check("it squeaks", True, expected="a squeak", seen="a squeak")
    trial.needs_review("does the squeak sound friendly?", "a squeak")


async def kills_its_worker(trial: Trial, world: ToyWorld) -> None:
    world.say("last words")
    os._exit(9)


MEETING = threading.Barrier(2)
"""Where two purposes of one process meet, if both are in hand at once."""
APART_S = 0.5
"""How long a purpose that has to be by itself waits for another one."""


async def meets_another(trial: Trial, world: ToyWorld) -> None:
    await asyncio.to_thread(MEETING.wait, 20.0)
    trial.check("another one is in hand", True, expected=True, seen=True)


async def meets_nobody(trial: Trial, world: ToyWorld) -> None:
    try:
        await asyncio.to_thread(MEETING.wait, APART_S)
    except threading.BrokenBarrierError:
        MEETING.reset()
        met = False
    else:
        met = True
    trial.check("no other is in hand", not met, expected=False, seen=met)


async def kills_both(trial: Trial, world: ToyWorld) -> None:
    await asyncio.to_thread(MEETING.wait, 20.0)
    os._exit(9)


async def is_killed_beside(trial: Trial, world: ToyWorld) -> None:
    trial.check("it squeaks", True, expected="a squeak", seen="a squeak")
    await asyncio.to_thread(MEETING.wait, 20.0)
    await asyncio.Event().wait()


async def exits(trial: Trial, world: ToyWorld) -> None:
    trial.check("it squeaks", True, expected="a squeak", seen="a squeak")
    sys.exit("enough")


async def blocks_and_is_given_up(trial: Trial, world: ToyWorld) -> None:
    """Blocks its event loop, and lets no time be left for that."""
    patch.object(hands, "time", SimpleNamespace(monotonic=lambda: math.inf)).start()
    threading.Event().wait()


def stands_still() -> None:
    time.sleep(TOO_LONG_S + 0.1)


async def is_too_slow_at_first(trial: Trial, world: ToyWorld) -> None:
    """Does not see it squeak if it is judged for the first time, because it stands still."""
    came = asyncio.Event()
    if int(str(world.description.get("round", 1))) > 1:
        came.set()
    trial.check("it floats", True, expected="a float", seen="a float")
    stands_still()
    await trial.observe("it squeaks", came.wait(), 0.1, expected="a squeak")


async def is_always_too_slow(trial: Trial, world: ToyWorld) -> None:
    stands_still()
    await trial.observe("it squeaks", asyncio.Event().wait(), 0.1, expected="a squeak")


async def is_hostile(trial: Trial, world: ToyWorld) -> None:
    world.say(HOSTILE, HOSTILE, source=HOSTILE)
    trial.check(HOSTILE, False, expected=HOSTILE, seen=HOSTILE, offending=HOSTILE)


async def waits_for_its_end(trial: Trial, world: ToyWorld) -> None:
    """Tells a test, by connecting to its port, that it runs; then waits to be interrupted."""
    reader, _ = await asyncio.open_connection("127.0.0.1", int(str(world.description["port"])))
    with trial.waiting("an interruption"):
        await reader.read()


PASS = toy("TOY-PASS", passes, requirements=("TOY-01", "TOY-02"))
FAIL = toy("TOY-FAIL", one_of_three_fails)
WARN = toy("TOY-WARN", warns, derived=("TOY-02",))
RAISE = toy("TOY-RAISE", raises)
NOTHING = toy("TOY-NOTHING", checks_nothing)
PREREQUISITE = toy("TOY-PREREQUISITE", lacks_a_prerequisite)
TIMEOUT = toy("TOY-TIMEOUT", never_ends, timeout_s=0.2)
UNREACHABLE = toy("TOY-UNREACHABLE", is_out_of_reach, needs="out of reach")
NOT_APPLICABLE = toy("TOY-NA", does_not_apply)
NO_SUT = toy("TOY-NOBODY", passes, needs="nobody")
REVIEW = toy("TOY-REVIEW", needs_a_person)
CRASH = toy("TOY-CRASH", kills_its_worker)
HOSTILE_ONE = toy("TOY-HOSTILE", is_hostile, requirements=(), title_en=HOSTILE)
MEET_1 = toy("TOY-MEET-1", meets_another)
MEET_2 = toy("TOY-MEET-2", meets_another)
ALONE_1 = toy("TOY-ALONE-1", meets_nobody, needs="alone")
ALONE_2 = toy("TOY-ALONE-2", meets_nobody, needs="alone")
APART_1 = toy("TOY-APART-1", meets_nobody)
APART_2 = toy("TOY-APART-2", meets_nobody)
KILL_1 = toy("TOY-KILL-1", kills_both)
KILL_2 = toy("TOY-KILL-2", is_killed_beside)
EXIT = toy("TOY-EXIT", exits)
GIVEN_UP = toy("TOY-GIVEN-UP", blocks_and_is_given_up)
SLOW_AT_FIRST = toy("TOY-SLOW-AT-FIRST", is_too_slow_at_first)
ALWAYS_SLOW = toy("TOY-ALWAYS-SLOW", is_always_too_slow)
BLOCK = toy("TOY-BLOCK", waits_for_its_end, timeout_s=60.0)
