"""Are the invariants of the chat kept? (design section 6)

I2  an acknowledged line is numbered, stored and never lost: it is shown to the other side and
    stands in the transcript;
I3  both sides show the same lines in the same order, numbered from 1 without gaps;
I4  no line is shown twice.

Everything here is plain computing on logs, so that a forged log can prove that a fault is caught.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum

from net119_loadtests.logs import Ack, CallLog, End, EndLog, Shown


class Invariant(StrEnum):
    """The invariants that are checked under load."""

    I2 = "I2"
    I3 = "I3"
    I4 = "I4"


@dataclass(frozen=True)
class Violation:
    """One broken promise: of which call, where it was seen, and what exactly was seen."""

    invariant: Invariant
    call_id: str
    where: str
    detail: str


UNWRITTEN = f"was never written by the {End.DISPATCHER.value}"
"""Said of a line in the dispatcher's name that the dispatcher of the run did not write."""

Report = Callable[[Invariant, str, str], None]
"""Takes a violation: what is broken, where it was seen, and what was seen."""


class Watch:
    """Looks at the lines that one end is shown, one by one, as they come (I3, I4)."""

    def __init__(self) -> None:
        self._by_seq: dict[int, tuple[str, str]] = {}
        self._by_name: dict[tuple[str, str], int] = {}
        self.highest = 0
        self.complete_to = 0
        """All lines up to this number have been shown."""

    def take(self, line: Shown) -> tuple[Invariant, str] | None:
        """What is wrong with this line after those before it, if anything."""
        wrong = self._wrong_with(line)
        self._by_seq.setdefault(line.seq, (line.client_id, line.digest))
        self._by_name.setdefault((line.sender, line.client_id), line.seq)
        self.highest = max(self.highest, line.seq)
        while self.complete_to + 1 in self._by_seq:
            self.complete_to += 1
        return wrong

    def _wrong_with(self, line: Shown) -> tuple[Invariant, str] | None:
        if line.seq < 1:
            return Invariant.I3, f"a line has number {line.seq}; numbers start at 1"
        before = self._by_seq.get(line.seq)
        if before == (line.client_id, line.digest):
            return Invariant.I4, f"line {line.seq} ({line.client_id}) is shown twice"
        if before is not None:
            return (
                Invariant.I3,
                f"number {line.seq} is given to {before[0]} and again to {line.client_id}",
            )
        earlier = self._by_name.get((line.sender, line.client_id))
        if earlier is not None:
            return (
                Invariant.I4,
                f"line {line.client_id} is shown twice, under {earlier} and {line.seq}",
            )
        if line.seq < self.highest:
            return Invariant.I3, f"line {line.seq} is shown after line {self.highest}"
        return None

    def missing(self) -> list[int]:
        """Numbers below the highest one that were never shown."""
        return [seq for seq in range(self.complete_to + 1, self.highest) if seq not in self._by_seq]


@dataclass(frozen=True)
class Transcripts:
    """What the provider has stored of a call, as it tells the console and the handset."""

    record: Sequence[Shown]
    lines: Sequence[Shown]

    def named(self) -> tuple[tuple[str, Sequence[Shown]], ...]:
        """Each with the name that violations use."""
        return ("record at the console", self.record), ("transcript at the handset", self.lines)


@dataclass(frozen=True)
class Late:
    """A line that is stored, and that an end was not shown by the time at which all ended.

    Nothing was shown there after it either: whether it was lost on the way or would still have
    come cannot be told. It is no violation, but nothing that may pass.
    """

    call_id: str
    where: str
    detail: str


def late_lines(call: CallLog, stored: Transcripts) -> list[Late]:
    """Lines not shown in time, of a call in which something was still awaited at the end."""
    return [
        Late(
            call.call_id,
            f"shown to the {end.value}",
            f"{line.client_id}, stored as number {line.seq}, was not shown within "
            f"{call.waited_s:.1f} s after the last line was written",
        )
        for end in call.ends
        for line in _tail(call, stored, end)
    ]


def _tail(call: CallLog, stored: Transcripts, end: End) -> list[Shown]:
    """The lines of both ends that are stored after the last one shown at an end not settled."""
    if call.settled:
        return []
    highest = max((line.seq for line in call.ends[end].shown), default=0)
    return [line for line in stored.record if line.seq > highest and _writer(line) is not None]


