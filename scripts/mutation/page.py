"""The result of a mutation run, and the page docs/mutation.md that is made from it.

``result.json`` holds what became of each mutant that was drawn; ``reasons.toml`` says, by hand, why
one that survived is no hole in the tests.  A survivor without a reason is an open question, and so
is a reason without its survivor.
"""

import json
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from scripts.mutation.areas import HERE, ROOT, Area, read_areas

RESULT = HERE / "result.json"
REASONS = HERE / "reasons.toml"
PAGE = ROOT / "docs" / "mutation.md"
INTRODUCTION = HERE / "page.md"
KINDS = {
    "equivalent": "nothing that anybody could observe differs",
    "harmless": "something differs that no rule speaks of",
    "elsewhere": "noticed by tests, or purposes, that the area does not name",
}
"""Kinds of reasons, and what each says of the survivor."""
NOTICED = ("killed", "timed out")
_KEPT = ("id", "module", "where", "line", "before", "after", "verdict", "by", "seconds")


@dataclass(frozen=True)
class Reason:
    """Why a survivor is no hole in the tests."""

    kind: str
    text: str


def keep(
    area: Area,
    made: int,
    left_out: Mapping[str, int],
    tried: Iterable[Mapping[str, Any]],
    seed: int,
    path: Path = RESULT,
) -> None:
    """Put an area's result in the place of its earlier one."""
    result = json.loads(path.read_text()) if path.exists() else {"areas": {}}
    result["areas"][area.name] = {
        "date": datetime.now(UTC).date().isoformat(),
        "seed": seed,
        "made": made,
        "left_out": dict(sorted(left_out.items())),
        "mutants": [{name: each[name] for name in _KEPT} for each in tried],
    }
    order = [each.name for each in read_areas()]
    result["areas"] = {name: result["areas"][name] for name in order if name in result["areas"]}
    path.write_text(json.dumps(result, ensure_ascii=False, indent=1) + "\n")


def read_reasons(path: Path = REASONS) -> dict[str, Reason]:
    """Reasons by the survivor's id.

    Raises:
        ValueError: a kind that is not known, or an id twice.
    """
    found: dict[str, Reason] = {}
    for each in tomllib.loads(path.read_text()).get("survivor", []):
        if each["kind"] not in KINDS:
            raise ValueError(
                f"{path.name}: {each['id']}: kind {each['kind']!r} is none of {[*KINDS]}"
            )
        if each["id"] in found:
            raise ValueError(f"{path.name}: {each['id']} stands there twice")
        found[each["id"]] = Reason(each["kind"], each["reason"].strip())
    return found


def questions(result: Mapping[str, Any], reasons: Mapping[str, Reason]) -> list[str]:
    """Survivors without a reason, and reasons without a survivor."""
    survivors = {each["id"]: each for each in _survivors(result)}
    lines = [
        f"{each['id']} survived, and has no reason in reasons.toml: "
        f"{each['module']}:{each['line']}: {each['before']} -> {each['after']}"
        for ident, each in survivors.items()
        if ident not in reasons
    ]
    return lines + [
        f"{ident} has a reason in reasons.toml, and did not survive or was not drawn"
        for ident in reasons
        if ident not in survivors
    ]


def rendered(
    result: Mapping[str, Any], reasons: Mapping[str, Reason], areas: Iterable[Area], head: str
) -> str:
    """The page."""
    titles = {each.name: each.title for each in areas}
    found = result["areas"]
    rows = [
        "| area | made | drawn | killed | timed out | survived | of these equivalent | score |",
        "| --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    for name, area in found.items():
        rows.append(_row(titles[name], area["made"], area["mutants"], reasons))
    every = [each for area in found.values() for each in area["mutants"]]
    made = sum(area["made"] for area in found.values())
    rows.append(_row("**all**", made, every, reasons))
    parts = [head.rstrip(), "", *rows, ""]
    dates = sorted({area["date"] for area in found.values()})
    seeds = sorted({str(area["seed"]) for area in found.values()})
    left_out: dict[str, int] = {}
    for area in found.values():
        for why, count in area["left_out"].items():
            left_out[why] = left_out.get(why, 0) + count
    told = ", ".join(f"{count} ({why})" for why, count in sorted(left_out.items()))
    parts += [
        f"Tried {' to '.join(dict.fromkeys((dates[0], dates[-1])))}, seed {', '.join(seeds)}. "
        f"Left out before the drawing: {told or 'none'}.",
        "",
        *_not_tried(name for name in titles if name not in found),
        "## By module",
        "",
        "| module | drawn | killed | timed out | survived | of these equivalent | score |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    for module in dict.fromkeys(each["module"] for each in every):
        mine = [each for each in every if each["module"] == module]
        parts.append(_row(f"`{_short(module)}`", None, mine, reasons))
    parts += ["", "## Survivors", ""]
    for name, area in found.items():
        survivors = [each for each in area["mutants"] if each["verdict"] == "survived"]
        if survivors:
            parts += [f"### {titles[name].split(':')[0]}", ""]
        for each in survivors:
            parts += _survivor(each, reasons)
    return "\n".join(parts).rstrip() + "\n"


def write() -> list[str]:
    """Write the page anew; answers with the open questions."""
    result, reasons = json.loads(RESULT.read_text()), read_reasons()
    PAGE.write_text(rendered(result, reasons, read_areas(), INTRODUCTION.read_text()))
    return questions(result, reasons)


def _not_tried(names: Iterable[str]) -> list[str]:
    absent = ", ".join(names)
    if not absent:
        return []
    return [f"Not tried yet, so nothing is known of them: {absent}.", ""]


def _survivors(result: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    every = (each for area in result["areas"].values() for each in area["mutants"])
    return [each for each in every if each["verdict"] == "survived"]


def _row(
    name: str,
    made: int | None,
    mutants: list[Mapping[str, Any]],
    reasons: Mapping[str, Reason],
) -> str:
    count = {verdict: 0 for verdict in (*NOTICED, "survived")}
    for each in mutants:
        count[each["verdict"]] += 1
    same = sum(
        each["verdict"] == "survived"
        and each["id"] in reasons
        and reasons[each["id"]].kind == "equivalent"
        for each in mutants
    )
    noticed, could_be = sum(count[each] for each in NOTICED), len(mutants) - same
    score = f"{100 * noticed / could_be:.1f} %" if could_be else "-"
    cells = [
        name,
        *([] if made is None else [f"{made:,}"]),
        len(mutants),
        *count.values(),
        same,
        score,
    ]
    return f"| {' | '.join(str(each) for each in cells)} |"


def _survivor(each: Mapping[str, Any], reasons: Mapping[str, Reason]) -> list[str]:
    reason = reasons.get(each["id"])
    told = f"**{reason.kind}**: {reason.text}" if reason else "**no reason yet**"
    where = f"`{_short(each['module'])}`, `{each['where'] or 'module'}` ({each['id']})"
    return [
        f"{where}: {told}",
        "",
        "```diff",
        f"- {each['before']}",
        f"+ {each['after']}",
        "```",
        "",
    ]


def _short(module: str) -> str:
    room, _, rest = module.partition("/")
    return f"{room}/…/{rest.partition('/')[2]}"
