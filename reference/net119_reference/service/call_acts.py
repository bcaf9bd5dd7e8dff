"""What is kept of a call beside its lines and history: written, read, and shown in the feed."""

from typing import TypeVar
from uuid import UUID

import sqlalchemy as sa
from net119_protocol.api.admin import (
    MOST_DISCREPANCIES,
    ReportedDiscrepancies,
    ReportedDiscrepancy,
)
from net119_protocol.api.console_acts import (
    Discrepancy,
    DiscrepancyFrame,
    LocationFrame,
    Transfer,
    TransferFrame,
)
from net119_protocol.interconnect.whereabouts import TrailPoint
from net119_protocol.model import WireModel
from sqlalchemy.engine import Connection

from net119_reference.calls.discrepancies import NOTED as DISCREPANCY
from net119_reference.calls.effects import ActKind, Keep
from net119_reference.service import rows
from net119_reference.service.kernel import Transaction
from net119_reference.store import schema

M = TypeVar("M", bound=WireModel)


def write(tx: Transaction, call_id: UUID, keep: Keep) -> None:
    """Store an act, or put it in the place of what had its number."""
    document = keep.act.model_dump_json(by_alias=True, exclude_none=True)
    key = {"call_id": str(call_id), "kind": keep.kind.value, "number": keep.number}
    if keep.again:
        tx.write(rows.UPDATE_ACT, **{f"b_{k}": v for k, v in key.items()}, b_document=document)
    else:
        tx.write(rows.INSERT_ACT, **key, document=document)


def read(connection: Connection, call_id: UUID, kind: ActKind, model: type[M]) -> tuple[M, ...]:
    """All acts of a kind, in their order."""
    table = schema.call_acts
    found = connection.scalars(
        sa.select(table.c.document)
        .where(table.c.call_id == str(call_id), table.c.kind == kind.value)
        .order_by(table.c.number)
    )
    return tuple(model.model_validate_json(document) for document in found)


def discrepancies(connection: Connection, after: int) -> ReportedDiscrepancies:
    """Reports of all calls after a number: that of their entry in the history, which only grows.

    Each report has one entry there, so that the nth of a call belongs to its nth report.
    """
    history, acts = schema.history, schema.call_acts
    noted = (
        sa.select(
            history.c.number.label("entry"),
            history.c.call_id,
            sa.func.row_number()
            .over(partition_by=history.c.call_id, order_by=history.c.number)
            .label("nth"),
        )
        .where(history.c.what == DISCREPANCY)
        .subquery()
    )
    found = connection.execute(
        sa.select(noted.c.entry, acts.c.call_id, acts.c.document)
        .join(acts, (acts.c.call_id == noted.c.call_id) & (acts.c.number == noted.c.nth))
        .where(acts.c.kind == ActKind.DISCREPANCY.value, noted.c.entry > after)
        .order_by(noted.c.entry)
        .limit(MOST_DISCREPANCIES)
    )
    return ReportedDiscrepancies(
        entries=tuple(
            ReportedDiscrepancy(
                number=number,
                call_id=UUID(call_id),
                discrepancy=Discrepancy.model_validate_json(document),
            )
            for number, call_id, document in found
        )
    )


def frame(call_id: UUID, act: WireModel) -> WireModel | None:
    """The frame by which consoles learn of an act; ``None`` where they need not."""
    if isinstance(act, Transfer):
        return TransferFrame(call_id=call_id, transfer=act)
    if isinstance(act, TrailPoint):
        return LocationFrame(call_id=call_id, point=act)
    if isinstance(act, Discrepancy):
        return DiscrepancyFrame(call_id=call_id, discrepancy=act)
    return None
