"""The chat of a call as rows, with when each side's screen had each line."""

from dataclasses import dataclass
from typing import Literal

from net119_protocol.codes import CallState, SenderRole
from net119_protocol.labels import label_of

from net119_scenarios.drills.record import CallKept, DrillRecord, Screen
from net119_scenarios.drills.report.chart import states_of
from net119_scenarios.drills.report.lines import Said, consoles, has_call, said_in, speakers
from net119_scenarios.drills.report.views import LATE_S, back_s, late_s, should_have
from net119_scenarios.drills.report.words import Speaker

_DEEDS = (CallState.ANSWERED, CallState.CLOSED)


@dataclass(frozen=True)
class Row:
    """A line of the chat, or an event; ``cells`` say for each column's screen when it was there."""

    at_s: float
    at: str
    sort: Literal["caller", "dispatcher", "system", "event"]
    who: str
    seq: int | None
    text: str
    options: tuple[str, ...] = ()
    tapped: bool = False
    unclear: str = ""
    """Why the caller did not understand it."""
    cells: tuple[str, ...] = ()


@dataclass(frozen=True)
class Transcript:
    """The chat of one call: the names of its screens, and the rows in order of time."""

    call: CallKept
    screens: tuple[str, ...]
    rows: tuple[Row, ...]


def transcript_of(record: DrillRecord, call: CallKept, speaker: Speaker) -> Transcript:
    """The rows of a call; one console stands for each center: they all get the same."""
    shown = _columns(record, call)
    fine = record.length_s < 60
    unclear = {e.seq: e.why for e in record.not_understood if e.call == call.name}
    rows = []
    for said in said_in(call):
        line = said.line
        sort: Literal["caller", "dispatcher", "system"] = "system"
        if line.sender is SenderRole.CALLER:
            sort = "caller"
        elif line.sender is SenderRole.DISPATCHER:
            sort = "dispatcher"
        rows.append(
            Row(
                said.at_s,
                speaker.at(said.at_s, fine=fine),
                sort,
                _writer(record, call, said, speaker),
                line.seq,
                line.said,
                line.options,
                line.choice is not None,
                speaker.known(unclear[line.seq]) if line.seq in unclear else "",
                tuple(_cell(call, screen, said, speaker) for screen in shown),
            )
        )
    rows += _events(record, call, speaker, fine)
    rows.sort(key=lambda row: (row.at_s, row.seq or 0))
    return Transcript(call, tuple(_named(record, e, speaker) for e in shown), tuple(rows))


def screen_name(record: DrillRecord, call: CallKept, of: str, speaker: Speaker) -> str:
    """What people call a screen."""
    screen = next((each for each in call.screens if each.of == of), None)
    return _named(record, screen, speaker) if screen is not None else of


def _columns(record: DrillRecord, call: CallKept) -> tuple[Screen, ...]:
    phones = [each for each in call.screens if each.side == "caller"]
    found: dict[str, Screen] = {}
    for screen in consoles(call):
        if any(each.mine for each in screen.states):
            known = found.get(screen.center)
            if known is None or len(screen.lines) > len(known.lines):
                found[screen.center] = screen
    return (*phones, *found.values())


def _named(record: DrillRecord, screen: Screen, speaker: Speaker) -> str:
    if screen.side == "caller":
        role = record.role(screen.of)
        return role.name.of(speaker.language) if role is not None else screen.of
    center = next((each for each in record.centers if each.code == screen.center), None)
    return center.name.of(speaker.language) if center is not None else screen.center


def _writer(record: DrillRecord, call: CallKept, said: Said, speaker: Speaker) -> str:
    line = said.line
    if line.sender is SenderRole.CALLER:
        role = record.role(call.caller)
        return role.name.of(speaker.language) if role is not None else call.caller_name
    if line.sender is SenderRole.DISPATCHER:
        if line.sender_name:
            return line.sender_name
        cast = speakers(record, call, said)
        return cast[0].name.of(speaker.language) if cast else ""
    label = label_of(line.sender)
    return label.ja if speaker.language == "ja" else label.en


def _cell(call: CallKept, screen: Screen, said: Said, speaker: Speaker) -> str:
    at_s = said.shown.get(screen.of)
    if at_s is None:
        # What was written before a center had the call is part of what it got with it, or never.
        if not should_have(screen, said.at_s):
            return speaker.t("none")
        away = back_s(call, screen, said.at_s) is not None
        return speaker.t("not-connected" if away else "not-shown")
    waited = at_s - said.at_s
    if waited <= LATE_S:
        return "✓"
    key = "shown"
    if has_call(screen, said.at_s):
        late = late_s(call, screen, said.at_s, at_s) > LATE_S
        key = "shown-late" if late else "shown-back"
    return speaker.t(key, s=f"+{speaker.long(waited)}")


def _events(record: DrillRecord, call: CallKept, speaker: Speaker, fine: bool) -> list[Row]:
    """States at the owners' consoles, and what was done beside writing."""
    rows = []
    for shown in states_of(call):
        label = label_of(shown.state)
        words = label.ja if speaker.language == "ja" else label.en
        owner = shown.owner_name.of(speaker.language) if shown.owner_name else shown.owner
        if shown.outcome is not None:
            how = label_of(shown.outcome)
            words = f"{words}（{how.ja}）" if speaker.language == "ja" else f"{words} ({how.en})"
        # Only an answer and a close are somebody's deed; the rest the system sees by itself.
        by = shown.answered_by if shown.state in _DEEDS else ""
        who = by or (owner if shown.state in _DEEDS else speaker.t("system"))
        rows.append(_event(shown.at_s, who, words, speaker, fine))
    for act in call.acts:
        center = next((each for each in record.centers if each.code == act.center), None)
        who = act.by or (center.name.of(speaker.language) if center else act.center)
        words = speaker.known(act.what, s=act.told(speaker.language))
        rows.append(_event(act.at_s, who, words, speaker, fine))
    return rows


def _event(at_s: float, who: str, words: str, speaker: Speaker, fine: bool) -> Row:
    return Row(at_s, speaker.at(at_s, fine=fine), "event", who, None, words)
