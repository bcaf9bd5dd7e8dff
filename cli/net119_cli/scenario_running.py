"""Runs a scenario for `net119 scenario run`, narrated while it goes on."""

import asyncio
from pathlib import Path

from net119_protocol.labels import Language
from net119_scenarios.acted.as_html import page
from net119_scenarios.acted.as_text import heading, line_of, verdict
from net119_scenarios.acted.elsewhere import Elsewhere
from net119_scenarios.acted.model import Scenario
from net119_scenarios.acted.names import Names
from net119_scenarios.acted.performance import Outcome, Performance
from net119_scenarios.acted.timeline import Entry
from net119_scenarios.acted.venue import Venue
from net119_simulators.errors import SimulatorError

from net119_cli.errors import UserError
from net119_cli.language import text

NOT_APPLICABLE = 3


def perform(
    scenario: Scenario,
    language: Language,
    html: Path | None,
    pace: float,
    against: Path | None = None,
) -> int:
    """Act it out, by default on providers started here; 0 if everything held.

    3 if it needs what the system of ``against`` has not: each reason is printed.

    Raises:
        UserError: the HTML file cannot be written, or the providers do not start.
    """
    print(*heading(scenario, language), sep="\n")
    try:
        venue = Venue(scenario) if against is None else Elsewhere(scenario, against)
    except SimulatorError as wrong:
        raise UserError(wrong.what, wrong.where, wrong.what_to_do) from wrong
    if isinstance(venue, Elsewhere) and (reasons := venue.reasons(scenario)):
        print(text(ja="このシステムには当てはまりません:", en="Not applicable, because:"))
        print(*(f"- {each.of(language)}" for each in reasons), sep="\n")
        return NOT_APPLICABLE
    print(text(ja="準備しています（十数秒かかります）…", en="Getting ready (some ten seconds) ..."))
    try:
        outcome = asyncio.run(_run(scenario, language, pace, venue))
    except SimulatorError as wrong:
        raise UserError(wrong.what, wrong.where, wrong.what_to_do) from wrong
    print(*verdict(outcome, language), sep="\n")
    if html is not None:
        try:
            html.write_text(page(outcome, language), "utf-8")
        except OSError as wrong:
            raise UserError(
                text(ja=f"書けません: {wrong}", en=f"cannot be written: {wrong}"),
                "--html",
                text(ja="書ける場所を指定してください", en="name a place that can be written"),
            ) from None
        print(text(ja=f"書きました: {html}", en=f"wrote {html}"))
    return 0 if outcome.result.ok else 1


async def _run(scenario: Scenario, language: Language, pace: float, venue: Venue) -> Outcome:
    told: list[Entry] = []
    names = Names(scenario).actors

    def tell(entry: Entry) -> None:
        lines = line_of(entry, told[-1] if told else None, names, language)
        told.append(entry)
        print(*lines, sep="\n", flush=True)

    async with venue:
        return await Performance(scenario, venue, tell=tell, pace=pace).run()
