"""Reads the frames that matter under load, without the cost of full models.

Raises KeyError, TypeError or ValueError for a frame that is not as the API describes it.
"""

from collections.abc import Collection
from typing import Any

from net119_protocol.api.problems import Problem
from net119_protocol.chat import ChatLine
from net119_protocol.codes import Refusal, SenderRole

from net119_loadtests.logs import Ack, End, Shown, digest_of


def line_of(line: dict[str, Any], greetings: Collection[str] = ()) -> tuple[Shown, str]:
    """The line of a `line` frame, and its text.

    ``greetings`` are whole texts that the system sends by itself in the dispatcher's name; such a
    line is taken for the system's own. No line of ours has such a text: each has a mark.
    """
    text = line.get("text") or ""
    sender = str(line["sender"])
    if sender == End.DISPATCHER.value and text in greetings:
        sender = SenderRole.SYSTEM.value
    # Options and choices are content, too.
    rest = [line.get("options") or [], line.get("choice")]
    digest = digest_of(text, rest if any(rest) else None)
    return Shown(_number(line["seq"]), str(line["clientId"]), sender, digest), text


def shown_of(line: ChatLine, greetings: Collection[str] = ()) -> Shown:
    """A line of a transcript in the same form."""
    return line_of(line.model_dump(mode="json", by_alias=True, exclude_none=True), greetings)[0]


def ack_of(frame: dict[str, Any]) -> Ack:
    """The content of an `ack` frame."""
    return Ack(str(frame["clientId"]), _number(frame["seq"]))


def _number(value: Any) -> int:
    if type(value) is not int:
        raise ValueError(f"no number of a line: {value!r}")
    return value


def sheds(content: bytes) -> bool:
    """Whether a refusal says that the provider takes no more calls, in words for the caller.

    They tell what is the matter and what else to do, in both languages (CNB-38).
    """
    try:
        problem = Problem.model_validate_json(content)
    except ValueError:
        return False
    words = (problem.message_ja, problem.message_en, problem.other_means_ja, problem.other_means_en)
    return problem.code is Refusal.OVERLOAD and all(words)
