"""Who may do what: bearer tokens, the admin API's conditions, and a brake on guessing."""

import hmac
import ipaddress
import math
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TypeAlias, TypeVar

from net119_protocol.codes import LinkSecurity, Refusal
from starlette.datastructures import Headers

from net119_reference.config import Config
from net119_reference.ports import Refused
from net119_reference.web.link import link_of

_TOKEN_LENGTHS = range(16, 201)
_REMEMBERED_KEYS = 10_000
_Key = TypeVar("_Key")
_Times: TypeAlias = OrderedDict[_Key, deque[float]]


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
    return link_of(scope).security


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
    """Bounds failed log-ins in a sliding window: for one ID from one source, and of one source.

    Many people may share a source, such as a carrier's gateway: ``of_source`` is far above what
    they mistype, and right log-ins count nothing.  The addresses of an IPv6 network of 64 bits
    are one source.
    """

    def __init__(
        self,
        attempts: int,
        of_source: int,
        window_s: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._attempts = attempts
        self._of_source = of_source
        self._window_s = window_s
        self._clock = clock
        self._tried: _Times[tuple[str, str]] = OrderedDict()
        self._failed: _Times[str] = OrderedDict()

    @contextmanager
    def attempt(self, source: str, login_id: str) -> Iterator[None]:
        """Stand around a log-in, which raises Refused if ID or password are wrong.

        Raises:
            TooSoon: this was one too many; the password must not be looked at.
        """
        source = _network(source)
        self._begin(source, login_id)
        try:
            yield
        except Refused as refused:
            if refused.code is Refusal.NOT_AUTHENTICATED:
                self._recent(self._failed, source).append(self._clock())
            raise
        self._tried.pop((source, login_id), None)

    def _begin(self, source: str, login_id: str) -> None:
        """Count an attempt beforehand, so that many attempts at once are bounded, too."""
        self._check(self._recent(self._failed, source), self._of_source, "from this address")
        times = self._recent(self._tried, (source, login_id))
        self._check(times, self._attempts, "with this ID")
        times.append(self._clock())

    def _check(self, times: deque[float], most: int, whose: str) -> None:
        if len(times) >= most:
            raise TooSoon(
                f"{most} log-ins {whose} failed within {self._window_s:g} s; "
                "wait before trying again",
                max(1, math.ceil(times[-most] + self._window_s - self._clock())),
            )

    def _recent(self, known: _Times[_Key], key: _Key) -> deque[float]:
        """The times of a key that still count; keys used longest ago are forgotten."""
        times = known.setdefault(key, deque())
        known.move_to_end(key)
        if len(known) > _REMEMBERED_KEYS:
            known.popitem(last=False)
        while times and times[0] <= self._clock() - self._window_s:
            times.popleft()
        return times


def _network(source: str) -> str:
    try:
        address = ipaddress.ip_address(source.partition("%")[0])
    except ValueError:
        return source
    if address.version == 4:
        return source
    return str(ipaddress.ip_network((address, 64), strict=False))
