"""What `net119 handset try` and `matrix` show: steps, the table, HTML, JSON."""

import html
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from net119_protocol.labels import Label
from net119_protocol.profile.model import Channel, Profile
from net119_scenarios.layout import WIDTH, columns
from net119_simulators.handsets import Expected, Handset, Outcome, Policy, Reason, Step
from net119_simulators.handsets import words as said
from net119_simulators.handsets.bench import policy_of
from net119_simulators.handsets.trial import Happened, TrialResult

from net119_cli.handset_output import in_use, table
from net119_cli.language import current_language, text

_LEFT = 14


@dataclass(frozen=True)
class Entry:
    """One phone at one department: what came of it, and what was predicted."""

    handset: Handset
    department: str
    department_name: Label
    policy: Policy
    result: TrialResult
    skipped: frozenset[Step] = frozenset()
    """Steps that were not tried on purpose, or of which nothing is predicted: they are compared
    with nothing."""

    @property
    def differences(self) -> dict[Step, tuple[Expected, Expected]]:
        """Steps whose outcome or reason differ from the prediction: predicted, happened."""
        predicted, happened = self.handset.predicted[self.policy].table(), self.result.table
        return {
            step: (predicted[step], happened[step])
            for step in Step
            if step not in self.skipped and predicted[step] != happened[step]
        }


def entry_of(
    handset: Handset, profile: Profile, result: TrialResult, *, registered: bool = True
) -> Entry:
    """One phone at one department; ``registered``: the phone itself was to register."""
    by_mail = Channel.MAIL_WEB in profile.channels and profile.mail.application is not None
    skipped = frozenset() if registered and by_mail else frozenset({Step.REGISTER})
    name = Label(profile.name.ja, profile.name.en)
    policy = policy_of(profile)
    return Entry(handset, profile.department, name, policy, result, skipped)


def entry_elsewhere(
    handset: Handset, profile: Profile, result: TrialResult, *, url: str, plaintext_url: str | None
) -> Entry:
    """One phone at a provider that runs elsewhere.

    There the profile does not say what is allowed to phones that cannot encrypt: they can call
    where there is an address for them. Compared is what was tried, as far as the first failure.
    """
    policy = Policy.CLOSED if plaintext_url is None else Policy.PLAINTEXT
    predicted = handset.predicted[policy].table()
    refused = Expected(Outcome.STUCK, Reason.PLAINTEXT_REFUSED)
    skipped = {
        step
        for step, happened in result.table.items()
        if step is Step.REGISTER
        or happened.outcome in (Outcome.UNREACHED, Outcome.NOT_TRIED)
        or predicted[step].outcome is Outcome.UNREACHED
        or happened == refused
    }
    if url.startswith("http:"):
        # Nothing is predicted of phones that are made to do without encryption.
        skipped = set(Step)
    name = Label(profile.name.ja, profile.name.en)
    return Entry(handset, profile.department, name, policy, result, frozenset(skipped))


def outcome_words(expected: Expected) -> str:
    """Outcome and reason, in words."""
    words = in_use(said.OUTCOMES[expected.outcome])
    if expected.reason is Reason.NONE:
        return words
    return f"{words}: {in_use(said.REASONS[expected.reason])}"


def step_lines(happened: Happened, *, evidence: bool) -> Iterator[str]:
    """One step of a trial as it is told while it goes on."""
    left = f"  {in_use(said.STEPS[happened.step])}"
    yield from columns(left, outcome_words(happened.expected), left_width=_LEFT, width=WIDTH)
    shown = evidence or happened.expected.outcome in (Outcome.STUCK, Outcome.LIMITED)
    if shown and happened.seen:
        label = text(ja="見えたもの: ", en="seen: ")
        yield from columns("", label + happened.seen, left_width=_LEFT, width=WIDTH)


