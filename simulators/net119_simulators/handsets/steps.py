"""The steps of a trial, what can come of each, and what is predicted of a handset."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Self

from pydantic import ConfigDict, RootModel, StringConstraints, model_validator


class Step(StrEnum):
    """What a user does, in order."""

    CONNECT = "connect"
    """The first page comes up."""
    CHECK = "check"
    """The check page tells whether the phone can be used (CTS-04)."""
    REGISTER = "register"
    LOG_IN = "log-in"
    CALL = "call"
    """A dispatcher has answered the call, with the right place."""
    CHAT = "chat"
    """A line has arrived at either side."""


class Outcome(StrEnum):
    """What comes of a step."""

    WORKS = "works"
    PLAINTEXT = "plaintext"
    """It works, unencrypted; the page says so."""
    LIMITED = "limited"
    """It works with a restriction that the page names."""
    STUCK = "stuck"
    """Here the user gets no further."""
    NOT_OFFERED = "not-offered"
    """The provider has no such step for this kind of phone."""
    UNREACHED = "unreached"
    """An earlier step got the user stuck, or was not tried."""
    NOT_TRIED = "not-tried"
    """The trial was not given what this step needs; nothing is known of the phone."""


class Policy(StrEnum):
    """What a department allows a handset that cannot encrypt (ASO-08, CNB-11)."""

    CLOSED = "closed"
    """There is no way in but TLS."""
    REFUSED = "refused"
    """There is a way in without encryption, and its pages say why it ends there."""
    PLAINTEXT = "plaintext"


class Reason(StrEnum):
    """Why a step is not simply `Outcome.WORKS`."""

    NONE = "none"
    TLS_VERSION = "tls-version"
    """No version of TLS in common."""
    SHA2_CERTIFICATE = "sha2-certificate"
    """The phone cannot check the certificate."""
    SIGNATURE_ALGORITHM = "signature-algorithm"
    CERTIFICATE = "certificate"
    """The phone does not trust the certificate for another reason."""
    NO_COMMON_CIPHER = "no-common-cipher"
    UNREACHABLE = "unreachable"
    NOT_ENCRYPTED = "not-encrypted"
    """The link is plain http."""
    MAILED_URL = "mailed-url"
    """The mailed URL is https and does not open, and there is nowhere to enter it."""
    PLAINTEXT_REFUSED = "plaintext-refused"
    """The department takes no unencrypted calls."""
    NO_COOKIES = "no-cookies"
    NO_POSITION = "no-position"
    """The phone sends no position."""
    WRONG_POSITION = "wrong-position"
    """The position arrived elsewhere."""
    GARBLED = "garbled"
    """The page, or what was typed, is unreadable."""
    NO_SCRIPT = "no-script"
    """What the page needs of JavaScript, the browser does not have."""
    NO_OFFLINE_PAGE = "no-offline-page"
    """The browser has no service worker, so out of coverage the page cannot say so."""
    NO_UPLOAD = "no-upload"
    REFUSED = "refused"
    """The provider said no, for another reason."""
    NO_LOGIN_ID = "no-login-id"
    """The trial was given no log-in."""
    NO_CONSOLE = "no-console"
    """The trial was given no console, so that no call could be confirmed."""
    UNEXPECTED = "unexpected"
    """The page is not what it must be."""


@dataclass(frozen=True)
class Expected:
    """An outcome with its reason."""

    outcome: Outcome
    reason: Reason = Reason.NONE

    def __str__(self) -> str:
        return (
            self.outcome.value if self.reason is Reason.NONE else f"{self.outcome} ({self.reason})"
        )


WORKS = Expected(Outcome.WORKS)
UNREACHED = Expected(Outcome.UNREACHED)

Said = Annotated[
    str, StringConstraints(pattern=r"^(works|not-offered|plaintext|limited|stuck)(: [a-z0-9-]+)?$")
]


class Prediction(RootModel[Mapping[Step, Said]]):
    """What the facts say will come of each step, written ``outcome: reason``.

    A step that is not listed is predicted to work; what follows a step that is stuck is unreached.
    """

    model_config = ConfigDict(frozen=True)

    @model_validator(mode="after")
    def _readable(self) -> Self:
        stuck = None
        for step in Step:
            said = self.root.get(step)
            if said is None:
                continue
            if stuck is not None:
                raise ValueError(f"{step} cannot be reached, since {stuck} is stuck")
            found = _read(said)
            unexplained = found.outcome in (Outcome.WORKS, Outcome.NOT_OFFERED)
            if unexplained is not (found.reason is Reason.NONE):
                raise ValueError(f"{step}: {said!r}: give a reason, but none for works")
            stuck = step if found.outcome is Outcome.STUCK else None
        return self

    def table(self) -> dict[Step, Expected]:
        """Every step with its outcome."""
        found: dict[Step, Expected] = {}
        stuck = False
        for step in Step:
            found[step] = UNREACHED if stuck else _read(self.root.get(step, Outcome.WORKS.value))
            stuck = stuck or found[step].outcome is Outcome.STUCK
        return found


def _read(said: str) -> Expected:
    outcome, _, reason = said.partition(": ")
    try:
        return Expected(Outcome(outcome), Reason(reason) if reason else Reason.NONE)
    except ValueError:
        known = ", ".join(each.value for each in Reason)
        raise ValueError(f"unknown reason {reason!r}; known are {known}") from None
