"""Mutants nobody aimed at: change one place of a module that decides; does a test notice?

    make mutation                                   # the sample that docs/mutation.md tells of
    make mutation ARGS="--area retention --sample 200 --seed 7"
    make mutation ARGS="--only 1a2b3c4d5e"          # one mutant, by the name that the page gives it
    make mutation ARGS="--page"                     # write the page anew, of what is known

What is mutated, and which tests are to notice, stands in scripts/mutation/areas.toml.  Mutants are
made by the operators of mutmut and tried one after the other, at the lowest priority, in a copy of
the project in a temporary folder; the work tree is not touched.  A mutant is noticed if a test
fails, or if it makes the tests hang.  What was tried is kept in build/mutation/, so that a run that
was stopped goes on where it was; a changed module, or test file that the area names, is tried anew
(--again: everything).  The result goes to scripts/mutation/result.json and docs/mutation.md.

Ends with status 1 where a survivor has no reason in scripts/mutation/reasons.toml, or where nothing
could be judged; with 2 where the run was asked for wrongly.
"""

import argparse
import contextlib
import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TextIO, cast

from scripts.mutation import page
from scripts.mutation.areas import HERE, ROOT, Area, Mutant, missing, read_areas, sample
from scripts.mutation.dependents import dependents_of, imports

BUILD = ROOT / "build" / "mutation"
MAKER = BUILD / "venv" / "bin" / "python"
ROOMS = ("protocol", "reference", "simulators", "scenarios", "conformance", "loadtests", "cli")
SEED = 119
SAMPLE = 50


class Cannot(Exception):
    """The run cannot go on; the message says why and what to do."""


@contextlib.contextmanager
def copy_of_the_tree() -> Iterator[Path]:
    """The project's files, as they are now, in a temporary folder."""
    with tempfile.TemporaryDirectory(prefix="net119-mutants-") as name:
        listed = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        )
        for path in filter(None, listed.stdout.split("\0")):
            if (ROOT / path).is_file():
                (Path(name) / path).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(ROOT / path, Path(name) / path)
        yield Path(name)


def make_mutants(copy: Path, modules: Sequence[str]) -> dict[str, dict[str, Any]]:
    """All mutants by module, with what was left out of them; kept, as making them takes minutes."""
    if not MAKER.exists():
        raise Cannot(f"{MAKER.relative_to(ROOT)} is not there: start this by `make mutation`")
    by = (HERE / "making.py").read_bytes()
    kept = {
        module: BUILD / f"made-{hashlib.sha256(by + (copy / module).read_bytes()).hexdigest()}.json"
        for module in modules
    }
    new = [module for module in modules if not kept[module].exists()]
    if new:
        print(f"making the mutants of {len(new)} modules", flush=True)
        command = ["nice", "-n", "19", str(MAKER), "scripts/mutation/making.py", str(copy), *new]
        made = subprocess.run(command, cwd=copy, capture_output=True, text=True)
        if made.returncode:
            raise Cannot(f"no mutants could be made:\n{made.stderr[-2000:]}")
        for line in made.stdout.splitlines():
            kept[json.loads(line)["module"]].write_text(line)
    return {module: json.loads(path.read_text()) for module, path in kept.items()}


def digest(copy: Path, area: Area, module: str) -> str:
    """Of a module and of the tests that are to notice: answers hold while it is the same."""
    files = [copy / module]
    for path in (*area.pure, *area.wide):
        files += sorted((copy / path).rglob("*.py")) if (copy / path).is_dir() else [copy / path]
    return hashlib.sha256(b"\0".join(each.read_bytes() for each in files)).hexdigest()[:16]


