"""What people take out of a provider's mails: URLs, ID and password."""

import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from net119_simulators.mailbox.letter import Letter
from net119_simulators.pages.errors import NotOnPage

_ID = re.compile(r"^(?:ID|ＩＤ)\s*[:：]\s*(\S+)\s*$", re.MULTILINE)
_PASSWORD = re.compile(r"^パスワード\s*[:：]\s*(\S+)\s*$", re.MULTILINE)


@dataclass(frozen=True)
class LogIn:
    """What the completion mail holds (TOM-18)."""

    url: str
    login_id: str
    password: str = field(repr=False)


def mailed_url(letter: Letter, part: str = "/r/") -> str:
    """The URL in a mail whose path has this part; NotOnPage without exactly one."""
    found = list(dict.fromkeys(url for url in letter.urls if part in urlsplit(url).path))
    if len(found) != 1:
        raise NotOnPage(f"one URL with {part!r}", f"in mail 「{letter.subject}」", letter.urls)
    return found[0]


def log_in_of(letter: Letter) -> LogIn:
    """URL, ID and password of a completion mail; NotOnPage without one of them."""
    login_id, password = _ID.search(letter.text), _PASSWORD.search(letter.text)
    if login_id is None or password is None or not letter.urls:
        raise NotOnPage(
            "URL, ID and password", f"in mail 「{letter.subject}」", letter.text.splitlines()[:10]
        )
    return LogIn(letter.urls[0], login_id.group(1), password.group(1))
