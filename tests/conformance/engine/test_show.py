"""How expected and seen values read in a report."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from enum import Enum, IntEnum, StrEnum
from uuid import UUID

import pytest
from net119_conformance.checks import MAX_MODEL, MAX_VALUE, show
from net119_protocol.codes import Mode, WithdrawReason
from net119_protocol.interconnect import Envelope, MessageType, Via
from net119_protocol.interconnect.bodies import CallWithdraw
from net119_simulators.peer.messages import Received
from net119_simulators.peer.specs import Way
from pydantic import BaseModel, Field


class Colour(StrEnum):
    RED = "red"


class Shade(str, Enum):  # noqa: UP042 - its str() is the name of the member, unlike a StrEnum's
    DARK = "dark"


class Level(IntEnum):
    HIGH = 3


class Note(BaseModel):
    text: str = Field(serialization_alias="textJa")
    hint: str | None = None


@dataclass
class Fields:
    password: str


@dataclass
class Worded:
    code: str

    def __str__(self) -> str:
        return f"refused: {self.code}"


class Bare:
    pass


AT = datetime(2026, 11, 22, 11, 20, tzinfo=UTC)
NAME = UUID("e10d8329-a2a8-48bb-85d8-dd0d40417a9b")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("火事", "火事"),
        ("<b> at 0x7f", "<b> at 0x7f"),
        ("", ""),
        (7, "7"),
        (2.5, "2.5"),
        (True, "True"),
        (None, "None"),
        (NAME, str(NAME)),
        (b"\xff\n", "\\xff\n"),
        (Colour.RED, "red"),
        (Shade.DARK, "dark"),
        (Level.HIGH, "3"),
        (AT, "2026-11-22T11:20:00+00:00"),
        (date(2026, 11, 22), "2026-11-22"),
        (time(11, 20), "11:20:00"),
        (Note(text="火事"), '{"textJa": "火事"}'),
        (Fields("hush"), "Fields"),
        (Worded("busy"), "refused: busy"),
        (ValueError("no such call"), "no such call"),
        (TimeoutError(), "TimeoutError"),
        (Bare(), "Bare"),
        (Bare, "Bare"),
        (show, "function"),
        ([], "[]"),
        (["火事", 1, None, True], '["火事", 1, null, true]'),
        ((Colour.RED, Level.HIGH, AT), '["red", 3, "2026-11-22T11:20:00+00:00"]'),
        ([Bare(), (Fields("hush"), NAME)], f'["Bare", ["Fields", "{NAME}"]]'),
        ({"b", "a"}, '["a", "b"]'),
        ([Note(text="火事")], '[{"textJa": "火事"}]'),
        ({Shade.DARK: Bare(), 2: [b"x"]}, '{"dark": "Bare", "2": ["x"]}'),
    ],
)
def test_values_read_without_python(value: object, text: str) -> None:
    assert show(value) == text


def test_a_long_model_is_cut_where_the_reader_sees_it_also_in_a_list() -> None:
    note = Note(text="x" * 500)
    whole = len('{"textJa": ""}') + 500
    mark = f"… [cut: {whole - MAX_MODEL} of {whole} characters not kept]"
    beginning = ('{"textJa": "' + "x" * 500)[:MAX_MODEL]
    assert show(note) == beginning + mark
    assert show((note, 1)) == f"[{beginning}{mark}, 1]"


def test_a_long_list_is_cut() -> None:
    assert show(["x" * MAX_VALUE]).endswith(f"… [cut: 4 of {MAX_VALUE + 4} characters not kept]")


def test_a_message_at_a_peer_is_its_label() -> None:
    kind = MessageType.CALL_WITHDRAW
    envelope = Envelope.model_construct(
        message_id=NAME,
        type=kind,
        call_id=NAME,
        epoch=2,
        n=7,
        mode=Mode.TEST,
        sent_at=AT,
        via=Via(destination="/queue/aoba.caller", operator="aoba"),
        body=CallWithdraw(reason=WithdrawReason.LATE_ACCEPT),
    )
    message = Received(envelope, b"{}", Way.ANCHOR, AT, {})
    assert show(message) == f"{kind.value} n=7 e=2"
    assert show([message, Colour.RED]) == f'["{kind.value} n=7 e=2", "red"]'
