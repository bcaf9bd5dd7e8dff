"""The catalogue as a whole, and its join with the test purposes of the suite."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from net119_conformance.catalogue.model import (
    CatalogueError,
    Requirement,
    RequirementStatus,
    Source,
    State,
)


@dataclass(frozen=True)
class Catalogue:
    """All requirements of one catalogue version, in the order of the source files."""

    version: str
    sources: tuple[Source, ...]
    requirements: Mapping[str, Requirement]

    def join(
        self,
        purposes: Mapping[str, Sequence[str]],
        derived: Mapping[str, Sequence[str]] | None = None,
    ) -> list[RequirementStatus]:
        """Compute where every requirement stands, in catalogue order.

        `purposes` maps a purpose ID to the requirement IDs it judges; `derived` maps a purpose ID
        to the requirement IDs of which it judges the derived part. A purpose may be in both, and
        may name nothing (a rule of our own, such as one of the interconnect profile).

        Raises CatalogueError, with all problems at once, if a purpose names an unknown
        requirement, one twice, an excluded one or a derived part that does not exist, and if a
        requirement has neither a purpose nor `pending` nor `excluded`.
        """
        problems: list[str] = []
        judged = self._invert(purposes, problems)
        judged_derived = self._invert(derived or {}, problems)
        for rid, names in judged_derived.items():
            if not self.requirements[rid].has_derived_part:
                problems.append(f"{rid}: has no derived part, but {_list(names)} judges it")
        statuses = [
            self._status(requirement, judged.get(rid, []), judged_derived.get(rid, []), problems)
            for rid, requirement in self.requirements.items()
        ]
        if problems:
            raise CatalogueError(problems)
        return statuses

    def _invert(
        self, purposes: Mapping[str, Sequence[str]], problems: list[str]
    ) -> dict[str, list[str]]:
        by_requirement: dict[str, list[str]] = {}
        for purpose, named in sorted(purposes.items()):
            if isinstance(named, str):
                problems.append(
                    f"purpose {purpose}: needs a list of requirement IDs, got {named!r}"
                )
                continue
            for rid in named:
                if rid not in self.requirements:
                    problems.append(f"purpose {purpose}: unknown requirement {rid!r}")
                elif purpose in by_requirement.get(rid, []):
                    problems.append(f"purpose {purpose}: names {rid} twice")
                else:
                    by_requirement.setdefault(rid, []).append(purpose)
        return by_requirement

    @staticmethod
    def _status(
        requirement: Requirement, names: list[str], derived: list[str], problems: list[str]
    ) -> RequirementStatus:
        state, reason = State.PENDING, requirement.pending
        if names or derived:
            state = State.COVERED
            if requirement.excluded is not None:
                problems.append(
                    f"{requirement.id}: excluded, but {_list([*names, *derived])} judges it; "
                    "remove `excluded_*` or the requirement from the purpose"
                )
        elif requirement.excluded is not None:
            state, reason = State.EXCLUDED, requirement.excluded
        elif requirement.pending is None:
            problems.append(
                f"{requirement.id}: no purpose names it; "
                "add one, or say in `pending_*` what is missing"
            )
        return RequirementStatus(requirement, state, tuple(names), tuple(derived), reason)


def _list(names: list[str]) -> str:
    return ", ".join(sorted(set(names)))
