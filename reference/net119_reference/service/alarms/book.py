"""What the alarm service holds, in memory and in the database."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from net119_protocol.alarms.incident import Incident
from net119_protocol.alarms.people import Ledger, Opinion
from net119_protocol.alarms.signals import Utterance
from net119_protocol.api.alarms import UnitState
from net119_protocol.model import WireModel
from pydantic import TypeAdapter
from sqlalchemy.engine import Connection

from net119_reference.alarms import houses
from net119_reference.alarms.pressed import Whose
from net119_reference.alarms.units import Unit
from net119_reference.service.rows import stamp
from net119_reference.service.transaction import Transaction
from net119_reference.store import alarm_schema as tables

REMEMBERED = 64
"""Words of the center that are kept for a unit to ask for."""


@dataclass(frozen=True)
class HeldUnit:
    """A unit, where it stands, and what it is to say.

    ``station`` is the one whose area it stands in, ``ward_office`` that of the place;
    ``registration`` is None once its user has given it back.  ``said`` counts all that the center
    ever said through it.  ``installed_at`` is when it was put up there; None where that was before
    it was noted.
    """

    unit: Unit
    token_hash: str
    registration: int | None
    station: str
    ward_office: str
    spoken: tuple[Utterance, ...] = ()
    said: int = 0
    installed_at: datetime | None = None

    @property
    def whose(self) -> Whose:
        """Whose it is and where: what it sends belongs to incidents of these alone."""
        return Whose(self.registration, self.station, self.ward_office, self.installed_at)

    def saying(self, words: Utterance) -> "HeldUnit":
        """The unit with something more to say; ``words.n`` is the next count."""
        return replace(self, spoken=(*self.spoken, words)[-REMEMBERED:], said=words.n)

    def state(self) -> UnitState:
        """The unit as the desk sees it."""
        unit = self.unit
        return UnitState(
            unit_id=unit.unit_id,
            registration=self.registration,
            heard_at=unit.heard,
            troubles=tuple(sorted(unit.troubles)),
            battery_percent=unit.battery_percent,
        )


_UNITS: TypeAdapter[HeldUnit] = TypeAdapter(HeldUnit)
_L, _U, _I, _O = (
    tables.alarm_ledgers,
    tables.alarm_units,
    tables.alarm_incidents,
    tables.alarm_opinions,
)
_INSERT_LEDGER, _INSERT_UNIT = sa.insert(_L), sa.insert(_U)
_INSERT_INCIDENT, _INSERT_OPINION = sa.insert(_I), sa.insert(_O)
_UPDATE_LEDGER = (
    sa.update(_L)
    .where(_L.c.registration == sa.bindparam("b_registration"))
    .values({name: sa.bindparam(f"b_{name}") for name in ("state", "station", "document")})
)
_UPDATE_UNIT = (
    sa.update(_U)
    .where(_U.c.unit_id == sa.bindparam("b_unit_id"))
    .values({name: sa.bindparam(f"b_{name}") for name in ("token_hash", "document")})
)
_UPDATE_INCIDENT = (
    sa.update(_I)
    .where(_I.c.incident_id == sa.bindparam("b_incident_id"))
    .values({name: sa.bindparam(f"b_{name}") for name in ("state", "closed_at", "document")})
)
_DELETE_INCIDENT = sa.delete(_I).where(_I.c.incident_id == sa.bindparam("b_incident_id"))


class Book:
    """Ledgers by registration, units by number, incidents that are open and that have ended."""

    def __init__(self) -> None:
        self.ledgers: dict[int, Ledger] = {}
        self.units: dict[str, HeldUnit] = {}
        self.opinions: dict[int, Opinion] = {}
        self.open: dict[UUID, Incident] = {}
        self.ended: dict[UUID, Incident] = {}
        self._by_token: dict[str, str] = {}
        self._of_day: dict[str, int] = {}

    def load(self, connection: Connection) -> None:
        """Read everything."""
        for row in connection.execute(sa.select(_L.c.document)):
            ledger = houses.recalled(Ledger.model_validate_json(row.document))
            self.ledgers[ledger.registration] = ledger
        for row in connection.execute(sa.select(_U.c.document)):
            held = _UNITS.validate_json(row.document)
            self.units[held.unit.unit_id] = held
            self._by_token[held.token_hash] = held.unit.unit_id
        for row in connection.execute(sa.select(_I.c.document).order_by(_I.c.raised_at)):
            incident = Incident.model_validate_json(row.document)
            where = self.open if incident.open else self.ended
            where[incident.incident_id] = incident
            day, _, count = incident.number.partition("-")
            self._of_day[day] = max(self._of_day.get(day, 0), int(count))
        for row in connection.execute(sa.select(_O.c.document)):
            opinion = Opinion.model_validate_json(row.document)
            self.opinions[opinion.number] = opinion

    # --- finding ------------------------------------------------------------------------------

    def unit_of(self, token_hash: str) -> HeldUnit | None:
        """The unit with this token."""
        unit_id = self._by_token.get(token_hash)
        return None if unit_id is None else self.units[unit_id]

    def incident(self, incident_id: UUID) -> Incident | None:
        """An incident, open or not."""
        return self.open.get(incident_id) or self.ended.get(incident_id)

    def numbered(self, number: str | None) -> Incident | None:
        """The incident that people call so."""
        return next((each for each in self.everything() if each.number == number), None)

    def everything(self) -> Iterator[Incident]:
        """All incidents, the open ones first."""
        yield from self.open.values()
        yield from self.ended.values()

    def open_of(self, unit_id: str) -> list[Incident]:
        """The open incidents of a unit, the newest first."""
        found = [each for each in self.open.values() if each.unit_id == unit_id]
        return sorted(found, key=lambda each: each.raised_at, reverse=True)

    # --- changing -----------------------------------------------------------------------------

    def next_number(self, tx: Transaction, day: str) -> str:
        """The number of a new incident of a day in Japan (``YYYYMMDD``)."""
        count = self._of_day.get(day, 0) + 1
        tx.put(self._of_day, day, count)
        return f"{day}-{count}"

    def put_ledger(self, tx: Transaction, ledger: Ledger) -> None:
        """Store a ledger, new or changed."""
        row = {"state": ledger.state.value, "station": ledger.station, "document": _text(ledger)}
        if ledger.registration in self.ledgers:
            changed = {f"b_{name}": value for name, value in row.items()}
            tx.write(_UPDATE_LEDGER, b_registration=ledger.registration, **changed)
        else:
            tx.write(_INSERT_LEDGER, registration=ledger.registration, **row)
        tx.put(self.ledgers, ledger.registration, ledger)

    def put_unit(self, tx: Transaction, held: HeldUnit) -> None:
        """Store a unit, new or changed."""
        unit_id, hashed = held.unit.unit_id, held.token_hash
        document = _UNITS.dump_json(held).decode()
        before = self.units.get(unit_id)
        if before is None:
            tx.write(_INSERT_UNIT, unit_id=unit_id, token_hash=hashed, document=document)
        else:
            tx.write(_UPDATE_UNIT, b_unit_id=unit_id, b_token_hash=hashed, b_document=document)
        tx.put(self.units, unit_id, held)
        if before is None or before.token_hash != hashed:
            if before is not None:
                tx.drop(self._by_token, before.token_hash)
            tx.put(self._by_token, hashed, unit_id)

    def put_incident(self, tx: Transaction, incident: Incident) -> None:
        """Store an incident, new or changed."""
        key, new = incident.incident_id, self.incident(incident.incident_id) is None
        row = {
            "state": incident.state.value,
            "closed_at": stamp(incident.closed_at) if incident.closed_at else None,
            "document": _text(incident),
        }
        if new:
            tx.write(
                _INSERT_INCIDENT,
                incident_id=str(key),
                number=incident.number,
                raised_at=stamp(incident.raised_at),
                **row,
            )
        else:
            changed = {f"b_{name}": value for name, value in row.items()}
            tx.write(_UPDATE_INCIDENT, b_incident_id=str(key), **changed)
        if incident.open:
            tx.put(self.open, key, incident)
        else:
            if key in self.open:
                tx.drop(self.open, key)
            tx.put(self.ended, key, incident)

    def forget_incident(self, tx: Transaction, incident: Incident) -> None:
        """Delete an incident that has ended."""
        tx.write(_DELETE_INCIDENT, b_incident_id=str(incident.incident_id))
        tx.drop(self.ended, incident.incident_id)

    def add_opinion(self, tx: Transaction, opinion: Opinion) -> None:
        """Store an opinion."""
        tx.write(
            _INSERT_OPINION,
            number=opinion.number,
            station=opinion.station,
            sent_at=stamp(opinion.sent_at),
            document=_text(opinion),
        )
        tx.put(self.opinions, opinion.number, opinion)


def _text(model: WireModel) -> str:
    return model.model_dump_json(by_alias=True, exclude_none=True)