class Answers:
    """What became of each mutant, kept line by line, so that a run can be stopped at any time."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._known: dict[tuple[str, str], dict[str, Any]] = {}
        if path.exists():
            for line in path.read_text().splitlines():
                with contextlib.suppress(json.JSONDecodeError):  # the last one of a killed run
                    found = json.loads(line)
                    self._known[found["id"], found["digest"]] = found

    def get(self, ident: str, of: str) -> dict[str, Any] | None:
        """The answer that still holds, if there is one."""
        return self._known.get((ident, of))

    def add(self, answer: dict[str, Any], of: str) -> None:
        """Keep an answer."""
        found = self._known[answer["id"], of] = {**answer, "digest": of}
        with self._path.open("a") as file:
            file.write(json.dumps(found) + "\n")


def try_mutants(
    copy: Path, area: Area, mutants: Sequence[Mutant], dependents: Iterable[str], seed: int
) -> Iterator[dict[str, Any]]:
    """The answer for each mutant of an area, as it comes.

    Raises:
        Cannot: the tests pass or fail whatever the modules say.
    """
    job = {
        "modules": list(dict.fromkeys(each.module for each in mutants)),
        "stages": area.stages(),
        "seed": seed,
        "dependents": sorted(dependents),
        "log": str(copy / "mutant.log"),
        "mutants": [each.asdict() for each in mutants],
    }
    rooms = ":".join([*(str(copy / room) for room in ROOMS), str(copy)])
    environment = {**os.environ, "PYTHONPATH": rooms, "PYTHONHASHSEED": str(seed)}
    command = [sys.executable, "-m", "scripts.mutation.trying"]
    with subprocess.Popen(
        command,
        cwd=copy,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        try:
            asked, answered = cast(TextIO, process.stdin), cast(TextIO, process.stdout)
            asked.write(json.dumps(job))
            asked.close()
            for line in answered:
                answer = json.loads(line)
                if "cannot" in answer:
                    raise Cannot(f"{area.name}: {answer['cannot']}")
                if "id" in answer:
                    yield answer
        finally:
            process.terminate()
    if process.returncode:
        raise Cannot(f"{area.name}: trying its mutants ended with status {process.returncode}")


def module_name(path: str) -> str:
    """Dotted name of a module by its path below a room."""
    return ".".join(Path(path).with_suffix("").parts[1:])


def run(areas: Sequence[Area], options: argparse.Namespace) -> None:
    """Draw, try, and write down.

    Raises:
        Cannot: something can not be judged.
    """
    BUILD.mkdir(parents=True, exist_ok=True)
    kept = BUILD / "answers.jsonl"
    if options.again:
        kept.unlink(missing_ok=True)
    answers = Answers(kept)
    imported = imports()
    with copy_of_the_tree() as copy:
        made = make_mutants(copy, [module for area in areas for module in area.modules])
        for area in areas:
            everything = [
                Mutant(**each) for module in area.modules for each in made[module]["mutants"]
            ]
            left_out: Counter[str] = Counter()
            for module in area.modules:
                left_out.update(made[module]["left_out"])
            if options.only:
                drawn = [each for each in everything if each.id in options.only]
            else:
                drawn = sample(everything, options.sample, options.seed)
            found = [
                {**mutant.asdict(), **answer}
                for mutant, answer in answered(copy, area, drawn, answers, imported, options)
            ]
            found.sort(key=lambda each: (area.modules.index(each["module"]), each["start"]))
            if not options.only:
                page.keep(area, len(everything), left_out, found, options.seed)


def answered(
    copy: Path,
    area: Area,
    drawn: Sequence[Mutant],
    answers: Answers,
    imported: Mapping[str, set[str]],
    options: argparse.Namespace,
) -> Iterator[tuple[Mutant, dict[str, Any]]]:
    """Each mutant with its answer: from an earlier run, or tried now."""
    of = {module: digest(copy, area, module) for module in area.modules}
    by_id = {each.id: each for each in drawn}
    to_try = []
    for mutant in drawn:
        answer = None if options.only else answers.get(mutant.id, of[mutant.module])
        if answer is None:
            to_try.append(mutant)
        else:
            yield mutant, answer
    if not to_try:
        return
    print(f"{area.name}: {len(drawn)} mutants, {len(to_try)} to be tried", flush=True)
    dependents = set().union(
        *(dependents_of(module_name(each.module), imported) for each in to_try)
    )
    tried = try_mutants(copy, area, to_try, dependents, options.seed)
    for done, answer in enumerate(tried, len(drawn) - len(to_try) + 1):
        mutant = by_id[answer["id"]]
        answers.add(answer, of[mutant.module])
        told = f"  [{done}/{len(drawn)}] {answer['verdict']:9} {answer['seconds']:5.1f} s"
        print(f"{told}  {mutant.id}  {Path(mutant.module).name}:{mutant.line}", flush=True)
        if answer["verdict"] == "survived":
            print(f"      - {mutant.before}\n      + {mutant.after}", flush=True)
        elif options.only:
            print(f"      by {answer['by']}", flush=True)
        yield mutant, answer


def main() -> int:
    """What was asked for; see the module's text for the exit status."""
    parser = argparse.ArgumentParser(
        prog="make mutation",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    every = read_areas()
    names = [each.name for each in every]
    parser.add_argument("--area", action="append", choices=names, help="these only (repeatable)")
    parser.add_argument(
        "--sample", type=int, default=SAMPLE, help="mutants of each area (%(default)s)"
    )
    parser.add_argument("--seed", type=int, default=SEED, help="which are drawn (%(default)s)")
    parser.add_argument("--only", action="append", metavar="ID", help="these mutants (repeatable)")
    parser.add_argument("--again", action="store_true", help="forget what was tried before")
    parser.add_argument("--page", action="store_true", help="only write the page anew")
    options = parser.parse_args()
    if options.sample < 1:
        parser.error("--sample: at least 1")
    areas = [each for each in every if not options.area or each.name in options.area]
    if absent := missing(areas):
        print(f"areas.toml names what is not there: {', '.join(absent)}", file=sys.stderr)
        return 2
    started = time.monotonic()
    # As Ctrl-C, also where whoever started this has Ctrl-C ignored: what was started ends, too.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)
    try:
        if not options.page:
            run(areas, options)
    except Cannot as problem:
        print(f"mutation: {problem}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("stopped; started again, it goes on from here", file=sys.stderr)
        return 130
    if options.only:
        return 0
    open_questions = page.write()
    print(f"docs/mutation.md is written; {time.monotonic() - started:.0f} s")
    for question in open_questions:
        print(f"  {question}", file=sys.stderr)
    return 1 if open_questions else 0


if __name__ == "__main__":
    sys.exit(main())
