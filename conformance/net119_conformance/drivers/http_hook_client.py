"""Asks a vendor's hook, and tells its faults from what the system under test says.

A refusal (409) is the system's own word.  Everything else that is not the answer (no connection,
too late, another status, garbage) is a fault of the hook or of its set-up: it proves nothing about
the system, and the sentence says what to mend.
"""

import asyncio
import json
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TypeVar

import httpx
from net119_protocol.api.problems import Problem
from net119_protocol.model import WireModel
from net119_simulators.api_client import IDLE, as_json
from net119_simulators.errors import CallRefused
from net119_simulators.recorder import Recorder
from net119_simulators.safety import check_target
from pydantic import ValidationError

from net119_conformance.drivers.http_hook_requests import REQUESTS
from net119_conformance.drivers.http_hook_wire import HOOK, Offered, Refused
from net119_conformance.errors import DriverFailed
from net119_conformance.held_up import given_up

Answer = TypeVar("Answer", bound=WireModel)

OK, REFUSED, NOT_OFFERED = 200, 409, 501
LOOK_WITHIN_S = 5.0
"""For the answer to ``GET /``."""
OWED_AFTER_S = 1.0
"""A request that has not been answered for longer than this may be why nothing comes."""
MOST_BYTES = 16 * 1024 * 1024
"""Of one answer."""
_SHOWN = 200
_NOBODY = "All connection attempts failed"
"""What httpx says where no connection comes about."""


