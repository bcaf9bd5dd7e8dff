"""One registration as a page: read for a purpose, with what was typed if a form comes back."""

import base64
import contextlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from net119_protocol.api.staff import RegistrationState as State
from net119_protocol.application import Application
from net119_protocol.codes import Refusal
from net119_protocol.directory import JurisdictionIndex
from net119_protocol.labels import Label, Language
from net119_protocol.profile.check import FieldProblem
from net119_protocol.profile.model import Item
from starlette.responses import Response

from net119_reference.ports import Refused
from net119_reference.registration.item_names import label_of_path
from net119_reference.registration.ports import HistoryEntry, RegistrantRecord
from net119_reference.registration.roles import Right, may
from net119_reference.registration.states import REVIEWED
from net119_reference.web.pages.language import language_of
from net119_reference.web.pages.places import drawn, named
from net119_reference.web.pages.rendering import day, pick, when
from net119_reference.web.pages.shown import differences, sections
from net119_reference.web.pages.staff import words
from net119_reference.web.pages.staff.acts import ACTS, offered
from net119_reference.web.pages.staff.desk import Desk, Visit

PURPOSE_LIMIT = 200
OTHER = "other"


@dataclass(frozen=True)
class Again:
    """A form that comes back: why, and what was typed into it."""

    status: int = 200
    problems: tuple[FieldProblem, ...] = ()
    typed: Mapping[str, str] = field(default_factory=dict)
    faster: bool = False
    """Whether somebody decided meanwhile."""


def path_of(registrant_id: UUID, purpose: str = "", what: str = "") -> str:
    """The URL path of a registration's page, or of a page below it."""
    path = f"/staff/registrants/{registrant_id}" + (f"/{what}" if what else "")
    if not purpose:
        return path
    asked = (
        {"purpose": purpose}
        if purpose in words.PURPOSES
        else {"purpose": OTHER, "purpose_text": purpose}
    )
    return f"{path}?{urlencode(asked)}"


def registrant_id_of(visit: Visit) -> UUID:
    """The registrant of the URL.

    Raises:
        Refused: it is no ID (``not-found``).
    """
    try:
        return UUID(visit.request.path_params["registrant_id"])
    except ValueError:
        raise Refused(Refusal.NOT_FOUND, "the URL holds no registrant's ID") from None


def purpose_of(visit: Visit) -> str:
    """What the registration is read for, as it is recorded; empty where it was not said."""
    sent = visit.sent
    code = sent.get("purpose") or visit.asked("purpose")
    text = sent.get("purpose_text") or visit.asked("purpose_text")
    if code == OTHER:
        return text if 0 < len(text) <= PURPOSE_LIMIT else ""
    return code if code in words.PURPOSES else ""


def ask_purpose(desk: Desk, visit: Visit) -> Response:
    """Ask what the registration is to be read for, before anything of it is shown (CNB-40)."""
    lang = language_of(visit.request)
    chosen = visit.asked("purpose")
    problems = []
    if not chosen and "purpose_text" in visit.request.query_params:
        problems.append(
            FieldProblem("purpose", "required", "目的を選んでください。", "Choose the purpose.")
        )
    elif chosen == OTHER:
        problems.append(
            FieldProblem(
                "purpose_text",
                "required" if not visit.asked("purpose_text") else "too-long",
                f"目的を{PURPOSE_LIMIT}文字以内で書いてください。",
                f"Say what for, in at most {PURPOSE_LIMIT} characters.",
            )
        )
    return desk.page(
        visit,
        "purpose.html",
        current="search",
        problems=problems,
        purposes=[(code, pick(lang, *text)) for code, text in words.PURPOSES.items()],
        chosen=chosen,
        text=visit.asked("purpose_text"),
    )


async def record_page(
    desk: Desk, visit: Visit, registrant_id: UUID, purpose: str, again: Again | None = None
) -> Response:
    """The page of a registration; ``again`` where a form on it is to be looked at once more."""
    record = await desk.service.application(visit.who, registrant_id, purpose)
    back = again or Again()
    return desk.page(
        visit,
        "registration.html",
        current="search",
        status=back.status,
        problems=back.problems,
        here=path_of(registrant_id, purpose),
        **_shown(desk, visit, record, purpose),
        typed=back.typed,
        faster=_news(record, back),
        done=visit.asked("done"),
        done_words=_done(visit),
        acts=offered(visit.who, record.state),
    )


