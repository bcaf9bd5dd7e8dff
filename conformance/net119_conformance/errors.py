"""Exceptions of the conformance suite, and what those of the simulators mean.

Exception
 +-- ConformanceError   wrong options, profile, purposes or environment: the user mends it
 +-- SutUnavailable     the system under test cannot be reached: INCONCLUSIVE
 |    +-- DriverFailed  what operates it (a vendor's hook, say) fails: INCONCLUSIVE
 +-- TrialEnded         a purpose ended itself early; its verdict is recorded already
"""

from net119_simulators.errors import CallRefused, NotConnected, UnexpectedAnswer
from net119_simulators.pages.errors import BlockedByBrowser, CannotFill, NotOnPage, PageNotShown
from net119_simulators.peer.errors import MessageRefused, OtherAnswer, SendFailed

from net119_conformance.catalogue import Lang, Text

SUT_ANSWERS: tuple[type[Exception], ...] = (
    BlockedByBrowser,
    CallRefused,
    CannotFill,
    MessageRefused,
    NotConnected,
    NotOnPage,
    OtherAnswer,
    PageNotShown,
    SendFailed,
    UnexpectedAnswer,
)
"""Raised by simulators because of what the SUT said or broke off, never by a fault of the suite.

Where it was to be observed something else, the check fails; on the way there, nothing was judged.
"""


class ConformanceError(Exception):
    """The run cannot be set up. Shown without a traceback: what was wrong, where, what to do.

    The attributes of these names are English; ``in_japanese`` is the three in Japanese. What is the
    same in both (an option, a key, a word of another program) is given as one string.
    """

    def __init__(self, what: str | Text, where: str | Text, what_to_do: str | Text) -> None:
        self.what, self.where, self.what_to_do = (
            _in(each, "en") for each in (what, where, what_to_do)
        )
        super().__init__(f"{self.where}: {self.what}. {self.what_to_do}")
        self.in_japanese = (_in(what, "ja"), _in(where, "ja"), _in(what_to_do, "ja"))

    @property
    def ja(self) -> str:
        """As the text of the exception, in Japanese."""
        what, where, what_to_do = self.in_japanese
        return f"{where}: {what}。{what_to_do}"


def _in(said: str | Text, lang: Lang) -> str:
    return said if isinstance(said, str) else said.get(lang)


class SutUnavailable(Exception):
    """The SUT refused the connection, is gone, or never answered. Drivers raise it.

    The message names the address and what happened there. The verdict is INCONCLUSIVE: a system
    that is switched off has neither met nor missed a requirement.
    """


class DriverFailed(SutUnavailable):
    """What operates the SUT for us failed, so that nothing could be judged.

    The message names it, the request and what to do; ``ja`` is the same in Japanese.
    """

    def __init__(self, en: str, ja: str) -> None:
        super().__init__(en)
        self.ja = ja


class TrialEnded(Exception):
    """Raised by `Trial.require` and `Trial.not_applicable` to leave the purpose.

    The verdict is recorded before this is raised, so a purpose that catches it changes nothing.
    """
