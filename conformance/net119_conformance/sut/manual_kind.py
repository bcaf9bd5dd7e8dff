"""The kind ``manual``: a system that a person operates, who is asked step by step."""

import socket
from collections.abc import AsyncIterator

from net119_protocol.interconnect.mapping import load_mapping
from net119_simulators.wiretap import Wiretap

from net119_conformance.catalogue import Text
from net119_conformance.drivers.manual import POSSIBLE, ManualDriver, ManualSettings
from net119_conformance.manual.hosting import HOST
from net119_conformance.sut.findings import Finding, Layer
from net119_conformance.sut.kinds import DriverKind, Site

NAME = "manual"
_REMEDY = Text(
    en="Name a port that nothing else uses, or leave it out for a free one",
    ja="ほかで使っていないポートを書くか、書かずに空いているポートを使ってください",
)

_FREE = Text(en="free for the page", ja="ページに使えます")
_ANY = Text(
    en="a page can be served here; the run takes a free port and prints the address",
    ja="ここでページを開けます。ポートは実行のときに空いているものを選び、住所を表示します",
)


def make(site: Site, settings: ManualSettings, wiretap: Wiretap) -> ManualDriver:
    """A driver for one purpose; it is told later where somebody can be asked."""
    profile = site.profile
    return ManualDriver(
        settings, profile.sut.code, load_mapping(profile.mapping), profile.timers.patience_s
    )


async def check(site: Site, settings: ManualSettings) -> AsyncIterator[Finding]:
    """Whether the page can be served, and whether a person is given enough time by the system."""
    place = f"{HOST}:{settings.port}" if settings.port else HOST
    with socket.socket() as mark:
        mark.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            mark.bind((HOST, settings.port))
        except OSError as problem:
            why = problem.strerror or str(problem)
            seen = Text(
                en=f"the page for the tester cannot be served there ({why})",
                ja=f"試験者のページをここで開けません（{why}）",
            )
            yield Finding(Layer.HERE, place, "driver.port", False, seen, _REMEDY)
            return
    yield Finding(
        Layer.HERE,
        place,
        "driver.port",
        True,
        _FREE if settings.port else _ANY,
    )
    timers = site.profile.timers
    short = [
        f"{name} = {value:g}"
        for name, value in (("t2_s", timers.t2_s), ("silent_s", timers.silent_s))
        if value < settings.step_s
    ]
    if short:
        names = ", ".join(short)
        advice = Text(
            en=f"a person may take {settings.step_s:g} s for a step, which is longer than {names}: "
            "set the system's timers higher for these runs, and say so in [timers]",
            ja=f"一つの操作に {settings.step_s:g} 秒かけられますが、{names} はそれより短い値です。"
            "この試験の間は試験対象のタイマーを長くし、[timers] にも書いてください",
        )
        yield Finding(Layer.HERE, NAME, "timers", True, advice)


MANUAL = DriverKind(make=make, model=ManualSettings, verbs=POSSIBLE, check=check, registers=False)
"""The kind, as profiles name it: ``driver.kind = "manual"``."""
