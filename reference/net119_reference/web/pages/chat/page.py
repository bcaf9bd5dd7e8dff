"""The chat page of a call, behind any of its doors, and its form without JavaScript.

The page holds all lines and works by reloading; its script then goes on over the WebSocket
(CTS-09, CTS-10, CNB-29).
"""

from fastapi import APIRouter
from net119_protocol.api.handset import NewLocation
from net119_protocol.codes import CallState, Mode, PositionProblem, Refusal
from net119_protocol.labels import label_of
from net119_protocol.model import TEXT_LIMIT
from net119_protocol.profile.check import FieldProblem
from net119_protocol.texts import refusal_texts
from net119_protocol.unreachable_texts import ASKS_NOBODY, unreachable_parts
from starlette.requests import Request
from starlette.responses import Response

from net119_reference.ports import Refused, StorageFailed
from net119_reference.web.pages.calling.steps import NO_FIX_S
from net119_reference.web.pages.chat import words
from net119_reference.web.pages.chat.lines import clock_of, line_of, new_client_id, shown
from net119_reference.web.pages.chat.plea import not_real, sentences
from net119_reference.web.pages.chat.visit import ChatDoor, Visit
from net119_reference.web.pages.forms import read_form
from net119_reference.web.pages.language import language_of
from net119_reference.web.pages.mobile.modes import mark_of
from net119_reference.web.pages.routing import PageContext, see_other
from net119_reference.web.pages.sessions import check_csrf
from net119_reference.web.problems import STATUS, showable


def add_routes(routes: APIRouter, context: PageContext, door: ChatDoor) -> None:
    """Add the chat page and what its form sends."""
    service = context.context.service

    async def chat_page(
        request: Request,
        visit: Visit,
        *,
        refused: Refused | None = None,
        text: str = "",
        client_id: str | None = None,
    ) -> Response:
        who, call_id = visit.identity, visit.call_id
        call = await service.call_of(who, call_id)
        transcript = await service.lines_of(who, call_id, 0)
        plea = await service.plea_of(who, call_id)
        asked = await service.positions.asked(who, call_id)
        places = service.registrations.places()
        lang = language_of(request)
        closed = call.state is CallState.CLOSED
        return context.pages.page(
            request,
            "call-chat.html",
            status=STATUS[refused.code] if refused else 200,
            problems=[problem_of(refused)] if refused else [],
            here=visit.path,
            path=visit.path,
            back=visit.back,
            callback=visit.callback,
            practice=call.mode is Mode.PRACTICE,
            asks_nobody=call.mode in ASKS_NOBODY,
            mark=mark_of(call.mode, lang),
            not_real=not_real(call.mode),
            mode=label_of(call.mode),
            call=call,
            kind=label_of(call.kind),
            opened=clock_of(call.opened_at),
            closed=closed,
            coming=call.outcome in words.COMING,
            state=words.state_words(call, lang),
            place_asked=asked is not None,
            unmeasured="unmeasured" in request.query_params,
            unmeasured_said=words.UNMEASURED,
            notices=words.notices(call, lang),
            lines=shown(transcript.lines),
            senders=words.SENDERS,
            stored=words.said(words.STORED, lang),
            quick=words.QUICK,
            means=words.means(lang),
            unreachable=unreachable_parts(call.mode),
            sentences=sentences(plea, places, kind=call.kind, at_home=False),
            csrf=visit.csrf,
            text=text,
            # An id for each form of the page: a second press of one says nothing twice.
            client_id=client_id or new_client_id(),
            new_client_id=new_client_id,
            script={
                "path": visit.path,
                "callId": str(call_id),
                "after": transcript.lines[-1].seq if transcript.lines else 0,
                "state": call.state.value,
                "limit": TEXT_LIMIT,
                "practice": call.mode in ASKS_NOBODY,
                "measureS": NO_FIX_S,
                "words": words.script_words(lang, practice=call.mode in ASKS_NOBODY),
            },
        )

    async def say(request: Request, visit: Visit) -> Response:
        form = await read_form(request)
        check_csrf(form, visit.csrf)
        client_id = form.get("client_id")
        try:
            await service.caller_says(visit.identity, visit.call_id, line_of(form))
            context.context.metrics.line_stored("caller")
        except Refused as refused:
            if refused.code is Refusal.UNKNOWN_CALL:
                raise
            problem = refused
        except StorageFailed as failed:
            problem = Refused(Refusal.STORAGE_FAILED, failed.detail)
        else:
            return see_other(f"{visit.path}#end")
        context.context.refusals.note(
            request.scope, problem.code.value, f"{request.method}: {showable(problem.detail)}"
        )
        # Kept with its id: sent again it is the same line, unless the id is what was wrong.
        fresh = problem.code is Refusal.ID_REUSED or problem.field == "client_id"
        text = "" if "choice" in form.fields else form.fields.get("text", "")
        return await chat_page(
            request,
            visit,
            refused=problem,
            text=text,
            client_id=None if fresh or not text else client_id,
        )

    async def cannot_measure(request: Request, visit: Visit) -> Response:
        """Without a script no browser measures: the dispatcher is told so, and asks in words."""
        form = await read_form(request)
        check_csrf(form, visit.csrf)
        if form.action != "no-position":
            raise Refused(Refusal.INVALID, "the form has no such button", field="action")
        told = NewLocation(problem=PositionProblem.OFF)
        await service.positions.tell(visit.identity, visit.call_id, told)
        return see_other(f"{visit.path}?unmeasured=1#end")

    context.add(routes, door.path, door.guard(chat_page))
    context.add(routes, f"{door.path}/location", door.guard(cannot_measure), "POST")
    context.add(routes, f"{door.path}/lines", door.guard(say), "POST")


def problem_of(refused: Refused) -> FieldProblem:
    """Why a line was not taken, beside the field where it was written."""
    if refused.field == "text" and refused.code is Refusal.INVALID:
        return FieldProblem("text", "empty", "何も書かれていません。", "Nothing is written.")
    texts = refusal_texts(refused.code)
    return FieldProblem("text", refused.code.value, texts.message_ja, texts.message_en)
