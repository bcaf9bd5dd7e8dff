"""Performs a simulated call and prints it, as narration or as JSON lines."""

import asyncio
import json
import signal
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime
from typing import Any

from net119_protocol.directory import japan_date
from net119_protocol.labels import Language
from net119_scenarios.happening import Happening, What
from net119_scenarios.narrator import Narrator
from net119_scenarios.one_call import play
from net119_scenarios.plan import CallRequest, homes
from net119_scenarios.result import Result

from net119_cli.errors import UserError
from net119_cli.language import text


class TextOutput:
    """Narration for people; on a terminal a moving mark shows that something is being done."""

    def __init__(self, language: Language) -> None:
        self._narrator = Narrator(language)
        self._busy: AbstractContextManager[Any] = nullcontext()
        self._in_call = False

    def request(self, request: CallRequest) -> None:
        """Start the first part."""
        self._print(self._narrator.heading(ja="準備", en="Preparation"))

    def tell(self, happening: Happening) -> None:
        """Print its lines."""
        if happening.at is not None and not self._in_call:
            self._in_call = True
            self._print(self._narrator.heading(ja="通報", en="The call"))
        self._rest()
        self._print(self._narrator.tell(happening))
        if happening.what is What.STARTING:
            self._work()

    def began(self, at: datetime) -> None:
        """Count the seconds from here."""
        self._narrator.began = at

    def result(self, result: Result) -> None:
        """Print the checks and the end."""
        self._print(self._narrator.conclusion(result))

    def stop(self) -> None:
        """Take the moving mark away, whatever happened."""
        self._rest()

    def _work(self) -> None:
        from rich.console import Console

        console = Console()
        if console.is_terminal:
            self._busy = console.status(text(ja="起動しています", en="starting"))
            self._busy.__enter__()

    def _rest(self) -> None:
        busy, self._busy = self._busy, nullcontext()
        busy.__exit__(None, None, None)

    def _print(self, lines: list[str]) -> None:
        print(*lines, sep="\n", flush=True)


class JsonOutput:
    """One JSON object a line: `{"event", "role", "t", "text", ...details}`, at the end `result`."""

    def __init__(self, language: Language) -> None:
        self._narrator = Narrator(language)

    def request(self, request: CallRequest) -> None:
        """The first line: what was asked for, and that it is an exercise."""
        self._print({"event": "request", "exercise": True, **vars(request)})

    def tell(self, happening: Happening) -> None:
        """One line."""
        self._print(
            {
                "event": happening.what.value,
                "role": happening.role.value,
                "t": self._narrator.seconds(happening.at),
                "text": self._narrator.plain(happening),
                "details": dict(happening.details),
            }
        )

    def began(self, at: datetime) -> None:
        """Count the seconds from here."""
        self._narrator.began = at

    def result(self, result: Result) -> None:
        """The last line."""
        language = self._narrator.language
        checks = [
            {
                "name": check.name,
                "text": check.words.of(language),
                "held": check.held,
                "seen": check.seen,
            }
            for check in result.checks
        ]
        self._print({"event": "result", "ok": result.ok, "checks": checks})

    def stop(self) -> None:
        """Nothing to take away."""

    def _print(self, document: dict[str, Any]) -> None:
        print(json.dumps(document, ensure_ascii=False), flush=True)


def check_home(code: str) -> None:
    """UserError unless somebody can be registered at the department, with those where one can."""
    known = homes(japan_date(datetime.now(UTC)))
    if code in [department.code for department in known]:
        return
    listed = "\n".join(
        f"  {department.code:<16} {text(ja=department.name_ja, en=department.name_en)}"
        for department in known
    )
    raise UserError(
        text(
            ja=f"登録者のいる消防本部ではありません: {code}",
            en=f"no department with registrants: {code}",
        ),
        "--home",
        text(ja=f"次のどれかを指定してください:\n{listed}", en=f"use one of these:\n{listed}"),
    )


def perform(request: CallRequest, output: TextOutput | JsonOutput) -> int:
    """Act out the call and print it; returns 0 if it ended as it must, else 1.

    Raises:
        KeyboardInterrupt: it was ended by Ctrl-C, SIGTERM or SIGHUP; everything is stopped.
        SimulatorError: the providers could not be started.
    """
    output.request(request)
    try:
        result = asyncio.run(_until_signalled(request, output))
    except asyncio.CancelledError:
        raise KeyboardInterrupt from None
    finally:
        output.stop()
    output.result(result)
    return 0 if result.ok else 1


async def _until_signalled(request: CallRequest, output: TextOutput | JsonOutput) -> Result:
    task = asyncio.current_task()
    loop = asyncio.get_running_loop()
    end: Callable[[], object] = task.cancel if task is not None else loop.stop
    # Ctrl-C is asyncio's own. These two would end this process without anything being stopped.
    for number in (signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, end)
    return await play(request, output.tell, output.began)
