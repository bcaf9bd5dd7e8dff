"""The real generator and judge, against a real provider behind a relay that lies."""

import io
import json
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import pytest
from net119_loadtests import run as running
from net119_loadtests.provider import Running
from rich.console import Console

from tests.loadtests.conftest import Shared
from tests.loadtests.relay import Cut, Frame, Lie, relaying

pytestmark = pytest.mark.slow

ONLY_VIOLATIONS = "[violations]\nmax = 0\n"


class OneLiePerCall(Lie):
    """Tells another lie about each call: in turn, in the order in which calls come up.

    About the tenth line that a console is shown of the call, about what is stored of it, or about
    acknowledgements. Each of these lines was acknowledged to its writer.
    """

    KINDS = ("nothing", "drop", "double", "renumber", "reorder", "forget", "acknowledge")

    def __init__(self) -> None:
        self.kinds: dict[str, str] = {}
        self.seen: Counter[str] = Counter()
        self.acks: Counter[str] = Counter()
        self.held: dict[str, Frame] = {}

    def frames(self, path: str, frame: Frame) -> list[Frame]:
        if frame["type"] == "ack" and path.endswith("/feed"):
            call_id = frame["callId"]
            self.acks[call_id] += 1
            lies = self.kinds.get(call_id) == "acknowledge" and self.acks[call_id] == 2
            return [frame, frame] if lies else [frame]
        if frame["type"] != "line" or not path.endswith("/feed"):
            return [frame]
        call_id = frame["callId"]
        kind = self.kinds.setdefault(call_id, self.KINDS[len(self.kinds) % len(self.KINDS)])
        self.seen[call_id] += 1
        late = self.held.pop(call_id, None)
        if late is not None:
            return [frame, late]
        if self.seen[call_id] != 10:
            return [frame]
        match kind:
            case "drop":
                return []
            case "double":
                return [frame, frame]
            case "renumber":
                line = frame["line"]
                copy = {**line, "seq": line["seq"] + 1, "clientId": "again"}
                return [frame, {**frame, "line": copy}]
            case "reorder":
                self.held[call_id] = frame
                return []
        return [frame]

    def lines(self, call_id: str, lines: list[Frame]) -> list[Frame]:
        return lines[:-1] if self.kinds.get(call_id) == "forget" else lines


class CutsOnce(Lie):
    """No lie at all: each path breaks once, in the place of an acknowledgement."""

    def __init__(self) -> None:
        self.cut: set[str] = set()
        self.acks: Counter[str] = Counter()

    def frames(self, path: str, frame: Frame) -> list[Frame]:
        if frame["type"] == "ack" and path not in self.cut:
            self.acks[path] += 1
            if self.acks[path] == 3:
                self.cut.add(path)
                raise Cut
        return [frame]


GREETING = "こちらは119番です。火事ですか、救急ですか"


class Greets(Lie):
    """No lie: a system whose calls begin with a line that it sends in the dispatcher's name."""

    def __init__(self) -> None:
        self.greeted: set[tuple[str, str]] = set()

    def frames(self, path: str, frame: Frame) -> list[Frame]:
        if frame["type"] == "ack":
            return [{**frame, "seq": frame["seq"] + 1}]
        if frame["type"] != "line":
            return [frame]
        shown = {**frame, "line": later(frame["line"])}
        end = path, frame["callId"]
        if end in self.greeted:
            return [shown]
        self.greeted.add(end)
        return [{**frame, "line": greeting(frame["line"])}, shown]

    def lines(self, call_id: str, lines: list[Frame]) -> list[Frame]:
        return [*(greeting(line) for line in lines[:1]), *map(later, lines)]


def later(line: Frame) -> Frame:
    return {**line, "seq": line["seq"] + 1}


def greeting(first: Frame) -> Frame:
    """The line that comes before the first one."""
    says = {"seq": 1, "clientId": "greeting", "sender": "dispatcher", "text": GREETING}
    return {"at": first["at"], **says}