def _shown(desk: Desk, visit: Visit, record: RegistrantRecord, purpose: str) -> dict[str, Any]:
    lang: Language = language_of(visit.request)
    index = desk.service.places()

    def place(code: str) -> str:
        return named(index, code, lang)

    present = sections(record.application, visit.profile, lang, place)
    proposed = sections(record.proposal, visit.profile, lang, place) if record.proposal else ()
    reviewed = record.state in REVIEWED
    return {
        "record": record,
        "purpose": purpose,
        "parts": proposed if record.state is State.CHANGE_PENDING and proposed else present,
        "differences": differences(present, proposed) if record.proposal else (),
        "decides": reviewed and may(visit.who, Right.REVIEW),
        "image": path_of(record.registrant_id, purpose, "image")
        if reviewed and record.has_image
        else "",
        "commons": [("", pick(lang, "選ばない", "None"))]
        + [(code, pick(lang, *text)) for code, text in words.COMMON_DEFECTS.items()],
        "map": _map(index, record.proposal or record.application, lang),
        "asks_image": visit.profile.asks(Item.IDENTITY_IMAGE),
        "purposes": words.PURPOSES,
        "label_of": lambda path: label_of_path(path, lang),
        "history_details": lambda entry: _details(entry, lang),
        "base": path_of(record.registrant_id),
        "link": lambda what: path_of(record.registrant_id, purpose, what),
    }


@dataclass(frozen=True)
class Drawing:
    """A map of a position: a picture within the page, so that nothing is read a second time."""

    url: str
    place: str
    """The municipality that the position is in."""


def _map(index: JurisdictionIndex, shown: Application, lang: Language) -> Drawing | None:
    """Where the address is, if somebody confirmed it on a map and it is in Japan."""
    address = shown.data.address
    code = index.at(address.lon, address.lat).municipality
    if code is None or not address.position_is_confirmed:
        return None
    title = pick(lang, "位置の地図", "Map of the position")
    picture = base64.b64encode(drawn(index, code, address.lat, address.lon, title).encode())
    url = f"data:image/svg+xml;base64,{picture.decode()}"
    return Drawing(url, named(index, code, lang))


_KEYED_IN = Label(
    "申請を入力しました。審査待ちです。まだ利用できません。",
    "The application is entered. It waits for review; until then the service cannot be used.",
)


def _done(visit: Visit) -> str:
    if visit.asked("done") == "key-in":
        return pick(language_of(visit.request), *_KEYED_IN)
    ja, en = next(
        (act.done for act in ACTS if act.code == visit.asked("done")),
        Label("手続きを行いました。", "Done."),
    )
    return pick(language_of(visit.request), ja, en)


def _news(record: RegistrantRecord, back: Again) -> tuple[HistoryEntry, ...]:
    """What happened since the form was shown to the slower of two."""
    if not back.faster:
        return ()
    seen = back.typed.get("seen", "")
    count = int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 7 else 0
    return record.history[count:] or record.history[-1:]


_TERMS = re.compile(r"terms (\S+) accepted at (.+)")
_FIELD = re.compile(r"(^|; )([a-z_.0-9]+|-): ")


def _details(entry: HistoryEntry, lang: Language) -> str:
    """What else an event says, in words where it names fields or a moment."""
    found = _TERMS.fullmatch(entry.detail)
    if found:
        moment = when(lang, datetime.fromisoformat(found[2]))
        ja, en = (f"利用規約 {found[1]} に同意（{moment}）", f"Terms {found[1]} accepted, {moment}")
        return pick(lang, ja, en)
    if entry.what in {"change-applied", "withdrawn"} and lang == "ja":
        return "\n".join(_form_part(each) for each in entry.detail.split("; "))
    if entry.what == "mail-undeliverable":
        kind, _, why = entry.detail.partition(": ")
        never = words.never_sent_words(why)
        mail = pick(lang, *words.words_of(words.MAILS, kind))
        return f"{mail}: {pick(lang, *never) if never else why}"
    if entry.what in {"returned", "change-returned"}:
        return _FIELD.sub(
            lambda match: (
                ("\n" if match[1] else "")
                + label_of_path("" if match[2] == "-" else match[2], lang)
                + ": "
            ),
            entry.detail,
        )
    return entry.detail


def _form_part(said: str) -> str:
    """One part of what the service says of a paper form, in Japanese; a note as it is."""
    if said == "device changed":
        return "端末の変更"
    received = said.removeprefix("form received on ")
    if received != said:
        # A note may begin like this and hold no day.
        with contextlib.suppress(ValueError):
            return f"届の受付 {day('ja', date.fromisoformat(received))}"
    number = said.removeprefix("number ")
    return f"届の番号 {number}" if number != said else said
