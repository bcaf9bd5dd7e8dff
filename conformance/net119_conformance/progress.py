"""What a run shows while it runs: a live panel on a terminal, plain lines elsewhere."""

import time
from collections import Counter, deque
from types import TracebackType
from typing import Self

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.text import Text

from net119_conformance.catalogue import Lang
from net119_conformance.plan import PlanItem
from net119_conformance.record import ItemRecord
from net119_conformance.report.words import VERDICT_STYLE, VERDICT_WORD, say

LAST_SHOWN = 6


class Progress:
    """Shows what is done and what is running; use it with `with`."""

    def __init__(self, console: Console, lang: Lang, total: int, *, live: bool = True) -> None:
        self._console = console
        self._lang: Lang = lang
        self._total = total
        self._done: list[ItemRecord] = []
        self._last: deque[ItemRecord] = deque(maxlen=LAST_SHOWN)
        self._running: list[PlanItem] = []
        self._began = time.monotonic()
        self._live = (
            Live(get_renderable=self._panel, console=console, refresh_per_second=4, transient=True)
            if console.is_terminal and live
            else None
        )

    def __enter__(self) -> Self:
        if self._live is not None:
            self._live.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._live is not None:
            self._live.stop()

    def running(self, items: list[PlanItem]) -> None:
        """Tell which items are being run now."""
        self._running = items

    def done(self, record: ItemRecord) -> None:
        """Tell that an item has its verdict."""
        self._done.append(record)
        self._last.append(record)
        if self._live is None:
            width = len(str(self._total))
            count = Text(f"[{len(self._done):>{width}}/{self._total}] ")
            self._console.print(count + self._line(record), soft_wrap=True, highlight=False)

    def _line(self, record: ItemRecord) -> Text:
        word = VERDICT_WORD[record.verdict].get(self._lang)
        line = Text.assemble((word, VERDICT_STYLE[record.verdict]), f"  {record.id}")
        line.append(f"  {record.sut}  {record.duration_s:.1f} s", style="dim")
        return line

    def _panel(self) -> RenderableType:
        counts = Counter(record.verdict for record in self._done)
        head = Text.assemble(
            (say(self._lang, en="judging ", ja="判定中 "), "bold"),
            f"{len(self._done)}/{self._total}  {time.monotonic() - self._began:.0f} s ",
        )
        for verdict, count in counts.items():
            word = VERDICT_WORD[verdict].get(self._lang)
            head.append(f"  {word} {count}", style=VERDICT_STYLE[verdict])
        lines: list[RenderableType] = [
            head,
            ProgressBar(total=max(self._total, 1), completed=len(self._done), width=48),
            *(Text("  ") + self._line(record) for record in self._last),
        ]
        if self._running:
            names = ", ".join(item.purpose for item in self._running[:4])
            more = len(self._running) - 4
            names += f" +{more}" if more > 0 else ""
            label = say(self._lang, en="running: ", ja="実行中: ")
            lines.append(Text(f"  {label}{names}", style="dim", overflow="ellipsis", no_wrap=True))
        return Group(*lines)