def load(
    shared: Shared,
    lie: Lie,
    folder: Path,
    workers: int = 0,
    *,
    bare: bool = False,
    callers: int = 6,
    greetings: tuple[str, ...] = (),
) -> tuple[int, dict[str, Any], str]:
    """Exit status, report and output of a small run through the relay."""
    thresholds = folder / "thresholds.toml"
    thresholds.write_text(ONLY_VIOLATIONS)
    shown = io.StringIO()
    with relaying(shared.base_url, shared.tls, lie) as url:
        options = running.Options(
            callers=callers,
            duration_s=3.0,
            every_s=0.2,
            running=Running(url, None, shared.admin_token, shared.directory),
            thresholds=thresholds,
            out=folder,
            workers=workers,
            greetings=greetings,
            lang="en",
            # What was dropped never comes; no use in waiting long for it.
            settle_s=5.0,
            bare=bare,
        )
        status = running.run(options, Console(file=shown, width=200))
    report: dict[str, Any] = json.loads((folder / "report.json").read_text("utf-8"))
    return status, report, shown.getvalue()


def test_an_honest_relay_passes_with_two_workers(provider: Shared, tmp_path: Path) -> None:
    status, report, output = load(provider, Lie(), tmp_path, workers=2, bare=True)
    assert report["figures"]["generators"] == 2
    assert report["violations"]["count"] == 0
    assert report["doubts"] == []
    assert report["checks"]["calls"] == 6
    assert report["checks"]["acknowledgements"] >= 6 * 10
    assert report["checks"]["notClosed"] == []
    # Both workers measured the bare relay, too.
    assert report["bare"]["callers"] == 6
    assert report["bare"]["ratios"]["ack_ms"]["p50"] > 0
    assert (status, report["passed"]) == (0, True)
    assert "PASSED" in output


def test_every_lie_is_caught_in_its_call(provider: Shared, tmp_path: Path) -> None:
    lie = OneLiePerCall()
    status, report, output = load(provider, lie, tmp_path, callers=len(OneLiePerCall.KINDS))
    assert (status, report["passed"], report["complete"]) == (1, False, True)
    found = defaultdict(set)
    for violation in report["violations"]["first"]:
        found[lie.kinds[violation["call_id"]]].add(violation["invariant"])
        assert violation["call_id"] in output
        assert violation["detail"] in output
    assert {kind: sorted(found[kind]) for kind in OneLiePerCall.KINDS} == {
        "nothing": [],
        "drop": ["I2"],
        "double": ["I4"],
        "renumber": ["I3", "I4"],
        "reorder": ["I3"],
        "forget": ["I2"],
        "acknowledge": ["I4"],
    }
    assert report["violations"]["count"] == len(report["violations"]["first"])


def test_broken_connections_are_resumed_and_nothing_is_lost(
    provider: Shared, tmp_path: Path
) -> None:
    lie = CutsOnce()
    status, report, _ = load(provider, lie, tmp_path)
    lost = {"handset connection lost": 6, "console connection lost": 1}
    assert len(lie.cut) == sum(lost.values())
    assert report["figures"]["errors"] == lost
    assert report["violations"]["count"] == 0
    # The lines whose acknowledgement was cut off were written again, and acknowledged.
    assert report["figures"]["acked"] == report["figures"]["said"]
    assert (status, report["doubts"]) == (0, [])


@pytest.mark.parametrize("told", [True, False])
def test_lines_that_a_system_sends_in_the_dispatchers_name_have_to_be_told(
    provider: Shared, tmp_path: Path, told: bool
) -> None:
    greetings = (GREETING,) if told else ("something else",)
    status, report, output = load(provider, Greets(), tmp_path, callers=2, greetings=greetings)
    counted = report["violations"]["byInvariant"]
    if told:
        assert (status, counted, report["doubts"]) == (0, {}, [])
        # A line for each end beside those that the ends wrote.
        assert report["checks"]["linesStored"] == report["figures"]["acked"] + 2
    else:
        # At each end and in each stored form of each of the calls.
        assert (status, counted) == (1, {"I3": 8})
        assert "(greeting) was never written by the dispatcher" in output
        assert "--greeting" in output
