"""Performs a simulated registration and prints it, as narration or as JSON lines."""

import asyncio
import json
import signal
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from net119_protocol.labels import Language
from net119_scenarios.layout import WIDTH
from net119_scenarios.registration.course import act_registration
from net119_scenarios.registration.narrator import RegistrationNarrator, opening
from net119_scenarios.registration.plan import RegisterRequest, RegistrationPlan
from net119_scenarios.registration.stage import RegistrationStage
from net119_scenarios.registration.steps import Failed, Taken
from net119_scenarios.result import Result

from net119_cli.language import text


class TextOutput:
    """Narration for people."""

    def __init__(self, language: Language) -> None:
        self._narrator = RegistrationNarrator(language)
        self._plan: RegistrationPlan | None = None

    def introduce(self, plan: RegistrationPlan) -> None:
        """This is an exercise; who registers where."""
        self._plan = plan
        self._print(opening(self._narrator.language, WIDTH))
        self._print(self._narrator.introduction(plan))
        getting_ready = text(
            ja="  起動しています（数秒から十数秒かかります）…",
            en="  Starting (this takes a few seconds) ...",
        )
        self._print([getting_ready])

    def started(self, stage: RegistrationStage) -> None:
        """The stage stands: the seconds count from here."""
        if self._plan is not None:
            self._print(self._narrator.started(self._plan, stage))
        self._narrator.began = datetime.now(UTC)

    def tell(self, told: Taken | Failed) -> None:
        """A step."""
        self._print(self._narrator.tell(told))

    def result(self, result: Result) -> None:
        """The checks and the end."""
        self._print(self._narrator.conclusion(result))

    def _print(self, lines: list[str]) -> None:
        print(*lines, sep="\n", flush=True)


class JsonOutput:
    """One JSON object a line: the request, each step, the failure if any, the result."""

    def __init__(self, language: Language) -> None:
        self._narrator = RegistrationNarrator(language)

    def introduce(self, plan: RegistrationPlan) -> None:
        """The first line: what was asked for, and that it is an exercise."""
        steps = [step.value for step in plan.steps]
        self._print({"event": "request", "exercise": True, **vars(plan.request), "steps": steps})

    def started(self, stage: RegistrationStage) -> None:
        """The stage stands."""
        self._narrator.began = datetime.now(UTC)
        details = {"provider": stage.provider, "url": stage.base_url, "seconds": stage.seconds}
        self._print({"event": "started", "details": details})

    def tell(self, told: Taken | Failed) -> None:
        """A step."""
        if isinstance(told, Failed):
            self._print({"event": "failed", "step": told.step.value, "seen": told.seen})
            return
        self._print(
            {
                "event": told.step.value,
                "role": told.actor.value,
                "t": self._narrator.seconds(told.at),
                "text": self._narrator.plain(told),
                "details": dict(told.details),
            }
        )

    def result(self, result: Result) -> None:
        """The last line."""
        checks = [
            {
                "name": check.name,
                "text": check.words.of(self._narrator.language),
                "held": check.held,
                "reached": check.reached,
                "seen": check.seen,
            }
            for check in result.checks
        ]
        self._print({"event": "result", "ok": result.ok, "checks": checks})

    def _print(self, document: dict[str, Any]) -> None:
        print(json.dumps(document, ensure_ascii=False), flush=True)


def perform(request: RegisterRequest, output: TextOutput | JsonOutput) -> int:
    """Act out the registration and print it; 0 if every step was seen to happen, else 1.

    Raises:
        KeyboardInterrupt: it was ended by Ctrl-C, SIGTERM or SIGHUP; everything is stopped.
        SimulatorError: the provider could not be started.
    """
    try:
        result = asyncio.run(_until_signalled(request, output))
    except asyncio.CancelledError:
        raise KeyboardInterrupt from None
    output.result(result)
    return 0 if result.ok else 1


async def _until_signalled(request: RegisterRequest, output: TextOutput | JsonOutput) -> Result:
    task = asyncio.current_task()
    loop = asyncio.get_running_loop()
    end: Callable[[], object] = task.cancel if task is not None else loop.stop
    # Ctrl-C is asyncio's own. These two would end this process without anything being stopped.
    for number in (signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, end)
    return await act_registration(request, output.introduce, output.started, output.tell)
