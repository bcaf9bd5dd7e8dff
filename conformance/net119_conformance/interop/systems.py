"""Systems that the suite plays itself: a good one, and known-bad ones, each defect by name.

Each is a provider that speaks interface B through a simulated peer, with a caller and a dispatcher
of its own. What a bad one does wrong is written down here, and which side it must be named as.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from net119_conformance.catalogue import Text


class Defect(StrEnum):
    """What a simulated system does wrong."""

    NONE = "none"
    SILENCE = "silence"
    """It neither offers a call nor answers an offer."""
    LOST_LINES = "lost-lines"
    """It acknowledges lines of its own people, and passes them on to nobody."""
    NO_RECEIPTS = "no-receipts"
    """It confirms no line of the other side."""
    SPOOFED_VIA = "spoofed-via"
    """It writes another provider's operator code into its messages."""
    NEVER_CLOSES = "never-closes"
    """It tells nobody that a call is closed, and answers nobody's close."""
    FORGETFUL = "forgetful"
    """It acknowledges the first line after a broken connection, and loses it."""
    STAYS_AWAY = "stays-away"
    """It does not connect again after a broken connection."""
    LATE = "late"
    """It accepts after the offer has expired, and assigns a call to nobody."""


@dataclass(frozen=True)
class Simulated:
    """A system that the suite plays: its name at the command line, and what it does."""

    name: str
    defect: Defect
    does: Text


SIMULATED: Mapping[str, Simulated] = {
    each.name: each
    for each in (
        Simulated(
            "good",
            Defect.NONE,
            Text(en="keeps to the profile", ja="接続仕様のとおりに動きます"),
        ),
        Simulated(
            "silence",
            Defect.SILENCE,
            Text(
                en="offers no call and answers no offer",
                ja="通報を申し出ず、申し出にも答えません",
            ),
        ),
        Simulated(
            "lost-lines",
            Defect.LOST_LINES,
            Text(
                en="acknowledges its own people's lines and passes none on",
                ja="自分の側の文を受け付けたことにして、相手に送りません",
            ),
        ),
        Simulated(
            "no-receipts",
            Defect.NO_RECEIPTS,
            Text(en="confirms no line of the other side", ja="相手の文に確認を返しません"),
        ),
        Simulated(
            "spoofed-via",
            Defect.SPOOFED_VIA,
            Text(
                en="writes another provider's code into its messages",
                ja="電文に別の事業者のコードを書きます",
            ),
        ),
        Simulated(
            "never-closes",
            Defect.NEVER_CLOSES,
            Text(
                en="tells nobody that a call is closed, and answers nobody's close",
                ja="通報の終了を相手に伝えず、相手の終了にも答えません",
            ),
        ),
        Simulated(
            "forgetful",
            Defect.FORGETFUL,
            Text(
                en="loses the first line after a broken connection, which it acknowledged",
                ja="接続が切れた後の最初の文を、受け付けたことにして失います",
            ),
        ),
        Simulated(
            "stays-away",
            Defect.STAYS_AWAY,
            Text(
                en="does not connect again after a broken connection",
                ja="接続が切れた後、つなぎ直しません",
            ),
        ),
        Simulated(
            "late",
            Defect.LATE,
            Text(
                en="accepts offers after they expired, and assigns its own to nobody",
                ja="期限の過ぎた申し出を承諾し、自分の申し出は割り当てません",
            ),
        ),
    )
}
"""Every system that the suite can play, by name."""