def judge_call(call: CallLog, stored: Transcripts) -> list[Violation]:
    """All violations in one call: each end alone, both together, and both with what is stored.

    Lines that `late_lines` names are not called missing.
    """
    found: list[Violation] = []

    def report(invariant: Invariant, where: str, detail: str) -> None:
        found.append(Violation(invariant, call.call_id, where, detail))

    for end, log in call.ends.items():
        _judge_shown(f"shown to the {end.value}", log.shown, _named_lines(call), report)
        _judge_acks(end, log, report)
        _judge_acked_lines(end, log, call, stored, report)
        _judge_origin(f"shown to the {end.value}", log.shown, call, report)
        _judge_stored_lines(end, log, call, stored, report)
    for name, lines in stored.named():
        _judge_shown(name, lines, _named_lines(call), report, gapless_from_one=True)
        _judge_origin(name, lines, call, report)
        for end, log in call.ends.items():
            _judge_against(name, lines, end, log, report)
    _judge_gaps(call, report)
    _judge_sides(call, report)
    return found


def _named_lines(call: CallLog) -> dict[str, str]:
    """Digest -> id of all lines that our ends wrote; every one of them has a text of its own."""
    return {
        digest: client_id for log in call.ends.values() for client_id, digest in log.said.items()
    }


def _judge_shown(
    where: str,
    lines: Sequence[Shown],
    ours: dict[str, str],
    report: Report,
    *,
    gapless_from_one: bool = False,
) -> None:
    watch = Watch()
    first: dict[str, Shown] = {}
    for line in lines:
        wrong = watch.take(line)
        if wrong is not None:
            report(wrong[0], where, wrong[1])
        elif line.digest in ours:
            before = first.setdefault(line.digest, line)
            if before is not line:
                report(
                    Invariant.I4,
                    where,
                    f"the text of {ours[line.digest]} is shown twice, as {before.client_id} "
                    f"({before.seq}) and as {line.client_id} ({line.seq})",
                )
    if gapless_from_one:
        for seq in watch.missing():
            report(Invariant.I3, where, f"number {seq} is missing")


def _writer(line: Shown) -> End | None:
    """The end that a line says it comes from; ``None``: the system's own lines."""
    return End(line.sender) if line.sender in {end.value for end in End} else None


def _judge_origin(where: str, lines: Sequence[Shown], call: CallLog, report: Report) -> None:
    """Every line of an end was written there, in these words; also one not acknowledged."""
    acked = {(end, ack.client_id) for end, log in call.ends.items() for ack in log.acks}
    for line in dict.fromkeys(lines):
        writer = _writer(line)
        if writer is None:
            continue
        said = call.ends[writer].said.get(line.client_id)
        if said is None:
            report(
                Invariant.I3,
                where,
                f"line {line.seq} ({line.client_id}) was never written by the {writer.value}",
            )
        elif said != line.digest and (writer, line.client_id) not in acked:
            report(
                Invariant.I2,
                where,
                f"line {line.seq} ({line.client_id}), not acknowledged to the {writer.value}, "
                "has another text than was written",
            )


def _judge_stored_lines(
    end: End, log: EndLog, call: CallLog, stored: Transcripts, report: Report
) -> None:
    """A stored line is shown at both ends, whether or not its writer was told so.

    Those acknowledged are looked for by `_judge_acked_lines`, gaps by `_judge_gaps`.
    """
    acked = {ack.seq for each in call.ends.values() for ack in each.acks}
    highest = max((line.seq for line in log.shown), default=0)
    late = set(_tail(call, stored, end))
    for line in dict.fromkeys(stored.record):
        if line.seq <= highest or line.seq in acked or line in late or _writer(line) is None:
            continue
        report(
            Invariant.I3,
            f"shown to the {end.value}",
            f"line {line.seq} ({line.client_id}) is stored but was not shown",
        )


