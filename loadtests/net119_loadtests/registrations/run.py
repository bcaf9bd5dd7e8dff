"""One run of registrations, from the options to the exit status."""

import asyncio
import signal
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import psutil
from net119_protocol.api.handset import LogIn, Session
from net119_simulators.api_client import ApiClient
from net119_simulators.errors import SimulatorError
from net119_simulators.mailbox import Letter
from net119_simulators.recorder import Recorder
from net119_simulators.wiretap import Interface
from rich.console import Console

from net119_loadtests.errors import LoadError
from net119_loadtests.registrations.course import Course, summaries
from net119_loadtests.registrations.letters import Due, judge_letters
from net119_loadtests.registrations.outages import Outages
from net119_loadtests.registrations.people import People
from net119_loadtests.registrations.result import Asked, Cpu, Result, doubts_of
from net119_loadtests.registrations.server_times import server_times
from net119_loadtests.registrations.show import Lang, Shower
from net119_loadtests.registrations.staff import Office
from net119_loadtests.registrations.thresholds import (
    Thresholds,
    hold,
    load_registration_thresholds,
)
from net119_loadtests.registrations.world import World, people_of, started

INTERRUPTED = 130
_SETTLE_S = 10.0
_CHECKS_AT_ONCE = 8


@dataclass(frozen=True)
class Options:
    """What ``net119 load registrations`` was asked for.

    ``at_once`` people are at mail and pages at the same time, ``staff`` clerks at each department;
    a person waits ``deadline_s`` seconds for a mail before giving up.
    """

    people: int
    at_once: int = 30
    staff: int = 2
    mail_outages: int = 2
    outage_s: float = 5.0
    deadline_s: float = 600.0
    seed: int = 1
    thresholds: Path | None = None
    out: Path = Path("build/load")
    lang: Lang = "ja"
    log_level: str = "info"

    @property
    def asked(self) -> Asked:
        """The part that goes into the report."""
        return Asked(
            self.people,
            self.at_once,
            self.staff,
            self.mail_outages,
            self.outage_s,
            self.seed,
            self.log_level,
        )


def run(options: Options, console: Console) -> int:
    """Carry out a run, show it, write ``registrations.json``, and return the exit status.

    0: every threshold held; 1: not so, or not proven; 130: interrupted.

    Raises:
        LoadError, or another error with ``what``, ``where`` and ``what_to_do``: the run could not
            be set up.
    """
    thresholds = load_registration_thresholds(options.thresholds)
    try:
        options.out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise LoadError(
            f"the folder cannot be made: {error}", f"--out {options.out}", "Give another folder"
        ) from error
    shower = Shower(console, options.lang)
    try:
        result = asyncio.run(measured(options, thresholds, shower))
    except asyncio.CancelledError:
        return INTERRUPTED
    shower.result(result, result.write(options.out))
    return 0 if result.passed else 1


async def measured(options: Options, thresholds: Thresholds, shower: Shower) -> Result:
    """Carry out a run; cancelled on SIGINT and SIGTERM, with everything stopped."""
    task = asyncio.current_task()
    loop = asyncio.get_running_loop()
    if task is not None:
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, task.cancel)
    with tempfile.TemporaryDirectory(prefix="net119-load-") as name, shower:
        shower.say(ja="参照実装を起動しています", en="Starting the reference provider")
        log = options.out / "provider.log"
        async with started(Path(name), log, options.log_level) as world:
            return await _carry_out(options, thresholds, shower, world)


async def _carry_out(
    options: Options, thresholds: Thresholds, shower: Shower, world: World
) -> Result:
    profiles = list(world.profiles.values())
    applying = people_of(profiles, options.people, options.seed)
    clerks = await world.hire(options.staff)

    def told() -> None:
        shower.progress(people.courses, office.reviews.approved)

    people = People(world, applying, options.at_once, options.deadline_s, told)
    office = Office(world, clerks, people.courses)
    outages = Outages(
        world.boxes, people.courses, options.mail_outages, options.outage_s, shower.outage
    )
    started_at, began = datetime.now(UTC), time.perf_counter()
    before = (world.cpu_s(), _own_cpu_s())
    async with asyncio.TaskGroup() as group:
        group.create_task(people.register())
        group.create_task(office.work(told))
        group.create_task(outages.strike())
    seconds = time.perf_counter() - began
    cpu = Cpu(round(world.cpu_s() - before[0], 1), round(_own_cpu_s() - before[1], 1))
    times = await server_times(world.base_url, world.network.tls)
    expected = {each.mail: due_of(each) for each in people.courses}
    await _settled(world, expected)
    letters = judge_letters(expected, await world.boxes.mailboxes())
    locked_out = await _locked_out(world, people.courses)
    series = summaries(people.courses)
    failed = sum(not each.done for each in people.courses)
    done = len(people.courses) - failed
    return Result(
        asked=options.asked,
        started_at=started_at,
        seconds=seconds,
        courses=people.courses,
        reviews=office.reviews,
        series=series,
        letters=letters,
        outages=tuple(outages.struck),
        locked_out=locked_out,
        cpu=cpu,
        server_times=times,
        outcomes=hold(
            thresholds,
            lost=letters.lost,
            doubled=letters.doubled,
            strays=letters.strays,
            locked_out=len(locked_out),
            failed_share=failed / len(people.courses),
            rate_per_s=done / seconds,
            series=series,
        ),
        doubts=doubts_of(options.asked, people.courses, letters, outages.struck),
        complete=True,
    )


def due_of(course: Course) -> tuple[Due, ...]:
    """The mails due to a person: everybody asked for a URL, and was to be approved."""
    return (Due.URL, Due.RECEIVED, Due.COMPLETED) if course.has_submitted else (Due.URL,)


async def _settled(world: World, expected: dict[str, tuple[Due, ...]]) -> None:
    """Give letters that are due some time more; what is missing then is lost."""

    def all_there(mailboxes: Mapping[str, tuple[Letter, ...]]) -> bool:
        return judge_letters(expected, mailboxes).lost == 0

    try:
        await world.boxes.wait_until(all_there, "the last letters", _SETTLE_S)
    except SimulatorError:
        return


async def _locked_out(world: World, courses: Sequence[Course]) -> tuple[str, ...]:
    """People whose ID and password, as mailed, do not open the service at the end."""
    slots = asyncio.Semaphore(_CHECKS_AT_ONCE)
    recorder = Recorder(None, Interface.A, "load", "provider")
    api = ApiClient(world.base_url, world.network.tls, recorder, timeout_s=30.0)

    async def one(course: Course) -> str | None:
        if not course.login_id:
            return f"{course.mail}: no ID was mailed"
        async with slots:
            try:
                body = LogIn(login_id=course.login_id, password=course.password)
                await api.ask("log_in", Session, body=body)
            except SimulatorError as wrong:
                return f"{course.mail}: {wrong.what}"
        return None

    try:
        found = await asyncio.gather(*(one(course) for course in courses))
    finally:
        await api.close()
    return tuple(each for each in found if each)


def _own_cpu_s() -> float:
    times = psutil.Process().cpu_times()
    return float(times.user + times.system)
