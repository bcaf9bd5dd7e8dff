"""Data of people whom the suite does not know do not reach the evidence; its own people's do."""

import json
import subprocess
import sys
from pathlib import Path

from net119_conformance.evidence import EvidenceLog, read_evidence
from net119_conformance.masking import MASKED, Masker
from net119_simulators.wiretap import Interface, event

OURS = {
    "name": "髙橋 𠮷子",
    "mail": "yoshiko@carrier.example",
    "address": {"lat": 42.5, "flat": "①"},
}
THEIRS = {
    "name": "実在 花子",
    "mail": "hanako@real.example",
    "lat": 43.0611,
    "phone": "011-999-1234",
}


def test_what_the_suite_said_stays_and_the_rest_is_masked(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    with EvidenceLog(path) as log:
        log.mask_people("sut")
        log.record(event(Interface.A, "phone", "sut", "POST", json.dumps(OURS)))
        answer = json.dumps([OURS, THEIRS], ensure_ascii=False)
        log.record(event(Interface.C, "sut", "console", "200", answer))
        log.note("seen: 実在 花子 called from 43.0611 by 011-999-1234 (hanako@real.example)")
    text = path.read_text("utf-8")
    for value in THEIRS.values():
        assert str(value) not in text
    told = json.loads(read_evidence(path)[1]["payload"])
    assert told[0] == OURS
    assert set(told[1].values()) == {MASKED}


def test_what_the_suite_says_after_the_system_is_readable_then() -> None:
    mask = Masker()
    told = '{"lat":36.206724,"place":[36.206724,136.2067245]}'
    assert json.loads(mask(told)) == {
        "lat": MASKED,
        "place": [MASKED, 136.2067245],
    }
    again = mask('{"at": 36.206724,"far":136.2067245,"text":"36.206724 N"}')
    assert json.loads(again) == {"at": MASKED, "far": 136.2067245, "text": f"{MASKED} N"}
    mask.learn(told)
    assert mask(told) == told


def test_without_being_asked_nothing_is_masked(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    with EvidenceLog(path) as log:
        log.record(event(Interface.C, "sut", "console", "200", json.dumps(THEIRS)))
    assert json.loads(read_evidence(path)[0]["payload"]) == THEIRS


def test_pages_and_mails_are_masked_by_the_look_of_addresses_and_numbers() -> None:
    mask = Masker()
    mask.learn("To: own@carrier.example, 090-0000-0001")
    page = "<td>own@carrier.example 090-0000-0001</td><td>x@real.example 03-1234-5678</td>"
    assert mask(page) == f"<td>own@carrier.example 090-0000-0001</td><td>{MASKED} {MASKED}</td>"


def test_numbers_and_times_are_no_telephone_numbers() -> None:
    text = "2026-04-01 0-1 10-2000-30 id 7d1c6b1e-0123-4d0e-9a52-0f0f5f1d2a01"
    assert Masker()(text) == text


def test_a_long_message_is_masked_before_a_heart_beat_is_due() -> None:
    """Else every session of the suite breaks, and what follows looks like a fault of the system."""
    script = (
        "from net119_conformance.masking import Masker;"
        "masker = Masker(); text = '長' * 300_000 + ' hanako@example.invalid';"
        "masker.learn(text); Masker()(text).endswith('長 [masked]') or exit('not masked')"
    )
    # Each letter tried anew as the beginning of an address would take minutes.
    subprocess.run([sys.executable, "-c", script], check=True, timeout=20)


def test_a_typed_name_is_masked_unless_the_suite_made_it_up(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    with EvidenceLog(path) as log:
        mask = log.mask_people("sut")
        mask.learn(json.dumps(OURS))
        for typed in ("髙橋𠮷子", "𠮷子", "髙橋　𠮷子", "実在 花子", "Abe", "x"):
            mask.learn_typed_name(typed)
        told = {"氏名": "実在 花子", "メモ": "実在花子 と Abe。髙橋 𠮷子 は Abelia の x"}
        log.person("指令台の表示を見る", "done", told, None)
        assert log.redact("seen: 実在 花子") == f"seen: {MASKED}"
    said = read_evidence(path)[0]["said"]
    assert said == {"氏名": MASKED, "メモ": f"{MASKED} と {MASKED}。髙橋 𠮷子 は Abelia の x"}


def test_a_name_of_the_directory_is_no_part_of_a_persons() -> None:
    """The town of Yamada has a fire department; Mr Yamada is masked all the same."""
    mask = Masker()
    mask.learn('{"nameJa":"山田町消防本部","name":"髙橋 𠮷子"}')
    mask.learn_typed_name("山田")
    assert mask("山田 が通報") == f"{MASKED} が通報"
