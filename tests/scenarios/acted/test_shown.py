"""A tapped answer is read by its label."""

from datetime import UTC, datetime

from net119_protocol.chat import ChatLine, Choice, Option
from net119_protocol.codes import SenderRole
from net119_scenarios.acted.shown import shown


def line(seq: int, **content: object) -> ChatLine:
    sender = SenderRole.DISPATCHER if content.get("options") else SenderRole.CALLER
    return ChatLine.model_validate(
        {
            "seq": seq,
            "client_id": f"line-{seq}",
            "sender": sender,
            "at": datetime.now(UTC),
            **content,
        }
    )


def test_a_tapped_answer_shows_the_label_of_its_own_question() -> None:
    lines = [
        line(1, text="血は？", options=[Option(id="yes", label="出ています")]),
        line(2, text="歩けますか。", options=[Option(id="yes", label="はい")]),
        line(3, choice=Choice(seq=1, option_id="yes")),
        line(4, text="①はい"),
        line(5, choice=Choice(seq=9, option_id="yes")),
    ]
    assert [shown(each, lines) for each in lines[2:]] == ["出ています", "①はい", ""]
