import json

from hypothesis import given
from hypothesis import strategies as st
from net119_simulators.recorder import HIDDEN, Recorder, without_secrets
from net119_simulators.wiretap import Interface, WireEvent


class Tape:
    def __init__(self) -> None:
        self.events: list[WireEvent] = []

    def record(self, event: WireEvent) -> None:
        self.events.append(event)


@given(st.text(min_size=8, alphabet=st.characters(codec="utf-8")))
def test_tokens_and_passwords_are_hidden_at_any_depth(secret: str) -> None:
    secret = f"<{secret}>"
    payload = json.dumps({"a": [{"token": secret}], "password": secret, "kept": "value"})
    hidden = json.loads(without_secrets(payload))
    assert hidden == {"a": [{"token": HIDDEN}], "password": HIDDEN, "kept": "value"}


def test_payload_without_secrets_is_kept_byte_for_byte() -> None:
    payload = '{ "text" :"火事",  "n": 1.0 }'
    assert without_secrets(payload) == payload


@given(st.text())
def test_text_that_is_no_json_object_is_kept(text: str) -> None:
    payload = f"not json {text}"
    assert without_secrets(payload) == payload


def test_a_known_secret_is_hidden_anywhere() -> None:
    tape = Tape()
    recorder = Recorder(tape, Interface.A, "phone", "aoba")
    recorder.keep_secret("abcdef0123456789")
    recorder.sent("GET", b"broken { abcdef0123456789")
    recorder.received("200", "abcdef0123456789")
    assert [entry.payload for entry in tape.events] == [f"broken {{ {HIDDEN}", HIDDEN]
    assert [(entry.source, entry.target) for entry in tape.events] == [
        ("phone", "aoba"),
        ("aoba", "phone"),
    ]
