"""The one drill that is prepared or goes on, and what its leader does with it."""

import asyncio
from collections.abc import Mapping
from pathlib import Path

from net119_simulators.errors import SimulatorError

from net119_scenarios.drills.control import DrillState, NotNow
from net119_scenarios.drills.rehearsal import Rehearsal
from net119_scenarios.drills.roles import RolePlay, checked
from net119_scenarios.drills.view import DrillView
from net119_scenarios.drills.web.hall import Hall
from net119_scenarios.drills.web.offered import Offered


class Leader:
    """Leads one drill at a time."""

    def __init__(self, hall: Hall, folder: Path) -> None:
        self._hall = hall
        self._folder = folder
        self._task: asyncio.Task[None] | None = None
        self.offered: Offered | None = None
        """The drill that is prepared, goes on, or was the last."""
        self.rehearsal: Rehearsal | None = None
        """None while its network is prepared."""
        self.failed: SimulatorError | None = None
        """Why it could not be prepared or recorded."""

    @property
    def busy(self) -> bool:
        """Whether a drill is prepared or goes on."""
        return self._task is not None and not self._task.done()

    @property
    def recording(self) -> str:
        """The name of the record that is written now; empty while none is."""
        drill = self.rehearsal
        if not self.busy or drill is None or drill.state is DrillState.ENDED:
            return ""  # what is still put back after the end writes nothing
        return drill.record_id

    def prepare(self, offered: Offered, plays: Mapping[str, RolePlay], pace: float) -> None:
        """Prepare a drill; it waits for its start.

        Raises:
            NotNow: there is one already.
            WrongRoles: the roles do not fit.
            ValueError: there is no such pace.
        """
        if self.busy:
            raise NotNow("another drill is prepared or goes on", "ほかの訓練を準備中か、進行中です")
        checked(offered.scenario, plays)
        if pace != 0 and not 1 <= pace <= 8:
            raise ValueError(f"there is no pace {pace:g}")
        self.offered, self.rehearsal, self.failed = offered, None, None
        self._task = asyncio.create_task(self._run(offered, plays, pace), name="drill")

    def view(self) -> DrillView | None:
        """What the drill shows of itself; None before it has places."""
        return self.rehearsal.snapshot() if self.rehearsal is not None else None

    def act(self, what: str, detail: str = "", who: str = "") -> None:
        """Do one of start, pause, resume, pace, skip, inject and end.

        Raises:
            NotNow: it cannot be done now.
            InterlockRefuses: it is not safe.
            LookupError, ValueError: there is no such thing to do.
        """
        drill = self.rehearsal
        if drill is None:
            raise NotNow("no drill is prepared", "準備した訓練がありません")
        match what:
            case "start":
                drill.start(who)
            case "pause":
                drill.pause(who)
            case "resume":
                drill.resume(who)
            case "pace":
                drill.set_pace(float(detail), who)
            case "skip":
                drill.skip(who, number=int(detail) if detail else None)
            case "inject":
                drill.inject(detail, who)
            case "end":
                drill.end(who)
            case _:
                raise LookupError(f"nobody can {what}")

    async def close(self) -> None:
        """End what goes on, with its record where there is one to write."""
        task = self._task
        if task is None or task.done():
            return
        drill = self.rehearsal
        if drill is not None and drill.state not in (DrillState.ENDING, DrillState.ENDED):
            drill.end()
            await asyncio.wait({task}, timeout=20)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    async def _run(self, offered: Offered, plays: Mapping[str, RolePlay], pace: float) -> None:
        try:
            venue = await self._hall.open(offered.scenario)
            drill = Rehearsal(
                offered.scenario,
                venue,
                plays,
                name=offered.name,
                folder=self._folder,
                source=offered.source,
                pace=pace,
            )
            self.rehearsal = drill
            await drill.run()
        except SimulatorError as wrong:
            self.failed = wrong
