"""The chat of a call: fetched by polling, answered by a key or by text (CTS-09, CTS-10, ASO-15)."""

import hashlib
import secrets
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter
from net119_protocol.api.common import CallView, NewLine, NoticeCode
from net119_protocol.api.handset import NewLocation
from net119_protocol.chat import ChatLine, Choice
from net119_protocol.codes import CallState, PositionProblem, Refusal, SenderRole
from net119_protocol.gps import CarrierFix
from net119_protocol.gps import PositionProblem as Unread
from net119_protocol.labels import label
from net119_protocol.model import TEXT_LIMIT
from net119_protocol.texts import notice, refusal_texts
from starlette.requests import Request
from starlette.responses import Response

from net119_reference.ports import Refused, StorageFailed
from net119_reference.web.pages.chat.words import notices
from net119_reference.web.pages.language import language_of
from net119_reference.web.pages.mobile import transcript
from net119_reference.web.pages.mobile.charset import shown
from net119_reference.web.pages.mobile.check import position_links, told_position
from net119_reference.web.pages.mobile.context import MobileContext, MobileSession, call_number
from net119_reference.web.pages.mobile.form import MobileForm
from net119_reference.web.pages.mobile.modes import banner_of
from net119_reference.web.pages.mobile.phone import phone_of
from net119_reference.web.pages.rendering import JAPAN
from net119_reference.web.pages.routing import see_other

CALL = "/c/{call_id}"
_PATH_DIGITS = 12
_PLACED, _UNMEASURED, _UNREAD = "yes", "no", "unread"
"""What became of a position, in the query of the page that says so."""


def add_routes(routes: APIRouter, context: MobileContext) -> None:
    """Add the chat, a page that fetches itself, and what is said."""
    chat = _Chat(context)
    context.add_call(routes, CALL, chat.show)
    context.add_call(routes, f"{CALL}/wait", chat.wait)
    context.add_call(routes, f"{CALL}/lines/{{seq}}", chat.line)
    context.add_call(routes, CALL, chat.say, "POST")
    context.add_call(routes, f"{CALL}/place", chat.place)
    context.add_call(routes, f"{CALL}/place", chat.no_place, "POST")


@dataclass(frozen=True)
class _Unsent:
    """A text that was not stored: it stands in the form again."""

    text: str
    client_id: str
    code: Refusal


