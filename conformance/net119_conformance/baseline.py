"""Known failures of a system under test, kept by its vendor in a file beside the code.

A line excuses exactly what it names: this purpose, at this verdict, with these failed checks. So
a new failure shows even in a purpose that fails already, and a line that is out of date fails the
run: a file of known failures that nobody tidies hides the day on which something was mended, and
then the day on which it broke again.
"""

import json
import tomllib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from net119_conformance.catalogue import Text
from net119_conformance.checks import Check
from net119_conformance.errors import ConformanceError
from net119_conformance.record import SEEN, ItemRecord
from net119_conformance.verdict import BLOCKING, Verdict

EXCUSABLE = frozenset({Verdict.FAIL, Verdict.WARN, Verdict.INCONCLUSIVE, Verdict.NEEDS_REVIEW})
"""Verdicts that a vendor may know about. HARNESS_ERROR is the suite's fault, and ours to mend."""
SHORTEST = 8
"""Characters of a quoted reason; a shorter one would excuse too much."""


class KnownFailure(BaseModel):
    """One table ``[[known]]`` of the file.

    ``purpose``: its ID. ``sut``: key of the system, empty for any. ``verdict``: what it comes to.
    ``checks``: English names of the checks that do not hold; needed for FAIL and WARN.
    ``because``: what the report gives as its reason where no check does, or the telling part of it
    (English); needed for INCONCLUSIVE and NEEDS_REVIEW. ``reason``: why it is known, such as a
    ticket. ``may_pass``: it comes and goes, so that a pass does not
    make the line stale.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    purpose: str = Field(min_length=1)
    sut: str = ""
    verdict: Verdict = Verdict.FAIL
    checks: tuple[str, ...] = ()
    because: tuple[str, ...] = ()
    reason: str = Field(min_length=1)
    may_pass: bool = False

    @model_validator(mode="after")
    def _sound(self) -> Self:
        if self.verdict not in EXCUSABLE:
            known = ", ".join(sorted(EXCUSABLE))
            raise ValueError(f"verdict is {self.verdict}; a known failure is one of {known}")
        if self.verdict in (Verdict.FAIL, Verdict.WARN) and not self.checks:
            raise ValueError("checks is empty: name the checks that do not hold")
        if self.verdict in (Verdict.INCONCLUSIVE, Verdict.NEEDS_REVIEW) and not self.because:
            raise ValueError("because is empty: quote the telling part of the report's reason")
        if any(len(each.strip()) < SHORTEST for each in self.because):
            raise ValueError(f"because: quote {SHORTEST} characters at least")
        if not self.reason.strip():
            raise ValueError("reason is empty: say why it is known, such as the ticket")
        return self

    @property
    def name(self) -> str:
        """How reports name the line."""
        return f"{self.purpose}--{self.sut}" if self.sut else self.purpose

    def is_about(self, record: ItemRecord) -> bool:
        """True if the line names this purpose and system."""
        return record.id == self.purpose and self.sut in ("", record.sut)

    def excuses(self, record: ItemRecord) -> bool:
        """True if the record is about it, with its verdict, no check failed but those named, and
        nothing else went wrong: a purpose that broke off after its known failure has not shown
        what comes after it."""
        if not self.is_about(record) or record.verdict is not self.verdict:
            return False
        given = [reason.en for reason in record.reasons if reason.verdict in BLOCKING]
        if not all(any(each in reason for each in self.because) for reason in given):
            return False
        return set(_failed(record.checks)) <= set(self.checks)


class Baseline(BaseModel):
    """The file: all known failures."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    known: tuple[KnownFailure, ...] = ()

    def excuse(self, record: ItemRecord) -> KnownFailure | None:
        """The line that excuses a record, if one does."""
        return next((line for line in self.known if line.excuses(record)), None)

    def stale(self, records: Sequence[ItemRecord]) -> tuple["Stale", ...]:
        """Lines that what was seen contradicts. Lines about purposes that were not run are not
        looked at."""
        found = []
        for line in self.known:
            # What the suite was too slow to tell about contradicts nothing.
            about = [each for each in records if line.is_about(each) and not each.suspect]
            why = _why_stale(line, about)
            if why is not None:
                found.append(Stale(line.name, why))
        return tuple(found)


NO_BASELINE = Baseline()
"""Nothing is known to fail."""


@dataclass(frozen=True)
class Stale:
    """A line that is out of date, and why."""

    name: str
    why: Text


