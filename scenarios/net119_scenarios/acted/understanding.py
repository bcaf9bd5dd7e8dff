"""What a simulated caller makes of a dispatcher's line: a reply, nothing, or "not understood".

Callers of NET119 read: one short question in everyday words is answered, what is too much at once
or in the words of the trade is not (fact A61).  Pure: no calls, no clocks.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from net119_protocol.chat import Option
from pydantic import Field, model_validator

from net119_scenarios.acted.base import Part
from net119_scenarios.words import Words

MAX_LINE = 120
"""A line with more characters is too long to be read in distress."""
MAX_QUESTIONS = 2
"""More questions in one line are too many at once."""
_FRAGMENT = 12
"""A line this short that is no sentence ("場所は", "呼吸の有無") asks for what it names."""
OTHERWISE = "すみません、わかりません。もう一度、短く書いてください。"
"""What a caller says who did not understand, if the scenario gives no other words."""
JARGON = (
    "JCS",
    "GCS",
    "CPA",
    "ROSC",
    "SpO2",
    "バイタル",
    "主訴",
    "既往歴",
    "現病歴",
    "意識レベル",
    "意識障害",
    "気道確保",
    "傷病者",
    "要救助者",
    "橈骨動脈",
    "脈拍触知",
    "チアノーゼ",
    "末梢冷感",
    "片麻痺",
    "失禁の有無",
    "受傷機転",
    "現着",
    "延焼",
    "輻射熱",
    "防火対象物",
)
"""Words of the trade that callers cannot be expected to know."""

_SENTENCE = re.compile(r"[^。！!？?\n]*[。！!？?\n]?")
_ASKS = re.compile(r"(か|かな|のは|どこ|いつ|だれ|誰|何|なに|どう|いくつ)$")
_WANTS_TO_KNOW = re.compile(
    r"(教え|おしえ|知らせ|書い|送っ|聞かせ|選ん|押し)[てで](ください|下さい|もらえ|くれ|欲し|ほし|$)"
)
_LATER = re.compile(r"(たら|れば|なら|ときは|時は|ときに|時に)")
"""A wish for later ("if something changes, tell me") asks for nothing now."""
_REQUESTS = re.compile(r"(ください|下さい|お願いします|おねがいします|ましょう)$")


def fold(text: str) -> str:
    """A text for comparison: compatibility forms, katakana as hiragana, small letters, no space."""
    bare = "".join(unicodedata.normalize("NFKC", text).split())
    # What a space held apart (a kana and its voicing mark) is put together now.
    plain = unicodedata.normalize("NFKC", bare.casefold())
    return "".join(chr(ord(c) - 0x60) if "ァ" <= c <= "ヶ" else c for c in plain)


def mentions(text: str, words: Iterable[str]) -> bool:
    """Whether one of the words stands in a text, as `fold` compares."""
    folded = fold(text)
    return any(fold(each) in folded for each in words)


def questions(text: str) -> list[str]:
    """The sentences of a line that ask for something to be told."""
    found = []
    for sentence in _SENTENCE.findall(text):
        bare = sentence.rstrip("。！!？?\n").strip()
        asked = sentence.rstrip("\n").endswith(("？", "?"))
        wanted = _WANTS_TO_KNOW.search(bare) and not _LATER.search(bare)
        if bare and (asked or wanted or _ASKS.search(bare)):
            found.append(bare)
    return found


def wants_reply(text: str, options: Sequence[Option] = ()) -> bool:
    """Whether a caller would react to a line: a question, a request, answers to tap, a fragment."""
    bare = text.strip()
    if options or questions(bare):
        return True
    if any(_REQUESTS.search(s.rstrip("。！!\n").strip()) for s in _SENTENCE.findall(bare)):
        return True
    return 0 < len(bare) <= _FRAGMENT and not bare.endswith(("。", "！", "!"))


Word = Annotated[str, Field(min_length=1, max_length=100)]
"""A piece of a line; lines are compared as `fold` says."""


class Answering(Part):
    """What a simulated caller replies to a question; the first that fits counts."""

    to: Annotated[tuple[Word, ...], Field(min_length=1)]
    """Words of the question: one of them in it is enough."""
    say: Annotated[str, Field(min_length=1, max_length=2000)] | None = None
    """What the caller writes."""
    tap: tuple[Word, ...] = ()
    """If answers to tap are offered, the first with one of these words (or this id) is tapped."""

    @model_validator(mode="after")
    def _replies(self) -> "Answering":
        if self.say is None and not self.tap:
            raise ValueError("it needs `say`, or `tap`, or both")
        return self


class Why(StrEnum):
    """Why a line was not understood."""

    NO_ANSWER = "no-answer"
    TOO_LONG = "too-long"
    TOO_MANY = "too-many-questions"
    JARGON = "jargon"

    @property
    def words(self) -> Words:
        """For people."""
        return _WHYS[self]


_WHYS = {
    Why.NO_ANSWER: Words("何を聞かれたのかわからない", "the caller has no answer to it"),
    Why.TOO_LONG: Words("長すぎて読めない", "too long to be read"),
    Why.TOO_MANY: Words("一度に多くを聞かれた", "too many questions at once"),
    Why.JARGON: Words("専門用語がわからない", "words of the trade"),
}


@dataclass(frozen=True)
class Reply:
    """What the caller does about a line: taps ``option``, or writes ``text``."""

    text: str = ""
    option: str | None = None


@dataclass(frozen=True)
class NotUnderstood:
    """The caller did not understand; ``text`` is what is said about that."""

    why: Why
    text: str


def react(
    text: str,
    options: Sequence[Option],
    answers: Sequence[Answering],
    otherwise: str = OTHERWISE,
    hard_words: Iterable[str] = (),
) -> Reply | NotUnderstood | None:
    """What a caller makes of a dispatcher's line; ``None``: there is nothing to react to.

    ``hard_words`` are not understood beside `JARGON`. Of two questions in one line both are
    answered.
    """
    if not wants_reply(text, options):
        return None
    if len(text) > MAX_LINE:
        return NotUnderstood(Why.TOO_LONG, otherwise)
    if mentions(text, (*JARGON, *hard_words)):
        return NotUnderstood(Why.JARGON, otherwise)
    asked = questions(text)
    if len(asked) > MAX_QUESTIONS:
        return NotUnderstood(Why.TOO_MANY, otherwise)
    fitting = _fitting(text, asked, answers)
    if options and (tapped := _tapped(options, fitting, answers)) is not None:
        return Reply(option=tapped)
    said = [each.say for each in fitting if each.say is not None]
    if said:
        return Reply("".join(dict.fromkeys(said)))
    if asked or options:
        return NotUnderstood(Why.NO_ANSWER, otherwise)
    return None


def _fitting(text: str, asked: Sequence[str], answers: Sequence[Answering]) -> list[Answering]:
    """The answer to each question of the line; a question without one is left to the others."""
    found = []
    for each in asked or (text,):
        fits = next((answer for answer in answers if mentions(each, answer.to)), None)
        if fits is None:
            fits = next((answer for answer in answers if mentions(text, answer.to)), None)
        if fits is not None and fits not in found:
            found.append(fits)
    return found


def _tapped(
    options: Sequence[Option], fitting: Sequence[Answering], answers: Sequence[Answering]
) -> str | None:
    """The option to tap: by the answers that fit, else by any that can be tapped."""
    for answer in (*fitting, *(() if fitting else answers)):
        for word in answer.tap:
            for option in options:
                if option.id == word or mentions(option.label, (word,)):
                    return option.id
    return None