class _Chat:
    def __init__(self, context: MobileContext) -> None:
        self._context = context
        self._service = context.context.service

    async def show(self, request: Request, session: MobileSession) -> Response:
        """The newest lines, and the form."""
        return await self._page(request, session, call_number(request.path_params["call_id"]))

    async def wait(self, request: Request, session: MobileSession) -> Response:
        """The same without a field to type in, fetched again by itself."""
        number = call_number(request.path_params["call_id"])
        return await self._page(request, session, number, waiting=True)

    async def _page(
        self,
        request: Request,
        session: MobileSession,
        number: Any,
        *,
        waiting: bool = False,
        unsent: _Unsent | None = None,
    ) -> Response:
        service, who = self._service, session.who
        await service.phones.polled(who, number)
        call = await service.call_of(who, number)
        lines = (await service.lines_of(who, number, 0)).lines
        before = _number(request.query_params.get("before", ""))
        found = transcript.extract(lines, before)
        await self._tell_unshown(request, session, call, found.lines)
        lang = language_of(request)
        unread = transcript.unread(lines)
        texts = refusal_texts(unsent.code) if unsent else None
        replaced = "replaced" in request.query_params
        asked = await service.positions.asked(who, number)
        placed = request.query_params.get("placed", "")
        back = f"{self._context.origin(request)}{session.path}/c/{number}/place"
        link, simple = position_links(phone_of(request).carrier, back)
        values: dict[str, Any] = {
            "base": session.path,
            "by_callback": session.who.call_id is not None,
            "here": f"{session.path}/c/{number}",
            "call": call,
            "kind": label(call.kind, lang),
            "banner": banner_of(call.mode, lang),
            "notices": notices(call, lang),
            "state": call.state.value,
            "entries": [self._entry(request, lines, each) for each in found.lines],
            "unread": unread,
            "above": [each.seq for each in found.lines[:unread]],
            "older": found.older,
            "paging": before is not None,
            "question": None if before else transcript.open_question(lines),
            "label_cut": transcript.LABEL_CUT,
            "keys": transcript.KEYS,
            "sent": _number(request.query_params.get("sent", "")),
            "replaced": notice(NoticeCode.EMOJI_REPLACED) if replaced else None,
            "place_asked": asked is not None or placed in (_UNMEASURED, _UNREAD),
            "placed": placed if placed in (_PLACED, _UNMEASURED, _UNREAD) else "",
            "link": link,
            "simple": simple,
            "unsent": unsent,
            "unsent_texts": texts,
            "client_id": unsent.client_id if unsent else secrets.token_urlsafe(9),
            "answered": [each for each in lines if each.sender is SenderRole.DISPATCHER],
            "clock": _clock,
        }
        if call.state is CallState.CLOSED:
            return self._context.page(request, "ended.html", **values)
        return self._context.page(
            request,
            "wait.html" if waiting else "chat.html",
            status=409 if unsent and unsent.code is Refusal.ID_REUSED else 200,
            **values,
        )

    def _entry(
        self, request: Request, lines: tuple[ChatLine, ...], line: ChatLine
    ) -> dict[str, Any]:
        """A line as the template shows it."""
        text = line.text or transcript.chosen_label(lines, line)
        options = "／".join(each.label for each in line.options)
        cut = len(text) > transcript.LINE_CUT or len(options) > transcript.LINE_CUT
        return {
            "seq": line.seq,
            "sender": line.sender.value,
            "who": label(line.sender, language_of(request)),
            "chosen": line.choice is not None,
            "clock": _clock(line.at),
            "text": text[: transcript.LINE_CUT],
            "options": options[: transcript.LINE_CUT],
            "cut": cut,
        }

    async def _tell_unshown(
        self,
        request: Request,
        session: MobileSession,
        call: CallView,
        lines: tuple[ChatLine, ...],
    ) -> None:
        """Tell the dispatcher of characters that this phone cannot show (CNB-30)."""
        charset = phone_of(request).charset
        for line in reversed(lines):
            if line.sender is SenderRole.DISPATCHER:
                said = line.text + "".join(each.label for each in line.options)
                replaced = shown(said, charset).replaced
                if replaced:
                    await self._service.phones.note_unshown(
                        session.who, call.call_id, line.seq, replaced
                    )

    async def line(self, request: Request, session: MobileSession) -> Response:
        """One line in full."""
        number = call_number(request.path_params["call_id"])
        seq = _number(request.path_params["seq"])
        call = await self._service.call_of(session.who, number)
        lines = (await self._service.lines_of(session.who, number, 0)).lines
        found = next((each for each in lines if each.seq == seq), None)
        if found is None:
            raise Refused(Refusal.NOT_FOUND, "the call has no line of this number")
        lang = language_of(request)
        part = _number(request.query_params.get("part", "")) or 0
        whole = found.text or transcript.chosen_label(lines, found)
        whole += "".join(f"\n・{each.label}" for each in found.options)
        start = min(part * transcript.PART, len(whole))
        return self._context.page(
            request,
            "line.html",
            here=f"{session.path}/c/{number}",
            banner=banner_of(call.mode, lang),
            entry=self._entry(request, lines, found),
            text=whole[start : start + transcript.PART],
            more=part + 1 if len(whole) > start + transcript.PART else None,
        )

    # --- where the caller is --------------------------------------------------------------------

    async def place(self, request: Request, session: MobileSession) -> Response:
        """The phone has measured and come back: stored before the page says so (I9).

        A GET, since phones come back with one; the answer leads away from it, so that loading the
        page again tells nothing twice.
        """
        number = call_number(request.path_params["call_id"])
        found = told_position(request)
        if isinstance(found, CarrierFix):
            fix = found.to_fix(self._service.registrations.now())
            return await self._tell(request, session, number, NewLocation(fix=fix), _PLACED)
        if found.problem is Unread.NO_POSITION:
            told = NewLocation(problem=PositionProblem.TIMEOUT)
            return await self._tell(request, session, number, told, _UNMEASURED)
        # Nothing is told of what cannot be read: the dispatcher goes on waiting for a position.
        self._context.note(request, Refused(Refusal.INVALID, f"position: {found.code}"))
        return see_other(f"{session.path}/c/{number}?placed={_UNREAD}")

    async def no_place(self, request: Request, session: MobileSession) -> Response:
        """The caller says that the phone gives no position."""
        number = call_number(request.path_params["call_id"])
        form = await self._context.form(request)
        if not form.pressed("off"):
            return see_other(f"{session.path}/c/{number}")
        told = NewLocation(problem=PositionProblem.OFF)
        return await self._tell(request, session, number, told, _UNMEASURED)

    async def _tell(
        self, request: Request, session: MobileSession, number: Any, told: NewLocation, then: str
    ) -> Response:
        here = f"{session.path}/c/{number}"
        try:
            await self._service.positions.tell(session.who, number, told)
        except (Refused, StorageFailed) as error:
            if isinstance(error, StorageFailed):
                error = Refused(Refusal.STORAGE_FAILED, "the position could not be stored")
            self._context.note(request, error)
            # The page of a closed call says that it is over.
            return see_other(f"{here}?placed={_UNREAD}")
        return see_other(f"{here}?placed={then}")

    # --- saying -------------------------------------------------------------------------------

    async def say(self, request: Request, session: MobileSession) -> Response:
        """A text, or a choice; stored before the answer says so (invariant I9)."""
        number = call_number(request.path_params["call_id"])
        form = await self._context.form(request)
        here = f"{session.path}/c/{number}"
        text, client_id = form.get("text"), form.get("client_id")[:40]
        try:
            line = await self._line(session, number, form, client_id)
            if line is None:
                return see_other(here)
            stored = await self._context.say(session, str(number), line)
        except Refused as refused:
            self._context.note(request, refused)
            unsent = _Unsent(text, client_id, refused.code)
            return await self._page(request, session, number, unsent=unsent)
        except StorageFailed:
            unsent = _Unsent(text, client_id, Refusal.STORAGE_FAILED)
            return await self._page(request, session, number, unsent=unsent)
        more = "&replaced=1" if line.choice is None and "text" in form.replaced else ""
        return see_other(f"{here}?sent={stored.seq}{more}")

    async def _line(
        self, session: MobileSession, number: Any, form: MobileForm, client_id: str
    ) -> NewLine | None:
        """The line that a form says; ``None`` if it says nothing.

        Its client id names what is said as well: the same form sent twice is one line, while
        another text in a form that the phone kept is a line of its own.
        """
        pressed = next((name for name in form.fields if name.startswith("choice.")), "")
        if pressed:
            choice = await self._choice(session, number, pressed)
            return NewLine(client_id=f"{pressed[:40]}.{choice.option_id}"[:64], choice=choice)
        text = form.get("text")
        if not text:
            return None
        if len(text) > TEXT_LIMIT:
            raise Refused(
                Refusal.TOO_LONG, f"a line has {TEXT_LIMIT} characters at most", field="text"
            )
        digest = hashlib.sha256(text.encode()).hexdigest()[:_PATH_DIGITS]
        safe = "".join(each for each in client_id if "!" <= each <= "~")
        return NewLine(client_id=f"{safe}-{digest}", text=text)

    async def _choice(self, session: MobileSession, number: Any, pressed: str) -> Choice:
        """The option of a pressed button, ``choice.{line}.{number of the option}``."""
        _, _, rest = pressed.partition(".")
        seq, _, index = rest.partition(".")
        asked, chosen = _number(seq), _number(index)
        lines = (await self._service.lines_of(session.who, number, 0)).lines
        for line in lines:
            if line.seq == asked and chosen is not None and chosen < len(line.options):
                return Choice(seq=line.seq, option_id=line.options[chosen].id)
        raise Refused(Refusal.INVALID, "this question has no such answer", field="choice")


def _number(text: str) -> int | None:
    """A number in a query or a name; ``None`` if it is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _PATH_DIGITS else None


def _clock(moment: Any) -> str:
    return f"{moment.astimezone(JAPAN):%H:%M}"
