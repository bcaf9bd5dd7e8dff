"""What `net119 directory` asks of a file: its arguments read, a check, and one call routed."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

from net119_protocol.directory import (
    JAPAN,
    Department,
    Directory,
    DirectoryError,
    DirectoryView,
    Finding,
    FindingKind,
    JurisdictionIndex,
    Municipalities,
    Severity,
    UnknownDepartment,
    coming_changes,
    load_directory,
    load_municipalities,
    next_change,
    review,
)
from net119_reference.routing import (
    Fix,
    Peers,
    PeerState,
    Position,
    RoutingDecision,
    RoutingInput,
    route,
)

from net119_cli.errors import UserError
from net119_cli.language import text


@dataclass(frozen=True)
class Examined:
    """What a check has found; ``changes`` are dated findings of the coming days."""

    where: str
    version: str
    moment: datetime
    days: int
    findings: Sequence[Finding]
    changes: Sequence[tuple[datetime, Finding]]

    def status(self, strict: bool) -> int:
        """The exit status: 0 if nothing is wrong, 1 if something is."""
        grave = {Severity.ERROR, Severity.WARNING} if strict else {Severity.ERROR}
        return int(any(each.severity in grave for each in self.findings))

    def lines(self, strict: bool) -> list[str]:
        """The findings as lines for people."""
        from net119_cli.directory_output import examined_lines

        return examined_lines(self, strict)

    def as_json(self, strict: bool) -> dict[str, Any]:
        """The findings for programs."""
        return {
            "file": self.where,
            "version": self.version,
            "moment": self.moment.isoformat(),
            "ok": self.status(strict) == 0,
            "findings": [_finding(each) for each in self.findings],
            "changes": [_finding(each) | {"at": at.isoformat()} for at, each in self.changes],
        }


@dataclass(frozen=True)
class Answer:
    """Where a call would go: the decision, what the directory says there, and what comes next."""

    moment: datetime
    view: DirectoryView
    decision: RoutingDecision
    home: Department
    home_assumed: bool
    place: str
    next_change: datetime | None

    def as_json(self) -> dict[str, Any]:
        """The decision for programs, in the names of the call record."""
        record = self.decision.as_record()
        return record | {
            "moment": self.moment.isoformat(),
            "home_assumed": self.home_assumed,
            "next_change": self.next_change and self.next_change.isoformat(),
        }


def examine(
    file: Path | None, moment: datetime, days: int, area: tuple[str, ...], config: Path | None
) -> Examined:
    """Check a directory; UserError if the file is no directory at all, or an option is wrong."""
    municipalities = load_municipalities()
    operators = _operators(config)
    for prefix in area:
        if not any(code.startswith(prefix) for code in municipalities) or not prefix:
            raise UserError(
                text(
                    ja=f"そのコードで始まる市町村はありません: {prefix!r}",
                    en=f"no municipality's code begins with {prefix!r}",
                ),
                "--area",
                text(
                    ja="01（都道府県）や 01213（市町村）のように指定してください",
                    en="give it like 01 (a prefecture) or 01213 (a municipality)",
                ),
            )
    where = str(file) if file else text(ja="付属の一覧", en="the packaged directory")
    try:
        directory = load_directory(municipalities, file)
    except DirectoryError as wrong:
        _unless_unreadable(wrong)
        return Examined(where, "?", moment, days, wrong.findings, ())
    found = review(directory.content, municipalities, moment, area=area, operators=operators)
    changes = [(each.at, each.finding) for each in coming_changes(directory, moment, days)]
    return Examined(where, directory.version, moment, days, found, changes)


def ask(
    file: Path | None,
    position: Position,
    accuracy: float | None,
    moment: datetime,
    home: str | None,
    down: frozenset[str],
) -> Answer:
    """Route one call; UserError for what cannot be asked of this file."""
    municipalities = load_municipalities()
    directory = _usable(municipalities, file)
    index = JurisdictionIndex(municipalities)
    view = directory.at(moment)
    for operator in sorted(down - view.providers.keys()):
        raise UserError(
            text(ja=f"そのような事業者はありません: {operator}", en=f"no provider {operator!r}"),
            "--down",
            text(ja="次のどれかです: ", en="use one of these: ") + ", ".join(view.providers),
        )
    caller = _home(view, home, index.at(position.lon, position.lat).municipality)
    states = {
        code: PeerState(code not in down, None if code in down else 0.0) for code in view.providers
    }
    peers = Peers(caller.provider or "", states)
    facts = RoutingInput(home_department=caller.code, fix=_fix(position, accuracy))
    decision = route(facts, index, view, view.day, peers)
    place = "" if decision.municipality is None else _place(municipalities, decision.municipality)
    return Answer(
        moment, view, decision, caller, home is None, place, next_change(directory, moment)
    )


def moment_of(given: str | None) -> datetime:
    """A date and time as it was typed, in Japan's time; now if none was; UserError if wrong."""
    if given is None:
        return datetime.now(UTC).astimezone(JAPAN)
    try:
        if ":" not in given:
            return datetime.combine(date.fromisoformat(given), time(), JAPAN)
        moment = datetime.fromisoformat(given)
        if moment.utcoffset() is None:
            return moment.replace(tzinfo=JAPAN)
        return moment.astimezone(JAPAN)
    except (ValueError, OverflowError):
        raise UserError(
            text(ja=f"日時として読めません: {given!r}", en=f"not a date and time: {given!r}"),
            "--date",
            text(
                ja="2026-12-01T00:00+09:00 のように指定してください（時差がなければ日本時間）",
                en="write it like 2026-12-01T00:00+09:00 (Japan's time without an offset)",
            ),
        ) from None


