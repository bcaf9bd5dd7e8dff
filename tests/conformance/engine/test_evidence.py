"""The event log: order, bounds, redaction."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from net119_conformance.checks import MAX_VALUE, show
from net119_conformance.evidence import MAX_PAYLOAD, EvidenceLog, read_evidence
from net119_conformance.redaction import REDACTED, Redactor
from net119_simulators.wiretap import Interface, event


def test_a_flood_keeps_the_beginning_the_end_and_a_mark(tmp_path: Path) -> None:
    with EvidenceLog(tmp_path / "e.jsonl", first=3, last=2) as log:
        for number in range(10):
            log.record(event(Interface.A, "phone", "aoba", f"m{number}"))
            if number == 8:
                log.note("between")
    lines = read_evidence(tmp_path / "e.jsonl")
    assert [line.get("label", line["kind"]) for line in lines] == [
        *("m0", "m1", "m2", "cut", "m8", "note", "m9")
    ]
    assert lines[3]["messages"] == 5
    assert log.count == 10


def test_a_large_payload_is_cut_with_a_mark(tmp_path: Path) -> None:
    with EvidenceLog(tmp_path / "e.jsonl") as log:
        log.record(event(Interface.A, "phone", "aoba", "big", "x" * (MAX_PAYLOAD * 3)))
    (line,) = read_evidence(tmp_path / "e.jsonl")
    assert len(line["payload"]) < MAX_PAYLOAD + 100
    assert line["payload"].endswith(f"[cut: {MAX_PAYLOAD * 3} characters in all]")


def test_what_is_written_is_there_before_the_log_is_closed(tmp_path: Path) -> None:
    log = EvidenceLog(tmp_path / "e.jsonl")
    log.record(event(Interface.A, "phone", "aoba", "early"))
    assert [line["label"] for line in read_evidence(log.path)] == ["early"]
    log.close()
    log.record(event(Interface.A, "phone", "aoba", "late"))
    assert len(read_evidence(log.path)) == 1


def test_a_line_that_a_crash_cut_off_is_noted(tmp_path: Path) -> None:
    path = tmp_path / "e.jsonl"
    path.write_text('{"kind": "note", "text": "whole"}\n{"kind": "mess')
    assert [line["kind"] for line in read_evidence(path)] == ["note", "note"]
    assert read_evidence(tmp_path / "missing.jsonl") == []


@given(st.text(st.characters(), max_size=200))
def test_any_text_comes_back_from_the_log(
    tmp_path_factory: pytest.TempPathFactory, text: str
) -> None:
    path = tmp_path_factory.mktemp("log") / "e.jsonl"
    with EvidenceLog(path) as log:
        log.record(event(Interface.B, "a", "b", "label", text))
    (line,) = read_evidence(path)
    assert line["payload"] == log.redact(text)


@pytest.mark.parametrize(
    "text",
    [
        '{"password": "hunter2222"}',
        '{"newPassword":"hunter2222", "x": 1}',
        '{"token" : "hunter2222',
        '{"accessToken": "hunter2222"}',
        '{"detail": "{\\"password\\": \\"hunter2222\\"}"}',
        "GET /x HTTP/1.1\r\nAuthorization: Bearer hunter2222\r\n\r\n",
        "CONNECT\npasscode:hunter2222\nhost:x\n\n",
        "set-cookie: session=hunter2222; Secure",
        "wss://host/chat?token=hunter2222&after=3",
        "loginId=a&password=hunter2222",
        "sent Bearer hunter2222 along",
    ],
)
def test_secrets_are_replaced(text: str) -> None:
    redacted = Redactor()(text)
    assert "hunter2222" not in redacted
    assert REDACTED in redacted


@pytest.mark.parametrize(
    "text",
    [
        '{"text": "the token is lost", "place": "x"}',
        '{"lat": 42.6, "kind": "fire"}',
        "call.offer n=1",
        "MESSAGE\ndestination:/queue/midori.callee\n\n{}",
    ],
)
def test_other_text_is_left_alone(text: str) -> None:
    assert Redactor()(text) == text


def test_known_values_are_hidden_anywhere() -> None:
    redactor = Redactor()
    redactor.hide("correct horse")
    assert redactor("he said: correct horse!") == f"he said: {REDACTED}!"


def test_redaction_keeps_json_readable() -> None:
    document = json.dumps({"password": 'a"b\\', "kind": "fire"})
    assert json.loads(Redactor()(document)) == {"password": REDACTED, "kind": "fire"}


def test_values_are_shown_as_a_reader_wants_them() -> None:
    assert show("火事") == "火事"
    assert show({"種別": ["火事"]}) == '{"種別": ["火事"]}'
    assert show(b"\xff\n") == "\\xff\n"
    assert "[cut: 10 of" in show("x" * (MAX_VALUE + 10))