def conclusion(entry: Entry) -> Iterator[str]:
    """Whether the user got through, and whether that was to be expected."""
    ends = (Outcome.STUCK, Outcome.NOT_TRIED)
    stuck = next((each for each in entry.result.steps if each.expected.outcome in ends), None)
    yield ""
    if stuck is None:
        yield text(
            ja="この端末の利用者は、通報とチャットができます。",
            en="The user of this phone can call and chat.",
        )
    else:
        step, reason = in_use(said.STEPS[stuck.step]), in_use(said.REASONS[stuck.expected.reason])
        words = text(
            ja=f"この端末の利用者は「{step}」で止まります。理由: {reason}",
            en=f"The user of this phone is stuck at “{step}”: {reason}.",
        )
        if stuck.expected.outcome is Outcome.NOT_TRIED:
            words = text(
                ja=f"「{step}」から先は試していません。理由: {reason}",
                en=f"Not tried from “{step}” on: {reason}.",
            )
        yield from columns("", words, left_width=0, width=WIDTH)
    yield from differences_of(entry)


def differences_of(entry: Entry) -> Iterator[str]:
    """Where it came otherwise than predicted."""
    for step, (predicted, happened) in entry.differences.items():
        words = text(
            ja=f"予想と違います（{in_use(said.STEPS[step])}）: "
            f"予想は「{outcome_words(predicted)}」、"
            f"実際は「{outcome_words(happened)}」",
            en=f"not as predicted ({in_use(said.STEPS[step])}): predicted "
            f"“{outcome_words(predicted)}”, happened “{outcome_words(happened)}”",
        )
        yield from columns("  ", words, left_width=2, width=WIDTH)


def matrix_lines(entries: Sequence[Entry]) -> Iterator[str]:
    """The table, department by department, and why phones are stuck or limited."""
    for department in dict.fromkeys(each.department for each in entries):
        mine = [each for each in entries if each.department == department]
        name, policy = in_use(mine[0].department_name), in_use(said.POLICIES[mine[0].policy])
        yield text(ja=f"{name}（{policy}）", en=f"{name} ({policy})")
        heads = (text(ja="端末", en="phone"), *(in_use(said.STEPS[step]) for step in Step))
        rows = [(each.handset.name, *(_cell(each, step) for step in Step)) for each in mine]
        yield from table([heads, *rows])
        yield ""
        yield from _reasons(mine)
    wrong = [each for each in entries if each.differences]
    for each in wrong:
        yield f"{each.handset.name} ({each.department})"
        yield from differences_of(each)
    count = len(entries)
    yield text(
        ja=f"{count} 件を試し、予想どおりでないものは {len(wrong)} 件です。",
        en=f"{count} trials, {len(wrong)} not as predicted.",
    )


def _cell(entry: Entry, step: Step) -> str:
    words = in_use(said.OUTCOMES[entry.result.table[step].outcome])
    return f"{words}*" if step in entry.differences else words


def _reasons(entries: Sequence[Entry]) -> Iterator[str]:
    found: dict[tuple[Step, Expected], list[str]] = {}
    for entry in entries:
        for step, expected in entry.result.table.items():
            if expected.reason not in (Reason.NONE, Reason.NOT_ENCRYPTED):
                found.setdefault((step, expected), []).append(entry.handset.name)
    for (step, expected), names in found.items():
        yield from columns(
            f"  {in_use(said.STEPS[step])}",
            outcome_words(expected),
            left_width=_LEFT,
            width=WIDTH,
        )
        yield from columns("", ", ".join(names), left_width=_LEFT + 2, width=WIDTH)
    if found:
        yield ""


def document(entries: Sequence[Entry]) -> list[dict[str, Any]]:
    """All of it for programs."""
    return [
        {
            "handset": each.handset.name,
            "department": each.department,
            "policy": each.policy.value,
            "usable": each.result.usable,
            "asPredicted": not each.differences,
            "steps": [
                {
                    "step": happened.step.value,
                    "outcome": happened.expected.outcome.value,
                    "reason": happened.expected.reason.value,
                    "predicted": str(each.handset.predicted[each.policy].table()[happened.step]),
                    "asPredicted": None
                    if happened.step in each.skipped
                    else happened.step not in each.differences,
                    "seen": happened.seen,
                }
                for happened in each.result.steps
            ],
        }
        for each in entries
    ]


