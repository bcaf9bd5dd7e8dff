"""Calls the HTTP operations of a provider's API, as a handset, a console or a harness does."""

import json
import ssl
from collections.abc import Collection, Mapping
from types import TracebackType
from typing import Self, TypeVar
from urllib.parse import quote

import httpx
from net119_protocol.api.operations import Operation, operation
from net119_protocol.api.problems import MEDIA_TYPE, Problem
from pydantic import BaseModel, ValidationError

from net119_simulators.errors import CallRefused, UnexpectedAnswer, Unreachable
from net119_simulators.recorder import Recorder
from net119_simulators.safety import check_target
from net119_simulators.without_sniffio import settle

settle()

Answer = TypeVar("Answer", bound=BaseModel)

_SHOWN = 300
IDLE = httpx.Limits(max_connections=100, max_keepalive_connections=20, keepalive_expiry=2.0)
"""Connections that nobody used for 2 s are not used again: servers often close them after 5 s, and
a request that meets such an end is lost without an answer (RFC 9112 9.5)."""


def as_json(model: BaseModel) -> str:
    """A wire model as it travels: camelCase, absent values left out."""
    return model.model_dump_json(by_alias=True, exclude_none=True)


class ApiClient:
    """One actor's HTTPS connection to a provider.

    ``base_url`` is ``https://host:port`` (or ``http://`` for a handset without encryption, then
    ``tls`` is ``None``); ``token`` is sent as bearer once set. Proxies of the environment and
    redirects are not followed, so that nothing leaves for another host.

    Raises:
        SafetyInterlock: the host is neither loopback nor among ``declared_test_hosts``.
    """

    def __init__(
        self,
        base_url: str,
        tls: ssl.SSLContext | None,
        recorder: Recorder,
        *,
        token: str | None = None,
        timeout_s: float = 10.0,
        source_address: str | None = None,
        declared_test_hosts: Collection[str] = (),
    ) -> None:
        check_target(base_url, declared_test_hosts)
        self.base_url = base_url.rstrip("/")
        self._recorder = recorder
        self._token: str | None = None
        self.token = token
        self._http = httpx.AsyncClient(
            transport=httpx.AsyncHTTPTransport(
                verify=tls if tls is not None else True,
                local_address=source_address,
                trust_env=False,
                limits=IDLE,
            ),
            timeout=timeout_s,
            follow_redirects=False,
            trust_env=False,
        )

    @property
    def token(self) -> str | None:
        """The bearer token; hidden in what the wiretap gets."""
        return self._token

    @token.setter
    def token(self, value: str | None) -> None:
        self._token = value
        if value:
            self._recorder.keep_secret(value)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def ask(
        self,
        name: str,
        answer: type[Answer],
        *,
        path: Mapping[str, object] | None = None,
        query: Mapping[str, str | int] | None = None,
        body: BaseModel | None = None,
    ) -> Answer:
        """Call the operation ``name`` of :mod:`net119_protocol.api.operations`.

        Raises:
            CallRefused: the provider answered with a problem document.
            UnexpectedAnswer: another status, media type or body than the operation's.
            Unreachable: no connection, or no answer in time.
        """
        wanted = operation(name)
        where = f"{wanted.method} {wanted.path} at {self.base_url}"
        response = await self._agreed(wanted, where, path or {}, query or {}, body)
        try:
            return answer.model_validate_json(response.content)
        except ValidationError as wrong:
            raise UnexpectedAnswer(
                f"the body of status {response.status_code} is no {answer.__name__}: "
                f"{_first_error(wrong)}",
                where,
            ) from wrong

    async def tell(
        self,
        name: str,
        *,
        path: Mapping[str, object] | None = None,
        body: BaseModel | None = None,
        content: bytes | None = None,
    ) -> None:
        """Call an operation that answers with nothing; ``content`` is a body that is no JSON.

        Raises:
            CallRefused, UnexpectedAnswer, Unreachable: see `ask`.
        """
        wanted = operation(name)
        where = f"{wanted.method} {wanted.path} at {self.base_url}"
        await self._agreed(wanted, where, path or {}, {}, body, content)

    async def _agreed(
        self,
        wanted: Operation,
        where: str,
        path: Mapping[str, object],
        query: Mapping[str, str | int],
        body: BaseModel | None,
        raw: bytes | None = None,
    ) -> httpx.Response:
        """The response, if it has the operation's status."""
        response = await self._exchange(wanted, where, path, query, body, raw)
        if response.status_code != wanted.status:
            media_type = response.headers.get("content-type", "").partition(";")[0].strip().lower()
            raise refusal_of(response.status_code, media_type, response.content, where)
        return response

    async def _exchange(
        self,
        wanted: Operation,
        where: str,
        path: Mapping[str, object],
        query: Mapping[str, str | int],
        body: BaseModel | None,
        raw: bytes | None,
    ) -> httpx.Response:
        filled = wanted.path.format_map({key: quote(str(path[key]), safe="") for key in path})
        headers = {"Accept": f"application/json, {MEDIA_TYPE}"}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        content = raw
        shown = f"{len(raw)} octets" if raw is not None else ""
        if raw is not None:
            headers["Content-Type"] = wanted.raw_request[0]
        elif body is not None:
            shown = as_json(body)
            content = shown.encode()
            headers["Content-Type"] = "application/json"
        self._recorder.sent(f"{wanted.method} {filled}", shown)
        try:
            response = await self._http.request(
                wanted.method,
                self.base_url + filled,
                params=dict(query),
                content=content,
                headers=headers,
            )
        except httpx.TransportError as wrong:
            reason = str(wrong) or type(wrong).__name__
            self._recorder.received(f"no answer to {wanted.name}", reason)
            raise Unreachable(reason, where) from wrong
        self._recorder.received(f"{response.status_code} {wanted.name}", response.content)
        return response


def refusal_of(
    status: int, media_type: str, content: bytes, where: str
) -> CallRefused | UnexpectedAnswer:
    """What an answer that is not the expected one means, as an exception to raise."""
    shown = f"status {status}, {media_type or 'no media type'}, {_excerpt(content)}"
    if status < 400 or media_type != MEDIA_TYPE:
        return UnexpectedAnswer(f"neither the answer nor a problem document: {shown}", where)
    try:
        problem = Problem.model_validate_json(content)
    except ValidationError as wrong:
        return UnexpectedAnswer(
            f"no valid problem document ({_first_error(wrong)}): {shown}", where
        )
    if problem.status != status:
        return UnexpectedAnswer(
            f"the problem document says status {problem.status}, the answer {status}", where
        )
    return CallRefused(problem, where)


def _excerpt(content: bytes) -> str:
    text = content[:_SHOWN].decode("utf-8", "backslashreplace")
    return json.dumps(text, ensure_ascii=False)


def _first_error(wrong: ValidationError) -> str:
    first = wrong.errors(include_url=False, include_input=False)[0]
    return f"{'.'.join(map(str, first['loc'])) or 'body'}: {first['msg']}"
