"""Try mutants of one area: started once, warmed once, then one forked process for each mutant.

    python -m scripts.mutation.trying < job.json

Runs in a copy of the project (``PYTHONPATH`` names its rooms) and writes into that alone.  Answers
on standard output, one JSON line for each mutant.  What makes an answer believable is tried first:
the tests pass on the modules as they are, and fail where one of them cannot be imported; at the
end they pass once more.
"""

import contextlib
import importlib
import json
import os
import resource
import select
import signal
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from scripts.mutation.areas import Mutant

CANARY = "\n\nraise ImportError('canary: this module is a mutant')\n"
PATIENCE_S = 20.0
"""Added to the time limit: this runs at the lowest priority, beside whatever else does."""
PATIENCE = 5.0
"""How many times as long as without a mutant the tests may take."""
MEMORY = 6 << 30
"""Bytes of address space that a mutant may take."""


class CannotJudge(Exception):
    """The tests say nothing about this module as things are; the message says why."""


@dataclass(eq=False)  # pytest keeps plugins in sets
class Listener:
    """A pytest plugin: the first test that fails, and how many ran."""

    failed: str | None = None
    ran: int = 0
    loaded: list[str] = field(default_factory=list)

    def pytest_sessionstart(self) -> None:
        """Examples are the same for each mutant: none is remembered, and none made shorter."""
        import hypothesis

        old = hypothesis.settings.get_current_profile_name()
        phases = (hypothesis.Phase.explicit, hypothesis.Phase.generate)
        hypothesis.settings.register_profile(
            "mutants", hypothesis.settings.get_profile(old), database=None, phases=phases
        )
        hypothesis.settings.load_profile("mutants")

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Count, and keep the first failure."""
        self.ran += report.when == "call"
        if report.failed and self.failed is None:
            self.failed = report.nodeid

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """A module of tests that cannot be imported."""
        if report.failed and self.failed is None:
            self.failed = f"{report.nodeid} (import)"

    def pytest_sessionfinish(self) -> None:
        """What was loaded, for the next ones to have it from the start."""
        self.loaded = list(sys.modules)


def be_modest() -> None:
    """Lowest priority, also among the groups by which Linux shares out processors."""
    os.nice(19)
    # A session is such a group: one that whoever started this is in as well stays as it is.
    if os.getsid(0) == os.getpid():
        with contextlib.suppress(OSError):
            Path("/proc/self/autogroup").write_text("19")


def run_tests(tests: Sequence[str], seed: int, answer: int, log: Path) -> None:
    """In the forked process: run tests, and write the answer into a pipe."""
    os.setsid()
    be_modest()
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    for stream in (1, 2):
        os.dup2(output, stream)
    listener = Listener()
    options = ("-x", "-q", "-p", "no:cacheprovider", f"--hypothesis-seed={seed}")
    code = int(pytest.main([*options, *tests], plugins=[listener]))
    words = {"code": code, "failed": listener.failed, "ran": listener.ran}
    os.write(answer, json.dumps({**words, "loaded": listener.loaded}).encode() + b"\n")


def in_fork(tests: Sequence[str], seed: int, limit_s: float, log: Path) -> dict[str, Any]:
    """Run tests in a forked process; nothing that it started outlives it.

    The answer has ``code`` (of pytest), ``failed``, ``ran``, ``loaded`` and ``seconds``; ``code``
    is ``"timeout"`` where it was stopped, and ``"died"`` where it ended without an answer.
    """
    reading, writing = os.pipe()
    started = time.monotonic()
    pid = os.fork()
    if pid == 0:
        try:
            os.close(reading)
            run_tests(tests, seed, writing, log)
        finally:
            os._exit(0)
    os.close(writing)
    text, done = b"", False
    try:
        with os.fdopen(reading, "rb", buffering=0) as pipe:
            while not done:
                left = limit_s - (time.monotonic() - started)
                if left <= 0 or not select.select([pipe], [], [], left)[0]:
                    break
                part = pipe.read(1 << 16)
                text += part or b""
                done = not part or text.endswith(b"\n")
    finally:
        end(pid)
    found: dict[str, Any] = {"code": "died" if done else "timeout", "failed": None, "ran": 0}
    if text.endswith(b"\n"):
        found = json.loads(text)
    found["said"] = log.read_text(errors="replace")[-2000:] if log.exists() else ""
    return {**found, "seconds": round(time.monotonic() - started, 2)}


def end(pid: int) -> None:
    """End a forked process, and all that it started."""
    # The process by itself: perhaps it did not come so far as to have a group of its own.
    for kill in (os.killpg, os.kill):
        with contextlib.suppress(ProcessLookupError):
            kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)


def stop(number: int, frame: object) -> None:
    """A signal that asks to stop ends what was started, too."""
    raise SystemExit(128 + number)


def judged(answer: dict[str, Any]) -> tuple[str, str] | None:
    """Verdict and by what it was noticed; ``None`` where the tests passed.

    Raises:
        CannotJudge: pytest says something else than that tests passed or failed.
    """
    match answer["code"]:
        case 0 if answer["ran"]:
            return None
        case 1 | 2 if answer["failed"]:
            return "killed", answer["failed"]
        case 4 if "Error while loading conftest" in answer.get("said", ""):
            # pytest's word for a wrong option, too; it loaded without the mutant.
            return "killed", "conftest.py (import)"
        case "timeout":
            return "timed out", f"stopped after {answer['seconds']:.0f} s"
        case "died":
            return "killed", "the process of the tests died"
    said = f"pytest ended with {answer['code']}, {answer['ran']} tests ran"
    raise CannotJudge(f"{said}\n{answer.get('said', '')}".rstrip())


class Bench:
    """An area on the bench: its modules in the copy, and the tests that look at them."""

    def __init__(self, job: dict[str, Any]) -> None:
        self.sources = {
            Path(module): Path(module).read_text(encoding="utf-8") for module in job["modules"]
        }
        self.changed = {path: int(path.stat().st_mtime) for path in self.sources}
        self.stages: list[list[str]] = job["stages"]
        self.seed: int = job["seed"]
        self.not_before: set[str] = set(job["dependents"])
        self.log = Path(job["log"])
        self.limits: list[float] = []
        self.written = 0

    @contextlib.contextmanager
    def instead(self, path: Path, text: str) -> Iterator[None]:
        """Let a text stand in a module's place.

        Each has a time of its own: Python takes what it compiled of an earlier one for this one's
        where time, in seconds, and size are the same.
        """
        self.written += 1
        try:
            path.write_text(text, encoding="utf-8")
            os.utime(path, (self.changed[path] + self.written,) * 2)
            yield
        finally:
            path.write_text(self.sources[path], encoding="utf-8")
            os.utime(path, (self.changed[path],) * 2)

    def baseline(self, stage: Sequence[str], limit_s: float = 600.0) -> dict[str, Any]:
        """Run the tests of a stage on the modules as they are.

        Raises:
            CannotJudge: they do not pass.
        """
        answer = in_fork(stage, self.seed, limit_s, self.log)
        if judged(answer) is not None:
            verdict = f"{' '.join(stage)} fail without a mutant: {judged(answer)}"
            raise CannotJudge(f"{verdict}\n{answer['said']}")
        return answer

    def warm(self) -> None:
        """Load what tests need and what does not depend on the modules; measure; try canaries.

        Raises:
            CannotJudge: the tests fail as it is, or do not notice that a module cannot be imported.
        """
        for stage in self.stages:
            loaded = self.baseline(stage)["loaded"]
            load(name for name in loaded if name not in self.not_before)
            early = self.not_before & sys.modules.keys()
            if early:
                raise CannotJudge(f"loaded too early, so mutants would not count: {sorted(early)}")
            warm = self.baseline(stage)
            self.limits.append(PATIENCE * warm["seconds"] + PATIENCE_S)
        for path, source in self.sources.items():
            with self.instead(path, source + CANARY):
                if not any(judged(in_fork(each, self.seed, 600, self.log)) for each in self.stages):
                    raise CannotJudge(f"the tests pass where {path} cannot be imported")

    def tried(self, mutant: Mutant) -> dict[str, Any]:
        """What became of a mutant: ``verdict``, ``by``, ``seconds``."""
        path = Path(mutant.module)
        with self.instead(path, mutant.applied(self.sources[path])):
            verdict, by, seconds = self._noticed()
        return {"id": mutant.id, "verdict": verdict, "by": by, "seconds": round(seconds, 1)}

    def _noticed(self) -> tuple[str, str, float]:
        spent = 0.0
        for number, stage in enumerate(self.stages):
            answer = in_fork(stage, self.seed, self.limits[number], self.log)
            spent += answer["seconds"]
            if answer["code"] == "timeout":
                # Perhaps the machine was busy: it counts only if the double is not enough either.
                answer = in_fork(stage, self.seed, 2 * self.limits[number], self.log)
                spent += answer["seconds"]
            if found := judged(answer):
                return (*found, spent)
        return "survived", "", spent


def load(names: Iterable[str]) -> None:
    """Import modules, but for tests; one that cannot be imported by its name is left out."""
    for name in names:
        if name.startswith(("tests", "test_", "conftest", "__")) or name in sys.modules:
            continue
        with contextlib.suppress(Exception):
            importlib.import_module(name)


def main() -> int:
    """Exit status 0; 1 where nothing can be judged, with the reason as the last line."""
    signal.signal(signal.SIGTERM, stop)
    be_modest()
    job = json.load(sys.stdin)
    sys.path[:0] = [path for path in os.environ["PYTHONPATH"].split(":") if path not in sys.path]
    # Answers go where nothing else is written to.
    answers = os.fdopen(os.dup(1), "w")
    bench = Bench(job)
    try:
        bench.warm()
        print(json.dumps({"limits": bench.limits}), file=answers, flush=True)
        for each in job["mutants"]:
            print(json.dumps(bench.tried(Mutant(**each))), file=answers, flush=True)
        for stage in bench.stages:
            bench.baseline(stage)
    except CannotJudge as problem:
        print(json.dumps({"cannot": str(problem)}), file=answers, flush=True)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