def write_json(entries: Sequence[Entry], file: Path) -> None:
    """All of it as a JSON file; OSError if it cannot be written."""
    file.write_text(json.dumps(document(entries), ensure_ascii=False, indent=2) + "\n", "utf-8")


_STYLE = """
body { font-family: sans-serif; margin: 1.5rem; color: #1a1a1a; background: #fff; }
table { border-collapse: collapse; margin-bottom: 2rem; }
th, td { border: 1px solid #767676; padding: .35rem .6rem; text-align: left; vertical-align: top; }
thead th { background: #eef1f5; white-space: nowrap; }
td b { font-weight: inherit; white-space: nowrap; }
.works { background: #e3f4e3; } .plaintext, .limited { background: #fff3cd; }
.stuck { background: #f8d7da; font-weight: bold; }
.unreached, .not-offered, .not-tried { color: #595959; }
.other { outline: 3px solid #b00020; outline-offset: -3px; }
small { display: block; }
"""


def html_page(entries: Sequence[Entry]) -> str:
    """The table as one HTML page that needs nothing else."""
    title = text(ja="端末の試験: 手順ごとの結果", en="Handsets: what came of each step")
    wrong = sum(1 for each in entries if each.differences)
    parts = [
        f'<!DOCTYPE html>\n<html lang="{current_language().value}">\n<head><meta charset="utf-8">',
        f"<title>{html.escape(title)}</title>",
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<style>{_STYLE}</style></head>\n<body>\n<h1>{html.escape(title)}</h1>",
        "<p>"
        + html.escape(
            text(
                ja=f"{len(entries)} 件、予想どおりでないもの {wrong} 件（赤い枠）。"
                "すべて試験の通報です。",
                en=f"{len(entries)} trials, {wrong} not as predicted (red frame). All calls are "
                "test calls.",
            )
        )
        + "</p>",
    ]
    for department in dict.fromkeys(each.department for each in entries):
        mine = [each for each in entries if each.department == department]
        parts += _html_table(mine)
    return "\n".join((*parts, "</body></html>\n"))


def _html_table(entries: Sequence[Entry]) -> Iterator[str]:
    name, policy = in_use(entries[0].department_name), in_use(said.POLICIES[entries[0].policy])
    heads = "".join(
        f'<th scope="col">{html.escape(in_use(said.STEPS[step]))}</th>' for step in Step
    )
    yield f"<h2>{html.escape(name)}</h2>\n<p>{html.escape(policy)}</p>"
    first = text(ja="端末", en="phone")
    yield f'<table>\n<thead><tr><th scope="col">{first}</th>{heads}</tr></thead>'
    yield "<tbody>"
    for entry in entries:
        title = in_use(Label(entry.handset.title.ja, entry.handset.title.en))
        cells = "".join(_html_cell(entry, step) for step in Step)
        yield (
            f'<tr><th scope="row">{html.escape(title)}<small>{html.escape(entry.handset.name)}'
            f"</small></th>{cells}</tr>"
        )
    yield "</tbody></table>"


def _html_cell(entry: Entry, step: Step) -> str:
    expected = entry.result.table[step]
    words = f"<b>{html.escape(in_use(said.OUTCOMES[expected.outcome]))}</b>"
    if expected.reason is not Reason.NONE:
        words += f"<small>{html.escape(in_use(said.REASONS[expected.reason]))}</small>"
    other = ""
    if step in entry.differences:
        other = " other"
        predicted = outcome_words(entry.differences[step][0])
        label = text(ja="予想: ", en="predicted: ")
        words += f"<small>{html.escape(label + predicted)}</small>"
    return f'<td class="{expected.outcome.value}{other}">{words}</td>'
