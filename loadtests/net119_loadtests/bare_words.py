"""How a report tells the ratios to a bare relay, in Japanese and English."""

from collections.abc import Iterator, Mapping
from typing import Any

from net119_loadtests.words import SERIES, Words

BARE_HEADS: tuple[Words, ...] = (
    ("", ""),
    ("試験対象", "system under test"),
    ("素の中継", "bare relay"),
    ("比", "ratio"),
)
_CPU: Words = ("1 件あたりの CPU (マイクロ秒)", "CPU for a line (microseconds)")


def bare_words(bare: Mapping[str, Any]) -> Words:
    """What was measured, and how."""
    callers, seconds, relay = bare["callers"], bare["seconds"], bare["relay"]
    return (
        f"素の中継 ({relay}、保存も検査もしない) に、同じ {callers:,} 人が同じ間隔で "
        f"{seconds:g} 秒間送信した値との比です。",
        f"Ratios to a bare relay ({relay}, which neither stores nor checks), at which the same "
        f"{callers:,} callers wrote as often for {seconds:g} s.",
    )


def bare_rows(
    bare: Mapping[str, Any], series: Mapping[str, Any]
) -> Iterator[tuple[Words, tuple[str, str, str]]]:
    """A row for each time and figure: the provider's, the bare relay's, the ratio."""
    for name, values in bare["series"].items():
        for key in ("p50", "p99") if name in series else ():
            words = SERIES[name]
            ratio = bare["ratios"][name][key]
            yield (
                (f"{words[0]} {key} (ミリ秒)", f"{words[1]} {key} (ms)"),
                (f"{series[name][key]:,.1f}", f"{values[key]:,.1f}", _ratio(ratio)),
            )
    ours, theirs = bare["providerCpuUsPerLine"], bare["cpuUsPerLine"]
    if ours is not None and theirs is not None:
        yield _CPU, (f"{ours:,.0f}", f"{theirs:,.0f}", _ratio(bare["ratios"]["cpuPerLine"]))


def _ratio(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}"
