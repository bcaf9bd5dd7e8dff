"""A person who applies, changes, stops or renews through a mailed URL, by the API."""

import ssl
from collections.abc import Awaitable, Collection
from datetime import datetime
from types import TracebackType
from typing import Self

from net119_protocol.api.problems import ItemProblem
from net119_protocol.api.registration import AcceptTerms, DraftKept, MailedUrl, Renewed
from net119_protocol.application import Application
from net119_protocol.codes import Refusal

from net119_simulators.api_client import ApiClient
from net119_simulators.errors import CallRefused, NotConnected
from net119_simulators.recorder import Recorder
from net119_simulators.registration.acts import Problems, Shown
from net119_simulators.registration.urls import origin_of, secret_of
from net119_simulators.wiretap import Interface, Wiretap

_SAYS_WHAT_IS_WRONG = frozenset({Refusal.NOT_ACCEPTED, Refusal.IMAGE_REFUSED, Refusal.INVALID})


class ApiApplicant:
    """The verbs of `Applicant` over the API; methods raise besides what `ApiClient.ask` raises.

    The person knows a mailed URL and nothing else: where the API is follows from it.
    """

    def __init__(
        self,
        tls: ssl.SSLContext | None,
        *,
        name: str = "applicant",
        provider: str = "provider",
        wiretap: Wiretap | None = None,
        declared_test_hosts: Collection[str] = (),
    ) -> None:
        self.name = name
        self._tls = tls
        self._recorder = Recorder(wiretap, Interface.A, name, provider)
        self._declared = declared_test_hosts
        self._api: ApiClient | None = None
        self._path: dict[str, object] = {}
        self._shown: Shown | None = None

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
        """Close the connection."""
        if self._api is not None:
            await self._api.close()

    async def open(self, url: str) -> Shown:
        """Open a mailed URL."""
        secret, origin = secret_of(url), origin_of(url)
        self._recorder.keep_secret(secret)
        if self._api is None or self._api.base_url != origin:
            await self.close()
            self._api = ApiClient(
                origin,
                self._tls,
                self._recorder,
                timeout_s=15.0,
                declared_test_hosts=self._declared,
            )
        self._path, self._shown = {"token": secret}, None
        self._shown = _shown(await self._client.ask("mailed_url", MailedUrl, path=self._path))
        return self._shown

    async def accept_terms(self, version: str = "") -> None:
        """Agree to the terms."""
        offered = self._shown.terms_version if self._shown else ""
        body = AcceptTerms(version=version or offered)
        await self._client.tell("accept_terms", path=self._path, body=body)

    async def attach_image(self, content: bytes) -> Problems:
        """Hand in an image."""
        return await _wrong(self._client.tell("attach_image", path=self._path, content=content))

    async def fill(self, application: Application) -> Problems:
        """Fill the form in."""
        try:
            kept = await self._client.ask(
                "keep_draft", DraftKept, path=self._path, body=application
            )
        except CallRefused as refused:
            return _problems(refused)
        return kept.problems

    async def submit(self) -> Problems:
        """Hand the form in."""
        return await _wrong(self._client.tell("submit", path=self._path))

    async def stop(self) -> None:
        """End the registration."""
        await self._client.tell("stop", path=self._path)

    async def renew(self) -> datetime:
        """Go on."""
        return (await self._client.ask("renew", Renewed, path=self._path)).expires_at

    @property
    def _client(self) -> ApiClient:
        if self._api is None:
            raise NotConnected(self.name, "no mailed URL has been opened")
        return self._api


async def _wrong(work: Awaitable[None]) -> Problems:
    try:
        await work
    except CallRefused as refused:
        return _problems(refused)
    return ()


def _problems(refused: CallRefused) -> Problems:
    """What a refusal says is wrong with the items; another refusal is raised again."""
    if refused.code not in _SAYS_WHAT_IS_WRONG:
        raise refused
    said = refused.problem
    if said.problems:
        return said.problems
    text = said.detail or said.message_en
    return (ItemProblem(path=said.field or "", code=said.code.value, ja=text, en=text),)


def _shown(found: MailedUrl) -> Shown:
    return Shown(
        purpose=found.purpose,
        mail=found.mail,
        terms_version=found.terms.version,
        terms=found.terms.ja,
        terms_accepted=found.terms_accepted or "",
        application=found.application,
        defects=found.defects,
        has_image=found.has_image,
        contact=found.contact_ja,
    )
