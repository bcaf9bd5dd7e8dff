"""What is kept of a call beside its lines and history: written, read, and shown in the feed."""

from typing import TypeVar
from uuid import UUID

import sqlalchemy as sa
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


def frame(call_id: UUID, act: WireModel) -> WireModel | None:
    """The frame by which consoles learn of an act; ``None`` where they need not."""
    if isinstance(act, Transfer):
        return TransferFrame(call_id=call_id, transfer=act)
    if isinstance(act, TrailPoint):
        return LocationFrame(call_id=call_id, point=act)
    if isinstance(act, Discrepancy):
        return DiscrepancyFrame(call_id=call_id, discrepancy=act)
    return None
