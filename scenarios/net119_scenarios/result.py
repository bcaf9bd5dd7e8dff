"""What a scenario found: each thing that must hold, and whether it held."""

from dataclasses import dataclass, field

from net119_scenarios.words import Words


@dataclass(frozen=True)
class Check:
    """Something that must hold. ``seen`` tells what there was instead, where it does not; so does
    ``seen_ja`` in Japanese, where it is told in both languages.

    ``reached`` is false where the run ended before anything could be seen of it; ``where`` is the
    line of a file that demands it, if there is one.
    """

    name: str
    words: Words
    held: bool
    seen: str = ""
    reached: bool = True
    where: str = ""
    seen_ja: str = ""

    @property
    def instead(self) -> Words:
        """What there was instead, in both languages as far as it is told so."""
        return Words(self.seen_ja or self.seen, self.seen)


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
        """Note a check; returns whether it held. ``seen`` may be `Words`."""
        both = seen if isinstance(seen, Words) else Words("", str(seen))
        told, told_ja = ("", "") if held else (both.en, both.ja)
        self.checks.append(Check(name, Words(ja, en), held, told, where=where, seen_ja=told_ja))
        return held

    def not_reached(self, name: str, ja: str, en: str, where: str = "") -> None:
        """Note a check that the run did not get to; it does not hold."""
        self.checks.append(
            Check(
                name,
                Words(ja, en),
                False,
                "not reached",
                reached=False,
                where=where,
                seen_ja="そこまで進まなかった",
            )
        )
