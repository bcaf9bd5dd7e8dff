"""Toy purposes, one for every way in which a purpose can end."""

import asyncio
import os

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
BLOCK = toy("TOY-BLOCK", waits_for_its_end, timeout_s=60.0)
