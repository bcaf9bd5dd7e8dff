"""A visitor of an application's pages, without a network or a browser."""

import asyncio
from typing import Any

import httpx
from starlette.types import ASGIApp


class Visitor:
    """Keeps cookies from one request to the next; follows no redirect."""

    def __init__(self, app: ASGIApp, origin: str) -> None:
        self.app = app
        self.origin = origin
        self.cookies = httpx.Cookies()

    def get(self, path: str, **more: Any) -> httpx.Response:
        """Ask for a page."""
        return asyncio.run(self._ask("GET", path, **more))

    def post(self, path: str, **more: Any) -> httpx.Response:
        """Send a form."""
        return asyncio.run(self._ask("POST", path, **more))

    async def _ask(self, method: str, path: str, **more: Any) -> httpx.Response:
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(app=self.app), base_url=self.origin, cookies=self.cookies
        ) as client:
            answer = await client.request(method, path, **more)
            self.cookies.update(client.cookies)
            return answer