class HookClient:
    """One hook, asked by all actors of a purpose.

    ``url`` is ``http(s)://host:port``, with a path where the hook has one.

    Raises:
        SafetyInterlock: the host is neither loopback nor among ``declared_test_hosts``.
    """

    def __init__(
        self, url: str, *, declared_test_hosts: Collection[str] = (), slack: float = 1.0
    ) -> None:
        check_target(url, declared_test_hosts)
        self.url = url.rstrip("/")
        self._slack = slack
        self._owed: dict[int, _Owed] = {}
        """Requests that are not answered yet."""
        self._asked = 0
        self._http = httpx.AsyncClient(
            transport=httpx.AsyncHTTPTransport(trust_env=False, limits=IDLE),
            follow_redirects=False,
            trust_env=False,
        )

    async def look(self, recorder: Recorder) -> Offered:
        """What the hook offers (``GET /``); raises `DriverFailed`."""
        where = f"GET / at {self.url}"
        limit = LOOK_WITHIN_S * self._slack
        response = await self._exchange("GET", "/", None, limit, where, recorder, quiet=False)
        if response.status_code != OK:
            raise self._failed(
                where,
                f"answered with status {response.status_code}, not 200: {_excerpt(response)}",
                "see whether another web server listens there; the hook answers GET / with its "
                "name and its requests",
                f"200 ではなく {response.status_code} を返しました。ほかの Web サーバーが待ち受けて"
                "いないか確かめてください",
            )
        offered = self._read(response, Offered, where)
        unknown = sorted(set(offered.requests) - set(REQUESTS))
        if unknown:
            raise self._failed(
                where,
                f"names requests that {HOOK} does not have: {', '.join(unknown)}",
                f"leave them out of `requests`; there are {', '.join(REQUESTS)}",
                f"{HOOK} にない要求名を挙げています: {', '.join(unknown)}",
            )
        return offered

    async def ask(
        self,
        name: str,
        body: WireModel,
        answer: type[Answer],
        recorder: Recorder,
        *,
        quiet: bool = False,
    ) -> tuple[Answer, bytes]:
        """Make a request; the answer, and its bytes. ``quiet`` leaves it out of the evidence.

        Raises:
            CallRefused: the system under test says no.
            DriverFailed: the hook failed, or does not offer the request.
        """
        request = REQUESTS[name]
        where = f"POST /{name} at {self.url}"
        limit = request.within_s * self._slack
        with self._owing(where, waits=request.waits):
            response = await self._exchange(
                "POST", f"/{name}", as_json(body), limit, where, recorder, quiet=quiet
            )
        if response.status_code == OK:
            return self._read(response, answer, where), response.content
        if response.status_code == REFUSED:
            raise CallRefused(_problem(self._read(response, Refused, where)), where)
        if response.status_code == NOT_OFFERED:
            raise self._failed(
                where,
                f"is not offered: {_excerpt(response)}",
                f"offer `{name}` in the hook, or take back the claims that need it",
                f"この要求に対応していません: {_excerpt(response)}。`{name}` をフックに実装するか、"
                "それを必要とする申告を外してください",
            )
        raise self._failed(
            where,
            f"answered with status {response.status_code}: {_excerpt(response)}",
            "mend the hook: it answers 200 with the answer, 409 where the system refuses, 501 "
            "where it does not offer the request; its own log says what went wrong",
            f"状態 {response.status_code} を返しました: {_excerpt(response)}。原因はフックのログに"
            "あります",
        )

    def owed(self) -> DriverFailed | None:
        """The request that the hook has owed an answer for longest, if it is long; else None.

        It has its own time limit, and may be answered yet; until then nothing that does not come
        is the system's fault.
        """
        now = asyncio.get_running_loop().time()
        late = self._long_owed(now)
        if not late:
            return None
        oldest = min(late, key=lambda each: each.since)
        return self._not_answered(oldest.where, now - oldest.since)

    async def settled(self) -> bool:
        """Await the answers that are owed for long; whether there were any.

        Raises:
            DriverFailed: one did not come within its own time limit.
        """
        late = self._long_owed(asyncio.get_running_loop().time())
        for each in late:
            await each.settled.wait()
            if each.failure is not None:
                raise each.failure
        return bool(late)

    def _long_owed(self, now: float) -> list["_Owed"]:
        return [
            each for each in self._owed.values() if now - each.since >= OWED_AFTER_S * self._slack
        ]

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    @contextmanager
    def _owing(self, where: str, *, waits: bool) -> Iterator[None]:
        """While a request waits for the hook; one that waits for the system owes nothing."""
        if waits:
            yield
            return
        clock = asyncio.get_running_loop().time
        self._asked += 1
        number, began = self._asked, clock()
        owed = self._owed[number] = _Owed(where, began)
        try:
            yield
        except asyncio.CancelledError:
            if (waited := clock() - began) < OWED_AFTER_S * self._slack:
                raise  # A request that was only just made is not why nothing came.
            raise given_up(self._not_answered(where, waited)) from None
        except DriverFailed as failed:
            owed.failure = failed
            raise
        finally:
            del self._owed[number]
            owed.settled.set()

    def _not_answered(self, where: str, for_s: float) -> DriverFailed:
        return self._failed(
            where,
            f"had not been answered after {for_s:.1f} s, when what was waited for did not come",
            "have the hook answer as soon as the system was asked, not when it is done; the screen "
            "shows what comes of it",
            f"{for_s:.1f} 秒たっても応答がなく、待っていたことも起きませんでした。結果を待たず、"
            "試験対象に伝えた時点で応答してください（結果は画面で見ます）",
        )

    async def _exchange(
        self,
        method: str,
        path: str,
        content: str | None,
        within_s: float,
        where: str,
        recorder: Recorder,
        *,
        quiet: bool,
    ) -> httpx.Response:
        if not quiet:
            recorder.sent(f"hook {method} {path}", content or "")
        try:
            async with asyncio.timeout(within_s):
                response = await self._read_whole(method, path, content)
        except TimeoutError as late:
            recorder.received(f"no answer to {path}", f"nothing within {within_s:g} s")
            raise self._failed(
                where,
                f"was not answered within {within_s:g} s",
                "see whether the hook hangs, or answers one request at a time: it must answer "
                "several at once",
                f"{within_s:g} 秒以内に応答がありませんでした。フックが止まっていないか、要求を"
                "同時に受けられるかを確かめてください",
            ) from late
        except (httpx.HTTPError, _TooLong, ValueError) as wrong:
            reason = str(wrong) or type(wrong).__name__
            recorder.received(f"no answer to {path}", reason)
            nobody = isinstance(wrong, httpx.ConnectError) and reason == _NOBODY
            raise self._failed(
                where,
                f"could not be asked: {'nothing listens there' if nobody else reason}",
                "start the hook, or mend driver.url"
                if nobody
                else "see whether the hook runs and listens there, and speaks HTTP",
                "待ち受けているものがありません。フックを起動するか、driver.url を直してください"
                if nobody
                else f"問い合わせできませんでした（{reason}）。フックが動いて HTTP で答えているかを"
                "確かめてください",
            ) from wrong
        if not quiet:
            recorder.received(f"hook {response.status_code} {path}", response.content)
        return response

    async def _read_whole(self, method: str, path: str, content: str | None) -> httpx.Response:
        headers = {"Accept": "application/json", "Content-Type": "application/json"}
        request = self._http.build_request(
            method,
            self.url + path,
            content=content,
            headers=headers if content is not None else {"Accept": "application/json"},
            timeout=None,
        )
        response = await self._http.send(request, stream=True)
        try:
            read = bytearray()
            async for part in response.aiter_bytes():
                read += part
                if len(read) > MOST_BYTES:
                    raise _TooLong(f"the answer is longer than {MOST_BYTES} bytes")
        finally:
            await response.aclose()
        return httpx.Response(response.status_code, content=bytes(read))

    def _read(self, response: httpx.Response, model: type[Answer], where: str) -> Answer:
        try:
            return model.model_validate_json(response.content)
        except ValidationError as wrong:
            first = wrong.errors(include_url=False, include_input=False)[0]
            field = ".".join(map(str, first["loc"])) or "body"
            raise self._failed(
                where,
                f"answered status {response.status_code} with what is no {model.__name__} "
                f"({field}: {first['msg']}): {_excerpt(response)}",
                "compare the answer with docs/reference/hook.openapi.json",
                f"応答を読めません ({field}): {_excerpt(response)}。ほかの Web サーバーが"
                "答えていないか、docs/reference/hook.openapi.json のとおりかを確かめてください",
            ) from wrong

    def _failed(self, where: str, what: str, what_to_do: str, ja: str) -> DriverFailed:
        return DriverFailed(
            f"the hook of the system under test: {where} {what}. What to do: {what_to_do}",
            f"試験対象のフックの異常です。{where}: {ja}。フックとその設定を確かめてください"
            "（docs/http-hook.ja.md）",
        )


@dataclass(eq=False)
class _Owed:
    """A request that is not answered yet; ``settled`` once it is, or has failed."""

    where: str
    since: float
    settled: asyncio.Event = field(default_factory=asyncio.Event)
    failure: DriverFailed | None = None


class _TooLong(Exception):
    """An answer that nobody would want to keep."""


def _problem(refused: Refused) -> Problem:
    said = refused.model_dump(exclude={"refused"})
    return Problem(title=refused.refused.value, status=REFUSED, code=refused.refused, **said)


def _excerpt(response: httpx.Response) -> str:
    text = response.content[:_SHOWN].decode("utf-8", "backslashreplace")
    return json.dumps(text, ensure_ascii=False) if text else "nothing"
