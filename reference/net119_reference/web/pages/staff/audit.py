"""The audit log: who read, searched, changed or disclosed what, and what for (CNB-40)."""

import re
from datetime import date, datetime
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter
from net119_protocol.labels import Language
from net119_protocol.profile.check import FieldProblem
from net119_protocol.profile.model import Item
from net119_protocol.profile.wareki import DateProblem, written_day
from net119_protocol.profile.words import ITEMS
from starlette.responses import Response

from net119_reference.registration.ports import AuditEntry, AuditFilter
from net119_reference.registration.roles import Right
from net119_reference.web.pages.language import language_of
from net119_reference.web.pages.rendering import pick, when
from net119_reference.web.pages.staff.desk import Desk, Visit

_LOG_IN = re.compile(r"from ([^,]+)(?:, locked until (.+))?")
NAME_LIMIT = 200
AUDIT = "/staff/audit"


def add_routes(routes: APIRouter, desk: Desk) -> None:
    """Add the page."""

    async def show(visit: Visit) -> Response:
        problems: list[FieldProblem] = []
        registrant = _registrant(visit, problems)
        since, until = _day(visit, "since", problems), _day(visit, "until", problems)
        actor = visit.asked("actor")[:NAME_LIMIT]
        names = ("registrant", "actor", "since", "until")
        asked = {name: visit.asked(name) for name in names if visit.asked(name)}
        found = None
        if not problems:
            only = AuditFilter(actor, since, until)
            found = await desk.service.audit(visit.who, registrant, visit.page_number, only)
        return desk.page(
            visit,
            "audit.html",
            current="audit",
            status=422 if problems else 200,
            problems=problems,
            found=found,
            asked=asked,
            audit_details=lambda entry: _details(entry, language_of(visit.request)),
            link=lambda page: f"{AUDIT}?{urlencode({**asked, 'page': page})}",
        )

    desk.add(routes, AUDIT, show, right=Right.AUDIT)


def _details(entry: AuditEntry, lang: Language) -> str:
    """What else an entry says; of a list, how many people it showed."""
    if entry.action in {"listed", "searched"}:
        count = len(entry.what.split())
        return f"{count}人" if lang == "ja" else f"{count} {'person' if count == 1 else 'people'}"
    if entry.action == "disclosed":
        to, _, items = entry.what.removeprefix("to ").rpartition(": ")
        names = [pick(lang, *ITEMS[Item(each)]) for each in items.split(", ") if each in set(Item)]
        return f"{to}: {'、'.join(names) if lang == 'ja' else ', '.join(names)}"
    source = _LOG_IN.fullmatch(entry.what) if entry.action.startswith("log-in") else None
    if source:
        ja, en = f"接続元 {source[1]}", f"from {source[1]}"
        if source[2]:
            until = when(lang, datetime.fromisoformat(source[2]))
            ja, en = f"{ja}、{until}までロック", f"{en}, locked until {until}"
        return pick(lang, ja, en)
    return entry.what


def _registrant(visit: Visit, problems: list[FieldProblem]) -> UUID | None:
    text = visit.asked("registrant")
    if not text:
        return None
    try:
        return UUID(text)
    except ValueError:
        problems.append(
            FieldProblem(
                "registrant",
                "form",
                "整理番号は、登録のページにある番号をそのまま入れてください。",
                "Enter the number as it stands on the registration's page.",
            )
        )
        return None


def _day(visit: Visit, name: str, problems: list[FieldProblem]) -> date | None:
    text = visit.asked(name)[:40]
    if not text:
        return None
    try:
        return written_day(text)
    except DateProblem as problem:
        form = problem.code == "form"
        problems.append(
            FieldProblem(
                name,
                problem.code,
                "日付は 2026-04-01 または 令和8年4月1日 のように入れてください。"
                if form
                else problem.ja,
                "Write the day like 2026-04-01 or 令和8年4月1日." if form else problem.en,
            )
        )
        return None
