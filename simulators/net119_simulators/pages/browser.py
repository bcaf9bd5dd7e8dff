"""A small browser without JavaScript: opens pages, follows links, sends forms, keeps cookies."""

import re
import ssl
from collections.abc import Collection, Iterable
from http.cookiejar import Cookie, CookieJar, DefaultCookiePolicy
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit
from urllib.request import Request

import httpx
from bs4 import Tag

from net119_simulators.api_client import IDLE
from net119_simulators.errors import Unreachable
from net119_simulators.pages.controls import Button, Entry, TextControl, Upload
from net119_simulators.pages.errors import PageNotShown
from net119_simulators.pages.form import Form
from net119_simulators.pages.page import Page
from net119_simulators.pages.reading import attribute
from net119_simulators.pages.submission import Submission, resolved
from net119_simulators.pages.traits import Traits
from net119_simulators.recorder import Recorder
from net119_simulators.safety import check_target

_MOST_REDIRECTS = 20
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_LEAST_SECRET = 6
_SECRET = re.compile(r"/(?:r|c|s)/([A-Za-z0-9_-]{16,})")


class Browser:
    """One person's browser window; ``page`` is what it shows.

    Every exchange goes to the recorder: what is sent by its fields, files by their size, secrets
    (passwords, hidden tokens, what `keep_secret` names) hidden. Proxies of the environment are
    not used; the safety interlock is asked again for each URL, of redirects too. ``transport``
    carries the requests in place of this machine's own TLS, as the handsets do; then ``tls`` and
    ``source_address`` are the transport's own matter.

    Raises:
        SafetyInterlock: a URL's host is neither loopback nor among ``declared_test_hosts``.
    """

    def __init__(
        self,
        tls: ssl.SSLContext | None,
        recorder: Recorder,
        *,
        traits: Traits | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
        timeout_s: float = 30.0,
        source_address: str | None = None,
        declared_test_hosts: Collection[str] = (),
    ) -> None:
        self.traits = traits or Traits()
        self._recorder = recorder
        self._declared = frozenset(declared_test_hosts)
        self._jar = CookieJar(_CookieRule(self.traits))
        self._http = httpx.AsyncClient(
            transport=transport
            or httpx.AsyncHTTPTransport(
                verify=tls if tls is not None else True,
                local_address=source_address,
                trust_env=False,
                limits=IDLE,
            ),
            cookies=self._jar,
            timeout=timeout_s,
            follow_redirects=False,
            trust_env=False,
        )
        self._kept_open: set[str] = set()
        self._page: Page | None = None
        self._last: tuple[httpx.Response, Page] | None = None
        """The response that was read last, and what it says."""
        self._referrer_policy = ""

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
        """Close the window and its connections."""
        await self._http.aclose()

    # --- what it shows ------------------------------------------------------------------------

    @property
    def page(self) -> Page:
        """The page that is shown; RuntimeError while none is."""
        if self._page is None:
            raise RuntimeError("the browser has opened no page yet")
        return self._page

    @property
    def cookies(self) -> dict[str, str]:
        """The cookies it keeps, by name."""
        return {cookie.name: cookie.value or "" for cookie in self._jar}

    def keep_secret(self, value: str) -> None:
        """Hide a value in what is recorded from now on."""
        # Replacing a short text everywhere would make the evidence unreadable.
        if len(value) >= _LEAST_SECRET:
            self._recorder.keep_secret(value)

    def set_cookie(self, url: str, name: str, value: str) -> None:
        """Put a cookie of a URL's host into the jar, as if the host had set it."""
        self.keep_secret(value)
        self._http.cookies.set(name, value, domain=urlsplit(url).hostname or "")

    def forget_cookies(self) -> None:
        """Delete all cookies, as a phone's owner may."""
        self._jar.clear()

    # --- going elsewhere ----------------------------------------------------------------------

    async def open(self, url: str) -> Page:
        """Type a URL, or open it from a mail.

        Raises:
            Unreachable: no connection, or no answer in time. PageNotShown: redirects never end.
        """
        return await self._go(Submission("GET", resolved(url, url)), came_from=None)

    async def follow(self, wanted: str) -> Page:
        """Follow the link with this text or the end of its URL; NotOnPage without it."""
        return await self._go(Submission("GET", self.page.link(wanted).url), self.page.url)

    async def tap(self, link: Tag) -> Page:
        """Follow a link that was found on the page that is shown."""
        url = resolved(self.page.url, attribute(link, "href") or "")
        return await self._go(Submission("GET", url), self.page.url)

    async def reload(self) -> Page:
        """Open the shown URL again."""
        return await self.open(self.page.url)

    async def press(
        self,
        wanted: str | Button,
        form: Form | str | None = None,
        *,
        force: bool = False,
        extra: Iterable[Entry] = (),
    ) -> Page:
        """Press a button, of the page's only form that has it unless a form is named.

        Raises:
            NotOnPage, BlockedByBrowser: see `Form.press`. Unreachable, PageNotShown: see `open`.
        """
        if form is None:
            form = self._form_of(wanted)
        elif isinstance(form, str):
            form = self.page.form(form)
        for control in form.controls:
            if isinstance(control, TextControl) and control.kind == "password":
                self.keep_secret(control.value)
        return await self._go(form.press(wanted, force=force, extra=extra), self.page.url)

    def _form_of(self, wanted: str | Button) -> Form:
        forms = self.page.forms
        if isinstance(wanted, str):
            with_value = [each for each in forms if each.has_button(wanted)]
            with_text = [each for each in forms if any(wanted in b.text for b in each.buttons)]
            return next(iter(with_value or with_text), None) or self.page.form_with(wanted)
        return next(each for each in forms if wanted in each.buttons)

    # --- the wire -----------------------------------------------------------------------------

    async def fetch(self, url: str) -> bytes:
        """The octets of something that belongs to the page, such as a picture or a style sheet.

        Raises:
            Unreachable: no answer. PageNotShown: another status than 200.
        """
        response = await self._exchange(Submission("GET", resolved(self.page.url, url)), None)
        if response.status_code != 200:
            page = self._read(response)
            raise PageNotShown("a file was expected", page.url, page.described(), page.status)
        return response.content

    async def _go(self, asked: Submission, came_from: str | None) -> Page:
        for _ in range(_MOST_REDIRECTS + 1):
            response = await self._exchange(asked, came_from)
            target = response.headers.get("location")
            if response.status_code not in _REDIRECTS or not target:
                self._page = self._read(response)
                self._referrer_policy = response.headers.get("referrer-policy", "")
                return self._page
            url = resolved(asked.url, target)
            if response.status_code in (307, 308):
                asked = Submission(asked.method, url, asked.content_type, asked.body, asked.entries)
            else:
                asked = Submission("GET", url)
        raise PageNotShown(
            "a page was expected", asked.url, f"more than {_MOST_REDIRECTS} redirects"
        )

    async def _exchange(self, asked: Submission, came_from: str | None) -> httpx.Response:
        check_target(asked.url, self._declared)
        headers = {**self.traits.accepts(), **self._provenance(asked, came_from)}
        if asked.content_type:
            headers["Content-Type"] = asked.content_type
        self._hide_secrets(asked.url)
        label = f"{asked.method} {_path(asked.url)}"
        self._recorder.sent(label, _written(asked.entries))
        try:
            response = await self._request(asked, headers)
        except httpx.TransportError as wrong:
            reason = str(wrong) or type(wrong).__name__
            self._recorder.received(f"no answer to {label}", reason)
            raise Unreachable(reason, f"{label} at {asked.url}") from wrong
        if self._recorder.is_heard:
            self._record(label, response)
        return response

    async def _request(self, asked: Submission, headers: dict[str, str]) -> httpx.Response:
        """Ask, and once more if the connection had been kept open and was found closed.

        A server may close an idle connection at the very moment at which it is used again;
        browsers then send the request, a form's too, over a new one (RFC 9112, 9.3.1 and 9.5).
        """
        content = asked.body if asked.method == "POST" else None
        origin = _origin(asked.url)
        try:
            response = await self._http.request(
                asked.method, asked.url, headers=headers, content=content
            )
        except (httpx.RemoteProtocolError, httpx.WriteError, httpx.ReadError):
            if origin not in self._kept_open:
                raise
            self._kept_open.discard(origin)
            return await self._request(asked, headers)
        if response.headers.get("connection", "").lower() != "close":
            self._kept_open.add(origin)
        return response

    def _record(self, label: str, response: httpx.Response) -> None:
        content_type = response.headers.get("content-type", "")
        if content_type.startswith("text/html"):
            self._hide_tokens(self._read(response))
        if response.headers.get("location"):
            self._hide_secrets(response.headers["location"])
            shown: str | bytes = f"to {response.headers['location']}"
        elif content_type.startswith("text/"):
            shown = response.content
        else:
            shown = f"({content_type or 'no media type'}, {len(response.content)} octets)"
        self._recorder.received(f"{response.status_code} {label}", shown)

    def _provenance(self, asked: Submission, came_from: str | None) -> dict[str, str]:
        """Where a request comes from, as browsers say it (Fetch standard; Referrer Policy)."""
        if not self.traits.fetch_metadata:
            return {}
        same = came_from is not None and _origin(came_from) == _origin(asked.url)
        site = "none" if came_from is None else "same-origin" if same else "cross-site"
        found = {
            "Sec-Fetch-Site": site,
            "Sec-Fetch-Mode": "navigate",
            "Sec-Fetch-Dest": "document",
            "Sec-Fetch-User": "?1",
            "Upgrade-Insecure-Requests": "1",
        }
        if came_from is None:
            return found
        silent = self._referrer_policy == "no-referrer"
        if asked.method == "POST":
            # A page that forbids referrers makes browsers send the origin "null" with its forms.
            hidden = silent or (self._referrer_policy == "same-origin" and not same)
            found["Origin"] = "null" if hidden else _origin(came_from)
        if same and not silent:
            found["Referer"] = came_from
        return found

    def _read(self, response: httpx.Response) -> Page:
        # For the record and for who looks at it alike: reading it takes longer than fetching it.
        if self._last is not None and self._last[0] is response:
            return self._last[1]
        page = Page(
            str(response.url),
            response.content,
            status=response.status_code,
            content_type=response.headers.get("content-type", ""),
            charsets=self.traits.charsets,
        )
        self._last = response, page
        return page

    def _hide_secrets(self, url: str) -> None:
        """Hide what opens a person's pages: mailed URLs, call pages, sessions in the URL."""
        for secret in _SECRET.findall(urlsplit(url).path):
            self.keep_secret(secret)

    def _hide_tokens(self, page: Page) -> None:
        for form in page.forms:
            for control in form.controls:
                if (
                    isinstance(control, TextControl)
                    and control.kind == "hidden"
                    and ("csrf" in control.name or "token" in control.name)
                ):
                    self.keep_secret(control.value)


class _CookieRule(DefaultCookiePolicy):
    """Keeps and sends cookies over the links over which this browser does."""

    def __init__(self, traits: Traits) -> None:
        super().__init__()
        self._traits = traits

    def _over(self, request: Request) -> bool:
        return self._traits.cookies and (self._traits.cookies_over_https or request.type != "https")

    def set_ok(self, cookie: Cookie, request: Request) -> bool:
        """Whether it keeps a cookie that came over this link."""
        return self._over(request) and super().set_ok(cookie, request)

    def return_ok(self, cookie: Cookie, request: Request) -> bool:
        """Whether it sends a cookie over this link."""
        return self._over(request) and super().return_ok(cookie, request)


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _path(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.path or '/'}{'?' if parts.query else ''}{parts.query}"


def _written(entries: Iterable[Entry]) -> str:
    lines = []
    for name, value in entries:
        if isinstance(value, Upload):
            value = (
                f"({value.filename or 'no file'}, {value.media_type}, {len(value.content)} octets)"
            )
        lines.append(f"{name}={value}")
    return "\n".join(lines)
