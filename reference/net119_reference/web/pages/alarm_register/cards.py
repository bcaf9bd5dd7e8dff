"""Registration from the ward office's list and card, and changes and moves of a user (KYO-01/14).

What is entered is shown once more before it counts, with the checks of the helpers (KYO-02) and
the working day by which list and card go back.
"""

from dataclasses import dataclass

from fastapi import APIRouter
from net119_protocol.alarms.people import AlarmUser, EntryKind, Ledger
from net119_protocol.api import alarm_register as api
from net119_protocol.profile.check import FieldProblem
from starlette.responses import Response

from net119_reference.alarms import helpers, homes
from net119_reference.alarms.working_days import answer_due
from net119_reference.ports import Refused
from net119_reference.web.pages.alarm_register import card_form, problems
from net119_reference.web.pages.alarm_register.desk import HOME, Desk, RegisterPage, Visit
from net119_reference.web.pages.alarm_register.home import ledger_path, number_of, purpose_of
from net119_reference.web.pages.routing import see_other

NEW = f"{HOME}/cards/new"
PURPOSE = "processing"
_UP = "up-"


@dataclass(frozen=True)
class Target:
    """What the form is for: a new user, or a change or move of one."""

    path: str
    kind: EntryKind = EntryKind.NEW
    ledger: Ledger | None = None


def add_routes(routes: APIRouter, desk: Desk) -> None:
    """Add the pages."""
    part = _Cards(desk)
    desk.add(routes, NEW, part.blank)
    desk.add(routes, NEW, part.enter, "POST")
    for kind in (EntryKind.CHANGE, EntryKind.MOVE):
        path = f"{HOME}/ledgers/{{registration}}/{kind.value}"
        desk.add(routes, path, part.present(kind))
        desk.add(routes, path, part.change(kind), "POST")


