"""Leads a drill by lines typed in the terminal."""

import asyncio
import os
from contextlib import suppress
from typing import TextIO

from net119_scenarios.drills.control import DrillState, NotNow
from net119_scenarios.drills.interlock import InterlockRefuses
from net119_scenarios.drills.rehearsal import Rehearsal

from net119_cli.language import text


class Leader:
    """Reads lines from a terminal or a pipe while the drill goes on.

    What cannot be read from (a file, nothing at all) starts the drill at once: nobody will type.
    """

    def __init__(self, rehearsal: Rehearsal, stream: TextIO) -> None:
        self._rehearsal = rehearsal
        self._stream = stream
        self._listening = False
        self._rest = b""

    def listen(self) -> None:
        """Begin to read."""
        loop = asyncio.get_running_loop()
        try:
            loop.add_reader(self._stream.fileno(), self._readable)
        except (OSError, ValueError, NotImplementedError):
            self.take("")
            return
        self._listening = True
        print(text(ja="Enter で始めます。", en="Enter starts it."), flush=True)

    def close(self) -> None:
        """Read no more; no-op if nothing is read."""
        if self._listening:
            self._listening = False
            with suppress(OSError, ValueError):
                asyncio.get_running_loop().remove_reader(self._stream.fileno())

    def _readable(self) -> None:
        # Not the stream's own lines: those that it has read ahead would wait for the next.
        got = os.read(self._stream.fileno(), 4096)
        *lines, self._rest = (self._rest + got).split(b"\n")
        for line in lines:
            self.take(line.decode("utf-8", "replace").strip())
        if not got:  # the end of the input
            self.close()
            if self._rehearsal.state is DrillState.PREPARED:
                self.take("")

    def take(self, line: str) -> None:
        """Do what a line says; what is not possible is told."""
        rehearsal = self._rehearsal
        word, _, rest = line.partition(" ")
        try:
            if rehearsal.state is DrillState.PREPARED and word in ("", "start"):
                rehearsal.start()
            elif word == "p":
                rehearsal.pause()
            elif word == "r":
                rehearsal.resume()
            elif word == "s":
                rehearsal.skip()
            elif word == "e":
                rehearsal.end()
            elif word == "i":
                rehearsal.inject(rest.strip())
            elif word.startswith("x"):
                rehearsal.set_pace(float(word[1:]))
            elif word:
                self._usage()
        except InterlockRefuses as refused:
            for reason in refused.view.reasons:
                print(text(ja=reason.what.ja, en=reason.what.en), flush=True)
        except NotNow as wrong:
            print(text(ja=f"いまはできません（{wrong.ja}）", en=f"not now: {wrong}"), flush=True)
        except (LookupError, ValueError) as wrong:
            shown = wrong.args[0] if wrong.args else wrong
            print(text(ja=f"できません: {shown}", en=f"not possible: {shown}"), flush=True)
            self._usage()

    def _usage(self) -> None:
        known = ", ".join(each.id for each in self._rehearsal.snapshot().injections) or "-"
        print(
            text(
                ja="p 一時停止、r 再開、s 飛ばす、x0～x8 速さ、i 名前 注入、e 終了。"
                f"注入できるもの: {known}",
                en="p pause, r resume, s skip, x0 to x8 speed, i NAME inject, e end. "
                f"To inject: {known}",
            ),
            flush=True,
        )
