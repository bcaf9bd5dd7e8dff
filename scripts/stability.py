"""How steady the conformance suite is: runs it again and again, each time in another order.

``python -m scripts.stability --runs 20`` (or ``make stability``) judges the reference that often,
with a new seed each time, and says how many runs were clean (exit status 0, every result a pass),
what was not, and how long they took. The folder of a run that was not clean is kept whole, with its
seed in the report; of a clean one ``report.json`` is kept. Exit status: 0 if all were clean.
"""

import argparse
import resource
import secrets
import shutil
import statistics
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from net119_conformance.results import Report, Result
from net119_conformance.verdict import Verdict

_SEEDS = 1_000_000
_NET119 = Path(sys.executable).with_name("net119")


@dataclass(frozen=True)
class Ran:
    """One run: what it was, how it ended, and what it cost (seconds; of all its processes)."""

    seed: int
    status: int
    duration_s: float
    cpu_s: float
    results: int
    bad: tuple[str, ...]

    @property
    def clean(self) -> bool:
        """Everything passed, and there was something."""
        return self.status == 0 and self.results > 0 and not self.bad


def main(arguments: Sequence[str] | None = None) -> int:
    """Run, print, and return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m scripts.stability", description=__doc__)
    parser.add_argument("--runs", type=int, default=20, help="how often (20)")
    parser.add_argument("-n", "--workers", type=int, default=2, help="workers of each run (2)")
    parser.add_argument("--out", type=Path, default=Path("build/stability"), help="folder")
    parser.add_argument("more", nargs="*", help="options of net119 conformance run, after --")
    options = parser.parse_args(arguments)
    if options.runs < 1:
        parser.error("--runs: give 1 or more")
    done: list[Ran] = []
    try:
        for number in range(1, options.runs + 1):
            done.append(_run(options.out / f"{number:02}", options.workers, options.more))
            print(f"{number:3} of {options.runs}: {line(done[-1])}", flush=True)
    except KeyboardInterrupt:
        print("interrupted")
    print(summary(done))
    return 0 if len(done) == options.runs and all(each.clean for each in done) else 1


def _run(out: Path, workers: int, more: Sequence[str]) -> Ran:
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    seed = secrets.randbelow(_SEEDS)
    command = [
        *(str(_NET119), "conformance", "run", "-n", str(workers)),
        *("--seed", str(seed), "--out", str(out), *more),
    ]
    before, began = _cpu_s(), time.monotonic()
    with (out / "terminal.log").open("wb") as log:
        status = subprocess.run(command, stdout=log, stderr=log, check=False).returncode
    duration_s, cpu_s = time.monotonic() - began, _cpu_s() - before
    try:
        report = Report.read(out / "report.json")
    except (OSError, ValueError) as wrong:
        return Ran(seed, status, duration_s, cpu_s, 0, (f"no report: {wrong}",))
    ran = Ran(
        seed,
        status,
        duration_s,
        cpu_s,
        len(report.results),
        not_passed(report.results, report.summary.not_run),
    )
    if ran.clean:
        for each in out.iterdir():
            if each.is_dir():
                shutil.rmtree(each)
            elif each.name != "report.json":
                each.unlink()
    return ran


def not_passed(results: Sequence[Result], not_run: Sequence[str]) -> tuple[str, ...]:
    """What did not pass, and what was not run, each with its verdict."""
    bad = [
        f"{one.id} {one.sut} {one.verdict}" for one in results if one.verdict is not Verdict.PASS
    ]
    return (*bad, *(f"{name.replace('--', ' ')} not run" for name in not_run))


def line(ran: Ran) -> str:
    """One run in one line."""
    word = "clean" if ran.clean else f"NOT clean (exit status {ran.status})"
    said = f"seed {ran.seed:6}, {ran.duration_s:.0f} s, CPU {ran.cpu_s:.0f} s, "
    return said + "; ".join((f"{ran.results} results, {word}", *ran.bad))


def summary(done: Sequence[Ran]) -> str:
    """All runs: how many were clean, what was not, how long they took."""
    if not done:
        return "nothing was run"
    clean = sum(each.clean for each in done)
    lines = [f"{clean} of {len(done)} clean"]
    often = Counter(name for each in done for name in each.bad)
    lines += [f"  {count} of {len(done)}: {name}" for name, count in often.most_common()]
    for what, values in (
        ("duration", [each.duration_s for each in done]),
        ("CPU", [each.cpu_s for each in done]),
    ):
        lines.append(
            f"{what}: median {statistics.median(values):.0f} s, "
            f"{min(values):.0f} to {max(values):.0f} s"
        )
    return "\n".join(lines)


def _cpu_s() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    sys.exit(main())