@dataclass(frozen=True)
class _Cards:
    desk: Desk

    async def blank(self, visit: Visit) -> Response:
        """An empty form."""
        return self._form(visit, Target(NEW), {"received_on": self.desk.today().isoformat()})

    async def enter(self, visit: Visit) -> Response:
        """What was typed of a card."""
        return await self._go_on(visit, Target(NEW))

    def present(self, kind: EntryKind) -> RegisterPage:
        """The form of a change, with what is registered."""

        async def show(visit: Visit) -> Response:
            target = await self._target(visit, kind)
            if target.ledger is None or target.ledger.user is None:
                return see_other(ledger_path(visit.registration, PURPOSE))
            fields = card_form.typed(target.ledger.user)
            return self._form(
                visit, target, {**fields, "received_on": self.desk.today().isoformat()}
            )

        return show

    def change(self, kind: EntryKind) -> RegisterPage:
        """What was typed of a change."""

        async def sent(visit: Visit) -> Response:
            return await self._go_on(visit, await self._target(visit, kind))

        return sent

    async def _target(self, visit: Visit, kind: EntryKind) -> Target:
        number, purpose = visit.registration, purpose_of(visit) or PURPOSE
        ledger = await self.desk.register.ledger(visit.who, number, purpose)
        return Target(ledger_path(number, purpose, kind.value), kind, ledger)

    async def _go_on(self, visit: Visit, target: Target) -> Response:
        form = visit.sent
        fields = {name: text for name, text in form.fields.items() if name != "csrf"}
        if form.action.startswith(_UP):
            row = number_of(form.action.removeprefix(_UP)) or 0
            return self._form(visit, target, card_form.moved_up(fields, row))
        if form.action in {"back", "show"}:
            return self._form(visit, target, fields)
        typed = self._typed(fields, target)
        user = typed.user()
        received, wrong = problems.written(
            "received_on", fields.get("received_on", ""), typed.today
        )
        number = number_of(fields.get("registration", "").strip())
        found = [*([wrong] if wrong else []), *typed.problems]
        if target.ledger is None and number is None:
            found.insert(0, _number())
        if target.kind is EntryKind.CHANGE and user and _moves(target, user):
            found.append(_move_instead())
        if found or user is None or received is None:
            return self._form(visit, target, fields, tuple(found))
        if form.action != "enter":
            return self._confirm(visit, target, fields, user)
        try:
            if target.ledger is None:
                card = api.NewCard(registration=number or 0, user=user, received_on=received)
                made = await self.desk.register.enter(visit.who, card)
            else:
                kind = "move" if target.kind is EntryKind.MOVE else "change"
                body = api.ChangeLedger(kind=kind, user=user, received_on=received)
                made = await self.desk.register.change(visit.who, target.ledger.registration, body)
        except Refused as refused:
            return self._form(visit, target, fields, (problems.of_refusal(refused),))
        if not visit.section and made.station != visit.who.department:
            return see_other(f"{HOME}?done=moved-away")
        return see_other(ledger_path(made.registration, PURPOSE) + f"&done={target.kind.value}")

    def _typed(self, fields: dict[str, str], target: Target) -> card_form.CardForm:
        config = self.desk.config
        wards = frozenset(ward for each in config.stations for ward in each.wards)
        return card_form.CardForm(
            fields,
            self.desk.today(),
            self.desk.service.registrations.places(),
            wards,
            frozenset(each.code for each in config.ward_offices),
            target.ledger.user if target.ledger is not None else None,
        )

    def _form(
        self,
        visit: Visit,
        target: Target,
        fields: dict[str, str],
        found: tuple[FieldProblem, ...] = (),
    ) -> Response:
        rows = [
            row
            for row in range(1, card_form.MOST_HELPERS + 1)
            if any(name.startswith(f"helpers.{row}.") and text for name, text in fields.items())
        ]
        relatives = target.ledger.user.relatives if target.ledger and target.ledger.user else ()
        return self.desk.page(
            visit,
            "card.html",
            current="new" if target.ledger is None else "ledgers",
            here=target.path,
            status=422 if found else 200,
            problems=found,
            target=target,
            fields=fields,
            wards=self.desk.wards(visit.lang),
            offices=self.desk.offices(),
            helper_rows=min(
                card_form.MOST_HELPERS, max(card_form.HELPER_ROWS, max(rows, default=0) + 1)
            ),
            relative_rows=max(card_form.RELATIVE_ROWS, len(relatives)),
        )

    def _confirm(
        self, visit: Visit, target: Target, fields: dict[str, str], user: AlarmUser
    ) -> Response:
        received, _ = problems.written(
            "received_on", fields.get("received_on", ""), self.desk.today()
        )
        closed = next(
            (e.closed for e in self.desk.config.ward_offices if e.code == user.ward_office),
            frozenset(),
        )
        station = self.desk.config.station_of(user.address.municipality_code)
        checked = target.kind is not EntryKind.CHANGE
        return self.desk.page(
            visit,
            "card_confirm.html",
            current="new" if target.ledger is None else "ledgers",
            here=target.path,
            target=target,
            fields=fields,
            user=user,
            received=received,
            due=answer_due(received, closed) if received else None,
            station=station,
            checked=checked,
            helper_problems=helpers.problems(user.helpers),
            near=helpers.NEAR_MINUTES,
        )


def _moves(target: Target, user: AlarmUser) -> bool:
    before = target.ledger.user if target.ledger is not None else None
    return before is not None and homes.moved(before, user)


def _move_instead() -> FieldProblem:
    return FieldProblem(
        "street",
        "move",
        "住所が変わっています。「転居」で入力してください。受け持ちの消防署、近隣協力員、"
        "住宅世帯番号を新しい住所で確かめ直します。",
        "The address is another one: enter it as a move, so that station, helpers and household "
        "number are those of the new home.",
    )


def _number() -> FieldProblem:
    return FieldProblem(
        "registration",
        "form",
        "登録番号は、1から9999999までの数字で入れてください。",
        "A registration number is a number from 1 to 9999999.",
    )
