"""`net119 conformance run` in a terminal, answered there, from the first step to the signature."""

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from net119_cli.main import main
from net119_conformance.drivers import manual_handset_words as words
from net119_conformance.evidence import read_evidence
from net119_conformance.results import Report
from net119_conformance.review.source import folder_source
from net119_conformance.verdict import Verdict
from net119_conformance.world.addresses import AddressBlock
from net119_protocol.codes import CallState

from tests.conformance.foreign.bench import PROGRAM, started
from tests.conformance.manual.person import ACTS, Person
from tests.conformance.manual.test_by_hand import Vendor, load_world
from tests.terminals import INTERRUPT, NET119, Screen, at_terminal

ASKS = "番号を入力して Enter を押してください。"
NOTE = "メモ（なくても構いません） (なければ Enter だけ):"
TOO_SOON = "いまの入力は採っていません"
STATE = "通報の状態\n"
RECEIVER = "通報を受けている消防本部として出ているもの\n"
LINE = "が、書かれたとおりに一度だけ出ている\n"
OVER = "要求: 判定"


class Typist(Person):
    """A tester who reads the terminal and answers there by numbers."""

    def __init__(self, screen: Screen, hook: str) -> None:
        super().__init__("http://127.0.0.1:9/", hook, lambda person, title: None)
        self.screen = screen

    def works(self) -> None:
        """Do what the terminal asks for until the run is over."""
        while self.screen.waits_for(ASKS, OVER) == ASKS:
            step = self.screen.read[self.screen.read.rindex("-- お願い: ") :]
            self._does(step)

    def _does(self, step: str) -> None:
        self._shown = step
        title = step.partition("\n")[0].removeprefix("-- お願い: ").strip()
        purpose = re.findall(r"\(([A-Z0-9-]+)\)\n", self.screen.read)[-1]
        self.titles.append((purpose, title))
        facts = dict(re.findall(r"^   ([^:\n]+): (.*)$", step, re.MULTILINE))
        if title.endswith("文字のやりとりを見る"):
            self._answers({})
        else:
            done = ACTS[title](self, facts, [])
            if done is not None:  # else the wire is to end this step
                self._answers(done)

    def _answers(self, values: dict[str, str]) -> None:
        asked = self._types_until("1", STATE, RECEIVER, LINE, NOTE)
        while asked != NOTE:
            if asked == LINE:
                wanted = "はい" if self._stands_there() else "いいえ"
            elif asked == STATE:
                wanted = words.STATES[CallState(values["q-state"])].ja
            else:
                wanted = self._receiver_name()
            asked = self._types_until(self._number(wanted), STATE, RECEIVER, LINE, NOTE)
        self.screen.types(f"見たまま 𠮷 {len(self.titles)}")

    def _types_until(self, line: str, *texts: str) -> str:
        """Type a line until it is taken: just after a step is shown, nobody is believed."""
        self.screen.types(line)
        while (found := self.screen.waits_for(*texts, TOO_SOON)) == TOO_SOON:
            self.screen.types(line)
        return found

    def _number(self, label: str) -> str:
        """The number of an answer to the newest question, by what it says."""
        end = f"] {label}\n"
        self.screen.waits_for(end)
        return self.screen.read.removesuffix(end).rpartition("[")[2]

    def _stands_there(self) -> bool:
        line = self.screen.read.rpartition("「")[2].partition("」")[0]
        call = next(iter(self._calls.values()))
        return any(each["text"] == line for each in self.ask("caller", callId=call)["lines"])

    def _receiver_name(self) -> str:
        call = next(iter(self._calls.values()))
        receiver = self.ask("caller", callId=call)["receiver"]
        return str(receiver["nameJa"])


@pytest.fixture
def vendor(tmp_path: Path) -> Iterator[Vendor]:
    block = AddressBlock()
    try:
        made = Vendor(tmp_path, block)
        made.says(60.0)
        with started([sys.executable, "-m", PROGRAM, *made.options], tmp_path / "log"):
            load_world(made)
            yield made
    finally:
        block.release()


def run(vendor: Vendor, name: str) -> tuple[str, ...]:
    return (
        *("--lang", "ja", "conformance", "run", "--sut", str(vendor.file)),
        *("--only", name, "-n", "1", "--out", str(vendor.folder / "out")),
    )


def test_a_tester_answers_at_the_terminal_and_a_reviewer_signs(
    vendor: Vendor, capsys: pytest.CaptureFixture[str]
) -> None:
    out = vendor.folder / "out"
    with at_terminal(NET119, *run(vendor, "ROUTE-PEER")) as screen:
        typist = Typist(screen, vendor.hook)
        for one in json.loads((vendor.world / "registrants.json").read_text("utf-8")):
            typist.knows(one["credentials"]["loginId"], one["department"], one["person"])
        typist.works()
        assert screen.ends() == 1, screen.shown
        assert screen.echoes()
    assert ("ROUTE-PEER", "通報する") in typist.titles
    assert "いまの試験 1/1" in screen.shown
    assert f"net119 conformance review {out}" in screen.shown
    (result,) = Report.read(out / "report.json").results
    assert result.verdict is Verdict.NEEDS_REVIEW, screen.shown
    lines = read_evidence(out / str(result.evidence))
    said = [line for line in lines if line["kind"] == "person"]
    assert "on-the-wire" in {line["outcome"] for line in said}
    notes = [line["said"]["メモ / Note"] for line in said if line["outcome"] == "done"]
    assert notes
    assert all(note.startswith("見たまま 𠮷 ") for note in notes)
    (shown,) = folder_source(out).reviews().items
    named = f"ROUTE-PEER@{shown.item.fingerprint}"
    words = ["--item", named, "--accept", "--reviewer", "髙橋", "--reason", "見直した"]
    assert main(["--lang", "ja", "conformance", "review", str(out), *words]) == 0
    assert "要確認: 成り立つ 1 件。" in capsys.readouterr().out
    assert "人の確認による" in (out / "report.html").read_text("utf-8")
    assert main(["--lang", "ja", "conformance", "replay", str(out)]) == 0


def test_ctrl_c_at_a_step_ends_the_run_and_leaves_the_terminal_in_order(vendor: Vendor) -> None:
    out = vendor.folder / "out"
    with at_terminal(NET119, *run(vendor, "OFFER-NO-CONSOLE")) as screen:
        screen.waits_for(ASKS)
        screen.presses(INTERRUPT)
        assert screen.ends() == 130, screen.shown
        assert screen.echoes()
    assert "Traceback" not in screen.shown
    report = Report.read(out / "report.json")
    assert not report.summary.complete
    assert all(each.verdict is not Verdict.PASS for each in report.results)
