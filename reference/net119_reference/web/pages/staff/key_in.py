"""Keying in paper forms: an application with its consent, and a change (CNB-03, CNB-44, CNB-47)."""

from dataclasses import dataclass

from fastapi import APIRouter
from net119_protocol.application import Application
from net119_protocol.codes import Refusal
from net119_protocol.directory import japan_date
from net119_protocol.profile.check import FieldProblem
from starlette.responses import Response

from net119_reference.ports import Refused
from net119_reference.registration import problems as known
from net119_reference.registration.entries import Reading, fields_of, read
from net119_reference.registration.ports import (
    NotAccepted,
    Overtaken,
    PaperDetails,
    RegistrantRecord,
)
from net119_reference.registration.roles import Right, may
from net119_reference.web.pages.application_view import ApplicationView, edited
from net119_reference.web.pages.forms import Form
from net119_reference.web.pages.language import language_of
from net119_reference.web.pages.places import named
from net119_reference.web.pages.routing import see_other
from net119_reference.web.pages.shown import Difference, Section, differences, sections
from net119_reference.web.pages.staff.act_pages import long_text, received_on
from net119_reference.web.pages.staff.acts import offered
from net119_reference.web.pages.staff.change_form import RECEIVED, change_form
from net119_reference.web.pages.staff.decisions import version_of
from net119_reference.web.pages.staff.desk import Desk, Visit
from net119_reference.web.pages.staff.record import (
    Again,
    ask_purpose,
    path_of,
    purpose_of,
    record_page,
    registrant_id_of,
)
from net119_reference.web.pages.staff.registrant import PATH

KEY_IN = "/staff/key-in"
_ON = frozenset({"next", "enter", "", "submit"})


@dataclass(frozen=True)
class Target:
    """What the form is for: a new registration, or a change of one."""

    path: str
    record: RegistrantRecord | None = None

    @property
    def version(self) -> str:
        """The version that the form was made for; empty for a new registration."""
        return str(self.record.version) if self.record else ""


def add_routes(routes: APIRouter, desk: Desk) -> None:
    """Add the pages."""
    part = _KeyIn(desk)
    desk.add(routes, KEY_IN, part.blank, right=Right.KEY_IN)
    desk.add(routes, KEY_IN, part.enter, "POST", right=Right.KEY_IN)
    desk.add(routes, f"{PATH}/change", part.present, right=Right.KEY_IN)
    desk.add(routes, f"{PATH}/change", part.enter_change, "POST", right=Right.KEY_IN)


