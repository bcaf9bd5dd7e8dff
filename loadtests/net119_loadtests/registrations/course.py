"""How far one person has come, and how long each stage took."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum

from net119_simulators.recorder import HIDDEN

from net119_loadtests.figures import Summary


class Stage(StrEnum):
    """Stages of a registration, in order; each is timed by the person who goes through it."""

    URL_MAIL = "url_mail_ms"
    """Empty mail sent -> mail with the URL in the mailbox."""
    TERMS = "terms_ms"
    """URL opened, terms read and agreed to."""
    FORM = "form_ms"
    """Form filled in and sent, with the picture where one is asked for."""
    SUBMIT = "submit_ms"
    """Confirmation page sent off."""
    REVIEW = "review_ms"
    """Submitted -> approved by staff and mail with ID and password in the mailbox."""
    LOG_IN = "log_in_ms"
    """Log-in page opened -> logged in."""
    CALL_PAGE = "call_page_ms"
    """Personal call page asked for and opened."""


@dataclass
class Course:
    """One person's course; ``failed`` tells at which stage it ended, and why."""

    number: int
    department: str
    mail: str
    times_ms: dict[Stage, float] = field(default_factory=dict)
    stage: Stage | None = None
    failed: str | None = None
    done: bool = False
    login_id: str = ""
    password: str = field(default="", repr=False)
    secrets: set[str] = field(default_factory=set, repr=False)
    """What nobody else may learn: secrets of URLs, cookies."""

    @contextmanager
    def at(self, stage: Stage) -> Iterator[None]:
        """Time a stage; one that fails has no time."""
        self.stage = stage
        began = time.perf_counter()
        yield
        self.times_ms[stage] = (time.perf_counter() - began) * 1000

    def fail(self, why: BaseException) -> None:
        """The course ends here; secrets are left out of what is told of it."""
        stage = self.stage.value.removesuffix("_ms") if self.stage else "start"
        text = f"{self.department} at {stage}: {type(why).__name__}: {why}"
        for secret in self.secrets - {""}:
            text = text.replace(secret, HIDDEN)
        self.failed = text[:1000]

    @property
    def has_submitted(self) -> bool:
        """Whether the application is in."""
        return Stage.SUBMIT in self.times_ms

    @property
    def is_over(self) -> bool:
        """Whether nothing more will come."""
        return self.done or self.failed is not None


def summaries(courses: Sequence[Course]) -> dict[str, Summary]:
    """The times of each stage that anybody went through."""
    found = {}
    for stage in Stage:
        summary = Summary.of(each.times_ms[stage] for each in courses if stage in each.times_ms)
        if summary is not None:
            found[stage.value] = summary
    return found