def _why_stale(line: KnownFailure, about: Sequence[ItemRecord]) -> Text | None:
    if not about:
        return None
    alike = [record for record in about if record.verdict is line.verdict]
    if not alike:
        if line.may_pass:
            return None
        came = ", ".join(sorted({record.verdict.value for record in about}))
        return Text(
            en=f"the result is {came} and not {line.verdict}: remove or mend the line",
            ja=f"結果は {line.verdict} ではなく {came} でした。行を削除するか直してください",
        )
    failed = {name for record in alike for name in _failed(record.checks)}
    held = [name for name in line.checks if name not in failed]
    if not held or line.may_pass:
        return None
    listed = "; ".join(held)
    return Text(
        en=f"does not fail any more: {listed}: remove it from the line's checks",
        ja=f"次の検査は失敗しなくなりました: {listed}。行の checks から除いてください",
    )


def _failed(checks: Iterable[Check]) -> list[str]:
    return [check.name for check in checks if not check.passed]


def read_baseline(path: Path, purposes: Collection[str]) -> Baseline:
    """Read a file of known failures. ``purposes``: the IDs there are.

    Raises:
        ConformanceError: it cannot be read, says something unknown, or names no such purpose or
            one thing twice.
    """
    where = f"--baseline {path}"
    try:
        baseline = Baseline.model_validate(tomllib.loads(path.read_text("utf-8")))
    except (OSError, UnicodeDecodeError) as problem:
        raise ConformanceError(
            Text(
                en=f"the baseline cannot be read: {problem}",
                ja=f"既知の不適合の一覧を読めません: {problem}",
            ),
            where,
            Text(en="name a readable TOML file", ja="読める TOML ファイルを指定してください"),
        ) from problem
    except tomllib.TOMLDecodeError as problem:
        raise ConformanceError(
            Text(en=f"no TOML: {problem}", ja=f"TOML として読めません: {problem}"),
            where,
            Text(en="mend the file there", ja="その行を直してください"),
        ) from problem
    except ValidationError as wrong:
        raise ConformanceError(
            "; ".join(_problems(wrong)),
            where,
            Text(en="mend the lines named here", ja="挙げた行を直してください"),
        ) from wrong
    problems = [
        Text(
            en=f"known[{at}]: there is no test purpose {line.purpose}",
            ja=f"known[{at}]: {line.purpose} という試験はありません",
        )
        for at, line in enumerate(baseline.known)
        if line.purpose not in purposes
    ]
    names = [line.name for line in baseline.known]
    problems += [
        Text(en=f"{name} stands there twice", ja=f"{name} が二つあります")
        for name in sorted(set(names))
        if names.count(name) > 1
    ]
    if problems:
        raise ConformanceError(
            Text(
                en="; ".join(each.en for each in problems),
                ja="、".join(each.ja for each in problems),
            ),
            where,
            Text(en="mend or remove these lines", ja="挙げた行を直すか、消してください"),
        )
    return baseline


def _problems(wrong: ValidationError) -> list[str]:
    return [
        f"{'.'.join(map(str, each['loc']))}: {each['msg'].removeprefix('Value error, ')}"
        for each in wrong.errors(include_url=False)
    ]


@dataclass(frozen=True)
class Excusable:
    """A result that a line could excuse: its failed checks, and the reason the report gives.
    ``why``: why it is known, where somebody has said so already."""

    purpose: str
    sut: str
    verdict: Verdict
    checks: Sequence[str] = ()
    because: str = ""
    why: str = ""


def baseline_text(results: Iterable[Excusable], reason: str) -> str:
    """The file that would excuse these results; ``reason`` stands where none is known."""
    lines = [
        "# Known failures, for: net119 conformance run --baseline THIS-FILE",
        "# Say in each reason why it is known; a line that is out of date fails the run.",
    ]
    for one in results:
        lines += ["", "[[known]]", f"purpose = {_toml(one.purpose)}", f"sut = {_toml(one.sut)}"]
        lines += [f"verdict = {_toml(one.verdict.value)}", f"reason = {_toml(one.why or reason)}"]
        quoted = [each for each in _quotes(one) if len(each.strip()) >= SHORTEST]
        for key, texts in (("checks", one.checks), ("because", quoted)):
            if texts:
                named = "".join(f"  {_toml(text)},\n" for text in dict.fromkeys(texts))
                lines.append(f"{key} = [\n{named}]")
    return "\n".join(lines) + "\n"


def _quotes(one: Excusable) -> list[str]:
    """The reasons that the report joins. Of what needs review only what is to be judged: what was
    seen of it is another thing in the next run, such as the caller's name."""
    if one.verdict is Verdict.NEEDS_REVIEW:
        return [each.partition(SEEN)[0] for each in one.because.split("\n")]
    return one.because.split("; ")


def _toml(text: str) -> str:
    # JSON's escapes are TOML's, but for DEL, which JSON leaves as it is.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