@dataclass(frozen=True)
class _KeyIn:
    desk: Desk

    async def blank(self, visit: Visit) -> Response:
        """An empty form."""
        today = japan_date(self.desk.service.now()).isoformat()
        return self._form(visit, Target(KEY_IN), {"paper.received_on": today})

    async def enter(self, visit: Visit) -> Response:
        """What was keyed in of an application."""
        return await self._go_on(visit, Target(KEY_IN))

    async def present(self, visit: Visit) -> Response:
        """The form of a change, with what is registered."""
        registrant_id, purpose = registrant_id_of(visit), purpose_of(visit)
        if not purpose:
            return ask_purpose(self.desk, visit)
        record = await self.desk.service.application(visit.who, registrant_id, purpose)
        if not self._may_change(visit, record):
            again = Again(409, faster=True)
            return await record_page(self.desk, visit, registrant_id, purpose, again)
        target = Target(path_of(registrant_id, purpose, "change"), record)
        today = japan_date(self.desk.service.now()).isoformat()
        return self._form(visit, target, {**fields_of(record.application), RECEIVED: today})

    async def enter_change(self, visit: Visit) -> Response:
        """What was keyed in of a change."""
        registrant_id, purpose = registrant_id_of(visit), purpose_of(visit) or "update"
        record = await self.desk.service.application(visit.who, registrant_id, purpose)
        if record.version != version_of(visit.sent) or not self._may_change(visit, record):
            again = Again(409, typed=visit.sent.fields, faster=True)
            return await record_page(self.desk, visit, registrant_id, purpose, again)
        return await self._go_on(visit, Target(path_of(registrant_id, purpose, "change"), record))

    @staticmethod
    def _may_change(visit: Visit, record: RegistrantRecord) -> bool:
        return any(act.code == "change" for act in offered(visit.who, record.state))

    async def _go_on(self, visit: Visit, target: Target) -> Response:
        form = visit.sent
        fields = _edited(form)
        if form.action not in _ON:
            return self._form(visit, target, fields)
        reading, paper = self._read(visit, fields, target), _paper(form, visit)
        problems = [*reading.problems, *self._paper_problems(form, reading, target)]
        if problems or reading.application is None or (paper is None and target.record is None):
            return self._form(visit, target, fields, tuple(problems))
        if form.action != "submit":
            return self._confirm(visit, target, fields, reading, paper)
        try:
            return await self._store(visit, target, reading.application, paper)
        except NotAccepted as refused:
            return self._form(visit, target, fields, refused.problems)

    async def _store(
        self,
        visit: Visit,
        target: Target,
        application: Application,
        paper: PaperDetails | None,
    ) -> Response:
        service, who, record = self.desk.service, visit.who, target.record
        purpose = "review" if may(who, Right.REVIEW) else "update"
        if record is None and paper is not None:
            registrant_id = await service.key_in(who, application, paper)
            return see_other(f"{path_of(registrant_id, purpose)}&done=key-in")
        if record is None:
            raise Refused(Refusal.INVALID, "the day of receipt is missing")
        registrant_id = record.registrant_id
        try:
            said, _ = change_form(visit.sent)
            await service.key_in_change(who, registrant_id, record.version, application, said)
        except Overtaken:
            again = Again(409, typed=visit.sent.fields, faster=True)
            return await record_page(self.desk, visit, registrant_id, purpose, again)
        return see_other(f"{path_of(registrant_id, purpose)}&done=change")

    # --- what was entered ---------------------------------------------------------------------

    def _read(self, visit: Visit, fields: dict[str, str], target: Target) -> Reading:
        before = target.record.application.data.address if target.record else None
        return read(
            fields,
            visit.profile,
            self.desk.service.places(),
            japan_date(self.desk.service.now()),
            # The identity document is looked at where the form is handed in.
            has_image=True,
            before=before,
        )

    def _paper_problems(self, form: Form, reading: Reading, target: Target) -> list[FieldProblem]:
        if target.record is not None:
            return list(change_form(form)[1])
        received, wrong = received_on(form, "paper.received_on")
        found = [wrong] if wrong else []
        if received is not None and received > japan_date(self.desk.service.now()):
            found.append(known.RECEIVED_ON)
        if form.get("paper.consent_signed") != "yes":
            found.append(known.CONSENT)
        minor = reading.application is not None and reading.application.guardian is not None
        if minor and form.get("paper.guardian_signed") != "yes":
            found.append(known.GUARDIAN_SIGNED)
        texts = (long_text(form, name) for name in ("paper.number", "paper.note"))
        return [*found, *(each for each in texts if each is not None)]

    # --- pages --------------------------------------------------------------------------------

    def _form(
        self,
        visit: Visit,
        target: Target,
        fields: dict[str, str],
        problems: tuple[FieldProblem, ...] = (),
    ) -> Response:
        context = self.desk.context.context
        return self.desk.page(
            visit,
            "key_in.html",
            current="search" if target.record else "key-in",
            here=target.path,
            status=422 if problems else 200,
            problems=problems,
            target=target,
            fields=fields,
            form=ApplicationView(
                profile=visit.profile,
                lang=language_of(visit.request),
                values=fields,
                index=self.desk.service.places(),
                map=context.config.map,
                asks_image=False,
            ),
        )

    def _confirm(
        self,
        visit: Visit,
        target: Target,
        fields: dict[str, str],
        reading: Reading,
        paper: PaperDetails | None,
    ) -> Response:
        parts = self._sections(visit, reading)
        changed: tuple[Difference, ...] = ()
        if target.record is not None:
            before = Reading(target.record.application, ())
            changed = differences(self._sections(visit, before), parts)
        return self.desk.page(
            visit,
            "key_in_confirm.html",
            current="search" if target.record else "key-in",
            here=target.path,
            target=target,
            fields=fields,
            parts=parts,
            differences=changed,
            paper=paper,
        )

    def _sections(self, visit: Visit, reading: Reading) -> tuple[Section, ...]:
        if reading.application is None:
            return ()
        lang, index = language_of(visit.request), self.desk.service.places()
        return sections(
            reading.application, visit.profile, lang, lambda code: named(index, code, lang)
        )


def _paper(form: Form, visit: Visit) -> PaperDetails | None:
    received, _ = received_on(form, "paper.received_on")
    if received is None:
        return None
    return PaperDetails(
        consent_signed=form.get("paper.consent_signed") == "yes",
        received_on=received,
        terms_version=visit.profile.terms.version,
        guardian_signed=form.get("paper.guardian_signed") == "yes",
        number=form.get("paper.number"),
        note=form.get("paper.note"),
    )


def _edited(form: Form) -> dict[str, str]:
    return {n: text for n, text in edited(form).items() if n not in {"csrf", "version", "seen"}}
