"""The worker's way to the desk: begin a purpose, open a step, wait for its answer."""

from typing import Any

import httpx

from net119_conformance.errors import DriverFailed
from net119_conformance.manual.desk import About
from net119_conformance.manual.steps import Answer, Step

_TIMEOUT_S = 30.0


class DeskClient:
    """Talks to the desk at ``url``.

    Raises:
        DriverFailed: from every method, when the desk does not answer.
    """

    def __init__(self, url: str) -> None:
        self._http = httpx.AsyncClient(base_url=url, timeout=_TIMEOUT_S, trust_env=False)

    async def begin(self, purpose: About) -> None:
        """Say which purpose is judged now."""
        await self._send("POST", "worker/begin", purpose.model_dump_json())

    async def finish(self) -> None:
        """Say that it is judged."""
        await self._send("POST", "worker/finish")

    async def ask(self, step: Step) -> int:
        """Open a step; its number."""
        answer = await self._send("POST", "worker/step", step.model_dump_json())
        return int(answer.json()["number"])

    async def answer(self, number: int, within: float) -> Answer | None:
        """How a step ended; None if it is still open after so many seconds."""
        answer = await self._send("GET", f"worker/step/{number}?within={within:g}")
        return None if answer.status_code == 204 else Answer.model_validate_json(answer.content)

    async def end(self, number: int, *, on_the_wire: bool) -> None:
        """End a step that is still open."""
        query = "yes" if on_the_wire else "no"
        await self._send("POST", f"worker/step/{number}/close?on-the-wire={query}")

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def _send(self, method: str, path: str, body: str = "") -> httpx.Response:
        content: dict[str, Any] = {"content": body.encode()} if body else {}
        try:
            answer = await self._http.request(method, path, **content)
            answer.raise_for_status()
        except httpx.HTTPError as problem:
            why = str(problem) or type(problem).__name__
            raise DriverFailed(
                f"the desk at which a person is asked does not answer ({why}). What to do: look "
                "whether the run was stopped, and judge again",
                f"人にお願いするためのページが応答しません（{why}）。実行が止められていないか"
                "確かめて、もう一度判定してください",
            ) from problem
        return answer
