"""What a load run was asked for."""

from dataclasses import dataclass, field, replace
from pathlib import Path

from net119_loadtests.faults import Act, Fault
from net119_loadtests.house import Kind
from net119_loadtests.provider import Running
from net119_loadtests.providing import SINGLE
from net119_loadtests.report import Asked
from net119_loadtests.scripts import MINIMAL, Script
from net119_loadtests.shapes import STEADY, Shape
from net119_loadtests.words import Lang

SETTLE_S = 10.0
"""How long lines under way may take at the end."""


@dataclass(frozen=True)
class Options:
    """What ``net119 load run`` was asked for.

    ``running`` is the provider to use; without it one is started. ``arrivals_per_s`` are new calls
    per second until all callers are there. ``reply_every``: consoles write one line for each so
    many lines of a call. ``greetings`` are texts that the provider sends by itself in the
    dispatcher's name. ``workers`` generator processes are started; with ``expect`` that many are
    waited for at ``bind`` instead, ``wait_s`` at most; one that tells nothing for ``silence_s`` is
    taken for dead. ``web`` is the port of locust's page. ``sources`` are addresses
    to call from; by default loopback addresses for a provider there. ``server_pids`` are processes
    of the provider whose CPU and memory are noted, besides those started for the run;
    ``metrics_urls`` are pages of Prometheus that tell them instead; without either the provider's
    own ``/metrics`` is tried. ``bare``: measure a bare relay afterwards; ``None``: where the
    provider is on this machine. ``kind`` is the provider that is started. The first of ``faults``
    begins ``first_fault_s`` after the measured time has begun, each other one ``fault_pause_s``
    after all has recovered from the last; the run ends so long after the last one, or after
    ``duration_s``. Beyond ``capacity`` calls at once the provider may shed new ones; the one that
    is started does.
    ``generator`` replaces the generator's command line (for tests).
    """

    callers: int
    duration_s: float
    every_s: float = 1.0
    reply_every: int = 3
    arrivals_per_s: float = 40.0
    running: Running | None = None
    thresholds: Path | None = None
    out: Path = Path("build/load")
    lang: Lang = "ja"
    settle_s: float = SETTLE_S
    shape_name: str = "steady"
    shape: Shape = STEADY
    scripts: tuple[Script, ...] = (MINIMAL,)
    greetings: tuple[str, ...] = ()
    workers: int = 0
    expect: int = 0
    bind: tuple[str, int] = ("127.0.0.1", 5557)
    wait_s: float = 600.0
    silence_s: float = 60.0
    web: int | None = None
    sources: tuple[str, ...] = ()
    server_pids: tuple[int, ...] = ()
    metrics_urls: tuple[str, ...] = ()
    bare: bool | None = None
    kind: Kind = SINGLE
    capacity: int | None = None
    faults: tuple[Fault, ...] = ()
    first_fault_s: float = 5.0
    fault_pause_s: float = 5.0
    generator: tuple[str, ...] = field(default=())

    @property
    def kind_started(self) -> Kind:
        """The provider to start, with a disk that can be filled if one is to be."""
        filled = any(fault.act is Act.FILL for fault in self.faults)
        return replace(self.kind, small_disk=filled, open_calls=self.capacity)

    @property
    def asked(self) -> Asked:
        """The part that goes into the report."""
        return Asked(
            self.callers,
            self.duration_s,
            self.every_s,
            self.reply_every,
            self.arrivals_per_s,
            self.shape_name,
            self.workers or self.expect,
            tuple(fault.name for fault in self.faults),
            self.capacity,
        )
