"""Who may do what: bearer tokens, the admin API's conditions, and a brake on guessing."""

import hmac
import ipaddress
import math
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Mapping

from net119_protocol.codes import LinkSecurity, Refusal
from starlette.datastructures import Headers

from net119_reference.config import Config
from net119_reference.ports import Refused

_TOKEN_LENGTHS = range(16, 201)
_REMEMBERED_KEYS = 10_000


def bearer_token(headers: Headers) -> str:
    """The token of the Authorization header.

    Raises:
        Refused: (not-authenticated) the header is missing, doubled or not a bearer token.
    """
    values = headers.getlist("authorization")
    if len(values) != 1:
        raise Refused(
            Refusal.NOT_AUTHENTICATED,
            "one header is needed: Authorization: Bearer TOKEN"
            if not values
            else "more than one Authorization header",
        )
    scheme, _, token = values[0].partition(" ")
    token = token.strip()
    if scheme.lower() != "bearer" or len(token) not in _TOKEN_LENGTHS or not token.isascii():
        raise Refused(
            Refusal.NOT_AUTHENTICATED,
            "the Authorization header is not of the form: Bearer TOKEN",
        )
    return token


def link_security(scope: Mapping[str, object]) -> LinkSecurity:
    """Whether the client's connection is encrypted (ASO-17)."""
    encrypted = scope.get("scheme") in {"https", "wss"}
    return LinkSecurity.ENCRYPTED if encrypted else LinkSecurity.PLAINTEXT


def check_admin(config: Config, source: str, headers: Headers) -> None:
    """Let only a loopback client with the admin token pass.

    Raises:
        Refused: forbidden for another address, not-authenticated for another token.
    """
    try:
        near = ipaddress.ip_address(source).is_loopback
    except ValueError:
        near = False
    if not near:
        raise Refused(Refusal.FORBIDDEN, "the admin API answers to loopback addresses only")
    token = bearer_token(headers)
    expected = config.admin.token
    if expected is None or not hmac.compare_digest(token, expected.get_secret_value()):
        raise Refused(Refusal.NOT_AUTHENTICATED, "this is not the admin token")


class TooSoon(Refused):
    """Refused for the time being; ``retry_after_s`` says until when."""

    def __init__(self, detail: str, retry_after_s: int) -> None:
        super().__init__(Refusal.TOO_MANY, detail)
        self.retry_after_s = retry_after_s


class LogInBrake:
    """Bounds failed log-ins for one ID from one address in a sliding window."""

    def __init__(
        self, attempts: int, window_s: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._attempts = attempts
        self._window_s = window_s
        self._clock = clock
        self._tried: OrderedDict[tuple[str, str], deque[float]] = OrderedDict()

    def begin(self, source: str, login_id: str) -> None:
        """Count an attempt, before the password is looked at.

        Counted beforehand, so that many attempts at once are bounded too.

        Raises:
            TooSoon: this was one too many.
        """
        key = (source, login_id)
        times = self._tried.setdefault(key, deque())
        self._tried.move_to_end(key)
        if len(self._tried) > _REMEMBERED_KEYS:
            self._tried.popitem(last=False)
        now = self._clock()
        while times and times[0] <= now - self._window_s:
            times.popleft()
        if len(times) >= self._attempts:
            raise TooSoon(
                f"{self._attempts} log-ins with this ID failed within {self._window_s:g} s; "
                "wait before trying again",
                max(1, math.ceil(times[0] + self._window_s - now)),
            )
        times.append(now)

    def succeeded(self, source: str, login_id: str) -> None:
        """The password was right: the ID starts afresh for this address."""
        self._tried.pop((source, login_id), None)
