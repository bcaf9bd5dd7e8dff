"""Rules for every message of a system at interface B: a good log has no breach, each defect one."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from net119_conformance.wire_rules import judge_wire

CALL = "7d1c6b1e-0b8e-4d0e-9a52-0f0f5f1d2a01"
SUT = "aoba"


def envelope(number: int, n: int, kind: str, body: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "profile": "net119-interconnect/1",
        "messageId": f"00000000-0000-4000-8000-{number:012d}",
        "type": kind,
        "callId": CALL,
        "epoch": 1,
        "n": n,
        "mode": "test",
        "sentAt": "2026-04-01T00:00:00.000Z",
        "via": {"destination": "/queue/aoba.callee", "operator": SUT},
        "body": body,
        **more,
    }


def chat(seq: int, text: str) -> dict[str, Any]:
    return {
        "clientId": f"c-{seq}",
        "sender": "caller",
        "text": text,
        "seq": seq,
        "at": "2026-04-01T00:00:00.000Z",
    }


def good() -> list[dict[str, Any]]:
    """Three lines of a chat, the second of them sent twice."""
    told = [
        envelope(each, each, "chat.message", chat(each, f"行{each} 髙𠮷①")) for each in (1, 2, 3)
    ]
    return [told[0], told[1], told[1], told[2]]


def log(
    messages: list[dict[str, Any]], head: str = "MESSAGE\nsubscription:s\nmessage-id:m"
) -> list[dict[str, Any]]:
    return [
        {
            "kind": "message",
            "n": at,
            "interface": "B",
            "source": SUT,
            "target": "peer",
            "label": "MESSAGE",
            "payload": f"{head}\ndestination:/queue/peer.caller\n\n{json.dumps(message)}",
        }
        for at, message in enumerate(messages)
    ]


def test_a_sound_log_has_no_breach() -> None:
    found = judge_wire(log(good()), SUT)
    assert found.breaches == ()
    assert (found.read, found.skipped) == (4, 0)


def changed(at: int, **more: Any) -> Callable[[list[dict[str, Any]]], None]:
    def change(messages: list[dict[str, Any]]) -> None:
        messages[at] = {**messages[at], **more}

    return change


def without(at: int, *, of: str) -> Callable[[list[dict[str, Any]]], None]:
    def change(messages: list[dict[str, Any]]) -> None:
        messages[at] = {name: value for name, value in messages[at].items() if name != of}

    return change


DEFECTS: dict[str, tuple[int, Callable[[list[dict[str, Any]]], None]]] = {
    "readable": (3, without(3, of="sentAt")),
    "sender": (3, changed(3, via={"destination": "/queue/x.callee", "operator": "midori"})),
    "one-message-id": (2, changed(2, body=chat(2, "another"))),
    "count": (3, changed(3, n=2)),
    "mode": (3, changed(3, mode="live")),
    "line-number": (3, changed(3, body=chat(1, "another"))),
}


@pytest.mark.parametrize("rule", DEFECTS)
def test_each_defect_is_named_at_its_message(rule: str) -> None:
    at, spoil = DEFECTS[rule]
    messages = good()
    spoil(messages)
    found = judge_wire(log(messages), SUT)
    assert (at, rule) in [(breach.message, breach.rule) for breach in found.breaches]


def test_a_missing_number_is_a_breach_but_not_where_the_log_was_cut() -> None:
    messages = [message for message in good() if message["n"] != 2]
    assert [breach.rule for breach in judge_wire(log(messages), SUT).breaches] == ["count"]
    cut = [*log(messages), {"kind": "cut", "messages": 1}]
    assert judge_wire(cut, SUT).breaches == ()


def test_a_message_that_cannot_be_read_makes_no_gap() -> None:
    lines = log(good())
    hidden = {**lines[1], "payload": lines[1]["payload"].replace('"c-2"', '"[masked]"')}
    found = judge_wire([lines[0], hidden, lines[3]], SUT)
    assert (found.breaches, found.read, found.skipped) == ((), 2, 1)


def test_headers_that_stomp_demands_are_missed() -> None:
    (breach, *_) = judge_wire(log(good(), head="MESSAGE\nsubscription:s"), SUT).breaches
    assert (breach.rule, breach.message) == ("stomp-headers", 0)
    assert "message-id" in breach.text.en


def test_what_others_sent_and_what_was_cut_is_not_judged() -> None:
    others = [{**line, "source": "peer"} for line in log([{"no": "envelope"}])]
    cut = [
        {**line, "payload": f"{line['payload']}… [cut: 70000 characters in all]"}
        for line in log(good())
    ]
    found = judge_wire([*others, *cut], SUT)
    assert (found.breaches, found.read, found.skipped) == ((), 0, 4)


def test_another_mapping_than_the_profiles_is_not_read() -> None:
    foreign = [
        {**line, "payload": line["payload"].replace("profile", "x-profile")} for line in log(good())
    ]
    others = [{**line, "source": "peer"} for line in foreign]
    assert judge_wire([*others, *foreign], SUT).read == 0
    assert judge_wire(foreign, SUT).breaches != ()
