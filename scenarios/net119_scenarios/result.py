"""What a scenario found: each thing that must hold, and whether it held."""

from dataclasses import dataclass, field

from net119_scenarios.words import Words


@dataclass(frozen=True)
class Check:
    """Something that must hold. ``seen`` tells what there was instead, where it does not.

    ``reached`` is false where the run ended before anything could be seen of it; ``where`` is the
    line of a file that demands it, if there is one.
    """

    name: str
    words: Words
    held: bool
    seen: str = ""
    reached: bool = True
    where: str = ""


@dataclass
class Result:
    """The checks of one run, in order; a run without any is no success."""

    summary: Words
    """What has happened, in a sentence, if everything held."""
    checks: list[Check] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Whether everything held, and there was something to hold."""
        return bool(self.checks) and all(check.held for check in self.checks)

    def check(
        self, name: str, held: bool, ja: str, en: str, seen: object = "", where: str = ""
    ) -> bool:
        """Note a check; returns whether it held."""
        self.checks.append(Check(name, Words(ja, en), held, "" if held else str(seen), where=where))
        return held

    def not_reached(self, name: str, ja: str, en: str, where: str = "") -> None:
        """Note a check that the run did not get to; it does not hold."""
        self.checks.append(
            Check(name, Words(ja, en), False, "not reached", reached=False, where=where)
        )
