"""What people take out of their mail: URLs with secrets in them, ID and password."""

import re
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit

from net119_simulators.errors import UnexpectedAnswer
from net119_simulators.mailbox.letter import Letter

_ID = re.compile(r"^(?:ID|ＩＤ)\s*[:：]\s*(\S+)\s*$", re.MULTILINE)
_PASSWORD = re.compile(r"^パスワード\s*[:：]\s*(\S+)\s*$", re.MULTILINE)
_MAILED = "/r/"
_CALL_PAGE = "/c/"
_CALLBACK = "/b/"
_WITH_SECRET = (_MAILED, _CALL_PAGE, _CALLBACK)


@dataclass(frozen=True)
class MailedKeys:
    """What the completion mail holds (TOM-18)."""

    url: str
    login_id: str
    password: str = field(repr=False)

    @property
    def department(self) -> str | None:
        """The department that the URL names, whom to ask when the log-in fails (CNB-15)."""
        named = parse_qs(urlsplit(self.url).query).get("department")
        return named[0] if named else None


@dataclass(frozen=True)
class CallPageKeys:
    """A personal call page on one device: its URL, and what the device is known by."""

    url: str
    device: str = field(repr=False)


def origin_of(url: str) -> str:
    """Scheme, host and port of a URL, where the API is too."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def call_page_url(origin: str, secret: str) -> str:
    """The URL of a personal call page."""
    return f"{origin}{_CALL_PAGE}{secret}"


def secret_of(url: str) -> str:
    """The secret at the end of a mailed URL, of a call page or of a callback.

    Raises:
        UnexpectedAnswer: the URL is none of them.
    """
    path = urlsplit(url).path
    for prefix in _WITH_SECRET:
        secret = path.removeprefix(prefix)
        if path.startswith(prefix) and secret and "/" not in secret:
            return secret
    raise UnexpectedAnswer(
        f"{url!r} is neither a mailed URL nor one of a call page or a callback", "in a mail"
    )


def mistyped(url: str) -> str:
    """A URL that differs from this one in one character of its secret.

    Not in the last one: of a secret in base64 it may hold bits that no decoder looks at. Nor does
    it differ in being a capital letter, which means nothing in hexadecimal numbers.

    Raises:
        UnexpectedAnswer: the URL has no secret.
    """
    at = url.rindex(secret := secret_of(url)) + len(secret) // 2
    one, another = "12" if url[at].isdigit() else "ab"
    return url[:at] + (one if url[at].lower() != one else another) + url[at + 1 :]


def mailed_url(urls: tuple[str, ...]) -> str:
    """The one URL for an application, a change or a renewal among those of a mail.

    Raises:
        UnexpectedAnswer: there is none, or more than one.
    """
    return _the_one(urls, _MAILED)


def callback_url(urls: tuple[str, ...]) -> str:
    """The one URL that leads back to a call (CNB-31) among those of a mail.

    Raises:
        UnexpectedAnswer: there is none, or more than one.
    """
    return _the_one(urls, _CALLBACK)


def has_callback_url(urls: tuple[str, ...]) -> bool:
    """Whether one of the URLs of a mail leads back to a call."""
    return any(urlsplit(url).path.startswith(_CALLBACK) for url in urls)


def _the_one(urls: tuple[str, ...], prefix: str) -> str:
    found = [url for url in dict.fromkeys(urls) if urlsplit(url).path.startswith(prefix)]
    if len(found) != 1:
        raise UnexpectedAnswer(f"one URL with {prefix} was expected, not {len(found)}", "in a mail")
    return found[0]


def secrets_in(letter: Letter) -> tuple[str, ...]:
    """Everything in a mail that must not be shown to others: secrets of URLs, and a password."""
    found = [
        urlsplit(url).path.rpartition("/")[2]
        for url in letter.urls
        if urlsplit(url).path.startswith(_WITH_SECRET)
    ]
    password = _PASSWORD.search(letter.text)
    return (*found, password.group(1)) if password else tuple(found)


def keys_in(text: str, urls: tuple[str, ...]) -> MailedKeys:
    """URL, ID and password of a completion mail.

    Raises:
        UnexpectedAnswer: one of them is not there.
    """
    login_id, password = _ID.search(text), _PASSWORD.search(text)
    if login_id is None or password is None or not urls:
        raise UnexpectedAnswer("URL, ID and password are not all there", "in a completion mail")
    return MailedKeys(urls[0], login_id.group(1), password.group(1))
