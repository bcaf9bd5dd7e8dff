"""The after-action report as one HTML page that needs nothing else, and prints on A4."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from markupsafe import Markup
from net119_protocol.directory.model import JAPAN
from net119_protocol.labels import Language, label_of

from net119_scenarios.drills import folder as folders
from net119_scenarios.drills.record import Comment, DrillRecord, Taken
from net119_scenarios.drills.report.alarms import section_of
from net119_scenarios.drills.report.analysis import Analysis, analysed, is_paced
from net119_scenarios.drills.report.chart import Chart
from net119_scenarios.drills.report.compare import Earlier, earlier_in
from net119_scenarios.drills.report.comparison import comparison_of
from net119_scenarios.drills.report.places import places_of
from net119_scenarios.drills.report.tables import (
    aim_rows,
    difference_rows,
    question_rows,
    summary_of,
    time_rows,
    unclear_rows,
)
from net119_scenarios.drills.report.transcript import transcript_of
from net119_scenarios.drills.report.words import Speaker


@dataclass(frozen=True)
class _RoleRow:
    name: str
    by: str
    who: str


def report_html(folder: Path, language: Language) -> str:
    """The report of the drill in a folder, beside the earlier drills in the folders around it.

    Raises:
        BrokenRecord: the record or the comments cannot be read.
    """
    record = folders.read(folder)
    comments = folders.read_comments(folder)
    earlier = earlier_in(folder.resolve().parent, record)
    return page(analysed(record), earlier, comments, language)


def page(
    analysis: Analysis,
    earlier: Earlier,
    comments: Sequence[Comment],
    language: Language,
) -> str:
    """The whole page; what people wrote is escaped by the template."""
    record, speaker = analysis.record, Speaker(language)
    chart = Chart(analysis, speaker)
    map_svg, places = places_of(record, speaker)
    transcripts = [transcript_of(record, call, speaker) for call in record.calls]
    mode = label_of(record.mode)
    return _template().render(
        t=speaker.t,
        known=speaker.known,
        at=lambda seconds: speaker.at(seconds, fine=record.length_s < 60),
        language=language,
        mode=mode.ja if language == "ja" else mode.en,
        title=record.title.of(language),
        purpose=record.purpose.of(language),
        record=record,
        verdict=_verdict(record),
        when=_when(record, language),
        centers=[each.name.of(language) for each in record.centers],
        length=speaker.long(analysis.ran_s),
        paused=speaker.t("paused", s=speaker.long(analysis.paused_s)) if record.pauses else "",
        paced=is_paced(record),
        roles=[_role(each, speaker) for each in record.roles],
        summary=summary_of(analysis, speaker),
        aims=aim_rows(analysis, speaker),
        times=time_rows(analysis, speaker),
        chart=Markup(chart.svg()),  # noqa: S704 - made of numbers and escaped labels
        marks=chart.marks,
        names=[_call_name(record, call.caller, call.name, speaker) for call in record.calls],
        questions=question_rows(analysis, speaker),
        unclear=unclear_rows(analysis, speaker),
        differences=difference_rows(analysis, speaker),
        transcripts=transcripts,
        one_screen=all(len(each.screens) < 2 for each in transcripts),
        map=Markup(map_svg),  # noqa: S704 - made of numbers
        places=places,
        alarms=[section_of(record, each, speaker) for each in analysis.alarms],
        comparison=comparison_of(analysis, earlier, speaker),
        unreadable=[f"{each.where}: {each.what}" for each in earlier.unreadable],
        debrief=[each.of(language) for each in record.debrief],
        comments=[(each.by, _moment(each), each.text) for each in comments],
        entries=[
            (speaker.at(e.at_s, fine=record.length_s < 60), _named(record, e.actor, speaker), e)
            for e in record.entries
        ],
    )


@cache
def _template() -> Template:
    environment = Environment(
        loader=PackageLoader("net119_scenarios.drills.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("report.html")


def _verdict(record: DrillRecord) -> str:
    if record.interrupted:
        return "interrupted"
    return "no-checks" if not record.checks else "held" if record.held else "not-held"


def _when(record: DrillRecord, language: Language) -> str:
    began, ended = record.began.astimezone(JAPAN), record.ended.astimezone(JAPAN)
    if language == "ja":
        day = f"{began.year}年{began.month}月{began.day}日（{'月火水木金土日'[began.weekday()]}）"
        return f"{day} {began:%H:%M:%S}〜{ended:%H:%M:%S}"
    return f"{began:%Y-%m-%d %H:%M:%S} - {ended:%H:%M:%S} (Japan)"


def _moment(comment: Comment) -> str:
    return f"{comment.at.astimezone(JAPAN):%Y-%m-%d %H:%M}"


def _role(role: Taken, speaker: Speaker) -> _RoleRow:
    by = speaker.t(role.by, s=role.fault) if role.by == "bad" else speaker.t(role.by)
    return _RoleRow(role.name.of(speaker.language), by, role.who)


def _named(record: DrillRecord, actor: str, speaker: Speaker) -> str:
    role = record.role(actor)
    return role.name.of(speaker.language) if role is not None else actor


def _call_name(record: DrillRecord, caller: str, name: str, speaker: Speaker) -> str:
    return _named(record, caller, speaker) if caller else name
