"""The reference with other ways that are as right as its own: every purpose must pass it."""

import asyncio
import functools
from collections import defaultdict
from datetime import timedelta
from typing import Any
from uuid import UUID

from net119_protocol.api.alarms import IncidentList
from net119_protocol.api.console import CallList, ConsoleCall, ConsoleCallFrame
from net119_protocol.codes import CallState
from net119_reference.calls.model import Call
from net119_reference.ports import Refused
from net119_reference.service import views
from net119_reference.service.alarms.desk import AlarmDesk
from net119_reference.service.consoles import ConsoleDesk
from net119_reference.service.hub import Hub
from net119_reference.service.showing import Shows
from net119_reference.web.pages.mobile.chat import _Chat
from starlette.requests import Request
from starlette.responses import Response

from tests.mutants.defects.retention import sweep_late
from tests.mutants.registry import Patch
from tests.mutants.rewriting import static

LAG_S = 0.7


def be_otherwise(patch: Patch) -> None:
    """What is shown is a moment late, and so is what is due when the clock is set; who has a call
    may answer it once more; the card is read aloud sentence by sentence."""
    _by_sentences(patch)
    _desk_late(patch)
    _lag(patch)
    sweep_late(patch, LAG_S)
    _gone_late(patch)
    _answered_twice(patch)


def _answered_twice(patch: Patch) -> None:
    """A dispatcher who answers a call that is theirs already is told just that."""

    async def answer(original: Any, desk: ConsoleDesk, who: Any, call_id: Any) -> Any:
        try:
            return await original(desk, who, call_id)
        except Refused:
            live, call = desk.seen(who, call_id)
            if call.state is not CallState.ANSWERED or call.answered_by != who.name:
                raise
            return desk.view(who, live)

    patch.around(ConsoleDesk, "answer", answer)


def _by_sentences(patch: Patch) -> None:
    """The card gives its sentences to the phone's voice one after the other, with a pause."""
    one_by_one = """
      var rest = said.text.split("。").filter(Boolean), begun = said.onstart, ended = said.onend;
      (function next() {
        var one = new SpeechSynthesisUtterance(rest.shift());
        one.voice = own;
        one.addEventListener("start", begun);
        one.addEventListener("end", function () {
          if (rest.length) { setTimeout(next, 300); } else { ended(); }
        });
        speech.speak(one);
      }());
    """
    static(patch, "card.js", "speech.speak(said);", one_by_one)


def _desk_late(patch: Patch) -> None:
    """The console's page lets the field for writing come and go a moment after the rest of a call
    that is open already."""
    late = f"""
      if (window.drawn !== entry) {{ C.composer.show(entry); }}
      window.drawn = entry;
      setTimeout(() => {{
        if (C.store.selected === entry) {{ C.composer.show(entry); }}
      }}, {1000 * LAG_S});
    """
    static(patch, "console/call.js", "C.composer.show(entry);", late)


def _gone_late(patch: Patch) -> None:
    """Consoles are told a moment late that another center has a call that was theirs."""

    def to_consoles(original: Any, hub: Hub, centers: Any, frame_for: Any) -> None:
        loop = asyncio.get_running_loop()
        for center in tuple(centers):
            frame = frame_for(center)
            send = functools.partial(original, hub, (center,), frame_for)
            if isinstance(frame, ConsoleCallFrame) and not frame.call.mine:
                loop.call_later(LAG_S, send)
            else:
                send()

    patch.around(Hub, "to_consoles", to_consoles)


def _lag(patch: Patch) -> None:
    """Calls are listed at their center a moment after they were placed, and as they were a moment
    ago; the hails of a home alarm are late, too; a feature phone that loads the page of its chat
    again so soon is shown the same as before."""
    shown: dict[str, tuple[float, Response]] = {}
    told: defaultdict[UUID, list[tuple[float, Call]]] = defaultdict(list)

    def call(original: Any, shows: Shows, live: Any, now: Call) -> None:
        told[now.call_id].append((asyncio.get_running_loop().time(), now))
        original(shows, live, now)

    async def center_calls(original: Any, desk: ConsoleDesk, who: Any) -> CallList:
        found: CallList = await original(desk, who)
        until = desk._core.clock.now() - timedelta(seconds=LAG_S)
        calls = (each for each in found.calls if each.opened_at <= until)
        return CallList(calls=tuple(a_moment_ago(desk, who, each) for each in calls))

    def a_moment_ago(desk: ConsoleDesk, who: Any, view: ConsoleCall) -> ConsoleCall:
        until = asyncio.get_running_loop().time() - LAG_S
        older = [each for at, each in told[view.call_id] if at <= until]
        if not older:
            return view
        last_seq = desk._core.live(view.call_id).last_seq
        return views.for_console(older[-1], last_seq, who.center, desk._core.operator)

    async def show(original: Any, chat: _Chat, request: Request, session: Any) -> Response:
        url, now = str(request.url), asyncio.get_running_loop().time()
        if url not in shown or shown[url][0] + LAG_S < now:
            shown[url] = now, await original(chat, request, session)
        return shown[url][1]

    async def incidents(original: Any, desk: AlarmDesk, who: Any, *, closed: bool) -> IncidentList:
        found: IncidentList = await original(desk, who, closed=closed)
        until = desk._alarms.core.clock.now() - timedelta(seconds=LAG_S)
        shown = []
        for each in found.incidents:
            hails = tuple(hail for hail in each.hails if hail.at <= until)
            shown.append(each.model_copy(update={"hails": hails}))
        return IncidentList(incidents=tuple(shown))

    patch.around(AlarmDesk, "incidents", incidents)
    patch.around(Shows, "call", call)
    patch.around(ConsoleDesk, "center_calls", center_calls)
    patch.around(_Chat, "show", show)