def _judge_acks(end: End, log: EndLog, report: Report) -> None:
    where = f"acknowledged to the {end.value}"
    known: dict[str, int] = {}
    taken: dict[int, str] = {}
    for ack in log.doubled:
        if ack.client_id in log.said:
            report(
                Invariant.I4,
                where,
                f"{ack.client_id} ({ack.seq}) is acknowledged once more than it was sent "
                "on one connection",
            )
    for ack in log.acks:
        if ack.client_id not in log.said:
            report(Invariant.I2, where, f"{ack.client_id} ({ack.seq}) was never written there")
        before = known.setdefault(ack.client_id, ack.seq)
        if before != ack.seq:
            report(
                Invariant.I4, where, f"{ack.client_id} is acknowledged as {before} and {ack.seq}"
            )
        owner = taken.setdefault(ack.seq, ack.client_id)
        if owner != ack.client_id:
            report(
                Invariant.I3,
                where,
                f"number {ack.seq} is acknowledged for {owner} and for {ack.client_id}",
            )


def _judge_acked_lines(
    end: End, log: EndLog, call: CallLog, stored: Transcripts, report: Report
) -> None:
    """An acknowledged line is shown at both ends, unchanged, under the number acknowledged."""
    for side, other in call.ends.items():
        late = {line.client_id for line in _tail(call, stored, side) if _writer(line) is end}
        if side is end:
            where = f"shown to its writer, the {side.value}"
        else:
            where = f"shown to the {side.value}"
        _judge_presence(where, other.shown, end, log, report, late)


def _judge_against(
    where: str, lines: Sequence[Shown], end: End, log: EndLog, report: Report
) -> None:
    """An acknowledged line is stored as it was written; what was shown is stored as shown."""
    _judge_presence(where, lines, end, log, report)
    stored = {line.seq: line for line in lines}
    acked = {ack.seq for ack in log.acks}
    for line in {line.seq: line for line in log.shown}.values():
        kept = stored.get(line.seq)
        if kept is None and line.seq not in acked:
            report(
                Invariant.I2,
                where,
                f"line {line.seq} ({line.client_id}) was shown to the {end.value} "
                "but is not stored",
            )
        elif kept is not None and kept != line:
            report(
                Invariant.I3,
                where,
                f"number {line.seq} is {_name(kept)}; the {end.value} was shown {_name(line)}",
            )


def _judge_presence(
    where: str,
    lines: Sequence[Shown],
    writer: End,
    log: EndLog,
    report: Report,
    late: Collection[str] = (),
) -> None:
    by_name = {line.client_id: line for line in lines if line.sender == writer.value}
    for ack in _distinct(log.acks):
        line = by_name.get(ack.client_id)
        name = f"{ack.client_id}, acknowledged to the {writer.value} as number {ack.seq},"
        if line is None:
            if ack.client_id not in late:
                report(Invariant.I2, where, f"{name} is missing")
        elif line.digest != log.said.get(ack.client_id, line.digest):
            report(Invariant.I2, where, f"{name} has another text than was written")
        elif line.seq != ack.seq:
            report(Invariant.I3, where, f"{name} has number {line.seq}")


def _judge_gaps(call: CallLog, report: Report) -> None:
    """Numbers skipped at one end; a lost acknowledged line has been reported as such already."""
    acked = {ack.seq for log in call.ends.values() for ack in log.acks}
    for end, log in call.ends.items():
        watch = Watch()
        for line in log.shown:
            watch.take(line)
        for seq in watch.missing():
            if seq not in acked:
                report(Invariant.I3, f"shown to the {end.value}", f"number {seq} is missing")


def _judge_sides(call: CallLog, report: Report) -> None:
    """The same number names the same line at both ends."""
    caller = {line.seq: line for line in call.ends[End.CALLER].shown}
    for line in {line.seq: line for line in call.ends[End.DISPATCHER].shown}.values():
        other = caller.get(line.seq)
        if other is not None and other != line:
            report(
                Invariant.I3,
                "both ends",
                f"number {line.seq} is {_name(other)} for the caller, "
                f"{_name(line)} for the dispatcher",
            )


def _distinct(acks: Sequence[Ack]) -> list[Ack]:
    return list({ack.client_id: ack for ack in reversed(acks)}.values())[::-1]


def _name(line: Shown) -> str:
    return f"{line.client_id} by the {line.sender} (text {line.digest})"