def position_of(given: str) -> Position:
    """A latitude and longitude as typed; UserError if wrong."""
    try:
        lat, lon = (float(part) for part in given.split(","))
        return Position(lat, lon)
    except ValueError:
        raise UserError(
            text(ja=f"緯度と経度として読めません: {given!r}", en=f"not a place: {given!r}"),
            "--at",
            text(
                ja="42.8210,141.6509 のように、緯度、経度の順で、世界測地系の度で指定してください",
                en="write latitude, then longitude, in degrees, like 42.8210,141.6509",
            ),
        ) from None


def _fix(position: Position, accuracy: float | None) -> Fix:
    if accuracy is not None and not (math.isfinite(accuracy) and accuracy >= 0):
        raise UserError(
            text(ja=f"誤差として使えません: {accuracy}", en=f"not an accuracy: {accuracy}"),
            "--accuracy",
            text(ja="0 以上のメートルで指定してください", en="give metres, 0 or more"),
        )
    return Fix(position, accuracy)


def _home(view: DirectoryView, code: str | None, municipality: str | None) -> Department:
    """The caller's home department; without a code, an adopted one of another center."""
    adopted = tuple(view.adopted())
    if code is None:
        there = view.department_at(municipality) if municipality else None
        others = [each for each in adopted if there is None or each.center != there.center]
        if not others:
            raise UserError(
                text(
                    ja="登録地の例にできる消防本部がありません",
                    en="no other department has adopted NET119 at that time",
                ),
                "--home",
                text(ja="登録地の消防本部を指定してください", en="name the home department"),
            )
        return others[0]
    to_do = text(ja="次のどれかです: ", en="use one of these: ") + ", ".join(
        each.code for each in adopted
    )
    try:
        found = view.department(code)
    except UnknownDepartment:
        raise UserError(
            text(
                ja=f"その日には、そのような消防本部はありません: {code}",
                en=f"there is no department {code!r} on that day",
            ),
            "--home",
            to_do,
        ) from None
    if not found.adopted:
        raise UserError(
            text(
                ja=f"{found.name_ja}（{code}）は、その日にはNET119がありません",
                en=f"{found.name_en} ({code}) has no NET119 on that day: nobody can be registered",
            ),
            "--home",
            to_do,
        )
    return found


def _place(municipalities: Municipalities, code: str) -> str:
    found = municipalities[code]
    name = text(ja=f"{found.prefecture}{found.name_ja}", en=found.name_en)
    return f"{name} ({code})"


def _usable(municipalities: Municipalities, file: Path | None) -> Directory:
    try:
        return load_directory(municipalities, file)
    except DirectoryError as wrong:
        _unless_unreadable(wrong)
        count = len(wrong.findings)
        first = wrong.findings[0]
        raise UserError(
            text(
                ja=f"一覧に誤りが{count}件あります。初めのもの: {first.row}: {first.text_ja}",
                en=f"the directory has mistakes ({count}); the first: {first}",
            ),
            wrong.where,
            text(
                ja=f"net119 directory check {file} で全部を見て、直してください",
                en=f"see all with net119 directory check {file}, and mend them",
            ),
        ) from None


def _unless_unreadable(wrong: DirectoryError) -> None:
    """UserError if there is no content to speak of: no file, no text, no TOML or JSON."""
    first = wrong.findings[0]
    if (first.kind, first.row) == (FindingKind.FORM, "file"):
        raise UserError(
            text(ja=first.text_ja, en=first.text_en),
            wrong.where,
            text(
                ja="docs/directory.md の形のファイルを指定してください",
                en="give a file of the form of docs/directory.md",
            ),
        ) from None


def _operators(config: Path | None) -> frozenset[str] | None:
    """The operators that a provider's settings know, itself included."""
    if config is None:
        return None
    from net119_reference.config import load_config

    settings = load_config(config)
    return frozenset({settings.operator, *(peer.operator for peer in settings.peers)})


def _finding(found: Finding) -> dict[str, str]:
    return {
        "severity": found.severity.value,
        "kind": found.kind.value,
        "row": found.row,
        "textJa": found.text_ja,
        "textEn": found.text_en,
    }
