"""The decisions of reviewers, and the file that keeps them: nothing in it is ever changed or
taken out, a later decision stands beside the earlier ones."""

import hashlib
import json
from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
)

from net119_conformance.catalogue import Text
from net119_conformance.errors import ConformanceError
from net119_conformance.report.files import DECISIONS, write_file

FORMAT: Literal["net119-conformance-reviews-1"] = "net119-conformance-reviews-1"
FILE = DECISIONS
"""Name of the file in the folder of a report."""
SHORT = 12
LONGEST = 2000
LONGEST_NAME = 100
"""Characters of a reason (a tester's note may have as many), and of a name."""

_Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST)]
_Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Decision(StrEnum):
    """What a reviewer decided about what only a person saw."""

    ACCEPTED = "accepted"
    """It holds."""
    REJECTED = "rejected"
    """It does not hold."""


class Fingerprints(_Part):
    """SHA-256, in hexadecimal, of what a reviewer looked at: the result in ``report.json``, its
    evidence, and each picture by its name. Whatever is changed afterwards no longer fits."""

    result: _Sha256
    evidence: _Sha256
    pictures: dict[str, _Sha256] = {}

    @property
    def short(self) -> str:
        """One for all of it, short enough to be copied by hand: twelve hexadecimal digits."""
        text = json.dumps(self.model_dump(), sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:SHORT]


class Review(_Part):
    """One decision. ``id`` and ``sut`` name the result; ``own_answers``: the reviewer is the one
    who answered the steps; ``reviewed_on`` is the day that the reviewer gives (local),
    ``recorded_at`` the moment at which it was written down, by which the newest one is told."""

    id: str = Field(min_length=1)
    sut: str = Field(min_length=1)
    decision: Decision
    reason: _Words
    reviewer: Annotated[_Words, StringConstraints(max_length=LONGEST_NAME)]
    own_answers: bool = False
    reviewed_on: date
    recorded_at: AwareDatetime
    of: Fingerprints

    @property
    def name(self) -> str:
        """The result that it is about, as reports name it."""
        return f"{self.id}--{self.sut}"


class ReviewFile(_Part):
    """All decisions about one report, in the order in which they were made."""

    format: Literal["net119-conformance-reviews-1"] = FORMAT
    reviews: tuple[Review, ...] = ()


def reviews_schema() -> dict[str, Any]:
    """JSON Schema (2020-12) of `reviews.json`."""
    schema = ReviewFile.model_json_schema(mode="serialization")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def read_reviews(path: Path) -> tuple[Review, ...]:
    """The decisions in a file; none if there is no file.

    Raises:
        ConformanceError: it cannot be read, or is no such file.
    """
    try:
        return ReviewFile.model_validate_json(path.read_bytes()).reviews
    except FileNotFoundError:
        return ()
    except OSError as problem:
        raise ConformanceError(
            Text(
                en=f"the reviews cannot be read: {problem.strerror or problem}",
                ja=f"確認の記録を読めません: {problem.strerror or problem}",
            ),
            str(path),
            Text(en="make the file readable", ja="ファイルを読めるようにしてください"),
        ) from problem
    except ValidationError as wrong:
        first = wrong.errors(include_url=False)[0]
        at = ".".join(map(str, first["loc"]))
        raise ConformanceError(
            Text(
                en="these are no reviews of this version of the suite: "
                f"{at or 'the file'}: {first['msg']}",
                ja="この版の試験環境の確認の記録ではありません: "
                f"{at or 'ファイル全体'}: {first['msg']}",
            ),
            str(path),
            Text(
                en="bring back the file as `net119 conformance review` wrote it; it is not "
                "written over",
                ja="net119 conformance review が書き出したときのファイルに戻してください。"
                "このファイルには上書きしません",
            ),
        ) from wrong


def add_reviews(path: Path, new: Iterable[Review]) -> None:
    """Write decisions after those that the file has, whole or not at all.

    Raises:
        ConformanceError: the file cannot be read or written.
    """
    kept = ReviewFile(reviews=(*read_reviews(path), *new))
    try:
        write_file(path, kept.model_dump_json(indent=2) + "\n")
    except OSError as problem:
        raise ConformanceError(
            Text(
                en=f"the review cannot be written: {problem.strerror or problem}",
                ja=f"確認の記録を書き込めません: {problem.strerror or problem}",
            ),
            str(path),
            Text(
                en="make the folder writable: nothing was decided",
                ja="フォルダーに書き込めるようにしてください。判断は記録されていません",
            ),
        ) from problem
