"""`net119 conformance coverage`: requirement, the purposes that judge it, the mutants they kill.

Purposes that judge no requirement (probes of what a profile denies, for instance) are counted, too.
A gap is a requirement that no purpose judges and that is not excluded with a reason, or a purpose
of which no mutant shows that it can fail.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table
from rich.text import Text as Line

from net119_conformance.catalogue import Catalogue, Lang, RequirementStatus, State, Text
from net119_conformance.purpose import Purpose
from net119_conformance.report.words import say


@dataclass(frozen=True)
class Gap:
    """Something that nothing judges or proves: the ID of a requirement or purpose, and why."""

    name: str
    why: Text


@dataclass(frozen=True)
class Coverage:
    """The join. ``mutants``: by purpose ID those that kill it; None where they are not at hand."""

    version: str
    statuses: Sequence[RequirementStatus]
    purposes: Mapping[str, Purpose]
    mutants: Mapping[str, Sequence[str]] | None

    def gaps(self) -> list[Gap]:
        """All gaps, those of requirements first."""
        found = [
            Gap(
                status.requirement.id,
                status.reason or Text(en="no purpose judges it", ja="判定する試験がありません"),
            )
            for status in self.statuses
            if status.state is State.PENDING
        ]
        if self.mutants is None:
            return found
        why = Text(
            en="no mutant shows that it can fail", ja="不合格になり得ることを示す変異体がありません"
        )
        found += [Gap(name, why) for name in sorted(self.purposes) if not self.mutants.get(name)]
        stray = Text(
            en="a mutant names it, but there is no such purpose",
            ja="変異体が名指すが、ない試験です",
        )
        found += [Gap(name, stray) for name in sorted(self.mutants.keys() - self.purposes.keys())]
        return found

    def without_requirement(self) -> list[str]:
        """The purposes that no requirement names."""
        named = {name for status in self.statuses for name in _judging(status)}
        return sorted(self.purposes.keys() - named)

    def to_json(self) -> str:
        """All of it as JSON, for programs; `mutants` is null where they are not at hand."""
        killing = self.mutants
        return json.dumps(
            {
                "catalogue": self.version,
                "mutants": None if killing is None else _count(killing),
                "requirements": [
                    {
                        "id": status.requirement.id,
                        "level": status.requirement.level.value,
                        "role": status.requirement.role.value,
                        "interfaces": "".join(status.requirement.sides),
                        "state": status.state.value,
                        "reason": status.reason.en if status.reason else "",
                        "reasonJa": status.reason.ja if status.reason else "",
                        "purposes": {
                            name: None if killing is None else list(killing.get(name, ()))
                            for name in _judging(status)
                        },
                    }
                    for status in self.statuses
                ],
                "withoutRequirement": {
                    name: None if killing is None else list(killing.get(name, ()))
                    for name in self.without_requirement()
                },
                "gaps": [
                    {"name": gap.name, "why": gap.why.en, "whyJa": gap.why.ja}
                    for gap in self.gaps()
                ],
            },
            ensure_ascii=False,
            indent=2,
        )


def cover(
    catalogue: Catalogue,
    statuses: Sequence[RequirementStatus],
    purposes: Mapping[str, Purpose],
    kills: Mapping[str, Sequence[str]] | None,
) -> Coverage:
    """Join what a suite has with its mutants: ``kills`` has by mutant the purposes it fails."""
    if kills is None:
        return Coverage(catalogue.version, statuses, purposes, None)
    by_purpose: dict[str, list[str]] = {}
    for mutant, killed in sorted(kills.items()):
        for name in killed:
            by_purpose.setdefault(name, []).append(mutant)
    return Coverage(catalogue.version, statuses, purposes, by_purpose)


def show(coverage: Coverage, console: Console, lang: Lang, *, gaps_only: bool = False) -> None:
    """Print the join as a table, the counts and every gap."""
    if not gaps_only:
        console.print(_table(coverage, lang))
    states = [status.state for status in coverage.statuses]
    covered, excluded = states.count(State.COVERED), states.count(State.EXCLUDED)
    console.print(
        say(
            lang,
            en=f"Catalogue {coverage.version}: {len(states)} requirements, {covered} judged by "
            f"{len(coverage.purposes)} test purposes, {excluded} excluded with a reason.",
            ja=f"カタログ {coverage.version}: 要求 {len(states)} 件。"
            f"試験 {len(coverage.purposes)} 件で {covered} 件を判定し、"
            f"{excluded} 件は理由を付けて対象外としています。",
        ),
        highlight=False,
    )
    console.print(_of_mutants(coverage, lang), highlight=False)
    gaps = coverage.gaps()
    for gap in gaps:
        word = say(lang, en="gap", ja="不足")
        console.print(Line(f"{word}: {gap.name}  {gap.why.get(lang)}", style="bold red"))
    if not gaps:
        console.print(say(lang, en="No gaps.", ja="不足はありません。"), style="bold green")


def _of_mutants(coverage: Coverage, lang: Lang) -> str:
    if coverage.mutants is None:
        return say(
            lang,
            en="Mutants were not looked at: they are in the repository (tests/mutants), which this "
            "installation is no checkout of.",
            ja="変異体は確かめていません。変異体はリポジトリー (tests/mutants) にあり、"
            "ここはリポジトリーの作業ツリーではありません。",
        )
    count = _count(coverage.mutants)
    return say(
        lang,
        en=f"{count} mutants show that purposes can fail (make mutants runs them).",
        ja=f"変異体 {count} 件が、試験が不合格になり得ることを示します "
        "(実行するのは make mutants です)。",
    )


def _table(coverage: Coverage, lang: Lang) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    for heading in (
        say(lang, en="requirement", ja="要求"),
        say(lang, en="level", ja="強さ"),
        say(lang, en="role", ja="役割"),
        say(lang, en="interface", ja="接点"),
        say(lang, en="test purposes (mutants)", ja="試験 (変異体の数)"),
    ):
        table.add_column(heading, overflow="fold")
    for status in coverage.statuses:
        one = status.requirement
        table.add_row(
            one.id,
            one.level.value,
            one.role.value,
            "".join(one.sides),
            _cell(coverage, status, lang),
        )
    if others := coverage.without_requirement():
        told = ", ".join(_counted(coverage, name) for name in others)
        table.add_row(say(lang, en="(none)", ja="（なし）"), "", "", "", Line(told))
    return table


def _counted(coverage: Coverage, name: str, mark: str = "") -> str:
    count = "" if coverage.mutants is None else f" ({len(coverage.mutants.get(name, ()))})"
    return f"{name}{mark}{count}"


def _cell(coverage: Coverage, status: RequirementStatus, lang: Lang) -> Line:
    parts = [
        _counted(coverage, name, "" if name in status.purposes else "*")
        for name in _judging(status)
    ]
    cell = Line(", ".join(parts))
    if status.reason is not None:
        word = {
            State.COVERED: say(lang, en="still open", ja="残り"),
            State.PENDING: say(lang, en="pending", ja="準備中"),
            State.EXCLUDED: say(lang, en="excluded", ja="対象外"),
        }[status.state]
        cell.append(f"{' ' if parts else ''}[{word}: {status.reason.get(lang)}]", style="yellow")
    return cell


def _judging(status: RequirementStatus) -> list[str]:
    return sorted({*status.purposes, *status.derived_purposes})


def _count(mutants: Mapping[str, Sequence[str]]) -> int:
    return len({mutant for killing in mutants.values() for mutant in killing})
