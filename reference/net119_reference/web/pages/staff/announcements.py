"""Announcements to all registrants: write, look at it, send it once, and see how far it has got."""

import secrets
from dataclasses import dataclass
from uuid import UUID

from fastapi import APIRouter
from net119_protocol.codes import Refusal
from net119_protocol.model import TEXT_LIMIT
from net119_protocol.profile.check import FieldProblem
from starlette.responses import JSONResponse, Response

from net119_reference.ports import Refused
from net119_reference.registration.mail_texts import announcement
from net119_reference.registration.ports import Announcement, AnnouncementKind
from net119_reference.registration.roles import Right
from net119_reference.service.registration.announcing import SUBJECT_LIMIT
from net119_reference.web.pages.forms import Form
from net119_reference.web.pages.language import language_of
from net119_reference.web.pages.rendering import HEADERS, pick
from net119_reference.web.pages.routing import see_other
from net119_reference.web.pages.staff import words
from net119_reference.web.pages.staff.desk import Desk, Visit

PATH = "/staff/announcements"


@dataclass(frozen=True)
class Draft:
    """What is being written; ``key`` makes one announcement of it however often it is sent."""

    kind: str = AnnouncementKind.MAINTENANCE.value
    subject: str = ""
    text: str = ""
    key: str = ""

    @classmethod
    def of(cls, form: Form) -> "Draft":
        """What a form says."""
        return cls(*(form.get(name) for name in ("kind", "subject", "text", "key")))


def add_routes(routes: APIRouter, desk: Desk) -> None:
    """Add the pages."""

    async def show(visit: Visit) -> Response:
        return await _list(desk, visit, Draft(key=secrets.token_urlsafe(16)))

    async def write(visit: Visit) -> Response:
        form = visit.sent
        draft = Draft.of(form)
        problems = _problems(draft)
        if problems or form.action == "edit":
            return await _list(desk, visit, draft, problems)
        if form.action != "send":
            return await _preview(desk, visit, draft)
        made = await desk.service.announce(
            visit.who, draft.subject, draft.text, AnnouncementKind(draft.kind), draft.key
        )
        return see_other(f"{PATH}/{made.announcement_id}")

    async def progress(visit: Visit) -> Response:
        found = await _one(desk, visit)
        return desk.page(
            visit,
            "announcement.html",
            current="announcements",
            found=found,
            progress_words=progress_words,
        )

    async def numbers(visit: Visit) -> Response:
        found = await _one(desk, visit)
        lang = language_of(visit.request)
        return JSONResponse(
            {
                "sent": found.sent,
                "waiting": found.waiting,
                "failed": found.failed,
                "total": found.total,
                "text": pick(lang, *progress_words(found)),
            },
            headers=dict(HEADERS),
        )

    desk.add(routes, PATH, show, right=Right.ANNOUNCE)
    desk.add(routes, PATH, write, "POST", right=Right.ANNOUNCE)
    desk.add(routes, f"{PATH}/{{announcement_id}}", progress, right=Right.ANNOUNCE)
    desk.add(routes, f"{PATH}/{{announcement_id}}/progress", numbers, right=Right.ANNOUNCE)


def progress_words(found: Announcement) -> tuple[str, str]:
    """How far an announcement has got, in both languages."""
    ja = f"{found.total}件のうち、送信済み{found.sent}件、送信待ち{found.waiting}件"
    en = f"Of {found.total}: {found.sent} sent, {found.waiting} waiting"
    for count, ja_word, en_word in (
        (found.failed, "届かなかったもの", "not delivered"),
        (found.unqueued, "送れないアドレス", "with an address that cannot be written to"),
    ):
        if count:
            ja, en = f"{ja}、{ja_word}{count}件", f"{en}, {count} {en_word}"
    return f"{ja}。", f"{en}."


async def _list(
    desk: Desk, visit: Visit, draft: Draft, problems: tuple[FieldProblem, ...] = ()
) -> Response:
    return desk.page(
        visit,
        "announcements.html",
        current="announcements",
        here=PATH,
        status=422 if problems else 200,
        problems=problems,
        draft=draft,
        kinds=[
            (kind.value, pick(language_of(visit.request), *text))
            for kind, text in words.KINDS.items()
        ],
        recipients=await desk.service.recipients(visit.who),
        former=await desk.service.announcements(visit.who),
        progress_words=progress_words,
        subject_limit=SUBJECT_LIMIT,
        text_limit=TEXT_LIMIT,
    )


async def _preview(desk: Desk, visit: Visit, draft: Draft) -> Response:
    letter = announcement(visit.profile, draft.kind, draft.subject, draft.text)
    return desk.page(
        visit,
        "announcement_confirm.html",
        current="announcements",
        here=PATH,
        draft=draft,
        kind=AnnouncementKind(draft.kind),
        letter=letter,
        recipients=await desk.service.recipients(visit.who),
    )


async def _one(desk: Desk, visit: Visit) -> Announcement:
    try:
        wanted = UUID(visit.request.path_params["announcement_id"])
    except ValueError:
        wanted = None
    for each in await desk.service.announcements(visit.who):
        if each.announcement_id == wanted:
            return each
    raise Refused(Refusal.NOT_FOUND, "there is no announcement with this ID")


def _problems(draft: Draft) -> tuple[FieldProblem, ...]:
    found = []
    if draft.kind not in set(AnnouncementKind):
        found.append(
            FieldProblem("kind", "not-a-choice", "種類を選んでください。", "Choose the kind.")
        )
    if "\n" in draft.subject:
        found.append(
            FieldProblem(
                "subject",
                "line-break",
                "件名は1行で書いてください。",
                "The subject is one line.",
            )
        )
    for name, text, limit in (
        ("subject", draft.subject, SUBJECT_LIMIT),
        ("text", draft.text, TEXT_LIMIT),
    ):
        if not text:
            found.append(words.missing(name))
        elif len(text) > limit:
            found.append(words.too_long(name, len(text), limit))
    return tuple(found)
